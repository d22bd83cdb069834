package rule

import (
	"reflect"
	"testing"

	"cosell/internal/api"
)

// Every field of a content comes from each request and goes into the stored
// opportunity, and every member that the two requests share with it is a field.
func TestEveryFieldOfAContentIsCopied(t *testing.T) {
	fill := func(v any) reflect.Value {
		value := reflect.ValueOf(v).Elem()
		for _, f := range value.Fields() {
			switch f.Kind() {
			case reflect.Pointer:
				f.Set(reflect.New(f.Type().Elem()))
			case reflect.Slice:
				f.Set(reflect.MakeSlice(f.Type(), 1, 1))
			}
		}
		return value
	}
	var (
		creation api.CreateOpportunityRequest
		update   api.UpdateOpportunityRequest
		stored   api.GetOpportunityResponse
		target   api.GetOpportunityResponse
	)
	sources := map[string]reflect.Value{"creation": fill(&creation), "update": fill(&update), "stored": fill(&stored)}
	OfStored(&stored).Store(&target)
	copies := map[string]reflect.Value{
		"creation": reflect.ValueOf(*OfCreation(&creation)), "update": reflect.ValueOf(*OfUpdate(&update)),
		"stored": reflect.ValueOf(*OfStored(&stored)),
	}
	content := reflect.TypeFor[Content]()
	for f := range content.Fields() {
		for name, source := range sources {
			if got, want := copies[name].FieldByName(f.Name), source.FieldByName(f.Name); got.Pointer() != want.Pointer() {
				t.Errorf("%s of the %s is not copied", f.Name, name)
			}
		}
		if got := reflect.ValueOf(target).FieldByName(f.Name); got.Pointer() != sources["stored"].FieldByName(f.Name).Pointer() {
			t.Errorf("%s is not stored", f.Name)
		}
	}
	notContent := map[string]bool{"Catalog": true, "LastModifiedDate": true}
	for f := range reflect.TypeFor[api.UpdateOpportunityRequest]().Fields() {
		_, inStored := reflect.TypeFor[api.GetOpportunityResponse]().FieldByName(f.Name)
		_, inContent := content.FieldByName(f.Name)
		if inStored && !inContent && !notContent[f.Name] {
			t.Errorf("%s of an update is no field of a content", f.Name)
		}
	}
}

package operator

import (
	"reflect"

	"github.com/danielgtaylor/huma/v2"

	"cosell/internal/api"
)

// schemaOf returns the schema of a type of the contract, with its API names. Every
// member may be absent or null: the service checks which ones are required.
func schemaOf(t reflect.Type) *huma.Schema {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t == reflect.TypeFor[api.Timestamp]() {
		return &huma.Schema{Type: huma.TypeString, Format: "date-time", Nullable: true}
	}
	s := &huma.Schema{Nullable: true}
	switch t.Kind() {
	case reflect.Struct:
		s.Type, s.AdditionalProperties = huma.TypeObject, false
		s.Properties = map[string]*huma.Schema{}
		for field := range t.Fields() {
			s.Properties[field.Tag.Get("json")] = schemaOf(field.Type)
		}
	case reflect.Map:
		s.Type, s.AdditionalProperties = huma.TypeObject, schemaOf(t.Elem())
	case reflect.Slice:
		s.Type, s.Items = huma.TypeArray, schemaOf(t.Elem())
		s.Items.Nullable = false
	case reflect.Int32:
		s.Type, s.Format = huma.TypeInteger, "int32"
	default:
		s.Type = huma.TypeString
		if values, enum := t.MethodByName("Values"); enum {
			published := values.Func.Call([]reflect.Value{reflect.Zero(t)})[0]
			for i := range published.Len() {
				s.Enum = append(s.Enum, published.Index(i).String())
			}
		}
	}
	return s
}

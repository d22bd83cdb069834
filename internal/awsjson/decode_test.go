package awsjson

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"cosell/internal/api"
)

// What comes in is either refused with a SerializationException or understood;
// and what is understood says the same when it is written and read again.
func FuzzDecode(f *testing.F) {
	for i := range api.Operations {
		f.Add(i, []byte(`{"Catalog":"AWS","Identifier":"O1","ClientToken":"t","MaxResults":5}`))
	}
	f.Add(6, []byte(`{"Catalog":"Sandbox","Customer":{"Account":{"CompanyName":null},"Contacts":[null]},"LifeCycle":{"NextStepsHistory":[{"Time":"2024-11-14T21:33:18Z"}]}}`))
	f.Add(6, []byte(`{"Project":{"ExpectedContractDuration":null,"ExpectedCustomerSpend":[{"Amount":"1"}],"Foo":[null]}}`))
	f.Fuzz(func(t *testing.T, i int, body []byte) {
		op := &api.Operations[uint(i)%uint(len(api.Operations))]
		in := op.NewInput()
		if _, err := decode(body, in); err != nil {
			if refusal, ok := errors.AsType[*api.Error](err); !ok || refusal.Type != serialization {
				t.Fatalf("%s: %v", op.Name, err)
			}
			return
		}
		in.Check()
		first, err := api.Marshal(in)
		if err != nil {
			t.Fatalf("%s understood %q, but: %v", op.Name, body, err)
		}
		again := op.NewInput()
		if _, err := decode(first, again); err != nil {
			t.Fatalf("%s wrote %s, but: %v", op.Name, first, err)
		}
		if second, err := api.Marshal(again); err != nil || !bytes.Equal(first, second) {
			t.Fatalf("%s wrote %s and then %s (%v)", op.Name, first, second, err)
		}
	})
}

// A request may say as much as it likes in members that nobody knows: a place is
// named for the one element that is refused, never for all that are ignored.
func TestNullsThatAreIgnoredCostLittle(t *testing.T) {
	allocations := func(nulls int) float64 {
		const depth = 5000
		body := []byte(`{"Foo":` + strings.Repeat("[", depth) + strings.Repeat("null,", nulls) + "0" + strings.Repeat("]", depth) + "}")
		return testing.AllocsPerRun(1, func() {
			if _, err := decode(body, new(api.ListSolutionsRequest)); err != nil {
				t.Fatal(err)
			}
		})
	}
	if few, many := allocations(1), allocations(1000); many > few+100 {
		t.Errorf("%v allocations with one null, %v with a thousand", few, many)
	}
}

package awsjson

import (
	"bytes"
	"errors"
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
		if err := decode(body, in); err != nil {
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
		if err := decode(first, again); err != nil {
			t.Fatalf("%s wrote %s, but: %v", op.Name, first, err)
		}
		if second, err := api.Marshal(again); err != nil || !bytes.Equal(first, second) {
			t.Fatalf("%s wrote %s and then %s (%v)", op.Name, first, second, err)
		}
	})
}

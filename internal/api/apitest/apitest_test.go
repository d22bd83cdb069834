package apitest_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"cosell/internal/api"
	"cosell/internal/api/apitest"
	"cosell/model"
	"cosell/model/smithy"
)

func load(t *testing.T) *smithy.Model {
	t.Helper()
	m, err := model.Load()
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// decode is what the wire does with a body.
func decode(t rapid.TB, op *api.Operation, value any) api.Input {
	t.Helper()
	body, err := api.Marshal(value)
	if err != nil {
		t.Fatalf("marshal: %v", err)
	}
	in := op.NewInput()
	if err := api.Unmarshal(body, in); err != nil {
		t.Fatalf("unmarshal %s: %v", body, err)
	}
	return in
}

func TestEveryValidRequestPasses(t *testing.T) {
	m := load(t)
	for i := range api.Operations {
		op := &api.Operations[i]
		t.Run(op.Name, func(t *testing.T) {
			t.Parallel()
			source := apitest.Source{Model: m}
			rapid.Check(t, func(t *rapid.T) {
				value := source.Valid(m.Shapes[op.Name].Input).Draw(t, "request")
				in := decode(t, op, value)
				if found := in.Check(); found != nil {
					t.Fatalf("violations: %v", render(found))
				}
				again := decode(t, op, in)
				if diff := cmp.Diff(in, again, nullsAlike); diff != "" {
					t.Fatalf("a request changes when written and read (-before +after):\n%s", diff)
				}
			})
		})
	}
}

// nullsAlike is needed because an absent member is written as null.
var nullsAlike = cmp.Comparer(func(a, b api.Nullable[api.ExpectedContractDuration]) bool {
	return cmp.Equal(a.Value, b.Value)
})

func TestEveryBrokenConstraintIsNamed(t *testing.T) {
	m := load(t)
	total := 0
	for i := range api.Operations {
		op := &api.Operations[i]
		t.Run(op.Name, func(t *testing.T) {
			source := apitest.Source{Model: m, Full: true}
			input := m.Shapes[op.Name].Input
			for seed := range 3 {
				for breach := range source.Breaches(input, source.Valid(input).Example(seed)) {
					want := []violation{{breach.Field, breach.Code}}
					found := decode(t, op, breach.Value).Check()
					if diff := cmp.Diff(want, render(found)); diff != "" {
						t.Fatalf("violations (-want +got):\n%s", diff)
					}
					total++
				}
			}
		})
	}
	t.Logf("%d broken constraints", total)
	if total < 1000 {
		t.Errorf("only %d constraints were broken", total)
	}
}

type violation struct{ Field, Code string }

func render(found []api.ValidationExceptionError) []violation {
	var out []violation
	for _, v := range found {
		out = append(out, violation{*v.FieldName, string(*v.Code)})
	}
	return out
}

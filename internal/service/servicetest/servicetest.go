// Package servicetest asks a service for operations in tests, as a client would.
package servicetest

import (
	"context"
	"slices"
	"testing"

	"cosell/internal/api"
	"cosell/internal/auth"
)

// Service answers operations.
type Service interface {
	Do(ctx context.Context, caller auth.Principal, op *api.Operation, in api.Input) (any, error)
}

// AskJSON is Ask with the body of a request.
func AskJSON[O any](t testing.TB, s Service, account, operation, body string) (*O, error) {
	t.Helper()
	in := lookup(t, operation).NewInput()
	if err := api.Unmarshal([]byte(body), in); err != nil {
		t.Fatalf("%s: %v in %s", operation, err, body)
	}
	return Ask[O](t, s, account, operation, in)
}

// Ask returns the answer to an operation as the wire does: the input is checked before
// the service sees it, and the answer is encoded and read back.
func Ask[O any](t testing.TB, s Service, account, operation string, in api.Input) (*O, error) {
	t.Helper()
	if violations := in.Check(); violations != nil {
		return nil, api.Invalid(api.ValidationExceptionReasonRequestValidationFailed, violations...)
	}
	answer, err := s.Do(t.Context(), auth.Principal{Account: account}, lookup(t, operation), in)
	if err != nil {
		return nil, err
	}
	encoded, err := api.Marshal(answer)
	if err != nil {
		t.Fatalf("%s: encode answer: %v", operation, err)
	}
	out := new(O)
	if err := api.Unmarshal(encoded, out); err != nil {
		t.Fatalf("%s: decode answer: %v", operation, err)
	}
	return out, nil
}

func lookup(t testing.TB, operation string) *api.Operation {
	t.Helper()
	op, ok := api.Lookup(operation)
	if !ok {
		t.Fatalf("no operation %s", operation)
	}
	return op
}

// Fails checks that an error has a type and, where violations are given, lists exactly
// those, each as "field CODE".
func Fails(t testing.TB, err error, wantType string, violations ...string) {
	t.Helper()
	e, ok := err.(*api.Error)
	if !ok || e.Type != wantType {
		t.Fatalf("got %v, want a %s", err, wantType)
	}
	var got []string
	for _, v := range e.ErrorList {
		field := ""
		if v.FieldName != nil {
			field = *v.FieldName
		}
		got = append(got, field+" "+string(*v.Code))
	}
	if len(violations) > 0 && !slices.Equal(got, violations) {
		t.Fatalf("lists %q, want %q", got, violations)
	}
}

package awsjson_test

import (
	"context"
	"errors"
	"net/http/httptest"
	"testing"

	"cosell/internal/api"
	"cosell/internal/awsjson"
	"cosell/internal/limit"
)

// TestListsTakeTurns lists which operations wait for the turn of their account, and that
// each gives its place back, whatever becomes of it.
func TestListsTakeTurns(t *testing.T) {
	list := `{"Catalog":"Sandbox"}`
	for operation, c := range map[string]struct {
		body  string
		waits bool
	}{
		"ListOpportunities":            {list, true},
		"SearchOpportunities":          {list, true},
		"GetCustomerAccountStatistics": {list, true},
		"GetOpportunity":               {`{"Catalog":"Sandbox","Identifier":"O1234567"}`, false},
		"DeleteCustomerAccount":        {`{"Catalog":"Sandbox","Identifier":"cust-acc-0123456789abc"}`, false},
	} {
		t.Run(operation, func(t *testing.T) {
			turns := limit.NewTurns(1)
			var next func()
			reached := 0
			s := &world{do: func(context.Context, api.Input) (any, error) {
				reached++
				if next != nil {
					next()
				}
				return nil, errors.New("a fault")
			}}
			h := awsjson.New(awsjson.Config{Service: s, Verifier: s, RequestID: func() string { return requestID }, Lists: turns})
			send := func(ctx context.Context) *httptest.ResponseRecorder {
				w := httptest.NewRecorder()
				h.ServeHTTP(w, newRequest(operation, c.body).WithContext(ctx))
				return w
			}
			ended, stop := context.WithCancel(t.Context())
			stop()
			next = func() {
				next = nil
				w := send(ended) // while the first is under way
				if busy := readError(t, w).Type == api.TypeThrottling; busy != c.waits {
					t.Errorf("a second one: %d %s", w.Code, w.Body)
				}
			}
			send(t.Context())
			next = func() { panic("a bug") }
			send(t.Context())
			next = nil
			send(t.Context())
			if want := map[bool]int{true: 3, false: 4}[c.waits]; reached != want {
				t.Errorf("%d reached the service, want %d", reached, want)
			}
		})
	}
}

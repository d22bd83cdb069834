package bus_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"testing"
	"time"

	"cosell/internal/api"
	"cosell/internal/auth"
	"cosell/internal/clock"
	"cosell/internal/events/eventsapi"
	"cosell/internal/ids"
	"cosell/internal/service"
	"cosell/internal/store"
	"cosell/internal/store/enginetest"
)

// The accounts that tests play.
const (
	alice = "111122223333"
	bob   = "444455556666"
)

var start = time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC)

func TestMain(m *testing.M) { os.Exit(enginetest.Run(m)) }

// stopped is a clock that stands still.
type stopped struct{}

func (stopped) Now() time.Time { return start }

// harness is a service on an empty store and a clock that only the test moves.
type harness struct {
	*service.Service

	t     *testing.T
	store store.Store
	clock *clock.Adjustable
}

func newHarness(t *testing.T) *harness {
	t.Helper()
	s := enginetest.Open(t)
	business := clock.Over(stopped{})
	made, err := service.New(t.Context(), service.Config{Store: s, Clock: business, IDs: ids.New(business.Now, rand.NewChaCha8([32]byte{7}))})
	if err != nil {
		t.Fatal(err)
	}
	return &harness{Service: made, t: t, store: s, clock: business}
}

// operation returns an operation of EventBridge's contract.
func operation(t *testing.T, name string) *api.Operation {
	t.Helper()
	for i := range eventsapi.Operations {
		if op := &eventsapi.Operations[i]; op.Name == name {
			return op
		}
	}
	t.Fatalf("no operation %s", name)
	return nil
}

// try answers an operation as the wire does, and returns the answer as JSON.
func (h *harness) try(account, name, body string) (string, error) {
	h.t.Helper()
	op := operation(h.t, name)
	in := op.NewInput()
	if err := api.Unmarshal([]byte(body), in); err != nil {
		h.t.Fatalf("%s: %v in %s", name, err, body)
	}
	if violations := in.Check(); violations != nil {
		return "", api.Invalid(api.ValidationExceptionReasonRequestValidationFailed, violations...)
	}
	out, err := h.Bus.Do(h.t.Context(), auth.Principal{Account: account}, op, in)
	if err != nil {
		return "", err
	}
	text, err := api.Marshal(out)
	if err != nil {
		h.t.Fatal(err)
	}
	return string(text), nil
}

// do answers an operation that must succeed.
func (h *harness) do(account, name, body string) string {
	h.t.Helper()
	out, err := h.try(account, name, body)
	if err != nil {
		h.t.Fatalf("%s: %v\n%s", name, err, body)
	}
	return out
}

// refused sees that an operation is refused with a type of error, and returns its text.
func (h *harness) refused(account, name, body, errorType string) string {
	h.t.Helper()
	out, err := h.try(account, name, body)
	e, ok := err.(*api.Error)
	if !ok || e.Type != errorType {
		h.t.Errorf("%s %s: answered %s, %v, want a %s", name, body, out, err, errorType)
		return ""
	}
	return e.Message
}

// member returns a text of an answer.
func member(t *testing.T, answer, name string) string {
	t.Helper()
	members := map[string]api.Raw{}
	if err := api.Unmarshal([]byte(answer), &members); err != nil {
		t.Fatal(err)
	}
	text := ""
	if err := api.Unmarshal(members[name], &text); err != nil {
		t.Fatalf("%s of %s: %v", name, answer, err)
	}
	return text
}

// arn names a resource of an account.
func arn(account, resource string) string {
	return "arn:aws:events:us-east-1:" + account + ":" + resource
}

// step does the work that is due, once, and returns how much that was.
func (h *harness) step() int {
	h.t.Helper()
	var claimed []store.Work
	if err := h.store.Update(h.t.Context(), func(tx *store.Tx) (err error) {
		now := h.clock.Now().UnixMilli()
		claimed, err = tx.Claim(now, now, now+1, 100)
		return err
	}); err != nil {
		h.t.Fatal(err)
	}
	for _, w := range claimed {
		if err := h.store.Update(h.t.Context(), func(tx *store.Tx) error {
			if err := h.Handle(tx, w); err != nil {
				return err
			}
			return tx.Complete(&w)
		}); err != nil {
			h.t.Fatalf("%s %s: %v", w.Kind, w.Subject, err)
		}
	}
	return len(claimed)
}

// work does all that is due.
func (h *harness) work() {
	h.t.Helper()
	for range 1000 {
		if h.step() == 0 {
			return
		}
	}
	h.t.Fatal("the work never ends")
}

// destination makes a connection and an API destination of an account, both named crm,
// and returns their ARNs.
func (h *harness) destination(account string) (connection, destination string) {
	h.t.Helper()
	connection = member(h.t, h.do(account, "CreateConnection", `{"Name": "crm", "AuthorizationType": "API_KEY",
		"AuthParameters": {"ApiKeyAuthParameters": {"ApiKeyName": "x-key", "ApiKeyValue": "hush"}}}`), "ConnectionArn")
	destination = member(h.t, h.do(account, "CreateApiDestination", fmt.Sprintf(`{"Name": "crm", "ConnectionArn": %q,
		"HttpMethod": "POST", "InvocationEndpoint": "https://crm.example.com/in"}`, connection)), "ApiDestinationArn")
	return connection, destination
}

// pattern is a pattern of a rule.
const pattern = `"EventPattern": "{\"source\": [\"crm\"]}"`

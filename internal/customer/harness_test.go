package customer_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"testing"
	"time"

	"cosell/internal/api"
	"cosell/internal/clock"
	"cosell/internal/customer"
	"cosell/internal/ids"
	"cosell/internal/service"
	"cosell/internal/service/servicetest"
	"cosell/internal/store"
	"cosell/internal/store/enginetest"
)

// The accounts that tests play.
const (
	alice = "111122223333"
	bob   = "444455556666"
)

// start is when every test begins.
var start = time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC)

func TestMain(m *testing.M) { os.Exit(enginetest.Run(m)) }

// stopped is a clock that stands still.
type stopped struct{}

func (stopped) Now() time.Time { return start }

// harness is a Service on an empty store and a business clock that only the test
// moves.
type harness struct {
	*service.Service
	store store.Store
	clock *clock.Adjustable
}

func newHarness(t testing.TB, options ...func(*service.Config)) *harness {
	t.Helper()
	s := enginetest.Open(t)
	business := clock.Over(stopped{})
	config := service.Config{Store: s, Clock: business, IDs: ids.New(business.Now, rand.NewChaCha8([32]byte{7}))}
	for _, option := range options {
		option(&config)
	}
	made, err := service.New(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	return &harness{Service: made, store: s, clock: business}
}

// try answers an operation as the wire does.
func try[O any](t testing.TB, h *harness, account, operation, body string) (*O, error) {
	t.Helper()
	return servicetest.AskJSON[O](t, h, account, operation, body)
}

// do answers an operation that must succeed.
func do[O any](t testing.TB, h *harness, account, operation, body string) *O {
	t.Helper()
	out, err := try[O](t, h, account, operation, body)
	if err != nil {
		t.Fatalf("%s by %s: %v\n%s", operation, account, err, body)
	}
	return out
}

// fails checks that an error has a type and, where fields are given, names exactly
// those, each as "field CODE".
func fails(t testing.TB, err error, wantType string, fields ...string) {
	t.Helper()
	servicetest.Fails(t, err, wantType, fields...)
}

// create adds a customer account in Sandbox and returns its identifier.
func (h *harness) create(t testing.TB, account, data string) string {
	t.Helper()
	return *do[api.CreateCustomerAccountResponse](t, h, account, "CreateCustomerAccount", `{"Catalog": "Sandbox", "Account": `+data+`}`).Id
}

// get reads a customer account of Sandbox.
func (h *harness) get(t testing.TB, account, id string) *api.GetCustomerAccountResponse {
	t.Helper()
	return do[api.GetCustomerAccountResponse](t, h, account, "GetCustomerAccount", named(id))
}

func named(id string) string { return fmt.Sprintf(`{"Catalog": "Sandbox", "Identifier": %q}`, id) }

// updateBody replaces the data of an account that was read.
func updateBody(a *api.GetCustomerAccountResponse, data string) string {
	modified, err := api.Marshal(a.LastModifiedDate)
	if err != nil {
		panic(err)
	}
	return fmt.Sprintf(`{"Catalog": %q, "Identifier": %q, "LastModifiedDate": %s, "Account": %s}`, *a.Catalog, *a.Id, modified, data)
}

// work does all that is due.
func (h *harness) work(t testing.TB) (done int) {
	t.Helper()
	for {
		var claimed []store.Work
		err := h.store.Update(t.Context(), func(tx *store.Tx) (err error) {
			now := h.clock.Now().UnixMilli()
			claimed, err = tx.Claim(now, now, now+1, 100)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if len(claimed) == 0 {
			return done
		}
		for _, w := range claimed {
			h.perform(t, w)
			done++
		}
	}
}

func (h *harness) perform(t testing.TB, w store.Work) {
	t.Helper()
	err := h.store.Update(t.Context(), func(tx *store.Tx) error {
		if err := h.Handle(tx, w); err != nil {
			return err
		}
		return tx.Complete(&w)
	})
	if err != nil {
		t.Fatalf("%s %s: %v", w.Kind, w.Subject, err)
	}
}

func (h *harness) mode(t testing.TB, mode customer.Mode) {
	t.Helper()
	if err := h.PutMatching(t.Context(), "Sandbox", customer.Matching{Mode: mode}); err != nil {
		t.Fatal(err)
	}
}

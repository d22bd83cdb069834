package chaos

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"cosell/internal/events/webhook"
)

// receiver is the webhook endpoint of all accounts. It fails at random: it refuses,
// breaks the connection, or takes an event and says that it failed. In the end it must
// have every event, and those about one opportunity or engagement in their order.
type receiver struct {
	server *httptest.Server

	mu      sync.Mutex
	random  *rand.Rand
	secrets map[string]webhook.Secret
	inbox   map[string]*inbox // by account
	failed  int               // requests
	bad     []string          // requests that were not as they must be
	silent  bool              // it fails no more
}

// inbox is what the receiver has of an account.
type inbox struct {
	about map[string]string   // what an event is about, by its id
	order map[string][]string // the ids by what they are about, as they came first
	again int                 // events that came once more
}

// How a receiver fails, of a hundred requests.
const (
	refusesUnder   = 5
	breaksUnder    = 7
	takesFailUnder = 10
)

// beginReceiving adds a webhook for every account that is told something.
func (w *world) beginReceiving(t *testing.T, seed uint64) {
	t.Helper()
	r := &receiver{random: rand.New(rand.NewPCG(seed, 1)), secrets: map[string]webhook.Secret{}, inbox: map[string]*inbox{}}
	r.server = httptest.NewServer(r)
	t.Cleanup(r.server.Close)
	for _, account := range w.told() {
		var made struct{ Secret string }
		operate(t, &w.partners[0].client, http.MethodPut, "/accounts/"+account+"/webhooks/chaos",
			strings.NewReader(fmt.Sprintf(`{"url": "%s/%s"}`, r.server.URL, account)), &made)
		secret, err := webhook.ParseSecret(made.Secret)
		if err != nil {
			t.Fatal(err)
		}
		r.mu.Lock()
		r.secrets[account], r.inbox[account] = secret, &inbox{about: map[string]string{}, order: map[string][]string{}}
		r.mu.Unlock()
	}
	w.receiver = r
}

// ServeHTTP implements [http.Handler].
func (r *receiver) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	body, err := io.ReadAll(request.Body)
	if err != nil {
		return // the server died while it sent
	}
	account := strings.TrimPrefix(request.URL.Path, "/")
	r.mu.Lock()
	defer r.mu.Unlock()
	luck := r.random.IntN(100)
	if r.silent {
		luck = takesFailUnder
	}
	if luck < takesFailUnder {
		r.failed++
	}
	switch {
	case luck < refusesUnder:
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	case luck < breaksUnder:
		panic(http.ErrAbortHandler)
	}
	if err := r.take(account, request.Header, body); err != nil {
		r.bad = append(r.bad, fmt.Sprintf("account %s: %v in %s", account, err, body))
	}
	if luck < takesFailUnder {
		w.WriteHeader(http.StatusInternalServerError)
	}
}

// take keeps an event. Callers hold mu.
func (r *receiver) take(account string, header http.Header, body []byte) error {
	if err := r.secrets[account].Verify(header, time.Now(), body); err != nil {
		return err
	}
	var e struct {
		ID, Account string
		Detail      struct {
			Opportunity          struct{ Identifier string }
			ResourceSnapshot     struct{ ResourceID string }
			EngagementInvitation struct{ EngagementID string }
			Engagement           struct{ ID, EngagementID string }
		}
	}
	if err := json.Unmarshal(body, &e); err != nil {
		return err
	}
	if e.Account != account || e.ID != header.Get(webhook.HeaderID) {
		return fmt.Errorf("event %s of %s, sent as %s", e.ID, e.Account, header.Get(webhook.HeaderID))
	}
	about := cmp.Or(e.Detail.Opportunity.Identifier, e.Detail.ResourceSnapshot.ResourceID,
		e.Detail.EngagementInvitation.EngagementID, e.Detail.Engagement.EngagementID, e.Detail.Engagement.ID)
	in := r.inbox[account]
	if in.about[e.ID] != "" {
		in.again++
		return nil
	}
	in.about[e.ID] = about
	in.order[about] = append(in.order[about], e.ID)
	return nil
}

// missing returns how many events of an account the receiver does not have, at least.
func (r *receiver) missing(account string, events []string) (n int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if few := len(events) - len(r.inbox[account].about); few > 0 {
		return few // looking at each would hold up the receiver
	}
	for _, id := range events {
		if r.inbox[account].about[id] == "" {
			n++
		}
	}
	return n
}

// verifyReceiver sees that the receiver has every event, in order for what it is about.
func (w *world) verifyReceiver(t *testing.T, v *verdict, order map[string][]string) {
	t.Helper()
	r := w.receiver
	if r == nil || t.Failed() {
		return
	}
	r.mu.Lock()
	r.silent = true
	r.mu.Unlock()
	eventually(t, "the receiver has every event", func() bool {
		for account, events := range order {
			if r.missing(account, events) > 0 {
				return false
			}
		}
		return true
	})
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, bad := range r.bad {
		t.Error(bad)
	}
	received, again := 0, 0
	for account, events := range order {
		in := r.inbox[account]
		received, again = received+len(in.about), again+in.again
		next := map[string]int{}
		for _, id := range events {
			about := in.about[id]
			switch place := next[about]; {
			case about == "":
				v.lostf("the receiver of account %s has no event %s", account, id)
			case in.order[about][place] != id:
				t.Errorf("the receiver of account %s has event %s about %s at the place of %s", account, in.order[about][place], about, id)
				fallthrough
			default:
				next[about]++
			}
		}
		if len(in.about) > len(events) {
			v.doubledf("the receiver of account %s has %d events, %d are there", account, len(in.about), len(events))
		}
	}
	t.Logf("the receiver failed %d times, has %d events, and got %d of them again", r.failed, received, again)
}

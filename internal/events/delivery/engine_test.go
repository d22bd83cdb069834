package delivery

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"cosell/internal/clock"
	"cosell/internal/events/transform"
	"cosell/internal/events/webhook"
	"cosell/internal/fault"
	"cosell/internal/ids"
	"cosell/internal/outbound"
	"cosell/internal/secrets"
	"cosell/internal/store"
	"cosell/internal/store/sqlite"
)

const account = "111122223333"

var mustTransform = new(transform.Transform)

// fakeTarget answers as fn has it, and notes what it received.
type fakeTarget struct {
	mu       sync.Mutex
	answer   func(m Message, n int) Outcome // n counts the attempts at this event
	attempts map[string]int
	received []string // resource and event of those that were taken, in order
}

func (f *fakeTarget) Send(_ context.Context, m Message) Outcome {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.attempts == nil {
		f.attempts = map[string]int{}
	}
	f.attempts[m.ID]++
	o := Outcome{}
	if f.answer != nil {
		o = f.answer(m, f.attempts[m.ID])
	}
	if o.OK() {
		f.received = append(f.received, m.ID)
	}
	return o
}

func (f *fakeTarget) got() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return strings.Join(f.received, " ")
}

func open(t *testing.T) store.Store {
	t.Helper()
	s, err := sqlite.Open(t.Context(), t.TempDir(), sqlite.WithoutSync())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func engine(t *testing.T, s store.Store) *Engine {
	t.Helper()
	keeper, err := secrets.New(nil, strings.NewReader(strings.Repeat("0123456789abcdef", 1<<10)))
	if err != nil {
		t.Fatal(err)
	}
	e := New(Config{
		Store: s, Secrets: keeper, Outbound: outbound.New(outbound.Policy{Loopback: true}),
		Log: slog.New(slog.DiscardHandler), Real: clock.System(), Poll: 20 * time.Millisecond,
		jitter: func() float64 { return 0 },
	})
	return e
}

// route makes a target the only one of the account.
func (e *Engine) route(target Target, change func(*Route)) {
	r := &Route{Key: "rule/crm/1", RuleARN: "arn:rule", TargetARN: "arn:target", MaxAge: defaultMaxAge, MaxRetries: defaultMaxRetries}
	r.transform, r.target = mustTransform, target
	if change != nil {
		change(r)
	}
	e.routes[account] = routeSet{version: 1, all: []*Route{r}, byKey: map[string]*Route{r.Key: r}}
}

func follow(t *testing.T, s store.Store) {
	t.Helper()
	if err := s.Update(t.Context(), func(tx *store.Tx) error { return tx.ChangeEventRules(account) }); err != nil {
		t.Fatal(err)
	}
}

var sequences = ids.System()

// note appends events named by their resource and number, such as O1.1.
func note(t *testing.T, s store.Store, names ...string) {
	t.Helper()
	var numbers []int64
	for range names {
		numbers = append(numbers, sequences.Sequence())
	}
	if err := s.Update(t.Context(), func(tx *store.Tx) error {
		for i, name := range names {
			resource, _, _ := strings.Cut(name, ".")
			envelope := fmt.Sprintf(`{"id":%q,"detail-type":"Opportunity Updated","account":%q,"detail":{"opportunity":{"identifier":%q}}}`, name, account, resource)
			if err := tx.InsertEvent(store.Event{Account: account, Sequence: numbers[i], Envelope: []byte(envelope)}); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}

// run runs the engine until done, which is asked again and again.
func run(t *testing.T, e *Engine, done func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	ended := make(chan struct{})
	go func() { e.Run(ctx); close(ended) }()
	for !done() && ctx.Err() == nil {
		time.Sleep(5 * time.Millisecond)
	}
	if ctx.Err() != nil {
		t.Error("it did not come to an end")
	}
	cancel()
	<-ended
}

func deliveries(t *testing.T, s store.Store, status string) (found []store.EventDelivery) {
	t.Helper()
	if err := s.View(t.Context(), func(tx *store.Tx) (err error) {
		found, err = tx.EventDeliveries(store.EventDeliveryFilter{Account: account, Status: status, Limit: 1000})
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return found
}

func TestEventsAreDeliveredInOrder(t *testing.T) {
	s := open(t)
	e, target := engine(t, s), new(fakeTarget)
	e.route(target, nil)
	note(t, s, "O1.0") // before anybody followed
	follow(t, s)
	note(t, s, "O1.1", "O2.1", "O1.2")
	note(t, s, "O2.2", "O1.3")
	run(t, e, func() bool { return len(deliveries(t, s, store.DeliveryDelivered)) == 5 })
	position := func(name string) int { return strings.Index(target.got(), name) }
	if position("O1.0") >= 0 || position("O1.1") > position("O1.2") || position("O1.2") > position("O1.3") || position("O2.1") > position("O2.2") {
		t.Errorf("received %s", target.got())
	}
	if d := deliveries(t, s, ""); len(d) != 5 || d[0].Attempts != 1 || len(d[0].Envelope) != 0 {
		t.Errorf("deliveries %+v", d)
	}
}

// A failing resource holds up itself only, and comes in order in the end.
func TestAFailureHoldsUpItsResourceOnly(t *testing.T) {
	s := open(t)
	e := engine(t, s)
	target := &fakeTarget{answer: func(m Message, n int) Outcome {
		if m.ID == "O1.1" && n == 1 {
			return Outcome{Code: codeTarget, Message: "no", Status: 500, RetryAfter: 0}
		}
		return Outcome{}
	}}
	e.route(target, nil)
	follow(t, s)
	note(t, s, "O1.1", "O2.1", "O1.2", "O2.2")
	run(t, e, func() bool { return len(deliveries(t, s, store.DeliveryDelivered)) == 4 })
	if got := target.got(); got != "O2.1 O2.2 O1.1 O1.2" {
		t.Errorf("received %s", got)
	}
}

// While a resource waits for its retry, those behind it do not make the lane due: it is claimed a few times, not without pause.
func TestAWaitingResourceLeavesTheLaneAlone(t *testing.T) {
	s := open(t)
	e := engine(t, s)
	target := &fakeTarget{answer: func(m Message, n int) Outcome {
		if m.ID == "O1.1" && n == 1 {
			return Outcome{Code: codeTarget, Message: "no", Status: 500}
		}
		return Outcome{}
	}}
	e.route(target, nil)
	follow(t, s)
	note(t, s, "O1.1", "O1.2", "O1.3")
	run(t, e, func() bool { return len(deliveries(t, s, store.DeliveryDelivered)) == 3 })
	if err := s.Update(t.Context(), func(tx *store.Tx) error {
		lanes, err := tx.ClaimEventLanes(never, never, 1)
		if len(lanes) != 1 || lanes[0].Attempt > 6 {
			t.Errorf("claimed lanes %+v", lanes)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
}

// Final refusals become dead letters with EventBridge's attributes, can be redriven,
// and hold up nothing.
func TestDeadLetters(t *testing.T) {
	s := open(t)
	e := engine(t, s)
	broken := true
	target := &fakeTarget{answer: func(Message, int) Outcome {
		if broken {
			return Outcome{Code: codeTarget, Message: "the target answered Bad Request", Status: 400, Final: true}
		}
		return Outcome{}
	}}
	e.route(target, nil)
	follow(t, s)
	note(t, s, "O1.1", "O1.2")
	run(t, e, func() bool { return len(deliveries(t, s, store.DeliveryDead)) == 2 })
	tries, letter := ReadLog(deliveries(t, s, store.DeliveryDead)[0].Log)
	if letter == nil || *letter != (DeadLetter{RuleARN: "arn:rule", TargetARN: "arn:target", ErrorCode: codeTarget, ErrorMessage: "the target answered Bad Request"}) || len(tries) != 1 || tries[0].Status != 400 {
		t.Errorf("dead letter %+v after %+v", letter, tries)
	}
	broken = false
	if n, err := e.Redrive(t.Context(), account, "rule/crm/1", 0); n != 2 || err != nil {
		t.Errorf("redrove %d, %v", n, err)
	}
	run(t, e, func() bool { return len(deliveries(t, s, store.DeliveryDelivered)) == 2 })
	if n, err := e.Replay(t.Context(), account, "rule/crm/1", 0, 0); n != 2 || err != nil {
		t.Errorf("replayed %d, %v", n, err)
	}
	run(t, e, func() bool { return len(deliveries(t, s, store.DeliveryDelivered)) == 2 })
	if got := target.got(); got != "O1.1 O1.2 O1.1 O1.2" {
		t.Errorf("received %s", got)
	}
	if _, err := e.Replay(t.Context(), account, "rule/other/1", 0, 0); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("replay to an unknown target: %v", err)
	}
}

// The policy of retries: pauses grow, Retry-After counts, and both bounds end them.
func TestRetryPolicy(t *testing.T) {
	s := Outcome{Code: codeTarget, Message: "no", Status: 503}
	synctest.Test(t, func(t *testing.T) {
		e := New(Config{jitter: func() float64 { return 0 }, Real: clock.System()})
		var waits []string
		r := &Route{MaxAge: time.Hour, MaxRetries: 185, transform: mustTransform, target: refused(s)}
		d := store.EventDelivery{Status: store.DeliveryPending, CreatedAt: e.now(), Envelope: []byte(`{}`)}
		for d.Status == store.DeliveryPending {
			d = e.attempt(t.Context(), r, d).EventDelivery
			if d.Status == store.DeliveryPending {
				wait := time.UnixMilli(d.DueAt).Sub(e.Real.Now())
				waits = append(waits, wait.String())
				time.Sleep(wait)
			}
		}
		if got := strings.Join(waits, " "); got != "1s 2s 4s 8s 16s 32s 1m4s 2m8s 4m16s 8m32s 10m0s 10m0s 10m0s 10m0s" {
			t.Errorf("pauses %s", got)
		}
		tries, letter := ReadLog(d.Log)
		if letter == nil || letter.ExhaustedCondition != "MaximumEventAgeInSeconds" || letter.RetryAttempts != 14 || len(tries) != maxTries {
			t.Errorf("%+v after %d tries in the log", letter, len(tries))
		}
		d = store.EventDelivery{Status: store.DeliveryPending, CreatedAt: e.now(), Envelope: []byte(`{}`)}
		r.MaxRetries, s.RetryAfter = 1, time.Minute
		r.target = refused(s)
		d = e.attempt(t.Context(), r, d).EventDelivery
		if wait := time.UnixMilli(d.DueAt).Sub(e.Real.Now()); wait != time.Minute {
			t.Errorf("Retry-After gave a pause of %s", wait)
		}
		d = e.attempt(t.Context(), r, d).EventDelivery
		if _, letter := ReadLog(d.Log); letter == nil || letter.ExhaustedCondition != "MaximumRetryAttempts" || letter.RetryAttempts != 1 {
			t.Errorf("%+v", letter)
		}
	})
}

// A target that fails again and again is left alone, all of its deliveries.
func TestAFailingTargetPauses(t *testing.T) {
	s := open(t)
	e := engine(t, s)
	target := &fakeTarget{answer: func(Message, int) Outcome { return Outcome{Code: codeConnection, Message: "refused"} }}
	e.route(target, nil)
	follow(t, s)
	for i := range 100 {
		note(t, s, "O"+strconv.Itoa(i)+".1")
	}
	ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
	defer cancel()
	e.Run(ctx)
	if n := len(target.attempts); n < tolerated || n > tolerated+4*concurrency {
		t.Errorf("%d attempts at a dead target", n)
	}
	if n := len(deliveries(t, s, store.DeliveryPending)); n != 100 {
		t.Errorf("%d pending", n)
	}
}

// Of a target that was left alone one delivery is tried first; a test message that it takes ends the pauses at once.
func TestATargetThatIsBack(t *testing.T) {
	s := open(t)
	e := engine(t, s)
	var mu sync.Mutex
	up, failed, probes := false, 0, 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		if !up {
			if failed++; failed > 2*concurrency {
				probes++
			}
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	}))
	defer server.Close()
	if _, _, err := e.PutWebhook(t.Context(), account, Webhook{ID: "crm", URL: server.URL, Enabled: true}); err != nil {
		t.Fatal(err)
	}
	for i := range 100 {
		note(t, s, "O"+strconv.Itoa(i)+".1")
	}
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second) // pauses of one and two seconds
	e.Run(ctx)
	cancel()
	mu.Lock()
	if probes > 4 {
		t.Errorf("%d attempts after the target was left alone, of which each pause has one", probes)
	}
	up = true
	mu.Unlock()
	if o, err := e.TestWebhook(t.Context(), account, "crm"); !o.OK() || err != nil {
		t.Fatal(o, err)
	}
	begun := time.Now()
	run(t, e, func() bool { return len(deliveries(t, s, store.DeliveryDelivered)) == 100 })
	if took := time.Since(begun); took > 8*time.Second {
		t.Errorf("all was delivered %v after the target was back", took)
	}
}

// The webhook story with a real receiver: signatures, rotation, 410, removal.
func TestWebhook(t *testing.T) {
	s := open(t)
	e := engine(t, s)
	var mu sync.Mutex
	var secret webhook.Secret
	var got []string
	status := http.StatusOK
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		body, _ := io.ReadAll(r.Body)
		if err := secret.Verify(r.Header, time.Now(), body); err != nil {
			t.Error(err)
		}
		if status == http.StatusOK {
			got = append(got, r.Header.Get(webhook.HeaderID))
		}
		w.WriteHeader(status)
	}))
	defer server.Close()
	w, text, err := e.PutWebhook(t.Context(), account, Webhook{ID: "crm", URL: server.URL, Enabled: true, Pattern: `{"detail-type":["Opportunity Updated"]}`})
	if err != nil || w.Generation != 1 {
		t.Fatal(w, err)
	}
	if secret, err = webhook.ParseSecret(text); err != nil {
		t.Fatal(err)
	}
	note(t, s, "O1.1")
	run(t, e, func() bool { return len(deliveries(t, s, store.DeliveryDelivered)) == 1 })
	if _, text, err := e.PutWebhook(t.Context(), account, w); err != nil || text != "" {
		t.Errorf("a change showed the secret %q, %v", text, err)
	}
	// While both secrets sign, the old one still verifies, then only the new one.
	_, text, err = e.RotateWebhook(t.Context(), account, "crm", time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	note(t, s, "O1.2")
	run(t, e, func() bool { return len(deliveries(t, s, store.DeliveryDelivered)) == 2 })
	if secret, err = webhook.ParseSecret(text); err != nil {
		t.Fatal(err)
	}
	if o, err := e.TestWebhook(t.Context(), account, "crm"); err != nil || !o.OK() {
		t.Errorf("test: %+v, %v", o, err)
	}
	status = http.StatusGone
	note(t, s, "O1.3", "O2.1")
	run(t, e, func() bool { return len(deliveries(t, s, store.DeliveryDead)) == 2 })
	all, err := e.Webhooks(t.Context(), account)
	if err != nil || len(all) != 1 || all[0].Enabled || !strings.Contains(all[0].Reason, "410") {
		t.Errorf("after 410: %+v, %v", all, err)
	}
	if err := e.RemoveWebhook(t.Context(), account, "crm"); err != nil {
		t.Fatal(err)
	}
	if _, err := e.TestWebhook(t.Context(), account, "crm"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("test of a removed webhook: %v", err)
	}
	if want := []string{"O1.1", "O1.2"}; fmt.Sprint(got[:2]) != fmt.Sprint(want) {
		t.Errorf("received %v", got)
	}
}

func TestWebhookIsRefused(t *testing.T) {
	e := engine(t, open(t))
	for _, w := range []Webhook{
		{ID: "a", URL: "http://169.254.169.254/"},
		{ID: "a", URL: "http://example.com/"},
		{ID: "a", URL: "file:../etc/passwd"},
		{ID: "a", URL: "file:x"},
		{ID: "a", URL: "stdout:"},
		{ID: "a", URL: "https://example.com/", Pattern: `{"a":1}`},
	} {
		if _, _, err := e.PutWebhook(t.Context(), account, w); !errors.Is(err, ErrInvalid) {
			t.Errorf("%s: %v", w.URL, err)
		}
	}
}

// Each kind of fault: a dropped event is not sent, a duplicated one twice; what comes
// after a reordered one overtakes it, what comes after a delayed one waits for it.
func TestFaults(t *testing.T) {
	s := open(t)
	e, target := engine(t, s), new(fakeTarget)
	e.Faults = fault.NewTable(time.Now)
	faults, err := fault.Parse([]byte(`[
		{"event": "drop", "resource": "O1"}, {"event": "duplicate", "resource": "O2"},
		{"event": "reorder", "resource": "O3", "latency": "300ms", "times": 1},
		{"event": "delay", "resource": "O4", "latency": "300ms", "times": 1}]`))
	if err != nil {
		t.Fatal(err)
	}
	if err := e.Faults.Set(faults, 0); err != nil {
		t.Fatal(err)
	}
	e.route(target, nil)
	follow(t, s)
	note(t, s, "O1.1", "O2.1", "O3.1", "O3.2", "O4.1", "O4.2", "O5.1")
	e.Wake()
	run(t, e, func() bool { return len(deliveries(t, s, store.DeliveryDelivered)) == 6 })
	got := target.got()
	position := func(name string) int { return strings.Index(got, name) }
	switch {
	case strings.Contains(got, "O1.1"):
		t.Error("the dropped event was sent")
	case strings.Count(got, "O2.1") != 2:
		t.Error("the duplicated event was not sent twice")
	case position("O3.1") < position("O3.2"):
		t.Error("the reordered event was not overtaken")
	case position("O4.1") > position("O4.2"):
		t.Error("the delayed event was overtaken")
	case position("O5.1") > position("O4.1"):
		t.Error("the delayed event held up another resource")
	}
	if t.Failed() {
		t.Logf("received %s", got)
	}
	if fired := e.Faults.Fired(); len(fired) != 4 || fired[0].Fault != "3: delay 300ms" || fired[0].EventID != "O4.1" || fired[0].Target != "rule/crm/1" {
		t.Errorf("fired %+v", fired)
	}
}

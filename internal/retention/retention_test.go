package retention

import (
	"context"
	"fmt"
	"os"
	"testing"
	"time"

	"cosell/internal/clock"
	"cosell/internal/ids"
	"cosell/internal/store"
	"cosell/internal/store/pgtest"
	"cosell/internal/store/sqlite"
	"cosell/internal/store/storetest"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Run(m)) }

// stopped is a clock that stands still.
type stopped struct{ now time.Time }

func (c stopped) Now() time.Time { return c.now }

var (
	start = time.Date(2026, 11, 28, 0, 0, 0, 0, time.UTC)
	hours = func(n int) time.Time { return start.Add(time.Duration(n) * time.Hour) }
)

// TestPass removes what has reached its age and nothing else, in batches.
func TestPass(t *testing.T) {
	for name, open := range map[string]func(*testing.T) store.Store{
		"sqlite": func(t *testing.T) store.Store {
			s, err := sqlite.Open(t.Context(), t.TempDir(), sqlite.WithoutSync())
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = s.Close() })
			return s
		},
		"postgres": func(t *testing.T) store.Store { return pgtest.Store(t) },
	} {
		t.Run(name, func(t *testing.T) { testPass(t, open(t)) })
	}
}

func testPass(t *testing.T, s store.Store) {
	// One token and one event of two accounts each hour, for 500 hours.
	const n = 500
	tell := func(from, to int) {
		t.Helper()
		if err := s.Update(t.Context(), func(tx *store.Tx) error {
			for i := from; i < to; i++ {
				account := fmt.Sprint(i % 2)
				token := store.ClientToken{Account: account, Catalog: "AWS", Operation: "CreateOpportunity", Token: fmt.Sprint(i)}
				if err := tx.InsertClientToken(token, store.ClientTokenRecord{CreatedAt: hours(i).UnixMilli()}); err != nil {
					return err
				}
				if err := tx.InsertEvent(store.Event{Account: account, Sequence: ids.FirstSequence(hours(i)) + 7, Envelope: []byte("{}")}); err != nil {
					return err
				}
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
	tell(0, n)
	storetest.Follow(t, s, "0", 0, 1000) // half of the events have their places
	removed, pauses := map[string]int64{}, 0
	r := New(Config{
		Store: s, Clock: stopped{hours(n)}, Real: stopped{hours(n)},
		Policy:  Policy{Tokens: 24 * time.Hour, Events: 100 * time.Hour},
		Removed: func(table string, rows int64) { removed[table] += rows },
		pause:   func(context.Context, time.Duration) error { pauses++; return nil },
	})
	count := func() map[string]int64 {
		t.Helper()
		rows := map[string]int64{}
		if err := s.View(t.Context(), func(tx *store.Tx) error {
			usage, err := tx.Usage()
			clear(rows)
			for _, u := range usage {
				rows[u.Table] += u.Rows
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
		return rows
	}
	needed := hours(n - 300)
	r.Needed = []func(*store.Tx) (int64, bool, error){
		func(*store.Tx) (int64, bool, error) { return 0, false, nil },
		func(*store.Tx) (int64, bool, error) { return ids.FirstSequence(needed), true, nil },
	}
	if err := r.Pass(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := count(); got["client_tokens"] != 24 || got["events"] != 150 || got["event_outbox"] != 150 {
		t.Errorf("left %v, want 24 tokens, and the events of 300 hours, which a follower needs", got)
	}
	if removed["client_tokens"] != n-24 || removed["events"] != 100 || removed["event_outbox"] != 100 || pauses < 2 {
		t.Errorf("told of %v, with %d pauses", removed, pauses)
	}
	r.Needed = nil
	if err := r.Pass(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := count(); got["client_tokens"] != 24 || got["events"] != 50 || got["event_outbox"] != 50 {
		t.Errorf("left %v, want the events of 100 hours", got)
	}
	// The last event that has its place stays, however old it is.
	r.Real = stopped{hours(10 * n)}
	if err := r.Pass(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := count(); got["events"] != 1 || got["event_outbox"] != 0 {
		t.Errorf("left %v, want one event", got)
	}
	r.Policy = Policy{}
	if err := r.Pass(t.Context()); err != nil || count()["client_tokens"] != 24 {
		t.Errorf("a policy that keeps everything: %v, left %v", err, count())
	}
}

func TestRunEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	passes := 0
	r := New(Config{
		Clock: clock.System(), Real: clock.System(),
		pause: func(ctx context.Context, d time.Duration) error {
			if passes++; passes == 3 {
				cancel()
			}
			if d != 10*time.Minute {
				t.Errorf("waited %s", d)
			}
			return ctx.Err()
		},
	})
	r.Run(ctx)
	if passes != 3 {
		t.Errorf("%d passes", passes)
	}
}

func TestPolicyCheck(t *testing.T) {
	for _, c := range []struct {
		policy Policy
		ok     bool
	}{
		{Policy{}, true},
		{Policy{Tokens: DefaultTokens, Events: DefaultEvents}, true},
		{Policy{Tokens: LeastTokens - 1}, false},
		{Policy{Tokens: -1}, false},
		{Policy{Events: -1}, false},
		{Policy{Events: time.Minute}, true},
	} {
		if err := c.policy.Check(); (err == nil) != c.ok {
			t.Errorf("%+v: %v", c.policy, err)
		}
	}
}

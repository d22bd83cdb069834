package readlag_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"cosell/internal/clock"
	"cosell/internal/fault"
	"cosell/internal/readlag"
	"cosell/internal/store"
	"cosell/internal/store/pgtest"
	"cosell/internal/store/sqlite"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Run(m)) }

// engines runs a test on a store of each engine.
func engines(t *testing.T, test func(t *testing.T, s *world)) {
	t.Helper()
	for name, open := range map[string]func(t *testing.T) store.Store{
		"sqlite": func(t *testing.T) store.Store {
			t.Helper()
			s, err := sqlite.Open(t.Context(), t.TempDir(), sqlite.WithoutSync())
			if err != nil {
				t.Fatal(err)
			}
			return s
		},
		"postgres": func(t *testing.T) store.Store { t.Helper(); return pgtest.Store(t) },
	} {
		t.Run(name, func(t *testing.T) {
			w := &world{t: t, clock: clock.Over(clock.Frozen(time.Date(2026, 11, 28, 9, 0, 0, 0, time.UTC)))}
			w.Store = readlag.New(open(t), w.clock, func() time.Duration { return time.Duration(w.lag.Load()) })
			t.Cleanup(func() {
				if err := w.Close(); err != nil {
					t.Error(err)
				}
			})
			test(t, w)
		})
	}
}

type world struct {
	*readlag.Store

	t     *testing.T
	clock *clock.Adjustable
	lag   atomic.Int64
}

func (w *world) setLag(lag time.Duration) { w.lag.Store(int64(lag)) }

const account, catalog = "111122223333", "Sandbox"

// write makes a record after a time.
func (w *world) write(after time.Duration, name string) {
	w.t.Helper()
	w.clock.Advance(after)
	err := w.Update(w.t.Context(), func(tx *store.Tx) error {
		return tx.PutSolution(account, catalog, name, []byte(`{}`))
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

// sees returns which records a read sees that lags.
func (w *world) sees(lag time.Duration, names ...string) string {
	w.t.Helper()
	var found []string
	ctx := w.t.Context()
	if lag > 0 {
		ctx = fault.WithReadLag(ctx, lag)
	}
	err := w.View(ctx, func(tx *store.Tx) error {
		found = nil
		for _, name := range names {
			switch _, err := tx.Solution(account, catalog, name); {
			case err == nil:
				found = append(found, name)
			case !errors.Is(err, store.ErrNotFound):
				return err
			}
		}
		return nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return strings.Join(found, "")
}

// A read that lags sees what was written before that time, and nothing that was written
// later; other reads see everything.
func TestReadsLag(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		w.write(0, "a")
		if got := w.sees(8*time.Second, "a"); got != "a" {
			t.Errorf("without a fault: %q", got)
		}
		w.setLag(8 * time.Second)
		w.write(time.Second, "b")
		w.write(4*time.Second, "c")
		for at, want := range []string{"a", "a", "a", "a", "ab", "ab", "ab", "ab", "abc"} {
			if at > 0 {
				w.clock.Advance(time.Second)
			}
			if got := w.sees(8*time.Second, "a", "b", "c"); got != want {
				t.Errorf("%d s after the last write: %q, want %q", at, got, want)
			}
			if got := w.sees(0, "a", "b", "c"); got != "abc" {
				t.Errorf("a read without a lag: %q", got)
			}
		}
	})
}

// However much is written, four states are kept: a write is seen a quarter of the lag too
// early at most, and never too late.
func TestManyWritesKeepFewStates(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		const lag = 8 * time.Second
		w.setLag(lag)
		var names []string
		for i := range 40 { // one in half a second
			names = append(names, fmt.Sprintf("%02d,", i))
			w.write(500*time.Millisecond, names[i])
			seen := strings.Count(w.sees(lag, names...), ",")
			old, early := max(0, i+1-16), max(0, i+1-12) // older than the lag, and than three quarters of it
			if seen < old || seen > early {
				t.Errorf("after %d writes: %d seen, want %d to %d", i+1, seen, old, early)
			}
			if kept := w.Kept(); kept > 4 {
				t.Fatalf("%d states", kept)
			}
		}
	})
}

// States end with the faults, with their time, and when the clock is set back.
func TestStatesEnd(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		w.setLag(8 * time.Second)
		w.write(0, "a")
		w.clock.Advance(-time.Hour)
		w.write(0, "b")
		if got := w.sees(8*time.Second, "a", "b"); got != "a" || w.Kept() != 1 {
			t.Errorf("after the clock was set back: %q, %d states", got, w.Kept())
		}
		w.write(time.Minute, "c")
		if w.Kept() != 1 {
			t.Errorf("after a minute: %d states", w.Kept())
		}
		w.setLag(0)
		w.write(0, "d")
		if got := w.sees(8*time.Second, "a", "b", "c", "d"); got != "abcd" || w.Kept() != 0 {
			t.Errorf("without faults: %q, %d states", got, w.Kept())
		}
	})
}

// Reads and writes from many sides are safe while states come and go, and an error of a
// read is its own.
func TestReadsLagConcurrently(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		w.setLag(4 * time.Millisecond)
		w.write(0, "first")
		mine := errors.New("mine")
		var all sync.WaitGroup
		for i := range 4 {
			all.Go(func() {
				for j := range 25 {
					w.write(time.Millisecond, fmt.Sprintf("%d-%d", i, j))
					ctx := fault.WithReadLag(context.Background(), 4*time.Millisecond)
					if err := w.View(ctx, func(*store.Tx) error { return mine }); !errors.Is(err, mine) {
						t.Errorf("got %v", err)
					}
				}
			})
		}
		all.Wait()
		if got := w.sees(0, "first", "0-24", "3-24"); got != "first0-243-24" {
			t.Errorf("in the end: %q", got)
		}
	})
}

// A read that panics ends alone.
func TestAPanicOfAReadIsItsError(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		w.setLag(time.Second)
		w.write(0, "a")
		err := w.View(fault.WithReadLag(t.Context(), time.Second), func(*store.Tx) error { panic("a bug") })
		if err == nil || !strings.Contains(err.Error(), "panic: a bug") {
			t.Errorf("got %v", err)
		}
		if got := w.sees(time.Second, "a"); got != "" {
			t.Errorf("afterwards: %q", got)
		}
	})
}

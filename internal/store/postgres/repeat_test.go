package postgres_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"cosell/internal/store"
	"cosell/internal/store/pgtest"
	"cosell/internal/store/postgres"
)

func TestStaleIsRunAgain(t *testing.T) {
	s := pgtest.Store(t)
	runs := 0
	update(t, s, func(tx *store.Tx) error {
		if runs++; runs < 4 {
			return errors.Join(tx.PutAccount("1", []byte("{}")), fmt.Errorf("wrapped: %w", store.ErrStale))
		}
		_, err := tx.Account("1")
		if !errors.Is(err, store.ErrNotFound) {
			t.Errorf("a run before left its account: %v", err)
		}
		return nil
	})
	if runs != 4 {
		t.Errorf("%d runs, want 4", runs)
	}
}

func TestRepetitionHasALimit(t *testing.T) {
	s, err := postgres.Open(t.Context(), pgtest.MigratedURL(t), postgres.Options{Limit: 2 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	err = s.Update(t.Context(), func(*store.Tx) error { return store.ErrStale })
	if !errors.Is(err, store.ErrStale) || !strings.Contains(err.Error(), "2s") {
		t.Errorf("Update = %v, want that it gave up", err)
	}
}

// A transaction over much of the store takes what it takes, here and on the
// server; its repetitions still end.
func TestWithoutTimeoutHasNoLimit(t *testing.T) {
	s, err := postgres.Open(t.Context(), pgtest.MigratedURL(t), postgres.Options{Limit: time.Nanosecond})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	look := func(tx *store.Tx) error {
		_, err := tx.Occupied()
		return err
	}
	if err := s.View(t.Context(), look); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("View = %v, want that its time was over", err)
	}
	ctx, unlimited := t.Context(), store.WithoutTimeout()
	if err := s.View(ctx, look, unlimited); err != nil {
		t.Errorf("View without timeout: %v", err)
	}
	for _, name := range []string{"statement_timeout", "idle_in_transaction_session_timeout"} {
		if got, err := postgres.Setting(ctx, s, true, name, unlimited); got != "0" || err != nil {
			t.Errorf("%s is %q, %v; want none", name, got, err)
		}
	}
	if err := s.Update(ctx, func(*store.Tx) error { return store.ErrStale }, unlimited); !errors.Is(err, store.ErrStale) {
		t.Errorf("Update = %v, want that it gave up", err)
	}
}

func TestOtherErrorsAreNotRunAgain(t *testing.T) {
	s := pgtest.Store(t)
	failure := errors.New("no")
	for name, transact := range map[string]func(context.Context, func(*store.Tx) error, ...store.Option) error{"Update": s.Update, "View": s.View} {
		runs := 0
		err := transact(t.Context(), func(*store.Tx) error {
			runs++
			return failure
		})
		if !errors.Is(err, failure) || runs != 1 {
			t.Errorf("%s = %v after %d runs", name, err, runs)
		}
	}
}

// Two transactions wait for each other's record; the server ends one, which is
// run again.
func TestDeadlockIsRunAgain(t *testing.T) {
	s := pgtest.Store(t)
	update(t, s, func(tx *store.Tx) error {
		return errors.Join(tx.PutAccount("a", []byte("{}")), tx.PutAccount("b", []byte("{}")))
	})
	var met, ended sync.WaitGroup
	met.Add(2)
	for _, order := range [][2]string{{"a", "b"}, {"b", "a"}} {
		ended.Go(func() {
			meet := sync.OnceFunc(func() { met.Done(); met.Wait() })
			if err := s.Update(t.Context(), func(tx *store.Tx) error {
				if err := tx.PutAccount(order[0], []byte("{}")); err != nil {
					return err
				}
				meet()
				return tx.PutAccount(order[1], []byte("{}"))
			}); err != nil {
				t.Errorf("Update: %v", err)
			}
		})
	}
	ended.Wait()
}

// A wrong assumption about a statement is corrected: the function sees its real
// outcome in the next run.
func TestAssumptionIsCorrected(t *testing.T) {
	s := pgtest.Store(t)
	o := opportunity(1)
	update(t, s, func(tx *store.Tx) error { return tx.InsertOpportunity(o) })
	var seen []error
	update(t, s, func(tx *store.Tx) error {
		seen = append(seen, tx.InsertOpportunity(o))
		return tx.InsertOpportunity(opportunity(2))
	})
	if !errors.Is(seen[len(seen)-1], store.ErrExists) {
		t.Errorf("the function saw %v, want ErrExists last", seen)
	}
	view(t, s, func(tx *store.Tx) error {
		_, _, err := tx.Opportunity(opportunity(2).OpportunityKey)
		return err
	})
	// An error that follows from the wrong answer does not count.
	wrong := errors.New("it is new")
	err := s.Update(t.Context(), func(tx *store.Tx) error {
		if err := tx.InsertOpportunity(o); err != nil {
			return err
		}
		return wrong
	})
	if !errors.Is(err, store.ErrExists) || errors.Is(err, wrong) {
		t.Errorf("Update = %v, want ErrExists", err)
	}
}

// What the server refused counts, whatever the function makes of it.
func TestFailureIsNotSwallowed(t *testing.T) {
	s := pgtest.Store(t)
	err := s.Update(t.Context(), func(tx *store.Tx) error {
		_ = tx.PutAccount("\xff", nil) // text that is not UTF-8
		_ = tx.PutAccount("1", []byte("{}"))
		return nil
	})
	if err == nil {
		t.Error("Update committed after a failed statement")
	}
	view(t, s, func(tx *store.Tx) error {
		if _, err := tx.Account("1"); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("after it: %v, want ErrNotFound", err)
		}
		return nil
	})
}

func TestCancelWithinUpdate(t *testing.T) {
	s := pgtest.Store(t)
	ctx, cancel := context.WithCancel(t.Context())
	runs := 0
	err := s.Update(ctx, func(tx *store.Tx) error {
		runs++
		err := tx.PutAccount("1", []byte("{}"))
		cancel()
		return err
	})
	if !errors.Is(err, context.Canceled) || runs != 1 {
		t.Errorf("Update = %v after %d runs", err, runs)
	}
	view(t, s, func(tx *store.Tx) error {
		if _, err := tx.Account("1"); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("after it: %v, want ErrNotFound", err)
		}
		return nil
	})
}

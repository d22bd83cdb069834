package sqlite

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"cosell/internal/store"
)

// queued waits until a number of updates wait for the writer.
func queued(t *testing.T, s *Store, n int) {
	t.Helper()
	for len(s.queue) < n {
		if t.Context().Err() != nil {
			t.Fatal("the updates did not queue")
		}
		time.Sleep(time.Millisecond) // the queue has no other signal
	}
}

// An Update whose function has run and whose commit is still to come returns
// when its context ends, and says that the outcome is unknown.
func TestUpdateEndsWhileItsCommitIsPending(t *testing.T) {
	s := openHere(t)
	update := func(ctx context.Context, fn func(*store.Tx) error) <-chan error {
		ended := make(chan error, 1)
		go func() { ended <- s.Update(ctx, fn) }()
		return ended
	}
	begun, release := make(chan struct{}), make(chan struct{})
	first := update(t.Context(), func(*store.Tx) error {
		close(begun)
		<-release
		return nil
	})
	<-begun
	// Both wait for the writer, so they run in the group that it has begun.
	ctx, cancel := context.WithCancel(t.Context())
	second := update(ctx, func(tx *store.Tx) error { return tx.PutAccount("1", []byte("{}")) })
	queued(t, s, 1)
	refusal := errors.New("refused")
	failing := update(ctx, func(*store.Tx) error { return refusal })
	queued(t, s, 2)
	blocked, unblock := make(chan struct{}), make(chan struct{})
	last := update(t.Context(), func(*store.Tx) error {
		close(blocked)
		<-unblock
		return nil
	})
	queued(t, s, 3)
	close(release)
	<-blocked
	cancel()
	if err := <-second; !errors.Is(err, store.ErrOutcomeUnknown) || !errors.Is(err, context.Canceled) {
		t.Errorf("Update = %v, want ErrOutcomeUnknown and context.Canceled", err)
	}
	if err := <-failing; !errors.Is(err, refusal) || errors.Is(err, store.ErrOutcomeUnknown) {
		t.Errorf("Update of a function that failed = %v, want its error", err)
	}
	close(unblock)
	for _, ended := range []<-chan error{first, last} {
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}
	if got := readAccount(t, s, "1"); got != "{}" {
		t.Errorf("read %q: the group has been committed", got)
	}
}

// An Update that nobody bounds gives up after the engine's own limit.
func TestUpdateInsideUpdateGivesUp(t *testing.T) {
	s := openHere(t)
	s.limit = 50 * time.Millisecond
	nothing := func(*store.Tx) error { return nil }
	err := s.Update(context.Background(), func(*store.Tx) error { return s.Update(context.Background(), nothing) })
	if !errors.Is(err, errNoTurn) {
		t.Errorf("Update = %v, want %v", err, errNoTurn)
	}
	if err := s.Update(context.Background(), nothing); err != nil {
		t.Errorf("the next Update = %v", err)
	}
}

// An update that fails after it has written is undone, and with it its group, which
// runs again: the others last, also those that run after it, but not one whose caller
// has gone meanwhile.
func TestGroupIsUndoneForAnUpdateThatFails(t *testing.T) {
	s := openHere(t)
	update := func(ctx context.Context, fn func(*store.Tx) error) <-chan error {
		ended := make(chan error, 1)
		queuedBefore := len(s.queue)
		go func() { ended <- s.Update(ctx, fn) }()
		queued(t, s, queuedBefore+1)
		return ended
	}
	begun, release := make(chan struct{}), make(chan struct{})
	first := make(chan error, 1)
	go func() {
		first <- s.Update(t.Context(), func(*store.Tx) error {
			if begun != nil {
				close(begun)
				<-release
				begun = nil
			}
			return nil
		})
	}()
	<-begun
	runs := map[string]int{}
	put := func(account string) func(*store.Tx) error {
		return func(tx *store.Tx) error {
			runs[account]++
			return tx.PutAccount(account, []byte("{}"))
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	before := update(t.Context(), put("before"))
	left := update(ctx, put("left"))
	refusal := errors.New("refused")
	failing := update(t.Context(), func(tx *store.Tx) error {
		if runs["failing"] == 0 { // the others have run: one of their callers goes
			cancel()
			if err := <-left; !errors.Is(err, store.ErrOutcomeUnknown) {
				t.Errorf("the update whose caller went = %v", err)
			}
		}
		return errors.Join(put("failing")(tx), refusal)
	})
	after := update(t.Context(), put("after"))
	close(release)
	for name, c := range map[string]struct {
		ended <-chan error
		want  error
	}{"first": {first, nil}, "before": {before, nil}, "failing": {failing, refusal}, "after": {after, nil}} {
		if err := <-c.ended; !errors.Is(err, c.want) {
			t.Errorf("%s = %v, want %v", name, err, c.want)
		}
	}
	if runs["before"] != 2 || runs["left"] != 1 || runs["failing"] != 2 || runs["after"] != 1 {
		t.Errorf("runs %v", runs)
	}
	for account, want := range map[string]bool{"before": true, "left": false, "failing": false, "after": true} {
		err := s.View(t.Context(), func(tx *store.Tx) error {
			_, err := tx.Account(account)
			return err
		})
		if (err == nil) != want {
			t.Errorf("%s: %v, want it there: %t", account, err, want)
		}
	}
}

// An update that fails alone in its group is undone without a second run.
func TestLoneUpdateThatFailsRunsOnce(t *testing.T) {
	s := openHere(t)
	refusal := errors.New("refused")
	var runs int
	err := s.Update(t.Context(), func(tx *store.Tx) error {
		runs++
		return errors.Join(tx.PutAccount("1", []byte("{}")), refusal)
	})
	if !errors.Is(err, refusal) || runs != 1 {
		t.Errorf("Update = %v after %d runs, want the function's error after one", err, runs)
	}
	err = s.View(t.Context(), func(tx *store.Tx) error {
		_, err := tx.Account("1")
		return err
	})
	if !errors.Is(err, store.ErrNotFound) {
		t.Errorf("the account it wrote = %v, want %v", err, store.ErrNotFound)
	}
}

// lateParts keeps what it was given.
type lateParts struct{ calls [][]any }

func (l *lateParts) WriteLate(_ *store.Tx, parts []any) error {
	l.calls = append(l.calls, parts)
	return nil
}

// What the updates of a group leave to its end is written in one call, once, also where the
// group runs again because one of them failed after it had written.
func TestGroupWritesLatePartsOnce(t *testing.T) {
	for _, fail := range []bool{false, true} {
		s := openHere(t)
		refusal := errors.New("refused")
		begun, release := make(chan struct{}), make(chan struct{})
		var ended []chan error
		update := func(fn func(*store.Tx) error) {
			e := make(chan error, 1)
			ended = append(ended, e)
			go func() { e <- s.Update(t.Context(), fn) }()
		}
		update(func(*store.Tx) error {
			select {
			case <-begun:
			default:
				close(begun)
			}
			<-release
			return nil
		})
		<-begun
		late := new(lateParts)
		for n := range 3 {
			update(func(tx *store.Tx) error {
				tx.AtEnd(late, n)
				if err := tx.PutAccount("1", []byte("{}")); fail && n == 1 {
					return errors.Join(err, refusal)
				}
				return nil
			})
			queued(t, s, n+1)
		}
		close(release)
		for i, e := range ended {
			if err := <-e; err != nil && (!fail || i != 2 || !errors.Is(err, refusal)) {
				t.Error(err)
			}
		}
		want := "[[0 1 2]]"
		if fail {
			want = "[[0] [2]]" // the last one came after the group had to be undone
		}
		if got := fmt.Sprint(late.calls); got != want {
			t.Errorf("failing %t: got %s, want %s", fail, got, want)
		}
	}
}

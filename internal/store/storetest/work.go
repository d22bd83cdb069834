package storetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cosell/internal/store"
)

// enqueue asks for work of kind "pass".
func enqueue(t *testing.T, s store.Store, subject string, dueAt int64, payload string) {
	t.Helper()
	update(t, s, func(tx *store.Tx) error { return tx.Enqueue("pass", subject, dueAt, []byte(payload)) })
}

// claim leases what is due at business time now, at the wall time, for 30.
func claim(t *testing.T, s store.Store, now, wall int64, limit int) (got []store.Work) {
	t.Helper()
	update(t, s, func(tx *store.Tx) (err error) {
		got, err = tx.Claim(now, wall, wall+30, limit)
		return err
	})
	return got
}

// claimOne leases the only work that is due.
func claimOne(t *testing.T, s store.Store, now, wall int64) *store.Work {
	t.Helper()
	got := claim(t, s, now, wall, 10)
	if len(got) != 1 {
		t.Fatalf("claimed %+v, want one", got)
	}
	return &got[0]
}

func testWork(t *testing.T, s store.Store) {
	if got := claim(t, s, 1000, 0, 10); len(got) != 0 {
		t.Fatalf("an empty table has %+v to do", got)
	}
	enqueue(t, s, "a", 100, `{"n":1}`)
	for now, want := range map[int64]bool{99: false, 100: true} {
		view(t, s, func(tx *store.Tx) error {
			got, err := tx.HasWork(now, 0)
			if got != want {
				t.Errorf("HasWork at %d is %t", now, got)
			}
			return err
		})
	}
	if got := claim(t, s, 99, 0, 10); len(got) != 0 {
		t.Errorf("claimed %+v before its time", got)
	}
	w := claimOne(t, s, 100, 0)
	if diff := cmp.Diff(store.Work{Kind: "pass", Subject: "a", Payload: []byte(`{"n":1}`), DueAt: 100, Attempt: 1, Version: 1}, *w); diff != "" {
		t.Error(diff)
	}
	update(t, s, func(tx *store.Tx) error { return tx.Complete(w) })
	view(t, s, func(tx *store.Tx) error {
		left, err := tx.AllWork(10)
		if len(left) != 0 {
			t.Errorf("left after completion: %+v", left)
		}
		return err
	})
}

// The longest due is claimed first, and listed first.
func testWorkOrder(t *testing.T, s store.Store) {
	for i, subject := range []string{"d", "b", "c", "a"} {
		enqueue(t, s, subject, []int64{30, 10, 20, 10}[i], "{}")
	}
	view(t, s, func(tx *store.Tx) error {
		all, err := tx.AllWork(3)
		if got := subjects(all); got != "abc" {
			t.Errorf("listed %s, want abc", got)
		}
		return err
	})
	for _, want := range []string{"ab", "cd", ""} {
		got := claim(t, s, 100, 0, 2)
		slices.SortFunc(got, func(a, b store.Work) int { return int(a.Subject[0]) - int(b.Subject[0]) })
		if subjects(got) != want {
			t.Errorf("claimed %s, want %s", subjects(got), want)
		}
	}
}

func subjects(work []store.Work) (all string) {
	for _, w := range work {
		all += w.Subject
	}
	return all
}

// What is asked for twice is done once, at the earlier time, as asked last.
func testWorkAskedTwice(t *testing.T, s store.Store) {
	enqueue(t, s, "a", 50, "first")
	enqueue(t, s, "a", 80, "second")
	update(t, s, func(tx *store.Tx) error { return tx.Enqueue("another kind", "a", 50, []byte("other")) })
	got := claim(t, s, 50, 0, 10)
	if len(got) != 2 {
		t.Fatalf("claimed %+v, want one of each kind", got)
	}
	w := got[slices.IndexFunc(got, func(w store.Work) bool { return w.Kind == "pass" })]
	if diff := cmp.Diff(store.Work{Kind: "pass", Subject: "a", Payload: []byte("second"), DueAt: 50, Attempt: 1, Version: 2}, w); diff != "" {
		t.Error(diff)
	}
}

// What is asked for while it is under way is done once more.
func testWorkAskedMeanwhile(t *testing.T, s store.Store) {
	enqueue(t, s, "a", 50, "first")
	w := claimOne(t, s, 60, 0)
	enqueue(t, s, "a", 60, "second")
	if got := claim(t, s, 60, 0, 10); len(got) != 0 {
		t.Errorf("claimed %+v while its lease lasts", got)
	}
	update(t, s, func(tx *store.Tx) error { return tx.Complete(w) })
	again := claimOne(t, s, 60, 0)
	if string(again.Payload) != "second" || again.Attempt != 2 {
		t.Errorf("once more is %+v", again)
	}
	update(t, s, func(tx *store.Tx) error { return tx.Complete(again) })
	if got := claim(t, s, 60, 100, 10); len(got) != 0 {
		t.Errorf("a third time: %+v", got)
	}
}

// A lease keeps others away until it runs out, and can be renewed.
func testWorkLease(t *testing.T, s store.Store) {
	enqueue(t, s, "a", 50, "{}")
	w := claimOne(t, s, 60, 0) // until 30
	update(t, s, func(tx *store.Tx) error { return tx.Renew(w, 45) })
	for wall, want := range map[int64]bool{44: false, 45: true} {
		view(t, s, func(tx *store.Tx) error {
			got, err := tx.HasWork(60, wall)
			if got != want {
				t.Errorf("HasWork at wall time %d is %t", wall, got)
			}
			return err
		})
	}
	if got := claim(t, s, 60, 44, 10); len(got) != 0 {
		t.Errorf("claimed %+v while its lease lasts", got)
	}
	if again := claimOne(t, s, 60, 45); again.Attempt != 2 {
		t.Errorf("attempt %d, want 2", again.Attempt)
	}
}

// A worker whose work went to another can do nothing with it any more.
func testWorkFence(t *testing.T, s store.Store) {
	enqueue(t, s, "a", 50, "{}")
	late := claimOne(t, s, 60, 0)
	current := claimOne(t, s, 60, 30)
	for name, act := range map[string]func(*store.Tx) error{
		"Renew":    func(tx *store.Tx) error { return tx.Renew(late, 1000) },
		"Complete": func(tx *store.Tx) error { return tx.Complete(late) },
		"Fail":     func(tx *store.Tx) error { return tx.Fail(late, 1000, "late") },
	} {
		err := s.Update(t.Context(), func(tx *store.Tx) error {
			if err := tx.PutAccount("1", []byte(name)); err != nil {
				return err
			}
			return act(tx)
		})
		if !errors.Is(err, store.ErrNotFound) {
			t.Errorf("%s by the late worker: %v, want ErrNotFound", name, err)
		}
	}
	view(t, s, func(tx *store.Tx) error {
		_, err := tx.Account("1")
		return isNot(err, store.ErrNotFound) // nothing of what the late one did
	})
	update(t, s, func(tx *store.Tx) error { return tx.Complete(current) })
}

// A failure is kept, counted, and puts the work off.
func testWorkFail(t *testing.T, s store.Store) {
	enqueue(t, s, "a", 50, "{}")
	for n := range int64(3) {
		due := 50 + n*100
		if got := claim(t, s, due-1, 0, 10); len(got) != 0 {
			t.Fatalf("claimed %+v before the pause was over", got)
		}
		w := claimOne(t, s, due, 0)
		if w.Failures != n || w.DueAt != due {
			t.Errorf("after %d failures: %+v", n, w)
		}
		update(t, s, func(tx *store.Tx) error { return tx.Fail(w, due+100, fmt.Sprint("fault ", n)) })
	}
	view(t, s, func(tx *store.Tx) error {
		all, err := tx.AllWork(10)
		if len(all) != 1 || all[0].LastError != "fault 2" || all[0].Failures != 3 {
			t.Errorf("got %+v", all)
		}
		return err
	})
	// Asked for anew, it is not held back by its past.
	enqueue(t, s, "a", 60, "{}")
	if w := claimOne(t, s, 60, 0); w.Failures != 0 {
		t.Errorf("%d failures after a new request, want 0", w.Failures)
	}
}

// Many workers claim at once; each piece goes to one of them.
func testWorkRace(t *testing.T, s store.Store) {
	const pieces = 120
	update(t, s, func(tx *store.Tx) error {
		for i := range pieces {
			if err := tx.Enqueue("pass", fmt.Sprint(i), int64(i), []byte("{}")); err != nil {
				return err
			}
		}
		return nil
	})
	var mu sync.Mutex
	claimed := map[string]int{}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for {
				var got []store.Work
				err := s.Update(context.Background(), func(tx *store.Tx) (err error) {
					got, err = tx.Claim(pieces, 0, 30, 3)
					return err
				})
				if err != nil {
					t.Errorf("Claim: %v", err)
				}
				if len(got) == 0 {
					return
				}
				for _, w := range got {
					mu.Lock()
					claimed[w.Subject]++
					mu.Unlock()
					if err := s.Update(context.Background(), func(tx *store.Tx) error { return tx.Complete(&w) }); err != nil {
						t.Errorf("Complete: %v", err)
					}
				}
			}
		})
	}
	wg.Wait()
	for i := range pieces {
		if n := claimed[fmt.Sprint(i)]; n != 1 {
			t.Errorf("piece %d was claimed %d times", i, n)
		}
	}
}

package searchfold

import (
	"fmt"
	"log/slog"
	"testing"

	"cosell/internal/store"
	"cosell/internal/store/sqlite"
)

// While somebody writes nothing is done; in the step after the last write all is.
func TestStep(t *testing.T) {
	s, err := sqlite.Open(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	f := New(s, slog.New(slog.DiscardHandler))
	n := 0
	write := func() {
		t.Helper()
		n++
		if err := s.Update(t.Context(), func(tx *store.Tx) error {
			return tx.InsertOpportunity(&store.Opportunity{
				OpportunityKey: store.OpportunityKey{Account: "1", Catalog: "AWS", ID: fmt.Sprint("O", n)}, Document: []byte("{}"),
			})
		}); err != nil {
			t.Fatal(err)
		}
	}
	step := func(wantIdle bool, wantWaiting int) {
		t.Helper()
		idle, err := f.step(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		marked, recent, err := f.count(t.Context())
		waiting := marked + recent
		if err != nil {
			t.Fatal(err)
		}
		if idle != wantIdle || waiting != wantWaiting {
			t.Errorf("idle %t with %d waiting, want %t with %d", idle, waiting, wantIdle, wantWaiting)
		}
	}
	step(true, 0)
	write()
	step(false, 1)
	write()
	step(false, 2)
	step(true, 0)
	step(true, 0)
}

// However many are written, a search never has to make the rows of more than may wait.
func TestTooManyWait(t *testing.T) {
	s, err := sqlite.Open(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	f := New(s, slog.New(slog.DiscardHandler))
	f.maxMarked = 10
	const each = 30
	n := 0
	write := func() {
		t.Helper()
		if err := s.Update(t.Context(), func(tx *store.Tx) error {
			for range each {
				n++
				if err := tx.InsertOpportunity(&store.Opportunity{
					OpportunityKey: store.OpportunityKey{Account: "1", Catalog: "AWS", ID: fmt.Sprint("O", n)}, Document: []byte("{}"),
				}); err != nil {
					return err
				}
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
	for name, fold := range map[string]func() error{
		"while others write": func() error { _, err := f.step(t.Context()); return err },
		"before a start":     func() error { return f.Prepare(t.Context()) },
	} {
		write()
		if err := fold(); err != nil {
			t.Fatal(err)
		}
		marked, recent, err := f.count(t.Context())
		if err != nil || marked > f.maxMarked || marked+recent != n {
			t.Errorf("%s: %d records are marked and %d have rows made in haste, of %d: %v", name, marked, recent, n, err)
		}
	}
}

// Of many records rows are made in haste at first, so that a search that comes meanwhile does not
// wait for long transactions; in the end none waits.
func TestManyAreMadeInHaste(t *testing.T) {
	s, err := sqlite.Open(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	const n = 3 * store.ManySearchMarks
	if err := s.Update(t.Context(), func(tx *store.Tx) error {
		for i := range n {
			if err := tx.InsertOpportunity(&store.Opportunity{
				OpportunityKey: store.OpportunityKey{Account: "1", Catalog: "AWS", ID: fmt.Sprint("O", i)}, Document: []byte("{}"),
			}); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	f := New(s, slog.New(slog.DiscardHandler))
	for i := 0; i == 0 || f.last > 0; i++ {
		idle, err := f.step(t.Context())
		if err != nil || idle != (i > 0) {
			t.Fatalf("step %d: idle %v, %v", i, idle, err)
		}
		marked, recent, err := f.count(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if i == 1 && (marked == n || recent == 0) {
			t.Errorf("after a step %d records are marked and %d have rows made in haste, of %d", marked, recent, n)
		}
		if i > 0 {
			f.last = marked + recent // nobody writes
		}
	}
}

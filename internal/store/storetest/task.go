package storetest

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cosell/internal/store"
)

// testTry undoes what failed, and that alone.
func testSavepoint(t *testing.T, s store.Store) {
	failure := errors.New("changed my mind")
	update(t, s, func(tx *store.Tx) error {
		if err := tx.PutAccount("before", []byte(`{}`)); err != nil {
			return err
		}
		err := tx.Savepoint(func() error {
			return errors.Join(tx.PutAccount("undone", []byte(`{}`)), tx.PutAccount("before", []byte(`{"n":1}`)), failure)
		})
		if err := isNot(err, failure); err != nil {
			return err
		}
		if _, err := tx.Account("undone"); !errors.Is(err, store.ErrNotFound) {
			return fmt.Errorf("undone is there: %w", err)
		}
		// One in another: the outer failure undoes what the inner kept.
		err = tx.Savepoint(func() error {
			if err := tx.Savepoint(func() error { return tx.PutAccount("inner", []byte(`{}`)) }); err != nil {
				return err
			}
			return failure
		})
		if err := isNot(err, failure); err != nil {
			return err
		}
		return tx.Savepoint(func() error { return tx.PutAccount("kept", []byte(`{}`)) })
	})
	for account, want := range map[string]bool{"before": true, "undone": false, "inner": false, "kept": true} {
		view(t, s, func(tx *store.Tx) error {
			document, err := tx.Account(account)
			if errors.Is(err, store.ErrNotFound) == want || want && string(document) != "{}" {
				t.Errorf("%s: %s, %v", account, document, err)
			}
			return nil
		})
	}
}

// What failed in a Try is undone together with what failed after it.
func testSavepointInAFailure(t *testing.T, s store.Store) {
	failure := errors.New("changed my mind")
	err := s.Update(t.Context(), func(tx *store.Tx) error {
		if err := tx.Savepoint(func() error { return tx.PutAccount("1", []byte(`{}`)) }); err != nil {
			return err
		}
		return failure
	})
	if !errors.Is(err, failure) {
		t.Fatalf("Update = %v, want the function's error", err)
	}
	view(t, s, func(tx *store.Tx) error {
		_, err := tx.Account("1")
		return isNot(err, store.ErrNotFound)
	})
}

func taskRecord(id string) *store.Task {
	return &store.Task{
		TaskKey: store.TaskKey{Account: "1", Catalog: "AWS", Kind: "submitting", ID: id},
		Status:  "IN_PROGRESS", StartedAt: 1000, Name: "leads", Failed: 2,
		OpportunityID: "O1", EngagementID: "eng-1", InvitationID: "engi-1", ContextID: "1",
		Document: []byte(`{"note":"Müller, 東京 \u0000"}`),
	}
}

func testTask(t *testing.T, s store.Store) {
	want := taskRecord("task-1")
	update(t, s, func(tx *store.Tx) error {
		if err := tx.InsertTask(want); err != nil {
			return err
		}
		return isNot(tx.InsertTask(want), store.ErrExists)
	})
	read := func(key store.TaskKey) (got *store.Task, err error) {
		view(t, s, func(tx *store.Tx) error {
			got, err = tx.Task(key)
			return nil
		})
		return got, err
	}
	got, err := read(want.TaskKey)
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Fatalf("%v (-want +got):\n%s", err, diff)
	}
	for name, key := range map[string]store.TaskKey{
		"another account":    {Account: "2", Catalog: "AWS", Kind: "submitting", ID: "task-1"},
		"another catalog":    {Account: "1", Catalog: "Sandbox", Kind: "submitting", ID: "task-1"},
		"another kind":       {Account: "1", Catalog: "AWS", Kind: "converting", ID: "task-1"},
		"another identifier": {Account: "1", Catalog: "AWS", Kind: "submitting", ID: "task-2"},
	} {
		if _, err := read(key); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("%s: %v, want ErrNotFound", name, err)
		}
	}

	// Everything but its key, its start and its name can change.
	changed := *want
	changed.Status, changed.Step, changed.Failed = "COMPLETE", 1, 3
	changed.OpportunityID, changed.EngagementID, changed.InvitationID, changed.ContextID = "O2", "eng-2", "engi-2", "2"
	changed.Document = []byte(`{}`)
	update(t, s, func(tx *store.Tx) error { return tx.UpdateTask(&changed, 0) })
	if got, err = read(want.TaskKey); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(&changed, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// Many workers take a task's steps; each is taken once.
func testTaskSteps(t *testing.T, s store.Store) {
	const workers, steps = 8, 20
	one := taskRecord("task-1")
	update(t, s, func(tx *store.Tx) error { return tx.InsertTask(one) })
	var taken atomic.Int64
	var all sync.WaitGroup
	for range workers {
		all.Go(func() {
			for {
				took, step := false, int64(0)
				err := s.Update(context.Background(), func(tx *store.Tx) error {
					row, err := tx.Task(one.TaskKey)
					if err != nil {
						return err
					}
					if took, step = row.Step < steps, row.Step; !took {
						return nil
					}
					row.Step++
					return tx.UpdateTask(row, step)
				})
				if err != nil {
					t.Errorf("Update: %v", err)
					return
				}
				if !took {
					return
				}
				taken.Add(1)
			}
		})
	}
	all.Wait()
	if taken.Load() != steps {
		t.Errorf("%d steps were taken, want %d", taken.Load(), steps)
	}
}

func testTaskStale(t *testing.T, s store.Store) {
	one := taskRecord("task-1")
	update(t, s, func(tx *store.Tx) error { return tx.InsertTask(one) })
	update(t, s, func(tx *store.Tx) error {
		if err := isNot(tx.Savepoint(func() error { return tx.UpdateTask(one, 1) }), store.ErrStale); err != nil {
			t.Error(err)
		}
		return nil
	})
}

// testTasks compares every combination of filters with what they say.
func testTasks(t *testing.T, s store.Store) {
	r := rand.New(rand.NewPCG(9, 10))
	states := []string{"IN_PROGRESS", "COMPLETE", "FAILED"}
	names := []string{"a", "B", "ä", ""}
	ids := []string{"1", "2", "3", ""}
	all := map[string]*store.Task{}
	update(t, s, func(tx *store.Tx) error {
		for n := range 250 {
			one := taskRecord(fmt.Sprintf("task-%03d", n))
			one.Status, one.Name, one.StartedAt, one.Failed = states[r.IntN(3)], names[r.IntN(4)], int64(1+r.IntN(30)), int64(r.IntN(4))
			one.OpportunityID, one.EngagementID = ids[r.IntN(4)], ids[r.IntN(4)]
			one.InvitationID, one.ContextID = ids[r.IntN(4)], ids[r.IntN(4)]
			switch r.IntN(20) {
			case 0:
				one.Account = "2"
			case 1:
				one.Catalog = "Sandbox"
			case 2:
				one.Kind = "converting"
			}
			if err := tx.InsertTask(one); err != nil {
				return err
			}
			all[one.ID] = one
		}
		return nil
	})
	for range 150 {
		q := store.TaskQuery{
			Account: "1", Catalog: "AWS", Kind: "submitting",
			Statuses: some(r, states), Names: some(r, names), OpportunityIDs: some(r, ids), EngagementIDs: some(r, ids),
			InvitationIDs: some(r, ids), ContextIDs: some(r, ids),
			SortBy: store.ColumnStarted, Descending: r.IntN(2) == 0, Limit: 1 + r.IntN(40),
		}
		if r.IntN(4) == 0 {
			q.IDs = some(r, []string{"task-003", "task-004", "task-005", "task-200"})
		}
		if r.IntN(2) == 0 {
			q.StartedFrom, q.StartedBefore = int64(r.IntN(15)), int64(r.IntN(3)*12)
		}
		by := func(id string) int64 { return all[id].StartedAt }
		if r.IntN(3) == 0 {
			q.SortBy = store.ColumnFailed
			by = func(id string) int64 { return all[id].Failed }
		}
		want := []string{}
		for id, one := range all {
			if one.Account == q.Account && one.Catalog == q.Catalog && one.Kind == q.Kind &&
				passes(q.Statuses, one.Status) && passes(q.IDs, id) && passes(q.Names, one.Name) &&
				passes(q.OpportunityIDs, one.OpportunityID) && passes(q.EngagementIDs, one.EngagementID) &&
				passes(q.InvitationIDs, one.InvitationID) && passes(q.ContextIDs, one.ContextID) &&
				one.StartedAt >= q.StartedFrom && (q.StartedBefore == 0 || one.StartedAt < q.StartedBefore) {
				want = append(want, id)
			}
		}
		byTime(want, q.Descending, by)
		got := walkPages(t, s, q.Limit, func(tx *store.Tx, after *store.Position) ([]store.Task, error) {
			q.After = after
			return tx.Tasks(&q)
		}, func(one store.Task) store.Position { return store.Position{Value: by(one.ID), ID: one.ID} })
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("query %+v (-want +got):\n%s", q, diff)
		}
	}
}

// Names are sorted by their bytes.
func testTasksByName(t *testing.T, s store.Store) {
	update(t, s, func(tx *store.Tx) error {
		for n, name := range []string{"b", "ä", "B", "a", "a"} {
			one := taskRecord(fmt.Sprintf("task-%d", n))
			one.Name = name
			if err := tx.InsertTask(one); err != nil {
				return err
			}
		}
		return nil
	})
	for descending, want := range map[bool][]string{
		false: {"task-2", "task-3", "task-4", "task-0", "task-1"},
		true:  {"task-1", "task-0", "task-4", "task-3", "task-2"},
	} {
		q := store.TaskQuery{Account: "1", Catalog: "AWS", Kind: "submitting", SortBy: store.ColumnName, Descending: descending, Limit: 2}
		got := walkPages(t, s, q.Limit, func(tx *store.Tx, after *store.Position) ([]store.Task, error) {
			q.After = after
			return tx.Tasks(&q)
		}, func(one store.Task) store.Position { return store.Position{Value: one.Name, ID: one.ID} })
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("descending %t (-want +got):\n%s", descending, diff)
		}
	}
}

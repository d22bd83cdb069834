package storetest

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cosell/internal/store"
)

// engagementKey names an engagement of catalog AWS.
func engagementKey(id string) store.EngagementKey {
	return store.EngagementKey{Catalog: "AWS", ID: id}
}

func insertEngagement(tx *store.Tx, key store.EngagementKey, members ...store.EngagementMember) error {
	if err := tx.InsertEngagement(key, 1, []byte(key.ID)); err != nil {
		return err
	}
	for _, m := range members {
		if err := tx.InsertEngagementMember(key, m); err != nil {
			return err
		}
	}
	return nil
}

func testEngagement(t *testing.T, s store.Store) {
	key := engagementKey("eng-1")
	update(t, s, func(tx *store.Tx) error {
		if err := tx.InsertEngagement(key, 10, []byte(`{"title":"Grüße, 東京"}`)); err != nil {
			return err
		}
		return isNot(tx.InsertEngagement(key, 11, []byte("other")), store.ErrExists)
	})
	update(t, s, func(tx *store.Tx) error {
		// The same identifier in another catalog is another engagement.
		return tx.InsertEngagement(store.EngagementKey{Catalog: "Sandbox", ID: key.ID}, 10, []byte("sandbox"))
	})
	want := func(document string, members int32) {
		t.Helper()
		view(t, s, func(tx *store.Tx) error {
			got, n, err := tx.Engagement(key)
			if string(got) != document || n != members {
				t.Errorf("got %s with %d members, want %s with %d", got, n, document, members)
			}
			return err
		})
	}
	want(`{"title":"Grüße, 東京"}`, 0)
	update(t, s, func(tx *store.Tx) error {
		for i, account := range []string{"1", "2"} {
			if err := tx.InsertEngagementMember(key, store.EngagementMember{Account: account, JoinedAt: int64(i), ContextTypes: 1}); err != nil {
				return err
			}
		}
		return tx.UpdateEngagement(key, 10, 12, 3, []byte("changed"))
	})
	want("changed", 2)
	view(t, s, func(tx *store.Tx) error {
		members, err := tx.EngagementMembers(key)
		for _, m := range members {
			if m.ContextTypes != 3 {
				t.Errorf("the row of %s has contexts %b, want those of the update", m.Account, m.ContextTypes)
			}
		}
		_, _, missing := tx.Engagement(engagementKey("eng-2"))
		return errors.Join(err, isNot(missing, store.ErrNotFound))
	})
}

func testEngagementStale(t *testing.T, s store.Store) {
	key := engagementKey("eng-1")
	update(t, s, func(tx *store.Tx) error { return tx.InsertEngagement(key, 10, []byte("first")) })
	err := s.Update(t.Context(), func(tx *store.Tx) error {
		if err := tx.UpdateEngagement(key, 9, 12, 0, []byte("late")); !errors.Is(err, store.ErrStale) {
			t.Errorf("update over another state: %v, want ErrStale", err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	view(t, s, func(tx *store.Tx) error {
		got, _, err := tx.Engagement(key)
		if string(got) != "first" {
			t.Errorf("a stale update wrote %s", got)
		}
		return err
	})
}

// Many clients change one engagement; none of the changes may be lost.
func testEngagementSerializable(t *testing.T, s store.Store) {
	const clients, changes = 8, 15
	key := engagementKey("eng-1")
	update(t, s, func(tx *store.Tx) error { return tx.InsertEngagement(key, 0, []byte("0")) })
	var wg sync.WaitGroup
	for range clients {
		wg.Go(func() {
			for range changes {
				err := s.Update(context.Background(), func(tx *store.Tx) error {
					document, _, err := tx.Engagement(key)
					if err != nil {
						return err
					}
					var n int64
					if _, err := fmt.Sscan(string(document), &n); err != nil {
						return err
					}
					return tx.UpdateEngagement(key, n, n+1, 0, fmt.Append(nil, n+1))
				})
				if err != nil {
					t.Errorf("Update: %v", err)
				}
			}
		})
	}
	wg.Wait()
	view(t, s, func(tx *store.Tx) error {
		document, _, err := tx.Engagement(key)
		if want := fmt.Sprint(clients * changes); string(document) != want {
			t.Errorf("counted %s, want %s", document, want)
		}
		return err
	})
}

func testEngagementMembers(t *testing.T, s store.Store) {
	key := engagementKey("eng-1")
	joined := []store.EngagementMember{
		{Account: "aws", CreatedBy: "3", CreatedAt: 7, ContextTypes: 2, JoinedAt: 20},
		{Account: "3", CreatedBy: "3", CreatedAt: 7, ContextTypes: 2, JoinedAt: 7},
		{Account: "1", CreatedBy: "3", CreatedAt: 7, ContextTypes: 2, JoinedAt: 20},
	}
	update(t, s, func(tx *store.Tx) error {
		if err := insertEngagement(tx, key, joined...); err != nil {
			return err
		}
		if err := insertEngagement(tx, engagementKey("eng-2"), store.EngagementMember{Account: "9"}); err != nil {
			return err
		}
		return isNot(tx.InsertEngagementMember(key, store.EngagementMember{Account: "1", JoinedAt: 30}), store.ErrExists)
	})
	view(t, s, func(tx *store.Tx) error {
		got, err := tx.EngagementMembers(key)
		if diff := cmp.Diff([]store.EngagementMember{joined[1], joined[2], joined[0]}, got); diff != "" {
			t.Errorf("not by time of joining and account (-want +got):\n%s", diff)
		}
		return err
	})
	for _, c := range []struct {
		account string
		key     store.EngagementKey
		want    bool
	}{
		{"1", key, true},
		{"9", key, false},
		{"1", engagementKey("eng-2"), false},
		{"1", store.EngagementKey{Catalog: "Sandbox", ID: "eng-1"}, false},
	} {
		view(t, s, func(tx *store.Tx) error {
			got, err := tx.IsEngagementMember(c.key, c.account)
			if got != c.want {
				t.Errorf("account %s is a member of %v: %t", c.account, c.key, got)
			}
			return err
		})
	}
}

// walkPages reads a list to its end, page by page, and returns the identifiers.
func walkPages[R any](
	t *testing.T, s store.Store, limit int,
	page func(*store.Tx, *store.Position) ([]R, error), at func(R) store.Position,
) []string {
	t.Helper()
	ids := []string{}
	var after *store.Position
	for range 1000 {
		var rows []R
		view(t, s, func(tx *store.Tx) (err error) {
			rows, err = page(tx, after)
			return err
		})
		if len(rows) > limit {
			t.Fatalf("a page of %d, want at most %d", len(rows), limit)
		}
		for _, r := range rows {
			ids = append(ids, at(r).ID)
		}
		if len(rows) < limit {
			return ids
		}
		last := at(rows[len(rows)-1])
		after = &last
	}
	t.Fatal("the list does not end")
	return nil
}

// byTime sorts identifiers of numbered records by time, then themselves.
func byTime(ids []string, descending bool, at func(string) int64) []string {
	slices.SortFunc(ids, func(a, b string) int {
		order := strings.Compare(a, b)
		if x, y := at(a), at(b); x != y {
			order = int(x - y)
		}
		if descending {
			return -order
		}
		return order
	})
	return ids
}

// some picks a few values, at times none.
func some(r *rand.Rand, from []string) []string {
	var picked []string
	for range r.IntN(3) {
		if v := from[r.IntN(len(from))]; !slices.Contains(picked, v) {
			picked = append(picked, v)
		}
	}
	return picked
}

func passes(filter []string, v string) bool { return len(filter) == 0 || slices.Contains(filter, v) }

// Random filters and page sizes find what a scan of everything finds.
func testEngagements(t *testing.T, s store.Store) {
	type record struct {
		createdBy string
		createdAt int64
		contexts  int64
		members   map[string]bool
	}
	r := rand.New(rand.NewPCG(5, 6))
	accounts := []string{"1", "2", "aws"}
	all := map[string]record{}
	update(t, s, func(tx *store.Tx) error {
		for i := range 200 {
			id := fmt.Sprintf("eng-%03d", i)
			e := record{accounts[r.IntN(3)], int64(r.IntN(30)), int64(r.IntN(8)), map[string]bool{}}
			if err := tx.InsertEngagement(engagementKey(id), e.createdAt, []byte(id)); err != nil {
				return err
			}
			for _, account := range accounts {
				if r.IntN(3) == 0 {
					continue
				}
				e.members[account] = true
				if err := tx.InsertEngagementMember(engagementKey(id), store.EngagementMember{
					Account: account, CreatedBy: e.createdBy, CreatedAt: e.createdAt, ContextTypes: e.contexts,
				}); err != nil {
					return err
				}
			}
			all[id] = e
		}
		return insertEngagement(tx, store.EngagementKey{Catalog: "Sandbox", ID: "eng-sandbox"}, store.EngagementMember{Account: "1"})
	})
	for range 120 {
		q := store.EngagementQuery{
			Account: "1", Catalog: "AWS", CreatedBy: some(r, accounts), ExcludeCreatedBy: some(r, accounts),
			Descending: r.IntN(2) == 0, Limit: 1 + r.IntN(40),
		}
		if r.IntN(3) == 0 {
			q.IDs = some(r, []string{"eng-001", "eng-050", "eng-199", "eng-unknown"})
		}
		if r.IntN(2) == 0 {
			q.AnyContextType = int64(r.IntN(8))
		}
		if r.IntN(2) == 0 {
			q.ExcludeContexts = int64(r.IntN(8))
		}
		want := []string{}
		for id, e := range all {
			if e.members["1"] && passes(q.IDs, id) && passes(q.CreatedBy, e.createdBy) &&
				!slices.Contains(q.ExcludeCreatedBy, e.createdBy) &&
				(q.AnyContextType == 0 || e.contexts&q.AnyContextType != 0) && e.contexts&q.ExcludeContexts == 0 {
				want = append(want, id)
			}
		}
		byTime(want, q.Descending, func(id string) int64 { return all[id].createdAt })
		got := walkPages(t, s, q.Limit, func(tx *store.Tx, after *store.Position) ([]store.EngagementRow, error) {
			q.After = after
			return tx.Engagements(&q)
		}, func(row store.EngagementRow) store.Position {
			id := row.Position.ID
			if int(row.MemberCount) != len(all[id].members) || string(row.Document) != id {
				t.Errorf("%s: %d members, document %s", id, row.MemberCount, row.Document)
			}
			return row.Position
		})
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("query %+v (-want +got):\n%s", q, diff)
		}
	}
}

package storetest

import (
	"testing"

	"cosell/internal/store"
)

// testHistory sees that the changes of one record are listed, the newest first, in pages
// that are bounded by rows and by bytes, and that old ones are removed.
func testHistory(t *testing.T, s store.Store) {
	key := store.HistoryKey{Account: "111122223333", Catalog: "Sandbox", Kind: "Opportunity", Record: "O1"}
	other, foreign, catalog, kind := key, key, key, key
	other.Record, foreign.Account, catalog.Catalog, kind.Kind = "O2", "444455556666", "AWS", "Engagement"
	update(t, s, func(tx *store.Tx) error {
		for sequence := range int64(5) {
			for _, k := range []store.HistoryKey{key, other, foreign, catalog, kind} {
				if err := tx.InsertHistory(&store.HistoryChange{HistoryKey: k, Sequence: sequence + 1, ChangedAt: 10 * sequence, Document: []byte(`{"a":1}`)}); err != nil {
					return err
				}
			}
		}
		return nil
	})
	update(t, s, func(tx *store.Tx) error {
		return isNot(tx.InsertHistory(&store.HistoryChange{HistoryKey: key, Sequence: 5, Document: []byte(`{}`)}), store.ErrExists)
	})
	view(t, s, func(tx *store.Tx) error {
		for _, c := range []struct {
			before       int64
			limit, bytes int
			want         []int64
			more         bool
		}{
			{0, 10, 1000, []int64{5, 4, 3, 2, 1}, false},
			{0, 5, 1000, []int64{5, 4, 3, 2, 1}, false},
			{0, 2, 1000, []int64{5, 4}, true},
			{4, 2, 1000, []int64{3, 2}, true},
			{2, 10, 1000, []int64{1}, false},
			{1, 10, 1000, nil, false},
			{0, 10, 14, []int64{5, 4}, true},
			{0, 10, 1, []int64{5}, true},
		} {
			got, more, err := tx.History(key, c.before, c.limit, c.bytes)
			if err != nil {
				return err
			}
			if len(got) != len(c.want) || more != c.more {
				t.Fatalf("%+v: got %d changes, more: %v", c, len(got), more)
			}
			for i, change := range got {
				if change.HistoryKey != key || change.Sequence != c.want[i] || change.ChangedAt != 10*(c.want[i]-1) || string(change.Document) != `{"a":1}` {
					t.Errorf("%+v: got %+v", c, change)
				}
			}
		}
		return nil
	})
	update(t, s, func(tx *store.Tx) error {
		batch, err := tx.NextPerished(&store.PerishableHistory, 3, nil, 100)
		if err != nil || batch.Rows != 10 {
			t.Errorf("%d rows are old: %v", batch.Rows, err)
		}
		_, err = tx.RemovePerished(&store.PerishableHistory, 3, batch)
		return err
	})
	view(t, s, func(tx *store.Tx) error {
		got, _, err := tx.History(key, 0, 10, 1000)
		if len(got) != 3 {
			t.Errorf("%d changes are left", len(got))
		}
		return err
	})
	update(t, s, func(tx *store.Tx) error { return tx.DeleteHistory(key) })
	view(t, s, func(tx *store.Tx) error {
		got, _, err := tx.History(key, 0, 10, 1000)
		if len(got) != 0 {
			t.Errorf("%d changes of a record are left", len(got))
		}
		return err
	})
}

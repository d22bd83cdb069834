package storecheck_test

import (
	"os"
	"strings"
	"testing"

	"cosell/internal/store"
	"cosell/internal/store/pgtest"
	"cosell/internal/store/sqlite"
	"cosell/internal/storecheck"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Run(m)) }

func embedded(t *testing.T) store.Store {
	t.Helper()
	s, err := sqlite.Open(t.Context(), t.TempDir(), sqlite.WithoutSync())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func check(t *testing.T, s store.Store) (r storecheck.Result) {
	t.Helper()
	err := s.View(t.Context(), func(tx *store.Tx) (err error) {
		r, err = storecheck.Run(tx)
		return err
	}, store.WithoutTimeout())
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestRun(t *testing.T) {
	for name, open := range map[string]func(*testing.T) store.Store{
		"sqlite":   embedded,
		"postgres": func(t *testing.T) store.Store { return pgtest.Store(t) },
	} {
		t.Run(name, func(t *testing.T) {
			s := open(t)
			update := func(fn func(tx *store.Tx) error) {
				t.Helper()
				if err := s.Update(t.Context(), fn); err != nil {
					t.Fatal(err)
				}
			}
			engagement := store.EngagementKey{Catalog: "AWS", ID: "eng-1"}
			update(func(tx *store.Tx) error {
				if err := tx.InsertEngagement(engagement, 1, []byte("{}")); err != nil {
					return err
				}
				return tx.InsertEngagementMember(engagement, store.EngagementMember{Account: "1"})
			})
			if r := check(t, s); len(r.Faults) > 0 || r.Rows != 2 {
				t.Fatalf("a good store: %+v", r)
			}
			for _, c := range []struct {
				want   string
				damage func(tx *store.Tx) error
			}{
				{`accounts ["1"]: document: must be a JSON object`, func(tx *store.Tx) error { return tx.PutAccount("1", []byte("{]")) }},
				{`engagement_members ["AWS" "eng-2"]: the row of engagements that it belongs to is missing`, func(tx *store.Tx) error {
					return tx.InsertEngagementMember(store.EngagementKey{Catalog: "AWS", ID: "eng-2"}, store.EngagementMember{Account: "1"})
				}},
				{`review_queue ["1" "AWS" "O1"]: the row of opportunities that it belongs to is missing`, func(tx *store.Tx) error {
					return tx.InsertReview(store.Review{OpportunityKey: store.OpportunityKey{Account: "1", Catalog: "AWS", ID: "O1"}})
				}},
				{`work ["kind" "subject"]: due_at: must be milliseconds since 1970`, func(tx *store.Tx) error {
					return tx.Enqueue("kind", "subject", 1<<60, []byte("{}"))
				}},
			} {
				update(c.damage)
				found := false
				for _, f := range check(t, s).Faults {
					found = found || strings.HasPrefix(f.String(), c.want)
				}
				if !found {
					t.Errorf("not found: %s in %v", c.want, check(t, s).Faults)
				}
			}
			if r := check(t, s); len(r.Faults) != 4 || r.More {
				t.Errorf("%d faults, want 4", len(r.Faults))
			}
		})
	}
}

func TestFaultsAreBounded(t *testing.T) {
	s := embedded(t)
	if err := s.Update(t.Context(), func(tx *store.Tx) error {
		for i := range 150 {
			if err := tx.PutAccount(strings.Repeat("x", i+1), []byte("no JSON")); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if r := check(t, s); len(r.Faults) != 100 || !r.More || r.Rows != 150 {
		t.Errorf("%d faults in %d rows, more: %t", len(r.Faults), r.Rows, r.More)
	}
}

package postgres_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"cosell/internal/search"
	"cosell/internal/store"
	"cosell/internal/store/pgtest"
	"cosell/internal/store/postgres"
	"cosell/internal/store/storetest"
)

// Whatever a list asks for, its queries read the index that they were written for,
// and judge by it alone.
func TestPlans(t *testing.T) {
	url := pgtest.MigratedURL(t)
	s := pgtest.Open(t, url)
	storetest.InsertPlanned(t, s)
	pgtest.Exec(t, url, "VACUUM ANALYZE opportunities")
	for _, list := range storetest.PlannedLists() {
		t.Run(list.Name, func(t *testing.T) {
			plans, err := postgres.Plans(t.Context(), s, func(tx *store.Tx) error {
				_, err := tx.Opportunities(&list.Query)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			if len(plans) != len(list.Indexes) {
				t.Fatalf("%d queries, want %d", len(plans), len(list.Indexes))
			}
			scan := "Index Only Scan "
			if list.SingleWalk() {
				scan = "Index Scan "
			}
			for i, plan := range plans {
				read := 0
				for _, line := range plan {
					if !strings.Contains(line, " on opportunities") || strings.HasSuffix(line, " on opportunities o") {
						continue
					}
					read++
					if !strings.Contains(line, scan) || !strings.Contains(line, " using "+list.Indexes[i]+" on ") {
						t.Errorf("query %d: %s, want %s", i+1, strings.TrimSpace(line), list.Indexes[i])
					}
				}
				if read == 0 {
					t.Errorf("query %d reads nothing: %q", i+1, plan)
				}
			}
			if t.Failed() {
				t.Log(strings.Join(plans[len(plans)-1], "\n"))
			}
		})
	}
}

// Rows of many keys are looked up one by one, whatever is known of their tables: here they
// are new, and a plan would rather compare every row of an account with all keys.
func TestKeysAreLookedUp(t *testing.T) {
	s := pgtest.Store(t)
	plans, err := postgres.Plans(t.Context(), s, func(tx *store.Tx) error {
		_, err := tx.SearchedOpportunities(account, "AWS", []string{"O1", "O2", "O3"})
		_, has := tx.HasBulkResult(account, "bulkjob-1", "row-1")
		return errors.Join(err, has)
	})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"(arn >= wanted.key) AND (arn <= wanted.key))", "(id >= wanted.key) AND (id <= wanted.key))",
		"(request_id >= 'row-1'::text) AND (request_id <= 'row-1'::text))",
	}
	if len(plans) != len(want) {
		t.Fatalf("%d queries, want %d", len(plans), len(want))
	}
	for i, plan := range plans {
		text := strings.Join(plan, "\n")
		if !strings.Contains(text, want[i]) || strings.Contains(text, "Filter: ") {
			t.Errorf("query %d: %s\nwant %s and no filter", i+1, text, want[i])
		}
	}
}

// A word that most rows have, but none of the newest, is found among these: to read all rows of
// the index of words that have it would take long.
func TestCommonWordIsFoundInOrder(t *testing.T) {
	const n, newest, window = 2000, 150, 100
	url := pgtest.MigratedURL(t)
	s := pgtest.Open(t, url)
	if err := s.Update(t.Context(), func(tx *store.Tx) error {
		for i := range n {
			title := "harbor"
			if i >= n-newest {
				title = "lighthouse"
			}
			o := opportunity(i)
			o.Document = fmt.Appendf(nil, `{"Id":%q,"LastModifiedDate":%q,"Project":{"Title":%q}}`,
				o.ID, time.Unix(int64(i), 0).UTC().Format(time.RFC3339), title)
			if err := tx.InsertOpportunity(o); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	for made := 1; made > 0; {
		var err error
		if made, err = store.FoldAnySearch(t.Context(), s); err != nil {
			t.Fatal(err)
		}
	}
	// The planner expects nothing of beginnings of words where it knows fewer than a hundred.
	pgtest.Exec(t, url, "ALTER TABLE opportunity_search_words ALTER COLUMN tokens SET STATISTICS 5")
	pgtest.Exec(t, url, "VACUUM ANALYZE")
	for word, want := range map[string]struct {
		first string
		hits  bool // the index of words is read
	}{
		"harbor": {fmt.Sprint("O", 1000+n-newest-1), false},
		"o1000":  {"O1000", true},
	} {
		var found []store.SearchPosition
		plans, err := postgres.Plans(t.Context(), s, func(tx *store.Tx) (err error) {
			found, err = tx.Search(&store.SearchQuery{
				Table: search.Opportunities, Account: account, Catalog: "AWS", Words: []string{word},
				Sort: search.Opportunities.Order, Descending: true, Limit: 10, Window: window,
			})
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if len(found) == 0 || found[0].ID != want.first {
			t.Errorf("%s: found %v, want %s first", word, found, want.first)
		}
		var text strings.Builder
		for _, plan := range plans {
			text.WriteString(strings.Join(plan, "\n"))
		}
		if hits := strings.Contains(text.String(), "opportunity_search_words_by_token"); hits != want.hits {
			t.Errorf("%s: reads the index of words: %v, want %v\n%s", word, hits, want.hits, &text)
		}
	}
}

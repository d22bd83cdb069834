package postgres_test

import (
	"strings"
	"testing"

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

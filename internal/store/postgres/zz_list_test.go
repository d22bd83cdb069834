package postgres_test

import (
	"fmt"
	"os"
	"slices"
	"strconv"
	"testing"
	"time"

	"cosell/internal/store"
	"cosell/internal/store/pgtest"
)

func TestZZList(t *testing.T) {
	rows, _ := strconv.Atoi(os.Getenv("ROWS"))
	if rows == 0 {
		t.Skip()
	}
	url := pgtest.MigratedURL(t)
	pgtest.Exec(t, url, "ALTER TABLE opportunities SET (autovacuum_enabled = off)")
	start := time.Now()
	pgtest.Exec(t, url, fmt.Sprintf(`INSERT INTO opportunities SELECT '111122223333','AWS','O'||(1000000000+g),
	 (ARRAY['Prospect','Qualified','Technical Validation','Business Validation','Committed','Launched','Closed Lost'])[1+(g*7919)%%7],
	 (ARRAY['Pending Submission','Submitted','In review','Approved','Rejected','Action Required'])[1+(g*104729)%%6],
	 'company '||(g%%5000), '2027-01-'||lpad((1+g%%28)::text,2,'0'), g, g*3, 'Partner', repeat('d',1000)
	 FROM generate_series(1::bigint,%d) g`, rows))
	t.Log("insert", time.Since(start))
	pgtest.Exec(t, url, "ALTER TABLE opportunities SET (autovacuum_enabled = off)")
	if os.Getenv("ANALYZE") != "" {
		pgtest.Exec(t, url, "ANALYZE")
	}
	for _, params := range []string{"&enable_seqscan=off&enable_bitmapscan=off&jit=off&plan_cache_mode=force_generic_plan&enable_sort=off&enable_incremental_sort=off&enable_hashjoin=off&enable_mergejoin=off", "&enable_seqscan=off&enable_bitmapscan=off&jit=off&plan_cache_mode=force_generic_plan&enable_hashjoin=off&enable_mergejoin=off"} {
	s := pgtest.Open(t, url+params)
	t.Log(params)
	for _, c := range []struct {
		name string
		q    store.OpportunityQuery
	}{
		{"default", store.OpportunityQuery{SortBy: store.ColumnLastModified, Descending: true}},
		{"by id", store.OpportunityQuery{SortBy: store.ColumnID}},
		{"by company", store.OpportunityQuery{SortBy: store.ColumnCompany}},
		{"by close", store.OpportunityQuery{SortBy: store.ColumnTargetCloseDate, Descending: true}},
		{"stage", store.OpportunityQuery{SortBy: store.ColumnLastModified, Descending: true, Stages: []string{"Launched"}, ReviewStatuses: []string{"Approved"}}},
		{"company", store.OpportunityQuery{SortBy: store.ColumnLastModified, Descending: true, CompanyKeys: []string{"company 17"}}},
		{"range", store.OpportunityQuery{SortBy: store.ColumnLastModified, Descending: true, Ranges: []store.Range{{Column: store.ColumnCreated, From: int64(rows - 100)}}}},
		{"wide range", store.OpportunityQuery{SortBy: store.ColumnLastModified, Descending: true, Ranges: []store.Range{{Column: store.ColumnCreated, From: int64(100)}}}},
		{"ids", store.OpportunityQuery{SortBy: store.ColumnLastModified, Descending: true, IDs: []string{"O1000000017", "O1000000018"}}},
	} {
		for _, deep := range []bool{false, true} {
			q := c.q
			q.Account, q.Catalog, q.Limit = account, "AWS", 21
			if deep {
				switch q.SortBy {
				case store.ColumnLastModified:
					q.After = &store.Position{Value: int64(rows / 2 * 3), ID: fmt.Sprintf("O%d", 1000000000+rows/2)}
				case store.ColumnID:
					q.After = &store.Position{Value: fmt.Sprintf("O%d", 1000000000+rows/2), ID: fmt.Sprintf("O%d", 1000000000+rows/2)}
				case store.ColumnCompany:
					q.After = &store.Position{Value: "company 3", ID: "O1"}
				default:
					q.After = &store.Position{Value: "2027-01-14", ID: "O1"}
				}
			}
			var took []time.Duration
			n := 0
			for range 10 {
				time.Sleep(0)
				begin := time.Now()
				view(t, s, func(tx *store.Tx) error {
					found, err := tx.Opportunities(&q)
					n = len(found)
					return err
				})
				took = append(took, time.Since(begin))
			}
			slices.Sort(took)
			t.Logf("%-12s deep=%-5t n=%d p50=%v max=%v", c.name, deep, n, took[5], took[9])
		}
	}
}
}

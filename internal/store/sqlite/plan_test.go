package sqlite_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"cosell/internal/store"
	"cosell/internal/store/sqlite"
	"cosell/internal/store/storetest"
)

// planned is a querier that keeps how the engine would go about each query.
type planned struct {
	store.Querier
	t     *testing.T
	table string // or its alias: only its steps are kept; all of them where it is empty
	plans [][]string
}

func (p *planned) Query(ctx context.Context, query string, args ...any) (store.Rows, error) {
	p.explain(ctx, query, args)
	return p.Querier.Query(ctx, query, args...)
}

func (p *planned) Row(ctx context.Context, query string, args []any, dest ...any) error {
	p.explain(ctx, query, args)
	return p.Querier.Row(ctx, query, args, dest...)
}

func (p *planned) explain(ctx context.Context, query string, args []any) {
	p.t.Helper()
	rows, err := p.Querier.Query(ctx, "EXPLAIN QUERY PLAN "+query, args...)
	if err != nil {
		p.t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	var plan []string
	for rows.Next() {
		var id, parent, cost int64
		var step string
		if err := rows.Scan(&id, &parent, &cost, &step); err != nil {
			p.t.Fatal(err)
		}
		if (p.table == "" || strings.Contains(step, " "+p.table+" ")) && !slices.Contains(plan, step) {
			plan = append(plan, step)
		}
	}
	if rows.Err() != nil {
		p.t.Fatal(rows.Err())
	}
	p.plans = append(p.plans, plan)
}

// bounds are between which entries of the index the last query of a list walks,
// beside those that all have.
var bounds = map[string]string{
	"the latest, further on":    " AND (last_modified_at,id)<(?,?)",
	"the latest of a while":     " AND last_modified_at>? AND (last_modified_at,id)<(?,?)",
	"the latest of a status":    " AND stage=? AND review_status=? AND (last_modified_at,id)<(?,?)",
	"by identifier of a status": " AND stage=? AND review_status=? AND id<?",
	"by creation":               " AND stage=? AND review_status=? AND created_at>? AND (created_at,id)<(?,?)",
	"by company":                " AND stage=? AND review_status=? AND (company_key,id)<(?,?)",
	"by company, of one":        " AND stage=? AND review_status=? AND company_key=? AND id<?",
	"by close date":             " AND stage=? AND review_status=? AND (target_close_date,id)<(?,?)",
	"walks":                     " AND (last_modified_at,id)>(?,?)",
	"walks from a place":        " AND (last_modified_at,id)>(?,?) AND (last_modified_at,id)<(?,?)",
	"walks by identifier":       " AND stage=? AND review_status=? AND id>?",
	"few of a company":          " AND stage=? AND review_status=? AND company_key=?",
	"few closed":                " AND stage=? AND review_status=? AND target_close_date>? AND target_close_date<?",
	"few modified":              " AND last_modified_at>? AND last_modified_at<?",
	"buckets":                   " AND <expr>=?",
	"buckets of a status":       " AND <expr>=? AND (last_modified_at,id)<(?,?)",
	"the filter with fewer":     " AND stage=? AND review_status=? AND company_key=?",
	"a filter after all":        " AND stage=? AND review_status=? AND created_at>? AND created_at<?",
}

// Whatever a list asks for, its queries read the index that they were written for,
// between the right entries, and judge by these alone.
func TestPlans(t *testing.T) {
	dir := t.TempDir()
	storetest.InsertPlanned(t, open(t, dir))
	q := sqlite.Connect(t, dir)
	for _, list := range storetest.PlannedLists() {
		t.Run(list.Name, func(t *testing.T) {
			p := &planned{Querier: q, t: t, table: "opportunities"}
			if _, err := store.NewTx(t.Context(), p, &store.SQLite, store.Attempt{}).Opportunities(&list.Query); err != nil {
				t.Fatal(err)
			}
			if len(p.plans) != len(list.Indexes) {
				t.Fatalf("%d queries, want %d: %q", len(p.plans), len(list.Indexes), p.plans)
			}
			using := "SEARCH opportunities USING COVERING INDEX "
			if list.SingleWalk() {
				using = "SEARCH opportunities USING INDEX "
			}
			for i, plan := range p.plans {
				for _, step := range plan {
					if want := using + list.Indexes[i] + " (account=? AND catalog=?"; !strings.HasPrefix(step, want) {
						t.Errorf("query %d: %s\nwant %s …", i+1, step, want)
					}
				}
			}
			last := p.plans[len(p.plans)-1]
			if len(last) != 1 || !strings.HasSuffix(last[0], "(account=? AND catalog=?"+bounds[list.Name]+")") {
				t.Errorf("%q: %q,", list.Name, last)
			}
		})
	}
}

// What is due to a target is read in its order from what is pending: deliveries that have ended are not walked.
func TestDueDeliveriesPlan(t *testing.T) {
	dir := t.TempDir()
	open(t, dir)
	p := &planned{Querier: sqlite.Connect(t, dir), t: t, table: "d"}
	if _, err := store.NewTx(t.Context(), p, &store.SQLite, store.Attempt{}).DueEventDeliveries("1", "t", 1, 1); err != nil {
		t.Fatal(err)
	}
	const want = "[[SEARCH d USING INDEX event_deliveries_in_order (account=? AND target=?)]]"
	if got := fmt.Sprint(p.plans); got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
}

// The newest events are read from the end of the index, and nothing is sorted.
func TestNewestEventsPlan(t *testing.T) {
	dir := t.TempDir()
	open(t, dir)
	for account, want := range map[string]string{
		"1":               "[[SEARCH events USING INDEX sqlite_autoindex_events_1 (account=? AND sequence>?)]]",
		store.AllAccounts: "[[SEARCH events USING INDEX events_by_sequence (sequence>?)]]",
	} {
		p := &planned{Querier: sqlite.Connect(t, dir), t: t}
		if _, err := store.NewTx(t.Context(), p, &store.SQLite, store.Attempt{}).NewestEvents(account, 0, 50); err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprint(p.plans); got != want {
			t.Errorf("%s: %s\nwant %s", account, got, want)
		}
	}
}

package sqlite_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"cosell/internal/search"
	"cosell/internal/store"
	"cosell/internal/store/sqlite"
)

// searchPlanned is a querier that keeps how the engine would read the rows of searches.
type searchPlanned struct {
	store.Querier
	t     *testing.T
	steps []string
}

func (p *searchPlanned) Query(ctx context.Context, query string, args ...any) (store.Rows, error) {
	p.t.Helper()
	rows, err := p.Querier.Query(ctx, "EXPLAIN QUERY PLAN "+query, args...)
	if err != nil {
		p.t.Fatal(err)
	}
	for rows.Next() {
		var id, parent, cost int64
		var step string
		if err := rows.Scan(&id, &parent, &cost, &step); err != nil {
			p.t.Fatal(err)
		}
		if strings.Contains(step, " t ") {
			p.steps = append(p.steps, step)
		}
	}
	if err := rows.Close(); err != nil {
		p.t.Fatal(err)
	}
	return p.Querier.Query(ctx, query, args...)
}

// searchable returns the directory of a store whose opportunities were created on three
// days, and last modified in the order of their identifiers.
func searchable(t *testing.T) (dir string) {
	t.Helper()
	const most = 60
	dir = t.TempDir()
	s := open(t, dir)
	for i := range most {
		if err := s.Update(t.Context(), func(tx *store.Tx) error {
			return tx.InsertOpportunity(&store.Opportunity{
				OpportunityKey: store.OpportunityKey{Account: "1", Catalog: "AWS", ID: fmt.Sprint("O", 100+i)},
				Document: fmt.Appendf(nil, `{"Customer":{"Account":{"CompanyName":"Company %02d"}},
					"LifeCycle":{"TargetCloseDate":"2027-01-%02d","Stage":"%s"},
					"LastModifiedDate":"2026-02-01T00:00:00.%03dZ","CreatedDate":"2026-01-%02dT00:00:00.000Z"}`,
					i, 1+i%28, []string{"Prospect", "Qualified", "Launched"}[i/20], i, 1+i/20),
			})
		}); err != nil {
			t.Fatal(err)
		}
	}
	if err := store.FoldSearch(t.Context(), s, store.SearchOpportunity, "1", "AWS"); err != nil {
		t.Fatal(err)
	}
	return dir
}

// searchField returns a field of opportunities.
func searchField(t *testing.T, name string) *search.Field {
	t.Helper()
	f := search.Opportunities.Field(name)
	if f == nil {
		t.Fatalf("no field %s", name)
	}
	return f
}

// A search by several values or a range is merged from what indexes have of each value
// or day, without its rows.
func TestMergedSearchPlans(t *testing.T) {
	dir := searchable(t)
	day := func(n int) int64 { return time.Date(2026, 1, n, 0, 0, 0, 0, time.UTC).UnixMilli() }
	for name, c := range map[string]struct {
		filter *search.Node
		index  string
		first  string // what it finds
	}{
		"days": {
			&search.Node{Op: search.LessThan, Field: searchField(t, "CreatedDate"), Int: day(3)},
			"by_created_day (scope=? AND <expr>=?)", "O139",
		},
		"dates": {
			&search.Node{Op: search.And, Nodes: []*search.Node{
				{Op: search.GreaterThan, Field: searchField(t, "TargetCloseDate"), Int: day(1)},
				{Op: search.LessThan, Field: searchField(t, "TargetCloseDate"), Int: time.Date(2027, 1, 4, 0, 0, 0, 0, time.UTC).UnixMilli()},
			}},
			"by_target_close_at (scope=? AND target_close_at=?)", "O158",
		},
		"texts": {
			&search.Node{Op: search.ContainsAny, Field: searchField(t, "Stage"), Texts: []string{"prosp", "qual"}},
			"by_stage (scope=? AND stage=?)", "O139",
		},
	} {
		t.Run(name, func(t *testing.T) {
			p := &searchPlanned{Querier: sqlite.Connect(t, dir), t: t}
			found, err := store.NewTx(t.Context(), p, &store.SQLite, store.Attempt{}).Search(&store.SearchQuery{
				Table: search.Opportunities, Account: "1", Catalog: "AWS", Sort: search.Opportunities.Order, Descending: true,
				Filter: c.filter, Limit: 3, Window: 1,
			})
			if err != nil || len(found) != 3 || found[0].ID != c.first {
				t.Fatalf("found %v, %v", found, err)
			}
			if last := p.steps[len(p.steps)-1]; last != "SEARCH t USING COVERING INDEX opportunity_search_"+c.index {
				t.Errorf("is not merged from %s: %s", c.index, last)
			}
		})
	}
}

// A search sorted by an indexed column walks its index, and only where its page is;
// one by a common word walks the rows in their order.
func TestSearchPlans(t *testing.T) {
	dir := searchable(t)
	field := func(name string) *search.Field { return searchField(t, name) }
	for name, c := range map[string]struct {
		query store.SearchQuery
		index string
		least string // what its last step is bounded by
	}{
		"by company":               {store.SearchQuery{Sort: field("CustomerCompanyName"), Window: 5}, "by_company", "company<?"},
		"by company, further on":   {store.SearchQuery{Sort: field("CustomerCompanyName"), Window: 5, After: &store.SearchPosition{Value: "Company 20", ID: "O120"}}, "by_company", "company>? AND company<?"},
		"by close date":            {store.SearchQuery{Sort: field("TargetCloseDate"), Window: 5}, "by_target_close_at", "target_close_at<?"},
		"by close date, the other": {store.SearchQuery{Sort: field("TargetCloseDate"), Window: 5, Descending: true}, "by_target_close_at", "target_close_at>?"},
		"a common word":            {store.SearchQuery{Sort: search.Opportunities.Order, Words: []string{"company"}}, "by_at", "scope=?"},
	} {
		t.Run(name, func(t *testing.T) {
			p := &searchPlanned{Querier: sqlite.Connect(t, dir), t: t}
			q := c.query
			q.Table, q.Account, q.Catalog, q.Limit = search.Opportunities, "1", "AWS", 3
			found, err := store.NewTx(t.Context(), p, &store.SQLite, store.Attempt{}).Search(&q)
			if err != nil || len(found) != q.Limit {
				t.Fatalf("found %v, %v", found, err)
			}
			for _, step := range p.steps {
				if !strings.Contains(step, "SEARCH t USING") || !strings.Contains(step, "opportunity_search_"+c.index+" ") {
					t.Errorf("does not walk %s: %s", c.index, step)
				}
			}
			if last := p.steps[len(p.steps)-1]; !strings.Contains(last, c.least) {
				t.Errorf("is not bounded by %s: %s", c.least, last)
			}
		})
	}
}

// plannedStore is a store whose transactions keep how the engine would read the rows of searches.
type plannedStore struct {
	store.Store
	p *searchPlanned
}

// Update implements [store.Store].
func (s plannedStore) Update(ctx context.Context, fn func(*store.Tx) error, _ ...store.Option) error {
	return fn(store.NewTx(ctx, s.p, &store.SQLite, store.Attempt{}))
}

// View implements [store.Store].
func (s plannedStore) View(ctx context.Context, fn func(*store.Tx) error, _ ...store.Option) error {
	return s.Update(ctx, fn)
}

// What was made of a record before is looked up by its key when its row is made: an index that
// has all columns of an account would be read from end to end.
func TestFoldPlan(t *testing.T) {
	dir := customers(t)
	p := &searchPlanned{Querier: sqlite.Connect(t, dir), t: t}
	if err := store.FoldSearch(t.Context(), plannedStore{p: p}, store.SearchCustomer, "1", "AWS"); err != nil {
		t.Fatal(err)
	}
	if len(p.steps) == 0 {
		t.Error("read nothing")
	}
	for _, step := range p.steps {
		if !strings.HasPrefix(step, "SEARCH t USING ") || !strings.HasSuffix(step, " (scope=? AND id=?)") {
			t.Errorf("looks up no keys: %s", step)
		}
	}
}

// customers returns the directory of a store with customer accounts, which searches have not seen.
func customers(t *testing.T) (dir string) {
	t.Helper()
	dir = t.TempDir()
	s := open(t, dir)
	if err := s.Update(t.Context(), func(tx *store.Tx) error {
		for i := range 200 {
			if err := tx.InsertCustomerAccount(&store.CustomerAccount{
				CustomerAccountKey: store.CustomerAccountKey{Account: "1", Catalog: "AWS", ID: fmt.Sprint("cust-acc-", i)}, ModifiedAt: 1, Document: []byte("{}"),
			}); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return dir
}

// Statistics that no index narrows look up no rows: one index has all that they filter by and
// count.
func TestStatisticsPlan(t *testing.T) {
	dir := customers(t)
	p := &searchPlanned{Querier: sqlite.Connect(t, dir), t: t}
	if err := store.FoldSearch(t.Context(), plannedStore{p: p}, store.SearchCustomer, "1", "AWS"); err != nil {
		t.Fatal(err)
	}
	filter := &search.Node{Op: search.Or}
	var counted []*search.Field
	for _, f := range search.Customers.Fields {
		if f.Grouped {
			counted = append(counted, f)
		}
		switch {
		case !f.Filterable:
		case f.Kind == search.Text:
			filter.Nodes = append(filter.Nodes, &search.Node{Op: search.ContainsAny, Field: f, Texts: []string{"a"}})
		default:
			filter.Nodes = append(filter.Nodes, &search.Node{Op: search.GreaterThan, Field: f})
		}
	}
	if _, _, err := store.NewTx(t.Context(), p, &store.SQLite, store.Attempt{}).SearchGroups(
		&store.SearchQuery{Table: search.Customers, Account: "1", Catalog: "AWS", Filter: filter}, counted); err != nil {
		t.Fatal(err)
	}
	if last := p.steps[len(p.steps)-1]; last != "SEARCH t USING COVERING INDEX customer_search_by_at (scope=?)" {
		t.Errorf("looks up rows: %s", last)
	}
}

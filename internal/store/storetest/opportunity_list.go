package storetest

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cosell/internal/store"
)

// want filters and sorts in memory what a query must find.
func want(all []*store.Opportunity, q *store.OpportunityQuery) []string {
	position := func(o *store.Opportunity) (int64, string) {
		switch q.SortBy {
		case store.ColumnCreated:
			return o.CreatedAt, ""
		case store.ColumnLastModified:
			return o.LastModifiedAt, ""
		case store.ColumnCompany:
			return 0, o.CompanyKey
		case store.ColumnTargetCloseDate:
			return 0, o.TargetCloseDate
		default:
			return 0, o.ID
		}
	}
	passes := func(filter []string, v string) bool { return len(filter) == 0 || slices.Contains(filter, v) }
	within := func(r store.Range, o *store.Opportunity) bool {
		switch r.Column {
		case store.ColumnTargetCloseDate:
			return (r.From == nil || o.TargetCloseDate >= r.From.(string)) && (r.Before == nil || o.TargetCloseDate < r.Before.(string))
		case store.ColumnCreated:
			return (r.From == nil || o.CreatedAt >= r.From.(int64)) && (r.Before == nil || o.CreatedAt < r.Before.(int64))
		default:
			return (r.From == nil || o.LastModifiedAt >= r.From.(int64)) && (r.Before == nil || o.LastModifiedAt < r.Before.(int64))
		}
	}
	var found []*store.Opportunity
	for _, o := range all {
		if o.Account == q.Account && o.Catalog == q.Catalog && passes(q.IDs, o.ID) && passes(q.Stages, o.Stage) &&
			passes(q.ReviewStatuses, o.ReviewStatus) && passes(q.CompanyKeys, o.CompanyKey) &&
			!slices.ContainsFunc(q.Ranges, func(r store.Range) bool { return !within(r, o) }) {
			found = append(found, o)
		}
	}
	slices.SortFunc(found, func(a, b *store.Opportunity) int {
		an, as := position(a)
		bn, bs := position(b)
		order := strings.Compare(as, bs)
		if an != bn {
			order = int(an - bn)
		}
		if order == 0 {
			order = strings.Compare(a.ID, b.ID)
		}
		if q.Descending {
			return -order
		}
		return order
	})
	ids := make([]string, len(found))
	for i, o := range found {
		ids[i] = o.ID
	}
	return ids
}

// walk reads a query to its end, page by page.
func walk(t *testing.T, s store.Store, q store.OpportunityQuery) []string {
	t.Helper()
	ids := []string{}
	for range 1000 {
		var rows []store.ListRow
		view(t, s, func(tx *store.Tx) (err error) {
			rows, err = tx.Opportunities(&q)
			return err
		})
		if len(rows) > q.Limit {
			t.Fatalf("a page of %d, want at most %d", len(rows), q.Limit)
		}
		for _, r := range rows {
			ids = append(ids, r.Position.ID)
		}
		if len(rows) < q.Limit {
			return ids
		}
		q.After = &rows[len(rows)-1].Position
	}
	t.Fatal("the list does not end")
	return nil
}

var (
	stages   = []string{"Prospect", "Qualified", "Technical Validation", "Business Validation", "Committed", "Launched", "Closed Lost"}
	statuses = []string{"Pending Submission", "Submitted", "In review", "Approved", "Rejected", "Action Required"}
	// Byte order is not the order of any language: the engines must agree on it.
	companies = []string{"", "acme", "Acme", "zürich re", "ábaco", "東京", "a b", "a-b", "a_b"}
	columns   = []store.Column{store.ColumnID, store.ColumnLastModified, store.ColumnCreated, store.ColumnCompany, store.ColumnTargetCloseDate}
)

func population(n int, r *rand.Rand) []*store.Opportunity {
	all := make([]*store.Opportunity, n)
	for i := range all {
		o := opportunity(i)
		o.Stage, o.ReviewStatus = stages[r.IntN(len(stages))], statuses[r.IntN(len(statuses))]
		o.CompanyKey = companies[r.IntN(len(companies))]
		o.CreatedAt, o.LastModifiedAt = int64(r.IntN(20)), int64(20+r.IntN(20))
		if r.IntN(5) > 0 {
			o.TargetCloseDate = fmt.Sprintf("2027-01-%02d", 1+r.IntN(28))
		}
		switch r.IntN(8) {
		case 0:
			o.Catalog = "Sandbox"
		case 1:
			o.Account = "444455556666"
		}
		all[i] = o
	}
	return all
}

func insertAll(t *testing.T, s store.Store, all []*store.Opportunity) {
	t.Helper()
	update(t, s, func(tx *store.Tx) error {
		for _, o := range all {
			if err := tx.InsertOpportunity(o); err != nil {
				return err
			}
		}
		return nil
	})
}

// Random filters, sorts and page sizes find what a scan of everything finds, in
// the same order, each record once.
func testOpportunities(t *testing.T, s store.Store) {
	r := rand.New(rand.NewPCG(1, 2))
	all := population(400, r)
	insertAll(t, s, all)
	// A filter may name a value twice.
	some := func(from []string) []string {
		var picked []string
		for range r.IntN(4) {
			picked = append(picked, from[r.IntN(len(from))])
		}
		return picked
	}
	for i := range 150 {
		q := store.OpportunityQuery{
			Account: "111122223333", Catalog: "AWS",
			SortBy: columns[i%len(columns)], Descending: r.IntN(2) == 0, Limit: 1 + r.IntN(40),
		}
		if r.IntN(2) == 0 {
			q.Stages = some(stages)
		}
		if r.IntN(2) == 0 {
			q.ReviewStatuses = some(statuses)
		}
		if r.IntN(3) == 0 {
			q.CompanyKeys = some(companies)
		}
		if r.IntN(4) == 0 {
			q.IDs = some([]string{"O1001", "O1002", "O1100", "O1399", "O77"})
		}
		if r.IntN(3) == 0 {
			q.Ranges = append(q.Ranges, store.Range{Column: store.ColumnLastModified, From: int64(20 + r.IntN(10)), Before: int64(25 + r.IntN(20))})
		}
		if r.IntN(3) == 0 {
			q.Ranges = append(q.Ranges, store.Range{Column: store.ColumnCreated, From: int64(r.IntN(20))})
		}
		if r.IntN(3) == 0 {
			q.Ranges = append(q.Ranges, store.Range{Column: store.ColumnTargetCloseDate, Before: "2027-01-15"})
		}
		if diff := cmp.Diff(want(all, &q), walk(t, s, q)); diff != "" {
			t.Fatalf("query %+v (-want +got):\n%s", q, diff)
		}
	}
}

// A filter that many records pass does not lead the query, one that few pass
// does; both find the same.
func testSelective(t *testing.T, s store.Store) {
	r := rand.New(rand.NewPCG(3, 4))
	all := population(3000, r)
	all[17].CompanyKey, all[17].Account, all[17].Catalog = "rare", "111122223333", "AWS"
	insertAll(t, s, all)
	for _, companies := range [][]string{{"rare"}, {"acme", "東京", "", "rare", "a b", "a-b"}} {
		for _, column := range columns {
			q := store.OpportunityQuery{
				Account: "111122223333", Catalog: "AWS", CompanyKeys: companies,
				Ranges: []store.Range{{Column: store.ColumnCreated, Before: int64(19)}},
				SortBy: column, Descending: true, Limit: 101,
			}
			if diff := cmp.Diff(want(all, &q), walk(t, s, q), cmp.Transformer("empty", func(ids []string) []string { return append([]string{}, ids...) })); diff != "" {
				t.Fatalf("companies %q by %s (-want +got):\n%s", companies, column, diff)
			}
		}
	}
}

const day = 24 * 60 * 60 * 1000 // in milliseconds

// Lists whose page is far from where walks begin are found in several ways; at
// every effort each finds the same. Records of many days tell buckets apart.
func testFarAway(t *testing.T, s store.Store) {
	r := rand.New(rand.NewPCG(5, 6))
	all := population(600, r)
	for _, o := range all {
		o.CreatedAt = int64(r.IntN(40 * day))
		o.LastModifiedAt = o.CreatedAt/day*day + int64(r.IntN(4))*day // with ties, in a bucket and across
	}
	insertAll(t, s, all)
	efforts := []store.PlanBudget{
		{LeadLimit: 1, ScanLimit: 1000, SortLimit: 1}, // walks
		{LeadLimit: 1, ScanLimit: 90, SortLimit: 1},   // walks, and buckets where there are some
		{LeadLimit: 1, ScanLimit: 1, SortLimit: 1},    // buckets
		{LeadLimit: 1, ScanLimit: 1, SortLimit: 1000}, // the filter after all
		{LeadLimit: 1000, ScanLimit: 1, SortLimit: 1}, // the filter at once
	}
	for i := range 50 {
		q := store.OpportunityQuery{
			Account: "111122223333", Catalog: "AWS", SortBy: store.ColumnLastModified,
			Descending: r.IntN(2) == 0, Limit: 20 + r.IntN(60), Budget: efforts[i%len(efforts)],
		}
		if r.IntN(3) == 0 {
			q.SortBy = columns[r.IntN(len(columns))]
		}
		created := store.Range{Column: store.ColumnCreated}
		from := r.IntN(30 * day)
		if r.IntN(4) > 0 {
			created.From = int64(from)
		}
		if created.From == nil || r.IntN(4) > 0 {
			created.Before = int64(from + r.IntN(20*day))
		}
		q.Ranges = append(q.Ranges, created)
		if r.IntN(3) == 0 {
			q.Ranges = append(q.Ranges, store.Range{Column: store.ColumnLastModified, From: int64(r.IntN(20 * day)), Before: int64((20 + r.IntN(20)) * day)})
		}
		if r.IntN(3) == 0 {
			q.CompanyKeys = companies[r.IntN(3):][:1+r.IntN(4)]
		}
		if r.IntN(3) == 0 {
			q.Stages, q.ReviewStatuses = stages[:1+r.IntN(5)], statuses[r.IntN(5):]
		}
		if diff := cmp.Diff(want(all, &q), walk(t, s, q)); diff != "" {
			t.Fatalf("query %+v (-want +got):\n%s", q, diff)
		}
	}
}

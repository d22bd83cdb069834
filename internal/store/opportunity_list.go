package store

import "cosell/internal/api"

// opportunityLists describes the table of opportunities to the list engine.
var opportunityLists = listTable{
	name: "opportunities",
	statuses: []statusColumn{
		{"stage", texts(api.Stage("").Values())},
		{"review_status", texts(api.ReviewStatus("").Values())},
	},
	columns: []listColumn{
		{ColumnCompany, false},
		{ColumnCreated, true},
		{ColumnLastModified, true},
		{ColumnTargetCloseDate, false},
	},
	recent:  ColumnLastModified,
	buckets: []bucketing{byDayCreated},
}

func texts[T ~string](values []T) []string {
	out := make([]string, len(values))
	for i, v := range values {
		out[i] = string(v)
	}
	return out
}

// OpportunityQuery asks for one page of an account's opportunities. An empty
// filter lets everything pass; values of one filter are alternatives, filters
// add up.
type OpportunityQuery struct {
	Account, Catalog string
	IDs              []string
	CompanyKeys      []string
	Stages           []string
	ReviewStatuses   []string
	Ranges           []Range
	SortBy           Column
	Descending       bool
	After            *Position // the last record of the page before
	Limit            int
	Budget           PlanBudget // the zero value is the default
	// Excerpt cuts a large document to what the list shows, so that a page of large
	// records takes no more memory than one of small ones; nil keeps documents whole.
	Excerpt func(document string) (string, error)
}

// Opportunities returns one page.
func (tx *Tx) Opportunities(q *OpportunityQuery) ([]ListRow, error) {
	return tx.list(&listQuery{
		table: &opportunityLists, account: q.Account, catalog: q.Catalog, ids: q.IDs,
		statuses: [][]string{q.Stages, q.ReviewStatuses},
		among:    []alternatives{{ColumnCompany, q.CompanyKeys}},
		ranges:   q.Ranges, sortBy: q.SortBy, descending: q.Descending,
		after: q.After, limit: q.Limit, budget: q.Budget, excerpt: q.Excerpt,
	})
}

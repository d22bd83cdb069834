package store

import (
	"cmp"
	"errors"
	"fmt"
)

// Column is a column that a list of opportunities can be sorted by or narrowed
// to a range of.
type Column string

// The columns of an opportunity that lists know.
const (
	ColumnID              Column = "id"
	ColumnLastModified    Column = "last_modified_at"
	ColumnCreated         Column = "created_at"
	ColumnCompany         Column = "company_key"
	ColumnTargetCloseDate Column = "target_close_date"
)

// Range narrows a list to the records whose column lies in [From, Before); nil
// is no bound. Values have the column's type: int64 for times, string else.
type Range struct {
	Column       Column
	From, Before any
}

// Position is a record's place in a sorted list: the value of the column sorted
// by (int64 for times, string else) and the identifier that settles ties.
type Position struct {
	Value any
	ID    string
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
	Effort           Effort // none is the usual one
}

// OpportunityRow is one record of a page.
type OpportunityRow struct {
	Position Position
	Document string
}

// Effort is what a list may cost that filters by another column than it is sorted
// by. An index is read at some million entries a second.
type Effort struct {
	Few   int // so many matches a filter may have to lead a query at once
	Reach int // so many entries walks pass by in search of a page, all together
	Many  int // so many matches it may have to lead, where the page is out of reach, before other means
}

// usual is the effort that lists are made with.
var usual = Effort{Few: 1000, Reach: 4000, Many: 20_000}

func (q *OpportunityQuery) effort() Effort { return cmp.Or(q.Effort, usual) }

// Opportunities returns one page.
//
// A page is read by walking an index in the order of the list and stopping at
// the limit, so it costs the same at any depth; the indexes lead with stage and
// review status, so a list is the union of one walk for each pair of them. Every
// index holds what all filters ask for: walks pass by entries of the index, and
// only records on the page are read.
//
// A filter by another column than the order's could still make walks long, so
// these are tried one after the other: a filter that few records pass leads, by
// its own index, and the matches are sorted; walks that go only so far; a filter
// that not too many records pass leads, where there is something to choose from;
// buckets are merged, at a cost that does not depend on the number of matches; and
// where there are none a filter leads after all, however many its matches are.
func (tx *Tx) Opportunities(q *OpportunityQuery) ([]OpportunityRow, error) {
	filtered := q.filtered()
	switch {
	case len(q.IDs) > 0:
		return tx.opportunities(q.led(ColumnID))
	case len(filtered) == 0 && q.single(q.SortBy):
		return tx.opportunities(q.straight())
	case len(filtered) == 0:
		return tx.opportunities(q.inOrder(nil))
	}
	lead, err := tx.lead(q, filtered, q.effort().Few)
	if err != nil {
		return nil, err
	}
	if lead != "" {
		return tx.opportunities(q.led(lead))
	}
	until, err := tx.horizon(q)
	if err != nil {
		return nil, err
	}
	rows, err := tx.opportunities(q.inOrder(until))
	if err != nil || until == nil || len(rows) == q.Limit {
		return rows, err
	}
	buckets := q.bucketing()
	// Buckets are at their best where all records in them pass. Else the filter
	// that leads is chosen by its matches, where there is a choice.
	plain := len(filtered) == 1 && len(q.Stages) == 0 && len(q.ReviewStatuses) == 0
	if buckets != nil && !plain || len(filtered) > 1 {
		if lead, err = tx.lead(q, filtered, q.effort().Many); err != nil {
			return nil, err
		}
		if lead != "" {
			return tx.opportunities(q.led(lead))
		}
	}
	if buckets != nil {
		return tx.merge(q, buckets)
	}
	return tx.opportunities(q.led(filtered[0]))
}

func (tx *Tx) opportunities(s *statement) ([]OpportunityRow, error) {
	return collect(tx, func(rows Rows, r *OpportunityRow) error {
		return rows.Scan(&r.Position.Value, &r.Position.ID, &r.Document)
	}, s.String(), s.args...)
}

// filtered is the columns with filters that do not follow from the order.
func (q *OpportunityQuery) filtered() []Column {
	var filtered []Column
	if len(q.CompanyKeys) > 0 && !q.oneCompany() {
		filtered = append(filtered, ColumnCompany)
	}
	for _, r := range q.Ranges {
		if r.Column != q.SortBy {
			filtered = append(filtered, r.Column)
		}
	}
	return filtered
}

// lead returns a filtered column that fewer records pass than a number, or none.
func (tx *Tx) lead(q *OpportunityQuery, filtered []Column, fewer int) (Column, error) {
	for _, column := range filtered {
		s := q.count(column, fewer)
		var n int
		if err := tx.row(s.String(), s.args, &n); err != nil {
			return "", fmt.Errorf("count by %s: %w", column, err)
		}
		if n < fewer {
			return column, nil
		}
	}
	return "", nil
}

// horizon returns the place up to which the walks of a list go, or nil where they
// end before. Each may pass by as many records as the others; the first that has
// done so ends them all, so that what they found is what there is up to there.
func (tx *Tx) horizon(q *OpportunityQuery) (*Position, error) {
	var p Position
	s := q.horizon()
	switch err := tx.row(s.String(), s.args, &p.Value, &p.ID); {
	case errors.Is(err, ErrNotFound):
		return nil, nil //nolint:nilnil // there is none
	case err != nil:
		return nil, fmt.Errorf("find horizon: %w", err)
	}
	return &p, nil
}

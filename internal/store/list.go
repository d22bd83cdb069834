package store

import (
	"cmp"
	"errors"
	"fmt"
)

// Column is a column that a list can be sorted by or narrowed by.
type Column string

// The columns that lists know.
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

// PlanBudget bounds what a list may cost that filters by another column than it is
// sorted by. An engine reads about a million index entries a second.
type PlanBudget struct {
	// LeadLimit is the number of matches from which on a filter does not lead a
	// query at once.
	LeadLimit int
	// ScanLimit is the number of entries that walks pass over in search of a page,
	// all together.
	ScanLimit int
	// SortLimit is the number of matches from which on a filter does not lead a
	// query after walks have reached their limit, if there is another way.
	SortLimit int
}

// defaultBudget is the budget of lists that name none.
var defaultBudget = PlanBudget{LeadLimit: 1000, ScanLimit: 4000, SortLimit: 20_000}

// listTable describes a table to the list engine. Its key is account, catalog and
// id. Every index of a list begins with account and catalog and holds all columns of
// the list, so that walks judge a record by its index entry alone: one index for
// each column, led by the statuses and then the column, and one that the column
// recent leads without the statuses.
type listTable struct {
	name     string
	statuses []statusColumn
	columns  []listColumn // without the identifier and the statuses
	recent   Column
	buckets  []bucketing
}

// statusColumn is a column with few values, all of them known.
type statusColumn struct {
	name   string
	values []string
}

// listColumn is a column that a list can be sorted by or narrowed by.
type listColumn struct {
	name    Column
	integer bool
}

// listQuery asks for one page of an account's records in a table. An empty filter
// lets everything pass; values of one filter are alternatives, filters add up.
type listQuery struct {
	table            *listTable
	account, catalog string
	ids              []string
	statuses         [][]string     // for each of the table's status columns
	among            []alternatives // at most one for each column
	ranges           []Range
	sortBy           Column
	descending       bool
	after            *Position // the last record of the page before
	limit            int
	budget           PlanBudget // the zero value is the default
	// excerpt cuts a large document to what the list shows; nil keeps it whole.
	excerpt func(document string) (string, error)
}

// excerptFrom is the size in bytes from which documents are cut to their excerpt.
const excerptFrom = 8 << 10

// alternatives narrow a list to the records whose column has one of the values.
type alternatives struct {
	column Column
	values []string
}

// ListRow is one record of a page.
type ListRow struct {
	Position Position
	Document string
}

// list returns one page.
//
// A page is read by walking an index in the order of the list and stopping at the
// limit, so it costs the same at any depth. The indexes lead with the statuses, so a
// list is the union of one walk for each combination of them.
//
// A filter by another column than the one sorted by could still make walks long, so
// these plans are tried in turn:
//
//  1. a filter with few matches leads, by its own index, and the matches are sorted;
//  2. walks in the order of the list, up to a limit;
//  3. a filter with not too many matches leads, if there is more than one plan left;
//  4. buckets are merged, at a cost that does not depend on the number of matches;
//  5. if there are no buckets, a filter leads, whatever the number of its matches.
func (tx *Tx) list(q *listQuery) ([]ListRow, error) {
	filtered := q.filtered()
	switch {
	case len(q.ids) > 0:
		return tx.listRows(q, q.byFilter(ColumnID))
	case len(filtered) == 0 && q.singleScope(q.sortBy):
		return tx.listRows(q, q.singleWalk())
	case len(filtered) == 0:
		return tx.listRows(q, q.walks(nil))
	}
	lead, err := tx.lead(q, filtered, q.planBudget().LeadLimit)
	if err != nil {
		return nil, err
	}
	if lead != "" {
		return tx.listRows(q, q.byFilter(lead))
	}
	until, err := tx.scanEnd(q)
	if err != nil {
		return nil, err
	}
	rows, err := tx.listRows(q, q.walks(until))
	if err != nil || until == nil || len(rows) == q.limit {
		return rows, err
	}
	return tx.listFar(q, filtered)
}

// listFar returns a page that walks did not reach within their limit.
func (tx *Tx) listFar(q *listQuery, filtered []Column) ([]ListRow, error) {
	buckets := q.bucketing()
	// Buckets are best if all records in them pass. Else the leading filter is chosen
	// by the number of its matches, if there is a choice.
	plain := len(filtered) == 1 && q.allStatuses()
	if buckets != nil && !plain || len(filtered) > 1 {
		lead, err := tx.lead(q, filtered, q.planBudget().SortLimit)
		if err != nil {
			return nil, err
		}
		if lead != "" {
			return tx.listRows(q, q.byFilter(lead))
		}
	}
	if buckets != nil {
		return tx.merge(q, buckets)
	}
	return tx.listRows(q, q.byFilter(filtered[0]))
}

func (tx *Tx) listRows(q *listQuery, s *statement) ([]ListRow, error) {
	return collect(tx, func(rows Rows, r *ListRow) error {
		err := rows.Scan(&r.Position.Value, &r.Position.ID, &r.Document)
		if err == nil && q.excerpt != nil && len(r.Document) > excerptFrom {
			r.Document, err = q.excerpt(r.Document)
		}
		return err
	}, s.String(), s.args...)
}

func (q *listQuery) planBudget() PlanBudget { return cmp.Or(q.budget, defaultBudget) }

// filtered returns the columns with filters that do not follow from the order.
func (q *listQuery) filtered() []Column {
	var filtered []Column
	for _, a := range q.among {
		if len(a.values) > 0 && (a.column != q.sortBy || len(a.values) != 1) {
			filtered = append(filtered, a.column)
		}
	}
	for _, r := range q.ranges {
		if r.Column != q.sortBy {
			filtered = append(filtered, r.Column)
		}
	}
	return filtered
}

// lead returns a filtered column with fewer matches than a number, or none.
func (tx *Tx) lead(q *listQuery, filtered []Column, fewer int) (Column, error) {
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

// scanEnd returns the position up to which the walks of a list go, or nil if they
// end before their limit. All walks share the limit alike; the first that reaches
// its share ends them all, so that what they found is all there is up to there.
func (tx *Tx) scanEnd(q *listQuery) (*Position, error) {
	var p Position
	s := q.scanEnd()
	switch err := tx.row(s.String(), s.args, &p.Value, &p.ID); {
	case errors.Is(err, ErrNotFound):
		return nil, nil //nolint:nilnil // there is none
	case err != nil:
		return nil, fmt.Errorf("find the end of walks: %w", err)
	}
	return &p, nil
}

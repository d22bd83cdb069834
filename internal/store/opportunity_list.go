package store

import (
	"fmt"

	"cosell/internal/api"
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
}

// OpportunityRow is one record of a page.
type OpportunityRow struct {
	Position Position
	Document []byte
}

const (
	// selective is how many matches a filter may have to lead a query: so many
	// records are read and sorted about as fast as a page is walked.
	selective = 500
	// reach is how far a walk goes in search of a page: so many records are
	// looked at in a few milliseconds.
	reach = 4000
)

// Opportunities returns one page.
//
// A page is read by walking an index in the order of the list and stopping at
// the limit, so it costs the same at any depth; the indexes lead with stage and
// review status, so a list is the union of one walk for each pair of them. A
// filter that few records pass would make those walks long. Each filter is
// therefore counted first, up to a bound, and where it is selective its own
// index leads: the matches are read and sorted. Where no filter is selective the
// walks could still be long, since the matches may all lie far from where the
// page begins; so they go only so far, and when they find no full page the
// filter leads after all, however many matches it has.
func (tx *Tx) Opportunities(q *OpportunityQuery) ([]OpportunityRow, error) {
	filtered := q.filtered()
	lead, err := tx.lead(q, filtered)
	if err != nil {
		return nil, err
	}
	// Only a single walk: where several meet, one that went far says nothing of
	// what the others passed by.
	if lead != q.SortBy || len(filtered) == 0 || !q.single(lead) {
		return tx.opportunities(q.page(lead, 0))
	}
	rows, err := tx.opportunities(q.page(lead, reach))
	if err != nil || len(rows) == q.Limit {
		return rows, err
	}
	return tx.opportunities(q.page(filtered[0], 0))
}

func (tx *Tx) opportunities(s *statement) ([]OpportunityRow, error) {
	return collect(tx, func(rows Rows, r *OpportunityRow) error {
		return rows.Scan(&r.Position.Value, &r.Position.ID, &r.Document)
	}, s.String(), s.args...)
}

// filtered is the columns with filters that do not follow from the order.
func (q *OpportunityQuery) filtered() []Column {
	var filtered []Column
	if len(q.CompanyKeys) > 0 {
		filtered = append(filtered, ColumnCompany)
	}
	for _, r := range q.Ranges {
		if r.Column != q.SortBy {
			filtered = append(filtered, r.Column)
		}
	}
	return filtered
}

// lead chooses the column whose index leads the query.
func (tx *Tx) lead(q *OpportunityQuery, filtered []Column) (Column, error) {
	if len(q.IDs) > 0 {
		return ColumnID, nil
	}
	for _, column := range filtered {
		s := q.count(column)
		var n int
		if err := tx.row(s.String(), s.args, &n); err != nil {
			return "", fmt.Errorf("count by %s: %w", column, err)
		}
		if n < selective {
			return column, nil
		}
	}
	return q.SortBy, nil
}

// count asks how many records pass the filters on one column, stage and review
// status, at most selective.
func (q *OpportunityQuery) count(column Column) *statement {
	s := q.statement()
	s.WriteString("SELECT count(*) FROM (SELECT id FROM (")
	q.walks(s, column, "id", func() {
		s.WriteString("SELECT id FROM opportunities")
	}, func() {
		q.filter(s, column, true)
		fmt.Fprintf(s, " LIMIT %d", selective)
	})
	fmt.Fprintf(s, ") AS walks LIMIT %d) AS counted", selective)
	return s
}

// page asks for one page, led by the index of column lead. The walks find keys
// in the indexes; only the documents on the page are read. In the order of the
// page they look at most at a number of records, at all when that is 0.
func (q *OpportunityQuery) page(lead Column, most int) *statement {
	direction, than := direction(q.Descending)
	s := q.statement()
	others := func() {
		for _, column := range [...]Column{ColumnID, ColumnCompany, ColumnCreated, ColumnLastModified, ColumnTargetCloseDate} {
			if column != lead {
				q.filter(s, column, false)
			}
		}
	}
	s.WriteString(`SELECT page.position, page.id,
		(SELECT o.document FROM opportunities o WHERE o.account = $1 AND o.catalog = $2 AND o.id = page.id)
		FROM (SELECT position, id FROM (`)
	q.walks(s, lead, "position, id", func() {
		from := "opportunities"
		if most > 0 {
			from = "(SELECT id, company_key, created_at, last_modified_at, target_close_date FROM opportunities"
		}
		fmt.Fprintf(s, "SELECT %s AS position, id FROM %s", q.SortBy, from)
	}, func() {
		q.filter(s, lead, true)
		if most == 0 {
			others()
		}
		if q.After != nil {
			fmt.Fprintf(s, " AND (%s, id) %s ", q.SortBy.operand(lead == q.SortBy), than)
			s.add("(?, ?)", q.After.Value, q.After.ID)
		}
		switch {
		case most > 0:
			fmt.Fprintf(s, " ORDER BY %s%s, id%[2]s LIMIT %[3]d) AS near WHERE true", q.SortBy, direction, most)
			others()
			fmt.Fprintf(s, " LIMIT %d", q.Limit)
		case lead == q.SortBy:
			fmt.Fprintf(s, " ORDER BY %s%s, id%[2]s LIMIT %[3]d", q.SortBy, direction, q.Limit)
		default:
			// An expression: the engine must not walk in the order of the page
			// after all.
			fmt.Fprintf(s, " ORDER BY %s%s, (id || '')%[2]s LIMIT %[3]d", q.SortBy.operand(false), direction, q.Limit)
		}
	})
	fmt.Fprintf(s, ") AS walks ORDER BY position%s, id%[1]s LIMIT %d) AS page", direction, q.Limit)
	fmt.Fprintf(s, " ORDER BY page.position%s, page.id%[1]s", direction)
	return s
}

// statement starts a query whose first two arguments are account and catalog.
func (q *OpportunityQuery) statement() *statement {
	return &statement{args: []any{q.Account, q.Catalog}}
}

// walks writes the union of the walks over the index of column lead: one for
// each pair of stage and review status, or a single one where an index without
// them leads. columns are what a walk selects; head writes
// it up to its table, tail what follows its scope.
func (q *OpportunityQuery) walks(s *statement, lead Column, columns string, head, tail func()) {
	scope := func() {
		s.WriteString("SELECT " + columns + " FROM (")
		head()
		s.WriteString(" WHERE account = $1 AND catalog = $2")
	}
	if q.single(lead) {
		scope()
		in(s, "stage", q.Stages)
		in(s, "review_status", q.ReviewStatuses)
		tail()
		s.WriteString(") AS walk")
		return
	}
	union := ""
	for _, stage := range orAll(q.Stages, api.Stage("").Values()) {
		for _, status := range orAll(q.ReviewStatuses, api.ReviewStatus("").Values()) {
			s.WriteString(union)
			scope()
			s.add(" AND stage = ? AND review_status = ?", stage, status)
			tail()
			s.WriteString(") AS walk")
			union = " UNION ALL "
		}
	}
}

// single says whether a list is one walk.
func (q *OpportunityQuery) single(lead Column) bool {
	unfiltered := len(q.Stages) == 0 && len(q.ReviewStatuses) == 0
	return len(q.IDs) > 0 || unfiltered && (lead == ColumnLastModified || lead == ColumnID)
}

// operand writes a column for a comparison. One that does not lead is written as
// an expression, which keeps an engine from choosing its index.
func (c Column) operand(leads bool) string {
	switch {
	case leads:
		return string(c)
	case c == ColumnCreated || c == ColumnLastModified:
		return "(" + string(c) + " + 0)"
	default:
		return "(" + string(c) + " || '')"
	}
}

// filter writes the filters on one column.
func (q *OpportunityQuery) filter(s *statement, column Column, leads bool) {
	operand := column.operand(leads)
	switch column {
	case ColumnID:
		in(s, operand, q.IDs)
	case ColumnCompany:
		in(s, operand, q.CompanyKeys)
	}
	for _, r := range q.Ranges {
		if r.Column != column {
			continue
		}
		if r.From != nil {
			s.add(" AND "+operand+" >= ?", r.From)
		}
		if r.Before != nil {
			s.add(" AND "+operand+" < ?", r.Before)
		}
	}
}

// in writes that an operand has one of the values, where there are any.
func in(s *statement, operand string, values []string) {
	if len(values) == 0 {
		return
	}
	s.WriteString(" AND " + operand + " IN ")
	list(s, values)
}

func orAll[T ~string](values []string, all []T) []string {
	if len(values) > 0 {
		return values
	}
	out := make([]string, len(all))
	for i, v := range all {
		out[i] = string(v)
	}
	return out
}

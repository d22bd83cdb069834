package store

import (
	"fmt"
	"slices"

	"cosell/internal/api"
)

// straight asks for one page by a single walk that passes by nothing: each entry
// of the index leads to its record at once.
func (q *OpportunityQuery) straight() *statement {
	s := q.statement()
	s.WriteString("SELECT " + string(q.SortBy) + ", id, document FROM opportunities WHERE account = $1 AND catalog = $2")
	q.span(s, nil)
	q.ordered(s, true, q.Limit)
	return s
}

// inOrder asks for one page by walks in the order of the list, which end at a
// place where there is one.
func (q *OpportunityQuery) inOrder(until *Position) *statement {
	return q.page(q.scopes(q.SortBy), func(s *statement) {
		q.span(s, until)
		q.others(s, q.SortBy)
		q.ordered(s, true, q.Limit)
	})
}

// led asks for one page by the filter on a column: what passes is sorted.
func (q *OpportunityQuery) led(by Column) *statement {
	return q.page(q.scopes(by), func(s *statement) {
		q.filter(s, by, true)
		q.others(s, by)
		q.after(s, false)
		q.ordered(s, false, q.Limit)
	})
}

// horizon asks for the nearest of the places at which walks have passed by their
// share of reach.
func (q *OpportunityQuery) horizon() *statement {
	scopes := q.scopes(q.SortBy)
	direction, _ := direction(q.Descending)
	s := q.statement()
	s.WriteString("SELECT position, id FROM (")
	q.keys(s, scopes, func() {
		q.span(s, nil)
		q.ordered(s, true, 1)
		fmt.Fprintf(s, " OFFSET %d", q.effort().Reach/len(scopes))
	})
	fmt.Fprintf(s, ") AS walks ORDER BY position%s, id%[1]s LIMIT 1", direction)
	return s
}

// count asks how many records pass the filters on one column, stage and review
// status, at most a number.
func (q *OpportunityQuery) count(column Column, most int) *statement {
	s := q.statement()
	s.WriteString("SELECT count(*) FROM (SELECT id FROM (")
	s.union(q.scopes(column), "id", "id", func() {
		q.filter(s, column, true)
		fmt.Fprintf(s, " LIMIT %d", most)
	})
	fmt.Fprintf(s, ") AS walks LIMIT %d) AS counted", most)
	return s
}

// statement starts a query whose first two arguments are account and catalog.
func (q *OpportunityQuery) statement() *statement {
	return &statement{args: []any{q.Account, q.Catalog}}
}

// page asks for one page. Walks find its keys; tail writes what follows the scope
// of a walk.
func (q *OpportunityQuery) page(scopes []scope, tail func(*statement)) *statement {
	direction, _ := direction(q.Descending)
	s := q.statement()
	s.WriteString(`SELECT page.position, page.id,
		(SELECT o.document FROM opportunities o WHERE o.account = $1 AND o.catalog = $2 AND o.id = page.id)
		FROM (SELECT position, id FROM (`)
	q.keys(s, scopes, func() { tail(s) })
	fmt.Fprintf(s, ") AS walks ORDER BY position%s, id%[1]s LIMIT %d) AS page", direction, q.Limit)
	fmt.Fprintf(s, " ORDER BY page.position%s, page.id%[1]s", direction)
	return s
}

// scope writes which records a walk has, of the account and catalog.
type scope func(*statement)

// keys writes walks for places in the list, one after the other. tail writes what
// follows the scope of each.
func (q *OpportunityQuery) keys(s *statement, scopes []scope, tail func()) {
	s.union(scopes, "position, id", string(q.SortBy)+" AS position, id", tail)
}

// union writes walks one after the other: the columns that they have, and how
// these are selected.
func (s *statement) union(scopes []scope, columns, selected string, tail func()) {
	for i, scope := range scopes {
		if i > 0 {
			s.WriteString(" UNION ALL ")
		}
		s.WriteString("SELECT " + columns + " FROM (SELECT " + selected + " FROM opportunities WHERE account = $1 AND catalog = $2")
		scope(s)
		tail()
		s.WriteString(") AS walk")
	}
}

// scopes are those of the walks over the index of a column: one for each pair of
// stage and review status, or a single one where an index without them leads.
func (q *OpportunityQuery) scopes(lead Column) []scope {
	if q.single(lead) {
		return []scope{q.status}
	}
	var scopes []scope
	for _, stage := range orAll(q.Stages, api.Stage("").Values()) {
		for _, status := range orAll(q.ReviewStatuses, api.ReviewStatus("").Values()) {
			scopes = append(scopes, func(s *statement) { s.add(" AND stage = ? AND review_status = ?", stage, status) })
		}
	}
	return scopes
}

// single says whether a list is one walk. The one by identifier is over the
// primary key, which does not hold what filters ask for.
func (q *OpportunityQuery) single(lead Column) bool {
	if len(q.IDs) > 0 {
		return true
	}
	unfiltered := len(q.Stages) == 0 && len(q.ReviewStatuses) == 0
	return unfiltered && (lead == ColumnLastModified || lead == ColumnID && len(q.filtered()) == 0)
}

// status writes the filters on stage and review status.
func (q *OpportunityQuery) status(s *statement) {
	in(s, "stage", q.Stages)
	in(s, "review_status", q.ReviewStatuses)
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

// span writes where walks in the order of the list begin and end. Every bound is
// written once, so that it is a bound of the walk and no filter: what comes after
// the page before, or until a place on the way, is in the range that it was in.
func (q *OpportunityQuery) span(s *statement, until *Position) {
	if q.oneCompany() {
		s.add(" AND company_key = ?", q.CompanyKeys[0])
	}
	begun, ended := q.After != nil, until != nil
	for _, r := range q.Ranges {
		if r.Column != q.SortBy {
			continue
		}
		from, before := !begun, !ended
		if q.Descending {
			from, before = before, from
		}
		if from && r.From != nil {
			s.add(" AND "+string(r.Column)+" >= ?", r.From)
		}
		if before && r.Before != nil {
			s.add(" AND "+string(r.Column)+" < ?", r.Before)
		}
	}
	q.after(s, true)
	if ended {
		_, than := direction(!q.Descending)
		q.beside(s, true, than+"=", until)
	}
}

// oneCompany says whether a list that is sorted by company is of only one.
func (q *OpportunityQuery) oneCompany() bool {
	return q.SortBy == ColumnCompany && len(q.CompanyKeys) == 1
}

// ordered ends a walk in the order of the list, which the index has or else is
// made. For the latter it is written as expressions: the engine must not walk in
// this order after all.
func (q *OpportunityQuery) ordered(s *statement, leads bool, limit int) {
	direction, _ := direction(q.Descending)
	s.WriteString(" ORDER BY " + q.SortBy.operand(leads) + direction)
	if q.SortBy != ColumnID {
		s.WriteString(", " + ColumnID.operand(leads) + direction)
	}
	fmt.Fprintf(s, " LIMIT %d", limit)
}

// after writes that a record comes after the page before.
func (q *OpportunityQuery) after(s *statement, leads bool) {
	if q.After != nil {
		_, than := direction(q.Descending)
		q.beside(s, leads, than, q.After)
	}
}

// beside compares the places of records with another.
func (q *OpportunityQuery) beside(s *statement, leads bool, than string, p *Position) {
	id := ColumnID.operand(leads)
	if q.SortBy == ColumnID || q.oneCompany() {
		s.add(" AND "+id+" "+than+" ?", p.ID)
		return
	}
	s.add(" AND ("+q.SortBy.operand(leads)+", "+id+") "+than+" (?, ?)", p.Value, p.ID)
}

// others writes the filters on all columns but stage, review status, and one that
// has them already. A walk in the order of companies has only that on a single one.
func (q *OpportunityQuery) others(s *statement, but Column) {
	for _, column := range [...]Column{ColumnID, ColumnCompany, ColumnCreated, ColumnLastModified, ColumnTargetCloseDate} {
		if column != but || but == q.SortBy && column == ColumnCompany && !q.oneCompany() {
			q.filter(s, column, false)
		}
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
	if len(values) == 1 {
		s.add(" AND "+operand+" = ?", values[0])
		return
	}
	s.WriteString(" AND " + operand + " IN ")
	list(s, values)
}

// orAll returns what a filter lets pass, each value once however often it names
// it: walks of the same records would find them as often.
func orAll[T ~string](values []string, all []T) []string {
	if len(values) > 0 {
		return slices.Compact(slices.Sorted(slices.Values(values)))
	}
	out := make([]string, len(all))
	for i, v := range all {
		out[i] = string(v)
	}
	return out
}

package store

import (
	"fmt"
	"slices"
)

// singleWalk asks for one page by a single walk that filters nothing: each entry of
// the index leads to its record at once.
func (q *listQuery) singleWalk() *statement {
	s := q.statement()
	fmt.Fprintf(s, "SELECT %s, id, document FROM %s WHERE account = $1 AND catalog = $2", q.sortBy, q.table.name)
	q.bounds(s, nil)
	q.orderBy(s, true, q.limit)
	return s
}

// walks asks for one page by walks in the order of the list, which end at a
// position, if there is one.
func (q *listQuery) walks(until *Position) *statement {
	return q.page(q.scopes(q.sortBy), func(s *statement) {
		q.bounds(s, until)
		q.otherFilters(s, q.sortBy)
		q.orderBy(s, true, q.limit)
	})
}

// byFilter asks for one page by the filter on a column: its matches are sorted.
func (q *listQuery) byFilter(lead Column) *statement {
	return q.page(q.scopes(lead), func(s *statement) {
		q.filter(s, lead, true)
		q.otherFilters(s, lead)
		q.afterPage(s, false)
		q.orderBy(s, false, q.limit)
	})
}

// scanEnd asks for the nearest of the positions at which walks have used up their
// share of the scan limit.
func (q *listQuery) scanEnd() *statement {
	scopes := q.scopes(q.sortBy)
	direction, _ := direction(q.descending)
	s := q.statement()
	s.WriteString("SELECT position, id FROM (")
	q.keys(s, scopes, func() {
		q.bounds(s, nil)
		q.orderBy(s, true, 1)
		fmt.Fprintf(s, " OFFSET %d", q.planBudget().ScanLimit/len(scopes))
	})
	fmt.Fprintf(s, ") AS walks ORDER BY position%s, id%[1]s LIMIT 1", direction)
	return s
}

// count asks how many records pass the filters on one column and on the statuses,
// at most a number.
func (q *listQuery) count(column Column, most int) *statement {
	s := q.statement()
	s.WriteString("SELECT count(*) FROM (SELECT id FROM (")
	q.union(s, q.scopes(column), "id", "id", func() {
		q.filter(s, column, true)
		fmt.Fprintf(s, " LIMIT %d", most)
	})
	fmt.Fprintf(s, ") AS walks LIMIT %d) AS counted", most)
	return s
}

// statement starts a query whose first two arguments are account and catalog.
func (q *listQuery) statement() *statement {
	return &statement{args: []any{q.account, q.catalog}}
}

// page asks for one page. Walks find its keys; tail writes what follows the scope
// of a walk.
func (q *listQuery) page(scopes []scope, tail func(*statement)) *statement {
	direction, _ := direction(q.descending)
	s := q.statement()
	s.WriteString(`SELECT page.position, page.id,
		(SELECT o.document FROM ` + q.table.name + ` o WHERE o.account = $1 AND o.catalog = $2 AND o.id = page.id)
		FROM (SELECT position, id FROM (`)
	q.keys(s, scopes, func() { tail(s) })
	fmt.Fprintf(s, ") AS walks ORDER BY position%s, id%[1]s LIMIT %d) AS page", direction, q.limit)
	fmt.Fprintf(s, " ORDER BY page.position%s, page.id%[1]s", direction)
	return s
}

// scope writes which records of the account and catalog a walk covers.
type scope func(*statement)

// keys writes walks for positions in the list, one after the other. tail writes
// what follows the scope of each.
func (q *listQuery) keys(s *statement, scopes []scope, tail func()) {
	q.union(s, scopes, "position, id", string(q.sortBy)+" AS position, id", tail)
}

// union writes walks one after the other: the columns that they have, and how
// these are selected.
func (q *listQuery) union(s *statement, scopes []scope, columns, selected string, tail func()) {
	for i, scope := range scopes {
		if i > 0 {
			s.WriteString(" UNION ALL ")
		}
		s.WriteString("SELECT " + columns + " FROM (SELECT " + selected + " FROM " + q.table.name + " WHERE account = $1 AND catalog = $2")
		scope(s)
		tail()
		s.WriteString(") AS walk")
	}
}

// scopes returns those of the walks over the index of a column: one for each
// combination of statuses, or a single one if an index without them leads.
func (q *listQuery) scopes(lead Column) []scope {
	if q.singleScope(lead) {
		return []scope{q.statusFilters}
	}
	scopes := []scope{func(*statement) {}}
	for i, status := range q.table.statuses {
		var longer []scope
		for _, before := range scopes {
			for _, value := range distinctOr(q.statuses[i], status.values) {
				longer = append(longer, func(s *statement) {
					before(s)
					s.add(" AND "+status.name+" = ?", value)
				})
			}
		}
		scopes = longer
	}
	return scopes
}

// singleScope reports whether a list is one walk. The one by identifier reads the
// primary key, which does not hold the columns that filters need.
func (q *listQuery) singleScope(lead Column) bool {
	if len(q.ids) > 0 {
		return true
	}
	return q.allStatuses() && (lead == q.table.recent || lead == ColumnID && len(q.filtered()) == 0)
}

// allStatuses reports whether no status is filtered.
func (q *listQuery) allStatuses() bool {
	return !slices.ContainsFunc(q.statuses, func(values []string) bool { return len(values) > 0 })
}

// statusFilters writes the filters on the statuses.
func (q *listQuery) statusFilters(s *statement) {
	for i, status := range q.table.statuses {
		in(s, status.name, q.statuses[i])
	}
}

// operand writes a column for a comparison. One that does not lead is written as
// an expression, which keeps an engine from choosing its index.
func (q *listQuery) operand(column Column, leads bool) string {
	switch {
	case leads:
		return string(column)
	case slices.Contains(q.table.columns, listColumn{column, true}):
		return "(" + string(column) + " + 0)"
	default:
		return "(" + string(column) + " || '')"
	}
}

// bounds writes where walks in the order of the list begin and end. Every bound is
// written once, so that it bounds the walk and is no filter: records after the page
// before, or up to a position on the way, are within the range that the page was in.
func (q *listQuery) bounds(s *statement, until *Position) {
	if value, ok := q.onlyValue(); ok {
		s.add(" AND "+string(q.sortBy)+" = ?", value)
	}
	begun, ended := q.after != nil, until != nil
	for _, r := range q.ranges {
		if r.Column != q.sortBy {
			continue
		}
		from, before := !begun, !ended
		if q.descending {
			from, before = before, from
		}
		if from && r.From != nil {
			s.add(" AND "+string(r.Column)+" >= ?", r.From)
		}
		if before && r.Before != nil {
			s.add(" AND "+string(r.Column)+" < ?", r.Before)
		}
	}
	q.afterPage(s, true)
	if ended {
		_, operator := direction(!q.descending)
		q.compareTo(s, true, operator+"=", until)
	}
}

// onlyValue returns the value of the column sorted by, if all records of the list
// have the same.
func (q *listQuery) onlyValue() (string, bool) {
	if values := q.valuesOf(q.sortBy); len(values) == 1 {
		return values[0], true
	}
	return "", false
}

// valuesOf returns the alternatives for a column.
func (q *listQuery) valuesOf(column Column) []string {
	for _, a := range q.among {
		if a.column == column {
			return a.values
		}
	}
	return nil
}

// orderBy ends a walk in the order of the list. If the index that leads does not
// have this order, it is written as expressions, which keep the engine from walking
// another index that has it.
func (q *listQuery) orderBy(s *statement, leads bool, limit int) {
	direction, _ := direction(q.descending)
	s.WriteString(" ORDER BY " + q.operand(q.sortBy, leads) + direction)
	if q.sortBy != ColumnID {
		s.WriteString(", " + q.operand(ColumnID, leads) + direction)
	}
	fmt.Fprintf(s, " LIMIT %d", limit)
}

// afterPage writes that a record comes after the page before.
func (q *listQuery) afterPage(s *statement, leads bool) {
	if q.after != nil {
		_, operator := direction(q.descending)
		q.compareTo(s, leads, operator, q.after)
	}
}

// compareTo compares the positions of records with another.
func (q *listQuery) compareTo(s *statement, leads bool, operator string, p *Position) {
	id := q.operand(ColumnID, leads)
	if _, ok := q.onlyValue(); ok || q.sortBy == ColumnID {
		s.add(" AND "+id+" "+operator+" ?", p.ID)
		return
	}
	s.add(" AND ("+q.operand(q.sortBy, leads)+", "+id+") "+operator+" (?, ?)", p.Value, p.ID)
}

// otherFilters writes the filters on all columns but the statuses and the one that
// leads. A walk in the order of a column has only its bounds, so alternatives for
// that column are a filter like the others.
func (q *listQuery) otherFilters(s *statement, lead Column) {
	if lead != ColumnID {
		q.filter(s, ColumnID, false)
	}
	for _, column := range q.table.columns {
		if column.name != lead {
			q.filter(s, column.name, false)
		} else if _, only := q.onlyValue(); lead == q.sortBy && !only {
			in(s, q.operand(lead, false), q.valuesOf(lead))
		}
	}
}

// filter writes the filters on one column.
func (q *listQuery) filter(s *statement, column Column, leads bool) {
	operand := q.operand(column, leads)
	if column == ColumnID {
		in(s, operand, q.ids)
	}
	in(s, operand, q.valuesOf(column))
	for _, r := range q.ranges {
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

// distinctOr returns the values that a filter lets pass, each once: walks of the
// same records would find them as often as it is named. An empty filter lets all
// values pass.
func distinctOr(values, all []string) []string {
	if len(values) == 0 {
		return all
	}
	return slices.Compact(slices.Sorted(slices.Values(values)))
}

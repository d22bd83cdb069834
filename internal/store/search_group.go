package store

import (
	"errors"
	"slices"
	"strings"

	"cosell/internal/search"
)

// SearchGroup counts the records that a search finds by the values of a field. A
// record with several values counts once for each.
type SearchGroup struct {
	Counts  map[string]int64
	Missing int64 // records that have none
}

// SearchGroups counts what a search finds, in all and by the values of some fields.
// Of the query it uses neither order nor page. It ends early with the caller's context,
// and with [ErrSearchTooWide].
func (tx *Tx) SearchGroups(q *SearchQuery, fields []*search.Field) (total int64, groups []SearchGroup, err error) {
	groups = make([]SearchGroup, len(fields))
	for i := range groups {
		groups[i].Counts = map[string]int64{}
	}
	scope, recent, err := tx.searchedScope(q.Table, q.Account, q.Catalog)
	if errors.Is(err, ErrNotFound) {
		return 0, groups, nil
	}
	if err != nil {
		return 0, nil, err
	}
	r := &searchRun{tx: tx, SearchQuery: q, scope: scope, from: q.Table.SQL, recent: recent}
	r.Sort = q.Table.Order
	add := func(values []string, n int64) {
		for i, f := range fields {
			groups[i].add(f, values[i], n)
		}
	}
	switch combined := r.isCombined(fields); {
	case combined && q.Filter == nil && q.Group == nil:
		return r.groupAll(fields, groups)
	case combined:
		total, err = r.groupCombinations(fields, add)
		return total, groups, err
	}
	lead, err := r.lead()
	if err != nil || lead.impossible {
		return 0, groups, err
	}
	// All fields at once: what passes is looked at once.
	count := func(r *searchRun, lead *searchLead, windows func(size int) (*searchWindow, error)) error {
		return r.eachWindow(windows, func(w *searchWindow) (bool, error) {
			n, err := r.group(lead, fields, w.bound, add)
			total += n
			return false, err
		})
	}
	if err := count(r, lead, r.windows(lead)); err != nil || !recent {
		return total, groups, err
	}
	r = r.ofRecent()
	err = count(r, &searchLead{}, r.recentWindows())
	return total, groups, err
}

func (g *SearchGroup) add(f *search.Field, value string, n int64) {
	switch {
	case value == "":
		g.Missing += n
	case f.Several:
		for text := range strings.SplitSeq(strings.Trim(value, search.Separator), search.Separator) {
			g.Counts[text] += n
		}
	default:
		g.Counts[value] += n
	}
}

// group calls fn with each combination of values that rows have of some fields, and
// how many have it; bound writes which of the lead's rows count. It returns how many rows
// there are.
func (r *searchRun) group(
	lead *searchLead, fields []*search.Field, bound func(*statement), fn func(values []string, n int64),
) (total int64, err error) {
	if r.tx.dialect.joined != "" && len(fields) > 0 {
		return r.groupJoined(lead, fields, bound, fn)
	}
	columns := groupColumns(fields)
	s := new(statement)
	r.begin(s, lead, strings.Join(append(slices.Clone(columns), "count(*)"), ", "))
	bound(s)
	r.filters(s)
	if len(columns) > 0 {
		s.WriteString(" GROUP BY " + strings.Join(columns, ", "))
	}
	type group struct {
		values []string
		n      int64
	}
	groups, err := collect(r.tx, func(rows Rows, g *group) error {
		g.values = make([]string, len(fields))
		dest := make([]any, 0, len(fields)+1)
		for i := range g.values {
			dest = append(dest, &g.values[i])
		}
		return rows.Scan(append(dest, &g.n)...)
	}, s.String(), s.args...)
	for _, g := range groups {
		fn(g.values, g.n)
		total += g.n
	}
	return total, err
}

func groupColumns(fields []*search.Field) []string {
	columns := make([]string, len(fields))
	for i, f := range fields {
		columns[i] = "t." + f.Column
	}
	return columns
}

// What the values of a row and the rows are separated by where an engine joins them. No value
// has either (search.Clean).
const (
	valueSeparator = "\x1d"
	rowSeparator   = "\x1e"
)

// groupJoined does what group does where an engine sorts rows to group them. It has the
// values of all rows joined into one text, and counts them here: a row of its own for each
// would cost more than finding it.
func (r *searchRun) groupJoined(
	lead *searchLead, fields []*search.Field, bound func(*statement), fn func(values []string, n int64),
) (total int64, err error) {
	s := new(statement)
	s.WriteString("SELECT count(*), " + r.tx.dialect.joined + " FROM (")
	r.begin(s, lead, strings.Join(groupColumns(fields), " || char(29) || ")+" AS joined")
	bound(s)
	r.filters(s)
	s.WriteByte(')')
	var joined string
	if _, err := collect(r.tx, func(rows Rows, _ *struct{}) error { return rows.Scan(&total, &joined) }, s.String(), s.args...); err != nil || total == 0 {
		return 0, err
	}
	counts := map[string]int64{}
	for row := range strings.SplitSeq(joined, rowSeparator) {
		counts[row]++
	}
	for row, n := range counts {
		fn(strings.Split(row, valueSeparator), n)
	}
	return total, nil
}

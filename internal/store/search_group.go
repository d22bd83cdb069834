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
	counted := countedFields(q.Table)
	uncounted := func(f *search.Field) bool { return !slices.Contains(counted, f) }
	if q.Filter == nil && q.Group == nil && len(q.Words) == 0 && len(counted) > 0 && !slices.ContainsFunc(fields, uncounted) {
		return r.groupAll(fields, groups)
	}
	lead, err := r.lead()
	if err != nil || lead.impossible {
		return 0, groups, err
	}
	// All fields at once: what passes is looked at once.
	count := func(r *searchRun, lead *searchLead, windows func(size int) (searchWindow, error)) error {
		return r.eachWindow(windows, func(w searchWindow) (bool, error) {
			n, err := r.group(lead, fields, w.bound, func(values []string, n int64) {
				for i, f := range fields {
					groups[i].add(f, values[i], n)
				}
			})
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
// how many have it, perhaps several times with one; bound writes which of the lead's rows
// count. It returns how many rows there are.
func (r *searchRun) group(
	lead *searchLead, fields []*search.Field, bound func(*statement), fn func(values []string, n int64),
) (total int64, err error) {
	n := int64(1)
	values := make([]string, len(fields))
	columns, dest := make([]string, 0, len(fields)+1), make([]any, 0, len(fields)+1)
	for i, f := range fields {
		columns, dest = append(columns, "t."+f.Column), append(dest, &values[i])
	}
	end := ""
	if !r.tx.dialect.sortsGroups || len(fields) == 0 {
		if len(fields) > 0 {
			end = " GROUP BY " + strings.Join(columns, ", ")
		}
		columns, dest = append(columns, "count(*)"), append(dest, &n)
	}
	s := new(statement)
	r.begin(s, lead, strings.Join(columns, ", "))
	bound(s)
	r.filters(s)
	s.WriteString(end)
	rows, err := r.tx.q.Query(r.tx.ctx, s.String(), s.args...)
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	for rows.Next() {
		if err := rows.Scan(dest...); err != nil {
			return 0, err
		}
		fn(values, n)
		total += n
	}
	return total, rows.Err()
}

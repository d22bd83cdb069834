package store

import (
	"cmp"
	"errors"
	"fmt"
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
	if r.isCounted(fields) {
		return r.groupAll(fields, groups)
	}
	lead, err := r.groupLead()
	if err != nil || lead.impossible {
		return 0, groups, err
	}
	// All fields at once: what passes is looked at once.
	count := func(r *searchRun, lead *searchLead, windows func(size int) (*searchWindow, error)) error {
		return r.eachWindow(windows, func(w *searchWindow) (bool, error) {
			n, err := r.group(lead, fields, w.bound, groups)
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

// manyWhole are the most rows of a scope that are looked at in one statement, where they are
// counted: to find where windows end costs a third as much as looking at them.
const manyWhole = 128_000

// fewLooked are the most rows that are looked up by an index that narrows a search, where it
// counts: to look at all costs SQLite half as much a row, since one index has all columns, and
// PostgreSQL less since they follow each other.
const fewLooked = 20_000

// groupLead chooses what leads to rows that are counted: what finds few enough of them.
func (r *searchRun) groupLead() (*searchLead, error) {
	leaves := append(must(r.Filter), must(r.Group)...)
	for _, l := range append(textLeads(leaves), r.rangeLeads(leaves)...) {
		if l.impossible {
			return l, nil
		}
		few := cmp.Or(r.Window, fewLooked)
		if n, err := r.count(l, few); err != nil || n < few {
			l.whole = true
			return l, err
		}
	}
	total, err := r.total()
	return &searchLead{whole: total > 0 && total <= manyWhole && r.Window == 0}, err
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

// rowSeparator is what the values of rows are separated by where an engine joins them. No
// value has it (search.Clean).
const rowSeparator = "\x1e"

// group adds the rows that pass, by their values of some fields, to groups; bound writes which
// of the lead's rows count. It returns how many there are.
//
// The engine joins the values of each field into one text, which are counted here: to group
// rows by itself costs it more, and so does a row of its own for each.
func (r *searchRun) group(lead *searchLead, fields []*search.Field, bound func(*statement), groups []SearchGroup) (total int64, err error) {
	columns, joined := []string{"count(*)"}, make([]string, len(fields))
	dest := []any{&total}
	for i, f := range fields {
		columns = append(columns, "coalesce("+fmt.Sprintf(r.tx.dialect.joined, "t."+f.Column)+", '')")
		dest = append(dest, &joined[i])
	}
	s := new(statement)
	r.begin(s, lead, strings.Join(columns, ", "))
	bound(s)
	r.filters(s)
	if _, err := collect(r.tx, func(rows Rows, _ *struct{}) error { return rows.Scan(dest...) }, s.String(), s.args...); err != nil || total == 0 {
		return 0, err
	}
	for i, f := range fields {
		counts := map[string]int64{}
		for value := range strings.SplitSeq(joined[i], rowSeparator) {
			counts[value]++
		}
		for value, n := range counts {
			groups[i].add(f, value, n)
		}
	}
	return total, nil
}

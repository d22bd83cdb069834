package store

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"

	"cosell/internal/search"
)

// ErrSearchTooWide says that a search would have to look at more than one may.
var ErrSearchTooWide = errors.New("store: the search looks at too much")

// ErrSearchBehind says that records were changed whose rows [FoldSearch] has to make before a
// search ([Tx.RequireCurrentSearches]).
var ErrSearchBehind = errors.New("store: what the search reads is behind")

// SearchQuery asks for one page of what a search finds. Its kind's [FoldSearch] comes
// before.
type SearchQuery struct {
	Table            *search.Table
	Account, Catalog string
	Words            []string     // of the keyword
	Filter           *search.Node // nil lets everything pass
	Group            *search.Node // likewise
	Sort             *search.Field
	Descending       bool
	After            *SearchPosition // the last record of the page before
	Limit            int
	// Window is how many rows are looked at first; 0 is the default. It changes what a
	// search costs, not what it finds.
	Window int
	// MaxWork is how many rows are looked at until the search is refused; 0 is the default.
	MaxWork int
}

// SearchPosition is a record's place in what a search finds.
type SearchPosition struct {
	// Value is what it is sorted by: a text, an int64 or a float64; nil where it has
	// none, which puts it behind all that do.
	Value any
	ID    string
}

// Search returns one page: the identifiers of records, with their places. It ends
// early with the caller's context, and with [ErrSearchTooWide].
//
// Records are looked at in windows, each a part of those that an index leads to, in
// the order of the search where it does not say: so a page in this order is read no
// further than it reaches, and no statement runs long.
func (tx *Tx) Search(q *SearchQuery) ([]SearchPosition, error) {
	scope, recent, err := tx.searchedScope(q.Table, q.Account, q.Catalog)
	if errors.Is(err, ErrNotFound) {
		return nil, nil // of records that never were
	}
	if err != nil {
		return nil, err
	}
	r := &searchRun{tx: tx, SearchQuery: q, scope: scope, from: q.Table.SQL, recent: recent, paged: true}
	page, err := r.page()
	if err != nil || !recent {
		return page, err
	}
	others, err := r.ofRecent().recentPage()
	return r.first(append(page, others...)), err
}

// page returns the page of a search of all rows but recent ones.
func (r *searchRun) page() ([]SearchPosition, error) {
	if r.findsAll() {
		return r.pages(&searchLead{whole: true})
	}
	lead, err := r.lead()
	switch {
	case err != nil || lead.impossible:
		return nil, err
	case r.near != nil:
		return *r.near, nil
	case lead.merge != nil:
		return r.merge(lead.merge)
	}
	if len(lead.leaves)+len(lead.tokens) == 0 && r.sortsByIndex() {
		if page, full, err := r.pageByValue(); full || err != nil {
			return page, err
		}
	}
	return r.pages(lead)
}

// searchRun is a search under way.
type searchRun struct {
	*SearchQuery

	tx     *Tx
	scope  int64
	from   string            // the table
	recent bool              // some records have recent rows, which are looked at by themselves
	work   int               // rows looked at, by what that costs
	paged  bool              // it asks for a page
	near   *[]SearchPosition // the page, where it was read in order to choose what leads
}

// findsAll reports whether the first rows in order are the page.
func (r *searchRun) findsAll() bool {
	return r.inOrder() && r.Filter == nil && r.Group == nil && len(r.Words) == 0 && !r.recent
}

// inOrder reports whether the search is in the order that its windows have.
func (r *searchRun) inOrder() bool { return r.Sort == r.Table.Order }

const (
	firstWindow = 1000
	smallWindow = 50
	maxWindow   = 32_000
	// maxSearchWork bounds how many rows one search looks at: about five seconds.
	// Comparing with many parts of texts makes each row count more.
	maxSearchWork = 6_000_000
	partsAtOnce   = 8
)

// firstWindow is how many rows are looked at first: in the order of the windows most
// pages are full soon.
func (r *searchRun) firstWindow() int {
	size := firstWindow
	if r.inOrder() && r.Limit > 0 {
		size = min(size, smallWindow+4*r.Limit)
	}
	return cmp.Or(r.Window, size)
}

// pages reads windows until the page is full.
func (r *searchRun) pages(lead *searchLead) ([]SearchPosition, error) {
	var page []SearchPosition
	err := r.eachWindow(r.windows(lead), func(w *searchWindow) (full bool, err error) {
		found, err := r.window(lead, w, r.Limit-len(page)*b2i(r.inOrder()))
		if err != nil {
			return false, err
		}
		page = append(page, found...)
		if !r.inOrder() {
			slices.SortFunc(page, r.compare)
			page = page[:min(len(page), r.Limit)]
		}
		return r.inOrder() && len(page) == r.Limit, nil
	})
	if err != nil {
		return nil, err
	}
	return page, nil
}

// eachWindow calls fn with one window after the other until it reports that it needs
// no more. It ends early with the caller's context, and with [ErrSearchTooWide].
func (r *searchRun) eachWindow(windows func(size int) (*searchWindow, error), fn func(*searchWindow) (enough bool, err error)) error {
	weight := 1 + (parts(r.Filter)+parts(r.Group))/partsAtOnce
	for size := r.firstWindow(); ; size = min(4*size, maxWindow) {
		if err := r.tx.caller.Err(); err != nil {
			return err
		}
		w, err := windows(size)
		if err != nil {
			return err
		}
		enough, err := fn(w)
		if err != nil || enough || w.last {
			return err
		}
		if r.work += size * weight; r.work > cmp.Or(r.MaxWork, maxSearchWork) {
			return ErrSearchTooWide
		}
	}
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

// parts counts the parts of texts that a tree has each record compared with.
func parts(n *search.Node) int {
	if n == nil {
		return 0
	}
	count := 0
	if n.Op == search.ContainsAny && n.Field.Values == nil {
		count = len(n.Texts)
	}
	for _, node := range n.Nodes {
		count += parts(node)
	}
	return count
}

// searchWindow is a part of the rows that a lead has.
type searchWindow struct {
	bound func(*statement) // writes where it begins and ends
	last  bool             // no window comes behind it
	// ends writes a query for the row that it ends with, where the statement that reads it is
	// to find this first: bound refers to it, and found is called with it, or with nil where the
	// window is the last.
	ends  func(*statement)
	found func(*SearchPosition)
}

// windows returns what returns one window after the other, of about a number of rows.
func (r *searchRun) windows(lead *searchLead) func(size int) (*searchWindow, error) {
	switch {
	case lead.whole:
		return func(int) (*searchWindow, error) {
			return &searchWindow{bound: func(s *statement) { r.afterInOrder(s, !lead.sorts) }, last: true}, nil
		}
	case len(lead.tokens) > 0:
		return r.tokenWindows(lead)
	default:
		return r.rowWindows(lead)
	}
}

// descending says in which direction windows go.
func (r *searchRun) descending() bool { return !r.inOrder() || r.Descending }

// afterInOrder writes that a row comes after the page before, where the search is in
// the order of the windows; as an expression where another index than that leads.
func (r *searchRun) afterInOrder(s *statement, leads bool) {
	if !r.inOrder() || r.After == nil {
		return
	}
	_, than := direction(r.Descending)
	place := "(t.at, t.id) "
	if !leads {
		place = "((t.at + 0), (t.id || '')) "
	}
	s.add(" AND "+place+than+" (?, ?)", r.After.Value, r.After.ID)
}

// rowWindows are windows over an index that has the rows in order.
func (r *searchRun) rowWindows(lead *searchLead) func(size int) (*searchWindow, error) {
	way, than := direction(r.descending())
	_, back := direction(!r.descending())
	var from *SearchPosition // the last row of the window before
	if r.inOrder() {
		from = r.After
	}
	after := func(s *statement, from *SearchPosition) {
		if from != nil {
			s.add(" AND (t.at, t.id) "+than+" (?, ?)", from.Value, from.ID)
		}
	}
	findEnd := func(s *statement, from *SearchPosition, size int) {
		s.WriteString("SELECT t.at, t.id FROM " + r.Table.SQL + " t")
		s.add(" WHERE t.scope = ?", r.scope)
		lead.write(s)
		after(s, from)
		fmt.Fprintf(s, " ORDER BY t.at%s, t.id%[1]s LIMIT 1 OFFSET %d", way, size)
	}
	if r.tx.dialect.findsEnds && r.paged && r.inOrder() {
		return func(size int) (*searchWindow, error) {
			begin, w := from, new(searchWindow)
			w.ends = func(s *statement) { findEnd(s, begin, size) }
			w.bound = func(s *statement) {
				after(s, begin)
				beyond := int64(math.MaxInt64)
				if r.Descending {
					beyond = math.MinInt64
				}
				s.add(" AND (t.at, t.id) "+back+"= (coalesce((SELECT at FROM ends), ?), coalesce((SELECT id FROM ends), ''))", beyond)
			}
			w.found = func(end *SearchPosition) { from, w.last = end, end == nil }
			return w, nil
		}
	}
	return func(size int) (*searchWindow, error) {
		s := new(statement)
		findEnd(s, from, size)
		ends, err := collect(r.tx, func(rows Rows, p *SearchPosition) error { return rows.Scan(&p.Value, &p.ID) }, s.String(), s.args...)
		if err != nil {
			return nil, err
		}
		begin := from
		w := &searchWindow{last: len(ends) == 0}
		if !w.last {
			from = &ends[0]
		}
		end := from
		w.bound = func(s *statement) {
			after(s, begin)
			if !w.last {
				s.add(" AND (t.at, t.id) "+back+"= (?, ?)", end.Value, end.ID)
			}
		}
		return w, nil
	}
}

// tokenWindows are windows over an index of words that has the rows by their numbers,
// which rise with what the windows are ordered by. Windows end between moments.
func (r *searchRun) tokenWindows(lead *searchLead) func(size int) (*searchWindow, error) {
	if r.tx.dialect.hits != "" { // which is not such an index
		return func(int) (*searchWindow, error) {
			return &searchWindow{bound: func(s *statement) { r.afterInOrder(s, false) }, last: true}, nil
		}
	}
	way, _ := direction(r.descending())
	low, high := int64(0), int64(1<<63-1)
	if r.inOrder() && r.After != nil {
		at, _ := r.After.Value.(int64)
		if r.Descending {
			high = docOf(at) | (1<<docBits - 1)
		} else {
			low = docOf(at)
		}
	}
	match := r.tx.dialect.tokens(lead.tokens)
	return func(size int) (*searchWindow, error) {
		s := new(statement)
		name := r.Table.SQL + "_words"
		s.add("SELECT w.rowid FROM "+name+" w WHERE w."+name+" MATCH ? AND w.rowid BETWEEN ? AND ?", match, low, high)
		fmt.Fprintf(s, " ORDER BY w.rowid%s LIMIT 1 OFFSET %d", way, size)
		ends, err := collect(r.tx, func(rows Rows, doc *int64) error { return rows.Scan(doc) }, s.String(), s.args...)
		if err != nil {
			return nil, err
		}
		w := &searchWindow{last: len(ends) == 0}
		least, most := low, high
		switch {
		case w.last:
		case r.descending():
			least = ends[0] &^ (1<<docBits - 1)
			high = least - 1
		default:
			most = ends[0] | (1<<docBits - 1)
			low = most + 1
		}
		w.bound = func(s *statement) {
			s.add(" AND w.rowid BETWEEN ? AND ?", least, most)
			r.afterInOrder(s, false)
		}
		return w, nil
	}
}

// window returns the first rows of a window that pass, in the order of the search.
func (r *searchRun) window(lead *searchLead, w *searchWindow, limit int) ([]SearchPosition, error) {
	s := new(statement)
	if w.ends != nil {
		s.WriteString("WITH ends AS MATERIALIZED (")
		w.ends(s)
		s.WriteString(") SELECT 1 AS is_end, ends.id, ends.at FROM ends UNION ALL SELECT 0, page.id, page.at FROM (")
	}
	r.begin(s, lead, "t.id, "+r.sortValue())
	w.bound(s)
	r.filters(s)
	if !r.inOrder() && r.After != nil {
		s.WriteString(" AND ")
		r.after(s)
	}
	s.WriteString(" ORDER BY ")
	way, _ := direction(r.Descending)
	switch {
	case r.inOrder() && !lead.sorts:
		fmt.Fprintf(s, "t.at%s, t.id%[1]s", way)
	case r.inOrder():
		fmt.Fprintf(s, "(t.at + 0)%s, (t.id || '')%[1]s", way)
	default:
		fmt.Fprintf(s, "%s, %s%s, (t.id || '')%[3]s", r.missing(), r.sortValue(), way)
	}
	fmt.Fprintf(s, " LIMIT %d", limit)
	if w.ends != nil {
		s.WriteString(") AS page")
		return r.endedWindow(w, s)
	}
	return collect(r.tx, func(rows Rows, p *SearchPosition) error {
		if err := rows.Scan(&p.ID, &p.Value); err != nil {
			return err
		}
		if p.Value == "" || r.Sort.Ranks != nil && p.Value == int64(0) {
			p.Value = nil
		}
		return nil
	}, s.String(), s.args...)
}

// endedWindow returns the rows of a window whose end is found with them.
func (r *searchRun) endedWindow(w *searchWindow, s *statement) (page []SearchPosition, err error) {
	var end *SearchPosition
	_, err = collect(r.tx, func(rows Rows, _ *struct{}) error {
		var p SearchPosition
		var isEnd, at int64
		if err := rows.Scan(&isEnd, &p.ID, &at); err != nil {
			return err
		}
		p.Value = at
		if isEnd == 1 {
			end = &p
		} else {
			page = append(page, p)
		}
		return nil
	}, s.String(), s.args...)
	if err != nil {
		return nil, err
	}
	w.found(end)
	return page, nil
}

// begin writes the beginning of a query over what a lead has.
func (r *searchRun) begin(s *statement, lead *searchLead, columns string) {
	words := r.Table.SQL + "_words"
	switch {
	case len(lead.tokens) > 0 && r.tx.dialect.hits != "":
		s.add(fmt.Sprintf(r.tx.dialect.hits, r.Table.SQL), r.tx.dialect.tokens(lead.tokens))
		s.WriteString("SELECT " + columns + " FROM hits JOIN " + r.Table.SQL + " t ON t.doc = hits.doc")
	case len(lead.tokens) > 0:
		// A cross join is made in the order in which it is written.
		s.WriteString("SELECT " + columns + " FROM " + words + " w CROSS JOIN " + r.Table.SQL + " t ON t.doc = w.rowid")
	default:
		s.WriteString("SELECT " + columns + " FROM " + r.from + " t")
	}
	if len(lead.tokens) > 0 {
		s.add(" WHERE (t.scope + 0) = ?", r.scope)
		if r.tx.dialect.hits == "" {
			s.add(" AND w."+words+" MATCH ?", r.tx.dialect.tokens(lead.tokens))
		}
		return
	}
	s.add(" WHERE t.scope = ?", r.scope)
	lead.write(s)
}

// filters writes what all rows have to pass.
func (r *searchRun) filters(s *statement) {
	if len(r.Words) > 0 {
		s.WriteString(" AND ")
		r.tx.contains(s, "t.words", search.Phrase(r.Words))
	}
	for _, tree := range []*search.Node{r.Filter, r.Group} {
		if tree != nil {
			s.WriteString(" AND ")
			r.tx.condition(s, tree)
		}
	}
	if r.recent {
		s.WriteString(" AND ")
		notRecent(s, r.Table)
	}
}

// sortValue is what the search sorts by, as SQL. It is no column by itself, so that
// an engine does not walk in its order after all.
func (r *searchRun) sortValue() string {
	f := r.Sort
	column := "t." + f.Column
	switch {
	case r.inOrder():
		return column
	case f.Ranks != nil:
		s := new(statement)
		s.WriteString("CASE " + column)
		for i, rank := range f.Ranks {
			fmt.Fprintf(s, " WHEN '%s' THEN CAST(%d AS BIGINT)", rank, i+1)
		}
		s.WriteString(" ELSE CAST(0 AS BIGINT) END")
		return s.String()
	case f.Several:
		return r.tx.dialect.first(column)
	case f.Kind == search.Text:
		return "(" + column + " || '')"
	default:
		return "(" + column + " + 0)"
	}
}

// missing is whether a row has nothing that the search sorts by, as SQL: 1 or 0.
func (r *searchRun) missing() string {
	column := "t." + r.Sort.Column
	if r.Sort.Kind == search.Text {
		return "CASE WHEN " + column + " = '' THEN 1 ELSE 0 END"
	}
	return "CASE WHEN " + column + " IS NULL THEN 1 ELSE 0 END"
}

// after writes that a row comes after the page before, in any order but the windows'.
func (r *searchRun) after(s *statement) {
	_, than := direction(r.Descending)
	if r.After.Value == nil {
		s.add("("+r.missing()+" = 1 AND t.id "+than+" ?)", r.After.ID)
		return
	}
	value := r.sortValue()
	s.WriteString("(" + r.missing() + " = 1 OR ")
	s.add(value+" "+than+" ? OR ", r.After.Value)
	s.add(value+" = ? AND t.id "+than+" ?)", r.After.Value, r.After.ID)
}

// compare orders places as the search does.
func (r *searchRun) compare(x, y SearchPosition) int {
	switch {
	case x.Value == nil && y.Value != nil:
		return 1
	case x.Value != nil && y.Value == nil:
		return -1
	}
	n := cmp.Compare(x.ID, y.ID)
	if x.Value != nil {
		n = cmp.Or(compareValues(x.Value, y.Value), n)
	}
	if r.Descending {
		return -n
	}
	return n
}

package store

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"cosell/internal/search"
)

// searchMerge is how a search in the usual order is read where it is narrowed to
// several values of a column: an index has the rows of each value in that order, so a
// page is merged from the beginnings of what the values have.
type searchMerge struct {
	field  *search.Field
	bucket string           // what divides the rows, as SQL: the column, or its day
	texts  []string         // the values, where they are known; otherwise
	least  func(*statement) // writes where they begin,
	most   func(*statement) // and where they end
	// edges are what a range has of days that lie in it in part.
	edges  []mergeEdge
	leaves []*search.Node // what narrows the field
	// exact says that the rows of the buckets and edges pass all filters.
	exact bool
	heads []bucketHead // the buckets, where they are known
}

const (
	// maxBuckets is how many values are merged at most.
	maxBuckets = 500
	// bucketsAtOnce is how many of them one statement reads.
	bucketsAtOnce = 16

	dayLength = 24 * 60 * 60 * 1000
	daySQL    = "(t.%s / 86400000)" // as the indexes of days have it
)

// mergeEdge is a part of a day.
type mergeEdge struct {
	*searchLead

	// day is the day where many rows are in this part: they are found in order among all that
	// the day has. It is nil where few are, which are sorted.
	day any
}

// merging returns how the search is merged by the first field of which its filter
// wants several values or a range, or nil where it does not.
func (r *searchRun) merging(leaves []*search.Node) (*searchMerge, error) {
	for _, n := range leaves {
		f := n.Field
		if f.Indexed != search.ColumnIndex || f == r.Table.Order {
			continue
		}
		if f.Kind != search.Text {
			same := sameField(leaves, f)
			m, err := r.rangeMerge(same)
			if m != nil {
				m.leaves, m.exact = same, r.allOf(f)
			}
			return m, err
		}
		if m := textMerge(n); m != nil {
			m.leaves, m.exact = []*search.Node{n}, len(leaves) == 1 && r.allOf(f)
			return m, nil
		}
	}
	return nil, nil
}

// leads lead to all rows of the buckets and edges.
func (m *searchMerge) leads() []*searchLead {
	if m.texts == nil {
		return []*searchLead{{leaves: m.leaves}}
	}
	var leads []*searchLead
	for _, text := range m.texts {
		leads = append(leads, &searchLead{leaves: m.leaves, text: text})
	}
	return leads
}

// allOf reports whether comparisons of one field decide alone which rows are found: there
// is no other filter, and no recent row replaces one. A keyword there is not either: its
// words would lead.
func (r *searchRun) allOf(f *search.Field) bool {
	var all func(n *search.Node) bool
	all = func(n *search.Node) bool {
		switch {
		case n == nil:
			return true
		case n.Op == search.And:
			return !slices.ContainsFunc(n.Nodes, func(node *search.Node) bool { return !all(node) })
		default:
			return n.Field == f // which the other combinators do not have
		}
	}
	return !r.recent && all(r.Filter) && all(r.Group)
}

func sameField(leaves []*search.Node, f *search.Field) []*search.Node {
	return slices.DeleteFunc(slices.Clone(leaves), func(n *search.Node) bool { return n.Field != f })
}

// textMerge merges by the texts of which a column has to be one.
func textMerge(n *search.Node) *searchMerge {
	f := n.Field
	if n.Op != search.ContainsAny || !f.Whole && f.Values == nil {
		return nil
	}
	texts := n.Texts
	if !f.Whole {
		texts = f.Holding(texts)
	}
	texts = slices.Compact(slices.Sorted(slices.Values(texts)))
	texts = slices.DeleteFunc(texts, func(text string) bool { return text == "" })
	if len(texts) < 2 || len(texts) > maxBuckets {
		return nil
	}
	return &searchMerge{field: f, bucket: "t." + f.Column, texts: texts}
}

// rangeMerge merges by the values in a range, or by its days.
func (r *searchRun) rangeMerge(leaves []*search.Node) (*searchMerge, error) {
	f := leaves[0].Field
	if !f.ByDay {
		least := func(n *search.Node) bool { return n.Op == search.GreaterThan || n.Op == search.GreaterThanOrEquals }
		above := slices.DeleteFunc(slices.Clone(leaves), func(n *search.Node) bool { return !least(n) })
		below := slices.DeleteFunc(slices.Clone(leaves), least)
		return &searchMerge{
			field: f, bucket: "t." + f.Column,
			least: func(s *statement) { compareAll(s, above) },
			most:  func(s *statement) { compareAll(s, below) },
		}, nil
	}
	from, to := span(leaves)
	first, last := max(from, 0)/dayLength, min(to, math.MaxInt64-1)
	if from < 0 || from > first*dayLength { // the day that is 0 has also times before 1970
		first++
	}
	last = (last+1)/dayLength - 1
	if last < first { // no whole day
		return nil, nil
	}
	m := &searchMerge{field: f, bucket: fmt.Sprintf(daySQL, f.Column)}
	m.least = func(s *statement) { s.add(" AND "+m.bucket+" >= ?", first) }
	m.most = func(s *statement) { s.add(" AND "+m.bucket+" <= ?", last) }
	if last-first < bucketsAtOnce { // all are read at once
		for n := first; n <= last; n++ {
			m.heads = append(m.heads, bucketHead{bucket: n})
		}
	}
	ok, err := r.addEdges(m, [][2]int64{{from, first*dayLength - 1}, {(last + 1) * dayLength, to}})
	if !ok || err != nil {
		return nil, err
	}
	return m, nil
}

// addEdges adds the parts of days that a range has. It reports false where one has too many
// rows.
func (r *searchRun) addEdges(m *searchMerge, edges [][2]int64) (ok bool, err error) {
	var leads []*searchLead
	var most []int
	for _, edge := range edges {
		if edge[0] > edge[1] {
			continue
		}
		l := &searchLead{leaves: []*search.Node{
			{Op: search.GreaterThanOrEquals, Field: m.field, Int: edge[0]}, {Op: search.LessThanOrEquals, Field: m.field, Int: edge[1]},
		}}
		m.edges = append(m.edges, mergeEdge{searchLead: l})
		many := cmp.Or(r.Window, fewRows)
		if edge[0] < 0 || edge[0]/dayLength != edge[1]/dayLength {
			many = manyRows
		}
		leads, most = append(leads, l), append(most, many)
	}
	counts, err := r.counts(leads, most)
	if err != nil {
		return false, err
	}
	for i, n := range counts {
		if n == manyRows { // too many to sort
			return false, nil
		}
		if n == most[i] {
			m.edges[i].day = leads[i].leaves[0].Int / dayLength
		}
	}
	return true, nil
}

// span returns the least and the greatest number that pass comparisons.
func span(leaves []*search.Node) (from, to int64) {
	from, to = math.MinInt64, math.MaxInt64
	for _, n := range leaves {
		switch n.Op {
		case search.EqualsTo:
			from, to = max(from, n.Int), min(to, n.Int)
		case search.GreaterThan:
			from = max(from, n.Int+1)
		case search.GreaterThanOrEquals:
			from = max(from, n.Int)
		case search.LessThan:
			to = min(to, n.Int-1)
		case search.LessThanOrEquals:
			to = min(to, n.Int)
		}
	}
	return from, to
}

// merge returns a page.
func (r *searchRun) merge(m *searchMerge) (page []SearchPosition, err error) {
	if len(m.heads) == 0 {
		return r.readBuckets(m, m.edges, nil)
	}
	edges := m.edges
	for group := range slices.Chunk(m.heads, bucketsAtOnce) {
		if err := r.tx.caller.Err(); err != nil {
			return nil, err
		}
		// Those whose first row comes earliest are read first: once a page is full
		// before a bucket begins, this one and the rest have nothing to add.
		if len(page) == r.Limit && r.compare(SearchPosition{Value: group[0].at}, SearchPosition{Value: page[len(page)-1].Value}) > 0 {
			break
		}
		found, err := r.readBuckets(m, edges, group)
		if err != nil {
			return nil, err
		}
		page, edges = r.first(append(page, found...)), nil
	}
	return page, nil
}

// first returns the rows that a page begins with.
func (r *searchRun) first(page []SearchPosition) []SearchPosition {
	slices.SortFunc(page, r.compare)
	return page[:min(len(page), r.Limit)]
}

// bucketHead is a bucket, and the place of its first row behind the page before.
type bucketHead struct {
	bucket any
	at     int64
}

// findHeads finds the buckets that have rows, in the order of their first ones. It
// reports false where there are too many.
func (r *searchRun) findHeads(m *searchMerge) (ok bool, err error) {
	if m.heads != nil {
		return true, nil
	}
	s := new(statement)
	if m.texts != nil {
		s.WriteString("WITH buckets (bucket) AS (VALUES ")
		for i, text := range m.texts {
			if i > 0 {
				s.WriteString(", ")
			}
			s.add("(CAST(? AS TEXT))", text)
		}
		s.WriteString(")")
	} else {
		r.eachBucket(s, m)
	}
	way, _ := direction(r.Descending)
	s.WriteString(" SELECT bucket, head FROM (SELECT bucket, (SELECT t.at")
	r.inBucket(s, m, func() { s.WriteString("buckets.bucket") })
	fmt.Fprintf(s, " ORDER BY t.at%s, t.id%[1]s LIMIT 1) AS head FROM buckets WHERE bucket IS NOT NULL) AS heads", way)
	fmt.Fprintf(s, " WHERE head IS NOT NULL ORDER BY head%s", way)
	m.heads, err = collect(r.tx, func(rows Rows, h *bucketHead) error { return rows.Scan(&h.bucket, &h.at) }, s.String(), s.args...)
	return len(m.heads) <= maxBuckets, err
}

// eachBucket writes what finds the buckets of a range. An engine does not by itself
// step from one value in an index to the next, so each is looked up after the one
// before.
func (r *searchRun) eachBucket(s *statement, m *searchMerge) {
	next := func(least func(*statement)) {
		s.add("(SELECT "+m.bucket+" FROM "+r.Table.SQL+" t WHERE t.scope = ?", r.scope)
		m.present(s)
		least(s)
		m.most(s)
		fmt.Fprintf(s, " ORDER BY %s LIMIT 1)", m.bucket)
	}
	s.WriteString("WITH RECURSIVE buckets (bucket, number) AS (SELECT ")
	next(m.least)
	s.WriteString(", 1 UNION ALL SELECT ")
	// By the one bound alone: with both SQLite may walk there from the other.
	next(func(s *statement) { s.WriteString(" AND " + m.bucket + " > buckets.bucket") })
	fmt.Fprintf(s, ", number + 1 FROM buckets WHERE bucket IS NOT NULL AND number <= %d)", maxBuckets)
}

// inBucket writes from where rows of a bucket come: those behind the page before.
func (r *searchRun) inBucket(s *statement, m *searchMerge, bucket func()) {
	s.add(" FROM "+r.Table.SQL+" t WHERE t.scope = ? AND "+m.bucket+" = ", r.scope)
	bucket()
	m.present(s)
	r.afterInOrder(s, true)
}

// present writes that a row has a value, where its index does not have those without.
func (m *searchMerge) present(s *statement) {
	switch {
	case m.field.ByDay:
	case m.field.Kind == search.Text:
		s.WriteString(" AND " + m.bucket + " <> ''")
	default:
		s.WriteString(" AND " + m.bucket + " IS NOT NULL")
	}
}

// readBuckets returns the first rows of edges and buckets.
func (r *searchRun) readBuckets(m *searchMerge, edges []mergeEdge, heads []bucketHead) ([]SearchPosition, error) {
	if len(edges)+len(heads) == 0 {
		return nil, nil
	}
	way, _ := direction(r.Descending)
	s := new(statement)
	read := func(order string, from func()) {
		if s.Len() > 0 {
			s.WriteString(" UNION ALL ")
		}
		s.WriteString("SELECT id, at FROM (SELECT t.id, t.at")
		from()
		if !m.exact {
			r.filters(s)
		}
		fmt.Fprintf(s, " ORDER BY "+order+" LIMIT %[2]d) AS bucket", way, r.Limit)
	}
	const inOrder, sorted = "t.at%[1]s, t.id%[1]s", "(t.at + 0)%[1]s, (t.id || '')%[1]s"
	for _, e := range edges {
		if e.day == nil {
			read(sorted, func() {
				s.add(" FROM "+r.Table.SQL+" t WHERE t.scope = ?", r.scope)
				e.write(s)
				r.afterInOrder(s, false)
			})
			continue
		}
		read(inOrder, func() {
			r.inBucket(s, m, func() { s.arg(e.day) })
			for _, n := range e.leaves {
				s.WriteString(" AND ")
				number(s, n)
			}
		})
	}
	for _, h := range heads {
		read(inOrder, func() { r.inBucket(s, m, func() { s.arg(h.bucket) }) })
	}
	return collect(r.tx, func(rows Rows, p *SearchPosition) error {
		var at int64
		err := rows.Scan(&p.ID, &at)
		p.Value = at
		return err
	}, s.String(), s.args...)
}

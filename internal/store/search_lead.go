package store

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"cosell/internal/search"
)

// searchLead is what leads to the rows that a search looks at.
type searchLead struct {
	tokens []token        // by an index of words
	leaves []*search.Node // by an index of the column that they compare; none is all rows
	text   string         // that the column has, where it is one
	sorts  bool           // the rows do not come in order
	// whole says that all rows are looked at in one window.
	whole bool
	// impossible says that nothing can pass.
	impossible bool
	merge      *searchMerge // by several values of a column, in place of all else
}

// write writes which rows these are.
func (l *searchLead) write(s *statement) {
	if len(l.leaves) == 0 {
		return
	}
	f := l.leaves[0].Field
	column := "t." + f.Column
	if f.Kind == search.Text {
		s.add(" AND "+column+" = ?", l.text)
		if column != "t.id" {
			s.WriteString(" AND " + column + " <> ''") // as the index has it
		}
		return
	}
	s.WriteString(" AND " + column + " IS NOT NULL")
	compareAll(s, l.leaves)
}

// compareAll writes comparisons of a column that its index decides.
func compareAll(s *statement, leaves []*search.Node) {
	for _, n := range leaves {
		s.add(" AND t."+n.Field.Column+" "+numberOps[n.Op]+" ?", operand(n))
	}
}

const (
	// fewRows are sorted faster than found in order.
	fewRows = 500
	// manyHits are too many rows of an index of words to read all of them before another
	// way is tried, farWindows how many times as many rows this looks at.
	manyHits   = 5000
	farWindows = 3
	// manyRows are the most that are sorted rather than looked for in order.
	manyRows = 50_000
)

// lead chooses what leads. What every row must pass is known from the top of the
// tree: comparisons that are not joined with "or".
func (r *searchRun) lead() (*searchLead, error) {
	leaves := append(must(r.Filter), must(r.Group)...)
	tokens, texts := r.tokens(leaves), textLeads(leaves)
	for _, l := range texts {
		if l.impossible {
			return l, nil
		}
	}
	if len(texts) == 1 && len(leaves) == 1 && len(tokens) == 0 {
		texts[0].whole = r.isOnly(leaves[0]) && r.inOrder()
		return texts[0], nil
	}
	for _, l := range texts {
		if n, err := r.count(l, fewRows); err != nil || n < fewRows {
			return l, err
		}
	}
	if len(tokens) > 0 {
		return r.tokenLead(tokens)
	}
	ranges := r.rangeLeads(leaves)
	few := cmp.Or(r.Window, fewRows)
	for _, l := range ranges {
		if n, err := r.count(l, few); err != nil || n < few {
			return l, err
		}
	}
	if len(texts) == 0 {
		return r.numberLead(leaves, ranges)
	}
	if l, err := r.filteredMerge(leaves, texts[0]); l != nil || err != nil {
		return l, err
	}
	return texts[0], nil
}

// isOnly reports whether a comparison is all that rows have to pass.
func (r *searchRun) isOnly(leaf *search.Node) bool {
	return len(r.Words) == 0 && (r.Filter == leaf && r.Group == nil || r.Group == leaf && r.Filter == nil)
}

// must returns the comparisons that every row has to pass.
func must(n *search.Node) []*search.Node {
	switch {
	case n == nil || n.Op == search.Or || n.Op == search.Not:
		return nil
	case n.Op == search.And:
		var all []*search.Node
		for _, node := range n.Nodes {
			all = append(all, must(node)...)
		}
		return all
	default:
		return []*search.Node{n}
	}
}

// textLeads are those by indexes of columns.
func textLeads(leaves []*search.Node) []*searchLead {
	var leads []*searchLead
	for _, n := range leaves {
		f := n.Field
		if f.Kind != search.Text || f.Indexed != search.ColumnIndex || len(n.Texts) == 0 {
			continue
		}
		texts := n.Texts
		if n.Op == search.ContainsAny && !f.Whole {
			if f.Values == nil {
				continue
			}
			texts = f.Holding(texts)
		}
		switch {
		case len(texts) == 0 || n.Op != search.ContainsAny && len(texts) > 1 || texts[0] == "":
			leads = append(leads, &searchLead{impossible: true})
		case len(texts) == 1:
			leads = append(leads, &searchLead{leaves: []*search.Node{n}, text: texts[0]})
		}
	}
	return leads
}

// maxTokens is how many tokens lead at most: more do not narrow further.
const maxTokens = 12

// tokens are what every row has in the index of words.
func (r *searchRun) tokens(leaves []*search.Node) []token {
	var tokens []token
	for i, word := range r.Words {
		text, whole := search.Token(r.scope, word)
		tokens = append(tokens, token{text: text, begun: whole && i == len(r.Words)-1})
	}
	for _, n := range leaves {
		if n.Field.Indexed != search.TokenIndex || n.Op == search.ContainsAny && (!n.Field.Whole || len(n.Texts) > 1) {
			continue
		}
		for _, text := range n.Texts {
			tokens = append(tokens, token{text: search.ValueToken(r.scope, n.Field, text)})
		}
	}
	if len(tokens) > maxTokens {
		tokens = tokens[len(tokens)-maxTokens:]
	}
	return tokens
}

// tokenLead leads by the index of words, unless the page is near without it. Both
// engines pay for common words: the last word of a keyword is a beginning, and the
// rows of all words that begin so are joined before the first is found. A value whole
// in itself is found in order where the engine can.
func (r *searchRun) tokenLead(tokens []token) (*searchLead, error) {
	lead := &searchLead{tokens: tokens}
	begun := slices.ContainsFunc(tokens, func(t token) bool { return t.begun })
	if !r.inOrder() || r.tx.dialect.hits == "" && !begun {
		return lead, nil
	}
	// A word that none of these have is a rare one.
	found, near, err := r.look(&searchLead{}, cmp.Or(r.Window, firstWindow/2))
	if !near && found > 0 && err == nil {
		near, err = r.isNear(&searchLead{}, 2*firstWindow)
	}
	if !near && err == nil && r.tx.dialect.hits != "" {
		near, err = r.isCommon(tokens)
	}
	if near {
		return &searchLead{}, err
	}
	return lead, err
}

// isCommon reports whether more rows seem to have all tokens than may be read at once, and a
// page of them is full within a few times as many rows, or within as many as seem to have them:
// to look at those costs less. The engine says from its statistics how many it expects: counting
// them would read them.
func (r *searchRun) isCommon(tokens []token) (bool, error) {
	texts := make([]string, len(tokens))
	for i, t := range tokens {
		texts[i] = t.text
	}
	var expected int64
	if err := r.tx.row(fmt.Sprintf(r.tx.dialect.expected, r.Table.SQL), []any{strings.Join(texts, " ")}, &expected); err != nil {
		return false, err
	}
	many := cmp.Or(r.Window, manyHits)
	if expected < int64(many) {
		return false, nil
	}
	return r.isNear(&searchLead{}, max(farWindows*many, int(expected)))
}

// isNear reports whether a page is full within a number of rows.
func (r *searchRun) isNear(lead *searchLead, size int) (bool, error) {
	_, near, err := r.look(lead, size)
	return near, err
}

// look returns how many rows of a page are within a number of rows, and whether it is
// full within them. It keeps a page that is full.
func (r *searchRun) look(lead *searchLead, size int) (found int, full bool, err error) {
	w, err := r.rowWindows(lead)(size)
	if err != nil {
		return 0, false, err
	}
	page, err := r.window(lead, w, r.Limit)
	if full = err == nil && (w.last || len(page) == r.Limit); full {
		r.near = &page
	}
	return len(page), full, err
}

// numberLead leads where neither words nor a text do, nor a range that has few rows.
// Where the page is not near, it merges it from the values of a field, or leads by a
// range that has not too many rows.
func (r *searchRun) numberLead(leaves []*search.Node, ranges []*searchLead) (*searchLead, error) {
	all := &searchLead{}
	if !r.inOrder() {
		return all, nil
	}
	if l, err := r.exactMerge(leaves); l != nil || err != nil {
		return l, err
	}
	if l, err := r.filteredMerge(leaves, all); l != nil || err != nil {
		return l, err
	}
	if near, err := r.isNear(all, 2*cmp.Or(r.Window, firstWindow)); near || err != nil {
		return all, err
	}
	for _, l := range ranges {
		if n, err := r.count(l, manyRows); err != nil || n < manyRows {
			return l, err
		}
	}
	return all, nil
}

// filteredMerge leads by merging rows that have to pass more, where these are not too
// many. Where a page is near by another lead, this leads.
func (r *searchRun) filteredMerge(leaves []*search.Node, other *searchLead) (*searchLead, error) {
	if !r.inOrder() {
		return nil, nil
	}
	m, err := r.merging(leaves)
	if m == nil || err != nil {
		return nil, err
	}
	if near, err := r.isNear(other, 2*cmp.Or(r.Window, firstWindow)); near || err != nil {
		return other, err
	}
	left := manyRows
	for _, l := range m.leads() {
		n, err := r.count(l, left)
		if left -= n; left == 0 || err != nil {
			return nil, err
		}
	}
	if ok, err := r.findHeads(m); !ok || err != nil {
		return nil, err
	}
	return &searchLead{merge: m}, nil
}

// exactMerge leads by merging where all that rows have to pass is of one field, and
// the page is not at the beginning.
func (r *searchRun) exactMerge(leaves []*search.Node) (*searchLead, error) {
	m, err := r.merging(leaves)
	if err != nil || m == nil || !m.exact {
		return nil, err
	}
	if near, err := r.isNear(&searchLead{}, r.firstWindow()); near || err != nil {
		return &searchLead{}, err
	}
	if ok, err := r.findHeads(m); !ok || err != nil {
		return nil, err
	}
	return &searchLead{merge: m}, nil
}

// rangeLeads are those by indexes of dates and numbers.
func (r *searchRun) rangeLeads(leaves []*search.Node) []*searchLead {
	var leads []*searchLead
	for i, n := range leaves {
		f := n.Field
		if f.Kind == search.Text || f.Indexed != search.ColumnIndex || r.paged && f == r.Table.Order || len(sameField(leaves[:i], f)) > 0 {
			continue
		}
		leads = append(leads, &searchLead{leaves: sameField(leaves, f), sorts: true, whole: true})
	}
	return leads
}

// count counts the rows of a lead, at most a number.
func (r *searchRun) count(lead *searchLead, most int) (int, error) {
	counts, err := r.counts([]*searchLead{lead}, []int{most})
	if err != nil {
		return 0, err
	}
	return counts[0], nil
}

// counts does what count does for several leads at once.
func (r *searchRun) counts(leads []*searchLead, most []int) ([]int, error) {
	queries, counts := make([]*statement, len(leads)), make([]int, len(leads))
	for i, lead := range leads {
		s := new(statement)
		s.WriteString("SELECT count(*) FROM (SELECT 1 AS one FROM " + r.Table.SQL + " t")
		s.add(" WHERE t.scope = ?", r.scope)
		lead.write(s)
		fmt.Fprintf(s, " LIMIT %d) AS counted", most[i])
		queries[i] = s
	}
	err := r.tx.queries(queries, func(i int, rows Rows) error { return rows.Scan(&counts[i]) })
	return counts, err
}

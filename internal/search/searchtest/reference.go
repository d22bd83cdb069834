// Package searchtest evaluates searches in memory: slowly, one row and one rule after
// the other, so that it can be read and believed. Engines are tested against it.
package searchtest

import (
	"cmp"
	"slices"
	"strings"

	"cosell/internal/search"
)

// Query is a search without its page.
type Query struct {
	Table      *search.Table
	Words      []string
	Filter     *search.Node
	Group      *search.Node
	Sort       *search.Field
	Descending bool
}

// Find returns the identifiers of the rows that pass, in the order of the search.
func Find(rows []*search.Row, q *Query) []string {
	var found []*search.Row
	for _, r := range rows {
		if Passes(q.Filter, r) && Passes(q.Group, r) && (len(q.Words) == 0 || hasPhrase(r, q.Words)) {
			found = append(found, r)
		}
	}
	slices.SortFunc(found, func(x, y *search.Row) int { return compare(q, x, y) })
	ids := make([]string, len(found))
	for i, r := range found {
		ids[i] = r.ID
	}
	return ids
}

// hasPhrase reports whether one text has the words one after another; the last may be
// the beginning of one.
func hasPhrase(r *search.Row, phrase []string) bool {
	for _, text := range r.Texts {
		words := search.Words(text)
		for from := 0; from+len(phrase) <= len(words); from++ {
			if begins(words[from:from+len(phrase)], phrase) {
				return true
			}
		}
	}
	return false
}

func begins(words, phrase []string) bool {
	for i, word := range phrase {
		if i == len(phrase)-1 {
			return strings.HasPrefix(words[i], word)
		}
		if words[i] != word {
			return false
		}
	}
	return true
}

// Passes reports whether a row passes a tree.
func Passes(n *search.Node, r *search.Row) bool {
	if n == nil {
		return true
	}
	switch n.Op {
	case search.And:
		for _, node := range n.Nodes {
			if !Passes(node, r) {
				return false
			}
		}
		return true
	case search.Or:
		for _, node := range n.Nodes {
			if Passes(node, r) {
				return true
			}
		}
		return false
	case search.Not:
		return !Passes(n.Nodes[0], r)
	}
	v := r.Value(n.Field)
	if !v.Exists {
		return false
	}
	switch n.Field.Kind {
	case search.Text:
		return passesText(n, v.Texts)
	case search.Double:
		return passesOrder(n.Op, cmp.Compare(v.Float, n.Float))
	default:
		return passesOrder(n.Op, cmp.Compare(v.Int, n.Int))
	}
}

func passesText(n *search.Node, texts []string) bool {
	switch {
	case n.Op == search.ContainsAll:
		for _, wanted := range n.Texts {
			if !slices.Contains(texts, wanted) {
				return false
			}
		}
		return true
	case n.Op == search.ContainsAny && !n.Field.Whole:
		for _, text := range texts {
			for _, part := range n.Texts {
				if part != "" && strings.Contains(lower(n.Field, text), part) {
					return true
				}
			}
		}
		return false
	default:
		for _, wanted := range n.Texts {
			if slices.Contains(texts, wanted) {
				return true
			}
		}
		return false
	}
}

func lower(f *search.Field, text string) string {
	if f.Folded {
		return text
	}
	return search.LowerASCII(text)
}

func passesOrder(op search.Op, order int) bool {
	switch op {
	case search.EqualsTo:
		return order == 0
	case search.GreaterThan:
		return order > 0
	case search.GreaterThanOrEquals:
		return order >= 0
	case search.LessThan:
		return order < 0
	default:
		return order <= 0
	}
}

// compare orders two rows: what has nothing of the field comes last, whatever the
// direction; ties are settled by the identifier.
func compare(q *Query, x, y *search.Row) int {
	v, w := x.Value(q.Sort), y.Value(q.Sort)
	order := cmp.Compare(x.ID, y.ID)
	switch {
	case v.Exists && !w.Exists:
		return -1
	case !v.Exists && w.Exists:
		return 1
	case v.Exists:
		order = cmp.Or(compareValues(q.Sort, v, w), order)
	}
	if q.Descending {
		return -order
	}
	return order
}

func compareValues(f *search.Field, v, w search.Value) int {
	switch {
	case f.Ranks != nil:
		return cmp.Compare(slices.Index(f.Ranks, v.Texts[0]), slices.Index(f.Ranks, w.Texts[0]))
	case f.Kind == search.Text:
		return strings.Compare(v.Texts[0], w.Texts[0])
	case f.Kind == search.Double:
		return cmp.Compare(v.Float, w.Float)
	default:
		return cmp.Compare(v.Int, w.Int)
	}
}

package store

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"cosell/internal/search"
)

// contains writes that a text has a part.
func (tx *Tx) contains(s *statement, text, part string) {
	s.add(strings.Replace(tx.dialect.contains, "%s", text, 1), part)
}

// condition writes what rows pass a tree. It is true or false for every row, also
// for those that have nothing of a field: so its opposite is what is left.
func (tx *Tx) condition(s *statement, n *search.Node) {
	switch n.Op {
	case search.And, search.Or:
		between := map[search.Op]string{search.And: " AND ", search.Or: " OR "}[n.Op]
		s.WriteByte('(')
		for i, node := range n.Nodes {
			if i > 0 {
				s.WriteString(between)
			}
			tx.condition(s, node)
		}
		s.WriteByte(')')
	case search.Not:
		s.WriteString("(NOT ")
		tx.condition(s, n.Nodes[0])
		s.WriteByte(')')
	default:
		if n.Field.Kind == search.Text {
			tx.textCondition(s, n)
			return
		}
		number(s, n)
	}
}

var numberOps = map[search.Op]string{
	search.EqualsTo: "=", search.GreaterThan: ">", search.GreaterThanOrEquals: ">=", search.LessThan: "<", search.LessThanOrEquals: "<=",
}

// number writes a comparison of dates or numbers. The column stands in an expression,
// so that no engine chooses its index.
func number(s *statement, n *search.Node) {
	column := "t." + n.Field.Column
	s.add("("+column+" IS NOT NULL AND ("+column+" + 0) "+numberOps[n.Op]+" ?)", operand(n))
}

// operand is what a date or number is compared with.
func operand(n *search.Node) any {
	if n.Field.Kind == search.Double {
		return n.Float
	}
	return n.Int
}

// textCondition writes a comparison of texts.
func (tx *Tx) textCondition(s *statement, n *search.Node) {
	f := n.Field
	column := "t." + f.Column
	texts := slices.DeleteFunc(slices.Clone(n.Texts), func(text string) bool { return text == "" })
	some := " OR "
	switch {
	case n.Op == search.ContainsAny && !f.Whole && f.Values == nil:
		if !f.Folded {
			column = "lower(" + column + ")"
		}
		tx.each(s, texts, some, func(text string) { tx.contains(s, column, text) })
		return
	case n.Op == search.ContainsAny && !f.Whole:
		texts = f.Holding(texts)
	case n.Op == search.ContainsAll && len(texts) < len(n.Texts):
		texts = nil // nothing has an empty text
	case n.Op == search.ContainsAll && f.Several:
		some = " AND "
	case n.Op == search.ContainsAll && len(texts) > 1:
		texts = nil // one text is not two
	}
	tx.each(s, texts, some, func(text string) {
		if f.Several {
			tx.contains(s, column, search.Separator+text+search.Separator)
			return
		}
		s.add("("+column+" || '') = ?", text)
	})
}

// each writes a condition for each text; of none it is false.
func (tx *Tx) each(s *statement, texts []string, between string, write func(text string)) {
	if len(texts) == 0 {
		s.WriteString("(1 = 0)")
		return
	}
	s.WriteByte('(')
	for i, text := range texts {
		if i > 0 {
			s.WriteString(between)
		}
		write(text)
	}
	s.WriteByte(')')
}

// compareValues compares two values of one type: texts, int64 or float64.
func compareValues(x, y any) int {
	switch x := x.(type) {
	case string:
		y, _ := y.(string)
		return cmp.Compare(x, y)
	case int64:
		y, _ := y.(int64)
		return cmp.Compare(x, y)
	case float64:
		y, _ := y.(float64)
		return cmp.Compare(x, y)
	default:
		panic(fmt.Sprintf("a search does not sort by a %T", x))
	}
}

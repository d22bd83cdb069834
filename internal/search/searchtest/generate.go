package searchtest

import (
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"cosell/internal/search"
)

// Generator makes searches at random, most of which find some of the rows.
type Generator struct {
	Random *rand.Rand
	Table  *search.Table
	Rows   []*search.Row
}

func pick[T any](r *rand.Rand, all []T) T { return all[r.IntN(len(all))] }

// Query returns a search.
func (g *Generator) Query() (*Query, *search.Filter) {
	q := &Query{Table: g.Table, Sort: g.Table.Order, Descending: g.Random.IntN(3) > 0}
	if g.Random.IntN(2) == 0 {
		sortable := slices.DeleteFunc(slices.Clone(g.Table.Fields), func(f *search.Field) bool { return !f.Sortable })
		q.Sort = pick(g.Random, sortable)
	}
	if g.Random.IntN(3) == 0 && len(g.Rows[0].Texts) > 0 { // customer accounts have no keyword
		q.Words = g.words()
	}
	var filter *search.Filter
	if g.Random.IntN(8) > 0 {
		if filter = g.filter(0); g.Random.IntN(6) == 0 {
			filter = g.span()
		}
		var violations []search.Violation
		if q.Filter, violations = g.Table.Parse("filter", filter); violations != nil {
			return g.Query() // too many leaves
		}
	}
	return q, filter
}

// words returns words of a row, or others.
func (g *Generator) words() []string {
	words := search.Words(pick(g.Random, pick(g.Random, g.Rows).Texts))
	if len(words) == 0 || g.Random.IntN(8) == 0 {
		return search.Words(pick(g.Random, []string{"nowhere", "a", "acme corp", "Ünïcode", "2026"}))
	}
	from := g.Random.IntN(len(words))
	words = slices.Clone(words[from : from+1+g.Random.IntN(len(words)-from)])
	if last := []rune(words[len(words)-1]); g.Random.IntN(2) == 0 {
		words[len(words)-1] = string(last[:1+g.Random.IntN(len(last))])
	}
	return words
}

func (g *Generator) filter(depth int) *search.Filter {
	if depth < g.Table.Limits.Depth && g.Random.IntN(3) > 0 {
		switch g.Random.IntN(5) {
		case 0:
			return &search.Filter{NotFilter: g.filter(depth + 1)}
		case 1, 2:
			return &search.Filter{OrAllFilters: g.filters(depth + 1)}
		default:
			return &search.Filter{AndAllFilters: g.filters(depth + 1)}
		}
	}
	return g.leaf()
}

func (g *Generator) filters(depth int) []search.Filter {
	all := make([]search.Filter, 1+g.Random.IntN(3))
	for i := range all {
		all[i] = *g.filter(depth)
	}
	return all
}

// span returns comparisons of one field with two values of rows, or its list of values.
func (g *Generator) span() *search.Filter {
	indexed := slices.DeleteFunc(slices.Clone(g.Table.Fields), func(f *search.Field) bool { return !f.Filterable || f.Indexed != search.ColumnIndex })
	f := pick(g.Random, indexed)
	if f.Kind == search.Text {
		texts := []string{g.text(f, false), g.text(f, false), g.text(f, true)}
		return &search.Filter{ContainsAny: &search.Predicate{Key: f.Name, Value: search.Operand{StringListValue: texts}}}
	}
	both := []search.Filter{*g.numberLeaf(f, g.Random.IntN(2)*2), *g.numberLeaf(f, 1+g.Random.IntN(2)*2)}
	return &search.Filter{AndAllFilters: both[:1+g.Random.IntN(2)]}
}

func (g *Generator) leaf() *search.Filter {
	filterable := slices.DeleteFunc(slices.Clone(g.Table.Fields), func(f *search.Field) bool { return !f.Filterable })
	f := pick(g.Random, filterable)
	if f.Kind == search.Text {
		return g.textLeaf(f, &search.Predicate{Key: f.Name})
	}
	return g.numberLeaf(f, g.Random.IntN(numberOps))
}

const numberOps = 5

// numberLeaf returns a comparison with the value of a row, or nearly so.
func (g *Generator) numberLeaf(f *search.Field, op int) *search.Filter {
	p := &search.Predicate{Key: f.Name}
	v := pick(g.Random, g.Rows).Value(f)
	switch f.Kind {
	case search.Date:
		at := time.UnixMilli(v.Int + int64(g.Random.IntN(3)-1)).UTC().Format(time.RFC3339Nano)
		p.Value.DateValue = &at
	case search.Long:
		n := v.Int + int64(g.Random.IntN(3)-1)
		p.Value.LongValue = &n
	default:
		n := v.Float
		if g.Random.IntN(2) == 0 {
			n += 0.5
		}
		p.Value.DoubleValue = &n
	}
	switch op {
	case 0:
		return &search.Filter{GreaterThan: p}
	case 1:
		return &search.Filter{LessThan: p}
	case 2: //nolint:mnd // one after the other
		return &search.Filter{GreaterThanOrEquals: p}
	case 3: //nolint:mnd // likewise
		return &search.Filter{LessThanOrEquals: p}
	default:
		return &search.Filter{EqualsTo: p}
	}
}

func (g *Generator) textLeaf(f *search.Field, p *search.Predicate) *search.Filter {
	op := g.Random.IntN(3)
	texts := []string{g.text(f, op == 1)}
	for g.Random.IntN(3) == 0 {
		texts = append(texts, g.text(f, op == 1))
	}
	if op == 0 || len(texts) == 1 && g.Table.AloneInList && g.Random.IntN(2) == 0 {
		p.Value.StringValue = &texts[0]
	} else {
		p.Value.StringListValue = texts
	}
	switch op {
	case 0:
		return &search.Filter{EqualsTo: p}
	case 1:
		return &search.Filter{ContainsAny: p}
	default:
		return &search.Filter{ContainsAll: p}
	}
}

// text returns a text of a row's field, a part of it, or another.
func (g *Generator) text(f *search.Field, part bool) string {
	v := pick(g.Random, g.Rows).Value(f)
	if !v.Exists {
		return pick(g.Random, []string{"a", "%", "_", "'", `"`, "nowhere", "É"})
	}
	text := pick(g.Random, v.Texts)
	if runes := []rune(text); part && g.Random.IntN(2) == 0 {
		from := g.Random.IntN(len(runes))
		text = string(runes[from : from+1+g.Random.IntN(len(runes)-from)])
	}
	switch g.Random.IntN(4) {
	case 0:
		return strings.ToUpper(text)
	case 1:
		return strings.ToLower(text)
	default:
		return text
	}
}

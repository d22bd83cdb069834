package search

import "strings"

// Kind is what a field holds.
type Kind int

// The kinds of fields.
const (
	Text   Kind = iota // one or several texts
	Date               // milliseconds since the Unix epoch
	Long               // an integer
	Double             // a number
)

// String is the kind's name in messages and documentation.
func (k Kind) String() string {
	return [...]string{"text", "date", "whole number", "number"}[k]
}

// Field is one field of a search.
type Field struct {
	Name   string // as the API has it
	Kind   Kind
	From   string // where the record has it, for readers
	Column string // of the search's table
	// Folded says that case does not count where the text is compared.
	Folded bool
	// Several says that a record may have several texts. The first is the one it is
	// sorted by.
	Several bool
	// Values are all there are, where the text is one of a few: ContainsAny then
	// looks into these and not into each record.
	Values []string
	// Whole says that ContainsAny compares whole texts and finds no parts of them.
	Whole bool
	// Ranks are the texts in rising order, where that is not the order of letters.
	Ranks []string
	// Indexed says how records are found by the field's value.
	Indexed Index
	// ByDay says that another index has the records of each day in the order of the search.
	ByDay                         bool
	Filterable, Sortable, Grouped bool

	number int // in its table
}

// Index is how records are found by the value of a field.
type Index int

// The kinds of indexes.
const (
	NoIndex     Index = iota // all records are looked at
	ColumnIndex              // an index of the column, each value's records in the order of the search
	TokenIndex               // the index of words has a token for each value
)

// Limits are how large a filter tree may be.
type Limits struct {
	Depth  int // combinators on a path
	Leaves int // in the tree
}

// Table describes one search.
type Table struct {
	Name   string // of the operation
	Noun   string // a record, in messages
	SQL    string // what the names of its tables begin with
	Fields []*Field
	Limits Limits
	// Order is the field that records are sorted by where a search does not say,
	// the last first. Every record has it, and its column is called at.
	Order *Field
	// Extra are columns of texts that no search reads.
	Extra []string
	// AloneInList says that ContainsAny and ContainsAll also take a single text.
	AloneInList bool

	byName map[string]*Field
}

func newTable(t Table) *Table {
	t.byName = make(map[string]*Field, len(t.Fields))
	for i, f := range t.Fields {
		f.number = i
		t.byName[f.Name] = f
		if f.Column == orderColumn {
			t.Order = f
		}
	}
	return &t
}

// orderColumn holds what a search sorts by where it does not say.
const orderColumn = "at"

// Field returns the field of a name, or nil.
func (t *Table) Field(name string) *Field { return t.byName[name] }

// Value is what a record has of a field. The zero value is nothing.
type Value struct {
	Texts  []string // clean, folded where the field is; the first is the one sorted by
	Int    int64    // of a date or whole number
	Float  float64  // of a number
	Exists bool
}

// Row is what one record holds of a search's fields.
type Row struct {
	ID     string
	At     int64    // what the search sorts by where it does not say
	Values []Value  // by the number of the field
	Texts  []string // what a keyword is looked for in
	Extra  []string // of the table's columns of this name
}

// Value returns what the row has of a field.
func (r *Row) Value(f *Field) Value { return r.Values[f.number] }

func (t *Table) newRow(id string) *Row { return &Row{ID: id, Values: make([]Value, len(t.Fields))} }

// form returns a text as a field holds it.
func (f *Field) form(text string) string {
	if f.Folded {
		return Fold(text)
	}
	return Clean(text)
}

// setTexts gives a row a field's texts; empty ones are none.
func (t *Table) setTexts(r *Row, name string, texts ...string) {
	f := t.Field(name)
	v := Value{}
	for _, text := range texts {
		if text = f.form(text); text != "" {
			v.Texts = append(v.Texts, text)
		}
	}
	v.Exists = len(v.Texts) > 0
	r.Values[f.number] = v
}

func (t *Table) setInt(r *Row, name string, n int64) {
	r.Values[t.Field(name).number] = Value{Int: n, Exists: true}
}

func (t *Table) setFloat(r *Row, name string, n float64) {
	r.Values[t.Field(name).number] = Value{Float: n, Exists: true}
}

// Tokens returns what stands for a row in the index of words of its scope.
func (t *Table) Tokens(scope int64, r *Row) []string {
	seen := map[string]bool{}
	var tokens []string
	add := func(token string) {
		if !seen[token] {
			seen[token] = true
			tokens = append(tokens, token)
		}
	}
	for _, text := range r.Texts {
		for _, word := range Words(text) {
			token, _ := Token(scope, word)
			add(token)
		}
	}
	for _, f := range t.Fields {
		if f.Indexed == TokenIndex {
			for _, text := range r.Value(f).Texts {
				add(ValueToken(scope, f, text))
			}
		}
	}
	return tokens
}

// Holding returns the values of a field that hold one of some parts, which are in
// lower case.
func (f *Field) Holding(parts []string) []string {
	var values []string
	for _, value := range f.Values {
		lower := LowerASCII(value)
		for _, part := range parts {
			if part != "" && strings.Contains(lower, part) {
				values = append(values, value)
				break
			}
		}
	}
	return values
}

package search

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Filter is one node of a filter tree as a request has it: one member is set.
type Filter struct {
	AndAllFilters       []Filter   `json:"AndAllFilters"`
	OrAllFilters        []Filter   `json:"OrAllFilters"`
	NotFilter           *Filter    `json:"NotFilter"`
	EqualsTo            *Predicate `json:"EqualsTo"`
	ContainsAny         *Predicate `json:"ContainsAny"`
	ContainsAll         *Predicate `json:"ContainsAll"`
	GreaterThan         *Predicate `json:"GreaterThan"`
	GreaterThanOrEquals *Predicate `json:"GreaterThanOrEquals"`
	LessThan            *Predicate `json:"LessThan"`
	LessThanOrEquals    *Predicate `json:"LessThanOrEquals"`
}

// Predicate compares a field with a value.
type Predicate struct {
	Key   string  `json:"Key"`
	Value Operand `json:"Value"`
}

// Operand is what a field is compared with: one member is set.
type Operand struct {
	StringValue     *string  `json:"StringValue"`
	StringListValue []string `json:"StringListValue"`
	LongValue       *int64   `json:"LongValue"`
	DoubleValue     *float64 `json:"DoubleValue"`
	DateValue       *string  `json:"DateValue"` // RFC 3339
}

// Op is what a node of a checked tree does.
type Op int

// The operators. Of those that compare, the names are the API's.
const (
	And Op = iota
	Or
	Not
	EqualsTo
	ContainsAny
	ContainsAll
	GreaterThan
	GreaterThanOrEquals
	LessThan
	LessThanOrEquals
)

var opNames = [...]string{
	"AndAllFilters", "OrAllFilters", "NotFilter", "EqualsTo", "ContainsAny", "ContainsAll",
	"GreaterThan", "GreaterThanOrEquals", "LessThan", "LessThanOrEquals",
}

// String is the operator's name in the API.
func (o Op) String() string { return opNames[o] }

// member is the operator's name in the path of a violation.
func (o Op) member() string { return strings.ToLower(opNames[o][:1]) + opNames[o][1:] }

// Node is a node of a tree that was checked.
type Node struct {
	Op    Op
	Nodes []*Node  // of And, Or and Not
	Field *Field   // of what compares, and
	Texts []string // what with: texts as the field holds them, in lower case where parts are looked for
	Int   int64    // for dates and whole numbers
	Float float64  // for numbers
}

// Code is what is wrong with a filter, as the API has it.
type Code string

// The codes of violations.
const (
	InvalidValue  Code = "INVALID_VALUE"
	TooManyValues Code = "TOO_MANY_VALUES"
)

// Violation is something that a filter may not be.
type Violation struct {
	Path    string
	Code    Code
	Message string
	// Form says that the request is not of the contract's form; else it breaks a
	// rule of the search.
	Form bool
}

// maxViolations bounds what is said of one tree.
const maxViolations = 20

// Parse checks a filter tree; nil stands for one that lets everything pass. The
// path names it in violations.
func (t *Table) Parse(path string, filter *Filter) (*Node, []Violation) {
	if filter == nil {
		return nil, nil
	}
	p := &parser{table: t, root: path}
	node := p.node(path, filter, 0)
	if p.leaves > t.Limits.Leaves {
		p.add(path, TooManyValues, false, fmt.Sprintf("must have at most %d comparisons, has %d", t.Limits.Leaves, p.leaves))
	}
	if p.tooDeep {
		p.add(path, TooManyValues, false, fmt.Sprintf("must nest AndAllFilters, OrAllFilters and NotFilter at most %d deep", t.Limits.Depth))
	}
	if len(p.found) > 0 {
		return nil, p.found
	}
	return node, nil
}

type parser struct {
	table   *Table
	root    string
	leaves  int
	tooDeep bool
	found   []Violation
}

func (p *parser) add(path string, code Code, form bool, message string) {
	if len(p.found) < maxViolations {
		p.found = append(p.found, Violation{Path: path, Code: code, Form: form, Message: message})
	}
}

// node checks a node below a number of combinators.
func (p *parser) node(path string, f *Filter, depth int) *Node {
	ops := f.set()
	if len(ops) != 1 {
		p.add(path, InvalidValue, true, fmt.Sprintf("must have exactly one of %s; has %d", strings.Join(opNames[:], ", "), len(ops)))
		return nil
	}
	op := ops[0]
	if op > Not {
		p.leaves++
		return p.leaf(path+"."+op.member(), op, f.predicate(op))
	}
	if depth == p.table.Limits.Depth {
		p.tooDeep = true // and nobody looks further down
		return nil
	}
	n := &Node{Op: op}
	if op == Not {
		n.Nodes = []*Node{p.node(path+"."+op.member(), f.NotFilter, depth+1)}
		return n
	}
	for i := range f.list(op) {
		n.Nodes = append(n.Nodes, p.node(fmt.Sprintf("%s.%s[%d]", path, op.member(), i), &f.list(op)[i], depth+1))
	}
	return n
}

// set returns which members of a node are set.
func (f *Filter) set() []Op {
	var ops []Op
	for _, op := range []Op{And, Or} {
		if len(f.list(op)) > 0 {
			ops = append(ops, op)
		}
	}
	if f.NotFilter != nil {
		ops = append(ops, Not)
	}
	for op := EqualsTo; op <= LessThanOrEquals; op++ {
		if f.predicate(op) != nil {
			ops = append(ops, op)
		}
	}
	return ops
}

func (f *Filter) list(op Op) []Filter {
	if op == And {
		return f.AndAllFilters
	}
	return f.OrAllFilters
}

func (f *Filter) predicate(op Op) *Predicate {
	switch op {
	case EqualsTo:
		return f.EqualsTo
	case ContainsAny:
		return f.ContainsAny
	case ContainsAll:
		return f.ContainsAll
	case GreaterThan:
		return f.GreaterThan
	case GreaterThanOrEquals:
		return f.GreaterThanOrEquals
	case LessThan:
		return f.LessThan
	case LessThanOrEquals:
		return f.LessThanOrEquals
	default:
		return nil
	}
}

// leaf checks a comparison.
func (p *parser) leaf(path string, op Op, given *Predicate) *Node {
	field := p.table.Field(given.Key)
	if field == nil || !field.Filterable {
		p.add(path+".key", InvalidValue, false, "must be a field that this search can filter by")
		return nil
	}
	n := &Node{Op: op, Field: field}
	if field.Kind == Text {
		p.text(path, n, &given.Value)
	} else {
		p.number(path, n, &given.Value)
	}
	return n
}

// text checks a comparison of texts.
func (p *parser) text(path string, n *Node, v *Operand) {
	var texts []string
	switch {
	case n.Op > ContainsAll:
		p.add(path+".key", InvalidValue, false,
			fmt.Sprintf("%s compares dates and numbers; %s is a %s", n.Op, n.Field.Name, n.Field.Kind))
		return
	case v.kinds() != 1 || v.StringValue == nil && v.StringListValue == nil:
		p.misfit(path, n, "a StringValue or StringListValue")
		return
	case n.Op == EqualsTo && v.StringValue == nil:
		p.misfit(path, n, "a StringValue")
		return
	case n.Op != EqualsTo && v.StringValue != nil && !p.table.AloneInList:
		p.misfit(path, n, "a StringListValue")
		return
	case v.StringValue != nil:
		texts = []string{*v.StringValue}
	default:
		texts = v.StringListValue
	}
	for _, text := range texts {
		if text = n.Field.form(text); n.parts() && !n.Field.Folded {
			text = LowerASCII(text)
		}
		if !slices.Contains(n.Texts, text) {
			n.Texts = append(n.Texts, text)
		}
	}
}

// parts reports whether a comparison looks for parts of texts.
func (n *Node) parts() bool { return n.Op == ContainsAny && !n.Field.Whole }

// number checks a comparison of dates or numbers.
func (p *parser) number(path string, n *Node, v *Operand) {
	if n.Op == ContainsAny || n.Op == ContainsAll {
		p.add(path+".key", InvalidValue, false,
			fmt.Sprintf("%s compares texts; %s is a %s", n.Op, n.Field.Name, n.Field.Kind))
		return
	}
	ok := v.kinds() == 1
	switch {
	case !ok:
	case n.Field.Kind == Date:
		n.Int, ok = v.date(n.Op)
	case n.Field.Kind == Long:
		if ok = v.LongValue != nil; ok {
			n.Int = *v.LongValue
		}
	case v.LongValue != nil:
		n.Float = float64(*v.LongValue)
	case v.DoubleValue != nil:
		n.Float = *v.DoubleValue
	default:
		ok = false
	}
	if !ok {
		p.misfit(path, n, map[Kind]string{
			Date: "a DateValue, or with EqualsTo a StringValue that is a date", Long: "a LongValue", Double: "a DoubleValue or LongValue",
		}[n.Field.Kind])
	}
}

func (p *parser) misfit(path string, n *Node, want string) {
	p.add(path+".value", InvalidValue, false, fmt.Sprintf("%s is a %s; %s takes %s", n.Field.Name, n.Field.Kind, n.Op, want))
}

// kinds is how many members are set.
func (v *Operand) kinds() (n int) {
	for _, set := range []bool{
		v.StringValue != nil, v.StringListValue != nil, v.LongValue != nil, v.DoubleValue != nil, v.DateValue != nil,
	} {
		if set {
			n++
		}
	}
	return n
}

// date returns the moment that a date is compared with.
func (v *Operand) date(op Op) (int64, bool) {
	switch {
	case v.DateValue != nil:
		return moment(*v.DateValue)
	case v.StringValue != nil && op == EqualsTo:
		return moment(*v.StringValue)
	default:
		return 0, false
	}
}

// moment reads a time, or a day at its beginning in UTC.
func moment(text string) (int64, bool) {
	for _, layout := range []string{time.RFC3339Nano, time.DateOnly} {
		if t, err := time.Parse(layout, text); err == nil {
			return t.UnixMilli(), true
		}
	}
	return 0, false
}

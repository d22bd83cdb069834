// Package smithy reads the part of the Smithy 2.0 interface definition language that the contract is
// written in, into a model that the generator, the tests and the comparison with foreign models share.
package smithy

import (
	"fmt"
	"iter"
	"maps"
	"slices"
)

// Kind says what a shape is, in Smithy's own words.
type Kind string

// The kinds of shape the contract is written with.
const (
	KindService   Kind = "service"
	KindOperation Kind = "operation"
	KindStructure Kind = "structure"
	KindUnion     Kind = "union"
	KindList      Kind = "list"
	KindMap       Kind = "map"
	KindEnum      Kind = "enum"
	KindString    Kind = "string"
	KindInteger   Kind = "integer"
	KindLong      Kind = "long"
	KindDouble    Kind = "double"
	KindBoolean   Kind = "boolean"
	KindTimestamp Kind = "timestamp"
)

// JSONType returns the type that JSON Schema gives the values of a kind of shape.
func (k Kind) JSONType() string {
	switch k {
	case KindStructure, KindUnion, KindMap:
		return "object"
	case KindList:
		return "array"
	case KindInteger, KindLong:
		return "integer"
	case KindDouble:
		return "number"
	case KindBoolean:
		return "boolean"
	default: // a timestamp is a text
		return "string"
	}
}

// Aggregate reports whether values of the kind hold further values.
func (k Kind) Aggregate() bool {
	switch k {
	case KindStructure, KindUnion, KindList, KindMap:
		return true
	}
	return false
}

// Position is a place in a source file, counted from one.
type Position struct {
	File         string
	Line, Column int
}

// String gives the form editors jump to.
func (p Position) String() string { return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column) }

// Traits maps a trait's name, without its namespace, to its value: true for an annotation, string, int64,
// bool, []any or map[string]any.
type Traits map[string]any

// Has reports whether the trait is there, whatever its value.
func (t Traits) Has(name string) bool { _, ok := t[name]; return ok }

// Text is the value of a string trait, "" when it is absent.
func (t Traits) Text(name string) string { s, _ := t[name].(string); return s }

// Strings is the value of a trait that is a list of strings.
func (t Traits) Strings(name string) []string {
	var out []string
	list, _ := t[name].([]any)
	for _, v := range list {
		if s, ok := v.(string); ok {
			out = append(out, s)
		}
	}
	return out
}

// Field is one entry of a structured trait, nil when it is absent.
func (t Traits) Field(name, field string) any {
	m, _ := t[name].(map[string]any)
	return m[field]
}

// Bounds are the two ends of a length or range; nil is open.
type Bounds struct{ Min, Max *int64 }

// Bounds reads the @length or @range trait.
func (t Traits) Bounds(name string) Bounds {
	var b Bounds
	if n, ok := t.Field(name, "min").(int64); ok {
		b.Min = &n
	}
	if n, ok := t.Field(name, "max").(int64); ok {
		b.Max = &n
	}
	return b
}

// Member is a member of a structure, union, list or map, or a value of an enum.
type Member struct {
	Name   string
	Target string // name of the target shape; "" in an enum
	Value  string // the wire value; only in an enum
	Doc    string
	Traits Traits
	Pos    Position
}

// Required reports whether a value without this member is wrong.
func (m *Member) Required() bool { return m.Traits.Has("required") }

// Shape is one named definition.
type Shape struct {
	Name    string
	Kind    Kind
	Doc     string
	Traits  Traits
	Members []*Member
	Pos     Position

	Input, Output string   // operation; "" when it has none
	Errors        []string // operation
	Version       string   // service
	Operations    []string // service
}

// Member finds a member by name, nil when there is none.
func (s *Shape) Member(name string) *Member {
	for _, m := range s.Members {
		if m.Name == name {
			return m
		}
	}
	return nil
}

// Element is the member a list or map repeats, nil for other shapes.
func (s *Shape) Element() *Member {
	switch s.Kind {
	case KindList:
		return s.Member("member")
	case KindMap:
		return s.Member("value")
	}
	return nil
}

// Values are the published values of an enum, in their order.
func (s *Shape) Values() []string {
	out := make([]string, len(s.Members))
	for i, m := range s.Members {
		out[i] = m.Value
	}
	return out
}

// Model is a set of shapes with one service.
type Model struct {
	Namespace string
	Shapes    map[string]*Shape
	Order     []string // names as the source lists them
}

// New returns a model that holds only the prelude's simple shapes.
func New() *Model {
	m := &Model{Shapes: map[string]*Shape{}}
	for name, kind := range prelude {
		m.Shapes[name] = &Shape{Name: name, Kind: kind, Traits: Traits{}}
	}
	return m
}

var prelude = map[string]Kind{
	"String": KindString, "Integer": KindInteger, "Long": KindLong, "Double": KindDouble,
	"Boolean": KindBoolean, "Timestamp": KindTimestamp,
}

// Prelude reports whether the name is one of Smithy's own simple shapes.
func Prelude(name string) bool { _, ok := prelude[name]; return ok }

// Service is the model's service, nil when it has none.
func (m *Model) Service() *Shape {
	for s := range m.Each(KindService) {
		return s
	}
	return nil
}

// Each walks the shapes of a kind in the order of the source.
func (m *Model) Each(kind Kind) iter.Seq[*Shape] {
	return func(yield func(*Shape) bool) {
		for _, name := range m.Order {
			if s := m.Shapes[name]; s.Kind == kind && !yield(s) {
				return
			}
		}
	}
}

// Reachable is the set of shapes that values of the named shapes can hold, themselves included.
func (m *Model) Reachable(roots ...string) map[string]bool {
	seen := map[string]bool{}
	for len(roots) > 0 {
		name := roots[len(roots)-1]
		roots = roots[:len(roots)-1]
		shape := m.Shapes[name]
		if shape == nil || seen[name] {
			continue
		}
		seen[name] = true
		for _, member := range shape.Members {
			roots = append(roots, member.Target)
		}
	}
	return seen
}

// Inputs are the names of all operations' inputs, sorted.
func (m *Model) Inputs() []string {
	set := map[string]bool{}
	for op := range m.Each(KindOperation) {
		if op.Input != "" {
			set[op.Input] = true
		}
	}
	return slices.Sorted(maps.Keys(set))
}

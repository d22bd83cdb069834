// Package excerpt copies some members of an encoded JSON object into another
// object without decoding the rest.
//
// An opportunity's summary has fewer members than its document, with the same
// names and values. Decoding all of a document only to encode some of it again was
// most of the cost of a list. Skipping values with jsontext takes 3.4 times as long
// as the scanner here, which need not check what the store holds.
package excerpt

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"cosell/internal/api"
)

// Excerpt makes documents into the JSON of a T by copying the members that a T
// has. It does not change, and goroutines can share it.
type Excerpt[T any] struct {
	shape *shape
	// whole says that it has all members of a T.
	whole bool
}

// maxMembers is how many members an excerpt can have, those of inner objects
// included, and how many an object in a list can.
const maxMembers = 64

// values holds the values of an excerpt's members by their number, "" for those
// not found.
type values [maxMembers]string

// Of returns an Excerpt for a structure, but for some of its members. The others must have
// the same names and types in the documents. It panics when there are too many.
func Of[T any](without ...string) *Excerpt[T] {
	return &Excerpt[T]{shape: rootShape(reflect.TypeFor[T](), without), whole: len(without) == 0}
}

// Append appends the excerpt of a document. A document that is not in the form
// that [api.Marshal] writes is decoded instead, with the same result; it is an
// error when that fails.
func (e *Excerpt[T]) Append(out []byte, document string) ([]byte, error) {
	var found values
	if e.read(document, &found) {
		return e.shape.append(out, &found), nil
	}
	var decoded T
	if err := api.Unmarshal([]byte(document), &decoded); err != nil {
		return nil, fmt.Errorf("decode document: %w", err)
	}
	text, err := api.Marshal(&decoded)
	if err != nil {
		return nil, fmt.Errorf("encode excerpt: %w", err)
	}
	if e.whole {
		return append(out, text...), nil
	}
	found = values{}
	if !e.read(string(text), &found) {
		return nil, fmt.Errorf("excerpt: cannot read what was encoded: %T", decoded)
	}
	return e.shape.append(out, &found), nil
}

// read finds the members in a document, and reports whether the document has the
// form that it can read.
func (e *Excerpt[T]) read(document string, found *values) bool {
	return (&scanner{text: document, found: found}).object(e.shape)
}

// shape lists the members that are copied from an object, in the order of the
// result.
type shape struct {
	members []member
	index   map[string]int // into members, by name
}

type member struct {
	label  string // what is written before the value: comma, name and colon
	number int    // among all members of the excerpt, those of inner objects included
	inner  *shape // the members of its own, where it is an object
	// elements has the members of each object, where it is a list of objects.
	elements *shape
}

// rootShape returns the shape of a structure by itself.
func rootShape(structure reflect.Type, without []string) *shape {
	count := 0
	s := newShape(structure, &count, without)
	if count > maxMembers {
		panic(fmt.Sprintf("excerpt: %s has %d members, the maximum is %d", structure, count, maxMembers))
	}
	return s
}

// newShape returns the shape of a structure but for some members. The others are
// numbered from *next on.
func newShape(structure reflect.Type, next *int, without []string) *shape {
	s := &shape{index: map[string]int{}}
	for field := range structure.Fields() {
		if slices.Contains(without, field.Name) {
			continue
		}
		m := member{label: fmt.Sprintf("%q:", field.Name), number: *next}
		if len(s.members) > 0 {
			m.label = "," + m.label
		}
		*next++
		switch t := field.Type; {
		case t.Kind() == reflect.Pointer && t.Elem().Kind() == reflect.Struct:
			m.inner = newShape(t.Elem(), next, nil)
		case t.Kind() == reflect.Slice && t.Elem().Kind() == reflect.Struct:
			m.elements = rootShape(t.Elem(), nil)
		}
		s.index[field.Name] = len(s.members)
		s.members = append(s.members, m)
	}
	return s
}

// append appends an object with the members that were found, null for the others.
func (s *shape) append(out []byte, found *values) []byte {
	out = append(out, '{')
	for i := range s.members {
		m := &s.members[i]
		out = append(out, m.label...)
		switch value := found[m.number]; {
		case value == "":
			out = append(out, "null"...)
		case m.inner != nil && value[0] == '{':
			out = m.inner.append(out, found)
		case m.elements != nil && value[0] == '[':
			out = m.elements.appendAll(out, value)
		default:
			out = append(out, value...)
		}
	}
	return append(out, '}')
}

// appendAll appends a list with an object for each that a list has, which was read before.
func (s *shape) appendAll(out []byte, list string) []byte {
	out = append(out, '[')
	elements := &scanner{text: list, at: len("[")}
	for elements.next() == '{' {
		elements.found = new(values)
		elements.object(s)
		out = s.append(out, elements.found)
		if elements.skip(',') {
			out = append(out, ',')
		}
	}
	return append(out, ']')
}

// scanner finds members in JSON as the store holds it: valid, without white space,
// and with unescaped names. Its methods report whether the text has this form, as
// far as they look; what they skip is not checked.
type scanner struct {
	text  string
	at    int
	found *values
}

// object reads an object.
func (s *scanner) object(wanted *shape) bool {
	if !s.skip('{') {
		return false
	}
	for more := !s.skip('}'); more; {
		start := s.at + 1
		if !s.string() || !s.skip(':') {
			return false
		}
		name := s.text[start : s.at-len(`":`)]
		if strings.IndexByte(name, '\\') >= 0 {
			return false
		}
		start = s.at
		i, copied := wanted.index[name]
		switch {
		case copied && wanted.members[i].inner != nil && s.next() == '{':
			if !s.object(wanted.members[i].inner) {
				return false
			}
		case copied && wanted.members[i].elements != nil && s.next() == '[':
			if !s.objects(wanted.members[i].elements) {
				return false
			}
		case !s.value():
			return false
		}
		if copied {
			s.found[wanted.members[i].number] = s.text[start:s.at]
		}
		more = s.skip(',')
		if !more && !s.skip('}') {
			return false
		}
	}
	return true
}

// objects reads a list of objects.
func (s *scanner) objects(wanted *shape) bool {
	if !s.skip('[') {
		return false
	}
	for more := !s.skip(']'); more; {
		element := &scanner{text: s.text, at: s.at, found: new(values)}
		if !element.object(wanted) {
			return false
		}
		s.at = element.at
		more = s.skip(',')
		if !more && !s.skip(']') {
			return false
		}
	}
	return true
}

// next returns the next byte, 0 at the end.
func (s *scanner) next() byte {
	if s.at == len(s.text) {
		return 0
	}
	return s.text[s.at]
}

// skip passes over a byte, if it is the next one.
func (s *scanner) skip(b byte) bool {
	if s.next() != b {
		return false
	}
	s.at++
	return true
}

// string passes over a string.
func (s *scanner) string() bool {
	if !s.skip('"') {
		return false
	}
	for {
		n := strings.IndexByte(s.text[s.at:], '"')
		if n < 0 {
			return false
		}
		s.at += n + 1
		escapes := 0
		for s.text[s.at-2-escapes] == '\\' {
			escapes++
		}
		if escapes%2 == 0 {
			return true
		}
	}
}

// value passes over a value.
func (s *scanner) value() bool {
	start, depth := s.at, 0
	for s.at < len(s.text) {
		switch s.text[s.at] {
		case '"':
			if !s.string() {
				return false
			}
			if depth == 0 {
				return true
			}
			continue
		case '{', '[':
			depth++
		case '}', ']':
			if depth == 0 {
				return s.at > start
			}
			depth--
			if depth == 0 {
				s.at++
				return true
			}
		case ',':
			if depth == 0 {
				return s.at > start
			}
		case ' ', '\t', '\r', '\n':
			return false
		}
		s.at++
	}
	return false
}

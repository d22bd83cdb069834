package pattern

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// maxDepth bounds the nesting of events and patterns.
const maxDepth = 100

var errTooDeep = fmt.Errorf("nested deeper than %d levels", maxDepth)

// Event is an event in the form that patterns are matched against. It may be
// matched by many patterns at a time.
type Event struct{ root *node }

// node is one place in an event: the fields and values at one path.
type node struct {
	fields map[string]*node
	// values are the scalars at this path: one, or those of an array.
	values []value
	// elements are the objects in an array at this path. Fields of one pattern
	// match together only within one element.
	elements []*node
}

type kind byte

const (
	kindString kind = iota
	kindNumber
	kindLiteral // true, false, null
)

type value struct {
	kind   kind
	text   string // a string without its quotes, or the JSON text
	number decimal
}

// ParseEvent reads an event, which must be one JSON object.
func ParseEvent(text []byte) (*Event, error) {
	d := jsontext.NewDecoder(bytes.NewReader(text), jsontext.AllowDuplicateNames(true))
	if d.PeekKind() != jsontext.KindBeginObject {
		return nil, errors.New("event is not a JSON object")
	}
	root := new(node)
	if err := root.read(d); err != nil {
		return nil, fmt.Errorf("parse event: %w", err)
	}
	if _, err := d.ReadToken(); !errors.Is(err, io.EOF) {
		return nil, errors.New("parse event: text after the object")
	}
	return &Event{root: root}, nil
}

// read adds the next JSON value to what is at this path.
func (n *node) read(d *jsontext.Decoder) error {
	if d.StackDepth() > maxDepth {
		return errTooDeep
	}
	switch d.PeekKind() {
	case jsontext.KindBeginObject:
		return n.readObject(d)
	case jsontext.KindBeginArray:
		return n.readArray(d)
	default:
		token, err := d.ReadToken()
		if err != nil {
			return err
		}
		n.values = append(n.values, newValue(token))
		return nil
	}
}

func (n *node) readObject(d *jsontext.Decoder) error {
	if _, err := d.ReadToken(); err != nil {
		return err
	}
	for d.PeekKind() != jsontext.KindEndObject {
		name, err := d.ReadToken()
		if err != nil {
			return err
		}
		if err := n.at(name.String()).read(d); err != nil {
			return err
		}
	}
	_, err := d.ReadToken()
	return err
}

// readArray adds the elements of an array. An array in an array counts as if its
// elements stood in the outer one.
func (n *node) readArray(d *jsontext.Decoder) error {
	if _, err := d.ReadToken(); err != nil {
		return err
	}
	for d.PeekKind() != jsontext.KindEndArray {
		at := n
		if d.PeekKind() == jsontext.KindBeginObject {
			at = new(node)
			n.elements = append(n.elements, at)
		}
		if err := at.read(d); err != nil {
			return err
		}
	}
	_, err := d.ReadToken()
	return err
}

// at returns the node of a member, adding it where there is none. A dot in a
// name separates names: "a.b" is the same path as "b" in "a".
func (n *node) at(name string) *node {
	for first, rest, dotted := strings.Cut(name, "."); ; first, rest, dotted = strings.Cut(rest, ".") {
		if n.fields == nil {
			n.fields = make(map[string]*node)
		}
		next := n.fields[first]
		if next == nil {
			next = new(node)
			n.fields[first] = next
		}
		if !dotted {
			return next
		}
		n = next
	}
}

// field returns the node of a member, nil where there is none.
func (n *node) field(name string) *node {
	if n == nil {
		return nil
	}
	return n.fields[name]
}

// hasValue reports whether a value stands at a path below this node, in any
// element of the arrays on the way.
func (n *node) hasValue(path []string) bool {
	if n == nil {
		return false
	}
	for _, element := range n.elements {
		if element.hasValue(path) {
			return true
		}
	}
	if len(path) == 0 {
		return len(n.values) > 0
	}
	return n.field(path[0]).hasValue(path[1:])
}

func newValue(token jsontext.Token) value {
	v := value{kind: kindLiteral, text: token.String()}
	switch token.Kind() {
	case jsontext.KindString:
		v.kind = kindString
	case jsontext.KindNumber:
		v.kind, v.number = kindNumber, parseDecimal(v.text)
	}
	return v
}

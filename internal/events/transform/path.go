package transform

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// maxPath is the length of a JSON path in bytes.
const maxPath = 256

// path is the part of JSONPath that EventBridge has: member names, array indices and
// wildcards.
type path struct {
	steps []step
	many  bool // a wildcard is among the steps: the result is an array
}

type step struct {
	name  string // of a member; "" otherwise
	index int    // of an element; -1 otherwise
	all   bool   // a wildcard
}

var errPath = errors.New("must be a JSON path such as $.detail.opportunity or $.resources[0]")

func parsePath(text string) (p path, err error) {
	rest, ok := strings.CutPrefix(text, "$")
	if !ok || len(text) > maxPath {
		return p, errPath
	}
	for rest != "" {
		var s step
		if s, rest, err = parseStep(rest); err != nil {
			return p, err
		}
		p.many = p.many || s.all
		p.steps = append(p.steps, s)
	}
	return p, nil
}

func parseStep(text string) (s step, rest string, err error) {
	s.index = -1
	if after, ok := strings.CutPrefix(text, "."); ok {
		if rest, ok := strings.CutPrefix(after, "*"); ok {
			s.all = true
			return s, rest, nil
		}
		n := 0
		for n < len(after) && isNameByte(after[n]) {
			n++
		}
		if n == 0 {
			return s, "", errPath
		}
		s.name = after[:n]
		return s, after[n:], nil
	}
	inner, rest, ok := strings.Cut(strings.TrimPrefix(text, "["), "]")
	if !ok || text[0] != '[' || inner == "" {
		return s, "", errPath
	}
	quoted := len(inner) > 2 && (inner[0] == '\'' || inner[0] == '"') && inner[len(inner)-1] == inner[0]
	switch {
	case inner == "*":
		s.all = true
	case quoted:
		s.name = inner[1 : len(inner)-1]
	default:
		if s.index, err = strconv.Atoi(inner); err != nil || s.index < 0 || inner[0] == '+' {
			return s, "", errPath
		}
	}
	return s, rest, nil
}

func isNameByte(c byte) bool {
	return c == '_' || c == '-' || c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z'
}

// find returns the value at the path, nil where there is none. With a wildcard it is
// the array of all values that are there.
func (p path) find(event jsontext.Value) (jsontext.Value, error) {
	var found []jsontext.Value
	if err := walk(event, p.steps, &found); err != nil {
		return nil, err
	}
	if !p.many {
		if len(found) == 0 {
			return nil, nil
		}
		return found[0], nil
	}
	list := jsontext.Value("[")
	for i, v := range found {
		if i > 0 {
			list = append(list, ',')
		}
		list = append(list, v...)
	}
	return append(list, ']'), nil
}

// walk appends the values at the end of the steps. Each level reads the value once.
func walk(v jsontext.Value, steps []step, found *[]jsontext.Value) error {
	if len(steps) == 0 {
		*found = append(*found, v)
		return nil
	}
	s := steps[0]
	kind := v.Kind()
	if kind != jsontext.KindBeginObject && kind != jsontext.KindBeginArray {
		return nil
	}
	d := jsontext.NewDecoder(bytes.NewReader(v), jsontext.AllowDuplicateNames(true))
	if _, err := d.ReadToken(); err != nil {
		return err
	}
	for i := 0; d.PeekKind() != jsontext.KindEndObject && d.PeekKind() != jsontext.KindEndArray; i++ {
		name := ""
		if kind == jsontext.KindBeginObject {
			token, err := d.ReadToken()
			if err != nil {
				return err
			}
			name = token.String()
		}
		value, err := d.ReadValue()
		if err != nil {
			return fmt.Errorf("read the event: %w", err)
		}
		member := kind == jsontext.KindBeginObject && s.name != "" && name == s.name
		element := kind == jsontext.KindBeginArray && s.index == i
		if member || element || s.all {
			if err := walk(value.Clone(), steps[1:], found); err != nil {
				return err
			}
		}
	}
	return nil
}

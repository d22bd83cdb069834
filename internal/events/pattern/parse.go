package pattern

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// maxAlternatives bounds the combinations of alternatives in $or groups.
const maxAlternatives = 1000

// maxReported bounds how much of a pattern an error repeats.
const maxReported = 500

// SyntaxError says why a pattern is refused.
type SyntaxError struct {
	// Reason is in EventBridge's words.
	Reason string
	source string
	offset int
}

// Error returns EventBridge's whole message, with the position at its end.
func (e *SyntaxError) Error() string {
	source, truncated := e.source, ""
	if len(source) > maxReported {
		source = strings.ToValidUTF8(source[:maxReported], "")
		truncated = fmt.Sprintf("[truncated %d chars]", len(e.source)-len(source))
	}
	before := e.source[:min(e.offset, len(e.source))]
	line := 1 + strings.Count(before, "\n")
	column := len(before) - strings.LastIndexByte(before, '\n')
	return fmt.Sprintf("Event pattern is not valid. Reason: %s\n at [Source: (String)\"%s\"%s; line: %d, column: %d]",
		e.Reason, source, truncated, line, column)
}

// refuse returns an error with a reason in EventBridge's words, at a place in the
// pattern.
func refuse(at *syntax, format string, args ...any) error {
	return &SyntaxError{Reason: fmt.Sprintf(format, args...), offset: at.end}
}

// Parse reads a pattern. Every error is a *SyntaxError.
func Parse(text string) (*Pattern, error) {
	p, err := parse(text)
	if refused, ok := errors.AsType[*SyntaxError](err); ok {
		refused.source = text
	}
	return p, err
}

func parse(text string) (*Pattern, error) {
	if len(text) > MaxSize {
		return nil, &SyntaxError{Reason: fmt.Sprintf("Pattern is longer than %d bytes", MaxSize)}
	}
	s, err := parseSyntax(text)
	if err != nil {
		return nil, err
	}
	if s.kind != jsontext.KindBeginObject {
		return nil, refuse(&s, "Filter is not an object")
	}
	b := builder{combinations: 1}
	root := new(object)
	if err := b.object(root, &s, nil); err != nil {
		return nil, err
	}
	return &Pattern{root: root, absent: b.absent}, nil
}

// builder turns the syntax of a pattern into its conditions.
type builder struct {
	// combinations is how many there are of one alternative from each $or group.
	combinations int
	absent       [][]string
}

// object adds an object of the pattern to o. The path is that of the object in
// the event.
func (b *builder) object(o *object, s *syntax, path []string) error {
	if len(s.members) == 0 {
		return refuse(s, "Empty objects are not allowed")
	}
	for i := range s.members {
		m := &s.members[i]
		var err error
		if m.name == "$or" && isGroup(&m.value) {
			err = b.group(o, &m.value, path)
		} else {
			err = b.member(o, m, path)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (b *builder) member(o *object, m *member, path []string) error {
	names := strings.Split(m.name, ".")
	last := len(names) - 1
	for _, outer := range names[:last] {
		path = append(slices.Clip(path), outer)
		o = o.nested(outer)
	}
	path = append(slices.Clip(path), names[last])
	switch m.value.kind {
	case jsontext.KindBeginObject:
		return b.object(o.nested(names[last]), &m.value, path)
	case jsontext.KindBeginArray:
		return b.field(o, names[last], &m.value, path)
	default:
		return refuse(&m.value, "'%s' must be an object or an array", m.name)
	}
}

// field adds the list of conditions on one field.
func (b *builder) field(o *object, name string, s *syntax, path []string) error {
	if len(s.items) == 0 {
		return refuse(s, "Empty arrays are not allowed")
	}
	f := fieldPattern{name: name, absent: -1}
	for i := range s.items {
		c, err := newCondition(&s.items[i])
		if err != nil {
			return err
		}
		if _, ok := c.(absent); !ok {
			f.conditions = append(f.conditions, c)
		} else if f.absent < 0 {
			f.absent = len(b.absent)
			b.absent = append(b.absent, path)
		}
	}
	o.fields = append(o.fields, f)
	return nil
}

// nested returns the pattern of a member that is an object, adding it where
// there is none: "a.b", and "b" in "a", stand in the same one, so that they match
// together.
func (o *object) nested(name string) *object {
	for _, f := range o.fields {
		if f.object != nil && f.name == name {
			return f.object
		}
	}
	inner := new(object)
	o.fields = append(o.fields, fieldPattern{name: name, object: inner, absent: -1})
	return inner
}

// group adds the alternatives of an $or.
func (b *builder) group(o *object, s *syntax, path []string) error {
	alternatives := make([]*object, len(s.items))
	for i := range s.items {
		alternatives[i] = new(object)
		if err := b.object(alternatives[i], &s.items[i], path); err != nil {
			return err
		}
	}
	if b.combinations *= len(alternatives); b.combinations > maxAlternatives {
		return refuse(s, "Pattern has more than %d combinations of $or alternatives", maxAlternatives)
	}
	o.groups = append(o.groups, alternatives)
	return nil
}

// isGroup reports whether the value of a member named $or is a list of
// alternatives: at least two objects, none with the name of a condition.
// Otherwise $or is a field like another.
func isGroup(s *syntax) bool {
	if len(s.items) < 2 {
		return false
	}
	for i := range s.items {
		if s.items[i].kind != jsontext.KindBeginObject {
			return false
		}
		for j := range s.items[i].members {
			if _, reserved := conditionKinds[s.items[i].members[j].name]; reserved {
				return false
			}
		}
	}
	return true
}

package smithy

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
)

// preludeTraits are Smithy's own traits that the contract may use; all others must be defined in it.
var preludeTraits = map[string]bool{
	"trait": true, "required": true, "length": true, "range": true, "pattern": true, "sensitive": true,
	"readonly": true, "idempotent": true, "idempotencyToken": true, "paginated": true, "error": true,
	"timestampFormat": true,
}

// limits are the traits that limit values, each with the kinds of shape whose values it can limit.
var limits = []struct {
	trait string
	kinds []Kind
}{
	{"length", []Kind{KindString, KindList, KindMap}},
	{"range", []Kind{KindInteger, KindLong, KindDouble}},
	{"pattern", []Kind{KindString}},
}

// Validate checks that every name that is used is defined and that limits and patterns make sense.
func (m *Model) Validate() error {
	for _, name := range m.Order {
		if err := m.validateShape(m.Shapes[name]); err != nil {
			return err
		}
	}
	return nil
}

func (m *Model) validateShape(s *Shape) error {
	if err := m.validateTraits(s.Traits, s.Pos); err != nil {
		return err
	}
	for _, limit := range limits {
		if s.Traits.Has(limit.trait) && !slices.Contains(limit.kinds, s.Kind) {
			return &Error{s.Pos, fmt.Sprintf("@%s does not limit a %s", limit.trait, s.Kind)}
		}
	}
	want := map[Kind][]string{KindList: {"member"}, KindMap: {"key", "value"}}[s.Kind]
	if want != nil {
		var got []string
		for _, member := range s.Members {
			got = append(got, member.Name)
		}
		if !slices.Equal(got, want) {
			return &Error{s.Pos, fmt.Sprintf("a %s has the members %v, %s has %v", s.Kind, want, s.Name, got)}
		}
	}
	if (s.Kind == KindEnum || s.Kind == KindUnion) && len(s.Members) == 0 {
		return &Error{s.Pos, fmt.Sprintf("%s %s has no members", s.Kind, s.Name)}
	}
	values := map[string]bool{}
	for _, member := range s.Members {
		if err := m.validateTraits(member.Traits, member.Pos); err != nil {
			return err
		}
		for _, limit := range limits {
			if member.Traits.Has(limit.trait) {
				return &Error{member.Pos, fmt.Sprintf("@%s limits a shape, not a member, in the subset", limit.trait)}
			}
		}
		if s.Kind == KindEnum {
			if values[member.Value] {
				return &Error{member.Pos, fmt.Sprintf("enum %s has the value %q twice", s.Name, member.Value)}
			}
			values[member.Value] = true
			continue
		}
		if err := m.wants(member.Pos, member.Target, ""); err != nil {
			return err
		}
	}
	return m.validateReferences(s)
}

func (m *Model) validateReferences(s *Shape) error {
	for _, name := range []string{s.Input, s.Output} {
		if name != "" {
			if err := m.wants(s.Pos, name, KindStructure); err != nil {
				return err
			}
		}
	}
	for _, name := range s.Errors {
		if err := m.wants(s.Pos, name, KindStructure); err != nil {
			return err
		}
		if !m.Shapes[name].Traits.Has("error") {
			return &Error{s.Pos, fmt.Sprintf("%s names %s, which is not an @error", s.Name, name)}
		}
	}
	for _, name := range s.Operations {
		if err := m.wants(s.Pos, name, KindOperation); err != nil {
			return err
		}
	}
	return nil
}

// wants checks that the shape is there; with kind "" it must be one that can be a value.
func (m *Model) wants(at Position, name string, kind Kind) error {
	target := m.Shapes[name]
	switch {
	case target == nil:
		return &Error{at, fmt.Sprintf("shape %s is not defined", name)}
	case kind == "" && (target.Kind == KindService || target.Kind == KindOperation):
		return &Error{at, fmt.Sprintf("%s is a %s and cannot be a value", name, target.Kind)}
	case kind != "" && target.Kind != kind:
		return &Error{at, fmt.Sprintf("%s is a %s, not a %s", name, target.Kind, kind)}
	}
	return nil
}

func (m *Model) validateTraits(traits Traits, at Position) error {
	for _, name := range slices.Sorted(maps.Keys(traits)) {
		if !preludeTraits[name] {
			if s := m.Shapes[name]; s == nil || !s.Traits.Has("trait") {
				return &Error{at, fmt.Sprintf("trait @%s is not defined", name)}
			}
		}
	}
	if traits.Has("pattern") {
		if traits.Text("pattern") == "" {
			return &Error{at, "@pattern has a text"}
		}
		if _, err := regexp.Compile(RE2(traits.Text("pattern"))); err != nil {
			return &Error{at, fmt.Sprintf("the pattern is not RE2: %v", err)}
		}
	}
	for _, name := range []string{"length", "range"} {
		if traits.Has(name) && !bounds(traits[name]) {
			return &Error{at, fmt.Sprintf("@%s has min and max, each a whole number", name)}
		}
		if b := traits.Bounds(name); b.Min != nil && b.Max != nil && *b.Min > *b.Max {
			return &Error{at, fmt.Sprintf("@%s: min %d is above max %d", name, *b.Min, *b.Max)}
		}
	}
	return nil
}

// bounds reports whether the value is that of a @length or @range.
func bounds(value any) bool {
	fields, _ := value.(map[string]any)
	for name, bound := range fields {
		if _, whole := bound.(int64); !whole || name != "min" && name != "max" {
			return false
		}
	}
	return len(fields) > 0
}

var unicodeEscape = regexp.MustCompile(`\\u([0-9A-Fa-f]{4})`)

// RE2 is the pattern in Go's syntax, for the whole value: \uXXXX escapes are written as Go knows them.
func RE2(pattern string) string {
	return `^(?:` + unicodeEscape.ReplaceAllString(pattern, `\x{$1}`) + `)$`
}

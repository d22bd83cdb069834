package conform

import (
	"math"
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"
	"unicode"

	"cosell/model/smithy"
)

// sampler makes values of the contract's shapes that break nothing.
type sampler struct {
	model  *smithy.Model
	inside []*smithy.Shape // structures that are being made: none is made within itself
}

// value returns a value with every member that can be there.
func (s sampler) value(shape *smithy.Shape) any {
	switch shape.Kind {
	case smithy.KindStructure:
		value := object{}
		s.inside = append(slices.Clip(s.inside), shape) //nolint:revive // of this copy, which its members get
		for _, m := range shape.Members {
			if target := s.model.Shapes[m.Target]; !s.recurs(target) {
				value[m.Name] = s.member(m.Name, target)
			}
		}
		return value
	case smithy.KindUnion:
		m := shape.Members[0]
		return object{m.Name: s.value(s.model.Shapes[m.Target])}
	case smithy.KindList:
		value := []any{}
		for range max(1, least(shape)) {
			value = append(value, s.value(s.model.Shapes[shape.Element().Target]))
		}
		return value
	case smithy.KindMap:
		return object{"key": s.value(s.model.Shapes[shape.Element().Target])}
	case smithy.KindEnum:
		return shape.Values()[0]
	case smithy.KindString:
		return sampleText(shape)
	case smithy.KindInteger, smithy.KindLong:
		if b := shape.Traits.Bounds("range"); b.Min != nil {
			return *b.Min
		}
		return 1
	case smithy.KindDouble:
		return 1.5
	case smithy.KindBoolean:
		return true
	case smithy.KindTimestamp:
		return "2030-01-02T03:04:05Z"
	}
	return nil
}

// member is value, and the catalog Sandbox for every member of that name.
func (s sampler) member(name string, shape *smithy.Shape) any {
	if name == "Catalog" {
		return catalog
	}
	return s.value(shape)
}

// recurs reports whether a shape holds one that is being made.
func (s sampler) recurs(shape *smithy.Shape) bool {
	if shape.Kind == smithy.KindList {
		shape = s.model.Shapes[shape.Element().Target]
	}
	return slices.Contains(s.inside, shape)
}

func least(shape *smithy.Shape) int64 {
	if b := shape.Traits.Bounds("length"); b.Min != nil {
		return *b.Min
	}
	return 0
}

func most(shape *smithy.Shape) int64 {
	if b := shape.Traits.Bounds("length"); b.Max != nil {
		return *b.Max
	}
	return math.MaxInt32
}

// sampleText returns a short string within the shape's limits.
func sampleText(shape *smithy.Shape) string {
	if only := shape.Traits.Strings("onlyAccepts"); len(only) > 0 {
		return only[0]
	}
	low, high := int(max(1, least(shape))), most(shape)
	pattern := shape.Traits.Text("pattern")
	if pattern == "" {
		return strings.Repeat("a", low)
	}
	re := regexp.MustCompile(smithy.RE2(pattern))
	parsed, err := syntax.Parse(re.String(), syntax.Perl)
	if err != nil {
		return ""
	}
	parsed = parsed.Simplify()
	for repeats := range 64 {
		if v := matching(parsed, repeats); len(v) >= low && int64(len(v)) <= high && re.MatchString(v) {
			return v
		}
	}
	return ""
}

// matching returns a string that an expression matches, with a number of repetitions where it allows them.
func matching(re *syntax.Regexp, repeats int) string {
	switch re.Op {
	case syntax.OpLiteral:
		return string(re.Rune)
	case syntax.OpCharClass:
		return classMember(re.Rune)
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		return "a"
	case syntax.OpStar:
		return strings.Repeat(matching(re.Sub[0], repeats), repeats)
	case syntax.OpPlus:
		return strings.Repeat(matching(re.Sub[0], repeats), max(1, repeats))
	case syntax.OpQuest:
		if repeats > 0 {
			return matching(re.Sub[0], repeats)
		}
	case syntax.OpCapture, syntax.OpAlternate:
		return matching(re.Sub[0], repeats)
	case syntax.OpConcat:
		var b strings.Builder
		for _, sub := range re.Sub {
			b.WriteString(matching(sub, repeats))
		}
		return b.String()
	}
	return ""
}

// classMember returns a readable member of a class of characters, which is given as pairs of bounds.
func classMember(pairs []rune) string {
	for _, preferred := range []rune{'a', '1', 'A', '-', '.', '/'} {
		for i := 0; i+1 < len(pairs); i += 2 {
			if pairs[i] <= preferred && preferred <= pairs[i+1] {
				return string(preferred)
			}
		}
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		for r := pairs[i]; r <= min(pairs[i+1], pairs[i]+unicode.MaxASCII); r++ {
			if unicode.IsPrint(r) {
				return string(r)
			}
		}
	}
	return string(pairs[:1])
}

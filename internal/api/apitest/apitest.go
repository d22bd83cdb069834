// Package apitest draws requests from the contract itself: right ones, and ones that are wrong in exactly
// one place. It knows nothing of the generated checks, so it can judge them.
package apitest

import (
	"cmp"
	"fmt"
	"iter"
	"maps"
	"math"
	"regexp"
	"slices"
	"strings"
	"time"

	"pgregory.net/rapid"

	"cosell/model/smithy"
)

// Source draws values of a model's shapes, as JSON holds them: map[string]any, []any, string, int64, nil.
type Source struct {
	Model *smithy.Model
	// Full draws every optional member; otherwise members are at times absent or null.
	Full bool

	// inside are the structures that are being drawn: none is drawn within itself.
	inside []*smithy.Shape
}

// Valid draws a value of the shape that breaks nothing.
func (s Source) Valid(shape string) *rapid.Generator[any] {
	return rapid.Custom(func(t *rapid.T) any { return s.draw(t, s.Model.Shapes[shape]) })
}

func (s Source) draw(t *rapid.T, shape *smithy.Shape) any {
	switch shape.Kind {
	case smithy.KindStructure:
		value := map[string]any{}
		s.inside = append(slices.Clip(s.inside), shape) //nolint:revive // of this copy, which its members get
		for _, m := range shape.Members {
			if s.recurs(s.Model.Shapes[m.Target]) {
				continue
			}
			if !m.Required() && !s.Full {
				switch rapid.IntRange(0, 3).Draw(t, m.Name+"?") {
				case 0:
					continue
				case 1:
					value[m.Name] = nil
					continue
				}
			}
			value[m.Name] = s.draw(t, s.Model.Shapes[m.Target])
		}
		return value
	case smithy.KindUnion:
		m := rapid.SampledFrom(shape.Members).Draw(t, shape.Name)
		return map[string]any{m.Name: s.draw(t, s.Model.Shapes[m.Target])}
	case smithy.KindList:
		value := make([]any, s.size(t, shape))
		for i := range value {
			value[i] = s.draw(t, s.Model.Shapes[shape.Element().Target])
		}
		return value
	case smithy.KindMap:
		value := map[string]any{}
		for i := range s.size(t, shape) {
			value[fmt.Sprint("key", i)] = s.draw(t, s.Model.Shapes[shape.Element().Target])
		}
		return value
	case smithy.KindEnum:
		return rapid.SampledFrom(append(shape.Values(), shape.Traits.Strings("alsoAccepts")...)).Draw(t, shape.Name)
	case smithy.KindString:
		return text(shape).Draw(t, shape.Name)
	case smithy.KindInteger:
		least, most := bounds(shape.Traits.Bounds("range"), math.MinInt32, math.MaxInt32)
		return rapid.Int64Range(least, most).Draw(t, shape.Name)
	case smithy.KindLong:
		return rapid.Int64().Draw(t, shape.Name)
	case smithy.KindDouble:
		return rapid.Float64().Draw(t, shape.Name)
	case smithy.KindBoolean:
		return rapid.Bool().Draw(t, shape.Name)
	case smithy.KindTimestamp:
		at := time.Unix(rapid.Int64Range(0, 4_000_000_000).Draw(t, shape.Name), 123_456_789).UTC()
		return at.Format(rapid.SampledFrom([]string{time.RFC3339, time.RFC3339Nano}).Draw(t, "precision"))
	}
	panic("apitest: no values for a " + string(shape.Kind))
}

// recurs reports whether a shape holds one that is being drawn.
func (s Source) recurs(shape *smithy.Shape) bool {
	if shape.Kind == smithy.KindList {
		shape = s.Model.Shapes[shape.Element().Target]
	}
	return slices.Contains(s.inside, shape)
}

// size is a small number of entries, now and then the most that is allowed.
func (s Source) size(t *rapid.T, shape *smithy.Shape) int {
	least, most := bounds(shape.Traits.Bounds("length"), 0, 3)
	if s.Full {
		least = max(least, 1)
	}
	if n := rapid.Int64Range(least, min(most, least+2)).Draw(t, "size"); n < least+2 {
		return int(n)
	}
	return int(min(most, 10))
}

// text draws a string within the shape's limits, often at their very edge.
func text(shape *smithy.Shape) *rapid.Generator[string] {
	if only := shape.Traits.Strings("onlyAccepts"); len(only) > 0 {
		return rapid.SampledFrom(only)
	}
	least, most := bounds(shape.Traits.Bounds("length"), 0, math.MaxInt32)
	if pattern := shape.Traits.Text("pattern"); pattern != "" {
		return rapid.StringMatching(smithy.RE2(pattern)).Filter(func(v string) bool {
			n := int64(len([]rune(v)))
			return least <= n && n <= most
		})
	}
	near := rapid.StringN(int(least), int(min(most, least+20)), -1)
	if most == math.MaxInt32 {
		return near
	}
	edge := rapid.Just(strings.Repeat("é", int(most)))
	return rapid.OneOf(near, near, edge)
}

// Breach is a value that is wrong in one place.
type Breach struct {
	Field string // as a violation names the place
	Code  string // the violation's code
	Value any
}

// Breaches breaks a valid value of the shape in every possible single way, one after the other.
func (s Source) Breaches(shape string, valid any) iter.Seq[Breach] {
	return func(yield func(Breach) bool) { s.breaches(s.Model.Shapes[shape], valid, "", yield) }
}

func (s Source) breaches(shape *smithy.Shape, value any, field string, yield func(Breach) bool) bool {
	switch shape.Kind {
	case smithy.KindStructure:
		return s.breakStructure(shape, value.(map[string]any), field, yield)
	case smithy.KindUnion:
		return s.breakUnion(shape, value.(map[string]any), field, yield)
	case smithy.KindList:
		return s.breakList(shape, value.([]any), field, yield)
	case smithy.KindMap:
		return s.breakMap(shape, value.(map[string]any), field, yield)
	case smithy.KindEnum:
		return yield(Breach{field, "INVALID_ENUM_VALUE", "no such value"})
	case smithy.KindString:
		return breakString(shape, value.(string), field, yield)
	case smithy.KindInteger:
		b := shape.Traits.Bounds("range")
		return (b.Min == nil || yield(Breach{field, "VALUE_OUT_OF_RANGE", *b.Min - 1})) &&
			(b.Max == nil || yield(Breach{field, "VALUE_OUT_OF_RANGE", *b.Max + 1}))
	}
	return true
}

func (s Source) breakStructure(shape *smithy.Shape, value map[string]any, field string, yield func(Breach) bool) bool {
	for _, m := range shape.Members {
		at := join(field, m.Name)
		if m.Required() {
			absent := maps.Clone(value)
			delete(absent, m.Name)
			if !yield(Breach{at, "REQUIRED_FIELD_MISSING", absent}) ||
				!yield(Breach{at, "REQUIRED_FIELD_MISSING", with(value, m.Name, nil)}) {
				return false
			}
		}
		if value[m.Name] == nil {
			continue
		}
		if !s.breaches(s.Model.Shapes[m.Target], value[m.Name], at, func(b Breach) bool {
			return yield(Breach{b.Field, b.Code, with(value, m.Name, b.Value)})
		}) {
			return false
		}
	}
	return true
}

func (s Source) breakUnion(shape *smithy.Shape, value map[string]any, field string, yield func(Breach) bool) bool {
	if !yield(Breach{field, "REQUIRED_FIELD_MISSING", map[string]any{}}) {
		return false
	}
	for _, m := range shape.Members {
		if value[m.Name] == nil {
			if !yield(Breach{field, "TOO_MANY_VALUES", with(value, m.Name, s.Valid(m.Target).Example(1))}) {
				return false
			}
			continue
		}
		if !s.breaches(s.Model.Shapes[m.Target], value[m.Name], join(field, m.Name), func(b Breach) bool {
			return yield(Breach{b.Field, b.Code, with(value, m.Name, b.Value)})
		}) {
			return false
		}
	}
	return true
}

func (s Source) breakList(shape *smithy.Shape, value []any, field string, yield func(Breach) bool) bool {
	element := shape.Element().Target
	b := shape.Traits.Bounds("length")
	if b.Min != nil && *b.Min > 0 && !yield(Breach{field, "NOT_ENOUGH_VALUES", []any{}}) {
		return false
	}
	if b.Max != nil {
		many := slices.Repeat([]any{s.Valid(element).Example(1)}, int(*b.Max)+1)
		if !yield(Breach{field, "TOO_MANY_VALUES", many}) {
			return false
		}
	}
	for i := range value {
		if !s.breaches(s.Model.Shapes[element], value[i], fmt.Sprintf("%s[%d]", field, i), func(b Breach) bool {
			broken := slices.Clone(value)
			broken[i] = b.Value
			return yield(Breach{b.Field, b.Code, broken})
		}) {
			return false
		}
	}
	return true
}

func (s Source) breakMap(shape *smithy.Shape, value map[string]any, field string, yield func(Breach) bool) bool {
	for key := range value {
		if !s.breaches(s.Model.Shapes[shape.Element().Target], value[key], field+"["+key+"]", func(b Breach) bool {
			return yield(Breach{b.Field, b.Code, with(value, key, b.Value)})
		}) {
			return false
		}
	}
	return true
}

func breakString(shape *smithy.Shape, value, field string, yield func(Breach) bool) bool {
	if shape.Traits.Has("onlyAccepts") {
		return yield(Breach{field, "INVALID_ENUM_VALUE", "Elsewhere"})
	}
	bad := func(v string) bool { return yield(Breach{field, "INVALID_STRING_FORMAT", v}) }
	pattern := shape.Traits.Text("pattern")
	re := regexp.MustCompile(smithy.RE2(cmp.Or(pattern, "(?s).*")))
	b := shape.Traits.Bounds("length")
	if b.Min != nil && *b.Min > 0 && !bad(strings.Repeat("é", int(*b.Min)-1)) {
		return false
	}
	if b.Max != nil {
		if long, ok := stretch(value, int(*b.Max)+1, re); ok && !bad(long) {
			return false
		}
	}
	if pattern != "" {
		for _, candidate := range []string{"\n\n\n\n", value + "\n", "!!!!"} {
			if !re.MatchString(candidate) {
				return bad(candidate)
			}
		}
	}
	return true
}

// stretch repeats one of the value's characters until it is n long, so that nothing but its length is wrong.
func stretch(value string, n int, re *regexp.Regexp) (string, bool) {
	runes := []rune(value)
	if len(runes) == 0 {
		runes = []rune("a")
	}
	for i := range runes {
		long := string(slices.Concat(runes[:i], slices.Repeat(runes[i:i+1], n-len(runes)+1), runes[i+1:]))
		if re.MatchString(long) {
			return long, true
		}
	}
	return "", false
}

func with(value map[string]any, name string, v any) map[string]any {
	changed := maps.Clone(value)
	changed[name] = v
	return changed
}

// join names a member the way recorded answers do: customer.account.awsAccountId.
func join(field, member string) string {
	name := strings.ToLower(member[:1]) + member[1:]
	if strings.ToUpper(member) == member {
		name = strings.ToLower(member)
	}
	if field == "" {
		return name
	}
	return field + "." + name
}

func bounds(b smithy.Bounds, least, most int64) (low, high int64) {
	if b.Min != nil {
		least = *b.Min
	}
	if b.Max != nil {
		most = *b.Max
	}
	return least, max(least, most)
}

package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"cosell/model"
	"cosell/model/smithy"
)

// maxListed is how many values of an enum a message lists before it only counts them.
const maxListed = 40

// checks writes one check per constrained shape that a request can hold.
func (g *generator) checks(s *text) error {
	for _, name := range g.model.Order {
		shape := g.model.Shapes[name]
		if !g.checked[name] || !g.constrained(name) {
			continue
		}
		switch shape.Kind {
		case smithy.KindStructure:
			g.checkStructure(s, shape)
			if shape.Traits.Has("alsoChecked") {
				g.check(s, shape)
			}
		case smithy.KindUnion:
			g.checkUnion(s, shape)
		case smithy.KindList, smithy.KindMap:
			if err := g.checkCollection(s, shape); err != nil {
				return err
			}
		case smithy.KindEnum:
			s.linef("func (v %s) check(c *api.Checker, at *api.Path) {\nif !v.accepted() {\n%s\n}\n}\n", name, enumRefusal(name, shape.Values()))
		case smithy.KindString:
			g.checkString(s, shape)
		case smithy.KindInteger:
			b := shape.Traits.Bounds("range")
			s.linef("func check%s(c *api.Checker, at *api.Path, v int32) { c.Between(at, v, %s, %s) }\n", name,
				bound(b.Min, "math.MinInt32"), bound(b.Max, "math.MaxInt32"))
		default:
			return fmt.Errorf("%s: no check is known for a constrained %s", shape.Pos, shape.Kind)
		}
	}
	return nil
}

// constrained reports whether some value of the shape's type can break the contract.
func (g *generator) constrained(name string) bool {
	return g.constrains(name, map[string]bool{})
}

func (g *generator) constrains(name string, seen map[string]bool) bool {
	shape := g.model.Shapes[name]
	if seen[name] {
		return false
	}
	seen[name] = true
	if slices.ContainsFunc([]string{"length", "range", "pattern", "onlyAccepts"}, shape.Traits.Has) {
		return true
	}
	if most, err := g.maxEntries(shape); most != nil || err != nil {
		return true
	}
	if shape.Kind == smithy.KindEnum || shape.Kind == smithy.KindUnion {
		return true
	}
	for _, m := range shape.Members {
		if m.Required() || g.constrains(m.Target, seen) {
			return true
		}
	}
	return false
}

func (g *generator) checkStructure(s *text, shape *smithy.Shape) {
	s.linef("func (s *%s) check(c *api.Checker, at *api.Path) {", shape.Name)
	for _, m := range shape.Members {
		g.checkMember(s, m)
	}
	s.linef("}\n")
}

func (g *generator) checkMember(s *text, m *smithy.Member) {
	at := fmt.Sprintf("&api.Path{Up: at, Name: %q}", fieldName(m.Name))
	present := "s." + goName(m.Name)
	if m.Traits.Has("explicitNull") {
		present += ".Value"
	}
	checked := g.constrained(m.Target)
	switch {
	case m.Required() && checked:
		s.linef("if %s == nil {\nc.Missing(%s)\n} else {\n%s\n}", present, at, g.call(m.Target, present, at, true))
	case m.Required():
		s.linef("if %s == nil {\nc.Missing(%s)\n}", present, at)
	case checked:
		s.linef("if %s != nil {\n%s\n}", present, g.call(m.Target, present, at, true))
	}
}

// call is the statement that checks a value; a member holds a pointer where a list holds the value itself.
func (g *generator) call(target, value, at string, member bool) string {
	switch g.model.Shapes[target].Kind {
	case smithy.KindStructure, smithy.KindUnion, smithy.KindEnum:
		return fmt.Sprintf("%s.check(c, %s)", value, at)
	case smithy.KindList, smithy.KindMap:
		return fmt.Sprintf("check%s(c, %s, %s)", target, at, value)
	}
	if member {
		value = "*" + value
	}
	return fmt.Sprintf("check%s(c, %s, %s)", target, at, value)
}

func (g *generator) checkUnion(s *text, shape *smithy.Shape) {
	var names []string
	s.linef("func (s *%s) check(c *api.Checker, at *api.Path) {\nset := 0", shape.Name)
	for _, m := range shape.Members {
		names = append(names, fieldName(m.Name))
		s.linef("if s.%s != nil {\nset++", goName(m.Name))
		if g.constrained(m.Target) {
			s.linef("%s", g.call(m.Target, "s."+goName(m.Name), fmt.Sprintf("&api.Path{Up: at, Name: %q}", fieldName(m.Name)), true))
		}
		s.linef("}")
	}
	s.linef("c.One(at, set, %q)\n}\n", strings.Join(names, ", "))
}

func (g *generator) checkCollection(s *text, shape *smithy.Shape) error {
	goType, err := g.goType(shape.Name)
	if err != nil {
		return err
	}
	most, err := g.maxEntries(shape)
	if err != nil {
		return err
	}
	b := shape.Traits.Bounds("length")
	s.linef("func check%s(c *api.Checker, at *api.Path, v %s) {", shape.Name, goType)
	if b.Min != nil || most != nil {
		s.linef("c.Count(at, len(v), %s, %s)", bound(b.Min, "0"), bound(most, "math.MaxInt"))
	}
	if element := shape.Element().Target; g.constrained(element) {
		if shape.Kind == smithy.KindMap {
			// Sorted, so that the same request always gets the same answer.
			s.linef("for _, k := range slices.Sorted(maps.Keys(v)) {\ne := v[k]\n%s\n}",
				g.call(element, "e", "&api.Path{Up: at, Key: &k}", false))
		} else {
			s.linef("for i := range v {\n%s\n}", g.call(element, "v[i]", "&api.Path{Up: at, Index: i}", false))
		}
	}
	s.linef("}\n")
	return nil
}

// maxEntries returns how many entries a list or map of a request may have: as the
// contract says, or the limit of [model.Limits]. It returns nil for other shapes.
func (g *generator) maxEntries(shape *smithy.Shape) (*int64, error) {
	if !g.checked[shape.Name] || shape.Kind != smithy.KindList && shape.Kind != smithy.KindMap {
		return nil, nil
	}
	if most := shape.Traits.Bounds("length").Max; most != nil {
		return most, nil
	}
	most, found := model.MaxEntries(shape.Name)
	if !found {
		return nil, fmt.Errorf("%s: the list %s has no maximum length: give it one in model/limits.go, with the reason", shape.Pos, shape.Name)
	}
	return &most, nil
}

func (g *generator) checkString(s *text, shape *smithy.Shape) {
	name, traits := shape.Name, shape.Traits
	if only := traits.Strings("onlyAccepts"); len(only) > 0 {
		s.linef("func check%s(c *api.Checker, at *api.Path, v string) {\nswitch v {\ncase %s:\ndefault:\nc.Value(at, %q)\n}\n}\n",
			name, quoteAll(only), enumMessage(name, only))
		return
	}
	pattern, b := traits.Text("pattern"), traits.Bounds("length")
	limited := b.Min != nil || b.Max != nil
	length := fmt.Sprintf("c.Length(at, v, %s, %s)", bound(b.Min, "0"), bound(b.Max, "math.MaxInt"))
	if pattern == "" {
		s.linef("func check%s(c *api.Checker, at *api.Path, v string) { %s }\n", name, length)
		return
	}
	variable := strings.ToLower(name[:1]) + name[1:] + "Pattern"
	s.linef("var %s = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(%q) })\n", variable, smithy.RE2(pattern))
	message := "must match the pattern " + pattern
	if expected := traits.Text("expects"); expected != "" {
		message = "must be " + expected
	}
	match := fmt.Sprintf("c.Pattern(at, v, %s, %q)", variable, message)
	s.linef("func check%s(c *api.Checker, at *api.Path, v string) {", name)
	if limited {
		s.linef("if %s {\n%s\n}\n}\n", length, match)
		return
	}
	s.linef("%s\n}\n", match)
}

// enumRefusal is the statement that refuses a value of an enum: with the whole list,
// or, where that is long, with the value that is nearest.
func enumRefusal(name string, values []string) string {
	if len(values) <= maxListed {
		return fmt.Sprintf("c.Value(at, %q)", enumMessage(name, values))
	}
	return fmt.Sprintf("api.OneOf(c, at, v, v.Values(), %q, %q)", enumMessage(name, values), example(values))
}

// example returns a value that readers know: that of the United States in lists of
// codes, otherwise the first.
func example(values []string) string {
	for _, known := range []string{"US", "USD"} {
		if slices.Contains(values, known) {
			return known
		}
	}
	return values[0]
}

func enumMessage(name string, values []string) string {
	if len(values) > maxListed {
		return fmt.Sprintf("must be one of the %d values of %s", len(values), name)
	}
	return "must be one of: " + strings.Join(values, ", ")
}

func bound(n *int64, open string) string {
	if n == nil {
		return open
	}
	return strconv.FormatInt(*n, 10)
}

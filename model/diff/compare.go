package diff

import (
	"cmp"
	"fmt"
	"maps"
	"regexp/syntax"
	"slices"
	"strconv"
	"strings"

	"cosell/model/smithy"
)

// Finding is one difference.
type Finding struct {
	Where string // such as "operation X", "structure X", "X$Member"
	What  string
}

// String puts place and difference on one line.
func (f Finding) String() string { return f.Where + ": " + f.What }

// Compare names what either model has that the other lacks or says differently, sorted by place. Traits
// of ours, and values we tolerate beyond the published ones, are no differences.
func Compare(ours, theirs *smithy.Model) []Finding {
	c := &comparison{ours: ours, theirs: theirs}
	for _, name := range union(c.named(ours), c.named(theirs)) {
		c.shape(name)
	}
	slices.SortFunc(c.findings, func(a, b Finding) int {
		return cmp.Or(strings.Compare(a.Where, b.Where), strings.Compare(a.What, b.What))
	})
	return c.findings
}

type comparison struct {
	ours, theirs *smithy.Model
	findings     []Finding
}

func (c *comparison) addf(where, format string, args ...any) {
	c.findings = append(c.findings, Finding{where, fmt.Sprintf(format, args...)})
}

// only reports what one side lacks and reports whether it did.
func (c *comparison) only(where string, ours, theirs bool) bool {
	switch {
	case ours && !theirs:
		c.addf(where, "only ours has it")
	case theirs && !ours:
		c.addf(where, "only theirs has it")
	}
	return ours != theirs
}

func (c *comparison) differ(where, what, ours, theirs string) {
	if ours != theirs {
		c.addf(where, "%s: ours %s, theirs %s", what, cmp.Or(ours, "none"), cmp.Or(theirs, "none"))
	}
}

// flags compares traits that are there or not.
func (c *comparison) flags(where string, ours, theirs smithy.Traits, names ...string) {
	for _, name := range names {
		if ours.Has(name) != theirs.Has(name) {
			c.addf(where, "%s: ours %t, theirs %t", name, ours.Has(name), theirs.Has(name))
		}
	}
}

func (c *comparison) named(m *smithy.Model) []string {
	return slices.DeleteFunc(slices.Clone(m.Order), func(name string) bool {
		s := m.Shapes[name]
		return s.Kind == smithy.KindService || s.Traits.Has("trait")
	})
}

func (c *comparison) shape(name string) {
	ours, theirs := c.ours.Shapes[name], c.theirs.Shapes[name]
	if ours == nil || theirs == nil {
		// A simple shape or list that only one side names is just a name: what it limits is compared
		// wherever it is used.
		if s := cmp.Or(ours, theirs); significant(s.Kind) {
			c.only(string(s.Kind)+" "+name, ours != nil, theirs != nil)
		}
		return
	}
	if ours.Kind != theirs.Kind {
		c.differ("shape "+name, "kind", string(ours.Kind), string(theirs.Kind))
		return
	}
	where := string(ours.Kind) + " " + name
	switch ours.Kind {
	case smithy.KindOperation:
		c.differ(where, "input", ours.Input, theirs.Input)
		c.differ(where, "output", ours.Output, theirs.Output)
		c.flags(where, ours.Traits, theirs.Traits, "idempotent")
		for _, e := range union(ours.Errors, theirs.Errors) {
			c.only(where+" error "+e, slices.Contains(ours.Errors, e), slices.Contains(theirs.Errors, e))
		}
	case smithy.KindEnum:
		c.flags(where, ours.Traits, theirs.Traits, "sensitive")
		c.enum(where, ours, theirs)
	case smithy.KindStructure, smithy.KindUnion:
		c.flags(where, ours.Traits, theirs.Traits, "sensitive")
		c.members(ours, theirs)
	default:
		c.limits(where, ours.Traits, theirs.Traits)
		if element := ours.Element(); element != nil && theirs.Element() != nil {
			c.target(where+" element", element, theirs.Element())
		}
	}
}

func significant(kind smithy.Kind) bool {
	switch kind {
	case smithy.KindOperation, smithy.KindStructure, smithy.KindUnion, smithy.KindEnum:
		return true
	}
	return false
}

func (c *comparison) enum(where string, ours, theirs *smithy.Shape) {
	known := append(ours.Values(), ours.Traits.Strings("alsoAccepts")...)
	for _, value := range union(ours.Values(), theirs.Values()) {
		c.only(fmt.Sprintf("%s value %q", where, value), slices.Contains(known, value),
			slices.Contains(theirs.Values(), value))
	}
}

func (c *comparison) members(ours, theirs *smithy.Shape) {
	for _, name := range union(memberNames(ours), memberNames(theirs)) {
		where := ours.Name + "$" + name
		mine, other := ours.Member(name), theirs.Member(name)
		if c.only(where, mine != nil, other != nil) {
			continue
		}
		c.flags(where, mine.Traits, other.Traits, "required", "idempotencyToken")
		c.target(where, mine, other)
	}
}

// target compares what two members hold. Shapes of one name are compared where they are defined.
func (c *comparison) target(where string, mine, other *smithy.Member) {
	ours, theirs := c.ours.Shapes[mine.Target], c.theirs.Shapes[other.Target]
	switch {
	case ours == nil || theirs == nil || significant(ours.Kind) || significant(theirs.Kind):
		c.differ(where, "type", mine.Target, other.Target)
	case ours.Kind != theirs.Kind:
		c.differ(where, "kind", string(ours.Kind), string(theirs.Kind))
	case mine.Target == other.Target && c.plain(mine) && c.plain(other) && !smithy.Prelude(mine.Target):
	default:
		c.limits(where, effective(ours, mine), effective(theirs, other))
		if mine.Target != other.Target && ours.Element() != nil && theirs.Element() != nil {
			c.target(where+" element", ours.Element(), theirs.Element())
		}
	}
}

var limiting = []string{"length", "range", "pattern"}

// plain reports whether the member adds no limits of its own to its target's.
func (c *comparison) plain(m *smithy.Member) bool {
	return !slices.ContainsFunc(limiting, m.Traits.Has)
}

// effective are the limits of a member: its own before those of its target.
func effective(s *smithy.Shape, m *smithy.Member) smithy.Traits {
	traits := maps.Clone(s.Traits)
	for _, name := range limiting {
		if m.Traits.Has(name) {
			traits[name] = m.Traits[name]
		}
	}
	return traits
}

func (c *comparison) limits(where string, ours, theirs smithy.Traits) {
	c.flags(where, ours, theirs, "sensitive")
	c.differ(where, "timestampFormat", ours.Text("timestampFormat"), theirs.Text("timestampFormat"))
	for _, name := range []string{"length", "range"} {
		c.differ(where, name, interval(ours.Bounds(name)), interval(theirs.Bounds(name)))
	}
	mine, other := ours.Text("pattern"), theirs.Text("pattern")
	if canonical(mine) != canonical(other) {
		c.differ(where, "pattern", mine, other)
	}
}

func interval(b smithy.Bounds) string {
	if b.Min == nil && b.Max == nil {
		return ""
	}
	text := func(n *int64) string {
		if n == nil {
			return ""
		}
		return strconv.FormatInt(*n, 10)
	}
	return text(b.Min) + ".." + text(b.Max)
}

// canonical brings patterns that differ only in notation to one text.
func canonical(pattern string) string {
	parsed, err := syntax.Parse(smithy.RE2(pattern), syntax.Perl)
	if err != nil {
		return pattern
	}
	return uncaptured(parsed).Simplify().String()
}

// uncaptured turns capturing groups into plain ones: what they capture is nobody's concern here.
func uncaptured(re *syntax.Regexp) *syntax.Regexp {
	for i, sub := range re.Sub {
		re.Sub[i] = uncaptured(sub)
	}
	if re.Op == syntax.OpCapture {
		return re.Sub[0]
	}
	return re
}

func memberNames(s *smithy.Shape) []string {
	names := make([]string, len(s.Members))
	for i, m := range s.Members {
		names[i] = m.Name
	}
	return names
}

func union(a, b []string) []string {
	return slices.Compact(slices.Sorted(slices.Values(slices.Concat(a, b))))
}

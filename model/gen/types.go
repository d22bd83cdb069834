package main

import (
	"fmt"
	"strings"
	"unicode"

	"cosell/model/smithy"
)

func (g *generator) types(s *text) error {
	for _, name := range g.model.Order {
		shape := g.model.Shapes[name]
		if shape.Traits.Has("trait") || shape.Kind != smithy.KindStructure && shape.Kind != smithy.KindUnion {
			continue
		}
		s.comment(shape)
		s.linef("type %s struct {", name)
		for _, m := range shape.Members {
			goType, err := g.memberType(m)
			if err != nil {
				return err
			}
			for text := range strings.Lines(m.Doc) {
				s.linef("// %s", strings.TrimRight(text, "\n"))
			}
			most, err := g.maxEntries(g.model.Shapes[m.Target])
			if err != nil {
				return err
			}
			tag := fmt.Sprintf("json:%q", m.Name+g.tagOptions())
			if most != nil {
				tag += fmt.Sprintf(" max:\"%d\"", *most) // for decoders, which refuse more before they decode it
			}
			if g.sensitive(m) {
				tag += ` sensitive:"true"` // for the audit, which hides its value
			}
			s.linef("%s %s `%s`", goName(m.Name), goType, tag)
		}
		s.linef("}\n")
	}
	return nil
}

// sensitive reports whether the value of a member, or each in it, is sensitive.
func (g *generator) sensitive(m *smithy.Member) bool {
	shape := g.model.Shapes[m.Target]
	if m.Traits.Has("sensitive") || shape == nil {
		return shape != nil
	}
	if shape.Traits.Has("sensitive") {
		return true
	}
	return (shape.Kind == smithy.KindList || shape.Kind == smithy.KindMap) && g.sensitive(shape.Element())
}

// tagOptions returns what the tag of a member says beside its name.
func (g *generator) tagOptions() string {
	if g.model.Service().Traits.Text("protocol") == json11 {
		return ",omitzero" // answers leave absent members out
	}
	return ""
}

func (g *generator) enums(s *text) error {
	for shape := range g.model.Each(smithy.KindEnum) {
		s.comment(shape)
		s.linef("type %s string\n", shape.Name)
		s.linef("// The values of %s.\nconst (", shape.Name)
		for _, m := range shape.Members {
			s.linef("%s %s = %q", constName(shape.Name, m), shape.Name, m.Value)
		}
		s.linef(")\n")
		extra := shape.Traits.Strings("alsoAccepts")
		if len(extra) > 0 {
			s.linef("// Values of %s taken on input beyond the published ones.\nconst (", shape.Name)
			for _, value := range extra {
				s.linef("%s %s = %q", toleratedName(shape.Name, value), shape.Name, value)
			}
			s.linef(")\n")
		}
		s.linef("// Values lists the published values of %s.", shape.Name)
		s.linef("func (%s) Values() []%s {\nreturn []%s{%s}\n}\n", shape.Name, shape.Name, shape.Name,
			strings.Join(constNames(shape), ", "))
		if g.checked[shape.Name] {
			names := constNames(shape)
			for _, value := range extra {
				names = append(names, toleratedName(shape.Name, value))
			}
			s.linef("func (v %s) accepted() bool {\nswitch v {\ncase %s:\nreturn true\n}\nreturn false\n}\n",
				shape.Name, strings.Join(names, ", "))
		}
	}
	return nil
}

// goName is the name of a member's field in Go, which must be exported: the wire spells a few in lower case.
func goName(member string) string { return strings.ToUpper(member[:1]) + member[1:] }

func constNames(enum *smithy.Shape) []string {
	var names []string
	for _, m := range enum.Members {
		names = append(names, constName(enum.Name, m))
	}
	return names
}

func toleratedName(enum, value string) string {
	words := strings.FieldsFunc(value, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	return enum + camel(strings.Join(words, "_"))
}

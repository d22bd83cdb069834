package main

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"cosell/model/smithy"
)

// tagAction is the action that every request with tags needs.
const tagAction = "TagResource"

// access writes what authorization needs to know of an operation.
func (g *generator) access(s *text, op *smithy.Shape) error {
	input := g.model.Shapes[op.Input]
	resources, err := g.resources(op, op, op.Traits.Text("resourceArn")+op.Traits.Text("sharedResourceArn"))
	if err != nil {
		return err
	}
	s.linef("Access: api.Access{\nNeeded: []api.NeededAction{")
	s.linef("{Action: %q, Resources: %s},", g.action(op.Name), resources)
	for _, needed := range op.Traits.Strings("dependentActions") {
		action, template, found := strings.Cut(needed, " ")
		if !found {
			return fmt.Errorf("%s: dependent action %q has no resource", op.Pos, needed)
		}
		of := g.model.Shapes[action]
		if of == nil && !strings.Contains(action, ":") {
			return fmt.Errorf("%s: dependent action %q is no operation", op.Pos, action)
		}
		resources, err := g.resources(op, of, template)
		if err != nil {
			return err
		}
		ifTagged := ""
		if action == tagAction {
			ifTagged = ", IfTagged: true"
		}
		s.linef("{Action: %q, Resources: %s%s},", g.action(action), resources, ifTagged)
	}
	tags := input.Member("Tags")
	if tags != nil && op.Name != tagAction && !slices.ContainsFunc(op.Traits.Strings("dependentActions"),
		func(needed string) bool { return strings.HasPrefix(needed, tagAction+" ") }) {
		s.linef("{Action: %q, Resources: %s, IfTagged: true},", g.action(tagAction), resources)
	}
	s.linef("},")
	if tags != nil {
		s.linef(`Tags: func(in api.Input) iter.Seq2[string, string] {
			return func(yield func(string, string) bool) {
				for _, tag := range in.(*%s).Tags {
					if !yield(api.Text(tag.Key), api.Text(tag.Value)) {
						return
					}
				}
			}
		},`, op.Input)
	}
	if input.Member("TagKeys") != nil {
		s.linef("TagKeys: func(in api.Input) []string { return in.(*%s).TagKeys },", op.Input)
	}
	g.conditionKeys(s, input)
	s.linef("},")
	return nil
}

// action is the action of an operation as policies write it.
func (g *generator) action(name string) string {
	if strings.Contains(name, ":") {
		return name
	}
	return g.model.Service().Traits.Text("iamPrefix") + ":" + name
}

func (g *generator) conditionKeys(s *text, input *smithy.Shape) {
	began := false
	for _, m := range input.Members {
		key := m.Traits.Text("conditionKey")
		if key == "" {
			continue
		}
		if !began {
			s.linef("Keys: map[string]func(api.Input) string{")
			began = true
		}
		s.linef("%q: func(in api.Input) string { return string(api.Value(in.(*%s).%s)) },", key, input.Name, m.Name)
	}
	if began {
		s.linef("},")
	}
}

var placeholder = regexp.MustCompile(`\{\w+\}`)

// resources returns the text of a function that makes the ARNs of a template for
// requests of op. of is the operation whose resource it is, nil for another service's.
func (g *generator) resources(op, of *smithy.Shape, template string) (string, error) {
	input := g.model.Shapes[op.Input]
	begin := fmt.Sprintf("func(account string, in api.Input) []string {\ns := in.(*%s)\n", op.Input)
	switch whole := placeholder.FindString(template); {
	case template == "" || template == "*":
		return "nil", nil
	case whole == template:
		return fmt.Sprintf("func(_ string, in api.Input) []string { return []string{api.Text(in.(*%s).%s)} }", op.Input, strings.Trim(whole, "{}")), nil
	case strings.HasPrefix(template, "arn:"):
		at := strings.LastIndexByte(template, '{')
		prefix, err := concatenation(input, template[:at])
		if list, member, nested := strings.Cut(strings.Trim(template[at:], "{}"), "."); nested {
			return begin + fmt.Sprintf("var all []string\nfor i := range s.%s {\nall = append(all, api.NameOrARN(%s, s.%s[i].%s)...)\n}\nreturn all\n}",
				list, prefix, list, member), err
		}
		return begin + fmt.Sprintf("return api.NameOrARN(%s, s.%s)\n}", prefix, strings.Trim(template[at:], "{}")), err
	}
	prefix := g.model.Service().Traits.Text("arnPrefix")
	if of.Traits.Has("sharedResourceArn") {
		prefix = strings.ReplaceAll(prefix, "{account}", "")
	}
	whole := prefix + template
	for _, m := range input.Members {
		if g.model.Shapes[m.Target] == nil || g.model.Shapes[m.Target].Kind != smithy.KindList || !strings.Contains(template, "{"+m.Name+"}") {
			continue
		}
		text, err := concatenation(input, strings.ReplaceAll(whole, "{"+m.Name+"}", "{*element}"))
		return begin + fmt.Sprintf("all := make([]string, len(s.%s))\nfor i := range all {\nall[i] = %s\n}\nreturn all\n}",
			m.Name, strings.ReplaceAll(text, "*element", "&s."+m.Name+"[i]")), err
	}
	text, err := concatenation(input, whole)
	if !strings.Contains(text, "s.") {
		begin = "func(account string, _ api.Input) []string {\n"
	}
	if !strings.Contains(text, "account") {
		begin = strings.Replace(begin, "account string", "_ string", 1)
	}
	return begin + "return []string{" + text + "}\n}", err
}

var parts = regexp.MustCompile(`\{\*?\w+\}|[^{}]+`)

// concatenation returns the text of an expression that fills in a template.
func concatenation(input *smithy.Shape, template string) (string, error) {
	var all []string
	for _, part := range parts.FindAllString(template, -1) {
		name := strings.Trim(part, "{}")
		member := input.Member(name)
		switch {
		case part == name:
			all = append(all, fmt.Sprintf("%q", part))
		case name == "account":
			all = append(all, "account")
		case name == "*element":
			all = append(all, "api.Identifier(*element)")
		case member == nil:
			return "", fmt.Errorf("%s: %s has no member %s, which an ARN has", input.Pos, input.Name, name)
		case name == "Catalog":
			all = append(all, "api.Text(s.Catalog)")
		case slices.Contains([]string{"Integer", "ResourceSnapshotRevision"}, member.Target):
			all = append(all, "api.Number(s."+name+")")
		default:
			all = append(all, "api.Identifier(s."+name+")")
		}
	}
	return strings.Join(all, " + "), nil
}

package main

import (
	"fmt"
	"maps"
	"slices"
)

// filled are the bodies of the operator API that the console has forms for, and what
// these refer to. Only a change of one of these makes the built console stale.
var filled = []string{
	"AccountProfile", "DirectoryEntry", "EngagementGroupFields", "MatchDecision", "Matching", "MatchingIssue",
	"ReferralRequest", "ReviewPolicy", "ReviewRule", "SolutionFields", "User",
}

// forms adds the shapes of the filled bodies. Their names begin with "operator:".
func (d *description) forms(shapes map[string]formShape) error {
	for _, name := range filled {
		s := d.Components.Schemas[name]
		if s == nil {
			return fmt.Errorf("the operator API does not describe %s", name)
		}
		d.form(shapes, operatorShape(name), s)
	}
	return nil
}

func operatorShape(name string) string { return "operator:" + name }

// form adds the shape of a schema, and those of what it holds, and returns its name.
func (d *description) form(shapes map[string]formShape, name string, s *schema) string {
	if s.Ref != "" {
		return operatorShape(s.name())
	}
	f := formShape{Kind: "string", Min: s.MinLength, Max: s.MaxLength}
	switch kind := s.kinds()[0]; {
	case len(s.Enum) > 0 && kind == "string":
		f = formShape{Kind: "enum"}
		for _, v := range s.Enum {
			if text, ok := v.(string); ok {
				f.Values = append(f.Values, text)
			}
		}
	case kind == "boolean", kind == "integer":
		f.Kind = kind
	case kind == "number":
		f.Kind = "double"
	case kind == "array" && s.Items != nil:
		f = formShape{Kind: "list", Element: d.form(shapes, name+".entry", s.Items)}
	case kind == "object" && len(s.Properties) > 0:
		f = formShape{Kind: "structure"}
		for _, member := range slices.Sorted(maps.Keys(s.Properties)) {
			inner := s.Properties[member]
			f.Members = append(f.Members, formMember{
				Name: member, Target: d.form(shapes, name+"."+member, inner), Doc: inner.Description, Required: slices.Contains(s.Required, member),
			})
		}
	case kind == "object":
		f.Kind = "map"
	}
	shapes[name] = f
	return name
}

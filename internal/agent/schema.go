package agent

import (
	"cmp"
	"strings"

	"cosell/model"
	"cosell/model/smithy"
)

// maxDepth is how deep schemas are told: filter trees contain themselves.
const maxDepth = 6

type object = map[string]any

// ofType returns the schema of a type.
func ofType(name string) object { return object{"type": name} }

const (
	typeObject = "object"
	typeString = "string"
)

// inputSchema returns the JSON Schema of the input of an operation.
func inputSchema(m *smithy.Model, input string) object {
	shape := m.Shapes[input]
	if shape == nil {
		return ofType(typeObject)
	}
	return schema(m, shape, 0)
}

// schema returns the JSON Schema of a shape.
func schema(m *smithy.Model, shape *smithy.Shape, depth int) object {
	switch shape.Kind {
	case smithy.KindStructure, smithy.KindUnion:
		return structure(m, shape, depth)
	case smithy.KindList:
		out := ofType(shape.Kind.JSONType())
		if depth < maxDepth {
			out["items"] = schema(m, m.Shapes[shape.Element().Target], depth+1)
		}
		limit(out, "minItems", "maxItems", entries(shape))
		return out
	case smithy.KindMap:
		out := ofType(shape.Kind.JSONType())
		if depth < maxDepth {
			out["additionalProperties"] = schema(m, m.Shapes[shape.Element().Target], depth+1)
		}
		limit(out, "minProperties", "maxProperties", entries(shape))
		return out
	case smithy.KindEnum:
		return object{"type": typeString, "enum": shape.Values()}
	case smithy.KindTimestamp:
		return object{"type": typeString, "format": "date-time"}
	default:
		return scalar(shape)
	}
}

// scalar returns the schema of a text, a number or a boolean.
func scalar(shape *smithy.Shape) object {
	out := ofType(shape.Kind.JSONType())
	if values := shape.Traits.Strings("onlyAccepts"); len(values) > 0 {
		out["enum"] = values
		return out
	}
	limit(out, "minLength", "maxLength", shape.Traits.Bounds("length"))
	limit(out, "minimum", "maximum", shape.Traits.Bounds("range"))
	// Unicode classes are left out: not every client's regular expressions have them. What is
	// expected is then in the description.
	if pattern := shape.Traits.Text("pattern"); pattern != "" && !strings.Contains(pattern, `\p{`) {
		out["pattern"] = "^(?:" + pattern + ")$"
	}
	return out
}

// entries returns how many entries a list or map may have.
func entries(shape *smithy.Shape) smithy.Bounds {
	bounds := shape.Traits.Bounds("length")
	if most, found := model.MaxEntries(shape.Name); found && bounds.Max == nil {
		bounds.Max = &most
	}
	return bounds
}

func limit(out object, least, most string, bounds smithy.Bounds) {
	if bounds.Min != nil {
		out[least] = *bounds.Min
	}
	if bounds.Max != nil {
		out[most] = *bounds.Max
	}
}

// description returns what a member holds, and in words what its pattern expects.
func description(member *smithy.Member, target *smithy.Shape) string {
	text := cmp.Or(member.Doc, target.Doc)
	expects := target.Traits.Text("expects")
	switch {
	case expects == "":
		return text
	case text == "":
		return "Must be " + expects + "."
	default:
		return text + " Must be " + expects + "."
	}
}

func structure(m *smithy.Model, shape *smithy.Shape, depth int) object {
	out := ofType(typeObject)
	if depth >= maxDepth {
		return out
	}
	properties, required := object{}, []string{}
	for _, member := range shape.Members {
		target := m.Shapes[member.Target]
		property := schema(m, target, depth+1)
		if text := description(member, target); text != "" {
			property["description"] = text
		}
		properties[member.Name] = property
		if member.Required() {
			required = append(required, member.Name)
		}
	}
	out["properties"], out["additionalProperties"] = properties, false
	if len(required) > 0 {
		out["required"] = required
	}
	return out
}

package agent

import (
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
		return out
	case smithy.KindEnum:
		return object{"type": typeString, "enum": shape.Values()}
	case smithy.KindTimestamp:
		return object{"type": typeString, "format": "date-time"}
	default:
		return ofType(shape.Kind.JSONType())
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
		if target.Doc != "" {
			property["description"] = target.Doc
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

// Package sensitive walks requests and answers, and replaces what AWS's model marks as
// sensitive.
package sensitive

import (
	"slices"

	"cosell/model/smithy"
)

// Masked stands for a text that is not shown.
const Masked = "***"

// plain are members that the model marks as sensitive although their values are
// checked against lists, and say nothing of a person.
var plain = []string{"CountryCode", "CurrencyCode", "StateOrRegion", "Catalog"}

// Text returns what stands for a text of a shape. Sensitive reports whether the model
// marks the text, or anything around it, as sensitive.
type Text func(shape *smithy.Shape, text string, sensitive bool) string

// Mask is the [Text] that shows only what is not sensitive.
func Mask(shape *smithy.Shape, text string, sensitive bool) string {
	if sensitive && shape.Kind != smithy.KindEnum {
		return Masked
	}
	return text
}

// Replace returns a decoded JSON value of a shape with other texts in place. Members
// that the model does not have are left out, since nothing says what they hold.
func Replace(m *smithy.Model, shape *smithy.Shape, value any, text Text) any {
	return replacer{m, text}.value(shape, value, false)
}

type replacer struct {
	model *smithy.Model
	text  Text
}

func (r replacer) value(shape *smithy.Shape, value any, sensitive bool) any {
	if shape == nil {
		return nil
	}
	sensitive = sensitive || shape.Traits.Has("sensitive")
	switch v := value.(type) {
	case map[string]any:
		return r.object(shape, v, sensitive)
	case []any:
		if shape.Kind != smithy.KindList {
			return nil
		}
		out := make([]any, len(v))
		for i, inner := range v {
			out[i] = r.value(r.model.Shapes[shape.Element().Target], inner, sensitive)
		}
		return out
	case string:
		return r.text(shape, v, sensitive)
	}
	return value
}

func (r replacer) object(shape *smithy.Shape, object map[string]any, sensitive bool) map[string]any {
	out := make(map[string]any, len(object))
	for name, inner := range object {
		if shape.Kind == smithy.KindMap {
			out[name] = r.value(r.model.Shapes[shape.Element().Target], inner, sensitive)
			continue
		}
		member := shape.Member(name)
		if member == nil {
			continue
		}
		if text, ok := inner.(string); ok && slices.Contains(plain, name) {
			out[name] = text
			continue
		}
		out[name] = r.value(r.model.Shapes[member.Target], inner, sensitive || member.Traits.Has("sensitive"))
	}
	return out
}

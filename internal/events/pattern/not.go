package pattern

import "github.com/go-json-experiment/json/jsontext"

// newNot reads anything-but: a string or number, a list of either, or one
// condition on text with a string or a list of strings.
func newNot(s *syntax) (condition, error) {
	switch s.kind {
	case jsontext.KindBeginObject:
		return newNotText(s)
	case jsontext.KindBeginArray:
		return newNotList(s)
	case jsontext.KindString, jsontext.KindNumber:
		return not{equal{s.value()}}, nil
	default:
		return nil, refuse(s, "Value of anything-but must be an array or single string/number value.")
	}
}

func newNotList(s *syntax) (condition, error) {
	if len(s.items) == 0 {
		return nil, refuse(s, "Empty arrays are not allowed")
	}
	list := make(not, len(s.items))
	for i := range s.items {
		item := &s.items[i]
		if !item.isString() && !item.isNumber() {
			return nil, refuse(item, "Inside anything but list, start|null|boolean is not supported.")
		}
		if item.kind != s.items[0].kind {
			return nil, refuse(item, "Inside anything but list, either all values are number or string, mixed type is not supported")
		}
		list[i] = equal{item.value()}
	}
	return list, nil
}

// newNotText reads an anything-but that holds a condition on text.
func newNotText(s *syntax) (condition, error) {
	if len(s.members) != 1 {
		return nil, refuse(s, "Only one key allowed in match expression")
	}
	name, inner := s.members[0].name, &s.members[0].value
	items := inner.items
	switch inner.kind {
	case jsontext.KindBeginObject:
		return nil, refuse(inner, "Value of anything-but must be an array or single string/number value.")
	case jsontext.KindBeginArray:
		if len(items) == 0 {
			return nil, refuse(inner, "Empty arrays are not allowed")
		}
	default:
		items = []syntax{*inner}
	}
	var list not
	for i := range items {
		c, err := newRefusedText(name, &items[i])
		if err != nil {
			return nil, err
		}
		list = append(list, c)
	}
	return list, nil
}

// newRefusedText reads one text that anything-but must not find.
func newRefusedText(name string, s *syntax) (condition, error) {
	switch name {
	case "prefix", "suffix":
		if !s.isString() {
			return nil, refuse(s, "prefix/suffix match pattern must be a string")
		}
		if s.text == "" {
			return nil, refuse(s, "Null prefix/suffix not allowed")
		}
	case "equals-ignore-case", "wildcard":
		if !s.isString() {
			return nil, refuse(s, "Inside anything-but/%s list, number|start|null|boolean is not supported.", name)
		}
	default:
		return nil, refuse(s, "Unsupported anything-but pattern: %s", name)
	}
	return conditionKinds[name](name, s)
}

package pattern

import (
	"net/netip"
	"strings"
)

// condition is one entry of the list that a pattern gives for a field.
type condition interface {
	// holds reports whether a value of the field meets the condition.
	holds(v *value) bool
}

// present is {"exists": true}.
type present struct{}

func (present) holds(*value) bool { return true }

// absent is {"exists": false}: no value stands at the field's path anywhere in
// the event, so it cannot be judged by one value.
type absent struct{}

func (absent) holds(*value) bool { return false }

// equal is a literal of the pattern. Numbers are equal by value: 300 is 3e2.
type equal struct{ value }

func (c equal) holds(v *value) bool {
	if c.kind == kindNumber && v.kind == kindNumber {
		return c.number == v.number
	}
	return c.kind == v.kind && c.text == v.text
}

// textTest is a condition on strings: prefix, suffix and their like.
type textTest func(text string) bool

func (c textTest) holds(v *value) bool { return v.kind == kindString && c(v.text) }

func hasPrefix(prefix string) textTest {
	return func(text string) bool { return strings.HasPrefix(text, prefix) }
}

func hasSuffix(suffix string) textTest {
	return func(text string) bool { return strings.HasSuffix(text, suffix) }
}

func equalFold(want string) textTest {
	return func(text string) bool { return strings.EqualFold(text, want) }
}

// hasPrefixFold compares as many runes as the prefix has, since upper and lower
// case of a letter may differ in bytes.
func hasPrefixFold(prefix string) textTest {
	length := len([]rune(prefix))
	return func(text string) bool {
		count := 0
		for i := range text {
			if count == length {
				return strings.EqualFold(text[:i], prefix)
			}
			count++
		}
		return strings.EqualFold(text, prefix)
	}
}

func hasSuffixFold(suffix string) textTest {
	length := len([]rune(suffix))
	return func(text string) bool {
		runes := []rune(text)
		return len(runes) >= length && strings.EqualFold(string(runes[len(runes)-length:]), suffix)
	}
}

// matchWildcard compares a string with literal parts between which any text may
// stand. It looks for each part once, leftmost first, so it takes linear time.
func matchWildcard(parts []string) textTest {
	first, last := parts[0], parts[len(parts)-1]
	return func(text string) bool {
		if len(parts) == 1 {
			return text == first
		}
		text, ok := strings.CutPrefix(text, first)
		if !ok {
			return false
		}
		for _, part := range parts[1 : len(parts)-1] {
			i := strings.Index(text, part)
			if i < 0 {
				return false
			}
			text = text[i+len(part):]
		}
		return strings.HasSuffix(text, last)
	}
}

// inNetwork is {"cidr": …}.
func inNetwork(network netip.Prefix) textTest {
	return func(text string) bool {
		address, err := netip.ParseAddr(text)
		return err == nil && address.Zone() == "" && network.Contains(address)
	}
}

// not is anything-but: a value of the field that meets none of the conditions.
type not []condition

func (c not) holds(v *value) bool {
	for _, refused := range c {
		if refused.holds(v) {
			return false
		}
	}
	return true
}

// bound is one end of a numeric range.
type bound struct {
	set       bool
	inclusive bool
	number    decimal
}

// numberRange is {"numeric": […]}.
type numberRange struct{ bottom, top bound }

func (c numberRange) holds(v *value) bool {
	if v.kind != kindNumber {
		return false
	}
	if c.bottom.set {
		if order := v.number.compare(c.bottom.number); order < 0 || order == 0 && !c.bottom.inclusive {
			return false
		}
	}
	if c.top.set {
		if order := v.number.compare(c.top.number); order > 0 || order == 0 && !c.top.inclusive {
			return false
		}
	}
	return true
}

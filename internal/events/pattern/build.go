package pattern

import (
	"net/netip"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// conditionKinds are the kinds of condition that an object in a field's list can
// be, by its only member's name.
var conditionKinds map[string]func(name string, s *syntax) (condition, error)

func init() { //nolint:gochecknoinits // anything-but holds conditions, so a literal would refer to itself
	conditionKinds = map[string]func(string, *syntax) (condition, error){
		"anything-but":       func(_ string, s *syntax) (condition, error) { return newNot(s) },
		"cidr":               newNetwork,
		"equals-ignore-case": newEqualFold,
		"exists":             newExists,
		"numeric":            newNumberRange,
		"prefix":             newPrefix,
		"suffix":             newSuffix,
		"wildcard":           newWildcard,
	}
}

func newCondition(s *syntax) (condition, error) {
	switch s.kind {
	case jsontext.KindBeginArray:
		return nil, refuse(s, "Match value must be String, number, true, false, or null")
	case jsontext.KindBeginObject:
	default:
		return equal{s.value()}, nil
	}
	if len(s.members) != 1 {
		return nil, refuse(s, "Only one key allowed in match expression")
	}
	m := &s.members[0]
	build, ok := conditionKinds[m.name]
	if !ok {
		return nil, refuse(s, "Unrecognized match type %s", m.name)
	}
	return build(m.name, &m.value)
}

func newExists(_ string, s *syntax) (condition, error) {
	switch s.kind {
	case jsontext.KindTrue:
		return present{}, nil
	case jsontext.KindFalse:
		return absent{}, nil
	default:
		return nil, refuse(s, "exists match pattern must be either true or false.")
	}
}

func newPrefix(name string, s *syntax) (condition, error) {
	return newAffix(name, s, hasPrefix, hasPrefixFold)
}

func newSuffix(name string, s *syntax) (condition, error) {
	return newAffix(name, s, hasSuffix, hasSuffixFold)
}

// newAffix reads a prefix or suffix: a string, or an object that asks to ignore
// its case.
func newAffix(name string, s *syntax, exact, fold func(string) textTest) (condition, error) {
	if len(s.members) == 1 && s.members[0].name == "equals-ignore-case" {
		if inner := &s.members[0].value; inner.isString() {
			return fold(inner.text), nil
		}
	}
	if !s.isString() {
		return nil, refuse(s, "%s match pattern must be a string", name)
	}
	return exact(s.text), nil
}

func newEqualFold(name string, s *syntax) (condition, error) {
	if !s.isString() {
		return nil, refuse(s, "%s match pattern must be a string", name)
	}
	return equalFold(s.text), nil
}

func newWildcard(name string, s *syntax) (condition, error) {
	if !s.isString() {
		return nil, refuse(s, "%s match pattern must be a string", name)
	}
	parts, err := wildcardParts(s)
	if err != nil {
		return nil, err
	}
	return matchWildcard(parts), nil
}

// wildcardParts returns the literal parts between the stars. A backslash escapes
// a star or a backslash. Positions in errors count the opening quote.
func wildcardParts(s *syntax) ([]string, error) {
	var parts []string
	var part strings.Builder
	for i := 0; i < len(s.text); i++ {
		switch c := s.text[i]; c {
		case '*':
			if strings.HasPrefix(s.text[i+1:], "*") {
				return nil, refuse(s, "Consecutive wildcard characters at pos %d", i+1)
			}
			parts = append(parts, part.String())
			part.Reset()
		case '\\':
			if i++; i == len(s.text) || s.text[i] != '*' && s.text[i] != '\\' {
				return nil, refuse(s, "Invalid escape character at pos %d", i)
			}
			part.WriteByte(s.text[i])
		default:
			part.WriteByte(c)
		}
	}
	return append(parts, part.String()), nil
}

func newNetwork(_ string, s *syntax) (condition, error) {
	if !s.isString() {
		// EventBridge names the wrong kind of condition here.
		return nil, refuse(s, "prefix match pattern must be a string")
	}
	address, bits, ok := strings.Cut(s.text, "/")
	if !ok || strings.Contains(bits, "/") {
		return nil, refuse(s, "Malformed CIDR, one '/' required")
	}
	length, err := strconv.Atoi(bits)
	if err != nil {
		return nil, refuse(s, "Malformed CIDR, mask bits must be an integer")
	}
	if length < 0 {
		return nil, refuse(s, "Malformed CIDR, mask bits must not be negative")
	}
	ip, err := netip.ParseAddr(address)
	if err != nil || ip.Zone() != "" {
		return nil, refuse(s, "Nonstandard IP address: %s", address)
	}
	if length >= ip.BitLen() {
		return nil, refuse(s, "IPv%d mask bits must be < %d", 4+2*(ip.BitLen()/128), ip.BitLen())
	}
	return inNetwork(netip.PrefixFrom(ip, length)), nil
}

// newNumberRange reads ["=", 5], [">", 0] or [">=", 0, "<", 5].
func newNumberRange(_ string, s *syntax) (condition, error) {
	if s.kind != jsontext.KindBeginArray {
		return nil, refuse(s, "Value of numeric must be an array.")
	}
	if len(s.items) == 0 || !s.items[0].isString() {
		return nil, refuse(s, "Invalid member in numeric match: %s", firstText(s))
	}
	var r numberRange
	rest := s.items
	operator, number, err := comparison(rest)
	if err != nil {
		return nil, err
	}
	rest = rest[2:]
	switch operator {
	case "=":
		r.bottom = bound{set: true, inclusive: true, number: number}
		r.top = r.bottom
	case ">", ">=":
		r.bottom = bound{set: true, inclusive: operator == ">=", number: number}
		if len(rest) == 0 {
			return r, nil
		}
		if r.top, err = upperBound(rest); err != nil {
			return nil, err
		}
		rest = nil
		if r.bottom.number.compare(r.top.number) >= 0 {
			return nil, refuse(s, "Bottom must be less than top")
		}
	case "<", "<=":
		r.top = bound{set: true, inclusive: operator == "<=", number: number}
	}
	if len(rest) > 0 {
		return nil, refuse(s, "Too many elements in numeric expression")
	}
	return r, nil
}

// upperBound reads the second comparison of a range, which must be the last.
func upperBound(items []syntax) (bound, error) {
	if !items[0].isString() {
		return bound{}, refuse(&items[0], "Bad value in numeric range: %s", items[0].text)
	}
	if items[0].text != "<" && items[0].text != "<=" {
		return bound{}, refuse(&items[0], "Bad numeric range operator: %s", items[0].text)
	}
	operator, number, err := comparison(items)
	if err == nil && len(items) > 2 {
		err = refuse(&items[2], "Too many terms in numeric range")
	}
	return bound{set: true, inclusive: operator == "<=", number: number}, err
}

// comparison reads an operator and its number from the front of a list.
func comparison(items []syntax) (operator string, number decimal, err error) {
	operator = items[0].text
	switch operator {
	case "=", "<", "<=", ">", ">=":
	default:
		return "", number, refuse(&items[0], "Unrecognized numeric range operator: %s", operator)
	}
	if len(items) < 2 || !items[1].isNumber() {
		name := operator
		if operator == "=" {
			name = "equals"
		}
		return "", number, refuse(&items[0], "Value of %s must be numeric", name)
	}
	return operator, parseDecimal(items[1].text), nil
}

func firstText(s *syntax) string {
	if len(s.items) == 0 {
		return "]"
	}
	return s.items[0].text
}

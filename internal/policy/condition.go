package policy

import (
	"bytes"
	"encoding/base64"
	"maps"
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// condition compares one key with values.
type condition struct {
	key      string // in lower case
	set      setOperator
	ifExists bool
	null     bool // the operator Null, which has no comparison
	negated  bool
	compare  comparison
	values   []pattern
	variable bool // values with variables are checked for each request
}

type setOperator uint8

const (
	noSet setOperator = iota
	forAll
	forAny
)

// comparison reports whether a request's value matches a policy's. It reports false for
// values it cannot read.
type comparison func(p pattern, value string, values Values) bool

type operatorInfo struct {
	compare comparison
	negated bool
	valid   func(value string) bool // of a value without variables
	want    string
}

var keyPattern = regexp.MustCompile(`^[a-zA-Z0-9-]{1,64}:[\w.:/=+@ -]{1,256}$`)

// operators are the condition operators by name, without set operators and IfExists.
var operators = func() map[string]operatorInfo {
	all := map[string]operatorInfo{
		"Bool": {compare: compareText(strings.EqualFold), valid: isBool, want: "true or false"},
		"Null": {valid: isBool, want: "true or false"},
		"BinaryEquals": {compare: compareText(func(a, b string) bool {
			x, err := base64.StdEncoding.DecodeString(a)
			y, err2 := base64.StdEncoding.DecodeString(b)
			return err == nil && err2 == nil && bytes.Equal(x, y)
		}), valid: func(s string) bool { _, err := base64.StdEncoding.DecodeString(s); return err == nil }, want: "base64"},
	}
	pair := func(positive, negative string, info operatorInfo) {
		all[positive] = info
		info.negated = true
		all[negative] = info
	}
	anything := func(string) bool { return true }
	pair("StringEquals", "StringNotEquals", operatorInfo{compare: compareText(func(a, b string) bool { return a == b }), valid: anything})
	pair("StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase", operatorInfo{compare: compareText(strings.EqualFold), valid: anything})
	pair("StringLike", "StringNotLike", operatorInfo{compare: like, valid: anything})
	arn := operatorInfo{compare: arnLike, valid: func(s string) bool { return s == "*" || strings.Count(s, ":") >= arnColons }, want: "an ARN"}
	pair("ArnEquals", "ArnNotEquals", arn)
	pair("ArnLike", "ArnNotLike", arn)
	pair("IpAddress", "NotIpAddress", operatorInfo{
		compare: compareText(inNetwork),
		valid:   func(s string) bool { _, ok := network(s); return ok }, want: "an address or a CIDR block, such as 203.0.113.0/24",
	})
	for suffix, holds := range map[string]func(order int) bool{
		"Equals": func(o int) bool { return o == 0 }, "LessThan": func(o int) bool { return o < 0 },
		"LessThanEquals": func(o int) bool { return o <= 0 }, "GreaterThan": func(o int) bool { return o > 0 },
		"GreaterThanEquals": func(o int) bool { return o >= 0 },
	} {
		numeric := operatorInfo{compare: ordered(number, holds), valid: func(s string) bool { _, ok := number(s); return ok }, want: "a number"}
		date := operatorInfo{
			compare: ordered(date, holds), valid: func(s string) bool { _, ok := date(s); return ok },
			want: "a date, such as 2026-11-28T00:00:00Z, or seconds since 1970",
		}
		if suffix == "Equals" {
			pair("NumericEquals", "NumericNotEquals", numeric)
			pair("DateEquals", "DateNotEquals", date)
			continue
		}
		all["Numeric"+suffix], all["Date"+suffix] = numeric, date
	}
	return all
}()

// conditions parses a Condition block. The conditions are in the order of their names.
func (p parser) conditions(v jsontext.Value, at string) ([]condition, error) {
	blocks, err := members(v, at)
	if err != nil {
		return nil, err
	}
	var all []condition
	for _, name := range slices.Sorted(maps.Keys(blocks)) {
		place := at + "." + name[:min(len(name), 80)]
		shape, info, err := parseOperator(name, place)
		if err != nil {
			return nil, err
		}
		keys, err := members(blocks[name], place)
		if err != nil {
			return nil, err
		}
		for _, key := range slices.Sorted(maps.Keys(keys)) {
			if !keyPattern.MatchString(key) {
				return nil, wrong(place, "has the key %.80q; must be prefix:name, such as partnercentral:Catalog", key)
			}
			c := shape
			c.key = strings.ToLower(key)
			if err := p.conditionValues(&c, info, keys[key], place+"."+key); err != nil {
				return nil, err
			}
			if all = append(all, c); len(all) > maxConditions {
				return nil, wrong(at, "has more than %d keys", maxConditions)
			}
		}
	}
	return all, nil
}

func members(v jsontext.Value, at string) (map[string]jsontext.Value, error) {
	if v.Kind() != '{' {
		return nil, wrong(at, "must be an object")
	}
	var all map[string]jsontext.Value
	if err := json.Unmarshal(v, &all); err != nil {
		return nil, wrong(at, "has a member twice, or is not JSON")
	}
	return all, nil
}

func parseOperator(name, at string) (c condition, info operatorInfo, err error) {
	base := name
	if rest, ok := strings.CutPrefix(base, "ForAllValues:"); ok {
		base, c.set = rest, forAll
	} else if rest, ok := strings.CutPrefix(base, "ForAnyValue:"); ok {
		base, c.set = rest, forAny
	}
	if rest, ok := strings.CutSuffix(base, "IfExists"); ok {
		base, c.ifExists = rest, true
	}
	info, ok := operators[base]
	c.null = base == "Null"
	if !ok || c.null && (c.ifExists || c.set != noSet) {
		return c, info, wrong(at, "is no condition operator; must be one such as StringEquals, ForAnyValue:StringLike or NumericLessThanIfExists")
	}
	c.compare, c.negated = info.compare, info.negated
	return c, info, nil
}

func (p parser) conditionValues(c *condition, info operatorInfo, v jsontext.Value, at string) error {
	values, err := texts(v, at, true)
	if err != nil {
		return err
	}
	for _, value := range values {
		if len(value) > maxText {
			return wrong(at, "has a value of %d bytes; must have at most %d", len(value), maxText)
		}
		compiled, err := compile(value, at, p.variables)
		if err != nil {
			return err
		}
		if !compiled.variables && !info.valid(value) {
			return wrong(at, "has the value %.80q; must be %s", value, info.want)
		}
		c.values = append(c.values, compiled)
		c.variable = c.variable || compiled.variables
	}
	return nil
}

// holds reports whether the request meets the condition of a statement that denies, or of
// one that allows.
func (c *condition) holds(values Values, denies bool) bool {
	given, exists := values(c.key)
	switch {
	case c.null:
		for _, v := range c.values {
			if text, _ := v.text(values); strings.EqualFold(text, "true") != exists {
				return true
			}
		}
		return false
	case !exists && c.ifExists:
		return true
	case !exists || len(given) == 0:
		// A negated operator holds for a key that is not there; ForAllValues holds for
		// no value, ForAnyValue for none.
		return c.set == forAll || c.set == noSet && c.negated
	case c.negated && !denies && !c.known(values):
		return false // what cannot be compared never widens access
	}
	// Without a set operator, one of several values is enough to match, and one is
	// enough to break a negated operator.
	all := c.set == forAll || c.set == noSet && c.negated
	for _, value := range given {
		if (c.matchesAny(value, values) != c.negated) != all {
			return !all
		}
	}
	return all
}

// known reports whether the request has values for all variables.
func (c *condition) known(values Values) bool {
	if !c.variable {
		return true
	}
	for _, v := range c.values {
		if _, ok := v.expand(values); !ok {
			return false
		}
	}
	return true
}

func (c *condition) matchesAny(value string, values Values) bool {
	for _, v := range c.values {
		if c.compare(v, value, values) {
			return true
		}
	}
	return false
}

func compareText(equal func(policy, request string) bool) comparison {
	return func(p pattern, value string, values Values) bool {
		text, ok := p.text(values)
		return ok && equal(text, value)
	}
}

func like(p pattern, value string, values Values) bool {
	parts, ok := p.expand(values)
	return ok && globFlat(parts, value)
}

const arnColons = 5

// arnLike compares the six parts of an ARN, each with wildcards.
func arnLike(p pattern, value string, values Values) bool {
	if len(p.parts) == 1 && p.parts[0].kind == any0 {
		return true
	}
	parts, ok := p.expand(values)
	if !ok || strings.Count(value, ":") < arnColons {
		return false
	}
	rest := parts
	for range arnColons {
		var segment []part
		var found bool
		if segment, rest, found = cutColon(rest); !found {
			return false
		}
		var head string
		if head, value, _ = strings.Cut(value, ":"); !globFlat(segment, head) {
			return false
		}
	}
	return globFlat(rest, value)
}

// cutColon cuts parts at the first colon.
func cutColon(parts []part) (before, after []part, found bool) {
	for i, p := range parts {
		if p.kind != literal {
			continue
		}
		if head, tail, ok := strings.Cut(p.text, ":"); ok {
			before = append(slices.Clone(parts[:i]), part{text: head})
			return before, append([]part{{text: tail}}, parts[i+1:]...), true
		}
	}
	return nil, nil, false
}

func ordered(parse func(string) (float64, bool), holds func(order int) bool) comparison {
	return func(p pattern, value string, values Values) bool {
		text, ok := p.text(values)
		if !ok {
			return false
		}
		want, ok := parse(text)
		got, ok2 := parse(value)
		if !ok || !ok2 {
			return false
		}
		order := 0
		switch {
		case got < want:
			order = -1
		case got > want:
			order = 1
		}
		return holds(order)
	}
}

var numberPattern = regexp.MustCompile(`^[-+]?[0-9]{1,30}(\.[0-9]{1,30})?$`)

func number(s string) (float64, bool) {
	if !numberPattern.MatchString(s) {
		return 0, false
	}
	n, err := strconv.ParseFloat(s, 64)
	return n, err == nil
}

// date reads the forms of ISO 8601 that IAM takes, or seconds since 1970.
func date(s string) (float64, bool) {
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04Z07:00", "2006-01-02", "2006-01", "2006"} {
		if t, err := time.Parse(layout, s); err == nil {
			return float64(t.UnixMilli()) / 1000, true //nolint:mnd // milliseconds in a second
		}
	}
	return number(s)
}

func isBool(s string) bool { return strings.EqualFold(s, "true") || strings.EqualFold(s, "false") }

func network(s string) (netip.Prefix, bool) {
	if p, err := netip.ParsePrefix(s); err == nil {
		return p.Masked(), true
	}
	a, err := netip.ParseAddr(s)
	if err != nil || a.Zone() != "" {
		return netip.Prefix{}, false
	}
	return netip.PrefixFrom(a, a.BitLen()), true
}

func inNetwork(block, address string) bool {
	p, ok := network(block)
	a, err := netip.ParseAddr(address)
	return ok && err == nil && (p.Contains(a) || p.Contains(a.Unmap()))
}

package pattern

import (
	_ "embed"
	"encoding/json"
	"errors"
	"strings"
	"testing"
)

// recordedCases are patterns, events and what EventBridge answered to
// TestEventPattern: match, no match, or refused with a reason.
//
//go:embed testdata/cases.json
var recordedCases []byte

type recordedCase struct {
	Name    string          `json:"name"`
	Expect  string          `json:"expect"`
	Reason  string          `json:"reason"`
	Pattern json.RawMessage `json:"pattern"`
	Event   json.RawMessage `json:"event"`
}

func recorded(t testing.TB) []recordedCase {
	t.Helper()
	var cases []recordedCase
	if err := json.Unmarshal(recordedCases, &cases); err != nil {
		t.Fatal(err)
	}
	return cases
}

func TestEventBridgeAnswersAlike(t *testing.T) {
	for _, c := range recorded(t) {
		t.Run(c.Name, func(t *testing.T) {
			p, err := Parse(string(c.Pattern))
			if c.Expect == "refused" {
				wantReason(t, err, c.Reason)
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if got, want := matches(t, p, string(c.Event)), c.Expect == "match"; got != want {
				t.Errorf("Match is %t, want %t", got, want)
			}
		})
	}
}

func wantReason(t *testing.T, err error, reason string) {
	t.Helper()
	refused, ok := errors.AsType[*SyntaxError](err)
	if !ok {
		t.Fatalf("Parse returned %v, want a refusal", err)
	}
	if refused.Reason != reason {
		t.Errorf("reason is %q, want %q", refused.Reason, reason)
	}
	if prefix := "Event pattern is not valid. Reason: " + reason + "\n at [Source: (String)\""; !strings.HasPrefix(err.Error(), prefix) {
		t.Errorf("message is %q", err)
	}
}

func matches(t *testing.T, p *Pattern, event string) bool {
	t.Helper()
	e, err := ParseEvent([]byte(event))
	if err != nil {
		t.Fatal(err)
	}
	return p.Match(e)
}

func TestMatch(t *testing.T) {
	for _, c := range []struct {
		name, pattern, event string
		want                 bool
	}{
		{"two fields of one element", `{"a":{"b":[1],"c":[2]}}`, `{"a":[{"b":1,"c":3},{"b":1,"c":2}]}`, true},
		{"two fields of different elements", `{"a":{"b":[1],"c":[2]}}`, `{"a":[{"b":1,"c":3},{"b":2,"c":2}]}`, false},
		{"two fields of different elements, joined by dots", `{"a.b":[1],"a.c":[2]}`, `{"a":[{"b":1,"c":3},{"b":2,"c":2}]}`, false},
		{"alternatives within one element", `{"a":{"b":[1],"$or":[{"c":[2]},{"d":[3]}]}}`, `{"a":[{"b":1},{"b":2,"c":2}]}`, false},
		{"an element of an inner array", `{"a":{"b":[1]}}`, `{"a":[[{"b":2}],[{"b":1}]]}`, true},
		{"a value of an inner array", `{"a":[1]}`, `{"a":[[2],[1]]}`, true},
		{"absent in one element, present in another", `{"a":{"b":[{"exists":false}]}}`, `{"a":[{"b":1},{"c":1}]}`, false},
		{"absent in every element", `{"a":{"b":[{"exists":false}]}}`, `{"a":[{"c":1},{"c":1}]}`, true},
		{"absent where the object around it is", `{"a":{"b":[{"exists":false}]}}`, `{"c":1}`, true},
		{"absent where an object stands", `{"a":[{"exists":false}]}`, `{"a":{"b":1}}`, true},
		{"absent where an empty array stands", `{"a":[{"exists":false}]}`, `{"a":[]}`, true},
		{"null is a value", `{"a":[{"exists":false}]}`, `{"a":null}`, false},
		{"one value that anything-but does not name", `{"a":[{"anything-but":["x"]}]}`, `{"a":["x","y"]}`, true},
		{"anything-but a number takes a string", `{"a":[{"anything-but":[1]}]}`, `{"a":"1"}`, true},
		{"a number in another notation", `{"a":[300]}`, `{"a":3e2}`, true},
		{"a number as text", `{"a":[300]}`, `{"a":"300"}`, false},
		{"large numbers that floats cannot tell apart", `{"a":[9007199254740993]}`, `{"a":9007199254740992}`, false},
		{"negative range", `{"a":[{"numeric":[">=",-2.5,"<",-1]}]}`, `{"a":-2.50}`, true},
		{"the open end of a range", `{"a":[{"numeric":[">=",-2.5,"<",-1]}]}`, `{"a":-1.0}`, false},
		{"zero is zero", `{"a":[{"numeric":["=",0]}]}`, `{"a":-0.0e5}`, true},
		{"a huge exponent", `{"a":[{"numeric":[">",1e999999999999]}]}`, `{"a":1}`, false},
		{"an escaped star", `{"a":[{"wildcard":"a\\**"}]}`, `{"a":"a*b"}`, true},
		{"an escaped star is a star", `{"a":[{"wildcard":"a\\**"}]}`, `{"a":"axb"}`, false},
		{"a wildcard's ends may not overlap", `{"a":[{"wildcard":"aba*aba"}]}`, `{"a":"ababa"}`, false},
		{"a star may stand for nothing", `{"a":[{"wildcard":"a*b"}]}`, `{"a":"ab"}`, true},
		{"prefix in another case and length", `{"a":[{"prefix":{"equals-ignore-case":"straße"}}]}`, `{"a":"STRAßE 1"}`, true},
		{"suffix in another case", `{"a":[{"suffix":{"equals-ignore-case":".PNG"}}]}`, `{"a":"x.png"}`, true},
		{"$or of one object is a field", `{"$or":[1,2]}`, `{"$or":2}`, true},
		{"true is not the text true", `{"a":[true]}`, `{"a":"true"}`, false},
		{"a later list replaces none of an earlier one", `{"a":[1],"b":[2]}`, `{"a":1,"b":3}`, false},
		{"mapped address in a network of version 4", `{"a":[{"cidr":"10.0.0.0/8"}]}`, `{"a":"::ffff:10.0.0.1"}`, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, err := Parse(c.pattern)
			if err != nil {
				t.Fatal(err)
			}
			if got := matches(t, p, c.event); got != c.want {
				t.Errorf("Match is %t, want %t", got, c.want)
			}
		})
	}
}

func TestParseRefuses(t *testing.T) {
	for _, c := range []struct{ pattern, reason string }{
		{`[]`, "Filter is not an object"},
		{`"a"`, "Filter is not an object"},
		{`{}`, "Empty objects are not allowed"},
		{`{"a":{}}`, "Empty objects are not allowed"},
		{`{"a":[]}`, "Empty arrays are not allowed"},
		{`{"a":[[1]]}`, "Match value must be String, number, true, false, or null"},
		{`{"a":[{}]}`, "Only one key allowed in match expression"},
		{`{"a":[{"prefix":"a","suffix":"b"}]}`, "Only one key allowed in match expression"},
		{`{"a":[{"like":"a"}]}`, "Unrecognized match type like"},
		{`{"a":[{"exists":"yes"}]}`, "exists match pattern must be either true or false."},
		{`{"a":[{"prefix":1}]}`, "prefix match pattern must be a string"},
		{`{"a":[{"numeric":[]}]}`, "Invalid member in numeric match: ]"},
		{`{"a":[{"numeric":[1]}]}`, "Invalid member in numeric match: 1"},
		{`{"a":[{"numeric":["~",1]}]}`, "Unrecognized numeric range operator: ~"},
		{`{"a":[{"numeric":["=","1"]}]}`, "Value of equals must be numeric"},
		{`{"a":[{"numeric":["=",1,"<",2]}]}`, "Too many elements in numeric expression"},
		{`{"a":[{"numeric":[">",1,2]}]}`, "Bad value in numeric range: 2"},
		{`{"a":[{"numeric":[">",1,">",2]}]}`, "Bad numeric range operator: >"},
		{`{"a":[{"numeric":[">",1,"<",2,3]}]}`, "Too many terms in numeric range"},
		{`{"a":[{"numeric":[">",2,"<",2]}]}`, "Bottom must be less than top"},
		{`{"a":[{"cidr":"10.0.0.0"}]}`, "Malformed CIDR, one '/' required"},
		{`{"a":[{"cidr":"10.0.0.0/32"}]}`, "IPv4 mask bits must be < 32"},
		{`{"a":[{"cidr":"::/128"}]}`, "IPv6 mask bits must be < 128"},
		{`{"a":[{"cidr":"10.0.0.0/-1"}]}`, "Malformed CIDR, mask bits must not be negative"},
		{`{"a":[{"wildcard":"a\\b"}]}`, "Invalid escape character at pos 2"},
		{`{"a":[{"wildcard":"a\\"}]}`, "Invalid escape character at pos 2"},
		{`{"a":[{"anything-but":[]}]}`, "Empty arrays are not allowed"},
		{`{"a":[{"anything-but":["a",1]}]}`, "Inside anything but list, either all values are number or string, mixed type is not supported"},
		{`{"a":[{"anything-but":true}]}`, "Value of anything-but must be an array or single string/number value."},
		{`{"a":[{"anything-but":{"cidr":"10.0.0.0/8"}}]}`, "Unsupported anything-but pattern: cidr"},
		{`{"a":[{"anything-but":{"prefix":[]}}]}`, "Empty arrays are not allowed"},
		{`{"a":[{"anything-but":{"prefix":"a","suffix":"b"}}]}`, "Only one key allowed in match expression"},
		{`{"$or":[{"a":[1]},{}]}`, "Empty objects are not allowed"},
	} {
		t.Run(c.pattern, func(t *testing.T) {
			_, err := Parse(c.pattern)
			wantReason(t, err, c.reason)
		})
	}
}

func TestParseBoundsPatterns(t *testing.T) {
	group := `[{"a":[1]},{"a":[2]}]`
	for name, text := range map[string]string{
		"too large":             `{"a":["` + strings.Repeat("x", MaxSize) + `"]}`,
		"too deep":              strings.Repeat(`{"a":`, maxDepth+1) + `[1]` + strings.Repeat("}", maxDepth+1),
		"too many combinations": `{"a":{"$or":` + group + `},` + strings.TrimSuffix(strings.Repeat(`"b":{"$or":`+group+`},`, 9), ",") + `}`,
		"cut off":               `{"a":[1`,
		"text behind":           `{"a":[1]} {"b":[1]}`,
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Parse(text)
			if _, ok := errors.AsType[*SyntaxError](err); !ok {
				t.Errorf("Parse returned %v, want a refusal", err)
			}
			if len(err.Error()) > 2*maxReported {
				t.Errorf("the message has %d bytes", len(err.Error()))
			}
		})
	}
}

func TestErrorNamesThePosition(t *testing.T) {
	_, err := Parse("{\n  \"a\": 42\n}")
	if want := "line: 2, column: 10]"; err == nil || !strings.HasSuffix(err.Error(), want) {
		t.Errorf("message is %v, want it to end in %q", err, want)
	}
}

func TestParseEventRefuses(t *testing.T) {
	for _, text := range []string{``, `[]`, `"a"`, `{"a":1} {}`, `{"a":`, strings.Repeat(`{"a":`, maxDepth+2) + `1` + strings.Repeat("}", maxDepth+2)} {
		if _, err := ParseEvent([]byte(text)); err == nil {
			t.Errorf("ParseEvent(%.20q) succeeded", text)
		}
	}
}

func FuzzMatch(f *testing.F) {
	for _, c := range recorded(f) {
		f.Add(string(c.Pattern), string(c.Event))
	}
	f.Add(`{"a":{"b":[{"exists":false}],"$or":[{"c":[1]},{"d":[2]}]}}`, `{"a":[{"b":1},{"c":1}]}`)
	f.Fuzz(func(t *testing.T, pattern, event string) {
		p, err := Parse(pattern)
		if err != nil {
			if _, ok := errors.AsType[*SyntaxError](err); !ok {
				t.Fatalf("Parse returned %v", err)
			}
			_ = err.Error()
			return
		}
		e, err := ParseEvent([]byte(event))
		if err != nil {
			return
		}
		first := p.Match(e)
		if second := p.Match(e); second != first {
			t.Error("two matches differ")
		}
	})
}

func BenchmarkMatch(b *testing.B) {
	p, err := Parse(`{"source":["aws.partnercentral-selling"],"detail-type":["Opportunity Created","Opportunity Updated"],"detail":{"catalog":["Sandbox"]}}`)
	if err != nil {
		b.Fatal(err)
	}
	event := []byte(`{"version":"0","id":"a1","detail-type":"Opportunity Created","source":"aws.partnercentral-selling",` +
		`"account":"111122223333","time":"2026-03-09T01:50:25Z","region":"us-east-1",` +
		`"resources":[],"detail":{"schemaVersion":"1","catalog":"Sandbox","opportunity":{"identifier":"O123"}}}`)
	b.Run("ParseAndMatch", func(b *testing.B) {
		for b.Loop() {
			e, err := ParseEvent(event)
			if err != nil || !p.Match(e) {
				b.Fatal("no match", err)
			}
		}
	})
	b.Run("Match", func(b *testing.B) {
		e, err := ParseEvent(event)
		if err != nil {
			b.Fatal(err)
		}
		for b.Loop() {
			if !p.Match(e) {
				b.Fatal("no match")
			}
		}
	})
}

package audit

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"github.com/go-json-experiment/json/jsontext"

	"cosell/internal/api"
	"cosell/internal/events/eventsapi"
)

// marked fills every text of a type: sensitive ones with a mark, others with "plain".
func marked(t reflect.Type, sensitive bool, depth int) any {
	const deepest = 7
	if depth > deepest {
		return nil
	}
	switch t.Kind() {
	case reflect.Pointer:
		return marked(t.Elem(), sensitive, depth)
	case reflect.Slice:
		if t.Elem().Kind() == reflect.Uint8 {
			return map[string]any{"free": "SENSITIVE"}
		}
		return []any{marked(t.Elem(), sensitive, depth+1)}
	case reflect.Map:
		return map[string]any{"key": marked(t.Elem(), sensitive, depth+1)}
	case reflect.Struct:
		if strings.HasPrefix(t.Name(), "Nullable[") {
			return marked(t.Field(0).Type, sensitive, depth)
		}
		all := map[string]any{"Unknown": "SENSITIVE"}
		for field := range t.Fields() {
			name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
			all[name] = marked(field.Type, sensitive || field.Tag.Get("sensitive") != "" || name == "Detail", depth+1)
		}
		return all
	case reflect.String:
		if sensitive {
			return "SENSITIVE"
		}
		return "plain"
	default:
		return 1
	}
}

func TestNothingSensitiveIsKept(t *testing.T) {
	for _, operations := range [][]api.Operation{api.Operations, eventsapi.Operations} {
		for _, op := range operations {
			in := reflect.TypeOf(op.NewInput())
			body, err := json.Marshal(marked(in, false, 0))
			if err != nil {
				t.Fatal(err)
			}
			kept := string(shown(redact(body, planOf(in))))
			if strings.Contains(kept, "SENSITIVE") || !json.Valid([]byte(kept)) {
				t.Errorf("%s: kept %s", op.Name, kept)
			}
			if len(kept) < maxContent && strings.Contains(string(body), `"plain"`) != strings.Contains(kept, `"plain"`) && kept != tooLarge {
				t.Errorf("%s: kept nothing: %s", op.Name, kept)
			}
		}
	}
}

func TestRedact(t *testing.T) {
	p := planOf(reflect.TypeFor[*api.CreateOpportunityRequest]())
	for name, c := range map[string]struct{ in, want string }{
		"identifiers stay":     {`{"Catalog":"AWS","ClientToken":"a"}`, `{"Catalog":"AWS","ClientToken":"a"}`},
		"sensitive values":     {`{"Customer":{"Account":{"CompanyName":"Secret Inc","Industry":"Retail"}}}`, `{"Customer":{"Account":{"CompanyName":"HIDDEN_DUE_TO_SECURITY_REASONS","Industry":"Retail"}}}`},
		"null is absent":       {`{"Catalog":"AWS","Customer":null}`, `{"Catalog":"AWS"}`},
		"unknown members":      {`{"Catalog":"AWS","Password":"x"}`, `{"Catalog":"AWS"}`},
		"an object for a text": {`{"Catalog":{"a":"x"}}`, `{"Catalog":"HIDDEN_DUE_TO_SECURITY_REASONS"}`},
		"a text for an object": {`{"Customer":"x"}`, `{"Customer":"HIDDEN_DUE_TO_SECURITY_REASONS"}`},
		"no JSON":              {`{"Catalog":`, ``},
		"nothing":              {``, ``},
		"large":                {`{"Tags":[` + strings.Repeat(`{"Key":"k","Value":"v"},`, 2000) + `{}]}`, tooLarge},
		"an escaped name":      {`{"Cat\u0061log":"AWS","ClientT\u006fkenX":"x"}`, `{"Cat\u0061log":"AWS"}`},
		"a sensitive one":      {`{"Customer":{"Account":{"Comp\u0061nyName":"Secret Inc"}}}`, `{"Customer":{"Account":{"Comp\u0061nyName":"HIDDEN_DUE_TO_SECURITY_REASONS"}}}`},
		"an escaped quote":     {`{"Catalog":"A\"}{","ClientToken":"\\"}`, `{"Catalog":"A\"}{","ClientToken":"\\"}`},
		"no UTF-8":             {"{\"Catalog\":\"\xff\"}", ``},
		"other letters":        {`{"Catalog":"ÄWS"}`, `{"Catalog":"ÄWS"}`},
		"a control character":  {"{\"Catalog\":\"\x01\"}", ``},
		"too deep":             {`{"Tags":` + strings.Repeat("[", 200) + strings.Repeat("]", 200) + `}`, ``},
		"what looks hidden":    {`{"Catalog":"*","Customer":{"Account":{"CompanyName":"*"}}}`, `{"Catalog":"\u002a","Customer":{"Account":{"CompanyName":"HIDDEN_DUE_TO_SECURITY_REASONS"}}}`},
		"… at a text's end":    {`{"Catalog":"\"*","ClientToken":"\\\"*","Customer":"x"}`, `{"Catalog":"\"*","ClientToken":"\\\"*","Customer":"HIDDEN_DUE_TO_SECURITY_REASONS"}`},
		"… behind a backslash": {`{"Catalog":"\\","ClientToken":"*"}`, `{"Catalog":"\\","ClientToken":"\u002a"}`},
		"no number":            {`{"Catalog":1.2.3}`, ``},
		"a line break":         {"{\"Catalog\":\n\"A\\nB\"}", `{"Catalog":"A\nB"}`},
	} {
		if got := string(shown(redact([]byte(c.in), p))); got != c.want {
			t.Errorf("%s: got %s, want %s", name, got, c.want)
		}
	}
}

// Names that callers choose are shown, whatever they are.
func TestRedactFreeNames(t *testing.T) {
	p := &plan{values: &plan{scalar: true}}
	const want = `{"\u002a":"\u002a","a":"HIDDEN_DUE_TO_SECURITY_REASONS"}`
	if got := string(shown(redact([]byte(`{"*":"*","a":{}}`), p))); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// slowly is what is shown of what redact returns, with a decoder of the library.
func slowly(value []byte, p *plan) []byte {
	d := jsontext.NewDecoder(bytes.NewReader(value))
	var walk func(dst []byte, p *plan) ([]byte, error)
	walk = func(dst []byte, p *plan) ([]byte, error) {
		kind := d.PeekKind()
		if p.hidden || kind == '{' && p.members == nil && p.values == nil || kind != '{' && kind != '[' && !p.scalar {
			return append(dst, `"`+Hidden+`"`...), d.SkipValue()
		}
		if kind != '{' && kind != '[' {
			value, err := d.ReadValue()
			return append(dst, value...), err
		}
		if _, err := d.ReadToken(); err != nil {
			return dst, err
		}
		dst = append(dst, byte(kind))
		first := len(dst)
		for d.PeekKind() != '}' && d.PeekKind() != ']' {
			inner := p
			var name []byte
			if kind == '{' {
				quoted, err := d.ReadValue()
				if err != nil {
					return dst, err
				}
				name = append(bytes.Clone(quoted), ':')
				text, err := jsontext.AppendUnquote(nil, quoted)
				if err != nil {
					return dst, err
				}
				if inner = p.values; p.members != nil {
					inner = p.members[string(text)]
				}
				if inner == nil || d.PeekKind() == 'n' {
					if err := d.SkipValue(); err != nil {
						return dst, err
					}
					continue
				}
			}
			if len(dst) > first {
				dst = append(dst, ',')
			}
			var err error
			if dst, err = walk(append(dst, name...), inner); err != nil {
				return dst, err
			}
		}
		_, err := d.ReadToken()
		return append(dst, byte(kind+2)), err // ASCII has the end of each two behind its beginning
	}
	kept, err := walk(nil, p)
	if err != nil {
		return nil
	}
	return kept
}

func FuzzRedact(f *testing.F) {
	f.Add([]byte(`{"Catalog":"AWS","Customer":{"Account":{"CompanyName":"x"}},"Tags":[{"Key":"a","Value":"b"}]}`))
	f.Add([]byte(`[[[`))
	f.Add([]byte(`{"Catalog":"*","ClientToken":"\"*","Customer":{"Account":"*"},"Tags":[{"Key":"*","Value":"\\\"*"},"*"]}`))
	f.Add([]byte(`{"Cat\u0061log" : "\"ü\u00e4", "Customer":null, "X":[{},[1e3,true,"\\"]], "Tags" : [ {"Key":1} , null ] }`))
	p := planOf(reflect.TypeFor[*api.CreateOpportunityRequest]())
	f.Fuzz(func(t *testing.T, body []byte) {
		kept := redact(body, p)
		if len(kept) > 0 && !json.Valid(kept) || bytes.ContainsAny(kept, "\n\r") {
			t.Errorf("%q: kept %q", body, kept)
		}
		if !jsontext.Value(body).IsValid() || len(body) > maxContent/2 || strings.Count(string(body), "[")+strings.Count(string(body), "{") > maxDepth {
			return
		}
		// The same but for how a text is written that would be taken for a hidden one.
		got, want := jsontext.Value(shown(kept)), jsontext.Value(slowly(body, p))
		if len(got) > 0 && len(want) > 0 && (got.Canonicalize() != nil || want.Canonicalize() != nil) || !bytes.Equal(got, want) {
			t.Errorf("%q: kept %q, shown %q, want %q", body, kept, got, want)
		}
	})
}

func TestOnlyOpenBodiesAreKeptAsTheyAre(t *testing.T) {
	for in, want := range map[any]bool{
		new(api.GetOpportunityRequest): true, new(api.CreateOpportunityRequest): false,
		new(eventsapi.PutEventsRequest): false, new(eventsapi.CreateConnectionRequest): false,
	} {
		if got := planOf(reflect.TypeOf(in)).open; got != want {
			t.Errorf("%T: %t", in, got)
		}
	}
	for body, want := range map[string]string{
		`{"Catalog": "AWS","Identifier":"O1"}`: `{"Catalog": "AWS","Identifier":"O1"}`,
		"{\"Catalog\":\n\"AWS\"}":              `{"Catalog":"AWS"}`,
	} {
		e := &Entry{recorder: new(Recorder)}
		if e.SetRequest([]byte(body), new(api.GetOpportunityRequest), true); string(e.Request) != want {
			t.Errorf("%s: %s", body, e.Request)
		}
		if e.SetRequest([]byte(`{"Password":"x","Catalog":"AWS"}`), new(api.GetOpportunityRequest), false); string(e.Request) != `{"Catalog":"AWS"}` {
			t.Errorf("unknown members: %s", e.Request)
		}
	}
}

func BenchmarkRedact(b *testing.B) {
	body := []byte(`{"Catalog":"AWS","ClientToken":"0123456789","Customer":{"Account":{"CompanyName":"Example Corp","Industry":"Retail","WebsiteUrl":"https://example.com","Address":{"CountryCode":"US","PostalCode":"98101","StateOrRegion":"Washington"}}},"LifeCycle":{"Stage":"Prospect","TargetCloseDate":"2027-01-01"},"Project":{"Title":"Some title of a project","CustomerBusinessProblem":"A problem that is long enough","DeliveryModels":["SaaS or PaaS"],"ExpectedCustomerSpend":[{"Amount":"100.00","CurrencyCode":"USD","Frequency":"Monthly","TargetCompany":"Example"}]},"OpportunityType":"Net New Business","PrimaryNeedsFromAws":["Co-Sell - Architectural Validation"]}`)
	p := planOf(reflect.TypeFor[*api.CreateOpportunityRequest]())
	b.ReportAllocs()
	for b.Loop() {
		redact(body, p)
	}
}

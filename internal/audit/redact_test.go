package audit

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"testing"

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
			kept := string(redact(body, planOf(in)))
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
		"a line break":         {"{\"Catalog\":\n\"A\\nB\"}", `{"Catalog":"A\nB"}`},
	} {
		if got := string(redact([]byte(c.in), p)); got != c.want {
			t.Errorf("%s: got %s, want %s", name, got, c.want)
		}
	}
}

func FuzzRedact(f *testing.F) {
	f.Add([]byte(`{"Catalog":"AWS","Customer":{"Account":{"CompanyName":"x"}},"Tags":[{"Key":"a","Value":"b"}]}`))
	f.Add([]byte(`[[[`))
	p := planOf(reflect.TypeFor[*api.CreateOpportunityRequest]())
	f.Fuzz(func(t *testing.T, body []byte) {
		kept := redact(body, p)
		if len(kept) > 0 && !json.Valid(kept) || bytes.ContainsAny(kept, "\n\r") {
			t.Errorf("%q: kept %q", body, kept)
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

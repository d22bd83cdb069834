package difference_test

import (
	"encoding/json"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"cosell/internal/api"
	"cosell/internal/api/apitest"
	"cosell/internal/difference"
	"cosell/model"
)

func TestDifferences(t *testing.T) {
	for name, c := range map[string]struct{ before, after, want string }{
		"the same":                      {`{"A":1}`, `{"A":1}`, ``},
		"a changed value":               {`{"A":1,"B":"x"}`, `{"A":1,"B":"y"}`, `{"path":"B","before":"x","after":"y"}`},
		"an inner member":               {`{"A":{"B":1,"C":[]}}`, `{"A":{"B":2,"C":[]}}`, `{"path":"A.B","before":1,"after":2}`},
		"a member that is set":          {`{"A":null}`, `{"A":"x"}`, `{"path":"A","after":"x"}`},
		"a member that is removed":      {`{"A":"x"}`, `{"A":null}`, `{"path":"A","before":"x"}`},
		"a member that is absent later": {`{"A":"x","B":1}`, `{"B":1}`, `{"path":"A","before":"x"}`},
		"members in another order":      {`{"A":1,"B":2}`, `{"B":3,"A":1}`, `{"path":"B","before":2,"after":3}`},
		"absent, null and empty":        {`{"A":null,"B":[],"C":{}}`, `{"A":[],"B":null}`, ``},
		"an object that is set":         {`{"A":null}`, `{"A":{"B":1,"C":null,"D":"x"}}`, `{"path":"A.B","after":1},{"path":"A.D","after":"x"}`},
		"an object that is removed":     {`{"A":{"B":1}}`, `{"A":null}`, `{"path":"A.B","before":1}`},
		"a list of texts":               {`{"A":["x","y"]}`, `{"A":["x","z"]}`, `{"path":"A","before":["x","y"],"after":["x","z"]}`},
		"an element is added":           {`{"A":[{"B":1}]}`, `{"A":[{"B":1},{"B":2}]}`, `{"path":"A[1]","after":{"B":2}}`},
		"the first element is removed":  {`{"A":[{"B":1},{"B":2}]}`, `{"A":[{"B":2}]}`, `{"path":"A[0]","before":{"B":1}}`},
		"an element is changed":         {`{"A":[{"B":1,"C":1},{"B":2,"C":1}]}`, `{"A":[{"B":1,"C":1},{"B":2,"C":3}]}`, `{"path":"A[1].C","before":1,"after":3}`},
		"an element with the same name": {`{"A":[{"Email":"a","B":1},{"Email":"b","B":1}]}`, `{"A":[{"Email":"b","B":2}]}`, `{"path":"A[0].B","before":1,"after":2},{"path":"A[0]","before":{"Email":"a","B":1}}`},
		"an element with another name":  {`{"A":[{"Email":"a"}]}`, `{"A":[{"Email":"b"}]}`, `{"path":"A[0]","before":{"Email":"a"},"after":{"Email":"b"}}`},
		"elements in another order":     {`{"A":[{"B":1},{"B":2}]}`, `{"A":[{"B":2},{"B":1}]}`, `{"path":"A","before":[{"B":1},{"B":2}],"after":[{"B":2},{"B":1}]}`},
		"another type":                  {`{"A":"x"}`, `{"A":{"B":1}}`, `{"path":"A","before":"x","after":{"B":1}}`},
		"quotes in texts":               {`{"A":"\"},{\\","B":1}`, `{"A":"\"},{\\","B":2}`, `{"path":"B","before":1,"after":2}`},
		"a number at the end":           {`{"A":1}`, `{"A":12}`, `{"path":"A","before":1,"after":12}`},
		"what is ignored":               {`{"Time":1,"A":{"Old":[1]}}`, `{"Time":2,"A":{"Old":[2]}}`, ``},
		"what is renamed":               {`{"Spend":[{"B":1}]}`, `{"Spend":[{"B":2}]}`, `{"path":"Project.Spend[0].B","before":1,"after":2}`},
		"an element with a name is new": {`{"A":[{"B":1}]}`, `{"A":[{"B":1,"Id":"x"}]}`, `{"path":"A[0].Id","after":"x"}`},
		"white space":                   {`{"A": 1, "B":[1 ]}`, `{"A":{"B":2},"B":[2]}`, `{"path":"A","before":1,"after":{"B":2}},{"path":"B","before":[1 ],"after":[2]}`},
		"a record that is no object":    {`[1]`, `{"A":2}`, `{"path":"","before":[1],"after":{"A":2}}`},
	} {
		options := difference.Options{Ignored: []string{"Time", "A.Old"}, Renamed: map[string]string{"Spend": "Project.Spend"}}
		if got := string(options.Append(nil, []byte(c.before), []byte(c.after))); got != c.want {
			t.Errorf("%s: %s to %s\n got %s\nwant %s", name, c.before, c.after, got, c.want)
		}
	}
	more := difference.Options{Prefix: "Summary."}.Append([]byte(`[{"path":"A"}`), []byte(`{"B":1}`), []byte(`{"B":2}`))
	if got, want := string(more), `[{"path":"A"},{"path":"Summary.B","before":1,"after":2}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

type change struct {
	Path          string
	Before, After any
}

func decoded(t rapid.TB, list []byte) (all []change) {
	t.Helper()
	if err := json.Unmarshal([]byte("["+string(list)+"]"), &all); err != nil {
		t.Fatal(err, string(list))
	}
	return all
}

// leaves collects what a record has under its paths; a list is one value.
func leaves(out map[string]string, path string, v any) {
	object, ok := v.(map[string]any)
	if !ok {
		if text, err := json.Marshal(v); err == nil && v != nil && string(text) != "[]" {
			out[path] = string(text)
		}
		return
	}
	for name, inner := range object {
		leaves(out, strings.TrimPrefix(path+"."+name, "."), inner)
	}
}

// What two opportunities differ in by a slow comparison is what is found, and nothing else.
func TestDifferencesOfOpportunities(t *testing.T) {
	m, err := model.Load()
	if err != nil {
		t.Fatal(err)
	}
	source := apitest.Source{Model: m}
	rapid.Check(t, func(t *rapid.T) {
		var documents [2][]byte
		var values [2]map[string]string
		for i := range documents {
			text, err := api.Marshal(source.Valid("GetOpportunityResponse").Draw(t, "opportunity"))
			if err != nil {
				t.Fatal(err)
			}
			var o api.GetOpportunityResponse
			if err := api.Unmarshal(text, &o); err != nil {
				t.Fatal(err)
			}
			if documents[i], err = api.Marshal(&o); err != nil {
				t.Fatal(err)
			}
			var v any
			if err := json.Unmarshal(documents[i], &v); err != nil {
				t.Fatal(err)
			}
			values[i] = map[string]string{}
			leaves(values[i], "", v)
		}
		differs := map[string]bool{}
		for i := range values {
			for path := range values[i] {
				differs[path] = values[0][path] != values[1][path]
			}
		}
		told := map[string]bool{}
		for _, c := range decoded(t, difference.Options{}.Append(nil, documents[0], documents[1])) {
			path, _, _ := strings.Cut(c.Path, "[")
			if told[path] = true; !differs[path] {
				t.Errorf("%s is told to differ: %v, %v", c.Path, c.Before, c.After)
			}
		}
		for path := range differs {
			if differs[path] && !told[path] {
				t.Errorf("%s is not told", path)
			}
		}
	})
}

func FuzzAppend(f *testing.F) {
	f.Add(`{"A":[{"Email":"a"},1],"B":{"C":"\""}}`, `{"A":[{"Email":"b"}],"B":null}`)
	f.Add(`{"A":`, `[`)
	f.Add(`"`, `{"A":"\\"}`)
	f.Fuzz(func(t *testing.T, before, after string) {
		out := difference.Options{}.Append(nil, []byte(before), []byte(after))
		if !json.Valid([]byte(before)) || !json.Valid([]byte(after)) {
			return // nothing to expect, but an end
		}
		if before == after && len(out) > 0 {
			t.Errorf("%s differs from itself: %s", before, out)
		}
		if !json.Valid([]byte("[" + string(out) + "]")) {
			t.Errorf("%s to %s: %s", before, after, out)
		}
	})
}

func BenchmarkAppend(b *testing.B) {
	before := []byte(`{"Catalog":"AWS","PrimaryNeedsFromAws":["Co-Sell - Deal Support"],"Customer":{"Account":{"Industry":"Manufacturing","OtherIndustry":null,"CompanyName":"Example Corp","WebsiteUrl":"www.example.com","Address":{"City":null,"PostalCode":"98101","StateOrRegion":"Washington","CountryCode":"US","StreetAddress":null},"Duns":null},"Contacts":[{"Email":"jane@example.com","FirstName":"Jane","LastName":"Roe","BusinessTitle":"CTO","Phone":"+12065550100"}]},"Project":{"Title":"Moving the warehouse to the cloud","CustomerBusinessProblem":"` + strings.Repeat("The warehouse is too slow. ", 40) + `","ExpectedCustomerSpend":[{"Amount":"1000","CurrencyCode":"USD","Frequency":"Monthly","TargetCompany":"AWS","EstimationUrl":null}]},"LifeCycle":{"Stage":"Qualified","NextSteps":null,"TargetCloseDate":"2027-03-01","ReviewStatus":"Pending Submission"},"LastModifiedDate":"2026-11-28T00:00:00.000Z"}`)
	after := []byte(strings.NewReplacer("Qualified", "Committed", "00.000Z", "01.000Z").Replace(string(before)))
	options := difference.Options{Ignored: []string{"LastModifiedDate", "LifeCycle.NextStepsHistory"}}
	var out []byte
	b.ReportAllocs()
	for b.Loop() {
		out = options.Append(out[:0], before, after)
	}
	if string(out) != `{"path":"LifeCycle.Stage","before":"Qualified","after":"Committed"}` {
		b.Fatal(string(out))
	}
}

package excerpt

import (
	"bytes"
	"errors"
	"testing"

	"pgregory.net/rapid"

	"cosell/internal/api"
	"cosell/internal/api/apitest"
	"cosell/model"
)

// searched is a summary as searches show it, which has objects in lists.
type searched struct {
	Project         *api.OpportunitySearchProject
	OpportunityTeam []api.OpportunitySearchTeamMember
	Id              *string
}

var (
	summaries = Of[api.OpportunitySummary]()
	rows      = Of[searched]("Id")
)

// decoded returns the summary and the row of an opportunity by decoding all of it.
func decoded(t rapid.TB, document []byte) string {
	t.Helper()
	var summary api.OpportunitySummary
	var row struct {
		Project         *api.OpportunitySearchProject
		OpportunityTeam []api.OpportunitySearchTeamMember
	}
	if err := errors.Join(api.Unmarshal(document, &summary), api.Unmarshal(document, &row)); err != nil {
		t.Fatal(err)
	}
	text, err := api.Marshal(&summary)
	if err != nil {
		t.Fatal(err)
	}
	rowText, err := api.Marshal(&row)
	if err != nil {
		t.Fatal(err)
	}
	return string(text) + string(rowText)
}

func excerpted(t rapid.TB, document []byte) string {
	t.Helper()
	got, err := summaries.Append(nil, string(document))
	if err != nil {
		t.Fatal(err)
	}
	if got, err = rows.Append(got, string(document)); err != nil {
		t.Fatal(err)
	}
	return string(got)
}

func TestExcerptIsWhatDecodingGives(t *testing.T) {
	m, err := model.Load()
	if err != nil {
		t.Fatal(err)
	}
	source := apitest.Source{Model: m}
	rapid.Check(t, func(t *rapid.T) {
		document, err := api.Marshal(source.Valid("GetOpportunityResponse").Draw(t, "opportunity"))
		if err != nil {
			t.Fatal(err)
		}
		var o api.GetOpportunityResponse
		if err := api.Unmarshal(document, &o); err != nil {
			t.Fatal(err)
		}
		if document, err = api.Marshal(&o); err != nil {
			t.Fatal(err)
		}
		if !summaries.read(string(document), new(values)) || !rows.read(string(document), new(values)) {
			t.Errorf("must be decoded: %s", document)
		}
		if got, want := excerpted(t, document), decoded(t, document); got != want {
			t.Errorf("got\n%s\nwant\n%s", got, want)
		}
	})
}

// An excerpt keeps nothing of the document before.
func TestExcerptIsUsedAgain(t *testing.T) {
	both := excerpted(t, []byte(`{"Id":"O1","LifeCycle":{"Stage":"Prospect"}}`)) + excerpted(t, []byte(`{"Catalog":"AWS"}`))
	want := decoded(t, []byte(`{"Id":"O1","LifeCycle":{"Stage":"Prospect"}}`)) + decoded(t, []byte(`{"Catalog":"AWS"}`))
	if both != want {
		t.Errorf("got\n%s\nwant\n%s", both, want)
	}
}

func TestOtherForms(t *testing.T) {
	for name, c := range map[string]struct {
		document string
		read     bool
	}{
		"empty":                       {`{}`, true},
		"members of a later version":  {`{"New":{"a":[1,{"Id":"x"}]},"Id":"O1","Newer":-1.5e3,"LifeCycle":{"New":true,"Stage":"Prospect"}}`, true},
		"objects that are null":       {`{"Customer":null,"LifeCycle":null,"Project":{"ExpectedContractDuration":null}}`, true},
		"quotes, brackets, escapes":   {`{"PartnerOpportunityIdentifier":"}]\",\\","Id":"\\\\\"","Arn":"日本\u0000"}`, true},
		"lists":                       {`{"Project":{"ExpectedCustomerSpend":[],"DeliveryModels":["]","SaaS or PaaS"]}}`, true},
		"objects in lists":            {`{"OpportunityTeam":[{"Email":"]","FirstName":"A"},{}],"Project":{"ExpectedCustomerSpend":[{"Amount":"1","New":[{}]}]}}`, true},
		"white space":                 {"{ \"Id\" : \"O1\",\n\"Project\": {\"DeliveryModels\": [ \"Other\" ]} }", false},
		"white space within a value":  {`{"Marketing":{"Channels":[ ]},"Id":"O1"}`, false},
		"another way to write a name": {`{"\u0049d":"O1"}`, false},
	} {
		t.Run(name, func(t *testing.T) {
			if got, want := excerpted(t, []byte(c.document)), decoded(t, []byte(c.document)); got != want {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
			if got := summaries.read(c.document, new(values)); got != c.read || rows.read(c.document, new(values)) != c.read {
				t.Errorf("read without decoding: %v, want %v", got, c.read)
			}
		})
	}
	for name, document := range map[string]string{
		"no text":             ``,
		"no object":           `[]`,
		"unfinished object":   `{"Id":"O1"`,
		"unfinished string":   `{"Id":"O1`,
		"unfinished escape":   `{"Id":"\"`,
		"no value":            `{"Id":}`,
		"no name":             `{:1}`,
		"no colon":            `{"Id"}`,
		"unfinished member":   `{"LifeCycle":{"Stage":"Prospect"`,
		"unfinished list":     `{"Project":{"DeliveryModels":["Other"`,
		"no comma in between": `{"Id":"O1""Arn":"x"}`,
	} {
		t.Run(name, func(t *testing.T) {
			if got, err := summaries.Append(nil, document); err == nil {
				t.Errorf("got %s", got)
			}
			if got, err := rows.Append(nil, document); err == nil {
				t.Errorf("got the row %s", got)
			}
		})
	}
}

func FuzzExcerpt(f *testing.F) {
	f.Add([]byte(`{"Catalog":"AWS","Id":"O1\\\"","LifeCycle":{"Stage":"Prospect","NextSteps":null},"Project":{"DeliveryModels":["Other"]}}`))
	f.Add([]byte(`{"Customer":{"Account":{"Address":{"City":"x"}}},"Project":{"ExpectedContractDuration":{"Term":"Months","Duration":"3"}}}`))
	f.Fuzz(func(t *testing.T, document []byte) {
		_, _ = summaries.Append(nil, string(document)) // no panic, whatever it is
		_, _ = rows.Append(nil, string(document))
		var o api.GetOpportunityResponse
		if api.Unmarshal(document, &o) != nil {
			return
		}
		stored, err := api.Marshal(&o)
		if err != nil || !bytes.HasPrefix(stored, []byte("{")) {
			return
		}
		if got, want := excerpted(t, stored), decoded(t, stored); got != want {
			t.Errorf("got\n%s\nwant\n%s", got, want)
		}
	})
}

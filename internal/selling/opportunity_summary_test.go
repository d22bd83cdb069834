package selling

import (
	"bytes"
	"testing"

	"pgregory.net/rapid"

	"cosell/internal/api"
	"cosell/internal/api/apitest"
	"cosell/internal/store"
	"cosell/model"
)

// decodedSummaries encodes a page the long way.
func decodedSummaries(t rapid.TB, next *string, documents ...[]byte) string {
	t.Helper()
	out := api.ListOpportunitiesResponse{OpportunitySummaries: make([]api.OpportunitySummary, len(documents)), NextToken: next}
	for i, document := range documents {
		if err := api.Unmarshal(document, &out.OpportunitySummaries[i]); err != nil {
			t.Fatal(err)
		}
	}
	text, err := api.Marshal(&out)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func summaries(t rapid.TB, next *string, documents ...[]byte) string {
	t.Helper()
	rows := make([]store.ListRow, len(documents))
	for i, document := range documents {
		rows[i].Document = string(document)
	}
	got, err := opportunitySummaries(rows, next)
	if err != nil {
		t.Fatal(err)
	}
	return string(got)
}

// cut says whether a document's summary needs no decoding.
func cut(document []byte) bool {
	c := cutter{text: string(document), found: new([summaryMembers]string)}
	return c.object(summaryExcerpt)
}

func TestSummariesAreWhatDecodingGives(t *testing.T) {
	m, err := model.Load()
	if err != nil {
		t.Fatal(err)
	}
	source := apitest.Source{Model: m}
	rapid.Check(t, func(t *rapid.T) {
		var documents [][]byte
		for range rapid.IntRange(0, 3).Draw(t, "opportunities") {
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
			if !cut(document) {
				t.Errorf("must be decoded: %s", document)
			}
			documents = append(documents, document)
		}
		next := rapid.SampledFrom([]*string{nil, new("a\"b<c")}).Draw(t, "token")
		if got, want := summaries(t, next, documents...), decodedSummaries(t, next, documents...); got != want {
			t.Errorf("got\n%s\nwant\n%s", got, want)
		}
	})
}

func TestSummaryOfOtherForms(t *testing.T) {
	for name, c := range map[string]struct {
		document string
		cut      bool
	}{
		"nothing":                     {`{}`, true},
		"members of a later version":  {`{"New":{"a":[1,{"Id":"x"}]},"Id":"O1","Newer":-1.5e3,"LifeCycle":{"New":true,"Stage":"Prospect"}}`, true},
		"objects that are null":       {`{"Customer":null,"LifeCycle":null,"Project":{"ExpectedContractDuration":null}}`, true},
		"what strings may hold":       {`{"PartnerOpportunityIdentifier":"}]\",\\","Id":"\\\\\"","Arn":"日本\u0000"}`, true},
		"lists":                       {`{"Project":{"ExpectedCustomerSpend":[],"DeliveryModels":["]","SaaS or PaaS"]}}`, true},
		"white space":                 {"{ \"Id\" : \"O1\",\n\"Project\": {\"DeliveryModels\": [ \"Other\" ]} }", false},
		"white space within a value":  {`{"Marketing":{"Channels":[ ]},"Id":"O1"}`, false},
		"another way to write a name": {`{"\u0049d":"O1"}`, false},
	} {
		t.Run(name, func(t *testing.T) {
			if got, want := summaries(t, nil, []byte(c.document)), decodedSummaries(t, nil, []byte(c.document)); got != want {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
			if got := cut([]byte(c.document)); got != c.cut {
				t.Errorf("cut: %v, want %v", got, c.cut)
			}
		})
	}
	for name, document := range map[string]string{
		"nothing at all":   ``,
		"no object":        `[]`,
		"an end too early": `{"Id":"O1"`,
		"a string no end":  `{"Id":"O1`,
		"an escape no end": `{"Id":"\"`,
		"no value":         `{"Id":}`,
		"no name":          `{:1}`,
		"no colon":         `{"Id"}`,
		"an inner no end":  `{"LifeCycle":{"Stage":"Prospect"`,
		"a list no end":    `{"Project":{"DeliveryModels":["Other"`,
	} {
		t.Run(name, func(t *testing.T) {
			if got, err := opportunitySummaries([]store.ListRow{{Document: document}}, nil); err == nil {
				t.Errorf("got %s", got)
			}
		})
	}
}

func FuzzSummary(f *testing.F) {
	f.Add([]byte(`{"Catalog":"AWS","Id":"O1\\\"","LifeCycle":{"Stage":"Prospect","NextSteps":null},"Project":{"DeliveryModels":["Other"]}}`))
	f.Add([]byte(`{"Customer":{"Account":{"Address":{"City":"x"}}},"Project":{"ExpectedContractDuration":{"Term":"Months","Duration":"3"}}}`))
	f.Fuzz(func(t *testing.T, document []byte) {
		_, _ = new(summarizer).append(nil, string(document)) // whatever it is, no panic
		var o api.GetOpportunityResponse
		if api.Unmarshal(document, &o) != nil {
			return
		}
		stored, err := api.Marshal(&o)
		if err != nil || !bytes.HasPrefix(stored, []byte("{")) {
			return
		}
		if got, want := summaries(t, nil, stored), decodedSummaries(t, nil, stored); got != want {
			t.Errorf("got\n%s\nwant\n%s", got, want)
		}
	})
}

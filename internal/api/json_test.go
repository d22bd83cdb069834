package api_test

import (
	"strings"
	"testing"

	"cosell/internal/api"
)

func TestMarshalPrintsAbsentMembersAsNull(t *testing.T) {
	got, err := api.Marshal(api.GetEngagementResponse{Id: new("eng-1"), CreatedAt: new(api.Timestamp(0))})
	want := `{"Id":"eng-1","Arn":null,"Title":null,"Description":null,"CreatedAt":"1970-01-01T00:00:00.000Z","CreatedBy":null,` +
		`"MemberCount":null,"ModifiedAt":null,"ModifiedBy":null,"Contexts":null}`
	if err != nil || string(got) != want {
		t.Errorf("got %s, %v", got, err)
	}
	got, err = api.Marshal(api.TagResourceResponse{})
	if err != nil || string(got) != "{}" {
		t.Errorf("got %s, %v", got, err)
	}
}

func TestUnmarshal(t *testing.T) {
	for _, c := range []struct {
		name, body string
		ok         bool
	}{
		{"OK", `{"Catalog":"AWS"}`, true},
		{"UnknownMember", `{"Catalog":"AWS","CreatedDate":"?"}`, true},
		{"NullIsAbsent", `{"Catalog":null}`, true},
		{"Duplicate", `{"Catalog":"AWS","Catalog":"Sandbox"}`, false},
		{"BadUTF8", "{\"Catalog\":\"\xff\"}", false},
		{"WrongType", `{"Catalog":1}`, false},
		{"WrongList", `{"Tags":{}}`, false},
		{"WrongTime", `{"LifeCycle":{"NextStepsHistory":[{"Time":1}]}}`, false},
		{"Trailing", `{} {}`, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			var in api.CreateOpportunityRequest
			if err := api.Unmarshal([]byte(c.body), &in); (err == nil) != c.ok {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestNullable(t *testing.T) {
	for _, c := range []struct {
		name, body string
		null       bool
		value      string
	}{
		{"Absent", `{}`, false, ""},
		{"Null", `{"ExpectedContractDuration":null}`, true, ""},
		{"Value", `{"ExpectedContractDuration":{"Term":"Months","Value":"12"}}`, false, "12"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var p api.Project
			if err := api.Unmarshal([]byte(c.body), &p); err != nil {
				t.Fatal(err)
			}
			var value string
			if p.ExpectedContractDuration.Value != nil {
				value = *p.ExpectedContractDuration.Value.Value
			}
			if p.ExpectedContractDuration.Null != c.null || value != c.value {
				t.Errorf("got %+v, value %q", p.ExpectedContractDuration, value)
			}
			written, err := api.Marshal(p)
			if err != nil || strings.Contains(string(written), `"ExpectedContractDuration":null`) != (c.value == "") {
				t.Errorf("written as %s, %v", written, err)
			}
		})
	}
	t.Run("LeavesNothingBehind", func(t *testing.T) {
		p := api.Project{ExpectedContractDuration: api.Nullable[api.ExpectedContractDuration]{Null: true}}
		if err := api.Unmarshal([]byte(`{"ExpectedContractDuration":{"Term":"Months"}}`), &p); err != nil || p.ExpectedContractDuration.Null {
			t.Errorf("got %+v, %v", p.ExpectedContractDuration, err)
		}
	})
}

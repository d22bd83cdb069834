package authorization_test

import (
	"strings"
	"testing"

	"cosell/internal/api"
)

// TestBypasses sees that no way to write a request gets around a deny, and none to write a
// policy allows more than it says.
func TestBypasses(t *testing.T) {
	const own = "arn:aws:partnercentral:us-east-1:111122223333:catalog/AWS/"
	deny := func(action, resource string) string {
		return `{"Effect":"Deny","Action":"` + action + `","Resource":"` + resource + `"}`
	}
	allow := func(action, resource string) string {
		return `{"Effect":"Allow","Action":"` + action + `","Resource":"` + resource + `"}`
	}
	for _, c := range []struct {
		name            string
		statements      []string
		operation, body string
		allowed         bool
	}{
		{"a deny in another case", []string{full, deny("PartnerCentral:GETopportunity", "*")}, "GetOpportunity", `{"Catalog":"AWS","Identifier":"O1"}`, false},
		{"a deny with wildcards", []string{full, deny("partnercentral:?etOpp*", own+"*")}, "GetOpportunity", `{"Catalog":"AWS","Identifier":"O1"}`, false},
		{"an allow in another case", []string{allow("PARTNERCENTRAL:getopportunity", "*")}, "GetOpportunity", `{"Catalog":"AWS","Identifier":"O1"}`, true},
		{"a resource in another case", []string{allow("partnercentral:GetOpportunity", own+"opportunity/o1")}, "GetOpportunity", `{"Catalog":"AWS","Identifier":"O1"}`, false},
		{"a deny of one opportunity, which is named by its ARN", []string{full, deny("partnercentral:*", own+"opportunity/O1")}, "GetAwsOpportunitySummary", `{"Catalog":"AWS","RelatedOpportunityIdentifier":"` + own + `opportunity/O1"}`, false},
		{"by the ARN of another catalog", []string{full, deny("partnercentral:*", own+"opportunity/O1")}, "GetAwsOpportunitySummary", `{"Catalog":"AWS","RelatedOpportunityIdentifier":"arn:aws:partnercentral:us-east-1:111122223333:catalog/Sandbox/opportunity/O1"}`, false},
		{"a wildcard that the request has", []string{allow("partnercentral:GetOpportunity", own+"opportunity/O1")}, "GetOpportunity", `{"Catalog":"AWS","Identifier":"*"}`, false},
		{"a variable that the request has", []string{allow("partnercentral:GetOpportunity", own+"opportunity/${aws:username}")}, "GetOpportunity", `{"Catalog":"AWS","Identifier":"${aws:username}"}`, false},
		{"a variable without a value", []string{allow("partnercentral:GetOpportunity", own+"opportunity/${aws:PrincipalTag/deal}")}, "GetOpportunity", `{"Catalog":"AWS","Identifier":""}`, false},
		{"a variable without a value in what is excepted", []string{`{"Effect":"Allow","Action":"*","NotResource":"` + own + `opportunity/${aws:PrincipalTag/deal}"}`}, "GetOpportunity", `{"Catalog":"AWS","Identifier":"O1"}`, false},
		{"a prefix of an identifier", []string{allow("partnercentral:GetOpportunity", own+"opportunity/O1")}, "GetOpportunity", `{"Catalog":"AWS","Identifier":"O12"}`, false},
		{"a star does not reach into the account", []string{allow("partnercentral:GetOpportunity", "arn:aws:partnercentral:*:444455556666:catalog/AWS/opportunity/*")}, "GetOpportunity", `{"Catalog":"AWS","Identifier":"O1"}`, false},
		{"a path in an identifier", []string{full, deny("partnercentral:*", own+"opportunity/O1")}, "GetOpportunity", `{"Catalog":"AWS","Identifier":"arn:x/O1"}`, false},
		{"letters that look alike", []string{allow("partnercentral:GetOpportunity", own+"opportunity/О1")}, "GetOpportunity", `{"Catalog":"AWS","Identifier":"O1"}`, false},
		{"a catalog in another case", []string{`{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"StringEquals":{"partnercentral:Catalog":"Sandbox"}}}`}, "GetOpportunity", `{"Catalog":"sandbox","Identifier":"O1"}`, false},
		{"a step of a task that is denied", []string{full, deny("partnercentral:SubmitOpportunity", "*")}, "StartEngagementFromOpportunityTask", `{"Catalog":"AWS","Identifier":"O1"}`, false},
		{"a step that is denied on the opportunity alone", []string{full, deny("partnercentral:SubmitOpportunity", own+"opportunity/O1")}, "StartEngagementFromOpportunityTask", `{"Catalog":"AWS","Identifier":"O1"}`, false},
		{"the tags of a created record", []string{full, deny("partnercentral:TagResource", "*")}, "CreateOpportunity", `{"Catalog":"AWS","Tags":[{"Key":"a","Value":"b"}]}`, false},
		{"NotAction leaves no hole for another service", []string{`{"Effect":"Allow","NotAction":"partnercentral:*","Resource":"*"}`}, "GetOpportunity", `{"Catalog":"AWS","Identifier":"O1"}`, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			alice := w.user(t, "alice", nil, statements(c.statements...))
			if err := w.check(t, alice, api.Operations, c.operation, c.body); (err == nil) != c.allowed {
				t.Errorf("got %v, want allowed %t", err, c.allowed)
			}
		})
	}
}

// TestAttackLongHeaderInConditions sees that the time which a caller's own session policy and
// headers take together is bounded, and that what is not compared allows nothing.
func TestAttackLongHeaderInConditions(t *testing.T) {
	w := newWorld(t)
	slow := "*" + strings.Repeat("?a", 1000) + "b"
	for name, c := range map[string]struct {
		statement string
		allowed   bool // with a header of any length
	}{
		"an allow that asks":  {`{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"StringLike":{"aws:UserAgent":"*"}}}`, false},
		"a deny that asks":    {full + `,{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"StringLike":{"aws:Referer":"` + slow + `"}}}`, false},
		"one that is negated": {`{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"StringNotLike":{"aws:UserAgent":"` + slow + `"}}}`, false},
		"nothing asks":        {full, true},
	} {
		alice := w.user(t, "alice", nil, statements(c.statement))
		r := request()
		r.Header.Set("User-Agent", strings.Repeat("a", 30<<10))
		r.Header.Set("Referer", strings.Repeat("a", 30<<10))
		op, _ := api.Lookup("GetOpportunity")
		if err := w.Check(t.Context(), r, alice, op, &api.GetOpportunityRequest{Catalog: new("AWS"), Identifier: new("O1")}); (err == nil) != c.allowed {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// BenchmarkCheck is what a policy of ten statements costs a request.
func BenchmarkCheck(b *testing.B) {
	w := newWorld(b)
	var all []string
	for range 9 {
		all = append(all, `{"Effect":"Allow","Action":"partnercentral:List*","Resource":"*","Condition":{"StringEquals":{"partnercentral:Catalog":["AWS","Sandbox"]}}}`)
	}
	all = append(all, `{"Effect":"Allow","Action":"partnercentral:GetOpportunity","Resource":"arn:aws:partnercentral:*:*:catalog/*/opportunity/*","Condition":{"StringEquals":{"partnercentral:Catalog":["AWS","Sandbox"]}}}`)
	alice := w.user(b, "alice", nil, statements(all...))
	op, _ := api.Lookup("GetOpportunity")
	in := &api.GetOpportunityRequest{Catalog: new("Sandbox"), Identifier: new("O7532417806699858910")}
	r := request()
	b.ReportAllocs()
	for b.Loop() {
		if err := w.Check(b.Context(), r, alice, op, in); err != nil {
			b.Fatal(err)
		}
	}
}

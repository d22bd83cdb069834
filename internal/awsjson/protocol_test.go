package awsjson_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cosell/internal/api"
)

// The cases of Smithy's published protocol tests for awsJson1_0 that a server
// can fail, told with our own operations.

func TestRequests(t *testing.T) {
	for _, c := range []struct {
		name, operation, body string
		want                  string // the input as it is understood
	}{
		{
			"members in any order, with any white space", "GetOpportunity", "\t{ \"Identifier\" :\n\"O1\" , \"Catalog\":\r\"AWS\" } ",
			`{"Catalog":"AWS","Identifier":"O1"}`,
		},
		{
			"null is absent", "ListSolutions", `{"Catalog":"AWS","MaxResults":null,"Sort":null,"Status":null}`,
			`{"Catalog":"AWS","MaxResults":null,"NextToken":null,"Sort":null,"Status":null,"Identifier":null,"Category":null,"AwsMarketplaceSolutionArn":null}`,
		},
		{
			"unknown members are ignored, whatever they hold", "GetOpportunity",
			`{"Catalog":"AWS","Foo":{"Catalog":7,"Bar":[null,[[]],{"a":{}}]},"Identifier":"O1","":0,"__type":"x"}`,
			`{"Catalog":"AWS","Identifier":"O1"}`,
		},
		{
			"unknown members of members are ignored", "ListSolutions",
			`{"Catalog":"AWS","Sort":{"SortOrder":"ASCENDING","SortBy":"Name","Foo":[null]}}`,
			`{"Catalog":"AWS","MaxResults":null,"NextToken":null,"Sort":{"SortOrder":"ASCENDING","SortBy":"Name"},"Status":null,"Identifier":null,"Category":null,"AwsMarketplaceSolutionArn":null}`,
		},
		{
			"names are case-sensitive", "GetOpportunity", `{"Catalog":"AWS","catalog":1,"IDENTIFIER":2,"Identifier":"O1"}`,
			`{"Catalog":"AWS","Identifier":"O1"}`,
		},
		{
			"an empty list is not an absent one", "ListSolutions", `{"Catalog":"AWS","Category":[],"Identifier":["S-1"]}`,
			`{"Catalog":"AWS","MaxResults":null,"NextToken":null,"Sort":null,"Status":null,"Identifier":["S-1"],"Category":[],"AwsMarketplaceSolutionArn":null}`,
		},
		{
			"escapes, and names with escapes", "GetOpportunity", `{"C\u0061talog":"\u0041\u0057\u0053","Identifier":"\u004f1"}`,
			`{"Catalog":"AWS","Identifier":"O1"}`,
		},
		{
			"times with an offset, to the millisecond", "ListOpportunities",
			`{"Catalog":"AWS","CreatedDate":{"AfterCreatedDate":"2024-11-14T22:33:18+01:00","BeforeCreatedDate":"2026-03-09T01:50:25.040987654Z"}}`,
			`{"Catalog":"AWS","MaxResults":null,"NextToken":null,"Sort":null,"LastModifiedDate":null,"Identifier":null,"LifeCycleStage":null,"LifeCycleReviewStatus":null,` +
				`"CustomerCompanyName":null,"CreatedDate":{"AfterCreatedDate":"2024-11-14T21:33:18.000Z","BeforeCreatedDate":"2026-03-09T01:50:25.040Z"},"TargetCloseDate":null}`,
		},
		{
			"a union with nulls beside its member", "CreateEngagementInvitation",
			`{"Catalog":"AWS","ClientToken":"t","EngagementIdentifier":"eng-12345678901234","Invitation":{"Message":"m","Receiver":{"Account":{"Alias":null,"AwsAccountId":"111111111111"}},` +
				`"Payload":{"OpportunityInvitation":null,"LeadInvitation":{"Customer":{"CompanyName":"c","CountryCode":"US"},"Interaction":{"SourceType":"s","SourceId":"i","SourceName":"n","ContactBusinessTitle":"t"}}}}}`,
			`{"Catalog":"AWS","ClientToken":"t","EngagementIdentifier":"eng-12345678901234","Invitation":{"Message":"m","Receiver":{"Account":{"Alias":null,"AwsAccountId":"111111111111"}},` +
				`"Payload":{"OpportunityInvitation":null,"LeadInvitation":{"Customer":{"Industry":null,"CompanyName":"c","WebsiteUrl":null,"CountryCode":"US","AwsMaturity":null,"MarketSegment":null},` +
				`"Interaction":{"SourceType":"s","SourceId":"i","SourceName":"n","Usecase":null,"ContactBusinessTitle":"t"}},"AccountPlanningInvitation":null}}}`,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := answers(api.Raw(`{}`))
			if w := s.post(c.operation, c.body); w.Code != 200 {
				t.Fatalf("got %d %s", w.Code, w.Body)
			}
			got, err := api.Marshal(s.in)
			if err != nil || s.operation != c.operation || !sameJSON(got, []byte(c.want)) {
				t.Errorf("%s understood (%v):\n%s\nwant:\n%s", s.operation, err, got, c.want)
			}
		})
	}
}

// sameJSON compares without regard to the order of members.
func sameJSON(a, b []byte) bool {
	var x, y any
	return api.Unmarshal(a, &x) == nil && api.Unmarshal(b, &y) == nil && cmp.Equal(x, y)
}

func TestWrongTypes(t *testing.T) {
	for _, c := range []struct{ name, operation, body, message string }{
		{"number for a string", "GetOpportunity", `{"Catalog":"AWS","Identifier":1}`, "Identifier: must be a string, not a number"},
		{"object for a string", "GetOpportunity", `{"Catalog":{}}`, "Catalog: must be a string, not an object"},
		{"boolean for an enum", "ListSolutions", `{"Sort":{"SortBy":false}}`, "Sort.SortBy: must be a string, not a boolean"},
		{"string for a number", "ListSolutions", `{"MaxResults":"10"}`, "MaxResults: must be a whole number of 32 bits, not a string"},
		{"fraction", "ListSolutions", `{"MaxResults":1.5}`, "MaxResults: must be a whole number of 32 bits"},
		{"too large a number", "ListSolutions", `{"MaxResults":2147483648}`, "MaxResults: must be a whole number of 32 bits"},
		{"string for a list", "ListSolutions", `{"Status":"Active"}`, "Status: must be a list, not a string"},
		{"object for a list", "ListSolutions", `{"Status":{}}`, "Status: must be a list, not an object"},
		{"number in a list", "ListSolutions", `{"Identifier":["S-1",2]}`, "Identifier[1]: must be a string, not a number"},
		{"null in a list", "ListSolutions", `{"Identifier":["S-1", null]}`, "Identifier[1]: must not be null"},
		{"null in a list of structures", "CreateOpportunity", `{"Customer":{"Contacts":[ null]}}`, "Customer.Contacts[0]: must not be null"},
		{"list for a structure", "CreateOpportunity", `{"Customer":[]}`, "Customer: must be an object, not a list"},
		{"string for a structure in a list", "CreateOpportunity", `{"Project":{"ExpectedCustomerSpend":[{"Amount":"1"},"2"]}}`, "Project.ExpectedCustomerSpend[1]: must be an object, not a string"},
		{"number for an amount", "CreateOpportunity", `{"Project":{"ExpectedCustomerSpend":[{"Amount":1.5}]}}`, "Project.ExpectedCustomerSpend[0].Amount: must be a string, not a number"},
		{"string where null has a meaning", "CreateOpportunity", `{"Project":{"ExpectedContractDuration":"12"}}`, "Project.ExpectedContractDuration: must be an object, not a string"},
		{"number below where null has a meaning", "CreateOpportunity", `{"Project":{"ExpectedContractDuration":{"Term":1}}}`, "Project.ExpectedContractDuration.Term: must be a string, not a number"},
		{"string for a union", "CreateEngagementInvitation", `{"Invitation":{"Payload":"x"}}`, "Invitation.Payload: must be an object, not a string"},
		{"seconds for a time", "UpdateOpportunity", `{"LastModifiedDate":1731619998}`, "LastModifiedDate: must be a time in a string, such as 2026-03-09T01:50:25.040Z, not a number"},
		{"other text for a time", "UpdateOpportunity", `{"LastModifiedDate":"yesterday"}`, "LastModifiedDate: must be a time in a string, such as 2026-03-09T01:50:25.040Z"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := new(world)
			w := s.post(c.operation, c.body)
			if got := readError(t, w); w.Code != 400 || got.Type != "SerializationException" || got.Message != c.message {
				t.Errorf("got %d %s\nwant: %s", w.Code, w.Body, c.message)
			}
		})
	}
}

// A null in a text is no null, and one in an unknown member is nobody's
// business.
func TestNullsThatAreNoElements(t *testing.T) {
	for _, body := range []string{
		`{"Catalog":"AWS","Category":["[null, null]","a,null"]}`,
		`{"Catalog":"AWS","Foo":[null]}`,
		`{"Catalog":"AWS","Sort":{"SortOrder":"ASCENDING","SortBy":"Name","Foo":[{"Bar":[1,null]}]}}`,
		`{"Catalog":"AWS","Category":["[null"],"Foo":{"Category":[null]},"NextToken":null}`,
	} {
		if w := answers(api.Raw(`{}`)).post("ListSolutions", body); w.Code != 200 {
			t.Errorf("%s: %d %s", body, w.Code, w.Body)
		}
	}
}

func TestAnswers(t *testing.T) {
	at := api.Timestamp(1731619998000)
	for _, c := range []struct {
		name, operation, body string
		out                   any
		want                  string
	}{
		{
			"absent members are null", "CreateOpportunity", `{"Catalog":"AWS","ClientToken":"t"}`,
			&api.CreateOpportunityResponse{Id: new("O1111111"), LastModifiedDate: &at},
			`{"Id":"O1111111","PartnerOpportunityIdentifier":null,"LastModifiedDate":"2024-11-14T21:33:18.000Z"}`,
		},
		{
			"empty lists are lists", "ListOpportunities", `{"Catalog":"AWS"}`,
			&api.ListOpportunitiesResponse{OpportunitySummaries: []api.OpportunitySummary{}},
			`{"OpportunitySummaries":[],"NextToken":null}`,
		},
		{
			"text is not escaped for HTML", "ListSolutions", `{"Catalog":"AWS"}`,
			&api.ListSolutionsResponse{SolutionSummaries: []api.SolutionBase{{Name: new("R&D <é>")}}},
			`{"SolutionSummaries":[{"Catalog":null,"Id":null,"Arn":null,"Name":"R&D <é>","Status":null,"Category":null,"CreatedDate":null,"AwsMarketplaceSolutionArn":null}],"NextToken":null}`,
		},
		{"encoded already", "GetOpportunity", getOpportunity, api.Raw(`{"Id":"O1"}`), `{"Id":"O1"}`},
		{"a structure without members", "TagResource", `{"ResourceArn":"arn:aws:partnercentral:us-east-1:000000000000:catalog/AWS/opportunity/O1","Tags":[{"Key":"k","Value":"v"}]}`, new(api.TagResourceResponse), `{}`},
		{"no output", "AssignOpportunity", `{"Catalog":"AWS","Identifier":"O1","Assignee":{"Email":"a@example.com","FirstName":"a","LastName":"b","BusinessTitle":"PartnerAccountManager"}}`, nil, ``},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := answers(c.out)
			w := s.post(c.operation, c.body)
			if w.Code != 200 || w.Body.String() != c.want {
				t.Errorf("got %d %s\nwant %s", w.Code, w.Body, c.want)
			}
			h := w.Header()
			if h.Get("Content-Type") != json10 || h.Get("X-Amzn-Requestid") != requestID || h.Get("X-Amzn-Errortype") != "" {
				t.Errorf("headers: %v", h)
			}
			if x := s.seen[0]; x.Status != 200 || x.Err != nil || x.Operation != c.operation || x.BytesIn != len(c.body) || x.BytesOut != len(c.want) {
				t.Errorf("observed %+v", x)
			}
		})
	}
}

func TestEmptyAnswersSaySo(t *testing.T) {
	w := new(world).post("AssignOpportunity", `{"Catalog":"AWS","Identifier":"O1","Assignee":{"Email":"a@example.com","FirstName":"a","LastName":"b","BusinessTitle":"PartnerAccountManager"}}`)
	if w.Header().Get("Content-Length") != "0" {
		t.Errorf("headers: %v", w.Header())
	}
}

func TestAnswersThatAreOurFault(t *testing.T) {
	for name, out := range map[string]any{
		"none where there must be one": nil,
		"not UTF-8":                    &api.CreateOpportunityResponse{Id: new("\xff")},
	} {
		t.Run(name, func(t *testing.T) {
			w := answers(out).post("CreateOpportunity", `{"Catalog":"AWS","ClientToken":"t"}`)
			if got := readError(t, w); w.Code != 500 || got.Type != "InternalServerException" {
				t.Errorf("got %d %s", w.Code, w.Body)
			}
		})
	}
}

func TestEmptyBodiesAreEmptyInputs(t *testing.T) {
	s := new(world)
	got := readError(t, s.post("GetSellingSystemSettings", ""))
	if got.Type != "ValidationException" || got.ErrorList[0].FieldName != "catalog" {
		t.Errorf("got %+v", got)
	}
}

// Exchanges carry bodies only where the configuration asks for them, and of requests
// only as much.
func TestExchangesCarryBodies(t *testing.T) {
	for content, want := range map[int]struct{ request, answer, endpoint string }{
		0:  {},
		9:  {`{"Catalog`, `{"ok":true}`, "http://example.com"},
		99: {`{"Catalog":"Sandbox"}`, `{"ok":true}`, "http://example.com"},
	} {
		s := answers(api.Raw(`{"ok":true}`))
		h := s.handler()
		h.Content = content
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/", strings.NewReader(`{"Catalog":"Sandbox"}`))
		r.Header.Set("Content-Type", json10)
		r.Header.Set("X-Amz-Target", "AWSPartnerCentralSelling.ListSolutions")
		h.ServeHTTP(httptest.NewRecorder(), r)
		x := s.seen[0]
		if string(x.Request) != want.request || string(x.Answer) != want.answer || x.Endpoint != want.endpoint || x.Service != "AWSPartnerCentralSelling" {
			t.Errorf("%d bytes: got %q, %q, %q, %q", content, x.Request, x.Answer, x.Endpoint, x.Service)
		}
	}
}

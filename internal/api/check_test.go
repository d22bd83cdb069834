package api_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cosell/internal/api"
)

// check gives each violation of a request as "field code message".
func check(t *testing.T, operation, body string) []string {
	t.Helper()
	op, ok := api.Lookup(operation)
	if !ok {
		t.Fatalf("no operation %s", operation)
	}
	in := op.NewInput()
	if err := api.Unmarshal([]byte(body), in); err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, v := range in.Check() {
		out = append(out, *v.FieldName+" "+string(*v.Code)+" "+*v.Message)
	}
	return out
}

func TestCheck(t *testing.T) {
	long := strings.Repeat("x", 300)
	for _, c := range []struct {
		name, operation, body string
		want                  []string
	}{
		{name: "OK", operation: "GetOpportunity", body: `{"Catalog":"AWS","Identifier":"O123"}`},
		{"AllAtOnceInTheOrderOfTheShape", "CreateOpportunity", `{"Catalog":"Elsewhere","Customer":{"Account":{"CompanyName":null}}}`, []string{
			"catalog INVALID_ENUM_VALUE must be one of: AWS, Sandbox",
			"customer.account.companyName REQUIRED_FIELD_MISSING companyName is required",
			"clientToken REQUIRED_FIELD_MISSING clientToken is required",
		}},
		{"CatalogIsCaseSensitive", "GetOpportunity", `{"Catalog":"sandbox","Identifier":"O1"}`, []string{
			"catalog INVALID_ENUM_VALUE must be one of: AWS, Sandbox",
		}},
		{"MemberNamesAreCaseSensitive", "GetOpportunity", `{"Catalog":"AWS","identifier":"O1"}`, []string{
			"identifier REQUIRED_FIELD_MISSING identifier is required",
		}},
		{"PlaceInList", "CreateOpportunity", `{"Catalog":"AWS","ClientToken":"t","Project":{"ExpectedCustomerSpend":[
			{"CurrencyCode":"USD","Frequency":"Monthly","TargetCompany":"AWS"},
			{"CurrencyCode":"XXX?","Frequency":"Weekly","TargetCompany":"AWS"}]}}`, []string{
			"project.expectedCustomerSpend[1].currencyCode INVALID_ENUM_VALUE must be one of the 168 values of CurrencyCode, such as USD",
			"project.expectedCustomerSpend[1].frequency INVALID_ENUM_VALUE must be one of: Monthly",
		}},
		{"NearestValue", "CreateOpportunity", `{"Catalog":"AWS","ClientToken":"t","Customer":{"Account":{"CompanyName":"A",
			"Address":{"CountryCode":"USA"}}},"Project":{"ExpectedCustomerSpend":[
			{"CurrencyCode":"eur","Frequency":"Monthly","TargetCompany":"AWS"},
			{"CurrencyCode":"DOLLAR","Frequency":"Monthly","TargetCompany":"AWS"}]}}`, []string{
			"customer.account.address.countryCode INVALID_ENUM_VALUE must be one of the 249 values of CountryCode; the nearest is US",
			"project.expectedCustomerSpend[0].currencyCode INVALID_ENUM_VALUE must be one of the 168 values of CurrencyCode; the nearest is EUR",
			"project.expectedCustomerSpend[1].currencyCode INVALID_ENUM_VALUE must be one of the 168 values of CurrencyCode, such as USD",
		}},
		{"NullInList", "CreateOpportunity", `{"Catalog":"AWS","ClientToken":"t","PrimaryNeedsFromAws":[null],"Tags":[null]}`, []string{
			"primaryNeedsFromAws[0] INVALID_ENUM_VALUE must be one of: Co-Sell - Architectural Validation, Co-Sell - Business Presentation, " +
				"Co-Sell - Competitive Information, Co-Sell - Pricing Assistance, Co-Sell - Technical Consultation, " +
				"Co-Sell - Total Cost of Ownership Evaluation, Co-Sell - Deal Support, Co-Sell - Support for Public Tender / RFx",
			"tags[0].key REQUIRED_FIELD_MISSING key is required",
			"tags[0].value REQUIRED_FIELD_MISSING value is required",
		}},
		{name: "ValuesTheServiceItselfWrites", operation: "CreateOpportunity", body: `{"Catalog":"AWS","ClientToken":"t",
			"PrimaryNeedsFromAws":["Do Not Need Support from AWS Sales Rep"],
			"Project":{"ExpectedCustomerSpend":[{"CurrencyCode":"USD","Frequency":"None","TargetCompany":"Self"}],
			"ApnPrograms":["ISV Immersion Day SFID Program"]}}`},
		{"StringTooLong", "CreateOpportunity", `{"Catalog":"AWS","ClientToken":"t","Project":{"Title":"` + long + `"}}`, []string{
			"project.title INVALID_STRING_FORMAT must be at most 255 characters long, is 300",
		}},
		{name: "LengthCountsCodePoints", operation: "CreateOpportunity", body: `{"Catalog":"AWS","ClientToken":"t","Project":{"Title":"` + strings.Repeat("é", 255) + `"}}`},
		{"StringTooShort", "CreateOpportunity", `{"Catalog":"AWS","ClientToken":"t","Project":{"CustomerBusinessProblem":"short"}}`, []string{
			"project.customerBusinessProblem INVALID_STRING_FORMAT must be at least 20 characters long, is 5",
		}},
		{"PatternSaysWhatWouldBeRight", "GetOpportunity", `{"Catalog":"AWS","Identifier":"X1\n"}`, []string{
			"identifier INVALID_STRING_FORMAT must be O followed by 1 to 19 digits",
		}},
		{"PatternMatchesTheWholeValue", "GetOpportunity", `{"Catalog":"AWS","Identifier":"O1\n"}`, []string{
			"identifier INVALID_STRING_FORMAT must be O followed by 1 to 19 digits",
		}},
		{"LengthBeforePattern", "TagResource", `{"ResourceArn":"arn:aws:partnercentral:us-east-1:123456789012:catalog/AWS/opportunity/O1",
			"Tags":[{"Key":"","Value":"?"}]}`, []string{
			"tags[0].key INVALID_STRING_FORMAT must be at least 1 character long, is 0",
			"tags[0].value INVALID_STRING_FORMAT must be made of letters, digits, spaces and _ . : / = + - @",
		}},
		{"TooFewValues", "UntagResource", `{"ResourceArn":"arn:aws:partnercentral:us-east-1:123456789012:catalog/AWS/opportunity/O1","TagKeys":[]}`, []string{
			"tagKeys NOT_ENOUGH_VALUES must have at least 1 value, has 0",
		}},
		{"TooManyValues", "ListSolutions", `{"Catalog":"AWS","Category":["1","2","3","4","5","6","7","8","9","10","11"]}`, []string{
			"category TOO_MANY_VALUES must have at most 10 values, has 11",
		}},
		{"TooManyValuesAndWrongOnes", "CreateEngagement", `{"Catalog":"AWS","ClientToken":"t","Title":"t","Description":"d",
			"Contexts":[{"Type":"Lead"},{"Type":"Lead"},{"Type":"Lead"},{"Type":"Lead"},{"Type":"Lead"},{}]}`, []string{
			"contexts TOO_MANY_VALUES must have at most 5 values, has 6",
			"contexts[5].type REQUIRED_FIELD_MISSING type is required",
		}},
		{"NumberTooLow", "ListOpportunities", `{"Catalog":"AWS","MaxResults":0}`, []string{
			"maxResults VALUE_OUT_OF_RANGE must be at least 1, is 0",
		}},
		{"NumberTooHigh", "ListEngagementMembers", `{"Catalog":"AWS","Identifier":"eng-0123456789abcd","MaxResults":11}`, []string{
			"maxResults VALUE_OUT_OF_RANGE must be at most 10, is 11",
		}},
		{"UnionEmpty", "CreateEngagementContext", `{"Catalog":"AWS","ClientToken":"t","EngagementIdentifier":"eng-0123456789abcd","Type":"Lead","Payload":{}}`, []string{
			"payload REQUIRED_FIELD_MISSING one of these is required: customerProject, lead, prospectingResult, customerAccount",
		}},
		{"UnionTwice", "CreateEngagementContext", `{"Catalog":"AWS","ClientToken":"t","EngagementIdentifier":"eng-0123456789abcd","Type":"Lead",
			"Payload":{"CustomerProject":{},"ProspectingResult":{},"Lead":null}}`, []string{
			"payload TOO_MANY_VALUES must have exactly one of: customerProject, lead, prospectingResult, customerAccount",
		}},
		{name: "ExplicitNullContractDuration", operation: "UpdateOpportunity", body: `{"Catalog":"AWS","Identifier":"O1",
			"LastModifiedDate":"2026-03-09T01:50:25.040Z","Project":{"ExpectedContractDuration":null}}`},
		{"ContractDurationIncomplete", "UpdateOpportunity", `{"Catalog":"AWS","Identifier":"O1","LastModifiedDate":"2026-03-09T01:50:25.040Z",
			"Project":{"ExpectedContractDuration":{"Term":"Years"}}}`, []string{
			"project.expectedContractDuration.term INVALID_ENUM_VALUE must be one of: Months",
			"project.expectedContractDuration.value REQUIRED_FIELD_MISSING value is required",
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, check(t, c.operation, c.body)); diff != "" {
				t.Errorf("violations (-want +got):\n%s", diff)
			}
		})
	}
}

func TestCheckNeverEchoesValues(t *testing.T) {
	found := check(t, "CreateOpportunity", `{"Catalog":"SECRET","ClientToken":"SECRET\n","NationalSecurity":"SECRET","Customer":{
		"Account":{"CompanyName":"`+strings.Repeat("SECRET", 50)+`","Duns":"SECRET","WebsiteUrl":"S","Address":{"CountryCode":"SECRET"}},
		"Contacts":[{"Email":"SECRET","Phone":"SECRET"}]}}`)
	if len(found) != 9 {
		t.Errorf("%d violations: %q", len(found), found)
	}
	if text := strings.Join(found, "\n"); strings.Contains(text, "SECRET") {
		t.Errorf("a value is echoed:\n%s", text)
	}
}

func TestCheckIsBounded(t *testing.T) {
	body := `{"Catalog":"AWS","ClientToken":"t","PrimaryNeedsFromAws":["x"` + strings.Repeat(`,"x"`, 5000) + `]}`
	if n := len(check(t, "CreateOpportunity", body)); n != 1000 {
		t.Errorf("%d violations", n)
	}
}

func BenchmarkCheck(b *testing.B) {
	in := rightRequest(b)
	b.ReportAllocs()
	for b.Loop() {
		in.Check()
	}
}

func rightRequest(tb testing.TB) api.Input {
	tb.Helper()
	var in api.CreateOpportunityRequest
	err := api.Unmarshal([]byte(`{"Catalog":"AWS","ClientToken":"t","OpportunityType":"Net New Business","Customer":{"Account":{
		"CompanyName":"Example","Industry":"Retail","WebsiteUrl":"https://example.com","Address":{"CountryCode":"DE","PostalCode":"10115"}},
		"Contacts":[{"Email":"a@example.com","FirstName":"Ada","Phone":"+491234567"}]},
		"Project":{"Title":"A title","CustomerBusinessProblem":"A problem of sufficient length",
		"ExpectedCustomerSpend":[{"Amount":"1200.50","CurrencyCode":"EUR","Frequency":"Monthly","TargetCompany":"AWS"}]},
		"LifeCycle":{"Stage":"Prospect","TargetCloseDate":"2027-01-31"},"Tags":[{"Key":"team","Value":"north"}]}`), &in)
	if err != nil {
		tb.Fatal(err)
	}
	if found := in.Check(); found != nil {
		tb.Fatalf("%d violations", len(found))
	}
	return &in
}

package customer_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cosell/internal/api"
)

// found searches the caller's customer accounts, two a page, and returns the names.
func (h *harness) found(t testing.TB, query string) string {
	t.Helper()
	var names []string
	next := ""
	for {
		page := do[api.SearchCustomerAccountsResponse](t, h, alice, "SearchCustomerAccounts", `{"Catalog": "Sandbox", "MaxResults": 2`+next+query+`}`)
		for _, row := range page.CustomerAccountSummaries {
			names = append(names, *row.CustomerAccount.CompanyName)
		}
		if page.NextToken == nil {
			return strings.Join(names, ", ")
		}
		next = fmt.Sprintf(`, "NextToken": %q`, *page.NextToken)
	}
}

func createNamed(t testing.TB, h *harness, account, name, more string) string {
	t.Helper()
	return *do[api.CreateCustomerAccountResponse](t, h, account, "CreateCustomerAccount",
		fmt.Sprintf(`{"Catalog": "Sandbox", "ClientToken": %q, "Account": {"CompanyName": %q%s}}`, account+name, name, more)).Id
}

func TestSearchCustomerAccounts(t *testing.T) {
	h := newHarness(t)
	enriched := createNamed(t, h, alice, "Acme", `, "WebsiteUrl": "https://acme.example", "Address": {"CountryCode": "US", "StateOrRegion": "New York"}`)
	createNamed(t, h, alice, "Zebra Ltd", "")
	gone := createNamed(t, h, alice, "Gone", "")
	createNamed(t, h, bob, "Foreign", "")
	h.work(t)
	do[api.DeleteCustomerAccountResponse](t, h, alice, "DeleteCustomerAccount", `{"Catalog": "Sandbox", "Identifier": "`+gone+`"}`)

	for _, c := range []struct{ name, query, want string }{
		{"by name", `, "Sort": {"SortBy": "COMPANY_NAME", "SortOrder": "DESCENDING"}`, "Zebra Ltd, Acme"},
		{"a status", `, "Filter": {"EqualsTo": {"Key": "ENRICHMENT_STATUS", "Value": {"StringValue": "ENRICHED"}}}`, "Acme"},
		{"an unknown status", `, "Filter": {"EqualsTo": {"Key": "ENRICHMENT_STATUS", "Value": {"StringValue": "enriched"}}}`, ""},
		{"a part of the name", `, "Filter": {"ContainsAny": {"Key": "COMPANY_NAME", "Value": {"StringListValue": ["EBR", "x"]}}}`, "Zebra Ltd"},
		{"the whole name in any case", `, "Filter": {"EqualsTo": {"Key": "COMPANY_NAME", "Value": {"StringValue": "aCME"}}}`, "Acme"},
		{
			"without a value only by its opposite",
			`, "Filter": {"NotFilter": {"ContainsAny": {"Key": "SOLUTION_SCORE", "Value": {"StringListValue": ["High", "Medium", "Low"]}}}}`, "Zebra Ltd",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := h.found(t, c.query); got != c.want {
				t.Errorf("found %q, want %q", got, c.want)
			}
		})
	}
	row := do[api.SearchCustomerAccountsResponse](t, h, alice, "SearchCustomerAccounts",
		`{"Catalog": "Sandbox", "Filter": {"EqualsTo": {"Key": "COMPANY_NAME", "Value": {"StringValue": "Acme"}}}}`).CustomerAccountSummaries[0]
	a := h.get(t, alice, enriched)
	if *row.Id != enriched || !cmp.Equal(row.AwsEnrichment.Customer.Industry, a.AwsEnrichment.Customer.Industry) ||
		!cmp.Equal(row.AwsEnrichment.Insights.SolutionCategory, a.AwsEnrichment.Insights.SolutionCategory) {
		t.Errorf("row %+v", row)
	}
}

func TestGetCustomerAccountStatistics(t *testing.T) {
	h := newHarness(t)
	createNamed(t, h, alice, "Acme", `, "WebsiteUrl": "https://acme.example", "Address": {"CountryCode": "US", "StateOrRegion": "New York"}`)
	createNamed(t, h, alice, "Zebra Ltd", "")
	createNamed(t, h, bob, "Foreign", "")
	h.work(t)
	bucket := func(value string, n int32) api.Bucket { return api.Bucket{Values: []string{value}, Count: &n} }
	got := do[api.GetCustomerAccountStatisticsResponse](t, h, alice, "GetCustomerAccountStatistics",
		`{"Catalog": "Sandbox", "IncludeMissing": true, "Aggregations": [{"GroupBy": ["ENRICHMENT_STATUS"]}, {"GroupBy": ["COUNTRY"]}]}`)
	if *got.TotalCount != 2 || len(got.Aggregations) != 2 {
		t.Fatalf("got %+v", got)
	}
	if diff := cmp.Diff([]api.Bucket{bucket("ENRICHED", 1), bucket("NO_MATCH_FOUND", 1)}, got.Aggregations[0].Buckets); diff != "" {
		t.Error(diff)
	}
	byCountry := got.Aggregations[1].Buckets
	if last := byCountry[len(byCountry)-1]; !cmp.Equal(last, bucket("MISSING", 1)) || *got.Aggregations[1].OtherCount != 0 {
		t.Errorf("by country: %+v", got.Aggregations[1])
	}
	filtered := do[api.GetCustomerAccountStatisticsResponse](t, h, alice, "GetCustomerAccountStatistics",
		`{"Catalog": "Sandbox", "Filter": {"EqualsTo": {"Key": "ENRICHMENT_STATUS", "Value": {"StringValue": "ENRICHED"}}}}`)
	if *filtered.TotalCount != 1 || filtered.Aggregations != nil {
		t.Errorf("filtered: %+v", filtered)
	}
}

func TestSearchCustomerAccountsRefuses(t *testing.T) {
	h := newHarness(t)
	for name, c := range map[string]struct{ filter, want string }{
		"a single text in a list's place": {`{"ContainsAny": {"Key": "COUNTRY", "Value": {"StringValue": "DE"}}}`, "filter.containsAny.value INVALID_VALUE"},
		"depth 11":                        {strings.Repeat(`{"NotFilter": `, 11) + `{"EqualsTo": {"Key": "GEO", "Value": {"StringValue": "x"}}}` + strings.Repeat("}", 11), "filter TOO_MANY_VALUES"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := try[api.SearchCustomerAccountsResponse](t, h, alice, "SearchCustomerAccounts", `{"Catalog": "Sandbox", "Filter": `+c.filter+`}`)
			fails(t, err, api.TypeValidation, c.want)
		})
	}
}

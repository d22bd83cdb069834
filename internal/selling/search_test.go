package selling_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"cosell/internal/api"
	"cosell/internal/store"
)

// found searches the caller's opportunities, page by page, and returns the titles.
func (h *harness) found(t testing.TB, account string, members ...string) string {
	t.Helper()
	query := merge(`{"Catalog": "Sandbox", "MaxResults": 2}`, members...)
	var titles []string
	for {
		page := do[api.SearchOpportunitiesResponse](t, h, account, "SearchOpportunities", query)
		for _, row := range page.OpportunitySearchSummaries {
			titles = append(titles, *row.Project.Title)
		}
		if page.NextToken == nil {
			return strings.Join(titles, " ")
		}
		query = merge(query, fmt.Sprintf(`"NextToken": %q`, *page.NextToken))
	}
}

func equals(key, value string) string {
	return fmt.Sprintf(`{"EqualsTo": {"Key": %q, "Value": {"StringValue": %q}}}`, key, value)
}

func TestSearchOpportunities(t *testing.T) {
	h := newHarness(t)
	create := func(title, company, spend string) string {
		o := h.createOpportunity(t, alice, fmt.Sprintf(`"Project": {"Title": %q, "DeliveryModels": ["Other"], "CustomerUseCase": "AI Machine Learning and Analytics",
				"ExpectedCustomerSpend": [{"Amount": %q, "CurrencyCode": "USD", "Frequency": "Monthly", "TargetCompany": "AWS"}]}`, title, spend),
			fmt.Sprintf(`"Customer": {"Account": {"CompanyName": %q, "WebsiteUrl": "https://x.example.com", "Address": {"CountryCode": "DE"}}}`, company),
			`"Tags": [{"Key": "team", "Value": "`+strings.ToLower(title)+`"}]`)
		h.clock.Advance(time.Hour)
		return *o.Id
	}
	first := create("One", "Acme Corp", "10")
	create("Two", "ACME Corp 2026", "200.50")
	create("Three", "Other Ltd", "3000")
	h.createOpportunity(t, bob)

	for _, c := range []struct{ name, query, want string }{
		{"the last modified come first", `{}`, "Three Two One"},
		{"a keyword is the beginning of a word", `{"Keyword": "acm"}`, "Two One"},
		{"a phrase", `{"Keyword": "corp 20"}`, "Two"},
		{"not the middle of a word", `{"Keyword": "cme"}`, ""},
		{"the identifier", `{"Keyword": "` + first + `"}`, "One"},
		{"a name of the team", `{"Keyword": "pam LEE"}`, "Three Two One"},
		{"a title in any case", `{"Filter": ` + equals("PartnerProjectTitle", "oNE") + `}`, "One"},
		{"a tag", `{"Filter": ` + equals("Tags", "team=two") + `}`, "Two"},
		{"the owner", `{"Filter": ` + equals("OpportunityOwner", "alliance.lead@example.com") + `}`, "Three Two One"},
		{"an amount", `{"Filter": {"GreaterThanOrEquals": {"Key": "EstimatedMrr", "Value": {"DoubleValue": 200.5}}}}`, "Three Two"},
		{"an amount as a whole number", `{"Filter": {"LessThan": {"Key": "EstimatedMrr", "Value": {"LongValue": 11}}}}`, "One"},
		{"a date", `{"Filter": {"LessThanOrEquals": {"Key": "CreatedDate", "Value": {"DateValue": "2026-11-21T11:00:00Z"}}}}`, "Two One"},
		{"a day of close", `{"Filter": ` + equals("TargetCloseDate", "2027-06-30") + `}`, "Three Two One"},
		{"a part of a stage", `{"Filter": {"ContainsAny": {"Key": "Stage", "Value": {"StringListValue": ["rosp", "x"]}}}}`, "Three Two One"},
		{"without AWS's side there is no origin", `{"Filter": {"NotFilter": ` + equals("Origin", "Partner Referral") + `}}`, "Three Two One"},
		{"both", `{"Keyword": "acme", "Filter": {"NotFilter": {"ContainsAny": {"Key": "CustomerCompanyName", "Value": {"StringValue": "2026"}}}}}`, "One"},
		{"by amount", `{"Sort": {"SortBy": "EstimatedMrr", "SortOrder": "ASCENDING"}}`, "One Two Three"},
		{"by title", `{"Sort": {"SortBy": "PartnerProjectTitle", "SortOrder": "DESCENDING"}}`, "Two Three One"},
		{"by a tag", `{"Sort": {"SortBy": "Tags", "SortOrder": "ASCENDING"}}`, "One Two Three"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := h.found(t, alice, c.query); got != c.want {
				t.Errorf("found %q, want %q", got, c.want)
			}
		})
	}
	if got := do[api.SearchOpportunitiesResponse](t, h, alice, "SearchOpportunities", `{"Catalog": "AWS"}`); len(got.OpportunitySearchSummaries) > 0 {
		t.Error("found opportunities of another catalog")
	}
}

func TestSearchOpportunitiesRow(t *testing.T) {
	h := newHarness(t)
	id := h.underReview(t, alice, `"Tags": [{"Key": "team", "Value": "red"}]`).id
	row := do[api.SearchOpportunitiesResponse](t, h, alice, "SearchOpportunities", `{"Catalog": "Sandbox"}`).OpportunitySearchSummaries[0]
	o := h.opportunity(t, alice, id)
	switch {
	case *row.Id != id || *row.LastModifiedDate != *o.LastModifiedDate || *row.CreatedDate != *o.CreatedDate:
		t.Errorf("row %+v", row)
	case *row.Customer.Account.CompanyName != "Acme Corp" || *row.Customer.Account.Address.CountryCode != "US":
		t.Errorf("customer %+v", row.Customer.Account)
	case len(row.Tags) != 1 || *row.Tags[0].Value != "red":
		t.Errorf("tags %+v", row.Tags)
	case len(row.OpportunityTeam) != 2 || *row.OpportunityTeam[1].LastName != "Lee":
		t.Errorf("team %+v", row.OpportunityTeam)
	case *row.Project.ExpectedCustomerSpend[0].Amount != "12500.10":
		t.Errorf("spend %+v", row.Project.ExpectedCustomerSpend)
	case row.AwsOpportunitySummary == nil || *row.AwsOpportunitySummary.Origin != api.OpportunityOriginPartnerReferral:
		t.Errorf("AWS's side %+v", row.AwsOpportunitySummary)
	}
}

// A search sees each write that was acknowledged, by whatever it is found.
func TestSearchSeesChanges(t *testing.T) {
	h := newHarness(t)
	id := *h.createOpportunity(t, alice).Id
	arn := "arn:aws:partnercentral:us-east-1:" + alice + ":catalog/Sandbox/opportunity/" + id
	tagged := equals("Tags", "color=red")
	expect := func(what, filter, want string) {
		t.Helper()
		if got := h.found(t, alice, `"Filter": `+filter); got != want {
			t.Errorf("%s: found %q, want %q", what, got, want)
		}
	}
	expect("created", equals("OpportunityId", id), "Data lake")
	expect("not tagged", tagged, "")
	do[api.TagResourceResponse](t, h, alice, "TagResource", fmt.Sprintf(`{"ResourceArn": %q, "Tags": [{"Key": "color", "Value": "red"}]}`, arn))
	expect("tagged", tagged, "Data lake")
	do[api.UntagResourceResponse](t, h, alice, "UntagResource", fmt.Sprintf(`{"ResourceArn": %q, "TagKeys": ["color"]}`, arn))
	expect("untagged", tagged, "")
	update(t, h, alice, h.opportunity(t, alice, id), `"OpportunityType": "Expansion"`)
	expect("updated", equals("OpportunityType", "Expansion"), "Data lake")
}

func TestSearchOpportunitiesRefuses(t *testing.T) {
	h := newHarness(t)
	h.createOpportunity(t, alice)
	leaf := equals("Stage", "Prospect")
	nest := func(n int) string { return strings.Repeat(`{"NotFilter": `, n) + leaf + strings.Repeat("}", n) }
	leaves := func(n int) string { return strings.Repeat(leaf+", ", n-1) + leaf }
	for _, c := range []struct{ name, query, want string }{
		{"a keyword without a letter", `{"Keyword": " -- "}`, "keyword INVALID_VALUE"},
		{"an empty node", `{"Filter": {}}`, "filter INVALID_VALUE"},
		{"two members", `{"Filter": {"EqualsTo": {"Key": "Stage", "Value": {"StringValue": "x"}}, "NotFilter": ` + leaf + `}}`, "filter INVALID_VALUE"},
		{"two members further down", `{"Filter": {"AndAllFilters": [` + leaf + `, {"NotFilter": {}}]}}`, "filter.andAllFilters[1].notFilter INVALID_VALUE"},
		{"depth 4", `{"Filter": ` + nest(4) + `}`, "filter TOO_MANY_VALUES"},
		{"21 leaves", `{"Filter": {"AndAllFilters": [{"OrAllFilters": [` + leaves(10) + `]}, {"OrAllFilters": [` + leaves(10) + `]}, ` + leaf + `]}}`, "filter TOO_MANY_VALUES"},
		{"a text that is compared as a number", `{"Filter": {"LessThan": {"Key": "Stage", "Value": {"StringValue": "x"}}}}`, "filter.lessThan.key INVALID_VALUE"},
		{"a number with a text", `{"Filter": ` + equals("EstimatedMrr", "10") + `}`, "filter.equalsTo.value INVALID_VALUE"},
		{"a date that is none", `{"Filter": ` + equals("CreatedDate", "yesterday") + `}`, "filter.equalsTo.value INVALID_VALUE"},
		{"a list to be equal to", `{"Filter": {"EqualsTo": {"Key": "Stage", "Value": {"StringListValue": ["x"]}}}}`, "filter.equalsTo.value INVALID_VALUE"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := try[api.SearchOpportunitiesResponse](t, h, alice, "SearchOpportunities", merge(`{"Catalog": "Sandbox"}`, c.query))
			fails(t, err, api.TypeValidation, c.want)
		})
	}
	if got := h.found(t, alice, `"Filter": `+nest(3)); got != "" {
		t.Errorf("found %q at depth 3", got)
	}
}

// A page token belongs to its search: the caller, keyword, filter and sort.
func TestSearchToken(t *testing.T) {
	h := newHarness(t)
	for range 2 {
		h.createOpportunity(t, alice)
		h.createOpportunity(t, bob)
	}
	query := `{"Catalog": "Sandbox", "MaxResults": 1, "Keyword": "acme"}`
	page := do[api.SearchOpportunitiesResponse](t, h, alice, "SearchOpportunities", query)
	token := fmt.Sprintf(`"NextToken": %q`, *page.NextToken)
	do[api.SearchOpportunitiesResponse](t, h, alice, "SearchOpportunities", merge(query, token, `"MaxResults": 5`))
	for name, members := range map[string]string{
		"keyword": `"Keyword": "corp"`, "catalog": `"Catalog": "AWS"`, "filter": `"Filter": ` + equals("Stage", "Prospect"),
		"sort": `"Sort": {"SortBy": "Stage", "SortOrder": "ASCENDING"}`,
	} {
		t.Run(name, func(t *testing.T) {
			_, err := try[api.SearchOpportunitiesResponse](t, h, alice, "SearchOpportunities", merge(query, token, members))
			fails(t, err, api.TypeValidation, "nextToken INVALID_VALUE")
		})
	}
	_, err := try[api.SearchOpportunitiesResponse](t, h, bob, "SearchOpportunities", merge(query, token))
	fails(t, err, api.TypeValidation, "nextToken INVALID_VALUE")
}

func TestSearchOpportunitiesSwitchedOff(t *testing.T) {
	h := newHarness(t)
	if err := h.store.Update(t.Context(), func(tx *store.Tx) error {
		return tx.PutFeatures(alice, []byte(`{"searchOpportunities":false}`))
	}); err != nil {
		t.Fatal(err)
	}
	_, err := try[api.SearchOpportunitiesResponse](t, h, alice, "SearchOpportunities", `{"Catalog": "Sandbox"}`)
	fails(t, err, api.TypeAccessDenied)
	if e, ok := err.(*api.Error); !ok || e.AccessReason != api.AccessDeniedExceptionErrorCodeSearchOpportunitiesNotEnabled {
		t.Errorf("reason of %v", err)
	}
	do[api.SearchOpportunitiesResponse](t, h, bob, "SearchOpportunities", `{"Catalog": "Sandbox"}`)
}

func TestSearchEngagements(t *testing.T) {
	h := newHarness(t)
	create := func(title, creator, contexts string, members ...string) {
		id := h.sandboxEngagement(t, creator, fmt.Sprintf(`"Title": %q, "Contexts": [%s]`, title, contexts))
		for _, member := range members {
			h.accept(t, member, h.invite(t, creator, id, member))
		}
		h.clock.Advance(time.Minute)
	}
	create("lead", alice, leadContext, bob)
	create("project", bob, customerProject, alice)
	create("both", alice, leadContext+","+customerProject)
	create("foreign", bob, leadContext)

	for _, c := range []struct{ name, query, want string }{
		{"the newest come first", `{}`, "both project lead"},
		{"the title", `{"Keyword": "proj"}`, "project"},
		{"a member's company name", `{"Keyword": "partner ` + bob + `"}`, "project lead"},
		{"the creator", `{"Filter": ` + equals("PartnerId", bob) + `}`, "project"},
		{"a context", `{"Filter": ` + equals("ContextType", "Lead") + `}`, "both lead"},
		{"two contexts", `{"Filter": {"ContainsAll": {"Key": "ContextType", "Value": {"StringListValue": ["Lead", "CustomerProject"]}}}}`, "both"},
		{"members", `{"Filter": {"GreaterThan": {"Key": "MemberCount", "Value": {"LongValue": 1}}}}`, "project lead"},
		{"by title", `{"Sort": {"SortBy": "Title", "SortOrder": "ASCENDING"}}`, "both lead project"},
	} {
		t.Run(c.name, func(t *testing.T) {
			query := merge(`{"Catalog": "Sandbox", "MaxResults": 2}`, c.query)
			var titles []string
			for {
				page := do[api.SearchEngagementsResponse](t, h, alice, "SearchEngagements", query)
				for _, row := range page.EngagementSearchSummaries {
					titles = append(titles, *row.Title)
				}
				if page.NextToken == nil {
					break
				}
				query = merge(query, fmt.Sprintf(`"NextToken": %q`, *page.NextToken))
			}
			if got := strings.Join(titles, " "); got != c.want {
				t.Errorf("found %q, want %q", got, c.want)
			}
		})
	}
	got := do[api.SearchEngagementsResponse](t, h, bob, "SearchEngagements", `{"Catalog": "Sandbox", "Keyword": "lead"}`)
	if len(got.EngagementSearchSummaries) != 1 || len(got.EngagementSearchSummaries[0].Contexts) != 1 {
		t.Errorf("a member found %+v", got)
	}
}

package selling_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"cosell/internal/api"
)

// listed walks a list to its end and returns the company names in its order.
func listed(t testing.TB, h *harness, query string) []string {
	t.Helper()
	names := []string{}
	for {
		page := do[api.ListOpportunitiesResponse](t, h, alice, "ListOpportunities", query)
		for _, s := range page.OpportunitySummaries {
			names = append(names, *s.Customer.Account.CompanyName)
		}
		if page.NextToken == nil {
			return names
		}
		query = merge(query, fmt.Sprintf(`"NextToken": %q`, *page.NextToken))
	}
}

func TestListOpportunities(t *testing.T) {
	h := newHarness(t)
	var ids []string
	for i, name := range []string{"Delta", "alpha", "Charlie", "Bravo", "Echo"} {
		created := h.createOpportunity(t, alice,
			fmt.Sprintf(`"Customer": {"Account": {"CompanyName": %q, "WebsiteUrl": "https://x.example.com"}}`, name),
			fmt.Sprintf(`"LifeCycle": {"TargetCloseDate": "2027-0%d-15", "Stage": %q}`, 5-i, []string{"Prospect", "Qualified", "Prospect", "Committed", "Prospect"}[i]))
		ids = append(ids, *created.Id)
		h.clock.Advance(time.Hour)
	}
	charlie := h.opportunity(t, alice, ids[2])
	update(t, h, alice, charlie, `"LifeCycle": {"TargetCloseDate": "2027-03-15", "Stage": "Prospect", "ReviewStatus": "Approved"}`)

	for _, c := range []struct {
		name, query string
		want        []string
	}{
		{"the last modified come first", `{}`, []string{"Charlie", "Echo", "Bravo", "alpha", "Delta"}},
		{"by CreatedDate", `{"Sort": {"SortBy": "CreatedDate", "SortOrder": "ASCENDING"}}`, []string{"Delta", "alpha", "Charlie", "Bravo", "Echo"}},
		{"by Identifier", `{"Sort": {"SortBy": "Identifier", "SortOrder": "DESCENDING"}}`, []string{"Echo", "Bravo", "Charlie", "alpha", "Delta"}},
		{"by CustomerCompanyName in any case", `{"Sort": {"SortBy": "CustomerCompanyName", "SortOrder": "ASCENDING"}}`, []string{"alpha", "Bravo", "Charlie", "Delta", "Echo"}},
		{"by TargetCloseDate", `{"Sort": {"SortBy": "TargetCloseDate", "SortOrder": "ASCENDING"}}`, []string{"Echo", "Bravo", "Charlie", "alpha", "Delta"}},
		{"values of a filter are alternatives", `{"LifeCycleStage": ["Qualified", "Committed"]}`, []string{"Bravo", "alpha"}},
		{"a value given twice is given once", `{"LifeCycleStage": ["Prospect", "Prospect"], "LifeCycleReviewStatus": ["Approved", "Approved"]}`, []string{"Charlie"}},
		{"filters add up", `{"LifeCycleStage": ["Prospect"], "LifeCycleReviewStatus": ["Approved"]}`, []string{"Charlie"}},
		{"company names match whole, in any case", `{"CustomerCompanyName": ["ALPHA", "delta", "Ech"]}`, []string{"alpha", "Delta"}},
		{"identifiers", fmt.Sprintf(`{"Identifier": [%q, %q, "O1"]}`, ids[0], ids[1]), []string{"alpha", "Delta"}},
		{"after is inclusive", `{"CreatedDate": {"AfterCreatedDate": "2026-11-21T13:00:00Z"}}`, []string{"Echo", "Bravo"}},
		{"before is not", `{"CreatedDate": {"BeforeCreatedDate": "2026-11-21T11:00:00Z"}}`, []string{"Delta"}},
		{"a window on the last change", `{"LastModifiedDate": {"AfterLastModifiedDate": "2026-11-21T15:00:00Z"}}`, []string{"Charlie"}},
		{"a window on the close date", `{"TargetCloseDate": {"AfterTargetCloseDate": "2027-02-15", "BeforeTargetCloseDate": "2027-04-15"}}`, []string{"Charlie", "Bravo"}},
		{"empty filters are none", `{"LifeCycleStage": [], "Identifier": [], "CustomerCompanyName": null}`, []string{"Charlie", "Echo", "Bravo", "alpha", "Delta"}},
		{"nothing", `{"LifeCycleStage": ["Launched"]}`, []string{}},
	} {
		for _, size := range []string{"", `"MaxResults": 1`, `"MaxResults": 2`, `"MaxResults": 5`} {
			t.Run(c.name+"/"+size, func(t *testing.T) {
				query := merge(c.query, `"Catalog": "Sandbox"`)
				if size != "" {
					query = merge(query, size)
				}
				if diff := cmp.Diff(c.want, listed(t, h, query)); diff != "" {
					t.Error(diff)
				}
			})
		}
	}
}

func TestListOpportunitiesSummaries(t *testing.T) {
	h := newHarness(t)
	o := h.opportunity(t, alice, *h.createOpportunity(t, alice).Id)
	list := do[api.ListOpportunitiesResponse](t, h, alice, "ListOpportunities", `{"Catalog": "Sandbox"}`)
	if len(list.OpportunitySummaries) != 1 || list.NextToken != nil {
		t.Fatalf("got %+v", list)
	}
	s := list.OpportunitySummaries[0]
	want := api.OpportunitySummary{
		Catalog: o.Catalog, Id: o.Id, Arn: o.Arn, OpportunityType: o.OpportunityType,
		LastModifiedDate: o.LastModifiedDate, CreatedDate: o.CreatedDate,
		LifeCycle: &api.LifeCycleSummary{
			Stage: o.LifeCycle.Stage, NextSteps: o.LifeCycle.NextSteps,
			TargetCloseDate: o.LifeCycle.TargetCloseDate, ReviewStatus: o.LifeCycle.ReviewStatus,
		},
		Customer: &api.CustomerSummary{Account: &api.AccountSummary{
			Industry: o.Customer.Account.Industry, CompanyName: o.Customer.Account.CompanyName, WebsiteUrl: o.Customer.Account.WebsiteUrl,
			Address: &api.AddressSummary{City: new("New York"), PostalCode: new("10001"), StateOrRegion: new("New York"), CountryCode: new(api.CountryCodeUS)},
		}},
		Project: &api.ProjectSummary{DeliveryModels: o.Project.DeliveryModels, ExpectedCustomerSpend: o.Project.ExpectedCustomerSpend},
	}
	want.Project.ExpectedContractDuration = s.Project.ExpectedContractDuration
	if diff := cmp.Diff(want, s); diff != "" {
		t.Error(diff)
	}
}

// A page token serves the list it came from and no other.
func TestPageTokensAreBound(t *testing.T) {
	h := newHarness(t)
	for range 3 {
		h.createOpportunity(t, alice)
		h.createOpportunity(t, bob)
	}
	query := `{"Catalog": "Sandbox", "MaxResults": 1, "LifeCycleStage": ["Prospect"]}`
	token := fmt.Sprintf(`"NextToken": %q`, *do[api.ListOpportunitiesResponse](t, h, alice, "ListOpportunities", query).NextToken)
	for name, c := range map[string]struct{ account, operation, query string }{
		"another account":   {bob, "ListOpportunities", merge(query, token)},
		"another filter":    {alice, "ListOpportunities", merge(query, token, `"LifeCycleStage": ["Qualified"]`)},
		"another sort":      {alice, "ListOpportunities", merge(query, token, `"Sort": {"SortBy": "Identifier", "SortOrder": "ASCENDING"}`)},
		"another catalog":   {alice, "ListOpportunities", merge(query, token, `"Catalog": "AWS"`)},
		"another operation": {alice, "ListSolutions", merge(`{"Catalog": "Sandbox"}`, token)},
		"nonsense":          {alice, "ListOpportunities", merge(query, `"NextToken": "abc"`)},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := try[struct{}](t, h, c.account, c.operation, c.query)
			fails(t, err, api.TypeValidation, "nextToken INVALID_VALUE")
		})
	}
	t.Run("the page size may change", func(t *testing.T) {
		rest := do[api.ListOpportunitiesResponse](t, h, alice, "ListOpportunities", merge(query, token, `"MaxResults": 100`))
		if len(rest.OpportunitySummaries) != 2 {
			t.Errorf("%d left, want 2", len(rest.OpportunitySummaries))
		}
	})
}

func TestListSolutions(t *testing.T) {
	h := newHarness(t)
	put := func(id, name, category string, status api.SolutionStatus) {
		t.Helper()
		s := api.SolutionBase{Id: &id, Name: &name, Category: &category, Status: &status}
		if err := h.PutSolution(t.Context(), alice, "Sandbox", s); err != nil {
			t.Fatal(err)
		}
		h.clock.Advance(time.Hour)
	}
	put("S-3", "Alpha", "Software Product", api.SolutionStatusActive)
	put("S-1", "Charlie", "Consulting Service", api.SolutionStatusDraft)
	put("S-2", "Bravo", "Software Product", api.SolutionStatusInactive)
	for _, c := range []struct {
		name, query string
		want        []string
	}{
		{"by Identifier", `{}`, []string{"S-1", "S-1234567", "S-2", "S-3"}},
		{"by Name", `{"Sort": {"SortBy": "Name", "SortOrder": "ASCENDING"}}`, []string{"S-3", "S-2", "S-1", "S-1234567"}},
		{"by Status", `{"Sort": {"SortBy": "Status", "SortOrder": "ASCENDING"}}`, []string{"S-1234567", "S-3", "S-1", "S-2"}},
		{"by Category", `{"Sort": {"SortBy": "Category", "SortOrder": "DESCENDING"}}`, []string{"S-3", "S-2", "S-1234567", "S-1"}},
		{"by CreatedDate", `{"Sort": {"SortBy": "CreatedDate", "SortOrder": "DESCENDING"}}`, []string{"S-2", "S-1", "S-3", "S-1234567"}},
		{"of a status", `{"Status": ["Active"]}`, []string{"S-1234567", "S-3"}},
		{"of a category", `{"Category": ["Consulting Service"]}`, []string{"S-1"}},
		{"of identifiers", `{"Identifier": ["S-2", "S-9"]}`, []string{"S-2"}},
	} {
		for _, size := range []int{1, 3, 100} {
			t.Run(fmt.Sprintf("%s/%d", c.name, size), func(t *testing.T) {
				query := merge(c.query, fmt.Sprintf(`"Catalog": "Sandbox", "MaxResults": %d`, size))
				var got []string
				for {
					page := do[api.ListSolutionsResponse](t, h, alice, "ListSolutions", query)
					for _, s := range page.SolutionSummaries {
						got = append(got, *s.Id)
					}
					if page.NextToken == nil {
						break
					}
					query = merge(query, fmt.Sprintf(`"NextToken": %q`, *page.NextToken))
				}
				if diff := cmp.Diff(c.want, got); diff != "" {
					t.Error(diff)
				}
			})
		}
	}
	t.Run("catalog AWS begins empty", func(t *testing.T) {
		if got := do[api.ListSolutionsResponse](t, h, alice, "ListSolutions", `{"Catalog": "AWS"}`); len(got.SolutionSummaries) != 0 {
			t.Errorf("got %+v", got)
		}
	})
	t.Run("replacing keeps the time of creation", func(t *testing.T) {
		at := func() api.Timestamp {
			all, err := h.Solutions(t.Context(), alice, "Sandbox")
			if err != nil {
				t.Fatal(err)
			}
			i := slices.IndexFunc(all, func(s api.SolutionBase) bool { return *s.Id == "S-3" })
			return *all[i].CreatedDate
		}
		before := at()
		put("S-3", "Alpha 2", "Software Product", api.SolutionStatusActive)
		if at() != before {
			t.Error("CreatedDate moved")
		}
	})
}

func TestTags(t *testing.T) {
	h := newHarness(t)
	o := h.opportunity(t, alice, *h.createOpportunity(t, alice, `"Tags": [{"Key": "b", "Value": "1"}, {"Key": "a", "Value": ""}]`).Id)
	tags := func() (got []string) {
		for _, tag := range do[api.ListTagsForResourceResponse](t, h, alice, "ListTagsForResource", fmt.Sprintf(`{"ResourceArn": %q}`, *o.Arn)).Tags {
			got = append(got, *tag.Key+"="+*tag.Value)
		}
		return got
	}
	if diff := cmp.Diff([]string{"b=1", "a="}, tags()); diff != "" {
		t.Error(diff)
	}
	do[api.TagResourceResponse](t, h, alice, "TagResource", fmt.Sprintf(`{"ResourceArn": %q, "Tags": [{"Key": "c", "Value": "3"}, {"Key": "b", "Value": "2"}]}`, *o.Arn))
	do[api.UntagResourceResponse](t, h, alice, "UntagResource", fmt.Sprintf(`{"ResourceArn": %q, "TagKeys": ["a", "unknown"]}`, *o.Arn))
	if diff := cmp.Diff([]string{"b=2", "c=3"}, tags()); diff != "" {
		t.Error(diff)
	}
	if again := h.opportunity(t, alice, *o.Id); *again.LastModifiedDate != *o.LastModifiedDate {
		t.Error("tags moved LastModifiedDate")
	}
	t.Run("a resource has at most 200", func(t *testing.T) {
		for page := range 2 {
			tags := ""
			for i := range 100 {
				tags += fmt.Sprintf(`{"Key": "k%d", "Value": ""},`, page*100+i)
			}
			_, err := try[struct{}](t, h, alice, "TagResource", fmt.Sprintf(`{"ResourceArn": %q, "Tags": [%s]}`, *o.Arn, tags[:len(tags)-1]))
			if page == 0 && err != nil {
				t.Fatal(err)
			}
			if page == 1 {
				fails(t, err, api.TypeValidation, "tags TOO_MANY_VALUES")
			}
		}
	})
	for name, c := range map[string]struct{ arn, want string }{
		"an opportunity that is not there": {"arn:aws:partnercentral:us-east-1:111122223333:catalog/Sandbox/opportunity/O1", api.TypeResourceNotFound},
		"another catalog":                  {"arn:aws:partnercentral:us-east-1:111122223333:catalog/AWS/opportunity/" + *o.Id, api.TypeResourceNotFound},
		"a kind that takes no tags":        {"arn:aws:partnercentral:us-east-1:111122223333:catalog/AWS/solution/S-1", api.TypeAccessDenied},
		"no ARN":                           {"O1", api.TypeValidation},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := try[struct{}](t, h, alice, "ListTagsForResource", fmt.Sprintf(`{"ResourceArn": %q}`, c.arn))
			fails(t, err, c.want)
		})
	}
}

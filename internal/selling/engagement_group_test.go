package selling_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"cosell/internal/api"
	"cosell/internal/selling"
	"cosell/internal/store"
)

// titled is a group of the engagements with a title.
func titled(name, title string, change ...func(*selling.EngagementGroup)) selling.EngagementGroup {
	g := selling.EngagementGroup{
		Name: name, Catalog: "Sandbox", Description: "Engagements called " + title,
		ReadinessLevel: api.ReadinessLevelSalesReady, Active: true,
		Filter: &api.EngagementSearchFilter{EqualsTo: &api.EngagementSearchPredicate{
			Key: new(api.EngagementSearchFilterNameTitle), Value: &api.EngagementSearchFilterValue{StringValue: &title},
		}},
	}
	for _, f := range change {
		f(&g)
	}
	return g
}

func (h *harness) putGroup(t testing.TB, g selling.EngagementGroup) selling.EngagementGroup {
	t.Helper()
	put, err := h.PutEngagementGroup(t.Context(), g)
	if err != nil {
		t.Fatal(err)
	}
	return put
}

// groups lists the names of the groups that an account may use, with their counts.
func (h *harness) groups(t testing.TB, account string, members ...string) []string {
	t.Helper()
	out := do[api.ListEngagementGroupsResponse](t, h, account, "ListEngagementGroups", merge(`{"Catalog": "Sandbox"}`, members...))
	names := []string{}
	for _, g := range out.EngagementGroupSummaries {
		names = append(names, fmt.Sprintf("%s %d", *g.Name, *g.Count))
	}
	return names
}

func TestEngagementGroups(t *testing.T) {
	h := newHarness(t)
	if got := h.groups(t, alice); len(got) != 0 {
		t.Errorf("groups before there is one: %q", got)
	}
	for range 2 {
		h.sandboxEngagement(t, alice, `"Title": "Sheep"`)
	}
	wolf := h.sandboxEngagement(t, alice, `"Title": "Wolf"`)
	h.sandboxEngagement(t, bob, `"Title": "Wolf"`)

	low := func(g *selling.EngagementGroup) { g.ReadinessLevel = api.ReadinessLevelLowPotential }
	wolves := h.putGroup(t, titled("wolves", "Wolf"))
	h.clock.Advance(time.Minute)
	sheep := h.putGroup(t, titled("sheep", "Sheep"))
	h.clock.Advance(time.Minute)
	h.putGroup(t, titled("all", "", low, func(g *selling.EngagementGroup) { g.Filter = nil }))
	h.putGroup(t, titled("ranked last", "Wolf", func(g *selling.EngagementGroup) { g.Rank = 5 }))
	h.putGroup(t, titled("bob's", "Wolf", func(g *selling.EngagementGroup) { g.Accounts = []string{bob} }))
	h.putGroup(t, titled("inactive", "Wolf", func(g *selling.EngagementGroup) { g.Active = false }))
	h.putGroup(t, titled("of the other catalog", "Wolf", func(g *selling.EngagementGroup) { g.Catalog = "AWS" }))

	for _, c := range []struct {
		name, account string
		members       []string
		want          []string
	}{
		{"RecommendedOrder", alice, nil, []string{"sheep 2", "wolves 1", "all 3", "ranked last 1"}},
		{"OfItsAccounts", bob, []string{`"ReadinessLevel": "SalesReady"`}, []string{"bob's 1", "wolves 1", "sheep 0", "ranked last 1"}},
		{"ReadinessLevel", alice, []string{`"ReadinessLevel": "LowPotential"`}, []string{"all 3"}},
		{"ByCount", alice, []string{`"Sort": {"SortBy": "Count", "SortOrder": "DESCENDING"}, "MaxResults": 2`}, []string{"all 3", "sheep 2"}},
		{"ByUpdate", alice, []string{`"Sort": {"SortBy": "UpdatedAt", "SortOrder": "ASCENDING"}, "MaxResults": 2`}, []string{"wolves 1", "sheep 2"}},
		{"ByIdentifiers", alice, []string{fmt.Sprintf(`"EngagementGroupIdentifiers": [%q, "arn:aws:partnercentral:us-east-1::catalog/Sandbox/engagement-group/%s", "eng-grp-00000000000000"]`, wolves.ID, sheep.ID)}, []string{"sheep 2", "wolves 1"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := h.groups(t, c.account, c.members...)
			want := slices.Clone(c.want)
			if c.name == "OfItsAccounts" { // two of them differ in nothing but the identifier
				slices.Sort(got[:2])
			}
			if !slices.Equal(got, want) {
				t.Errorf("got %q, want %q", got, want)
			}
		})
	}
	t.Run("Pages", func(t *testing.T) {
		body := `{"Catalog": "Sandbox", "MaxResults": 3}`
		first := do[api.ListEngagementGroupsResponse](t, h, alice, "ListEngagementGroups", body)
		rest := do[api.ListEngagementGroupsResponse](t, h, alice, "ListEngagementGroups", merge(body, fmt.Sprintf(`"NextToken": %q`, *first.NextToken)))
		if len(first.EngagementGroupSummaries) != 3 || len(rest.EngagementGroupSummaries) != 1 || rest.NextToken != nil ||
			*rest.EngagementGroupSummaries[0].Name != "ranked last" {
			t.Errorf("pages of %d and %d", len(first.EngagementGroupSummaries), len(rest.EngagementGroupSummaries))
		}
	})
	t.Run("Search", func(t *testing.T) {
		found := do[api.SearchEngagementsResponse](t, h, alice, "SearchEngagements", fmt.Sprintf(`{"Catalog": "Sandbox", "GroupId": %q}`, wolves.ID))
		if len(found.EngagementSearchSummaries) != 1 || *found.EngagementSearchSummaries[0].Id != wolf {
			t.Errorf("found %d engagements", len(found.EngagementSearchSummaries))
		}
	})
}

// A group that is not there, not active, for other accounts or of the other catalog
// is refused alike.
func TestSearchOutsideItsGroups(t *testing.T) {
	h := newHarness(t)
	for name, id := range map[string]string{
		"unknown":           "eng-grp-00000000000000",
		"inactive":          h.putGroup(t, titled("a", "A", func(g *selling.EngagementGroup) { g.Active = false })).ID,
		"of other accounts": h.putGroup(t, titled("b", "A", func(g *selling.EngagementGroup) { g.Accounts = []string{bob} })).ID,
		"of other catalog":  h.putGroup(t, titled("c", "A", func(g *selling.EngagementGroup) { g.Catalog = "AWS" })).ID,
	} {
		t.Run(name, func(t *testing.T) {
			_, err := try[api.SearchEngagementsResponse](t, h, alice, "SearchEngagements", fmt.Sprintf(`{"Catalog": "Sandbox", "GroupId": %q}`, id))
			fails(t, err, api.TypeValidation, "groupId INVALID_VALUE")
		})
	}
}

func TestGroupsOfTheOperator(t *testing.T) {
	h := newHarness(t)
	first := h.putGroup(t, titled("sheep", "Sheep"))
	again := h.putGroup(t, titled("sheep", "Ram"))
	if again.ID != first.ID || again.UpdatedAt <= first.UpdatedAt {
		t.Errorf("replaced as %s at %s", again.ID, again.UpdatedAt)
	}
	if groups, err := h.EngagementGroups(t.Context()); err != nil || len(groups) != 1 || groups[0].Description != "Engagements called Ram" {
		t.Errorf("got %+v, %v", groups, err)
	}
	_, err := h.PutEngagementGroup(t.Context(), titled("bad", "", func(g *selling.EngagementGroup) { *g.Filter = api.EngagementSearchFilter{} }))
	fails(t, err, api.TypeValidation)
	if err := h.DeleteEngagementGroup(t.Context(), "sheep"); err != nil {
		t.Error(err)
	}
	if err := h.DeleteEngagementGroup(t.Context(), "sheep"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("deleted again: %v", err)
	}
	for i := range selling.MaxEngagementGroups {
		h.putGroup(t, titled(fmt.Sprint(i), "A"))
	}
	_, err = h.PutEngagementGroup(t.Context(), titled("one more", "A"))
	fails(t, err, api.TypeServiceQuotaExceeded)
}

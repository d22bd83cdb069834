package selling_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"cosell/internal/api"
)

// fromOpportunityTasks lists the caller's tasks that submit.
func (h *harness) fromOpportunityTasks(t testing.TB, account string, members ...string) []api.ListEngagementFromOpportunityTaskSummary {
	t.Helper()
	return do[api.ListEngagementFromOpportunityTasksResponse](t, h, account, "ListEngagementFromOpportunityTasks",
		merge(`{"Catalog": "Sandbox"}`, members...)).TaskSummaries
}

// A summary says what the start's answer said.
func TestTaskSummaries(t *testing.T) {
	h := newHarness(t)
	opportunity, invitation := h.offered(t)
	accepted := h.accepting(t, bob, invitation)
	converted := h.converting(t, bob, h.sandboxEngagement(t, bob, leadOf(farms, meeting("2026-11-01", oldProblem))))

	submissions := h.fromOpportunityTasks(t, alice)
	if len(submissions) != 1 || *submissions[0].OpportunityId != opportunity || submissions[0].EngagementId == nil ||
		submissions[0].EngagementInvitationId == nil || submissions[0].ResourceSnapshotJobId == nil {
		t.Errorf("the submissions are %s", encoded(t, submissions))
	}
	acceptances := do[api.ListEngagementByAcceptingInvitationTasksResponse](t, h, bob, "ListEngagementByAcceptingInvitationTasks", `{"Catalog": "Sandbox"}`)
	sameJSON(t, encoded(t, acceptances), `{"TaskSummaries": [`+encoded(t, accepted)+`], "NextToken": null}`)
	conversions := do[api.ListOpportunityFromEngagementTasksResponse](t, h, bob, "ListOpportunityFromEngagementTasks", `{"Catalog": "Sandbox"}`)
	sameJSON(t, encoded(t, conversions), `{"TaskSummaries": [`+encoded(t, converted)+`], "NextToken": null}`)

	// Nobody else's, and no other catalog's.
	for _, c := range []struct{ account, catalog string }{{bob, "Sandbox"}, {alice, "AWS"}} {
		if list := h.fromOpportunityTasks(t, c.account, fmt.Sprintf(`"Catalog": %q`, c.catalog)); len(list) != 0 {
			t.Errorf("%s sees in %s %s", c.account, c.catalog, encoded(t, list))
		}
	}
}

// tasks are five tasks of alice's, each a minute after the one before; the last
// has failed.
func (h *harness) tasks(t testing.TB) (all []*api.StartEngagementFromOpportunityTaskResponse) {
	t.Helper()
	for n := range 5 {
		members := `{}`
		if n == 4 {
			members = `"PrimaryNeedsFromAws": []`
		}
		all = append(all, h.fromOpportunity(t, alice, *h.createOpportunity(t, alice, members).Id))
		h.clock.Advance(time.Minute)
	}
	return all
}

func TestTaskLists(t *testing.T) {
	h := newHarness(t)
	all := h.tasks(t)
	for _, c := range []struct {
		rule, members string
		want          []int
	}{
		{"the newest come first", `{}`, []int{4, 3, 2, 1, 0}},
		{"ascending", `"Sort": {"SortBy": "StartTime", "SortOrder": "ASCENDING"}`, []int{0, 1, 2, 3, 4}},
		{"descending", `"Sort": {"SortBy": "StartTime", "SortOrder": "DESCENDING"}`, []int{4, 3, 2, 1, 0}},
		{"by status", `"TaskStatus": ["FAILED"]`, []int{4}},
		{"by one of several statuses", `"TaskStatus": ["FAILED", "COMPLETE"]`, []int{4, 3, 2, 1, 0}},
		{"by none that is there", `"TaskStatus": ["IN_PROGRESS"]`, nil},
		{"by task", fmt.Sprintf(`"TaskIdentifier": [%q, %q]`, *all[1].TaskId, *all[3].TaskId), []int{3, 1}},
		{"by task's ARN", fmt.Sprintf(`"TaskIdentifier": [%q]`, *all[2].TaskArn), []int{2}},
		{"by opportunity", fmt.Sprintf(`"OpportunityIdentifier": [%q]`, *all[0].OpportunityId), []int{0}},
		{"by engagement", fmt.Sprintf(`"EngagementIdentifier": [%q]`, *all[0].EngagementId), []int{0}},
		{
			"by engagement's ARN", fmt.Sprintf(`"EngagementIdentifier": ["arn:aws:partnercentral:us-east-1::catalog/Sandbox/engagement/%s"]`,
				*all[3].EngagementId), []int{3},
		},
		{
			"filters narrow one another", fmt.Sprintf(`"OpportunityIdentifier": [%q], "TaskStatus": ["FAILED"]`, *all[0].OpportunityId), nil,
		},
	} {
		t.Run(c.rule, func(t *testing.T) {
			var got []int
			for _, row := range h.fromOpportunityTasks(t, alice, c.members) {
				got = append(got, slices.IndexFunc(all, func(o *api.StartEngagementFromOpportunityTaskResponse) bool { return *o.TaskId == *row.TaskId }))
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}

func TestTaskListsByInvitationAndContext(t *testing.T) {
	h := newHarness(t)
	_, invitation := h.offered(t)
	h.accepting(t, bob, invitation)
	h.accepting(t, bob, h.invite(t, alice, h.sandboxEngagement(t, alice), bob))
	acceptances := func(members string) int {
		return len(do[api.ListEngagementByAcceptingInvitationTasksResponse](t, h, bob, "ListEngagementByAcceptingInvitationTasks",
			merge(`{"Catalog": "Sandbox"}`, members)).TaskSummaries)
	}
	arn := *h.invitation(t, bob, invitation).Arn
	for _, c := range []struct {
		members string
		want    int
	}{
		{`{}`, 2},
		{fmt.Sprintf(`"EngagementInvitationIdentifier": [%q]`, invitation), 1},
		{fmt.Sprintf(`"EngagementInvitationIdentifier": [%q]`, arn), 1},
		{`"EngagementInvitationIdentifier": ["engi-0000000000000"]`, 0},
	} {
		if got := acceptances(c.members); got != c.want {
			t.Errorf("%s: %d tasks, want %d", c.members, got, c.want)
		}
	}

	h.converting(t, bob, h.sandboxEngagement(t, bob, leadOf(farms, meeting("2026-11-01", oldProblem))))
	for context, want := range map[string]int{"1": 0, "2": 1} {
		got := do[api.ListOpportunityFromEngagementTasksResponse](t, h, bob, "ListOpportunityFromEngagementTasks",
			fmt.Sprintf(`{"Catalog": "Sandbox", "ContextIdentifier": [%q]}`, context)).TaskSummaries
		if len(got) != want {
			t.Errorf("context %s: %d tasks, want %d", context, len(got), want)
		}
	}
}

func TestTaskListsRefuse(t *testing.T) {
	h := newHarness(t)
	for members, field := range map[string]string{
		`"TaskIdentifier": ["arn:aws:partnercentral:us-east-1::catalog/AWS/engagement-from-opportunity-task/task-0000000000000"]`:     "taskIdentifier[0] INVALID_VALUE",
		`"TaskIdentifier": ["arn:aws:partnercentral:us-east-1::catalog/Sandbox/opportunity-from-engagement-task/task-0000000000000"]`: "taskIdentifier[0] INVALID_VALUE",
		`"EngagementIdentifier": ["arn:aws:partnercentral:us-east-1::catalog/AWS/engagement/eng-00000000000000"]`:                     "engagementIdentifier[0] INVALID_VALUE",
		`"NextToken": "forged"`: "nextToken INVALID_VALUE",
	} {
		_, err := try[struct{}](t, h, alice, "ListEngagementFromOpportunityTasks", merge(`{"Catalog": "Sandbox"}`, members))
		fails(t, err, api.TypeValidation, field)
	}
}

// Pages neither repeat nor skip, also where tasks start at the same time; a
// token is for its own list alone.
func TestTaskPages(t *testing.T) {
	h := newHarness(t)
	for range 7 {
		h.fromOpportunity(t, alice, *h.createOpportunity(t, alice).Id)
	}
	for _, order := range []string{"ASCENDING", "DESCENDING"} {
		var whole, paged []string
		sort := fmt.Sprintf(`"Sort": {"SortBy": "StartTime", "SortOrder": %q}`, order)
		for _, row := range h.fromOpportunityTasks(t, alice, sort) {
			whole = append(whole, *row.TaskId)
		}
		next, tokens := `{}`, []string(nil)
		for next != "" {
			page := do[api.ListEngagementFromOpportunityTasksResponse](t, h, alice, "ListEngagementFromOpportunityTasks",
				merge(`{"Catalog": "Sandbox", "MaxResults": 3}`, sort, next))
			for _, row := range page.TaskSummaries {
				paged = append(paged, *row.TaskId)
			}
			if next = ""; page.NextToken != nil {
				next = fmt.Sprintf(`"NextToken": %q`, *page.NextToken)
				tokens = append(tokens, next)
			}
		}
		if !slices.Equal(paged, whole) || len(whole) != 7 || len(tokens) != 2 {
			t.Errorf("%s: pages %q, whole %q", order, paged, whole)
		}
		for operation, members := range map[string]string{
			"ListEngagementFromOpportunityTasks": `"TaskStatus": ["COMPLETE"]`,
			"ListOpportunityFromEngagementTasks": sort,
		} {
			_, err := try[struct{}](t, h, alice, operation, merge(`{"Catalog": "Sandbox"}`, members, tokens[0]))
			fails(t, err, api.TypeValidation, "nextToken INVALID_VALUE")
		}
		_, err := try[struct{}](t, h, bob, "ListEngagementFromOpportunityTasks", merge(`{"Catalog": "Sandbox"}`, sort, tokens[0]))
		fails(t, err, api.TypeValidation)
	}
	if page := h.fromOpportunityTasks(t, alice, `"MaxResults": 7`); len(page) != 7 || strings.Contains(encoded(t, page), "IN_PROGRESS") {
		t.Errorf("got %s", encoded(t, page))
	}
}

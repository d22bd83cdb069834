package selling_test

import (
	"fmt"
	"testing"

	"cosell/internal/api"
	"cosell/internal/selling"
	"cosell/internal/store"
)

// keyOf names an opportunity of an account's in Sandbox.
func keyOf(account, id string) store.OpportunityKey {
	return store.OpportunityKey{Account: account, Catalog: "Sandbox", ID: id}
}

// underReview is an opportunity that its partner submitted together with an
// engagement, as partners do.
type underReview struct{ id, engagement, invitation string }

func (h *harness) underReview(t testing.TB, account string, members ...string) underReview {
	t.Helper()
	id := *h.createOpportunity(t, account, members...).Id
	task := do[api.StartEngagementFromOpportunityTaskResponse](t, h, account, "StartEngagementFromOpportunityTask",
		named(id, h.token(), `"AwsSubmission": {"InvolvementType": "Co-Sell"}`))
	if *task.TaskStatus != api.TaskStatusComplete {
		t.Fatalf("the task is %s: %s", *task.TaskStatus, api.Value(task.Message))
	}
	h.work(t)
	return underReview{id, *task.EngagementId, *task.EngagementInvitationId}
}

// decide takes a decision at the desk that must succeed.
func (h *harness) decide(t testing.TB, account, id string, decision selling.ReviewDecision, comments ...string) selling.Reviewed {
	t.Helper()
	var given [2]*string
	for i := range comments {
		given[i] = &comments[i]
	}
	r, err := h.Review(t.Context(), keyOf(account, id), decision, given[0], given[1])
	if err != nil {
		t.Fatalf("%s: %v", decision, err)
	}
	return r
}

// status is an opportunity's review status.
func (h *harness) status(t testing.TB, account, id string) api.ReviewStatus {
	t.Helper()
	return *h.opportunity(t, account, id).LifeCycle.ReviewStatus
}

// waiting is what awaits review in every catalog, the longest waiting first.
func (h *harness) waiting(t testing.TB) []string {
	t.Helper()
	queue, err := h.Reviews(t.Context(), "", "", 1000)
	if err != nil {
		t.Fatal(err)
	}
	ids := []string{}
	for _, r := range queue {
		ids = append(ids, r.ID)
	}
	return ids
}

// edit moves the close date, which can be edited whenever anything can.
func (h *harness) edit(t testing.TB, account, id, date string) {
	t.Helper()
	update(t, h, account, h.opportunity(t, account, id),
		fmt.Sprintf(`"LifeCycle": {"Stage": "Prospect", "NextSteps": "Call them", "TargetCloseDate": %q}`, date))
}

package selling_test

import (
	"fmt"
	"testing"

	"cosell/internal/api"
)

// The templates.
const (
	summaryView = "OpportunitySummaryView"
	awsView     = "AwsOpportunitySummaryFullView"
)

// shared is an engagement of alice's in Sandbox that bob joined, and an
// opportunity of alice's.
func (h *harness) shared(t testing.TB) (engagement, opportunity string) {
	t.Helper()
	engagement = h.sandboxEngagement(t, alice)
	h.accept(t, bob, h.invite(t, alice, engagement, bob))
	return engagement, *h.createOpportunity(t, alice).Id
}

// snapshotBody names what a snapshot or a job is of.
func snapshotBody(engagement, opportunity, template string, members ...string) string {
	return merge(fmt.Sprintf(`{"Catalog": "Sandbox", "EngagementIdentifier": %q, "ResourceType": "Opportunity",
		"ResourceIdentifier": %q, "ResourceSnapshotTemplateIdentifier": %q}`, engagement, opportunity, template), members...)
}

// token is a client token that was not used before.
func (h *harness) token() string {
	h.tokens++
	return fmt.Sprintf(`"ClientToken": "token-%d"`, h.tokens)
}

// publish creates a snapshot and returns its revision.
func (h *harness) publish(t testing.TB, account, engagement, opportunity, template string) int32 {
	t.Helper()
	out := do[api.CreateResourceSnapshotResponse](t, h, account, "CreateResourceSnapshot",
		snapshotBody(engagement, opportunity, template, h.token()))
	return *out.Revision
}

// snapshot reads the latest revision.
func (h *harness) snapshot(t testing.TB, account, engagement, opportunity, template string, members ...string) *api.GetResourceSnapshotResponse {
	t.Helper()
	return do[api.GetResourceSnapshotResponse](t, h, account, "GetResourceSnapshot",
		snapshotBody(engagement, opportunity, template, members...))
}

// createJob makes a snapshot job and returns its identifier.
func (h *harness) createJob(t testing.TB, account, engagement, opportunity, template string, members ...string) string {
	t.Helper()
	out := do[api.CreateResourceSnapshotJobResponse](t, h, account, "CreateResourceSnapshotJob",
		snapshotBody(engagement, opportunity, template, append(members, h.token())...))
	return *out.Id
}

// jobBody names a job of Sandbox.
func jobBody(id string) string {
	return fmt.Sprintf(`{"Catalog": "Sandbox", "ResourceSnapshotJobIdentifier": %q}`, id)
}

func (h *harness) startJob(t testing.TB, account, id string) {
	t.Helper()
	do[struct{}](t, h, account, "StartResourceSnapshotJob", jobBody(id))
}

func (h *harness) stopJob(t testing.TB, account, id string) {
	t.Helper()
	do[struct{}](t, h, account, "StopResourceSnapshotJob", jobBody(id))
}

func (h *harness) job(t testing.TB, account, id string) *api.GetResourceSnapshotJobResponse {
	t.Helper()
	return do[api.GetResourceSnapshotJobResponse](t, h, account, "GetResourceSnapshotJob", jobBody(id))
}

// encoded is a value as the wire shows it.
func encoded(t testing.TB, v any) string {
	t.Helper()
	text, err := api.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// sameJSON compares what the wire shows with what it should, whatever the order
// and the blanks.
func sameJSON(t testing.TB, got, want string) {
	t.Helper()
	canonical := func(text string) string {
		var v any
		if err := api.Unmarshal([]byte(text), &v); err != nil {
			t.Fatalf("%v in %s", err, text)
		}
		return encoded(t, v)
	}
	if g, w := canonical(got), canonical(want); g != w {
		t.Errorf("got\n%s\nwant\n%s", g, w)
	}
}

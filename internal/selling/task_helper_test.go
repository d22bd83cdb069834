package selling_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"testing"

	"cosell/internal/api"
	"cosell/internal/service"
	"cosell/internal/store"
)

// fromOpportunityBody starts the submission of an opportunity of Sandbox for
// co-selling; members replace or add to it.
func (h *harness) fromOpportunityBody(id string, members ...string) string {
	return named(id, append([]string{h.token(), `"AwsSubmission": {"InvolvementType": "Co-Sell"}`}, members...)...)
}

// fromOpportunity submits an opportunity by a task.
func (h *harness) fromOpportunity(t testing.TB, account, id string, members ...string) *api.StartEngagementFromOpportunityTaskResponse {
	t.Helper()
	return do[api.StartEngagementFromOpportunityTaskResponse](t, h, account, "StartEngagementFromOpportunityTask",
		h.fromOpportunityBody(id, members...))
}

// accepting accepts an invitation by a task.
func (h *harness) accepting(t testing.TB, account, id string, members ...string) *api.StartEngagementByAcceptingInvitationTaskResponse {
	t.Helper()
	return do[api.StartEngagementByAcceptingInvitationTaskResponse](t, h, account, "StartEngagementByAcceptingInvitationTask",
		named(id, append([]string{h.token()}, members...)...))
}

// converting converts the first context of an engagement by a task.
func (h *harness) converting(t testing.TB, account, engagement string, members ...string) *api.StartOpportunityFromEngagementTaskResponse {
	t.Helper()
	return do[api.StartOpportunityFromEngagementTaskResponse](t, h, account, "StartOpportunityFromEngagementTask",
		named(engagement, append([]string{h.token(), `"ContextIdentifier": "1"`}, members...)...))
}

// tags returns a resource's tags as key=value.
func (h *harness) tags(t testing.TB, account, arn string) (tags []string) {
	t.Helper()
	for _, tag := range do[api.ListTagsForResourceResponse](t, h, account, "ListTagsForResource", fmt.Sprintf(`{"ResourceArn": %q}`, arn)).Tags {
		tags = append(tags, *tag.Key+"="+*tag.Value)
	}
	return tags
}

// opportunities returns the identifiers of an account's opportunities.
func (h *harness) opportunities(t testing.TB, account string) (found []string) {
	t.Helper()
	for _, o := range do[api.ListOpportunitiesResponse](t, h, account, "ListOpportunities", `{"Catalog": "Sandbox"}`).OpportunitySummaries {
		found = append(found, *o.Id)
	}
	return found
}

// engagements returns the identifiers of an account's engagements.
func (h *harness) engagements(t testing.TB, account string) (found []string) {
	t.Helper()
	for _, e := range do[api.ListEngagementsResponse](t, h, account, "ListEngagements", `{"Catalog": "Sandbox"}`).EngagementSummaryList {
		found = append(found, *e.Id)
	}
	return found
}

// sent returns the invitations that an account sent.
func (h *harness) sent(t testing.TB, account string) []api.EngagementInvitationSummary {
	t.Helper()
	return do[api.ListEngagementInvitationsResponse](t, h, account, "ListEngagementInvitations",
		`{"Catalog": "Sandbox", "ParticipantType": "SENDER"}`).EngagementInvitationSummaries
}

// failed reports whether a task failed with a reason and a message.
func failed(t testing.TB, status *api.TaskStatus, reason *api.ReasonCode, message *string, wantReason api.ReasonCode, wantMessage string) {
	t.Helper()
	if *status != api.TaskStatusFailed || reason == nil || *reason != wantReason || message == nil || *message != wantMessage {
		t.Errorf("got %s\nwant FAILED, %s, %q", encoded(t, []any{status, reason, message}), wantReason, wantMessage)
	}
}

// errCrash is the end of a process.
var errCrash = errors.New("crash")

// crashing is a store whose process dies in its nth transaction: before the
// commit, or after it and before anybody hears of it.
type crashing struct {
	store.Store
	in        int // transactions until the crash; 0 is never
	committed bool
}

func (s *crashing) Update(ctx context.Context, fn func(*store.Tx) error, options ...store.Option) error {
	s.in--
	if s.in != 0 {
		return s.Store.Update(ctx, fn, options...)
	}
	err := s.Store.Update(ctx, func(tx *store.Tx) error {
		if err := fn(tx); err != nil || s.committed {
			return err
		}
		return errCrash
	}, options...)
	return errors.Join(err, errCrash)
}

// crashes makes a harness over a crashing store. What is left is done by h.work,
// as another process would.
func crashes(t testing.TB) (*harness, *crashing) {
	t.Helper()
	s := new(crashing)
	h := newHarness(t, func(c *service.Config) {
		s.Store, c.Store = c.Store, s
		c.Log = slog.New(slog.DiscardHandler)
	})
	return h, s
}

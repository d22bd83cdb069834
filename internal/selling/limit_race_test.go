package selling_test

import (
	"fmt"
	"sync"
	"testing"

	"cosell/internal/api"
)

// Limits that count several records hold against requests in the same instant,
// which run beside each other on PostgreSQL.
func TestLimitsHoldInARace(t *testing.T) {
	for _, c := range []struct {
		rule string
		// room makes what has room for one more, and returns the request that takes
		// it, numbered.
		room     func(t *testing.T, h *harness) (operation string, body func(n int) string)
		wantType string
	}{
		{
			"ten partners in an engagement", func(t *testing.T, h *harness) (string, func(int) string) {
				e := h.sandboxEngagement(t, alice)
				inviteNumbered(8)(t, h, e)
				return "CreateEngagementInvitation", func(n int) string {
					return h.invitationBody(e, fmt.Sprintf("8000000000%02d", n))
				}
			}, api.TypeServiceQuotaExceeded,
		},
		{
			"200 tags of an opportunity", func(t *testing.T, h *harness) (string, func(int) string) {
				arn := *h.opportunity(t, alice, *h.createOpportunity(t, alice).Id).Arn
				return tagToTheBrim(t, h, arn)
			}, api.TypeValidation,
		},
		{
			"200 tags of a snapshot job", func(t *testing.T, h *harness) (string, func(int) string) {
				engagement, opportunity := h.shared(t)
				id := h.createJob(t, alice, engagement, opportunity, "OpportunitySummaryView")
				return tagToTheBrim(t, h, *h.job(t, alice, id).Arn)
			}, api.TypeValidation,
		},
	} {
		t.Run(c.rule, func(t *testing.T) {
			h := newHarness(t)
			operation, body := c.room(t, h)
			var (
				clients sync.WaitGroup
				refused [8]error
				granted int
			)
			for n := range refused {
				request := body(n)
				clients.Go(func() { _, refused[n] = try[struct{}](t, h, alice, operation, request) })
			}
			clients.Wait()
			for _, err := range refused {
				if err == nil {
					granted++
				} else {
					fails(t, err, c.wantType)
				}
			}
			if granted != 1 {
				t.Errorf("%d requests found the room for one", granted)
			}
		})
	}
}

// tagToTheBrim adds all tags but one that a resource may have.
func tagToTheBrim(t *testing.T, h *harness, arn string) (string, func(int) string) {
	t.Helper()
	tags := func(keys ...string) string {
		list := ""
		for _, key := range keys {
			list += fmt.Sprintf(`, {"Key": %q, "Value": ""}`, key)
		}
		return fmt.Sprintf(`{"ResourceArn": %q, "Tags": [%s]}`, arn, list[2:])
	}
	keys := make([]string, 199)
	for n := range keys {
		keys[n] = fmt.Sprint(n)
	}
	do[struct{}](t, h, alice, "TagResource", tags(keys[:100]...))
	do[struct{}](t, h, alice, "TagResource", tags(keys[100:]...))
	return "TagResource", func(n int) string { return tags(fmt.Sprint("raced ", n)) }
}

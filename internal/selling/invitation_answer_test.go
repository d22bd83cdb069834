package selling_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"cosell/internal/api"

	"github.com/google/go-cmp/cmp"
)

// TestAnswers plays every answer on an invitation in every state.
func TestAnswers(t *testing.T) {
	const acceptance, rejection = "AcceptEngagementInvitation", "RejectEngagementInvitation"
	rows := []struct {
		rule      string
		prepare   func(t *testing.T, h *harness, id string)
		account   string
		operation string
		wantType  string
		toSender  []string
		toOther   []string // to the receiver
	}{
		{
			rule: "accept", operation: acceptance,
			toSender: []string{"Engagement Invitation Accepted", "Engagement Member Added"},
			toOther:  []string{"Engagement Invitation Accepted", "Engagement Member Added"},
		},
		{
			rule: "reject", operation: rejection,
			toSender: []string{"Engagement Invitation Rejected"}, toOther: []string{"Engagement Invitation Rejected"},
		},
		{
			rule: "accept what was accepted", operation: acceptance, wantType: api.TypeConflict,
			prepare: func(t *testing.T, h *harness, id string) { h.accept(t, bob, id) },
		},
		{
			rule: "reject what was accepted", operation: rejection, wantType: api.TypeConflict,
			prepare: func(t *testing.T, h *harness, id string) { h.accept(t, bob, id) },
		},
		{
			rule: "accept what was rejected", operation: acceptance, wantType: api.TypeConflict,
			prepare: func(t *testing.T, h *harness, id string) { h.reject(t, bob, id) },
		},
		{
			rule: "reject what was rejected", operation: rejection, wantType: api.TypeConflict,
			prepare: func(t *testing.T, h *harness, id string) { h.reject(t, bob, id) },
		},
		{
			rule: "accept what has expired", operation: acceptance, wantType: api.TypeConflict,
			prepare: func(_ *testing.T, h *harness, _ string) { h.clock.Advance(lifetime) },
		},
		{
			rule: "reject what has expired", operation: rejection, wantType: api.TypeConflict,
			prepare: func(_ *testing.T, h *harness, _ string) { h.clock.Advance(lifetime) },
		},
		{
			rule: "accept what was written as expired", operation: acceptance, wantType: api.TypeConflict,
			prepare: func(t *testing.T, h *harness, _ string) { h.clock.Advance(lifetime); h.work(t) },
		},
		{
			rule: "accept at the last moment", operation: acceptance,
			prepare:  func(_ *testing.T, h *harness, _ string) { h.clock.Advance(lifetime - time.Millisecond) },
			toSender: []string{"Engagement Invitation Accepted", "Engagement Member Added"},
			toOther:  []string{"Engagement Invitation Accepted", "Engagement Member Added"},
		},
		{rule: "the sender sees it but does not answer", account: alice, operation: acceptance, wantType: api.TypeAccessDenied},
		{rule: "the sender does not withdraw by rejecting", account: alice, operation: rejection, wantType: api.TypeAccessDenied},
		{rule: "a stranger accepts", account: carol, operation: acceptance, wantType: api.TypeResourceNotFound},
		{rule: "a stranger rejects", account: carol, operation: rejection, wantType: api.TypeResourceNotFound},
	}
	for _, row := range rows {
		t.Run(row.rule, func(t *testing.T) {
			h := newHarness(t)
			e := h.sandboxEngagement(t, alice)
			id := h.invite(t, alice, e, bob)
			if row.prepare != nil {
				row.prepare(t, h, id)
			}
			h.heard(t, alice)
			h.heard(t, bob)
			account := row.account
			if account == "" {
				account = bob
			}
			before := h.invitation(t, alice, id)
			_, err := try[struct{}](t, h, account, row.operation, named(id))
			if row.wantType == "" {
				if err != nil {
					t.Fatal(err)
				}
			} else {
				fails(t, err, row.wantType)
				if diff := cmp.Diff(before, h.invitation(t, alice, id)); diff != "" {
					t.Errorf("a refused answer changed it (-before +after):\n%s", diff)
				}
			}
			if got := h.heard(t, alice); !slices.Equal(got, row.toSender) {
				t.Errorf("the sender was told %q, want %q", got, row.toSender)
			}
			if got := h.heard(t, bob); !slices.Equal(got, row.toOther) {
				t.Errorf("the receiver was told %q, want %q", got, row.toOther)
			}
		})
	}
}

func TestAcceptEngagementInvitation(t *testing.T) {
	t.Run("JoinsTheEngagement", func(t *testing.T) {
		h := newHarness(t)
		e := h.sandboxEngagement(t, alice)
		id := h.invite(t, alice, e, bob)
		h.clock.Advance(time.Hour)
		h.accept(t, bob, id)
		got := do[api.GetEngagementResponse](t, h, bob, "GetEngagement", named(e))
		if *got.MemberCount != 2 || *got.ModifiedBy != bob || !got.ModifiedAt.Time().Equal(start.Add(time.Hour)) {
			t.Errorf("%d members, modified by %s at %v", *got.MemberCount, *got.ModifiedBy, got.ModifiedAt)
		}
		for _, account := range []string{alice, bob} {
			i := h.invitation(t, account, id)
			if *i.Status != api.InvitationStatusAccepted || i.ExpirationDate != nil || i.Payload == nil || len(i.ExistingMembers) != 2 {
				t.Errorf("%s reads %s, expiring %v, payload %v, %d members", account, *i.Status, i.ExpirationDate, i.Payload, len(i.ExistingMembers))
			}
		}
	})

	t.Run("TellsMembersOfTheNewOne", func(t *testing.T) {
		h := newHarness(t)
		e := h.sandboxEngagement(t, alice)
		h.accept(t, bob, h.invite(t, alice, e, bob))
		id := h.invite(t, bob, e, carol)
		h.heard(t, alice)
		h.heard(t, bob)
		h.accept(t, carol, id)
		if got, want := h.heard(t, alice), []string{"Engagement Member Added"}; !slices.Equal(got, want) {
			t.Errorf("a member who did not invite was told %q, want %q", got, want)
		}
		if got, want := h.heard(t, bob), []string{"Engagement Invitation Accepted", "Engagement Member Added"}; !slices.Equal(got, want) {
			t.Errorf("the sender was told %q, want %q", got, want)
		}
	})

	t.Run("OnceOfTwoAtATime", func(t *testing.T) {
		h := newHarness(t)
		id := h.invite(t, alice, h.sandboxEngagement(t, alice), bob)
		errs := make([]error, 8)
		var group sync.WaitGroup
		for i := range errs {
			group.Go(func() { _, errs[i] = try[struct{}](t, h, bob, "AcceptEngagementInvitation", named(id)) })
		}
		group.Wait()
		accepted := 0
		for _, err := range errs {
			if err == nil {
				accepted++
			} else {
				fails(t, err, api.TypeConflict)
			}
		}
		if accepted != 1 {
			t.Errorf("accepted %d times", accepted)
		}
		if got := h.events(t, bob); len(got) != 3 {
			t.Errorf("told %q", got)
		}
	})

	t.Run("OverACrowdedEngagement", func(t *testing.T) {
		h := newHarness(t)
		e := h.sandboxEngagement(t, alice)
		inviteNumbered(8)(t, h, e)
		id := h.invite(t, alice, e, bob)
		for i := 0; i < 8; i += 2 {
			account := fmt.Sprintf("9000000000%02d", i)
			list := do[api.ListEngagementInvitationsResponse](t, h, account, "ListEngagementInvitations", `{"Catalog": "Sandbox", "ParticipantType": "RECEIVER"}`)
			h.accept(t, account, *list.EngagementInvitationSummaries[0].Id)
		}
		h.accept(t, bob, id)
		if got := do[api.GetEngagementResponse](t, h, bob, "GetEngagement", named(e)); *got.MemberCount != 10 {
			t.Errorf("%d members, want everybody who was invited", *got.MemberCount)
		}
	})
}

func TestRejectEngagementInvitation(t *testing.T) {
	t.Run("ReceiverKeepsMetadata", func(t *testing.T) {
		h := newHarness(t)
		e := h.sandboxEngagement(t, alice)
		id := h.invite(t, alice, e, bob)
		h.reject(t, bob, id)
		want := h.invitation(t, alice, id)
		if *want.Status != api.InvitationStatusRejected || *want.RejectionReason != "Next steps unclear" || want.Payload == nil || want.ExistingMembers == nil {
			t.Errorf("the sender reads %s because %v, payload %v, members %v", *want.Status, want.RejectionReason, want.Payload, want.ExistingMembers)
		}
		want.Payload, want.InvitationMessage, want.EngagementDescription, want.ExistingMembers = nil, nil, nil, nil
		if diff := cmp.Diff(want, h.invitation(t, bob, id)); diff != "" {
			t.Errorf("the receiver (-want +got):\n%s", diff)
		}
		_, err := try[struct{}](t, h, bob, "GetEngagement", named(e))
		fails(t, err, api.TypeResourceNotFound)
	})

	t.Run("ReasonIsFreeAndOptional", func(t *testing.T) {
		h := newHarness(t)
		e := h.sandboxEngagement(t, alice)
		for _, reason := range []string{"null", `"Other"`, `"we are closed in August"`} {
			do[struct{}](t, h, bob, "RejectEngagementInvitation", named(h.invite(t, alice, e, bob), `"RejectionReason": `+reason))
		}
		for _, reason := range []string{`""`, `"` + strings.Repeat("r", 81) + `"`, `"two\nlines"`} {
			_, err := try[struct{}](t, h, bob, "RejectEngagementInvitation", named("engi-0000000000000", `"RejectionReason": `+reason))
			fails(t, err, api.TypeValidation)
		}
	})
}

func TestInvitationIdentifiers(t *testing.T) {
	h := newHarness(t)
	e := h.sandboxEngagement(t, alice)
	id := h.invite(t, alice, e, bob)
	wrong := []string{"identifier INVALID_VALUE"}
	rows := []struct {
		rule, given, catalog string
		wantType             string
		fields               []string
	}{
		{rule: "an identifier", given: id},
		{rule: "an ARN", given: "arn:aws:partnercentral:us-east-1::catalog/Sandbox/engagement-invitation/" + id},
		{rule: "an ARN of another kind", given: "arn:aws:partnercentral:us-east-1::catalog/Sandbox/engagement/" + e, wantType: api.TypeValidation, fields: wrong},
		{rule: "an ARN of another catalog", given: "arn:aws:partnercentral:us-east-1::catalog/AWS/engagement-invitation/" + id, wantType: api.TypeValidation, fields: wrong},
		{rule: "an ARN of another service", given: "arn:aws:s3:::bucket", wantType: api.TypeValidation, fields: wrong},
		{rule: "the request's catalog", given: id, catalog: "AWS", wantType: api.TypeResourceNotFound},
		{rule: "unknown", given: "engi-0000000000000", wantType: api.TypeResourceNotFound},
		{rule: "malformed", given: "engi-1", wantType: api.TypeValidation},
	}
	for _, row := range rows {
		for _, operation := range []string{"GetEngagementInvitation", "RejectEngagementInvitation", "AcceptEngagementInvitation"} {
			if row.wantType == "" && operation != "GetEngagementInvitation" {
				continue // the first answer would be the last
			}
			t.Run(operation+" "+row.rule, func(t *testing.T) {
				catalog := row.catalog
				if catalog == "" {
					catalog = "Sandbox"
				}
				_, err := try[struct{}](t, h, bob, operation, named(row.given, fmt.Sprintf(`"Catalog": %q`, catalog)))
				if row.wantType == "" {
					if err != nil {
						t.Fatal(err)
					}
					return
				}
				fails(t, err, row.wantType, row.fields...)
			})
		}
	}
}

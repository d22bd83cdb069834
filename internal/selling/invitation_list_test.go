package selling_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"cosell/internal/api"
	"cosell/internal/auth"
)

// listedInvitations returns the identifiers of one page of invitations.
func (h *harness) listedInvitations(t testing.TB, account string, members ...string) ([]string, *string) {
	t.Helper()
	out := do[api.ListEngagementInvitationsResponse](t, h, account, "ListEngagementInvitations",
		merge(`{"Catalog": "Sandbox", "ParticipantType": "RECEIVER"}`, members...))
	got := make([]string, len(out.EngagementInvitationSummaries))
	for i, summary := range out.EngagementInvitationSummaries {
		got[i] = *summary.Id
	}
	return got, out.NextToken
}

func TestListEngagementInvitations(t *testing.T) {
	h := newHarness(t)
	// Bob is invited five times, an hour apart: by alice to two engagements and
	// to a lead, by carol, by AWS; the first of them has expired.
	var engagements, ids []string
	send := func(sender, payload string) {
		h.clock.Advance(time.Hour)
		e := h.sandboxEngagement(t, sender)
		out := do[api.CreateEngagementInvitationResponse](t, h, sender, "CreateEngagementInvitation", h.invitationBody(e, bob, fmt.Sprintf(
			`"Invitation": {"Message": "m", "Receiver": {"Account": {"AwsAccountId": %q}}, "Payload": {%s}}`, bob, payload)))
		engagements, ids = append(engagements, e), append(ids, *out.Id)
	}
	send(alice, opportunityPayload)
	h.clock.Advance(lifetime)
	send(alice, leadPayload)
	send(carol, opportunityPayload)
	send(auth.AWSAccount, opportunityPayload)
	send(alice, opportunityPayload)
	h.accept(t, bob, ids[2])
	h.reject(t, bob, ids[3])

	rows := []struct {
		rule, account, members string
		want                   []int
	}{
		{"the latest first", bob, "", []int{4, 3, 2, 1, 0}},
		{"descending", bob, `"Sort": {"SortBy": "InvitationDate", "SortOrder": "DESCENDING"}`, []int{4, 3, 2, 1, 0}},
		{"ascending", bob, `"Sort": {"SortBy": "InvitationDate", "SortOrder": "ASCENDING"}`, []int{0, 1, 2, 3, 4}},
		{"those sent", alice, `"ParticipantType": "SENDER"`, []int{4, 1, 0}},
		{"none received", alice, "", []int{}},
		{"none sent", bob, `"ParticipantType": "SENDER"`, []int{}},
		{"of this catalog", bob, `"Catalog": "AWS"`, []int{}},
		{"pending", bob, `"Status": ["PENDING"]`, []int{4, 1}},
		{"expired, before the work says so", bob, `"Status": ["EXPIRED"]`, []int{0}},
		{"accepted or rejected", bob, `"Status": ["ACCEPTED", "REJECTED"]`, []int{3, 2}},
		{"a kind", bob, `"PayloadType": ["LeadInvitation"]`, []int{1}},
		{"any kind", bob, `"PayloadType": ["LeadInvitation", "OpportunityInvitation"]`, []int{4, 3, 2, 1, 0}},
		{"a sender", bob, `"SenderAwsAccountId": ["aws", "777788889999"]`, []int{3, 2}},
		{"an engagement", bob, fmt.Sprintf(`"EngagementIdentifier": [%q]`, engagements[1]), []int{1}},
		{"an engagement by ARN", bob, fmt.Sprintf(`"EngagementIdentifier": ["arn:aws:partnercentral:us-east-1::catalog/Sandbox/engagement/%s"]`, engagements[1]), []int{1}},
		{"filters together", bob, `"Status": ["PENDING"], "SenderAwsAccountId": ["111122223333"], "PayloadType": ["OpportunityInvitation"]`, []int{4}},
	}
	for _, row := range rows {
		t.Run(row.rule, func(t *testing.T) {
			want := make([]string, len(row.want))
			for i, n := range row.want {
				want[i] = ids[n]
			}
			got, next := h.listedInvitations(t, row.account, row.members)
			if !slices.Equal(got, want) || next != nil {
				t.Errorf("got %v then %v, want %v", got, next, want)
			}
			// The same in pages of two.
			paged, place := []string{}, ""
			for {
				page, next := h.listedInvitations(t, row.account, row.members, `"MaxResults": 2`, place)
				paged = append(paged, page...)
				if next == nil {
					break
				}
				place = fmt.Sprintf(`"NextToken": %q`, *next)
			}
			if !slices.Equal(paged, want) {
				t.Errorf("in pages %v, want %v", paged, want)
			}
		})
	}

	t.Run("WhatASummaryShows", func(t *testing.T) {
		for account, side := range map[string]api.ParticipantType{bob: api.ParticipantTypeReceiver, alice: api.ParticipantTypeSender} {
			out := do[api.ListEngagementInvitationsResponse](t, h, account, "ListEngagementInvitations",
				fmt.Sprintf(`{"Catalog": "Sandbox", "ParticipantType": %q}`, side))
			for _, s := range out.EngagementInvitationSummaries {
				whole := h.invitation(t, account, *s.Id)
				if *s.ParticipantType != side || *s.Status != *whole.Status || *s.Arn != *whole.Arn || *s.EngagementTitle != "Farms" ||
					*s.SenderCompanyName != *whole.SenderCompanyName || *s.Receiver.Account.AwsAccountId != bob {
					t.Errorf("%s reads %+v", account, s)
				}
				if accepted := *s.Status == api.InvitationStatusAccepted; accepted != (s.ExpirationDate == nil) {
					t.Errorf("%s reads %s, expiring %v", account, *s.Status, s.ExpirationDate)
				}
			}
		}
	})

	for rule, row := range map[string]struct{ members, field string }{
		"TokenOfAnotherList":     {`"NextToken": "AAAA"`, "nextToken INVALID_VALUE"},
		"ArnOfAnotherCatalog":    {`"EngagementIdentifier": ["arn:aws:partnercentral:us-east-1::catalog/AWS/engagement/eng-00000000000000"]`, "engagementIdentifier[0] INVALID_VALUE"},
		"SideIsAsked":            {`"ParticipantType": null`, "participantType REQUIRED_FIELD_MISSING"},
		"NoMoreThanHundred":      {`"MaxResults": 101`, "maxResults VALUE_OUT_OF_RANGE"},
		"AtMostTenEngagements":   {`"EngagementIdentifier": ["eng-00000000000000"` + strings.Repeat(`,"eng-00000000000000"`, 10) + `]`, "engagementIdentifier TOO_MANY_VALUES"},
		"FilterThatIsNotEmpty":   {`"Status": []`, "status NOT_ENOUGH_VALUES"},
		"StatusOfTheEnumeration": {`"Status": ["LOST"]`, "status[0] INVALID_ENUM_VALUE"},
	} {
		t.Run(rule, func(t *testing.T) {
			_, err := try[struct{}](t, h, bob, "ListEngagementInvitations", merge(`{"Catalog": "Sandbox", "ParticipantType": "RECEIVER"}`, row.members))
			fails(t, err, api.TypeValidation, row.field)
		})
	}
}

package selling_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"cosell/internal/api"
	"cosell/internal/auth"
	"cosell/internal/selling"
	"cosell/internal/store"

	"github.com/google/go-cmp/cmp"
)

func TestCreateEngagementInvitation(t *testing.T) {
	t.Run("Answer", func(t *testing.T) {
		h := newHarness(t)
		e := h.sandboxEngagement(t, alice)
		out := do[api.CreateEngagementInvitationResponse](t, h, alice, "CreateEngagementInvitation", h.invitationBody(e, bob))
		if want := "arn:aws:partnercentral:us-east-1::catalog/Sandbox/engagement-invitation/" + *out.Id; *out.Arn != want {
			t.Errorf("Arn %s, want %s: a shared resource has no account", *out.Arn, want)
		}
		if !strings.HasPrefix(*out.Id, "engi-") || len(*out.Id) != len("engi-")+13 {
			t.Errorf("Id %s", *out.Id)
		}
	})

	t.Run("BothSidesReadTheSame", func(t *testing.T) {
		h := newHarness(t)
		if err := h.PutAccount(t.Context(), alice, selling.AccountProfile{CompanyName: "Alice Ltd", WebsiteURL: "https://alice.example.com"}); err != nil {
			t.Fatal(err)
		}
		e := h.sandboxEngagement(t, alice)
		id := h.invite(t, alice, e, bob)
		want := new(api.GetEngagementInvitationResponse)
		if err := api.Unmarshal(fmt.Appendf(nil, `{
			"Arn": "arn:aws:partnercentral:us-east-1::catalog/Sandbox/engagement-invitation/%s", "Id": %[1]q, "Catalog": "Sandbox",
			"EngagementId": %q, "EngagementTitle": "Farms", "EngagementDescription": "Sheep and more",
			"PayloadType": "OpportunityInvitation", "Status": "PENDING", "InvitationMessage": "Join us",
			"InvitationDate": "2026-11-21T10:00:00.000Z", "ExpirationDate": "2026-12-06T10:00:00.000Z",
			"SenderAwsAccountId": "111122223333", "SenderCompanyName": "Alice Ltd",
			"Receiver": {"Account": {"Alias": "Friend", "AwsAccountId": "444455556666"}},
			"ExistingMembers": [{"CompanyName": "Alice Ltd", "WebsiteUrl": "https://alice.example.com"}],
			"Payload": {%s}}`, id, e, opportunityPayload), want); err != nil {
			t.Fatal(err)
		}
		for _, account := range []string{alice, bob} {
			if diff := cmp.Diff(want, h.invitation(t, account, id)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", account, diff)
			}
		}
	})

	t.Run("EventsToBothSides", func(t *testing.T) {
		h := newHarness(t)
		e := h.sandboxEngagement(t, alice)
		id := h.invite(t, alice, e, bob)
		for account, side := range map[string]string{alice: "SENDER", bob: "RECEIVER"} {
			found, err := h.Events(t.Context(), account, 0, 10)
			if err != nil {
				t.Fatal(err)
			}
			last := string(found[len(found)-1].Envelope)
			for _, want := range []string{
				`"detail-type":"Engagement Invitation Created"`, `"schemaVersion":"1.0"`, `"participantType":"` + side + `"`,
				`"senderCompanyName":"Partner 111122223333"`, `"expirationDate":"2026-12-06T10:00:00.000Z"`,
				`"payloadType":"OpportunityInvitation"`, `"id":"` + id + `"`, `"engagementId":"` + e + `"`,
			} {
				if !strings.Contains(last, want) {
					t.Errorf("%s: no %s in %s", account, want, last)
				}
			}
			if strings.Contains(last, "Join us") {
				t.Errorf("%s: the message is in %s", account, last)
			}
		}
	})

	t.Run("AwsHasAllTheTimeItNeeds", func(t *testing.T) {
		h := newHarness(t)
		id := h.invite(t, alice, h.sandboxEngagement(t, alice), auth.AWSAccount)
		h.clock.Advance(100 * lifetime)
		h.work(t)
		if i := h.invitation(t, alice, id); i.ExpirationDate != nil || *i.Status != api.InvitationStatusPending {
			t.Errorf("expires %v, is %s", i.ExpirationDate, *i.Status)
		}
		h.accept(t, auth.AWSAccount, id)
	})

	t.Run("SameTokenSameInvitation", func(t *testing.T) {
		h := newHarness(t)
		body := h.invitationBody(h.sandboxEngagement(t, alice), bob)
		first := do[api.CreateEngagementInvitationResponse](t, h, alice, "CreateEngagementInvitation", body)
		second := do[api.CreateEngagementInvitationResponse](t, h, alice, "CreateEngagementInvitation", body)
		if *first.Id != *second.Id {
			t.Errorf("%s, then %s", *first.Id, *second.Id)
		}
		if told := h.events(t, bob); len(told) != 1 {
			t.Errorf("bob was told %q", told)
		}
		_, err := try[struct{}](t, h, alice, "CreateEngagementInvitation",
			strings.Replace(body, "Join us", "Join us today", 1))
		fails(t, err, api.TypeConflict)
	})
}

func TestWhoCanBeInvited(t *testing.T) {
	rows := []struct {
		rule     string
		prepare  func(t *testing.T, h *harness, engagement string)
		sender   string
		receiver string
		members  string
		wantType string // "" is success
		fields   []string
	}{
		{rule: "another account", receiver: bob},
		{rule: "AWS", receiver: auth.AWSAccount},
		{rule: "not oneself", receiver: alice, wantType: api.TypeValidation, fields: []string{"invitation.receiver.account.awsAccountId ACTION_NOT_PERMITTED"}},
		{rule: "by members only", sender: carol, receiver: bob, wantType: api.TypeResourceNotFound},
		{
			rule: "by members only, not those invited", sender: bob, receiver: carol, wantType: api.TypeResourceNotFound,
			prepare: func(t *testing.T, h *harness, e string) { h.invite(t, alice, e, bob) },
		},
		{
			rule: "by those who accepted", sender: bob, receiver: carol,
			prepare: func(t *testing.T, h *harness, e string) { h.accept(t, bob, h.invite(t, alice, e, bob)) },
		},
		{rule: "in the engagement's catalog", receiver: bob, members: `"Catalog": "AWS"`, wantType: api.TypeResourceNotFound},
		{rule: "to an engagement that exists", receiver: bob, members: `"EngagementIdentifier": "eng-00000000000000"`, wantType: api.TypeResourceNotFound},
		{
			rule: "nobody twice", receiver: bob, wantType: api.TypeConflict,
			prepare: func(t *testing.T, h *harness, e string) { h.invite(t, alice, e, bob) },
		},
		{
			rule: "no member", receiver: bob, wantType: api.TypeConflict,
			prepare: func(t *testing.T, h *harness, e string) { h.accept(t, bob, h.invite(t, alice, e, bob)) },
		},
		{
			rule: "no creator, by a member", sender: bob, receiver: alice, wantType: api.TypeConflict,
			prepare: func(t *testing.T, h *harness, e string) { h.accept(t, bob, h.invite(t, alice, e, bob)) },
		},
		{
			rule: "again after a rejection", receiver: bob,
			prepare: func(t *testing.T, h *harness, e string) { h.reject(t, bob, h.invite(t, alice, e, bob)) },
		},
		{
			rule: "again after expiry was written", receiver: bob,
			prepare: func(t *testing.T, h *harness, e string) {
				h.invite(t, alice, e, bob)
				h.clock.Advance(lifetime)
				h.work(t)
			},
		},
		{
			rule: "again after expiry", receiver: bob,
			prepare: func(t *testing.T, h *harness, e string) {
				h.invite(t, alice, e, bob)
				h.clock.Advance(lifetime)
			},
		},
		{rule: "nine besides the creator", receiver: bob, prepare: inviteNumbered(8)},
		{rule: "not ten besides the creator", receiver: bob, prepare: inviteNumbered(9), wantType: api.TypeServiceQuotaExceeded},
		{rule: "AWS besides ten partners", receiver: auth.AWSAccount, prepare: inviteNumbered(9)},
		{
			rule: "ten partners without AWS", receiver: bob,
			prepare: func(t *testing.T, h *harness, e string) {
				h.invite(t, alice, e, auth.AWSAccount)
				inviteNumbered(8)(t, h, e)
			},
		},
		{
			rule: "a place comes free by a rejection", receiver: bob,
			prepare: func(t *testing.T, h *harness, e string) {
				h.reject(t, carol, h.invite(t, alice, e, carol))
				inviteNumbered(8)(t, h, e)
			},
		},
		{
			rule: "a place comes free by expiry", receiver: bob,
			prepare: func(t *testing.T, h *harness, e string) {
				inviteNumbered(9)(t, h, e)
				h.clock.Advance(lifetime)
			},
		},
	}
	for _, row := range rows {
		t.Run(row.rule, func(t *testing.T) {
			h := newHarness(t)
			e := h.sandboxEngagement(t, alice)
			if row.prepare != nil {
				row.prepare(t, h, e)
			}
			sender := row.sender
			if sender == "" {
				sender = alice
			}
			_, err := try[struct{}](t, h, sender, "CreateEngagementInvitation",
				h.invitationBody(e, row.receiver, "{"+row.members+"}"))
			if row.wantType != "" {
				fails(t, err, row.wantType, row.fields...)
			} else if err != nil {
				t.Fatal(err)
			}
		})
	}
}

// inviteNumbered invites n accounts, every second of which accepts.
func inviteNumbered(n int) func(*testing.T, *harness, string) {
	return func(t *testing.T, h *harness, e string) {
		for i := range n {
			account := fmt.Sprintf("9000000000%02d", i)
			id := h.invite(t, alice, e, account)
			// An expired invitation makes room, a member never does.
			if i%2 == 1 {
				h.accept(t, account, id)
			}
		}
	}
}

func TestWhatCanBeSentInCatalog(t *testing.T) {
	rows := []struct {
		rule              string
		sender, catalog   string
		contexts, payload string
		fields            []string
	}{
		{"a lead by a partner in AWS", alice, "AWS", leadContext, leadPayload, []string{"invitation.payload.leadInvitation ACTION_NOT_PERMITTED"}},
		{"a lead by AWS in AWS", auth.AWSAccount, "AWS", leadContext, leadPayload, nil},
		{"a lead by a partner in Sandbox", alice, "Sandbox", leadContext, leadPayload, nil},
		{"an opportunity without a project in AWS", alice, "AWS", leadContext, opportunityPayload, []string{"engagementIdentifier INVALID_RESOURCE_STATE"}},
		{"an opportunity without a context in AWS", auth.AWSAccount, "AWS", "", opportunityPayload, []string{"engagementIdentifier INVALID_RESOURCE_STATE"}},
		{"an opportunity with a project in AWS", alice, "AWS", customerProject, opportunityPayload, nil},
		{"an opportunity without a project in Sandbox", alice, "Sandbox", "", opportunityPayload, nil},
		{
			"a date that is none", alice, "Sandbox", "", strings.Replace(opportunityPayload, "2027-10-04", "2027-02-30", 1),
			[]string{"invitation.payload.opportunityInvitation.project.targetCompletionDate INVALID_VALUE"},
		},
	}
	for _, row := range rows {
		t.Run(row.rule, func(t *testing.T) {
			h := newHarness(t)
			catalog := fmt.Sprintf(`"Catalog": %q`, row.catalog)
			e := h.sandboxEngagement(t, row.sender, catalog, fmt.Sprintf(`"Contexts": [%s]`, row.contexts))
			_, err := try[struct{}](t, h, row.sender, "CreateEngagementInvitation", h.invitationBody(e, bob, catalog, fmt.Sprintf(
				`"Invitation": {"Message": "m", "Receiver": {"Account": {"AwsAccountId": %q}}, "Payload": {%s}}`, bob, row.payload)))
			if row.fields == nil {
				if err != nil {
					t.Fatal(err)
				}
				return
			}
			fails(t, err, api.TypeValidation, row.fields...)
			if told := h.events(t, bob); len(told) != 0 {
				t.Errorf("bob was told %q of a refused invitation", told)
			}
		})
	}
}

func TestInvitationLimits(t *testing.T) {
	invitation := func(message, receiver, payload string) string {
		return fmt.Sprintf(`"Invitation": {"Message": %s, "Receiver": %s, "Payload": %s}`, message, receiver, payload)
	}
	const receiver = `{"Account": {"AwsAccountId": "444455556666"}}`
	payload := "{" + opportunityPayload + "}"
	replaced := func(old, by string) string { return "{" + strings.Replace(opportunityPayload, old, by, 1) + "}" }
	rows := []struct{ rule, members, field string }{
		{"a message", invitation("null", receiver, payload), "invitation.message"},
		{"a message that is not empty", invitation(`""`, receiver, payload), "invitation.message"},
		{"a message of at most 255", invitation(`"`+strings.Repeat("m", 256)+`"`, receiver, payload), "invitation.message"},
		{"a receiver", invitation(`"m"`, "null", payload), "invitation.receiver"},
		{"a receiver's account", invitation(`"m"`, `{"Account": {}}`, payload), "invitation.receiver.account.awsAccountId"},
		{"an account of at most 12", invitation(`"m"`, `{"Account": {"AwsAccountId": "1234567890123"}}`, payload), "invitation.receiver.account.awsAccountId"},
		{"a payload", invitation(`"m"`, receiver, "null"), "invitation.payload"},
		{"a payload of a kind", invitation(`"m"`, receiver, "{}"), "invitation.payload"},
		{"a payload of one kind", invitation(`"m"`, receiver, "{"+opportunityPayload+","+leadPayload+"}"), "invitation.payload"},
		{"at most three contacts", invitation(`"m"`, receiver, replaced(`"SenderContacts": [`,
			`"SenderContacts": [{"Email": "a@b.example"}, {"Email": "c@b.example"}, {"Email": "d@b.example"},`)), "invitation.payload.opportunityInvitation.senderContacts"},
		{
			"a contact's address", invitation(`"m"`, receiver, replaced(`"Email": "ann@alice.example.com",`, "")),
			"invitation.payload.opportunityInvitation.senderContacts[0].email",
		},
		{
			"known responsibilities", invitation(`"m"`, receiver, replaced("Distributor", "Cook")),
			"invitation.payload.opportunityInvitation.receiverResponsibilities[0]",
		},
		{
			"a project's problem of at least 20", invitation(`"m"`, receiver, replaced("They count their sheep by hand.", "Too short.")),
			"invitation.payload.opportunityInvitation.project.businessProblem",
		},
		{
			"a project's spend", invitation(`"m"`, receiver, replaced(`"ExpectedCustomerSpend"`, `"Unknown"`)),
			"invitation.payload.opportunityInvitation.project.expectedCustomerSpend",
		},
		{
			"a lead's company", invitation(`"m"`, receiver, `{"LeadInvitation": {"Customer": {}, "Interaction": {"ContactBusinessTitle": "CTO"}}}`),
			"invitation.payload.leadInvitation.customer.companyName",
		},
		{
			"a lead's contact title", invitation(`"m"`, receiver, `{"LeadInvitation": {"Customer": {"CompanyName": "Acme"}, "Interaction": {}}}`),
			"invitation.payload.leadInvitation.interaction.contactBusinessTitle",
		},
		{"an engagement by its identifier", `"EngagementIdentifier": "arn:aws:partnercentral:us-east-1::catalog/Sandbox/engagement/eng-00000000000000"`, "engagementIdentifier"},
		{"a client token", `"ClientToken": null`, "clientToken"},
		{"a known catalog", `"Catalog": "Elsewhere"`, "catalog"},
	}
	h := newHarness(t)
	e := h.sandboxEngagement(t, alice)
	for _, row := range rows {
		t.Run(row.rule, func(t *testing.T) {
			_, err := try[struct{}](t, h, alice, "CreateEngagementInvitation", h.invitationBody(e, bob, row.members))
			fails(t, err, api.TypeValidation)
			if list := err.(*api.Error).ErrorList; len(list) != 1 || *list[0].FieldName != row.field {
				t.Fatalf("named %v, want %s", err, row.field)
			}
		})
	}
}

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

func TestInvitationExpiry(t *testing.T) {
	expired := []string{"Engagement Invitation Expired"}

	t.Run("SeenAtItsTimeToldByTheWork", func(t *testing.T) {
		h := newHarness(t)
		id := h.invite(t, alice, h.sandboxEngagement(t, alice), bob)
		h.heard(t, alice)
		h.heard(t, bob)
		h.clock.Advance(lifetime - time.Millisecond)
		if done := h.work(t); done != 0 {
			t.Errorf("%d works were due before the time", done)
		}
		if got := *h.invitation(t, bob, id).Status; got != api.InvitationStatusPending {
			t.Errorf("is %s before its time", got)
		}
		h.clock.Advance(time.Millisecond)
		for range 2 { // before and after the work
			if i := h.invitation(t, alice, id); *i.Status != api.InvitationStatusExpired || i.Payload == nil || i.ExpirationDate == nil {
				t.Errorf("the sender reads %s, payload %v, expiring %v", *i.Status, i.Payload, i.ExpirationDate)
			}
			if i := h.invitation(t, bob, id); *i.Status != api.InvitationStatusExpired || i.Payload != nil || i.ExistingMembers != nil || i.InvitationMessage != nil {
				t.Errorf("the receiver reads %s, payload %v", *i.Status, i.Payload)
			}
			h.work(t)
		}
		for _, account := range []string{alice, bob} {
			if got := h.heard(t, account); !slices.Equal(got, expired) {
				t.Errorf("%s was told %q, want %q", account, got, expired)
			}
		}
	})

	t.Run("NotAfterAnAnswer", func(t *testing.T) {
		h := newHarness(t)
		e := h.sandboxEngagement(t, alice)
		accepted, rejected := h.invite(t, alice, e, bob), h.invite(t, alice, e, carol)
		h.accept(t, bob, accepted)
		h.reject(t, carol, rejected)
		h.clock.Advance(2 * lifetime)
		if done := h.work(t); done != 2 {
			t.Errorf("did %d works, want 2", done)
		}
		if got := *h.invitation(t, bob, accepted).Status; got != api.InvitationStatusAccepted {
			t.Errorf("accepted, then %s", got)
		}
		if got := *h.invitation(t, carol, rejected).Status; got != api.InvitationStatusRejected {
			t.Errorf("rejected, then %s", got)
		}
		for _, account := range []string{alice, bob, carol} {
			if slices.Contains(h.events(t, account), expired[0]) {
				t.Errorf("%s was told of an expiry", account)
			}
		}
	})

	t.Run("ToldOnceWhenInvitedAgainBeforeTheWork", func(t *testing.T) {
		h := newHarness(t)
		e := h.sandboxEngagement(t, alice)
		first := h.invite(t, alice, e, bob)
		h.clock.Advance(lifetime)
		h.heard(t, bob)
		second := h.invite(t, alice, e, bob)
		h.work(t)
		if got, want := h.heard(t, bob), []string{"Engagement Invitation Expired", "Engagement Invitation Created"}; !slices.Equal(got, want) {
			t.Errorf("told %q, want %q", got, want)
		}
		if got := *h.invitation(t, bob, first).Status; got != api.InvitationStatusExpired {
			t.Errorf("the first is %s", got)
		}
		if got := *h.invitation(t, bob, second).Status; got != api.InvitationStatusPending {
			t.Errorf("the second is %s", got)
		}
	})

	t.Run("WaitsWhenTheClockTurnsBack", func(t *testing.T) {
		h := newHarness(t)
		id := h.invite(t, alice, h.sandboxEngagement(t, alice), bob)
		h.clock.Advance(lifetime)
		w := h.claim(t)
		h.clock.Advance(-time.Hour)
		h.finish(t, w)
		if got := *h.invitation(t, bob, id).Status; got != api.InvitationStatusPending {
			t.Errorf("is %s an hour before its time", got)
		}
		h.clock.Advance(time.Hour)
		h.heard(t, bob)
		h.work(t)
		if got := h.heard(t, bob); !slices.Equal(got, expired) {
			t.Errorf("told %q, want %q", got, expired)
		}
	})

	t.Run("OfWhatIsGoneIsNothing", func(t *testing.T) {
		h := newHarness(t)
		err := h.store.Update(t.Context(), func(tx *store.Tx) error {
			return tx.Enqueue("expire-invitation", "Sandbox/engi-0000000000000", 0, []byte(`{"catalog": "Sandbox", "id": "engi-0000000000000"}`))
		})
		if err != nil {
			t.Fatal(err)
		}
		if done := h.work(t); done != 1 {
			t.Errorf("did %d works, want 1", done)
		}
	})
}

func TestEnrichment(t *testing.T) {
	const result = `{"Type": "ProspectingResult", "Payload": {"ProspectingResult": {"Aws": {
		"Customer": {"AccountName": "Acme Farms", "Segment": %q}, "Insights": {"SolutionScore": "High"}, "TaskName": "autumn"}}}}`
	h := newHarness(t)
	scored := strings.Replace(leadContext, `"Lead": {`, `"Lead": {"Insights": {"LeadReadinessScore": "High"},`, 1)
	e := h.sandboxEngagement(t, auth.AWSAccount, fmt.Sprintf(`"Contexts": [%s, %s, %s]`, scored,
		fmt.Sprintf(result, "SMB"), fmt.Sprintf(result, "Enterprise")))
	id := h.invite(t, auth.AWSAccount, e, bob)
	got := h.invitation(t, bob, id).EnrichmentContext
	switch {
	case got == nil || got.ProspectingResultAws == nil || got.LeadInsights == nil:
		t.Fatalf("got %+v", got)
	case *got.ProspectingResultAws.Customer.Segment != "Enterprise" || *got.ProspectingResultAws.Insights.SolutionScore != "High":
		t.Errorf("not the latest result: %+v", got.ProspectingResultAws)
	case *got.LeadInsights.LeadReadinessScore != "High":
		t.Errorf("insights %+v", got.LeadInsights)
	}
	h.reject(t, bob, id)
	if got := h.invitation(t, bob, id).EnrichmentContext; got != nil {
		t.Errorf("after rejection: %+v", got)
	}
	if h.invitation(t, auth.AWSAccount, id).EnrichmentContext == nil {
		t.Error("the sender lost sight of it")
	}
}

// TestContactsStayHidden looks for a lead's contact in all that an invited
// account can read before it accepts.
func TestContactsStayHidden(t *testing.T) {
	h := newHarness(t)
	e := h.sandboxEngagement(t, alice, `"Contexts": [`+leadContext+`]`)
	id := h.invite(t, alice, e, bob)
	for operation, body := range map[string]string{
		"GetEngagementInvitation":   named(id),
		"ListEngagementInvitations": `{"Catalog": "Sandbox", "ParticipantType": "RECEIVER"}`,
		"ListEngagements":           `{"Catalog": "Sandbox"}`,
	} {
		out, err := api.Marshal(do[api.Raw](t, h, bob, operation, body))
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(out), "secret@") {
			t.Errorf("%s shows it: %s", operation, out)
		}
	}
	h.accept(t, bob, id)
	if got := do[api.GetEngagementResponse](t, h, bob, "GetEngagement", named(e)); *got.Contexts[0].Payload.Lead.Interactions[0].Contact.Email != "secret@farms.example.com" {
		t.Error("a member does not see it")
	}
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

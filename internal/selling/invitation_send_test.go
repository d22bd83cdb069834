package selling_test

import (
	"fmt"
	"strings"
	"testing"

	"cosell/internal/api"
	"cosell/internal/auth"
)

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

package selling_test

import (
	"fmt"
	"slices"
	"testing"

	"cosell/internal/api"
)

// customerAccount makes a customer account of Sandbox and returns its identifier.
func (h *harness) customerAccount(t testing.TB, account, company string) string {
	t.Helper()
	return *do[api.CreateCustomerAccountResponse](t, h, account, "CreateCustomerAccount", fmt.Sprintf(
		`{"Catalog": "Sandbox", %s, "Account": {"CompanyName": %q, "Industry": "Agriculture", "WebsiteUrl": "https://acme.example.com",
			"Address": {"CountryCode": "DE", "City": "Berlin"}}}`, h.token(), company)).Id
}

func accountContext(members string) string {
	return fmt.Sprintf(`{"Type": "CustomerAccount", "Payload": {"CustomerAccount": {%s}}}`, members)
}

// context returns an engagement's only context about a customer account.
func (h *harness) accountOf(t testing.TB, account, engagement string) *api.CustomerAccountContext {
	t.Helper()
	e := do[api.GetEngagementResponse](t, h, account, "GetEngagement", named(engagement))
	if len(e.Contexts) != 1 {
		t.Fatalf("contexts %s", encoded(t, e.Contexts))
	}
	return e.Contexts[0].Payload.CustomerAccount
}

func TestCustomerAccountContext(t *testing.T) {
	h := newHarness(t)
	id := h.customerAccount(t, alice, "Acme Farms")
	arn := "arn:aws:partnercentral:us-east-1:" + alice + ":catalog/Sandbox/customer-account/" + id
	for _, given := range []string{id, arn} {
		t.Run(given, func(t *testing.T) {
			engagement := h.sandboxEngagement(t, alice, `"Contexts": [`+accountContext(fmt.Sprintf(`"AccountIdentifier": %q`, given))+`]`)
			h.accept(t, bob, h.invite(t, alice, engagement, bob))
			for _, reader := range []string{alice, bob} {
				sameJSON(t, encoded(t, h.accountOf(t, reader, engagement)), fmt.Sprintf(`{"AccountIdentifier": %q, "Customer":
					{"CompanyName": "Acme Farms", "Industry": "Agriculture", "WebsiteUrl": "https://acme.example.com", "CountryCode": "DE"}}`, given))
			}
			all := do[api.ListEngagementsResponse](t, h, alice, "ListEngagements", `{"Catalog": "Sandbox", "ContextTypes": ["CustomerAccount"]}`)
			if !slices.ContainsFunc(all.EngagementSummaryList, func(e api.EngagementSummary) bool { return *e.Id == engagement }) {
				t.Error("the list by context type leaves it out")
			}
			none := do[api.ListEngagementsResponse](t, h, alice, "ListEngagements", `{"Catalog": "Sandbox", "ExcludeContextTypes": ["CustomerAccount"]}`)
			if len(none.EngagementSummaryList) != 0 {
				t.Error("the list without the context type has it")
			}
		})
	}
	t.Run("the account's present data is shown, and the last copy after its end", func(t *testing.T) {
		engagement := h.sandboxEngagement(t, alice, `"Contexts": [`+accountContext(fmt.Sprintf(`"AccountIdentifier": %q`, id))+`]`)
		read := do[api.GetCustomerAccountResponse](t, h, alice, "GetCustomerAccount", named(id))
		do[api.UpdateCustomerAccountResponse](t, h, alice, "UpdateCustomerAccount", named(id, fmt.Sprintf(
			`"LastModifiedDate": %q, "Account": {"CompanyName": "Acme Fields"}`, *read.LastModifiedDate)))
		if got := h.accountOf(t, alice, engagement).Customer; *got.CompanyName != "Acme Fields" || got.WebsiteUrl != nil {
			t.Errorf("after an update: %s", encoded(t, got))
		}
		do[api.DeleteCustomerAccountResponse](t, h, alice, "DeleteCustomerAccount", named(id))
		if got := h.accountOf(t, alice, engagement).Customer; *got.CompanyName != "Acme Farms" {
			t.Errorf("after the deletion: %s", encoded(t, got))
		}
	})
	t.Run("a customer without an account", func(t *testing.T) {
		engagement := h.sandboxEngagement(t, alice, `"Contexts": [`+accountContext(`"Customer": {"CompanyName": "Other Farms"}`)+`]`)
		if got := h.accountOf(t, alice, engagement); got.AccountIdentifier != nil || *got.Customer.CompanyName != "Other Farms" {
			t.Errorf("got %s", encoded(t, got))
		}
	})
}

func TestCustomerAccountContextRefused(t *testing.T) {
	h := newHarness(t)
	his := h.customerAccount(t, bob, "Bob's Farms")
	create := func(context string) error {
		_, err := try[struct{}](t, h, alice, "CreateEngagement", fmt.Sprintf(
			`{"Catalog": "Sandbox", %s, "Title": "Farms", "Description": "Sheep and more", "Contexts": [%s]}`, h.token(), context))
		return err
	}
	fails(t, create(accountContext("")), api.TypeValidation, "contexts[0].payload.customerAccount REQUIRED_FIELD_MISSING")
	fails(t, create(`{"Type": "Lead", "Payload": {"CustomerAccount": {"Customer": {"CompanyName": "A"}}}}`), api.TypeValidation, "contexts[0].payload INVALID_VALUE")
	fails(t, create(accountContext(fmt.Sprintf(`"AccountIdentifier": %q`, his))), api.TypeResourceNotFound)
	fails(t, create(accountContext(`"AccountIdentifier": "cust-acc-0000000000000"`)), api.TypeResourceNotFound)
}

func TestAccountPlanningInvitation(t *testing.T) {
	h := newHarness(t)
	const planning = `"AccountPlanningInvitation": {%s, "PreferredContact": {"Window": "MORNING", "Timezone": "Europe/Berlin"}}`
	invitation := func(payload string) string {
		return fmt.Sprintf(`"Invitation": {"Message": "Plan with us", "Receiver": {"Account": {"AwsAccountId": %q}}, "Payload": {%s}}`, bob, payload)
	}
	engagement := h.sandboxEngagement(t, alice, `"Contexts": [`+accountContext(`"Customer": {"CompanyName": "Acme Farms"}`)+`]`)
	_, err := try[struct{}](t, h, alice, "CreateEngagementInvitation",
		h.invitationBody(engagement, bob, invitation(`"AccountPlanningInvitation": {"PreferredContact": {"Window": "MORNING", "Timezone": "Europe/Berlin"}}`)))
	fails(t, err, api.TypeValidation, "invitation.payload.accountPlanningInvitation REQUIRED_FIELD_MISSING")

	h.heard(t, bob)
	id := *do[api.CreateEngagementInvitationResponse](t, h, alice, "CreateEngagementInvitation",
		h.invitationBody(engagement, bob, invitation(fmt.Sprintf(planning, `"Customer": {"CompanyName": "Acme Farms"}`)))).Id
	got := h.invitation(t, bob, id)
	if *got.PayloadType != api.EngagementInvitationPayloadTypeAccountPlanningInvitation ||
		*got.Payload.AccountPlanningInvitation.Customer.CompanyName != "Acme Farms" {
		t.Errorf("the receiver reads %s", encoded(t, got))
	}
	if heard := h.heard(t, bob); !slices.Equal(heard, []string{"Engagement Invitation Created"}) {
		t.Errorf("bob heard %q", heard)
	}
	list := do[api.ListEngagementInvitationsResponse](t, h, bob, "ListEngagementInvitations",
		`{"Catalog": "Sandbox", "ParticipantType": "RECEIVER", "PayloadType": ["AccountPlanningInvitation"]}`)
	if len(list.EngagementInvitationSummaries) != 1 {
		t.Errorf("listed: %s", encoded(t, list))
	}
	task := h.accepting(t, bob, id)
	if *task.TaskStatus != api.TaskStatusFailed || *task.ReasonCode != api.ReasonCodeInvitationValidationFailed {
		t.Errorf("the task is %s", encoded(t, task))
	}
	h.accept(t, bob, id)
	if e := do[api.GetEngagementResponse](t, h, bob, "GetEngagement", named(engagement)); *e.MemberCount != 2 {
		t.Errorf("%d members", *e.MemberCount)
	}
}

// In the AWS catalog the engagement must be about a customer account.
func TestAccountPlanningNeedsItsContext(t *testing.T) {
	h := newHarness(t)
	const catalog = `"Catalog": "AWS"`
	engagement := h.sandboxEngagement(t, alice, catalog, `"Contexts": [`+customerProject+`]`)
	_, err := try[struct{}](t, h, alice, "CreateEngagementInvitation", h.invitationBody(engagement, bob, catalog, fmt.Sprintf(
		`"Invitation": {"Message": "Plan with us", "Receiver": {"Account": {"AwsAccountId": %q}},
		"Payload": {"AccountPlanningInvitation": {"Customer": {"CompanyName": "Acme"}}}}`, bob)))
	fails(t, err, api.TypeValidation, "engagementIdentifier INVALID_RESOURCE_STATE")
}

func TestOpportunityTypeOfAnInvitation(t *testing.T) {
	for _, c := range []struct {
		given string
		want  api.OpportunityType
	}{
		{"", api.OpportunityTypeNetNewBusiness},
		{`"OpportunityType": "Expansion", `, api.OpportunityTypeExpansion},
	} {
		t.Run(string(c.want), func(t *testing.T) {
			h := newHarness(t)
			engagement := h.sandboxEngagement(t, alice, `"Contexts": [`+customerProject+`]`)
			payload := `"OpportunityInvitation": {` + c.given + opportunityPayload[len(`"OpportunityInvitation": {`):]
			id := *do[api.CreateEngagementInvitationResponse](t, h, alice, "CreateEngagementInvitation", h.invitationBody(engagement, bob, fmt.Sprintf(
				`"Invitation": {"Message": "Join", "Receiver": {"Account": {"AwsAccountId": %q}}, "Payload": {%s}}`, bob, payload))).Id
			task := h.accepting(t, bob, id)
			if *task.TaskStatus != api.TaskStatusComplete {
				t.Fatalf("the task is %s", encoded(t, task))
			}
			if got := *h.opportunity(t, bob, *task.OpportunityId).OpportunityType; got != c.want {
				t.Errorf("bob's opportunity is %s", got)
			}
		})
	}
	t.Run("a submission copies it", func(t *testing.T) {
		h := newHarness(t)
		deal := h.underReview(t, alice, `"OpportunityType": "Expansion"`)
		if got := h.invitation(t, alice, deal.invitation).Payload.OpportunityInvitation.OpportunityType; got == nil || *got != api.OpportunityTypeExpansion {
			t.Errorf("the invitation to AWS has %v", got)
		}
	})
}

func TestCosellMotionReason(t *testing.T) {
	h := newHarness(t)
	id := *h.createOpportunity(t, alice).Id
	for _, c := range []struct{ patch, want string }{
		{`{}`, ""},
		{`{"CosellMotion": "Partner-led"}`, "The partner leads this opportunity; AWS is informed."},
		{`{"CosellMotionReason": "The customer asked for it."}`, "The customer asked for it."},
		{`{"Insights": {"EngagementScore": "High"}}`, "The customer asked for it."},
		{`{"CosellMotion": "Agent-engaged"}`, "AWS's agents support the partner on this opportunity."},
		{`{"CosellMotion": null}`, ""},
	} {
		h.change(t, id, c.patch)
		if got := api.Value(h.awsSummary(t, alice, id).CosellMotionReason); got != c.want {
			t.Errorf("after %s: %q, want %q", c.patch, got, c.want)
		}
	}
	_, err := h.ChangeAwsSummary(t.Context(), keyOf(alice, id), []byte(`{"CosellMotionReason": "No motion."}`))
	fails(t, err, api.TypeValidation, "cosellMotionReason INVALID_VALUE")
}

// AWS's advice on how to contact a lead is AWS's to write, and its channel is checked.
func TestChannelRecommendation(t *testing.T) {
	const advice = `"Lead": {"Insights": {"ChannelRecommendation": {"RecommendedChannel": %q, "BestOutreachWindows":
		[{"Day": "MONDAY", "StartTimeUtc": "09:00", "EndTimeUtc": "11:30"}]}}, `
	for _, c := range []struct {
		account, channel string
		refused, kept    bool
	}{
		{alice, "EMAIL", false, false}, {"aws", "CALL", false, true}, {"aws", "FAX", true, false},
	} {
		t.Run(c.account+" "+c.channel, func(t *testing.T) {
			h := newHarness(t)
			lead := fmt.Sprintf(advice, c.channel) + leadContext[len(`{"Type": "Lead", "Payload": {"Lead": {`):]
			out, err := try[api.CreateEngagementResponse](t, h, c.account, "CreateEngagement", fmt.Sprintf(
				`{"Catalog": "Sandbox", %s, "Title": "Farms", "Description": "Sheep and more", "Contexts": [{"Type": "Lead", "Payload": {%s]}`, h.token(), lead))
			if c.refused {
				fails(t, err, api.TypeValidation, "contexts[0].payload.lead.insights.channelRecommendation.recommendedChannel INVALID_VALUE")
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			e := do[api.GetEngagementResponse](t, h, c.account, "GetEngagement", named(*out.Id))
			if kept := e.Contexts[0].Payload.Lead.Insights != nil; kept != c.kept {
				t.Errorf("the advice is kept: %t", kept)
			}
		})
	}
}

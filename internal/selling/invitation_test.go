package selling_test

import (
	"fmt"
	"strings"
	"testing"

	"cosell/internal/api"
	"cosell/internal/auth"
	"cosell/internal/selling"

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

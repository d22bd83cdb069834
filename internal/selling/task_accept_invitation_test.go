package selling_test

import (
	"slices"
	"testing"
	"time"

	"cosell/internal/api"
	"cosell/internal/auth"
)

// offered is an opportunity of alice's in Sandbox that she submits by a task,
// and the invitation of bob to its engagement.
func (h *harness) offered(t testing.TB) (opportunity, invitation string) {
	t.Helper()
	opportunity = *h.createOpportunity(t, alice).Id
	out := h.fromOpportunity(t, alice, opportunity)
	return opportunity, h.invite(t, alice, *out.EngagementId, bob)
}

// play has alice play AWS's reviewer.
func (h *harness) play(t testing.TB, id string, status api.ReviewStatus) {
	t.Helper()
	o := h.opportunity(t, alice, id)
	do[struct{}](t, h, alice, "UpdateOpportunity", merge(opportunityBody("x"), named(id),
		`"LastModifiedDate": "`+o.LastModifiedDate.String()+`"`,
		`"LifeCycle": {"Stage": "Prospect", "NextSteps": "Call them", "TargetCloseDate": "2027-06-30", "ReviewStatus": "`+string(status)+`"}`))
}

func TestAccepting(t *testing.T) {
	h := newHarness(t)
	sender, invitation := h.offered(t)
	h.heard(t, alice)
	h.heard(t, bob)

	out := h.accepting(t, bob, invitation, `"Tags": [{"Key": "team", "Value": "east"}]`)

	if *out.TaskStatus != api.TaskStatusComplete || *out.EngagementInvitationId != invitation {
		t.Fatalf("got %s", encoded(t, out))
	}
	if want := "arn:aws:partnercentral:us-east-1::catalog/Sandbox/engagement-by-accepting-invitation-task/" + *out.TaskId; *out.TaskArn != want {
		t.Errorf("the task's ARN is %s, want %s", *out.TaskArn, want)
	}
	i := h.invitation(t, bob, invitation)
	if *i.Status != api.InvitationStatusAccepted {
		t.Errorf("the invitation is %s", *i.Status)
	}
	o := h.opportunity(t, bob, *out.OpportunityId)
	sameJSON(t, encoded(t, o), `{
		"Catalog": "Sandbox", "Id": "`+*out.OpportunityId+`",
		"Arn": "arn:aws:partnercentral:us-east-1:444455556666:catalog/Sandbox/opportunity/`+*out.OpportunityId+`",
		"CreatedDate": "2026-11-21T10:00:00.000Z", "LastModifiedDate": "2026-11-21T10:00:00.001Z",
		"Customer": {"Account": {"CompanyName": "Acme Farms", "Industry": "Agriculture", "WebsiteUrl": "https://farms.example.com",
			"Address": {"CountryCode": "US", "City": null, "PostalCode": null, "StateOrRegion": null, "StreetAddress": null},
			"AwsAccountId": null, "Duns": null, "OtherIndustry": null}, "Contacts": []},
		"LifeCycle": {"Stage": "Prospect", "TargetCloseDate": "2027-10-04", "ReviewStatus": "Submitted", "ClosedLostReason": null,
			"NextSteps": null, "NextStepsHistory": null, "ReviewComments": null, "ReviewStatusReason": null},
		"Marketing": {"Source": "None", "AwsFundingUsed": null, "CampaignName": null, "Channels": null, "UseCases": null},
		"NationalSecurity": "No", "OpportunityType": "Net New Business", "PartnerOpportunityIdentifier": null,
		"OpportunityTeam": [{"BusinessTitle": "OpportunityOwner", "Email": "alliance.lead@example.com",
			"FirstName": "Partner 444455556666", "LastName": "Alliance Lead", "Phone": null}],
		"PrimaryNeedsFromAws": ["Do Not Need Support from AWS Sales Rep"],
		"Project": {"Title": "Harvest", "CustomerBusinessProblem": "They count their sheep by hand.",
			"ExpectedCustomerSpend": [{"Amount": "10000.00", "CurrencyCode": "USD", "Frequency": "Monthly", "TargetCompany": "AWS", "EstimationUrl": null}],
			"AdditionalComments": null, "ApnPrograms": null, "AwsPartition": null, "CompetitorName": null, "CustomerUseCase": null,
			"DeliveryModels": null, "ExpectedContractDuration": null, "OtherCompetitorNames": null, "OtherSolutionDescription": null,
			"RelatedOpportunityIdentifier": null, "SalesActivities": null},
		"RelatedEntityIdentifiers": {"AwsMarketplaceOfferSets": [], "AwsMarketplaceOffers": [], "AwsMarketplaceProducts": [],
			"AwsMarketplaceSolutions": [], "AwsProducts": [], "Solutions": []},
		"SoftwareRevenue": null}`)

	job := h.job(t, bob, *out.ResourceSnapshotJobId)
	if *job.Status != api.ResourceSnapshotJobStatusRunning {
		t.Errorf("the job is %s", *job.Status)
	}
	for _, arn := range []string{*o.Arn, *job.Arn} {
		if tags := h.tags(t, bob, arn); !slices.Equal(tags, []string{"team=east"}) {
			t.Errorf("%s has the tags %q", arn, tags)
		}
	}
	// AWS keeps of the copy what it keeps of the sender's.
	if summary := h.awsSummary(t, bob, *o.Id); *summary.InvolvementType != "Co-Sell" || *summary.Visibility != "Full" {
		t.Errorf("AWS keeps %s", encoded(t, summary))
	}
	if waiting, err := h.Reviews(t.Context(), "Sandbox", bob, 10); err != nil || len(waiting) != 0 {
		t.Errorf("the copy awaits a review of its own: %v, %v", waiting, err)
	}
	// Each side sees the other's snapshot.
	h.snapshot(t, alice, *i.EngagementId, *o.Id, summaryView)
	h.snapshot(t, bob, *i.EngagementId, sender, summaryView)

	if got, want := h.heard(t, bob), []string{
		"Engagement Invitation Accepted", "Engagement Member Added", "Opportunity Created", "Opportunity Updated",
		"Engagement Resource Snapshot Created",
	}; !slices.Equal(got, want) {
		t.Errorf("bob was told %q, want %q", got, want)
	}
	if got, want := h.heard(t, alice), []string{
		"Engagement Invitation Accepted", "Engagement Member Added", "Engagement Resource Snapshot Created",
	}; !slices.Equal(got, want) {
		t.Errorf("alice was told %q, want %q", got, want)
	}
}

func TestAcceptingFollowsTheSendersReview(t *testing.T) {
	for _, c := range []struct {
		name    string
		prepare func(t testing.TB, h *harness) (sender, invitation string)
		begins  api.ReviewStatus
		then    api.ReviewStatus // after the sender's approval
	}{
		{"that is under way", func(t testing.TB, h *harness) (string, string) { return h.offered(t) }, "Submitted", "Approved"},
		{"that is approved", func(t testing.TB, h *harness) (string, string) {
			id, invitation := h.offered(t)
			h.play(t, id, api.ReviewStatusApproved)
			return id, invitation
		}, "Approved", ""},
		{"that asks for something", func(t testing.TB, h *harness) (string, string) {
			id, invitation := h.offered(t)
			h.play(t, id, api.ReviewStatusActionRequired)
			return id, invitation
		}, "Submitted", "Approved"},
		{"that has not begun", func(t testing.TB, h *harness) (string, string) {
			engagement := h.sandboxEngagement(t, alice, `"Contexts": [`+customerProject+`]`)
			id := *h.createOpportunity(t, alice).Id
			h.publish(t, alice, engagement, id, summaryView)
			return id, h.invite(t, alice, engagement, bob)
		}, "Pending Submission", "Approved"},
		{"that there is none of", func(t testing.TB, h *harness) (string, string) {
			return "", h.invite(t, alice, h.sandboxEngagement(t, alice), bob)
		}, "Pending Submission", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := newHarness(t)
			sender, invitation := c.prepare(t, h)
			out := h.accepting(t, bob, invitation)
			status := func() api.ReviewStatus {
				return *h.opportunity(t, bob, *out.OpportunityId).LifeCycle.ReviewStatus
			}
			if *out.TaskStatus != api.TaskStatusComplete || status() != c.begins {
				t.Fatalf("the copy begins %s: %s", status(), encoded(t, out))
			}
			if c.then == "" {
				return
			}
			h.play(t, sender, api.ReviewStatusApproved)
			if status() != c.then {
				t.Errorf("after the sender's approval it is %s", status())
			}
		})
	}
}

func TestAcceptingAReferral(t *testing.T) {
	h := newHarness(t)
	id := *h.createOpportunity(t, alice, `"Origin": "AWS Referral"`, `"Tags": [{"Key": "origin", "Value": "aws"}]`).Id
	received := do[api.ListEngagementInvitationsResponse](t, h, alice, "ListEngagementInvitations",
		`{"Catalog": "Sandbox", "ParticipantType": "RECEIVER"}`).EngagementInvitationSummaries
	if _, err := try[struct{}](t, h, alice, "GetOpportunity", named(id)); err == nil {
		t.Fatal("the referral can be read before it was accepted")
	}
	h.heard(t, alice)
	h.clock.Advance(time.Hour)

	out := h.accepting(t, alice, *received[0].Id, `"Tags": [{"Key": "team", "Value": "west"}]`)

	if *out.TaskStatus != api.TaskStatusComplete || *out.OpportunityId != id {
		t.Fatalf("got %s", encoded(t, out))
	}
	o := h.opportunity(t, alice, id)
	if *o.LifeCycle.ReviewStatus != api.ReviewStatusApproved || *o.LifeCycle.Stage != api.StageProspect ||
		*o.Customer.Account.Address.StreetAddress != "1 Main St" || o.CreatedDate.Time() != start {
		t.Errorf("the referral is %s", encoded(t, o))
	}
	if tags := h.tags(t, alice, *o.Arn); !slices.Equal(tags, []string{"origin=aws", "team=west"}) {
		t.Errorf("its tags are %q", tags)
	}
	if summary := h.awsSummary(t, alice, id); *summary.Origin != api.OpportunityOriginAwsReferral ||
		*summary.InvolvementType != "Co-Sell" || *summary.LifeCycle.Stage != "Prospect" {
		t.Errorf("AWS keeps %s", encoded(t, summary))
	}
	if got, want := h.heard(t, alice), []string{
		"Engagement Invitation Accepted", "Engagement Member Added", "Opportunity Created", "Opportunity Updated",
		"Engagement Resource Snapshot Created",
	}; !slices.Equal(got, want) {
		t.Errorf("told %q, want %q", got, want)
	}
}

// AWS may invite to an opportunity without a referral behind it, too.
func TestAcceptingAnInvitationOfAWS(t *testing.T) {
	h := newHarness(t)
	invitation := h.invite(t, auth.AWSAccount, h.sandboxEngagement(t, auth.AWSAccount), bob)
	out := h.accepting(t, bob, invitation)
	o := h.opportunity(t, bob, *out.OpportunityId)
	if *out.TaskStatus != api.TaskStatusComplete || *o.LifeCycle.ReviewStatus != api.ReviewStatusApproved || *o.Project.Title != "Harvest" {
		t.Errorf("got %s, %s", encoded(t, out), encoded(t, o))
	}
	if summary := h.awsSummary(t, bob, *o.Id); *summary.Origin != api.OpportunityOriginAwsReferral {
		t.Errorf("AWS keeps %s", encoded(t, summary))
	}
}

func TestAcceptingFails(t *testing.T) {
	for _, c := range []struct {
		name    string
		prepare func(t testing.TB, h *harness, engagement, invitation string)
		caller  string
		reason  api.ReasonCode
		message string
	}{
		{"by the sender", nil, alice, api.ReasonCodeInvitationAccessDenied, "Only its receiver can answer an invitation"},
		{
			"an expired one", func(_ testing.TB, h *harness, _, _ string) { h.clock.Advance(lifetime) }, bob,
			api.ReasonCodeInvitationValidationFailed, "The invitation has expired; its sender can send another",
		},
		{
			"an accepted one", func(t testing.TB, h *harness, _, id string) { h.accept(t, bob, id) }, bob,
			api.ReasonCodeEngagementInvitationConflict, "The invitation has been answered already: it is ACCEPTED",
		},
		{
			"a rejected one", func(t testing.TB, h *harness, _, id string) { h.reject(t, bob, id) }, bob,
			api.ReasonCodeEngagementInvitationConflict, "The invitation has been answered already: it is REJECTED",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := newHarness(t)
			engagement := h.sandboxEngagement(t, alice)
			invitation := h.invite(t, alice, engagement, bob)
			if c.prepare != nil {
				c.prepare(t, h, engagement, invitation)
			}
			out := h.accepting(t, c.caller, invitation)
			failed(t, out.TaskStatus, out.ReasonCode, out.Message, c.reason, c.message)
			if all := h.opportunities(t, c.caller); len(all) != 0 || out.OpportunityId != nil || out.EngagementInvitationId != nil {
				t.Errorf("a failed task made %q: %s", all, encoded(t, out))
			}
		})
	}
	t.Run("a lead", func(t *testing.T) {
		h := newHarness(t)
		body := merge(h.invitationBody(h.sandboxEngagement(t, alice, `"Contexts": [`+leadContext+`]`), bob),
			`"Invitation": {"Message": "Join us", "Receiver": {"Account": {"AwsAccountId": "`+bob+`"}}, "Payload": {`+leadPayload+`}}`)
		invitation := *do[api.CreateEngagementInvitationResponse](t, h, alice, "CreateEngagementInvitation", body).Id
		out := h.accepting(t, bob, invitation)
		failed(t, out.TaskStatus, out.ReasonCode, out.Message, api.ReasonCodeInvitationValidationFailed,
			"BUSINESS_VALIDATION_EXCEPTION identifier:a lead has no opportunity yet: accept it with AcceptEngagementInvitation, "+
				"and convert it with StartOpportunityFromEngagementTask")
		if i := h.invitation(t, bob, invitation); *i.Status != api.InvitationStatusPending {
			t.Errorf("the invitation is %s", *i.Status)
		}
	})
}

func TestAcceptingRefusesAtOnce(t *testing.T) {
	h := newHarness(t)
	invitation := h.invite(t, alice, h.sandboxEngagement(t, alice), bob)
	start := func(account string, members ...string) error {
		_, err := try[struct{}](t, h, account, "StartEngagementByAcceptingInvitationTask",
			named(invitation, append(members, h.token())...))
		return err
	}
	fails(t, start(carol), api.TypeResourceNotFound)
	fails(t, start(bob, `"Catalog": "AWS"`), api.TypeResourceNotFound)
	fails(t, start(bob, `"Tags": [{"Key": "a", "Value": ""}, {"Key": "a", "Value": ""}]`), api.TypeValidation, "tags[1].key DUPLICATE_KEY_VALUE")

	// The invitation can be named by its ARN.
	arn := *h.invitation(t, bob, invitation).Arn
	if out := h.accepting(t, bob, arn); *out.TaskStatus != api.TaskStatusComplete || *out.EngagementInvitationId != invitation {
		t.Errorf("got %s", encoded(t, out))
	}
}

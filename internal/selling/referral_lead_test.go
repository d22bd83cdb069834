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

// qualifiedLead is a lead that tells enough to be converted.
const qualifiedLead = `{"Type": "Lead", "Payload": {"Lead": {
	"Customer": {"CompanyName": "Acme Farms", "Industry": "Agriculture", "WebsiteUrl": "https://farms.example.com",
		"Address": {"CountryCode": "US", "City": "Ames", "StateOrRegion": "Iowa"}},
	"Interactions": [{"SourceType": "Event", "SourceId": "e-1", "SourceName": "Fair", "Usecase": "Database", "CustomerAction": "Asked",
		"BusinessProblem": "They count their sheep by hand.",
		"Contact": {"BusinessTitle": "CTO", "Email": "secret@farms.example.com", "FirstName": "Sam", "LastName": "Hill"}}]}}}`

// awsLead has AWS make a lead engagement in a catalog and invite a partner, who
// accepts. It returns the engagement.
func (h *harness) awsLead(t testing.TB, catalog, account string) string {
	t.Helper()
	at := fmt.Sprintf(`"Catalog": %q`, catalog)
	e := h.sandboxEngagement(t, auth.AWSAccount, at, `"Contexts": [`+qualifiedLead+`]`)
	id := *do[api.CreateEngagementInvitationResponse](t, h, auth.AWSAccount, "CreateEngagementInvitation",
		h.invitationBody(e, account, at, fmt.Sprintf(`"Invitation": {"Message": "A lead for you",
			"Receiver": {"Account": {"AwsAccountId": %q}}, "Payload": {%s}}`, account, leadPayload))).Id
	if i := do[api.GetEngagementInvitationResponse](t, h, account, "GetEngagementInvitation", named(id, at)); *i.SenderAwsAccountId != "aws" || i.Payload.LeadInvitation == nil {
		t.Fatalf("invited by %s to %+v", *i.SenderAwsAccountId, i.Payload)
	}
	do[struct{}](t, h, account, "AcceptEngagementInvitation", named(id, at))
	return e
}

// qualify sets a lead's status as its account and returns the engagement after.
func (h *harness) qualify(t testing.TB, account, catalog, id, status string) *api.GetEngagementResponse {
	t.Helper()
	at := fmt.Sprintf(`"Catalog": %q`, catalog)
	e := do[api.GetEngagementResponse](t, h, account, "GetEngagement", named(id, at))
	do[api.UpdateEngagementContextResponse](t, h, account, "UpdateEngagementContext", fmt.Sprintf(`{"Catalog": %q,
		"EngagementIdentifier": %q, "ContextIdentifier": "1", "EngagementLastModifiedAt": %q, "Type": "Lead",
		"Payload": {"Lead": {"QualificationStatus": %q, "Customer": {"CompanyName": "Acme Farms", "Industry": "Agriculture",
			"WebsiteUrl": "https://farms.example.com", "Address": {"CountryCode": "US"}}}}}`,
		catalog, id, e.ModifiedAt.String(), status))
	return do[api.GetEngagementResponse](t, h, account, "GetEngagement", named(id, at))
}

// convert starts the task that converts a lead.
func (h *harness) convert(t testing.TB, account, catalog, id string) *api.StartOpportunityFromEngagementTaskResponse {
	t.Helper()
	h.tokens++
	return do[api.StartOpportunityFromEngagementTaskResponse](t, h, account, "StartOpportunityFromEngagementTask",
		fmt.Sprintf(`{"Catalog": %q, "ClientToken": "token-%d", "Identifier": %q, "ContextIdentifier": "1"}`, catalog, h.tokens, id))
}

func TestLeadFromAWS(t *testing.T) {
	for _, catalog := range []string{"AWS", "Sandbox"} {
		at := fmt.Sprintf(`"Catalog": %q`, catalog)
		t.Run(catalog+"/IsQualifiedConvertedAndSubmitted", func(t *testing.T) {
			h := newHarness(t)
			id := h.awsLead(t, catalog, bob)
			if e := h.qualify(t, bob, catalog, id, "Qualified"); *e.Contexts[0].Payload.Lead.QualificationStatus != "Qualified" || *e.ModifiedBy != bob {
				t.Errorf("by %s: %+v", *e.ModifiedBy, e.Contexts[0].Payload.Lead)
			}
			task := h.convert(t, bob, catalog, id)
			if *task.TaskStatus != api.TaskStatusComplete {
				t.Fatalf("%s because %s: %s", *task.TaskStatus, api.Value(task.ReasonCode), api.Value(task.Message))
			}
			if *task.ContextId != "2" || *task.EngagementId != id {
				t.Errorf("context %s of %s", *task.ContextId, *task.EngagementId)
			}
			o := do[api.GetOpportunityResponse](t, h, bob, "GetOpportunity", named(*task.OpportunityId, at))
			if *o.Project.Title != "Converted from Lead" || *o.Customer.Account.CompanyName != "Acme Farms" ||
				*o.LifeCycle.TargetCloseDate != start.Add(90*24*time.Hour).Format(time.DateOnly) {
				t.Errorf("draft %+v, %+v", o.Project, o.LifeCycle)
			}
			complete := merge(opportunityBody("unused"), at,
				fmt.Sprintf(`"Identifier": %q, "LastModifiedDate": %q`, *o.Id, o.LastModifiedDate.String()))
			do[api.UpdateOpportunityResponse](t, h, bob, "UpdateOpportunity", complete)
			submission := do[api.StartEngagementFromOpportunityTaskResponse](t, h, bob, "StartEngagementFromOpportunityTask",
				fmt.Sprintf(`{"Catalog": %q, "ClientToken": "submit", "Identifier": %q, "AwsSubmission": {"InvolvementType": "Co-Sell"}}`, catalog, *o.Id))
			if *submission.TaskStatus != api.TaskStatusComplete {
				t.Fatalf("%s because %s: %s", *submission.TaskStatus, api.Value(submission.ReasonCode), api.Value(submission.Message))
			}
			if *submission.EngagementId != id || submission.EngagementInvitationId != nil {
				t.Errorf("AWS, whose lead it was, is invited to %s by %v", *submission.EngagementId, submission.EngagementInvitationId)
			}
		})
		t.Run(catalog+"/DisqualifiedIsNotConverted", func(t *testing.T) {
			h := newHarness(t)
			id := h.awsLead(t, catalog, bob)
			h.qualify(t, bob, catalog, id, "Disqualified")
			task := h.convert(t, bob, catalog, id)
			if *task.TaskStatus != api.TaskStatusFailed || *task.ReasonCode != api.ReasonCodeDisqualifiedLeadNotPermitted || task.OpportunityId != nil {
				t.Errorf("got %+v", task)
			}
			h.qualify(t, bob, catalog, id, "Qualified")
			if task := h.convert(t, bob, catalog, id); *task.TaskStatus != api.TaskStatusComplete {
				t.Errorf("after all: %s", *task.TaskStatus)
			}
		})
	}
}

func TestLeadOfAWSIsEditedByAWS(t *testing.T) {
	h := newHarness(t)
	id := h.awsLead(t, "AWS", bob)
	at := `"Catalog": "AWS"`
	score := func(account, score string) {
		e := do[api.GetEngagementResponse](t, h, account, "GetEngagement", named(id, at))
		do[api.UpdateEngagementContextResponse](t, h, account, "UpdateEngagementContext", fmt.Sprintf(`{"Catalog": "AWS",
			"EngagementIdentifier": %q, "ContextIdentifier": "1", "EngagementLastModifiedAt": %q, "Type": "Lead", "Payload": {"Lead": {
			"Insights": {"LeadReadinessScore": %q}, "Customer": {"CompanyName": "Acme Farms", "Address": {}}}}}`, id, e.ModifiedAt.String(), score))
	}
	h.heard(t, bob)
	score(auth.AWSAccount, "High")
	if got := h.heard(t, bob); !slices.Equal(got, []string{"Engagement Updated"}) {
		t.Errorf("the partner was told %q", got)
	}
	score(bob, "Low") // what AWS's models say is not the partner's to change
	lead := do[api.GetEngagementResponse](t, h, bob, "GetEngagement", named(id, at)).Contexts[0].Payload.Lead
	if *lead.Insights.LeadReadinessScore != "High" {
		t.Errorf("score %s", *lead.Insights.LeadReadinessScore)
	}
}

func TestLeadDirection(t *testing.T) {
	for _, row := range []struct {
		rule, catalog, sender string
		wantType              string
	}{
		{"AWSInvitesToALeadInTheAwsCatalog", "AWS", auth.AWSAccount, ""},
		{"AWSInvitesToALeadInSandbox", "Sandbox", auth.AWSAccount, ""},
		{"APartnerPlaysAWSInSandbox", "Sandbox", alice, ""},
		{"APartnerDoesNotInTheAwsCatalog", "AWS", alice, api.TypeValidation},
	} {
		t.Run(row.rule, func(t *testing.T) {
			h := newHarness(t)
			at := fmt.Sprintf(`"Catalog": %q`, row.catalog)
			e := h.sandboxEngagement(t, row.sender, at, `"Contexts": [`+qualifiedLead+`]`)
			_, err := try[struct{}](t, h, row.sender, "CreateEngagementInvitation", h.invitationBody(e, bob, at,
				fmt.Sprintf(`"Invitation": {"Message": "m", "Receiver": {"Account": {"AwsAccountId": %q}}, "Payload": {%s}}`, bob, leadPayload)))
			if row.wantType == "" {
				if err != nil {
					t.Fatal(err)
				}
				return
			}
			fails(t, err, row.wantType, "invitation.payload.leadInvitation ACTION_NOT_PERMITTED")
		})
	}
	t.Run("PartnersInviteEachOtherAfterTheConversion", func(t *testing.T) {
		h := newHarness(t)
		at := `"Catalog": "AWS"`
		id := h.awsLead(t, "AWS", bob)
		_, err := try[struct{}](t, h, bob, "CreateEngagementInvitation", h.invitationBody(id, carol, at))
		fails(t, err, api.TypeValidation, "engagementIdentifier INVALID_RESOURCE_STATE")
		h.convert(t, bob, "AWS", id)
		do[api.CreateEngagementInvitationResponse](t, h, bob, "CreateEngagementInvitation", h.invitationBody(id, carol, at))
	})
}

// TestReferralAcceptedByTask is the whole of the documented way.
func TestReferralAcceptedByTask(t *testing.T) {
	h := newHarness(t)
	id := h.refer(t, bob)
	invitation := *h.invited(t, bob, "Sandbox").Id
	h.heard(t, bob)
	task := do[api.StartEngagementByAcceptingInvitationTaskResponse](t, h, bob, "StartEngagementByAcceptingInvitationTask",
		fmt.Sprintf(`{"Catalog": "Sandbox", "ClientToken": "accept", "Identifier": %q, "Tags": [{"Key": "from", "Value": "task"}]}`, invitation))
	if *task.TaskStatus != api.TaskStatusComplete || *task.OpportunityId != id || *task.EngagementInvitationId != invitation {
		t.Fatalf("%s because %s: %s; opportunity %s, want %s", *task.TaskStatus, api.Value(task.ReasonCode), api.Value(task.Message), *task.OpportunityId, id)
	}
	o := h.opportunity(t, bob, id)
	if *o.LifeCycle.ReviewStatus != api.ReviewStatusApproved || *o.LifeCycle.Stage != api.StageProspect || !o.CreatedDate.Time().Equal(start) {
		t.Errorf("%s at %s, created %s", *o.LifeCycle.ReviewStatus, *o.LifeCycle.Stage, o.CreatedDate)
	}
	tags := do[api.ListTagsForResourceResponse](t, h, bob, "ListTagsForResource", fmt.Sprintf(`{"ResourceArn": %q}`, *o.Arn))
	if len(tags.Tags) != 1 || *tags.Tags[0].Key != "from" {
		t.Errorf("tags %v", tags.Tags)
	}
	want := []string{
		"Engagement Invitation Accepted", "Engagement Member Added", "Opportunity Created", "Opportunity Updated",
		"Engagement Resource Snapshot Created",
	}
	if got := slices.Compact(h.heard(t, bob)); !slices.Equal(got, want) {
		t.Errorf("told %s\nwant %s", strings.Join(got, ", "), strings.Join(want, ", "))
	}
	h.work(t)
	if n := h.work(t); n != 0 {
		t.Errorf("%d works remain", n)
	}
}

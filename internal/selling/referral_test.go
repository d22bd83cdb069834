package selling_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"cosell/internal/api"
	"cosell/internal/auth"
	"cosell/internal/selling"
	"cosell/internal/store"
)

const awsReferral = `"Origin": "AWS Referral"`

// refer has AWS refer a complete opportunity, through Sandbox's simulation.
func (h *harness) refer(t testing.TB, account string, members ...string) string {
	t.Helper()
	return *h.createOpportunity(t, account, append([]string{awsReferral}, members...)...).Id
}

// invited returns the only invitation that an account has received in a catalog.
func (h *harness) invited(t testing.TB, account, catalog string) api.EngagementInvitationSummary {
	t.Helper()
	list := do[api.ListEngagementInvitationsResponse](t, h, account, "ListEngagementInvitations",
		fmt.Sprintf(`{"Catalog": %q, "ParticipantType": "RECEIVER"}`, catalog))
	if len(list.EngagementInvitationSummaries) != 1 {
		t.Fatalf("%d invitations, want one", len(list.EngagementInvitationSummaries))
	}
	return list.EngagementInvitationSummaries[0]
}

// hidden says that an account can reach an opportunity in no way.
func (h *harness) hidden(t testing.TB, account, id string) {
	t.Helper()
	for operation, body := range map[string]string{
		"GetOpportunity":           named(id),
		"GetAwsOpportunitySummary": fmt.Sprintf(`{"Catalog": "Sandbox", "RelatedOpportunityIdentifier": %q}`, id),
		"AssociateOpportunity": fmt.Sprintf(`{"Catalog": "Sandbox", "OpportunityIdentifier": %q,
			"RelatedEntityType": "Solutions", "RelatedEntityIdentifier": "S-1234567"}`, id),
		"ListTagsForResource": fmt.Sprintf(`{"ResourceArn": "arn:aws:partnercentral:us-east-1:%s:catalog/Sandbox/opportunity/%s"}`, account, id),
	} {
		if _, err := try[struct{}](t, h, account, operation, body); err == nil || err.(*api.Error).Type != api.TypeResourceNotFound {
			t.Errorf("%s reaches it: %v", operation, err)
		}
	}
	if list := do[api.ListOpportunitiesResponse](t, h, account, "ListOpportunities", `{"Catalog": "Sandbox"}`); len(list.OpportunitySummaries) > 0 {
		t.Error("a list shows it")
	}
	if err := h.store.View(t.Context(), func(tx *store.Tx) error {
		tags, err := tx.Tags(account, fmt.Sprintf("arn:aws:partnercentral:us-east-1:%s:catalog/Sandbox/opportunity/%s", account, id))
		if len(tags) > 0 {
			t.Errorf("the store keeps tags that nobody reaches: %v", tags)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
}

func TestReferralInvitation(t *testing.T) {
	h := newHarness(t)
	h.refer(t, bob, `"Tags": [{"Key": "team", "Value": "north"}]`)
	summary := h.invited(t, bob, "Sandbox")
	i := h.invitation(t, bob, *summary.Id)
	offer := i.Payload.OpportunityInvitation

	t.Run("IsFromAWSAndPending", func(t *testing.T) {
		if *i.SenderAwsAccountId != "aws" || *i.SenderCompanyName != "AWS" || *i.Status != api.InvitationStatusPending {
			t.Errorf("from %s (%s), %s", *i.SenderAwsAccountId, *i.SenderCompanyName, *i.Status)
		}
		if len(i.ExistingMembers) != 1 || *i.ExistingMembers[0].CompanyName != "AWS" {
			t.Errorf("members %v", i.ExistingMembers)
		}
		if *i.Receiver.Account.AwsAccountId != bob || *i.Receiver.Account.Alias != "Partner "+bob || *i.InvitationMessage == "" {
			t.Errorf("to %+v", i.Receiver.Account)
		}
	})
	t.Run("ExpiresAfterFifteenDays", func(t *testing.T) {
		if got := i.ExpirationDate.Time().Sub(i.InvitationDate.Time()); got != 15*24*time.Hour {
			t.Errorf("after %s", got)
		}
	})
	t.Run("SaysWhoTheCustomerIsAndWhatTheProject", func(t *testing.T) {
		if *offer.Customer.CompanyName != "Acme Corp" || *offer.Customer.Industry != "Financial Services" ||
			*offer.Customer.CountryCode != "US" || *offer.Customer.WebsiteUrl != "https://acme.example.com" {
			t.Errorf("customer %+v", offer.Customer)
		}
		if p := offer.Project; *p.Title != "Data lake" || *p.TargetCompletionDate != "2027-06-30" || *p.ExpectedCustomerSpend[0].Amount != "12500.10" {
			t.Errorf("project %+v", p)
		}
		if *i.EngagementTitle != "Data lake" || *i.EngagementDescription != *offer.Project.BusinessProblem {
			t.Errorf("engagement %q: %q", *i.EngagementTitle, *i.EngagementDescription)
		}
		want := []api.ReceiverResponsibility{api.ReceiverResponsibilityServicesPartner, api.ReceiverResponsibilitySoftwarePartner}
		if !slices.Equal(offer.ReceiverResponsibilities, want) || *offer.SenderContacts[0].BusinessTitle != "PDM" {
			t.Errorf("responsibilities %v, contacts %v", offer.ReceiverResponsibilities, offer.SenderContacts)
		}
	})
	t.Run("HidesWhereAndWhom", func(t *testing.T) {
		for operation, body := range map[string]string{
			"GetEngagementInvitation":   named(*i.Id),
			"ListEngagementInvitations": `{"Catalog": "Sandbox", "ParticipantType": "RECEIVER"}`,
		} {
			for _, account := range []string{bob, auth.AWSAccount} {
				if operation == "ListEngagementInvitations" && account != bob {
					continue
				}
				out, err := api.Marshal(do[api.Raw](t, h, account, operation, body))
				if err != nil {
					t.Fatal(err)
				}
				for _, secret := range []string{"1 Main St", "New York", "10001", "jane@", "123456789012", "Our lake", "Referral\""} {
					if strings.Contains(string(out), secret) {
						t.Errorf("%s by %s shows %q", operation, account, secret)
					}
				}
			}
		}
	})
	t.Run("TellsBothAndNobodyOfTheOpportunity", func(t *testing.T) {
		if got := h.events(t, bob); !slices.Equal(got, []string{"Engagement Invitation Created"}) {
			t.Errorf("the receiver was told %q", got)
		}
		if got := h.events(t, auth.AWSAccount); !slices.Equal(got, []string{"Engagement Created", "Engagement Invitation Created"}) {
			t.Errorf("AWS was told %q", got)
		}
	})
}

func TestReferralIsHiddenUntilAccepted(t *testing.T) {
	t.Run("Pending", func(t *testing.T) {
		h := newHarness(t)
		h.hidden(t, bob, h.refer(t, bob, `"Tags": [{"Key": "team", "Value": "north"}]`))
	})
	t.Run("Rejected", func(t *testing.T) {
		h := newHarness(t)
		id := h.refer(t, bob, `"Tags": [{"Key": "team", "Value": "north"}]`)
		invitation := *h.invited(t, bob, "Sandbox").Id
		h.reject(t, bob, invitation)
		h.hidden(t, bob, id)
		_, err := try[struct{}](t, h, bob, "AcceptEngagementInvitation", named(invitation))
		fails(t, err, api.TypeConflict)
		h.hidden(t, bob, id)
	})
	t.Run("Expired", func(t *testing.T) {
		h := newHarness(t)
		id := h.refer(t, bob, `"Tags": [{"Key": "team", "Value": "north"}]`)
		invitation := *h.invited(t, bob, "Sandbox").Id
		h.clock.Advance(lifetime)
		_, err := try[struct{}](t, h, bob, "AcceptEngagementInvitation", named(invitation))
		fails(t, err, api.TypeConflict)
		h.work(t)
		h.hidden(t, bob, id)
		if !slices.Contains(h.events(t, bob), "Engagement Invitation Expired") {
			t.Error("nobody told of the expiry")
		}
	})
}

func TestReferralAccepted(t *testing.T) {
	h := newHarness(t)
	id := h.refer(t, bob, `"Tags": [{"Key": "team", "Value": "north"}]`,
		`"LifeCycle": {"Stage": "Qualified", "ReviewStatus": "Rejected", "TargetCloseDate": "2027-06-30", "NextSteps": "Call them"}`)
	h.heard(t, bob)
	h.clock.Advance(time.Hour)
	h.accept(t, bob, *h.invited(t, bob, "Sandbox").Id)
	o := h.opportunity(t, bob, id)

	t.Run("IsTheReceiversWhole", func(t *testing.T) {
		if *o.Arn != "arn:aws:partnercentral:us-east-1:"+bob+":catalog/Sandbox/opportunity/"+id {
			t.Errorf("ARN %s", *o.Arn)
		}
		if a := o.Customer.Account; *a.Address.StreetAddress != "1 Main St" || *a.AwsAccountId != "123456789012" || len(o.Customer.Contacts) != 1 {
			t.Errorf("customer %+v", a)
		}
		if *o.Project.OtherSolutionDescription != "Our lake" || len(o.RelatedEntityIdentifiers.Solutions) != 0 || o.SoftwareRevenue == nil {
			t.Errorf("project %+v, related %+v", o.Project, o.RelatedEntityIdentifiers)
		}
		if len(o.OpportunityTeam) != 2 || *o.OpportunityTeam[0].BusinessTitle != "OpportunityOwner" {
			t.Errorf("team %v", o.OpportunityTeam)
		}
	})
	t.Run("IsApprovedAtProspect", func(t *testing.T) {
		if *o.LifeCycle.ReviewStatus != api.ReviewStatusApproved || *o.LifeCycle.Stage != api.StageProspect {
			t.Errorf("%s at %s", *o.LifeCycle.ReviewStatus, *o.LifeCycle.Stage)
		}
	})
	t.Run("KeepsItsDateOfCreation", func(t *testing.T) {
		if got := o.CreatedDate.Time(); !got.Equal(start) {
			t.Errorf("created at %s", got)
		}
		if got := o.LastModifiedDate.Time(); !got.Equal(start.Add(time.Hour)) {
			t.Errorf("modified at %s", got)
		}
	})
	t.Run("CarriesTheTagsOfItsCreation", func(t *testing.T) {
		tags := do[api.ListTagsForResourceResponse](t, h, bob, "ListTagsForResource", fmt.Sprintf(`{"ResourceArn": %q}`, *o.Arn))
		if len(tags.Tags) != 1 || *tags.Tags[0].Value != "north" {
			t.Errorf("tags %v", tags.Tags)
		}
	})
	t.Run("TellsInOrder", func(t *testing.T) {
		want := []string{"Engagement Invitation Accepted", "Engagement Member Added", "Opportunity Created"}
		if got := h.heard(t, bob); !slices.Equal(got, want) {
			t.Errorf("told %q, want %q", got, want)
		}
	})
	t.Run("HasAWSOnItsOtherSide", func(t *testing.T) {
		summary := do[api.GetAwsOpportunitySummaryResponse](t, h, bob, "GetAwsOpportunitySummary",
			fmt.Sprintf(`{"Catalog": "Sandbox", "RelatedOpportunityIdentifier": %q}`, id))
		if *summary.Origin != api.OpportunityOriginAwsReferral || *summary.InvolvementType != api.SalesInvolvementTypeCoSell ||
			*summary.Visibility != api.VisibilityFull || *summary.LifeCycle.Stage != "Prospect" {
			t.Errorf("AWS's side: %+v", summary)
		}
	})
	t.Run("MovesOnWithoutSubmission", func(t *testing.T) {
		body := merge(opportunityBody("unused"), fmt.Sprintf(`"Identifier": %q, "LastModifiedDate": %q`, id, o.LastModifiedDate.String()),
			`"LifeCycle": {"Stage": "Technical Validation", "TargetCloseDate": "2027-06-30"}`)
		do[api.UpdateOpportunityResponse](t, h, bob, "UpdateOpportunity", body)
		if got := *h.opportunity(t, bob, id).LifeCycle.Stage; got != api.StageTechnicalValidation {
			t.Errorf("at %s", got)
		}
	})
	t.Run("StrangersSeeNothing", func(t *testing.T) {
		h.hidden(t, carol, id)
	})
}

func TestReferralRequest(t *testing.T) {
	t.Run("TheAwsCatalogTakesNone", func(t *testing.T) {
		h := newHarness(t)
		_, err := try[struct{}](t, h, bob, "CreateOpportunity", opportunityBody("1", awsReferral, `"Catalog": "AWS"`))
		fails(t, err, api.TypeValidation, "origin ACTION_NOT_PERMITTED")
	})
	t.Run("AWSRefersNothingToItself", func(t *testing.T) {
		h := newHarness(t)
		_, err := try[struct{}](t, h, auth.AWSAccount, "CreateOpportunity", opportunityBody("1", awsReferral))
		fails(t, err, api.TypeValidation, "origin ACTION_NOT_PERMITTED")
	})
	t.Run("WhatTheInvitationTellsIsRequired", func(t *testing.T) {
		h := newHarness(t)
		_, err := try[struct{}](t, h, bob, "CreateOpportunity", `{"ClientToken": "1", "Catalog": "Sandbox", "Origin": "AWS Referral"}`)
		fails(t, err, api.TypeValidation,
			"customer.account.companyName REQUIRED_FIELD_MISSING", "customer.account.industry REQUIRED_FIELD_MISSING",
			"customer.account.websiteUrl REQUIRED_FIELD_MISSING", "customer.account.address.countryCode REQUIRED_FIELD_MISSING",
			"project.title REQUIRED_FIELD_MISSING", "project.customerBusinessProblem REQUIRED_FIELD_MISSING",
			"project.expectedCustomerSpend REQUIRED_FIELD_MISSING", "lifeCycle.targetCloseDate REQUIRED_FIELD_MISSING")
	})
	t.Run("RulesHoldAsForADraft", func(t *testing.T) {
		h := newHarness(t)
		_, err := try[struct{}](t, h, bob, "CreateOpportunity", opportunityBody("1", awsReferral, `"LifeCycle": {"TargetCloseDate": "2020-01-01"}`))
		fails(t, err, api.TypeValidation, "lifeCycle.targetCloseDate INVALID_VALUE")
		if list := do[api.ListEngagementInvitationsResponse](t, h, bob, "ListEngagementInvitations", `{"Catalog": "Sandbox", "ParticipantType": "RECEIVER"}`); len(list.EngagementInvitationSummaries) > 0 {
			t.Error("invited all the same")
		}
	})
	t.Run("TheSameTokenRefersOnce", func(t *testing.T) {
		h := newHarness(t)
		body := opportunityBody("same", awsReferral)
		first := do[api.CreateOpportunityResponse](t, h, bob, "CreateOpportunity", body)
		if again := do[api.CreateOpportunityResponse](t, h, bob, "CreateOpportunity", body); *again.Id != *first.Id {
			t.Errorf("%s, then %s", *first.Id, *again.Id)
		}
		h.invited(t, bob, "Sandbox")
	})
	t.Run("LongTextsAreCutForTheEngagement", func(t *testing.T) {
		h := newHarness(t)
		problem := strings.Repeat("Ä", 300)
		h.refer(t, bob, fmt.Sprintf(`"Project": {"Title": %q, "CustomerBusinessProblem": %q,
			"ExpectedCustomerSpend": [{"Amount": "1", "CurrencyCode": "USD", "Frequency": "Monthly", "TargetCompany": "AWS"}]}`,
			strings.Repeat("ö", 50), problem))
		i := h.invitation(t, bob, *h.invited(t, bob, "Sandbox").Id)
		if *i.EngagementTitle != strings.Repeat("ö", 40) || *i.EngagementDescription != problem[:255*len("Ä")] {
			t.Errorf("%q, %q", *i.EngagementTitle, *i.EngagementDescription)
		}
		if got := *i.Payload.OpportunityInvitation.Project.BusinessProblem; got != problem {
			t.Errorf("payload %q", got)
		}
	})
}

func TestRefer(t *testing.T) {
	request := func(t *testing.T, catalog string, members ...string) *api.CreateOpportunityRequest {
		t.Helper()
		in := new(api.CreateOpportunityRequest)
		body := opportunityBody("t", append([]string{fmt.Sprintf(`"Catalog": %q`, catalog)}, members...)...)
		if err := api.Unmarshal([]byte(body), in); err != nil {
			t.Fatal(err)
		}
		return in
	}
	for _, catalog := range []string{"AWS", "Sandbox"} {
		t.Run("InCatalog"+catalog, func(t *testing.T) {
			h := newHarness(t)
			made, err := h.Refer(t.Context(), bob, request(t, catalog))
			if err != nil {
				t.Fatal(err)
			}
			at := fmt.Sprintf(`"Catalog": %q`, catalog)
			if i := h.invited(t, bob, catalog); *i.Id != made.EngagementInvitationID || *i.EngagementId != made.EngagementID {
				t.Errorf("made %+v, but the partner has %s to %s", made, *i.Id, *i.EngagementId)
			}
			do[struct{}](t, h, bob, "AcceptEngagementInvitation", named(made.EngagementInvitationID, at))
			if o := do[api.GetOpportunityResponse](t, h, bob, "GetOpportunity", named(made.OpportunityID, at)); *o.LifeCycle.ReviewStatus != "Approved" {
				t.Errorf("%s", *o.LifeCycle.ReviewStatus)
			}
			e := do[api.GetEngagementResponse](t, h, bob, "GetEngagement", named(made.EngagementID, at))
			if *e.CreatedBy != "aws" || *e.MemberCount != 2 || *e.Contexts[0].Type != api.EngagementContextTypeCustomerProject {
				t.Errorf("engagement by %s with %d members", *e.CreatedBy, *e.MemberCount)
			}
		})
	}
	t.Run("TheSameTokenAnswersTheSame", func(t *testing.T) {
		h := newHarness(t)
		var first selling.Referral
		for n := range 2 {
			made, err := h.Refer(t.Context(), bob, request(t, "AWS"))
			if err != nil {
				t.Fatal(err)
			}
			if n == 0 {
				first = made
			} else if made != first {
				t.Errorf("%+v, then %+v", first, made)
			}
		}
		h.invited(t, bob, "AWS")
		_, err := h.Refer(t.Context(), bob, request(t, "AWS", `"NationalSecurity": null`))
		fails(t, err, api.TypeConflict)
	})
	t.Run("WithoutATokenEachIsAnother", func(t *testing.T) {
		h := newHarness(t)
		var ids []string
		for range 2 {
			made, err := h.Refer(t.Context(), bob, request(t, "AWS", `"ClientToken": null`))
			if err != nil {
				t.Fatal(err)
			}
			ids = append(ids, made.OpportunityID)
		}
		if ids[0] == ids[1] {
			t.Error("one opportunity")
		}
	})
	t.Run("OthersAreNotInvited", func(t *testing.T) {
		h := newHarness(t)
		made, err := h.Refer(t.Context(), bob, request(t, "Sandbox"))
		if err != nil {
			t.Fatal(err)
		}
		_, err = try[struct{}](t, h, carol, "GetEngagementInvitation", named(made.EngagementInvitationID))
		fails(t, err, api.TypeResourceNotFound)
		_, err = try[struct{}](t, h, carol, "AcceptEngagementInvitation", named(made.EngagementInvitationID))
		fails(t, err, api.TypeResourceNotFound)
	})
}

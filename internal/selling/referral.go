package selling

import (
	"context"
	"fmt"

	"cosell/internal/api"
	"cosell/internal/auth"
	"cosell/internal/store"
)

// A referral runs the other way: AWS has the opportunity and invites a partner
// to it. The opportunity has its identifier from the start, and waits in the
// invitation; it becomes the partner's, approved already, when the partner
// accepts. A referral that is rejected or expires was never seen (facts,
// opportunities sections 4 and 11).

// referral is what an invitation to a referral carries.
type referral struct {
	// Opportunity is the whole opportunity as the receiver will own it.
	Opportunity *opportunity `json:"Opportunity"`
}

// Referral is what a referral made.
type Referral struct {
	OpportunityID          string
	EngagementID           string
	EngagementInvitationID string
}

// Refer has AWS refer an opportunity to an account, in either catalog. With the
// client token of an earlier referral to the account it answers what that one
// made.
func (s *Service) Refer(ctx context.Context, account string, in *api.CreateOpportunityRequest) (Referral, error) {
	in.Origin = new(api.OpportunityOriginAwsReferral)
	hash, err := requestHash(in)
	if err != nil {
		return Referral{}, err
	}
	token := store.ClientToken{Account: account, Catalog: *in.Catalog, Operation: "Refer", Token: in.Token()}
	out, err := s.run(ctx, s.Store.Update, auth.Principal{Account: account}, func(c *Call) (any, error) {
		return c.once(token, hash, func() (any, error) {
			i, err := c.refer(in)
			if err != nil {
				return nil, err
			}
			return Referral{
				OpportunityID: *i.Referral.Opportunity.Id, EngagementID: *i.EngagementId, EngagementInvitationID: *i.Id,
			}, nil
		})
	})
	if err != nil {
		return Referral{}, err
	}
	var made Referral
	if err := api.Unmarshal(out.(api.Raw), &made); err != nil {
		return Referral{}, fmt.Errorf("decode referral: %w", err)
	}
	return made, nil
}

// simulateReferral is CreateOpportunity with the origin AWS Referral: Sandbox
// lets a partner play AWS (facts, opportunities section 11). The answer names an
// opportunity that nobody can read before its invitation is accepted.
func (c *Call) simulateReferral(in *api.CreateOpportunityRequest) (*api.CreateOpportunityResponse, error) {
	if *in.Catalog != catalogSandbox {
		return nil, invalid(api.Violation("origin", api.ValidationExceptionErrorCodeActionNotPermitted,
			"Only 'Partner Referral' can be created in this catalog"))
	}
	if c.isAWS() {
		return nil, invalid(api.Violation("origin", api.ValidationExceptionErrorCodeActionNotPermitted,
			"a referral is made in the name of the partner who receives it"))
	}
	i, err := c.refer(in)
	if err != nil {
		return nil, err
	}
	return i.Referral.Opportunity.created(), nil
}

// refer has AWS refer an opportunity to the caller: AWS makes an engagement about
// it and invites the caller.
func (c *Call) refer(in *api.CreateOpportunityRequest) (*invitation, error) {
	o, err := c.newOpportunity(in)
	if err != nil {
		return nil, err
	}
	if err := refuse(unreferable(o.content())); err != nil {
		return nil, err
	}
	o.LifeCycle.ReviewStatus, o.LifeCycle.Stage = new(api.ReviewStatusApproved), new(api.StageProspect)
	if err := c.putTags(*o.Arn, in.Tags); err != nil {
		return nil, err
	}
	receiver, err := c.profile(c.caller.Account)
	if err != nil {
		return nil, err
	}
	aws := c.as(auth.AWSAccount)
	e := aws.newEngagement(*o.Catalog, new(shorten(*o.Project.Title, maxEngagementTitle)),
		new(shorten(*o.Project.CustomerBusinessProblem, maxEngagementDescription)))
	e.appendContext(api.EngagementContextTypeCustomerProject,
		&api.EngagementContextPayload{CustomerProject: o.customerProject()})
	if err := aws.createEngagement(e, auth.AWSAccount); err != nil {
		return nil, err
	}
	i, err := aws.newInvitation(e, o.offer(c.caller.Account, receiver.CompanyName))
	if err != nil {
		return nil, err
	}
	i.Referral = &referral{Opportunity: o}
	return i, aws.sendInvitation(i)
}

// The lengths that an engagement takes of an opportunity's texts.
const (
	maxEngagementTitle       = 40
	maxEngagementDescription = 255
)

// shorten returns the first n characters of a text.
func shorten(text string, n int) string {
	runes := []rune(text)
	return string(runes[:min(n, len(runes))])
}

// unreferable says what an opportunity lacks for a referral: what its invitation
// tells.
func unreferable(c *content) []api.ValidationExceptionError {
	var f findings
	for _, required := range []struct {
		field string
		met   bool
	}{
		{"customer.account.companyName", value(c.account().CompanyName) != ""},
		{"customer.account.industry", c.account().Industry != nil},
		{"customer.account.websiteUrl", value(c.account().WebsiteUrl) != ""},
		{fieldCountry, c.address().CountryCode != nil},
		{"project.title", value(c.project().Title) != ""},
		{"project.customerBusinessProblem", c.project().CustomerBusinessProblem != nil},
		{fieldSpend, len(c.project().ExpectedCustomerSpend) > 0},
		{fieldTargetCloseDate, c.lifeCycle().TargetCloseDate != nil},
	} {
		if !required.met {
			f.missing(required.field, lastName(required.field)+" is required of a referral")
		}
	}
	return f.list
}

// offer is AWS's invitation to an opportunity. It says who the customer is and
// what the project; where the customer lives, whom to talk to and what AWS has in
// mind the receiver learns by accepting.
func (o *opportunity) offer(receiver, company string) *api.Invitation {
	known := o.customerProject()
	return &api.Invitation{
		Message: new("AWS refers this opportunity to you. When you accept, it joins your pipeline, approved already."),
		Receiver: &api.Receiver{Account: &api.AccountReceiver{
			AwsAccountId: &receiver, Alias: new(shorten(company, maxAlias)),
		}},
		Payload: &api.Payload{OpportunityInvitation: &api.OpportunityInvitationPayload{
			SenderContacts: []api.SenderContact{{
				BusinessTitle: new("PDM"), Email: new("partner.manager@aws.example.com"),
				FirstName: new("Partner"), LastName: new("Manager"),
			}},
			ReceiverResponsibilities: []api.ReceiverResponsibility{
				api.ReceiverResponsibilityServicesPartner, api.ReceiverResponsibilitySoftwarePartner,
			},
			Customer: known.Customer,
			Project: &api.ProjectDetails{
				Title: known.Project.Title, BusinessProblem: known.Project.BusinessProblem,
				TargetCompletionDate: known.Project.TargetCompletionDate, ExpectedCustomerSpend: o.Project.ExpectedCustomerSpend,
			},
		}},
	}
}

// maxAlias is how long a receiver's alias can be.
const maxAlias = 80

// insertReferred makes a referred opportunity the caller's, who accepted it.
func (c *Call) insertReferred(r *referral) error {
	o := r.Opportunity
	o.LastModifiedDate = new(c.after(*o.LastModifiedDate))
	return c.insertOpportunity(o)
}

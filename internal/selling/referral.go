package selling

import (
	"context"

	"cosell/internal/api"
	"cosell/internal/auth"
	"cosell/internal/operation"
	"cosell/internal/rule"
	"cosell/internal/tagging"
)

// A referral runs the other way: AWS has the opportunity and invites a partner
// to it. The opportunity has its identifier from the start, and waits in the
// invitation; it becomes the partner's, approved already, when the partner
// accepts. A referral that is rejected or expires was never seen
// (docs/behavior/referrals.md#a-referral).

// referral is what an invitation to a referral carries.
type referral struct {
	// Opportunity is the whole opportunity as the receiver will own it.
	Opportunity *opportunity `json:"Opportunity"`
	// Tags are those that it will have.
	Tags []api.Tag `json:"Tags,omitempty"`
}

// Referral is what a referral made.
type Referral struct {
	OpportunityID          string
	EngagementID           string
	EngagementInvitationID string
}

// Refer has AWS refer an opportunity to an account, in either catalog. With the
// client token of an earlier referral to the account it answers what that one
// made; it needs none.
func (s *Service) Refer(ctx context.Context, account string, in *api.CreateOpportunityRequest) (Referral, error) {
	in.Origin = new(api.OpportunityOriginAwsReferral) // before the request is compared
	var made Referral
	refer := func(c *Call) (any, error) {
		var err error
		made, err = c.ReceiveReferral(in)
		return made, err
	}
	caller := auth.Principal{Account: account}
	if in.Token() == "" {
		err := s.update(ctx, caller, func(c *Call) error {
			_, err := refer(c)
			return err
		})
		return made, err
	}
	answer, err := s.runner.Once(ctx, caller, "Refer", in, func(c *operation.Call) (any, error) {
		call := s.Call(c)
		return refer(&call)
	})
	if err != nil {
		return Referral{}, err
	}
	return made, api.Unmarshal(answer, &made)
}

// simulateReferral is CreateOpportunity with the origin AWS Referral: Sandbox
// lets a partner play AWS (docs/behavior/referrals.md#a-referral). The answer names an
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
	if err := rule.Refuse(unreferable(o.content())); err != nil {
		return nil, err
	}
	o.LifeCycle.ReviewStatus, o.LifeCycle.Stage = new(api.ReviewStatusApproved), new(api.StageProspect)
	if err := tagging.Check(in.Tags); err != nil {
		return nil, err
	}
	offer, err := c.offer(o)
	if err != nil {
		return nil, err
	}
	aws := c.onBehalfOf(auth.AWSAccount)
	e := aws.newEngagement(*o.Catalog, new(shorten(*o.Project.Title, maxEngagementTitle)),
		new(shorten(*o.Project.CustomerBusinessProblem, maxEngagementDescription)))
	e.appendContext(api.EngagementContextTypeCustomerProject,
		&api.EngagementContextPayload{CustomerProject: o.customerProject()})
	if err := aws.createEngagement(e, auth.AWSAccount); err != nil {
		return nil, err
	}
	i, err := aws.newInvitation(e, offer)
	if err != nil {
		return nil, err
	}
	i.Referral = &referral{Opportunity: o, Tags: in.Tags}
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
func unreferable(c *rule.Content) []api.ValidationExceptionError {
	var f rule.Findings
	for _, required := range []struct {
		field string
		met   bool
	}{
		{"customer.account.companyName", api.Value(c.Account().CompanyName) != ""},
		{"customer.account.industry", c.Account().Industry != nil},
		{"customer.account.websiteUrl", api.Value(c.Account().WebsiteUrl) != ""},
		{rule.FieldCountry, c.Address().CountryCode != nil},
		{"project.title", api.Value(orEmpty(c.Project).Title) != ""},
		{"project.customerBusinessProblem", orEmpty(c.Project).CustomerBusinessProblem != nil},
		{rule.FieldSpend, len(orEmpty(c.Project).ExpectedCustomerSpend) > 0},
		{rule.FieldTargetCloseDate, orEmpty(c.LifeCycle).TargetCloseDate != nil},
	} {
		if !required.met {
			f.Missing(required.field, rule.LastName(required.field)+" is required of a referral")
		}
	}
	return f.List
}

// offer is AWS's invitation of the caller to an opportunity. It says who the
// customer is and what the project; where the customer lives, whom to talk to and
// what AWS has in mind the caller learns by accepting.
func (c *Call) offer(o *opportunity) (*api.Invitation, error) {
	receiver, err := c.profile(c.Caller.Account)
	if err != nil {
		return nil, err
	}
	team, err := c.awsTeam(referralRecord())
	if err != nil {
		return nil, err
	}
	contacts := make([]api.SenderContact, len(team))
	for i, member := range team {
		contacts[i] = api.SenderContact{
			Email: member.Email, FirstName: member.FirstName, LastName: member.LastName,
			BusinessTitle: new(string(*member.BusinessTitle)),
		}
	}
	told := o.customerProject()
	return &api.Invitation{
		Message: new("AWS refers this opportunity to you. When you accept, it joins your pipeline, approved already."),
		Receiver: &api.Receiver{Account: &api.AccountReceiver{
			AwsAccountId: &c.Caller.Account, Alias: new(shorten(receiver.CompanyName, maxAlias)),
		}},
		Payload: &api.Payload{OpportunityInvitation: &api.OpportunityInvitationPayload{
			SenderContacts: contacts,
			ReceiverResponsibilities: []api.ReceiverResponsibility{
				api.ReceiverResponsibilityServicesPartner, api.ReceiverResponsibilitySoftwarePartner,
			},
			Customer:        told.Customer,
			OpportunityType: o.OpportunityType,
			Project: &api.ProjectDetails{
				Title: told.Project.Title, BusinessProblem: told.Project.BusinessProblem,
				TargetCompletionDate: told.Project.TargetCompletionDate, ExpectedCustomerSpend: o.Project.ExpectedCustomerSpend,
			},
		}},
	}, nil
}

// maxAlias is how long a receiver's alias can be.
const maxAlias = 80

// referralRecord is AWS's side of what it refers: it takes part from the start.
func referralRecord() *awsRecord {
	return &awsRecord{InvolvementType: new(api.SalesInvolvementTypeCoSell), Visibility: new(api.VisibilityFull)}
}

// insertReferred makes a referred opportunity the caller's, who accepted it.
func (c *Call) insertReferred(r *referral) error {
	o := r.Opportunity
	o.LastModifiedDate = new(c.NextModified(*o.LastModifiedDate))
	if err := c.insertOpportunity(o); err != nil {
		return err
	}
	if err := c.putTags(*o.Arn, r.Tags); err != nil {
		return err
	}
	if err := c.putAwsRecord(o, referralRecord()); err != nil {
		return err
	}
	return c.startAwsRecord(o)
}

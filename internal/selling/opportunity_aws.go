package selling

import (
	"errors"
	"fmt"

	"cosell/internal/api"
	"cosell/internal/auth"
	"cosell/internal/events"
	"cosell/internal/store"
)

// awsSide is what AWS keeps of a partner's opportunity. What it leaves out
// mirrors the partner's side: an opportunity that AWS did nothing about has no
// record.
type awsSide struct {
	// Involvement and visibility are the partner's choice at submission.
	InvolvementType             *api.SalesInvolvementType        `json:"InvolvementType"`
	Visibility                  *api.Visibility                  `json:"Visibility"`
	InvolvementTypeChangeReason *api.InvolvementTypeChangeReason `json:"InvolvementTypeChangeReason"`
	// LifeCycle is that of AWS's own books; nil before AWS opens them.
	LifeCycle             *api.AwsOpportunityLifeCycle `json:"LifeCycle"`
	OpportunityTeam       []api.AwsTeamMember          `json:"OpportunityTeam"` // nil while nobody set it
	Insights              *api.AwsOpportunityInsights  `json:"Insights"`
	ExpectedCustomerSpend []api.ExpectedCustomerSpend  `json:"ExpectedCustomerSpend"` // AWS's own estimate
	CosellMotion          *string                      `json:"CosellMotion"`
	SoftwareRevenue       *api.AwsSoftwareRevenue      `json:"SoftwareRevenue"`

	version int64 // of the record that was read; 0 is none
}

// awsSide reads AWS's side of an opportunity of the caller's.
func (c *Call) awsSide(o *opportunity) (*awsSide, error) {
	document, version, err := c.Tx.AwsOpportunity(c.key(o))
	if errors.Is(err, store.ErrNotFound) {
		return new(awsSide), nil
	}
	if err != nil {
		return nil, fmt.Errorf("read AWS's side: %w", err)
	}
	side := &awsSide{version: version}
	if err := api.Unmarshal(document, side); err != nil {
		return nil, fmt.Errorf("decode AWS's side: %w", err)
	}
	return side, nil
}

// putAwsSide stores AWS's side of an opportunity of the caller's. Whoever calls
// it saves the opportunity, too, or else calls saveAwsSide.
func (c *Call) putAwsSide(o *opportunity, side *awsSide) error {
	document, err := api.Marshal(side)
	if err != nil {
		return fmt.Errorf("encode AWS's side: %w", err)
	}
	if err := c.Tx.PutAwsOpportunity(c.key(o), side.version, document); err != nil {
		return fmt.Errorf("write AWS's side: %w", err)
	}
	side.version++
	return nil
}

// saveAwsSide stores a change that AWS made of its own, and tells the owner; the
// running snapshot jobs follow. The partner's record stays as it is, and so does
// its time of modification.
func (c *Call) saveAwsSide(o *opportunity, side *awsSide) error {
	if err := c.putAwsSide(o, side); err != nil {
		return err
	}
	// Whoever starts a job on the opportunity meanwhile holds it, too.
	if err := c.Tx.HoldOpportunity(c.key(o)); err != nil {
		return fmt.Errorf("hold opportunity: %w", err)
	}
	if err := c.opportunityChanged(o); err != nil {
		return err
	}
	return c.Emit(c.Caller.Account, events.OpportunityUpdated(*o.Catalog, *o.Id))
}

// openAwsBooks has AWS begin its own record of an opportunity that it takes part
// in, where the partner stands now. From then on each side keeps its own
// (docs/behavior/review.md#awss-side).
func (c *Call) openAwsBooks(o *opportunity) error {
	side, err := c.awsSide(o)
	if err != nil {
		return err
	}
	if side.LifeCycle == nil {
		side.LifeCycle = o.awsLifeCycle()
	}
	if side.LifeCycle.Stage == nil {
		side.LifeCycle.Stage = awsStage(*o.LifeCycle.Stage)
	}
	if side.LifeCycle.TargetCloseDate == nil {
		side.LifeCycle.TargetCloseDate = o.LifeCycle.TargetCloseDate
	}
	return c.putAwsSide(o, side)
}

// awsLifeCycle is what AWS shows of a life cycle before it has its own: the next
// steps.
func (o *opportunity) awsLifeCycle() *api.AwsOpportunityLifeCycle {
	return &api.AwsOpportunityLifeCycle{NextSteps: o.LifeCycle.NextSteps}
}

// awsStage is AWS's stage of the same name, nil where there is none.
func awsStage(stage api.Stage) *api.AwsOpportunityStage {
	for _, same := range api.AwsOpportunityStage("").Values() {
		if string(same) == string(stage) && same != api.AwsOpportunityStageClosedLost {
			return &same
		}
	}
	return nil
}

// GetAwsOpportunitySummary returns AWS's side of one of the caller's
// opportunities, from its creation on.
func (c *Call) GetAwsOpportunitySummary(in *api.GetAwsOpportunitySummaryRequest) (*api.GetAwsOpportunitySummaryResponse, error) {
	o, err := c.opportunity(*in.Catalog, *in.RelatedOpportunityIdentifier)
	if err != nil {
		return nil, err
	}
	return c.awsSummary(o)
}

// awsSummary is AWS's side of one of the caller's opportunities as its owner sees
// it: what AWS keeps, and for the rest the partner's side.
func (c *Call) awsSummary(o *opportunity) (*api.GetAwsOpportunitySummaryResponse, error) {
	side, err := c.awsSide(o)
	if err != nil {
		return nil, err
	}
	summary := &api.GetAwsOpportunitySummaryResponse{
		Catalog: o.Catalog, RelatedOpportunityId: o.Id, Origin: o.Origin,
		InvolvementType: side.InvolvementType, Visibility: side.Visibility,
		InvolvementTypeChangeReason: side.InvolvementTypeChangeReason,
		LifeCycle:                   side.LifeCycle, OpportunityTeam: side.OpportunityTeam, Insights: side.Insights,
		RelatedEntityIds: &api.AwsOpportunityRelatedEntities{
			AwsProducts: o.RelatedEntityIdentifiers.AwsProducts, Solutions: o.RelatedEntityIdentifiers.Solutions,
			AwsMarketplaceSolutions: o.RelatedEntityIdentifiers.AwsMarketplaceSolutions,
			AwsMarketplaceProducts:  o.RelatedEntityIdentifiers.AwsMarketplaceProducts,
		},
		Customer:     &api.AwsOpportunityCustomer{Contacts: []api.Contact{}},
		CosellMotion: side.CosellMotion, SoftwareRevenue: side.SoftwareRevenue,
	}
	if summary.Origin == nil {
		summary.Origin = new(api.OpportunityOriginPartnerReferral)
	}
	if summary.LifeCycle == nil && o.LifeCycle.NextSteps != nil {
		summary.LifeCycle = o.awsLifeCycle()
	}
	if summary.OpportunityTeam == nil {
		if summary.OpportunityTeam, err = c.awsTeam(side); err != nil {
			return nil, err
		}
	}
	if o.Customer != nil && o.Customer.Contacts != nil {
		summary.Customer.Contacts = o.Customer.Contacts
	}
	if p := o.Project; p != nil || side.ExpectedCustomerSpend != nil {
		summary.Project = &api.AwsOpportunityProject{ExpectedCustomerSpend: side.ExpectedCustomerSpend}
		if p != nil {
			summary.Project.AwsPartition = p.AwsPartition
		}
		if side.ExpectedCustomerSpend == nil {
			summary.Project.ExpectedCustomerSpend = p.ExpectedCustomerSpend
		}
	}
	return summary, nil
}

// awsTeam is who stands for AWS while nobody was named: its partner manager, from
// the submission on.
func (c *Call) awsTeam(side *awsSide) ([]api.AwsTeamMember, error) {
	if side.InvolvementType == nil && side.LifeCycle == nil {
		return []api.AwsTeamMember{}, nil
	}
	profile, err := c.profile(auth.AWSAccount)
	if err != nil {
		return nil, err
	}
	manager := User{Email: "partner.manager@aws.example.com", FirstName: "Partner", LastName: "Manager"}
	if len(profile.Users) > 0 {
		manager = profile.lead()
	}
	return []api.AwsTeamMember{{
		BusinessTitle: new(api.AwsMemberBusinessTitlePDM),
		Email:         &manager.Email, FirstName: &manager.FirstName, LastName: &manager.LastName,
	}}, nil
}

package selling

import (
	"errors"
	"fmt"

	"cosell/internal/api"
	"cosell/internal/auth"
	"cosell/internal/operation"
	"cosell/internal/store"
)

// awsRecord is what AWS keeps of a partner's opportunity. What it leaves out
// mirrors the partner's side: an opportunity that AWS did nothing about has no
// record.
type awsRecord struct {
	// Involvement and visibility are the partner's choice at submission.
	InvolvementType             *api.SalesInvolvementType        `json:"InvolvementType"`
	Visibility                  *api.Visibility                  `json:"Visibility"`
	InvolvementTypeChangeReason *api.InvolvementTypeChangeReason `json:"InvolvementTypeChangeReason"`
	// SentBackByEdit says that the present submission is an edit in Action Required.
	SentBackByEdit bool `json:"SentBackByEdit,omitzero"`
	// LifeCycle is that of AWS's own books; nil before AWS opens them.
	LifeCycle             *api.AwsOpportunityLifeCycle `json:"LifeCycle"`
	OpportunityTeam       []api.AwsTeamMember          `json:"OpportunityTeam"` // nil while nobody set it
	Insights              *api.AwsOpportunityInsights  `json:"Insights"`
	ExpectedCustomerSpend []api.ExpectedCustomerSpend  `json:"ExpectedCustomerSpend"` // AWS's own estimate
	CosellMotion          *string                      `json:"CosellMotion"`
	CosellMotionReason    *string                      `json:"CosellMotionReason"` // AWS's own words; nil while nobody wrote any
	SoftwareRevenue       *api.AwsSoftwareRevenue      `json:"SoftwareRevenue"`

	version int64  // of the record that was read; 0 is none
	stored  []byte // the record that was read
}

// awsRecord reads AWS's side of an opportunity of the caller's.
func (c *Call) awsRecord(o *opportunity) (*awsRecord, error) {
	document, version, err := c.Tx.AwsOpportunity(c.key(o))
	if errors.Is(err, store.ErrNotFound) {
		return new(awsRecord), nil
	}
	if err != nil {
		return nil, fmt.Errorf("read AWS's side: %w", err)
	}
	record := &awsRecord{version: version, stored: document}
	if err := api.Unmarshal(document, record); err != nil {
		return nil, fmt.Errorf("decode AWS's side: %w", err)
	}
	return record, nil
}

// putAwsRecord stores AWS's side of an opportunity of the caller's. Whoever calls
// it saves the opportunity, too, or else calls saveAwsChange.
func (c *Call) putAwsRecord(o *opportunity, record *awsRecord) error {
	document, err := operation.Encode("AWS's side", record)
	if err != nil {
		return err
	}
	if err := c.Tx.PutAwsOpportunity(c.key(o), record.version, document); err != nil {
		return fmt.Errorf("write AWS's side: %w", err)
	}
	o.changes.awsSide(record.stored, document)
	record.version++
	record.stored = document
	return nil
}

// saveAwsChange stores a change that AWS made of its own, and tells the owner; the
// running snapshot jobs follow. The partner's record stays as it is, and so does
// its time of modification.
func (c *Call) saveAwsChange(o *opportunity, record *awsRecord) error {
	if err := c.putAwsRecord(o, record); err != nil {
		return err
	}
	// Whoever starts a job on the opportunity meanwhile holds it, too.
	if err := c.Tx.LockOpportunity(c.key(o)); err != nil {
		return fmt.Errorf("hold opportunity: %w", err)
	}
	return c.changed(o, c.Now)
}

// startAwsRecord has AWS begin its own record of an opportunity that it takes part
// in, where the partner stands now. From then on each side keeps its own
// (docs/behavior/review.md#awss-side).
func (c *Call) startAwsRecord(o *opportunity) error {
	record, err := c.awsRecord(o)
	if err != nil {
		return err
	}
	if record.LifeCycle == nil {
		record.LifeCycle = o.awsLifeCycle()
	}
	if record.LifeCycle.Stage == nil {
		record.LifeCycle.Stage = awsStage(*o.LifeCycle.Stage)
	}
	if record.LifeCycle.TargetCloseDate == nil {
		record.LifeCycle.TargetCloseDate = o.LifeCycle.TargetCloseDate
	}
	return c.putAwsRecord(o, record)
}

// motionReason returns why AWS chose its way of co-selling: its own words, or one
// sentence about the choice; nil while it has chosen none.
func (record *awsRecord) motionReason() *string {
	if record.CosellMotion == nil || record.CosellMotionReason != nil {
		return record.CosellMotionReason
	}
	if reason, ok := motionReasons[*record.CosellMotion]; ok {
		return &reason
	}
	return nil
}

var motionReasons = map[string]string{
	"AWS Field-engaged": "AWS's field team works on this opportunity together with the partner.",
	"Agent-engaged":     "AWS's agents support the partner on this opportunity.",
	"Partner-led":       "The partner leads this opportunity; AWS is informed.",
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
	record, err := c.awsRecord(o)
	if err != nil {
		return nil, err
	}
	summary := &api.GetAwsOpportunitySummaryResponse{
		Catalog: o.Catalog, RelatedOpportunityId: o.Id, Origin: o.Origin,
		InvolvementType: record.InvolvementType, Visibility: record.Visibility,
		InvolvementTypeChangeReason: record.InvolvementTypeChangeReason,
		LifeCycle:                   record.LifeCycle, OpportunityTeam: record.OpportunityTeam, Insights: record.Insights,
		RelatedEntityIds: &api.AwsOpportunityRelatedEntities{
			AwsProducts: o.RelatedEntityIdentifiers.AwsProducts, Solutions: o.RelatedEntityIdentifiers.Solutions,
			AwsMarketplaceSolutions: o.RelatedEntityIdentifiers.AwsMarketplaceSolutions,
			AwsMarketplaceProducts:  o.RelatedEntityIdentifiers.AwsMarketplaceProducts,
		},
		Customer:     &api.AwsOpportunityCustomer{Contacts: []api.Contact{}},
		CosellMotion: record.CosellMotion, CosellMotionReason: record.motionReason(), SoftwareRevenue: record.SoftwareRevenue,
	}
	if summary.Origin == nil {
		summary.Origin = new(api.OpportunityOriginPartnerReferral)
	}
	if summary.LifeCycle == nil && o.LifeCycle.NextSteps != nil {
		summary.LifeCycle = o.awsLifeCycle()
	}
	if summary.OpportunityTeam == nil {
		if summary.OpportunityTeam, err = c.awsTeam(record); err != nil {
			return nil, err
		}
	}
	if o.Customer != nil && o.Customer.Contacts != nil {
		summary.Customer.Contacts = o.Customer.Contacts
	}
	if p := o.Project; p != nil || record.ExpectedCustomerSpend != nil {
		summary.Project = &api.AwsOpportunityProject{ExpectedCustomerSpend: record.ExpectedCustomerSpend}
		if p != nil {
			summary.Project.AwsPartition = p.AwsPartition
		}
		if record.ExpectedCustomerSpend == nil {
			summary.Project.ExpectedCustomerSpend = p.ExpectedCustomerSpend
		}
	}
	return summary, nil
}

// awsTeam is who stands for AWS while nobody was named: its partner manager, from
// the submission on.
func (c *Call) awsTeam(record *awsRecord) ([]api.AwsTeamMember, error) {
	if record.InvolvementType == nil && record.LifeCycle == nil {
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

package selling

import (
	"errors"
	"fmt"

	"cosell/internal/api"
	"cosell/internal/store"
)

// content is what a partner writes of an opportunity, at creation and at each
// update; an update replaces it whole.
type content struct {
	PrimaryNeedsFromAws          []api.PrimaryNeedFromAws
	NationalSecurity             *api.NationalSecurity
	PartnerOpportunityIdentifier *string
	Customer                     *api.Customer
	Project                      *api.Project
	OpportunityType              *api.OpportunityType
	Marketing                    *api.Marketing
	SoftwareRevenue              *api.SoftwareRevenue
	LifeCycle                    *api.LifeCycle
}

// content returns what the partner wrote of a stored opportunity.
func (o *opportunity) content() *content {
	return &content{
		PrimaryNeedsFromAws: o.PrimaryNeedsFromAws, NationalSecurity: o.NationalSecurity,
		PartnerOpportunityIdentifier: o.PartnerOpportunityIdentifier, Customer: o.Customer,
		Project: o.Project, OpportunityType: o.OpportunityType, Marketing: o.Marketing,
		SoftwareRevenue: o.SoftwareRevenue, LifeCycle: o.LifeCycle,
	}
}

// write puts new content into an opportunity, under all rules: of the fields
// among each other, and of what may change now. A step is one that a reviewer
// takes by the same write, who is under no lock. An opportunity without a life cycle is being created.
func (c *Call) write(o *opportunity, after *content, played *reviewStep) error {
	status := api.ReviewStatusPendingSubmission
	var before *content
	if o.LifeCycle != nil {
		before, status = o.content(), *o.LifeCycle.ReviewStatus
	}
	after.settle(before, c.Estimator)
	r := review{before: before, after: after, related: o.RelatedEntityIdentifiers, status: status, today: c.today()}
	violations := r.violations()
	if before != nil && played == nil {
		violations = append(violations, locked(before, after, status, before.stage())...)
	}
	violation, err := c.checkRelatedOpportunity(o, before, after)
	if err != nil {
		return err
	}
	if err := refuse(append(violations, violation...)); err != nil {
		return err
	}
	o.PrimaryNeedsFromAws, o.NationalSecurity = after.PrimaryNeedsFromAws, after.NationalSecurity
	o.PartnerOpportunityIdentifier, o.Customer = after.PartnerOpportunityIdentifier, after.Customer
	o.Project, o.OpportunityType = after.Project, after.OpportunityType
	o.Marketing, o.SoftwareRevenue = after.Marketing, after.SoftwareRevenue
	o.LifeCycle = c.lifeCycle(before, after.LifeCycle)
	return nil
}

// lifeCycle returns the life cycle after a write. The review belongs to AWS:
// what a partner says of it does not count. Editing what AWS asked about sends
// the opportunity to review again.
func (c *Call) lifeCycle(before *content, asked *api.LifeCycle) *api.LifeCycle {
	after := *asked
	stored := &api.LifeCycle{ReviewStatus: new(api.ReviewStatusPendingSubmission)}
	if before != nil {
		stored = before.LifeCycle
	}
	after.NextStepsHistory = c.nextSteps(stored, asked.NextSteps)
	after.ReviewStatus = stored.ReviewStatus
	if step, ok := nextStep(*stored.ReviewStatus, actionEdit, byPartner); ok {
		after.ReviewStatus = &step.to
	}
	after.ReviewComments, after.ReviewStatusReason = stored.ReviewComments, stored.ReviewStatusReason
	return &after
}

// maxNextSteps is how many earlier next steps an opportunity keeps
// (docs/behavior/opportunities.md#next-steps).
const maxNextSteps = 50

// nextSteps returns the history after next steps are replaced: the replaced text,
// if there was one, joins it with the time of the change.
func (c *Call) nextSteps(stored *api.LifeCycle, asked *string) []api.NextStepsHistory {
	history := stored.NextStepsHistory
	if value(stored.NextSteps) == "" || value(asked) == *stored.NextSteps {
		return history
	}
	history = append(history, api.NextStepsHistory{Value: stored.NextSteps, Time: &c.now})
	return history[max(0, len(history)-maxNextSteps):]
}

// checkRelatedOpportunity says whether the opportunity that another follows is
// one of the partner's own (docs/behavior/opportunities.md#related-opportunity).
func (c *Call) checkRelatedOpportunity(o *opportunity, before, after *content) ([]api.ValidationExceptionError, error) {
	id := after.project().RelatedOpportunityIdentifier
	if id == nil || before != nil && value(before.project().RelatedOpportunityIdentifier) == *id {
		return nil, nil
	}
	_, _, err := c.tx.Opportunity(c.opportunityKey(*o.Catalog, *id))
	switch {
	case err == nil && *id != *o.Id:
		return nil, nil
	case err == nil || errors.Is(err, store.ErrNotFound):
		return []api.ValidationExceptionError{api.Violation("project.relatedOpportunityIdentifier",
			api.ValidationExceptionErrorCodeInvalidValue, "must be another opportunity of this account and catalog")}, nil
	default:
		return nil, fmt.Errorf("read related opportunity: %w", err)
	}
}

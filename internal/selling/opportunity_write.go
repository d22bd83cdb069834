package selling

import (
	"errors"
	"fmt"
	"strings"

	"cosell/internal/api"
	"cosell/internal/rule"
	"cosell/internal/store"
)

// content returns what the partner wrote of a stored opportunity.
func (o *opportunity) content() *rule.Content {
	return rule.OfStored(&o.GetOpportunityResponse)
}

// applyEdit puts new content into an opportunity that is created (it has no life
// cycle) or updated. The content must follow the field rules, and the edit locks of
// the opportunity's status. A step, where there is one, is the step of the review
// that a reviewer takes by the same request; no edit lock applies to a reviewer.
func (c *Call) applyEdit(o *opportunity, after *rule.Content, step *reviewStep) error {
	status := api.ReviewStatusPendingSubmission
	var before *rule.Content
	if o.LifeCycle != nil {
		before, status = o.content(), *o.LifeCycle.ReviewStatus
	}
	after.Normalize(before, c.Estimator)
	edit := rule.Edit{
		Before: before, After: after, Related: o.RelatedEntityIdentifiers, Status: status, Today: c.Today(),
		Estimated: c.Estimator != nil,
	}
	if status != api.ReviewStatusPendingSubmission {
		record, err := c.awsRecord(o)
		if err != nil {
			return err
		}
		edit.Involvement = record.InvolvementType
	}
	violations := edit.Refused()
	if step != nil {
		violations = edit.Violations()
	}
	violation, err := c.checkRelatedOpportunity(o, before, after)
	if err != nil {
		return err
	}
	if err := rule.Refuse(append(violations, violation...)); err != nil {
		return err
	}
	if cleared := edit.Cleared(); cleared != nil {
		c.Notice("this update removed what it left out: " + strings.Join(cleared, ", "))
	}
	after.Store(&o.GetOpportunityResponse)
	o.LifeCycle = c.lifeCycle(before, after.LifeCycle)
	return nil
}

// lifeCycle returns the life cycle after a write. The review belongs to AWS:
// what a partner says of it does not count. Editing what AWS asked about sends
// the opportunity to review again.
func (c *Call) lifeCycle(before *rule.Content, asked *api.LifeCycle) *api.LifeCycle {
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
	if api.Value(stored.NextSteps) == "" || api.Value(asked) == *stored.NextSteps {
		return history
	}
	history = append(history, api.NextStepsHistory{Value: stored.NextSteps, Time: &c.Now})
	return history[max(0, len(history)-maxNextSteps):]
}

// checkRelatedOpportunity reports a violation when the related opportunity is not
// another one of the partner's (docs/behavior/opportunities.md#related-opportunity).
func (c *Call) checkRelatedOpportunity(o *opportunity, before, after *rule.Content) ([]api.ValidationExceptionError, error) {
	id := after.RelatedOpportunity()
	if id == "" || before != nil && before.RelatedOpportunity() == id {
		return nil, nil
	}
	_, _, err := c.Tx.Opportunity(c.opportunityKey(*o.Catalog, id))
	switch {
	case err == nil && id != *o.Id:
		return nil, nil
	case err == nil || errors.Is(err, store.ErrNotFound):
		return []api.ValidationExceptionError{api.Violation("project.relatedOpportunityIdentifier",
			api.ValidationExceptionErrorCodeInvalidValue, "must be another opportunity of this account and catalog")}, nil
	default:
		return nil, fmt.Errorf("read related opportunity: %w", err)
	}
}

// orEmpty returns p, or a pointer to an empty value when p is nil.
func orEmpty[T any](p *T) *T {
	if p == nil {
		return new(T)
	}
	return p
}

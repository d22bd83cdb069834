package selling

import (
	"slices"

	"cosell/internal/api"
	"cosell/internal/rule"
)

// SubmitOpportunity puts a draft before AWS's review, after which it cannot be
// edited until AWS has decided. It is a step of
// StartEngagementFromOpportunityTask, and can be called alone
// (docs/behavior/submission.md#who-may-submit).
func (c *Call) SubmitOpportunity(in *api.SubmitOpportunityRequest) error {
	o, err := c.opportunity(*in.Catalog, *in.Identifier)
	if err != nil {
		return err
	}
	visibility := api.VisibilityFull
	if in.Visibility != nil {
		visibility = *in.Visibility
	}
	return c.submit(o, *in.InvolvementType, visibility)
}

// submit does the same with one of the caller's opportunities that is at hand.
func (c *Call) submit(o *opportunity, involvement api.SalesInvolvementType, visibility api.Visibility) error {
	if err := c.checkSubmission(o, involvement, visibility); err != nil {
		return err
	}
	if involvement == api.SalesInvolvementTypeForVisibilityOnly {
		o.PrimaryNeedsFromAws = []api.PrimaryNeedFromAws{rule.VisibilityOnly}
	}
	step, _ := nextStep(*o.LifeCycle.ReviewStatus, actionSubmit, byPartner) // checked above
	o.LifeCycle.ReviewStatus = &step.to
	side, err := c.awsSide(o)
	if err != nil {
		return err
	}
	side.InvolvementType, side.Visibility = &involvement, &visibility
	if err := c.putAwsSide(o, side); err != nil {
		return err
	}
	if err := c.save(o); err != nil {
		return err
	}
	return c.submitted(o)
}

// checkSubmission says whether an opportunity can be submitted as it is.
func (c *Call) checkSubmission(o *opportunity, involvement api.SalesInvolvementType, visibility api.Visibility) error {
	status := *o.LifeCycle.ReviewStatus
	if _, ok := nextStep(status, actionSubmit, byPartner); !ok {
		return because(api.ReasonCodeOpportunityConflict, invalid(api.Violation(rule.FieldReviewStatus,
			api.ValidationExceptionErrorCodeInvalidResourceState,
			"Only an opportunity in Pending Submission can be submitted; this one is "+string(status))))
	}
	violations := (&rule.Submission{
		Content: o.content(), Related: o.RelatedEntityIdentifiers, Involvement: involvement, Today: c.Today(),
	}).Violations()
	if visibility == api.VisibilityLimited && involvement == api.SalesInvolvementTypeCoSell {
		return because(api.ReasonCodeOpportunitySubmissionFailed,
			rule.Refuse(slices.Concat(limitedCoSell, violations)))
	}
	return rule.Refuse(violations)
}

// limitedCoSell is what the real service says of a submission with limited
// visibility that is not for visibility only. The second part speaks of no field.
var limitedCoSell = []api.ValidationExceptionError{
	api.Violation(rule.FieldPrimaryNeeds, api.ValidationExceptionErrorCodeInvalidValue,
		"Cannot set visibility to limited on a Co-Sell opportunity"),
	{
		Code:    new(api.ValidationExceptionErrorCodeActionNotPermitted),
		Message: new("You cannot perform Submit action. Opportunity cannot be submitted or updated to Limited Visibility"),
	},
}

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
	if again, err := c.sentBack(o, *in.InvolvementType, visibility); again || err != nil {
		return err
	}
	if _, err := c.checkSubmission(o, *in.InvolvementType, visibility); err != nil {
		return err
	}
	return c.submit(o, *in.InvolvementType, visibility)
}

// submit submits one of the caller's opportunities that checkSubmission has let
// through.
func (c *Call) submit(o *opportunity, involvement api.SalesInvolvementType, visibility api.Visibility) error {
	if involvement == api.SalesInvolvementTypeForVisibilityOnly {
		o.PrimaryNeedsFromAws = []api.PrimaryNeedFromAws{rule.VisibilityOnly}
	}
	step, _ := nextStep(*o.LifeCycle.ReviewStatus, actionSubmit, byPartner) // checked above
	o.LifeCycle.ReviewStatus = &step.to
	record, err := c.awsRecord(o)
	if err != nil {
		return err
	}
	record.InvolvementType, record.Visibility = &involvement, &visibility
	record.SentBackByEdit = false
	if err := c.putAwsRecord(o, record); err != nil {
		return err
	}
	if err := c.save(o); err != nil {
		return err
	}
	return c.submitted(o)
}

// sentBack reports whether an edit in Action Required has submitted the opportunity
// again already, with the same involvement and visibility. A client that submits
// after such an edit is answered with success, and nothing changes.
func (c *Call) sentBack(o *opportunity, involvement api.SalesInvolvementType, visibility api.Visibility) (bool, error) {
	if *o.LifeCycle.ReviewStatus != api.ReviewStatusSubmitted {
		return false, nil
	}
	record, err := c.awsRecord(o)
	if err != nil {
		return false, err
	}
	return record.SentBackByEdit && api.Value(record.InvolvementType) == involvement && api.Value(record.Visibility) == visibility, nil
}

// checkSubmission returns nil where an opportunity can be submitted as it is. Else
// code is the reason of a task that fails by it, "" where that is the usual one.
func (c *Call) checkSubmission(
	o *opportunity, involvement api.SalesInvolvementType, visibility api.Visibility,
) (code api.ReasonCode, err error) {
	status := *o.LifeCycle.ReviewStatus
	if _, ok := nextStep(status, actionSubmit, byPartner); !ok {
		return api.ReasonCodeOpportunityConflict, invalid(api.Violation(rule.FieldReviewStatus,
			api.ValidationExceptionErrorCodeInvalidResourceState,
			"Only an opportunity in Pending Submission or Action Required can be submitted; this one is "+string(status)))
	}
	violations := (&rule.Submission{
		Content: o.content(), Related: o.RelatedEntityIdentifiers, Involvement: involvement, Today: c.Today(),
	}).Violations()
	if visibility == api.VisibilityLimited && involvement == api.SalesInvolvementTypeCoSell {
		return api.ReasonCodeOpportunitySubmissionFailed, rule.Refuse(slices.Concat(limitedCoSell, violations))
	}
	return "", rule.Refuse(violations)
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

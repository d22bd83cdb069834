package selling

import (
	"fmt"

	"cosell/internal/api"
	"cosell/internal/auth"
	"cosell/internal/rule"
	"cosell/internal/store"
)

// reviewAction is something that happens to an opportunity's review status.
type reviewAction string

const (
	actionSubmit  reviewAction = "Submit"
	actionEdit    reviewAction = "Edit" // any UpdateOpportunity that is let through
	actionStart   reviewAction = "StartReview"
	actionApprove reviewAction = "Approve"
	actionReject  reviewAction = "Reject"
	actionAsk     reviewAction = "RequestAction"
	actionFollow  reviewAction = "Follow" // the opportunity whose review this one shares was approved
)

// reviewParty is who acts; a step of the table may be open to several.
type reviewParty uint8

const (
	byPartner  reviewParty = 1 << iota // the owner
	byReviewer                         // AWS: the review desk, or its policy
	byPlay                             // the owner who plays AWS in Sandbox through UpdateOpportunity
	bySender                           // AWS, by its approval of what the opportunity came of
)

// reviewStep is a row of the table.
type reviewStep struct {
	from   api.ReviewStatus
	action reviewAction
	to     api.ReviewStatus
	by     reviewParty
}

// reviewSteps is the whole review of an opportunity: what is not here cannot
// happen (docs/behavior/review.md#the-state-machine). An opportunity begins in
// Pending Submission, one that AWS refers in Approved. docs/behavior/review.md
// shows the table to readers.
var reviewSteps = []reviewStep{
	{api.ReviewStatusPendingSubmission, actionEdit, api.ReviewStatusPendingSubmission, byPartner},
	{api.ReviewStatusPendingSubmission, actionSubmit, api.ReviewStatusSubmitted, byPartner},
	{api.ReviewStatusPendingSubmission, actionApprove, api.ReviewStatusApproved, byPlay},
	{api.ReviewStatusPendingSubmission, actionReject, api.ReviewStatusRejected, byPlay},
	{api.ReviewStatusPendingSubmission, actionAsk, api.ReviewStatusActionRequired, byPlay},
	{api.ReviewStatusPendingSubmission, actionFollow, api.ReviewStatusApproved, bySender},

	{api.ReviewStatusSubmitted, actionStart, api.ReviewStatusInReview, byReviewer},
	{api.ReviewStatusSubmitted, actionApprove, api.ReviewStatusApproved, byReviewer | byPlay},
	{api.ReviewStatusSubmitted, actionReject, api.ReviewStatusRejected, byReviewer | byPlay},
	{api.ReviewStatusSubmitted, actionAsk, api.ReviewStatusActionRequired, byReviewer | byPlay},
	{api.ReviewStatusSubmitted, actionFollow, api.ReviewStatusApproved, bySender},

	{api.ReviewStatusInReview, actionApprove, api.ReviewStatusApproved, byReviewer | byPlay},
	{api.ReviewStatusInReview, actionReject, api.ReviewStatusRejected, byReviewer | byPlay},
	{api.ReviewStatusInReview, actionAsk, api.ReviewStatusActionRequired, byReviewer | byPlay},
	{api.ReviewStatusInReview, actionFollow, api.ReviewStatusApproved, bySender},

	{api.ReviewStatusActionRequired, actionEdit, api.ReviewStatusSubmitted, byPartner},
	{api.ReviewStatusActionRequired, actionSubmit, api.ReviewStatusSubmitted, byPartner},
	{api.ReviewStatusActionRequired, actionApprove, api.ReviewStatusApproved, byPlay},
	{api.ReviewStatusActionRequired, actionReject, api.ReviewStatusRejected, byPlay},
	{api.ReviewStatusActionRequired, actionFollow, api.ReviewStatusApproved, bySender},

	{api.ReviewStatusApproved, actionEdit, api.ReviewStatusApproved, byPartner},
}

// nextStep finds the row for an action; ok is false where the table has none.
func nextStep(from api.ReviewStatus, action reviewAction, by reviewParty) (step reviewStep, ok bool) {
	for _, step := range reviewSteps {
		if step.from == from && step.action == action && step.by&by != 0 {
			return step, true
		}
	}
	return reviewStep{}, false
}

// playedStep returns the step that an update asks for as its own reviewer, nil
// where it leaves the review status out or echoes the stored one. Sandbox alone
// lets a partner play AWS.
func playedStep(catalog string, stored, asked *api.LifeCycle) (*reviewStep, error) {
	status := *stored.ReviewStatus
	if asked == nil || asked.ReviewStatus == nil || *asked.ReviewStatus == status {
		return nil, nil
	}
	playable := false
	for _, step := range reviewSteps {
		if step.from != status || step.by&byPlay == 0 {
			continue
		}
		playable = true
		if catalog == catalogSandbox && step.to == *asked.ReviewStatus {
			return &step, nil
		}
	}
	refused := "in Sandbox reviewStatus can be set to Approved, Action Required or Rejected"
	switch {
	case !playable:
		refused = "reviewStatus is not editable if status is " + string(status)
	case catalog != catalogSandbox:
		refused = "reviewStatus is set by AWS's review; leave it out or send the present value, " + string(status)
	}
	return nil, invalid(api.Violation(rule.FieldReviewStatus, api.ValidationExceptionErrorCodeActionNotPermitted, refused))
}

// submitted puts an opportunity of the caller's among those that await review,
// and has the catalog's policy look at it in its time.
func (c *Call) submitted(o *opportunity) error {
	r := store.Review{OpportunityKey: c.key(o), SubmittedAt: int64(c.Now)}
	if err := c.Tx.InsertReview(r); err != nil {
		return fmt.Errorf("insert review: %w", err)
	}
	policy, err := c.reviewPolicy(*o.Catalog)
	if err != nil {
		return err
	}
	return c.reviewLater(policy, r)
}

// saveEdit saves what a partner edited of an opportunity that was in a review
// status; where AWS had asked for it, the opportunity awaits review again.
func (c *Call) saveEdit(o *opportunity, was api.ReviewStatus) error {
	if *o.LifeCycle.ReviewStatus == was || *o.LifeCycle.ReviewStatus != api.ReviewStatusSubmitted {
		return c.save(o)
	}
	record, err := c.awsRecord(o)
	if err != nil {
		return err
	}
	record.SentBackByEdit = true
	if err := c.putAwsRecord(o, record); err != nil {
		return err
	}
	if err := c.save(o); err != nil {
		return err
	}
	return c.submitted(o)
}

// decide takes a reviewer's step on an opportunity of the caller's, its owner:
// whoever the reviewer is, at the desk, a policy or the owner in Sandbox, the
// same follows. The order of the events is the documented one
// (docs/behavior/review.md#what-a-decision-does).
func (c *Call) decide(o *opportunity, step reviewStep, comments, reason *string) error {
	o.LifeCycle.ReviewStatus = &step.to
	if step.action == actionStart {
		return c.save(o)
	}
	o.LifeCycle.ReviewComments, o.LifeCycle.ReviewStatusReason = comments, reason
	if err := c.Tx.DeleteReview(c.key(o)); err != nil {
		return fmt.Errorf("delete review: %w", err)
	}
	aws := c.onBehalfOf(auth.AWSAccount)
	switch step.to {
	case api.ReviewStatusApproved:
		if err := c.startAwsRecord(o); err != nil {
			return err
		}
		if err := c.eachAwsInvitation(o, aws.acceptInvitation); err != nil {
			return err
		}
	case api.ReviewStatusRejected:
		err := c.eachAwsInvitation(o, func(i *invitation) error { return aws.rejectInvitation(i, rejectionReason(reason)) })
		if err != nil {
			return err
		}
	}
	if err := c.save(o); err != nil || step.to != api.ReviewStatusApproved {
		return err
	}
	return c.approveFollowers(o)
}

// eachAwsInvitation has AWS answer the caller's pending invitations to it, of the
// engagements that an opportunity of the caller's is in.
func (c *Call) eachAwsInvitation(o *opportunity, answer func(*invitation) error) error {
	engagements, err := c.Tx.Associations(&store.AssociationQuery{
		Account: c.Caller.Account, Catalog: *o.Catalog, ResourceID: *o.Id, CreatedBy: c.Caller.Account,
		Limit: maxReviewedEngagements,
	})
	if err != nil {
		return fmt.Errorf("read engagements of opportunity: %w", err)
	}
	for _, found := range engagements {
		e := &engagement{Catalog: *o.Catalog}
		e.Id = &found.EngagementID
		pending, err := c.pendingInvitations(e)
		if err != nil {
			return err
		}
		for _, i := range pending {
			if i.sender() != c.Caller.Account || i.receiver() != auth.AWSAccount {
				continue
			}
			if err := answer(i); err != nil {
				return err
			}
		}
	}
	return nil
}

// maxReviewedEngagements bounds the engagements of one opportunity that a review
// looks at.
const maxReviewedEngagements = 1000

// maxRejectionReason is how long an invitation's reason can be.
const maxRejectionReason = 80

// rejectionReason is a review's reason as an invitation takes it: short, and on
// one line.
func rejectionReason(reason *string) *string {
	if reason == nil {
		return nil
	}
	var line []rune
	for _, r := range *reason {
		if printable := r >= ' ' && r <= '~' || r >= 0xa0 && r <= 0xfffd; !printable {
			r = ' '
		}
		line = append(line, r)
	}
	if len(line) == 0 {
		return nil
	}
	return new(string(line[:min(len(line), maxRejectionReason)]))
}

// approveFollowers approves the opportunities that share the review of one of the
// caller's: what came of the caller's invitations to other partners
// (docs/behavior/review.md#shared-reviews).
func (c *Call) approveFollowers(o *opportunity) error {
	followers, err := c.Tx.ReviewFollowers(c.key(o))
	if err != nil {
		return fmt.Errorf("read followers of review: %w", err)
	}
	for _, key := range followers {
		owner := c.onBehalfOf(key.Account)
		follower, err := owner.opportunity(key.Catalog, key.ID)
		if err != nil {
			return err
		}
		step, ok := nextStep(*follower.LifeCycle.ReviewStatus, actionFollow, bySender)
		if !ok {
			continue // it went its own way
		}
		if err := owner.decide(follower, step, nil, nil); err != nil {
			return err
		}
	}
	return nil
}

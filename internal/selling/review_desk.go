package selling

import (
	"context"
	"fmt"

	"cosell/internal/api"
	"cosell/internal/auth"
	"cosell/internal/store"
)

// ReviewDecision is what a reviewer at the desk decides.
type ReviewDecision string

// The decisions.
const (
	DecisionStart   = ReviewDecision(actionStart)
	DecisionApprove = ReviewDecision(actionApprove)
	DecisionReject  = ReviewDecision(actionReject)
	DecisionAsk     = ReviewDecision(actionAsk)
)

// operatorCaller is the caller of the operator's requests; it has no account.
var operatorCaller auth.Principal

// Reviewed is how an opportunity stands with AWS's review.
type Reviewed struct {
	Account, Catalog, ID string
	SubmittedAt          api.Timestamp // of a waiting one; else 0
	ReviewStatus         api.ReviewStatus
	Comments, Reason     *string
	LastModifiedDate     api.Timestamp

	CompanyName, Title *string
	Stage              api.Stage
	TargetCloseDate    *string
	InvolvementType    *api.SalesInvolvementType
	Spend              []api.ExpectedCustomerSpend
}

// reviewed describes one of the caller's opportunities to a reviewer.
func (c *Call) reviewed(o *opportunity) (Reviewed, error) {
	record, err := c.awsRecord(o)
	if err != nil {
		return Reviewed{}, err
	}
	content := o.content()
	return Reviewed{
		Account: c.Caller.Account, Catalog: *o.Catalog, ID: *o.Id,
		ReviewStatus: *o.LifeCycle.ReviewStatus, Comments: o.LifeCycle.ReviewComments, Reason: o.LifeCycle.ReviewStatusReason,
		LastModifiedDate: *o.LastModifiedDate,
		CompanyName:      content.Account().CompanyName, Title: orEmpty(content.Project).Title,
		Stage: *o.LifeCycle.Stage, TargetCloseDate: o.LifeCycle.TargetCloseDate,
		InvolvementType: record.InvolvementType, Spend: orEmpty(content.Project).ExpectedCustomerSpend,
	}, nil
}

// Reviews returns at most limit of what awaits review, the longest waiting first;
// an empty catalog or account is every one.
func (s *Service) Reviews(ctx context.Context, catalog, account string, limit int) (waiting []Reviewed, err error) {
	err = s.view(ctx, operatorCaller, func(c *Call) error {
		waiting, err = c.reviews(catalog, account, limit)
		return err
	})
	return waiting, err
}

func (c *Call) reviews(catalog, account string, limit int) ([]Reviewed, error) {
	queue, err := c.Tx.Reviews(catalog, account, limit)
	if err != nil {
		return nil, fmt.Errorf("read review queue: %w", err)
	}
	waiting := make([]Reviewed, len(queue))
	for i, r := range queue {
		owner := c.onBehalfOf(r.Account)
		o, err := owner.opportunity(r.Catalog, r.ID)
		if err != nil {
			return nil, err
		}
		if waiting[i], err = owner.reviewed(o); err != nil {
			return nil, err
		}
		waiting[i].SubmittedAt = api.Timestamp(r.SubmittedAt)
	}
	return waiting, nil
}

// Review takes a reviewer's decision about an opportunity. Where the review
// stands elsewhere, because another reviewer or the partner was first, it is a
// conflict.
func (s *Service) Review(
	ctx context.Context, key store.OpportunityKey, decision ReviewDecision, comments, reason *string,
) (r Reviewed, err error) {
	err = s.update(ctx, auth.Principal{Account: key.Account}, func(c *Call) error {
		r, err = c.review(key.Catalog, key.ID, decision, comments, reason)
		return err
	})
	return r, err
}

// review takes a reviewer's decision about one of the caller's opportunities.
func (c *Call) review(catalog, id string, decision ReviewDecision, comments, reason *string) (Reviewed, error) {
	o, err := c.opportunity(catalog, id)
	if err != nil {
		return Reviewed{}, err
	}
	c.Doing(string(decision))
	status := *o.LifeCycle.ReviewStatus
	step, ok := nextStep(status, reviewAction(decision), byReviewer)
	if !ok {
		return Reviewed{}, api.Conflict(fmt.Sprintf("%s does not apply: the review status is %s", decision, status))
	}
	if err := c.decide(o, step, comments, reason); err != nil {
		return Reviewed{}, err
	}
	return c.reviewed(o)
}

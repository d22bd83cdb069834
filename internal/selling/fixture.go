package selling

import (
	"cosell/internal/api"
	"cosell/internal/operation"
)

// What fixtures do in their transaction and the operator in transactions of its own.

// DescribeAccount sets what the server knows about an account.
func (c *Call) DescribeAccount(account string, p AccountProfile) error {
	document, err := operation.Encode("account", p)
	if err != nil {
		return err
	}
	return c.Tx.PutAccount(account, document)
}

// AddSolution adds or replaces a solution of the caller's.
func (c *Call) AddSolution(catalog string, s api.SolutionBase) error {
	return c.putSolution(catalog, s)
}

// AddEngagementGroup adds or replaces a group and returns its identifier.
func (c *Call) AddEngagementGroup(g EngagementGroup) (string, error) {
	put, err := c.putEngagementGroup(g)
	return put.ID, err
}

// Decide takes a reviewer's decision about one of the caller's opportunities.
func (c *Call) Decide(catalog, id string, decision ReviewDecision, comments, reason *string) error {
	_, err := c.review(catalog, id, decision, comments, reason)
	return err
}

// ReceiveReferral has AWS refer an opportunity to the caller.
func (c *Call) ReceiveReferral(in *api.CreateOpportunityRequest) (Referral, error) {
	in.Origin = new(api.OpportunityOriginAwsReferral)
	i, err := c.refer(in)
	if err != nil {
		return Referral{}, err
	}
	return Referral{
		OpportunityID: *i.Referral.Opportunity.Id, EngagementID: *i.EngagementId, EngagementInvitationID: *i.Id,
	}, nil
}

package selling

import (
	"fmt"

	"cosell/internal/api"
	"cosell/internal/pagetoken"
	"cosell/internal/store"
)

// ListEngagementInvitations returns a page of the invitations that the caller
// sent, or of those it received; the latest first unless a sort says otherwise.
// What a summary shows is what both sides see at every stage.
func (c *Call) ListEngagementInvitations(in *api.ListEngagementInvitationsRequest) (*api.ListEngagementInvitationsResponse, error) {
	list := *in
	list.NextToken, list.MaxResults = nil, nil
	scope, after, err := c.page("ListEngagementInvitations", &list, in.NextToken)
	if err != nil {
		return nil, err
	}
	q, err := c.invitationQuery(in)
	if err != nil {
		return nil, err
	}
	if after != nil {
		q.After = &store.Position{Value: after.Number, ID: after.ID}
	}
	size := pageSize(in.MaxResults, 20)
	q.Limit = size + 1 // one more tells whether there is a next page
	rows, err := c.tx.Invitations(q)
	if err != nil {
		return nil, fmt.Errorf("list invitations: %w", err)
	}
	out := &api.ListEngagementInvitationsResponse{
		EngagementInvitationSummaries: make([]api.EngagementInvitationSummary, min(len(rows), size)),
	}
	for n := range out.EngagementInvitationSummaries {
		i, err := c.decodeInvitation(&rows[n])
		if err != nil {
			return nil, err
		}
		out.EngagementInvitationSummaries[n] = api.EngagementInvitationSummary{
			Arn: i.Arn, PayloadType: i.PayloadType, Id: i.Id,
			EngagementId: i.EngagementId, EngagementTitle: i.EngagementTitle,
			Status: new(c.statusOf(i)), InvitationDate: i.InvitationDate, ExpirationDate: i.ExpirationDate,
			SenderAwsAccountId: i.SenderAwsAccountId, SenderCompanyName: i.SenderCompanyName,
			Receiver: i.Receiver, Catalog: i.Catalog, ParticipantType: in.ParticipantType,
		}
	}
	if len(rows) > size {
		last := rows[size-1]
		out.NextToken, err = c.nextToken(scope, pagetoken.Position{Number: last.InvitedAt, ID: last.ID})
	}
	return out, err
}

func (c *Call) invitationQuery(in *api.ListEngagementInvitationsRequest) (*store.InvitationQuery, error) {
	q := &store.InvitationQuery{
		Account: c.caller.Account, Catalog: *in.Catalog,
		Sent:       *in.ParticipantType == api.ParticipantTypeSender,
		Now:        int64(c.now),
		Senders:    in.SenderAwsAccountId,
		Descending: in.Sort == nil || *in.Sort.SortOrder == api.SortOrderDescending,
	}
	for _, status := range in.Status {
		q.Statuses = append(q.Statuses, string(status))
	}
	for _, kind := range in.PayloadType {
		q.PayloadTypes = append(q.PayloadTypes, string(kind))
	}
	for n, given := range in.EngagementIdentifier {
		id, err := identifier(fmt.Sprintf("engagementIdentifier[%d]", n), given, *in.Catalog, kindEngagement)
		if err != nil {
			return nil, err
		}
		q.EngagementIDs = append(q.EngagementIDs, id)
	}
	return q, nil
}

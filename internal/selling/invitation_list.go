package selling

import (
	"fmt"

	"cosell/internal/api"
	"cosell/internal/arn"
	"cosell/internal/operation"
	"cosell/internal/pagetoken"
	"cosell/internal/store"
)

// ListEngagementInvitations returns a page of the invitations that the caller
// sent, or of those it received; the latest first unless a sort says otherwise.
// What a summary shows is what both sides see at every stage.
func (c *Call) ListEngagementInvitations(in *api.ListEngagementInvitationsRequest) (*api.ListEngagementInvitationsResponse, error) {
	page, err := c.Page("ListEngagementInvitations", in, 20)
	if err != nil {
		return nil, err
	}
	q, err := c.invitationQuery(in)
	if err != nil {
		return nil, err
	}
	q.After, q.Limit = page.AfterNumber(), page.Limit()
	rows, err := c.Tx.Invitations(q)
	if err != nil {
		return nil, fmt.Errorf("list invitations: %w", err)
	}
	rows, next, err := operation.Cut(page, rows, func(i *store.Invitation) pagetoken.Position {
		return pagetoken.Position{Number: i.InvitedAt, ID: i.ID}
	})
	if err != nil {
		return nil, err
	}
	out := &api.ListEngagementInvitationsResponse{
		EngagementInvitationSummaries: make([]api.EngagementInvitationSummary, len(rows)), NextToken: next,
	}
	for n := range rows {
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
	return out, nil
}

func (c *Call) invitationQuery(in *api.ListEngagementInvitationsRequest) (*store.InvitationQuery, error) {
	q := &store.InvitationQuery{
		Account: c.Caller.Account, Catalog: *in.Catalog,
		Sent:       *in.ParticipantType == api.ParticipantTypeSender,
		Now:        int64(c.Now),
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
		id, err := arn.Identifier(fmt.Sprintf("engagementIdentifier[%d]", n), given, *in.Catalog, kindEngagement)
		if err != nil {
			return nil, err
		}
		q.EngagementIDs = append(q.EngagementIDs, id)
	}
	return q, nil
}

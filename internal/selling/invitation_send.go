package selling

import (
	"errors"
	"fmt"
	"time"

	"cosell/internal/api"
	"cosell/internal/arn"
	"cosell/internal/auth"
	"cosell/internal/events"
	"cosell/internal/store"
)

// invitationLifetime is how long a partner may take to answer
// (docs/behavior/invitations.md#the-life-of-an-invitation).
// AWS may take as long as its review does.
const invitationLifetime = 15 * 24 * time.Hour

// invite asks an account into an engagement that the caller is a member of.
// Whether the caller may is the operation's question; here is whether it can be:
// nobody is invited twice, and there is a place for everybody invited.
func (c *Call) invite(e *engagement, asked *api.Invitation) (*invitation, error) {
	i, err := c.newInvitation(e, asked)
	if err != nil {
		return nil, err
	}
	return i, c.sendInvitation(i)
}

// newInvitation makes an invitation; sendInvitation stores it.
func (c *Call) newInvitation(e *engagement, asked *api.Invitation) (*invitation, error) {
	if err := c.checkReceiver(e, *asked.Receiver.Account.AwsAccountId); err != nil {
		return nil, err
	}
	sender, err := c.profile(c.Caller.Account)
	if err != nil {
		return nil, err
	}
	id := c.IDs.EngagementInvitation()
	i := &invitation{GetEngagementInvitationResponse: api.GetEngagementInvitationResponse{
		Id:                    &id,
		Arn:                   new(arn.Of("", e.Catalog, kindInvitation+"/"+id)),
		Catalog:               &e.Catalog,
		PayloadType:           new(payloadType(asked.Payload)),
		EngagementId:          e.Id,
		EngagementTitle:       e.Title,
		EngagementDescription: e.Description,
		Status:                new(api.InvitationStatusPending),
		InvitationDate:        &c.Now,
		SenderAwsAccountId:    &c.Caller.Account,
		SenderCompanyName:     &sender.CompanyName,
		Receiver:              asked.Receiver,
		Payload:               asked.Payload,
		InvitationMessage:     asked.Message,
	}}
	if i.receiver() != auth.AWSAccount {
		i.ExpirationDate = new(api.NewTimestamp(c.Now.Time().Add(invitationLifetime)))
	}
	return i, nil
}

// sendInvitation stores a new invitation, has it expire at its time, and tells
// both sides.
func (c *Call) sendInvitation(i *invitation) error {
	row, err := i.row()
	if err != nil {
		return err
	}
	if err := c.Tx.InsertInvitation(row); errors.Is(err, store.ErrExists) {
		return errInvitedAlready
	} else if err != nil {
		return fmt.Errorf("insert invitation: %w", err)
	}
	// Two invitations that each find a place for one more partner must not both
	// take it.
	if err := c.Tx.LockEngagement(i.engagementKey()); err != nil {
		return fmt.Errorf("hold engagement: %w", err)
	}
	if i.ExpirationDate != nil {
		if err := c.expireLater(i); err != nil {
			return err
		}
	}
	return c.tellOfInvitation(events.InvitationCreated, i)
}

func payloadType(p *api.Payload) api.EngagementInvitationPayloadType {
	switch {
	case p.LeadInvitation != nil:
		return api.EngagementInvitationPayloadTypeLeadInvitation
	case p.AccountPlanningInvitation != nil:
		return api.EngagementInvitationPayloadTypeAccountPlanningInvitation
	}
	return api.EngagementInvitationPayloadTypeOpportunityInvitation
}

var errInvitedAlready = api.Conflict("The receiver has a pending invitation to the engagement already")

// checkReceiver reports why an account cannot be invited. Invited accounts count as
// members, so that there is a place for everyone who accepts.
func (c *Call) checkReceiver(e *engagement, receiver string) error {
	if receiver == c.Caller.Account {
		return invalid(api.Violation("invitation.receiver.account.awsAccountId",
			api.ValidationExceptionErrorCodeActionNotPermitted, "must be another account than the sender's"))
	}
	members, err := c.members(e)
	if err != nil {
		return err
	}
	partners := 0
	for _, member := range members {
		if member == receiver {
			return api.Conflict("The receiver is a member of the engagement already")
		}
		if member != auth.AWSAccount {
			partners++
		}
	}
	pending, err := c.pendingInvitations(e)
	if err != nil {
		return err
	}
	for _, i := range pending {
		if i.receiver() == receiver {
			return errInvitedAlready
		}
		if i.receiver() != auth.AWSAccount {
			partners++
		}
	}
	if receiver != auth.AWSAccount && partners >= maxPartners {
		return api.QuotaExceeded(fmt.Sprintf("An engagement has at most %d partners, those invited included", maxPartners))
	}
	return nil
}

// pendingInvitations returns the invitations to an engagement that can still be
// answered. Those found to be over expire at once: they would stand in the way
// of a fresh one.
func (c *Call) pendingInvitations(e *engagement) ([]*invitation, error) {
	rows, err := c.Tx.EngagementInvitations(e.key())
	if err != nil {
		return nil, fmt.Errorf("read invitations: %w", err)
	}
	var pending []*invitation
	for _, row := range rows {
		if row.Status != string(api.InvitationStatusPending) {
			continue
		}
		i, err := c.decodeInvitation(&row)
		if err != nil {
			return nil, err
		}
		if c.statusOf(i) == api.InvitationStatusPending {
			pending = append(pending, i)
		} else if err := c.expireInvitation(i); err != nil {
			return nil, err
		}
	}
	return pending, nil
}

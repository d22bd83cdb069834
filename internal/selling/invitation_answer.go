package selling

import (
	"errors"
	"fmt"

	"cosell/internal/api"
	"cosell/internal/events"
	"cosell/internal/store"
)

// AcceptEngagementInvitation makes the caller a member of the engagement it was
// invited to.
func (c *Call) AcceptEngagementInvitation(in *api.AcceptEngagementInvitationRequest) error {
	i, err := c.receivedInvitation(*in.Catalog, *in.Identifier)
	if err != nil {
		return err
	}
	return c.acceptInvitation(i)
}

// RejectEngagementInvitation declines an invitation. The reason is free text.
func (c *Call) RejectEngagementInvitation(in *api.RejectEngagementInvitationRequest) error {
	i, err := c.receivedInvitation(*in.Catalog, *in.Identifier)
	if err != nil {
		return err
	}
	return c.rejectInvitation(i, in.RejectionReason)
}

// receivedInvitation returns an invitation that the caller may answer. Its
// sender can see it too, and gets its own error.
func (c *Call) receivedInvitation(catalog, given string) (*invitation, error) {
	i, err := c.visibleInvitation("identifier", catalog, given)
	if err != nil {
		return nil, err
	}
	if i.receiver() != c.Caller.Account {
		return nil, api.AccessDenied("Only its receiver can answer an invitation")
	}
	if c.isAWS() {
		return i, c.refuseUnderReview(i)
	}
	return i, nil
}

// refuseUnderReview refuses an answer of AWS to an invitation about an opportunity
// that is under review: the decision about the opportunity answers it
// (docs/behavior/review.md#invitations-under-review).
func (c *Call) refuseUnderReview(i *invitation) error {
	sender := c.onBehalfOf(i.sender())
	shared, err := c.Tx.Associations(&store.AssociationQuery{
		Account: i.sender(), Catalog: *i.Catalog, EngagementID: *i.EngagementId, CreatedBy: i.sender(), Limit: maxSharing,
	})
	if err != nil {
		return fmt.Errorf("read opportunities of engagement: %w", err)
	}
	for _, found := range shared {
		o, err := sender.opportunity(*i.Catalog, found.ResourceID)
		if err != nil {
			return err
		}
		switch status := *o.LifeCycle.ReviewStatus; status {
		case api.ReviewStatusSubmitted, api.ReviewStatusInReview, api.ReviewStatusActionRequired:
			return api.Conflict("The invitation is about opportunity " + *o.Id + ", whose review status is " + string(status) +
				": the review's decision answers it; approve or reject the opportunity instead")
		}
	}
	return nil
}

// acceptInvitation makes the caller, its receiver, a member of the engagement,
// and the opportunity that AWS referred by it the caller's.
func (c *Call) acceptInvitation(i *invitation) error {
	if err := c.answerInvitation(i, api.InvitationStatusAccepted); err != nil {
		return err
	}
	if err := c.tellOfInvitation(events.InvitationAccepted, i); err != nil {
		return err
	}
	e, err := c.readEngagement(i.engagementKey())
	if err != nil {
		return err
	}
	if err := c.addMember(e, i.receiver()); err != nil || i.Referral == nil {
		return err
	}
	return c.insertReferred(i.Referral)
}

// rejectInvitation declines for the caller, its receiver.
func (c *Call) rejectInvitation(i *invitation, reason *string) error {
	i.RejectionReason = reason
	if err := c.answerInvitation(i, api.InvitationStatusRejected); err != nil {
		return err
	}
	return c.tellOfInvitation(events.InvitationRejected, i)
}

// answerInvitation gives an invitation that awaits its answer one. What was
// answered, or whose time is over, is a conflict.
func (c *Call) answerInvitation(i *invitation, answer api.InvitationStatus) error {
	if status := c.statusOf(i); status != api.InvitationStatusPending {
		return errAlreadyAnswered(status)
	}
	if answer == api.InvitationStatusAccepted {
		i.ExpirationDate = nil // it lasts
	}
	err := c.closeInvitation(i, answer)
	if errors.Is(err, store.ErrStale) {
		return api.Conflict("The invitation has been answered already")
	}
	return err
}

func errAlreadyAnswered(status api.InvitationStatus) error {
	if status == api.InvitationStatusExpired {
		return api.Conflict("The invitation has expired; its sender can send another")
	}
	return api.Conflict("The invitation has been answered already: it is " + string(status))
}

// closeInvitation writes the last status of a pending invitation, or returns
// store.ErrStale where it is pending no longer.
func (c *Call) closeInvitation(i *invitation, status api.InvitationStatus) error {
	i.Status = &status
	row, err := i.row()
	if err != nil {
		return err
	}
	if err := c.Tx.AnswerInvitation(row); err != nil {
		return fmt.Errorf("write invitation: %w", err)
	}
	return nil
}

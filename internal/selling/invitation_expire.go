package selling

import (
	"errors"
	"fmt"

	"cosell/internal/api"
	"cosell/internal/events"
	"cosell/internal/store"
)

// expireInvitation ends a pending invitation whose time is over, and tells of it
// once.
func (c *Call) expireInvitation(i *invitation) error {
	err := c.closeInvitation(i, api.InvitationStatusExpired)
	if errors.Is(err, store.ErrStale) {
		return nil // another transaction closed it
	}
	if err != nil {
		return err
	}
	return c.tellOfInvitation(events.InvitationExpired, i)
}

// workExpireInvitation is the kind of work that ends an invitation nobody
// answered.
const workExpireInvitation = "expire-invitation"

// expirationJob is the payload of that work.
type expirationJob struct {
	Catalog string `json:"catalog"`
	ID      string `json:"id"`
}

// expireLater asks for that work at an invitation's time.
func (c *Call) expireLater(i *invitation) error {
	return c.Later(workExpireInvitation, *i.Catalog+"/"+*i.Id, *i.ExpirationDate, expirationJob{Catalog: *i.Catalog, ID: *i.Id})
}

// handleExpireInvitation ends an invitation that nobody answered. One that was
// answered in time, or found expired before, is left as it is.
func (c *Call) handleExpireInvitation(p *expirationJob) error {
	row, err := c.Tx.Invitation(p.Catalog, p.ID)
	if errors.Is(err, store.ErrNotFound) {
		return nil // the store was reset
	}
	if err != nil {
		return fmt.Errorf("read invitation: %w", err)
	}
	i, err := c.decodeInvitation(row)
	if err != nil {
		return err
	}
	switch {
	case row.Status != string(api.InvitationStatusPending):
		return nil
	case c.statusOf(i) != api.InvitationStatusExpired: // the clock was turned back meanwhile
		return c.expireLater(i)
	default:
		return c.expireInvitation(i)
	}
}

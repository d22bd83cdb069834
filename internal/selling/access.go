package selling

import (
	"errors"
	"fmt"

	"cosell/internal/api"
	"cosell/internal/arn"
	"cosell/internal/auth"
	"cosell/internal/store"
)

// This file decides who sees what; no other does. Whatever an account may not
// see does not exist for it: the answer is ResourceNotFoundException. The matrix
// in docs/visibility.md says the same in a table.
//
//   - an opportunity: its owner
//   - an engagement, its contexts and members: its members
//   - an invitation: its sender and its receiver (invitationView says how much)
//   - a snapshot: the members of its engagement, by the template's audience
//   - a snapshot job, settings, solutions, tags, tasks: their account
//
// Each only in its own catalog.

// visibleEngagement returns an engagement that the caller is a member of. field
// is the member of the request that names it, by identifier or ARN.
func (c *Call) visibleEngagement(field, catalog, given string) (*engagement, error) {
	key, err := c.visibleEngagementKey(field, catalog, given)
	if err != nil {
		return nil, err
	}
	return c.readEngagement(key)
}

// visibleEngagementKey does the same without reading the engagement.
func (c *Call) visibleEngagementKey(field, catalog, given string) (store.EngagementKey, error) {
	id, err := arn.Identifier(field, given, catalog, kindEngagement)
	if err != nil {
		return store.EngagementKey{}, err
	}
	key := store.EngagementKey{Catalog: catalog, ID: id}
	member, err := c.Tx.IsEngagementMember(key, c.Caller.Account)
	if err != nil {
		return store.EngagementKey{}, fmt.Errorf("read membership: %w", err)
	}
	if !member {
		return store.EngagementKey{}, notFound("Engagement", catalog, id, func(other string) (bool, error) {
			return c.Tx.IsEngagementMember(store.EngagementKey{Catalog: other, ID: id}, c.Caller.Account)
		})
	}
	return key, nil
}

// notFound is the error for a record that the caller has not in a catalog. When has
// finds it in the other one, the message says so: the caller may see that record,
// so this tells nobody anything new (docs/behavior/errors.md#the-other-catalog).
func notFound(kind, catalog, id string, has func(catalog string) (bool, error)) error {
	for _, other := range catalogs {
		if other == catalog {
			continue
		}
		found, err := has(other)
		if err != nil {
			return fmt.Errorf("look in catalog %s: %w", other, err)
		}
		if found {
			return api.NotFound(kind + " " + id + " is in catalog " + other + ", not in " + catalog)
		}
	}
	return api.NotFound("")
}

// catalogs are the catalogs of the API.
var catalogs = []string{"AWS", catalogSandbox}

// visibleInvitation returns an invitation that the caller sent or received.
func (c *Call) visibleInvitation(field, catalog, given string) (*invitation, error) {
	id, err := arn.Identifier(field, given, catalog, kindInvitation)
	if err != nil {
		return nil, err
	}
	row, found, err := c.ownInvitation(catalog, id)
	if err != nil {
		return nil, err
	}
	if !found {
		return nil, notFound("Engagement invitation", catalog, id, func(other string) (bool, error) {
			_, found, err := c.ownInvitation(other, id)
			return found, err
		})
	}
	return c.decodeInvitation(row)
}

// ownInvitation reads an invitation, if the caller sent or received it.
func (c *Call) ownInvitation(catalog, id string) (row *store.Invitation, found bool, err error) {
	row, err = c.Tx.Invitation(catalog, id)
	if errors.Is(err, store.ErrNotFound) {
		return row, false, nil
	}
	if err != nil {
		return row, false, fmt.Errorf("read invitation: %w", err)
	}
	return row, row.Sender == c.Caller.Account || row.Receiver == c.Caller.Account, nil
}

// invitationView is how much of an invitation a party sees
// (docs/behavior/invitations.md#what-the-receiver-reads).
type invitationView int

const (
	invitationWhole    invitationView = iota // everything in it
	invitationMetadata                       // no payload, description or members
)

// viewOfInvitation says how much the caller sees: the receiver of one that was
// rejected or has expired keeps its metadata alone.
func (c *Call) viewOfInvitation(i *invitation) invitationView {
	if i.receiver() == c.Caller.Account && i.sender() != c.Caller.Account {
		switch c.statusOf(i) {
		case api.InvitationStatusRejected, api.InvitationStatusExpired:
			return invitationMetadata
		}
	}
	return invitationWhole
}

// mayReadSnapshot reports whether the caller, a member of the engagement, is in the
// audience of a template: the partner's view is for all members, AWS's view for
// the opportunity's owner and AWS.
func (c *Call) mayReadSnapshot(template, owner string) bool {
	return template != templateAws || c.Caller.Account == owner || c.Caller.Account == auth.AWSAccount
}

// audience says the same of a list of snapshots.
func (c *Call) audience() store.Audience {
	if c.Caller.Account == auth.AWSAccount {
		return store.Audience{}
	}
	return store.Audience{Account: c.Caller.Account, PrivateTemplate: templateAws}
}

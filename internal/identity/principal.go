package identity

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"cosell/internal/api"
	"cosell/internal/auth"
	"cosell/internal/policy"
	"cosell/internal/store"
)

// record is a principal as it is stored.
type record struct {
	ID                 string          `json:"id"`
	CreatedAt          int64           `json:"createdAt"` // milliseconds
	TrustPolicy        json.RawMessage `json:"trustPolicy,omitempty"`
	MaxSessionDuration int             `json:"maxSessionDuration,omitempty"` // seconds
	Boundary           *Source         `json:"permissionsBoundary,omitempty"`
}

// Principal is a user, group or role.
type Principal struct {
	Account, Kind, Name string

	ID                 string
	CreatedAt          time.Time
	TrustPolicy        json.RawMessage // of a role
	MaxSessionDuration time.Duration   // of a role
	Boundary           *Source         // of a user or role
	Groups             []string        // of a user
	Members            []string        // of a group
}

// ARN returns the ARN of the principal.
func (p *Principal) ARN() string { return ARN(p.Account, p.Kind, p.Name) }

// Settings are what a principal is made with.
type Settings struct {
	TrustPolicy        json.RawMessage // a role must have one
	MaxSessionDuration time.Duration   // of a role; 0 is an hour
	Boundary           *Source
}

// The bounds of what an account has, as AWS has them.
const (
	maxUsers   = 5000
	maxGroups  = 300
	maxRoles   = 1000
	maxMembers = 5000

	// DefaultSessionDuration is how long a session of a role lasts that does not say.
	DefaultSessionDuration = time.Hour
	maxSessionDuration     = 12 * time.Hour
)

var mostOf = map[string]int64{auth.KindUser: maxUsers, auth.KindGroup: maxGroups, auth.KindRole: maxRoles}

// check returns the record of the settings.
func (in Settings) check(kind string) (record, error) {
	r := record{Boundary: in.Boundary}
	if in.Boundary != nil {
		if _, err := in.Boundary.parse("permissions boundary", "permissionsBoundary", policy.Boundary); err != nil {
			return r, err
		}
	}
	if kind != auth.KindRole {
		return r, nil
	}
	if len(in.TrustPolicy) == 0 {
		return r, invalid("trustPolicy", "is missing; a role must say whom it trusts")
	}
	if _, err := (Source{Document: in.TrustPolicy}).parse("trust policy", "trustPolicy", policy.Trust); err != nil {
		return r, err
	}
	duration := in.MaxSessionDuration
	if duration == 0 {
		duration = DefaultSessionDuration
	}
	if duration < DefaultSessionDuration || duration > maxSessionDuration {
		return r, invalid("maxSessionDuration", "must be 3600 to 43200 seconds")
	}
	r.TrustPolicy, r.MaxSessionDuration = in.TrustPolicy, int(duration/time.Second)
	return r, nil
}

// Put makes a user, group or role, or replaces the settings of one.
func (s *Service) Put(ctx context.Context, key store.PrincipalKey, in Settings) (*Principal, error) {
	if err := checkName("name", key.Name, namePattern, 64); err != nil {
		return nil, err
	}
	r, err := in.check(key.Kind)
	if err != nil {
		return nil, err
	}
	id, err := s.newID(idPrefixes[key.Kind])
	if err != nil {
		return nil, err
	}
	nowMs := s.Now().UnixMilli()
	err = s.update(ctx, func(tx *store.Tx) error {
		before, err := tx.Principal(key)
		switch {
		case errors.Is(err, store.ErrNotFound):
			r.ID, r.CreatedAt = id, nowMs
			if err := s.checkRoom(tx, key); err != nil {
				return err
			}
		case err != nil:
			return err
		default:
			var old record
			if err := json.Unmarshal(before, &old); err != nil {
				return err
			}
			r.ID, r.CreatedAt = old.ID, old.CreatedAt
		}
		document, err := json.Marshal(r)
		if err != nil {
			return err
		}
		return tx.PutPrincipal(key, document)
	})
	if err != nil {
		return nil, err
	}
	return s.Get(ctx, key)
}

func (s *Service) checkRoom(tx *store.Tx, key store.PrincipalKey) error {
	n, err := tx.CountPrincipals(key.Account, key.Kind)
	if err == nil && n >= mostOf[key.Kind] {
		return api.QuotaExceeded(fmt.Sprintf("%ss: account %s has %d, the most that an account may have", key.Kind, key.Account, n))
	}
	return err
}

// Get returns a principal.
func (s *Service) Get(ctx context.Context, key store.PrincipalKey) (p *Principal, err error) {
	err = s.Store.View(ctx, func(tx *store.Tx) error {
		document, err := tx.Principal(key)
		if err != nil {
			return found(err, key)
		}
		if p, err = principalOf(store.Principal{PrincipalKey: key, Document: document}); err != nil {
			return err
		}
		switch key.Kind {
		case auth.KindUser:
			p.Groups, err = tx.GroupsOf(key.Account, key.Name)
		case auth.KindGroup:
			p.Members, err = tx.GroupMembers(key.Account, key.Name, maxMembers)
		}
		return err
	})
	return p, err
}

// List returns the principals of a kind of an account, by name, without their groups
// and members.
func (s *Service) List(ctx context.Context, account, kind string) (all []Principal, err error) {
	err = s.Store.View(ctx, func(tx *store.Tx) error {
		stored, err := tx.Principals(account, kind, "", maxUsers)
		all = make([]Principal, len(stored))
		for i := range stored {
			p, err := principalOf(stored[i])
			if err != nil {
				return err
			}
			all[i] = *p
		}
		return err
	})
	return all, err
}

// Delete removes a principal with its policies, memberships and access keys.
func (s *Service) Delete(ctx context.Context, key store.PrincipalKey) error {
	return s.update(ctx, func(tx *store.Tx) error { return found(tx.DeletePrincipal(key), key) })
}

// PutMember makes a user a member of a group.
func (s *Service) PutMember(ctx context.Context, account, group, user string) error {
	const maxGroupsOfUser = 10
	groupKey := store.PrincipalKey{Account: account, Kind: auth.KindGroup, Name: group}
	userKey := store.PrincipalKey{Account: account, Kind: auth.KindUser, Name: user}
	return s.update(ctx, func(tx *store.Tx) error {
		// Both are held, so that neither is deleted meanwhile.
		for _, key := range []store.PrincipalKey{groupKey, userKey} {
			if err := tx.LockPrincipal(key); err != nil {
				return found(err, key)
			}
		}
		groups, err := tx.GroupsOf(account, user)
		if err != nil {
			return err
		}
		if len(groups) >= maxGroupsOfUser {
			return api.QuotaExceeded(fmt.Sprintf("groups: user %s is in %d, the most that a user may be in", user, maxGroupsOfUser))
		}
		return tx.PutGroupMember(account, user, group)
	})
}

// DeleteMember ends the membership of a user in a group.
func (s *Service) DeleteMember(ctx context.Context, account, group, user string) error {
	return s.update(ctx, func(tx *store.Tx) error {
		err := tx.DeleteGroupMember(account, user, group)
		if errors.Is(err, store.ErrNotFound) {
			return api.NotFound(fmt.Sprintf("user: %s is no member of group %s of account %s", user, group, account))
		}
		return err
	})
}

func principalOf(stored store.Principal) (*Principal, error) {
	var r record
	if err := json.Unmarshal(stored.Document, &r); err != nil {
		return nil, fmt.Errorf("%s %s: %w", stored.Kind, stored.Name, err)
	}
	return &Principal{
		Account: stored.Account, Kind: stored.Kind, Name: stored.Name, ID: r.ID, CreatedAt: time.UnixMilli(r.CreatedAt).UTC(),
		TrustPolicy: r.TrustPolicy, MaxSessionDuration: time.Duration(r.MaxSessionDuration) * time.Second, Boundary: r.Boundary,
	}, nil
}

// found turns the error of reading a principal into the one that the caller sees.
func found(err error, key store.PrincipalKey) error {
	if errors.Is(err, store.ErrNotFound) {
		return api.NotFound(fmt.Sprintf("%s: account %s has no %s %s", key.Kind, key.Account, key.Kind, key.Name))
	}
	return err
}

package identity

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"time"

	"cosell/internal/api"
	"cosell/internal/auth"
	"cosell/internal/store"
)

// The states of an access key.
const (
	Active   = "Active"
	Inactive = "Inactive"
)

// maxKeys is how many access keys a user has at most: one in use and one to change to.
const maxKeys = 2

// AccessKey is an access key of a user, without its secret.
type AccessKey struct {
	ID        string
	Status    string
	CreatedAt time.Time
	// LastUsedAt is when it was used last, to a few minutes; zero for never.
	LastUsedAt time.Time
}

// NewAccessKey is an access key with its secret, which is told once.
type NewAccessKey struct{ ID, Secret string }

// CreateKey makes an access key for a user.
func (s *Service) CreateKey(ctx context.Context, account, user string) (NewAccessKey, error) {
	id, secret, err := s.newKey(prefixLongTerm, account)
	if err != nil {
		return NewAccessKey{}, err
	}
	sealed, err := s.keySealer.Seal([]byte(secret), []byte(id))
	if err != nil {
		return NewAccessKey{}, err
	}
	key := store.PrincipalKey{Account: account, Kind: auth.KindUser, Name: user}
	nowMs := s.Now().UnixMilli()
	err = s.update(ctx, func(tx *store.Tx) error {
		if err := tx.LockPrincipal(key); err != nil {
			return found(err, key)
		}
		keys, err := tx.AccessKeys(account, user)
		if err != nil {
			return err
		}
		if len(keys) >= maxKeys {
			return api.QuotaExceeded(fmt.Sprintf("keys: user %s has %d access keys, the most that a user may have; delete one first", user, maxKeys))
		}
		return tx.InsertAccessKey(&store.AccessKey{
			ID: id, Account: account, User: user, Status: Active, CreatedAt: nowMs, Secret: base64.StdEncoding.EncodeToString(sealed),
		})
	})
	return NewAccessKey{ID: id, Secret: secret}, err
}

// Keys returns the access keys of a user, oldest first.
func (s *Service) Keys(ctx context.Context, account, user string) (all []AccessKey, err error) {
	key := store.PrincipalKey{Account: account, Kind: auth.KindUser, Name: user}
	err = s.Store.View(ctx, func(tx *store.Tx) error {
		if _, err := tx.Principal(key); err != nil {
			return found(err, key)
		}
		keys, err := tx.AccessKeys(account, user)
		all = make([]AccessKey, len(keys))
		for i := range keys {
			k := &keys[i]
			all[i] = AccessKey{ID: k.ID, Status: k.Status, CreatedAt: time.UnixMilli(k.CreatedAt).UTC()}
			if k.LastUsedAt > 0 {
				all[i].LastUsedAt = time.UnixMilli(k.LastUsedAt).UTC()
			}
		}
		return err
	})
	return all, err
}

// SetKeyStatus activates or deactivates an access key of a user.
func (s *Service) SetKeyStatus(ctx context.Context, account, user, id, status string) error {
	return s.update(ctx, func(tx *store.Tx) error {
		return foundKey(tx.SetAccessKeyStatus(account, user, id, status), user, id)
	})
}

// DeleteKey removes an access key of a user.
func (s *Service) DeleteKey(ctx context.Context, account, user, id string) error {
	return s.update(ctx, func(tx *store.Tx) error { return foundKey(tx.DeleteAccessKey(account, user, id), user, id) })
}

func foundKey(err error, user, id string) error {
	if errors.Is(err, store.ErrNotFound) {
		return api.NotFound(fmt.Sprintf("key: user %s has no access key %s", user, id))
	}
	return err
}

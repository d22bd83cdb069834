package identity

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"time"

	"cosell/internal/api"
	"cosell/internal/auth"
	"cosell/internal/clock"
	"cosell/internal/store"
)

// cachedKey is an access key as it was read.
type cachedKey struct {
	key    auth.Key
	active bool
	until  time.Time // when it is to be read again; guarded by the Service

	recorded atomic.Int64 // when it was used last as the store has it, in milliseconds
	used     atomic.Int64 // when it was used last, in milliseconds
}

// Lookup implements [auth.Keys]: development keys where they are accepted, access keys
// of users, and temporary credentials with their session token.
func (s *Service) Lookup(ctx context.Context, accessKeyID, sessionToken string) (auth.Key, error) {
	switch _, wellFormed := AccountOf(accessKeyID); {
	case !wellFormed && s.Development:
		return auth.DevKeys{}.Lookup(ctx, accessKeyID, sessionToken)
	case !wellFormed:
		return auth.Key{}, s.unrecognized()
	case strings.HasPrefix(accessKeyID, prefixTemporary):
		return s.temporary(accessKeyID, sessionToken)
	case sessionToken != "":
		return auth.Key{}, s.unrecognized() // long-term keys have none
	}
	k, err := s.longTerm(ctx, accessKeyID)
	if err != nil {
		return auth.Key{}, err
	}
	if k == nil || !k.active {
		return auth.Key{}, s.unrecognized()
	}
	return k.key, nil
}

// unrecognized is the error for a key that does not exist, as this server may tell it.
func (s *Service) unrecognized() error {
	if s.Development {
		return auth.UnrecognizedInDevelopment()
	}
	return auth.Unrecognized()
}

// longTerm returns a user's access key, nil where there is none. Look-ups of keys that
// this server has not seen yet are bounded in rate, so that guessing does not load the
// store; those it has seen are read again without a bound.
func (s *Service) longTerm(ctx context.Context, id string) (*cachedKey, error) {
	now := s.Now()
	s.mu.RLock()
	known, generation := s.keys[id], s.generation
	fresh := known != nil && now.Before(known.until)
	s.mu.RUnlock()
	if fresh {
		return known, nil
	}
	if known == nil && !s.misses.take(auth.SourceOf(ctx)) {
		return nil, api.Throttled("Rate exceeded: too many requests with unknown access keys; try again in a second")
	}
	read, err := s.readKey(ctx, id)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if read == nil {
		delete(s.keys, id)
		return nil, nil
	}
	if known != nil {
		read.used.Store(known.used.Load())
	}
	if s.generation == generation {
		read.until = now.Add(freshFor)
	}
	if len(s.keys) >= maxCached {
		s.keys = map[string]*cachedKey{}
	}
	s.keys[id] = read
	return read, nil
}

func (s *Service) readKey(ctx context.Context, id string) (*cachedKey, error) {
	var stored *store.AccessKey
	var r record
	err := s.Store.View(ctx, func(tx *store.Tx) (err error) {
		if stored, err = tx.AccessKey(id); err != nil {
			return err
		}
		document, err := tx.Principal(store.PrincipalKey{Account: stored.Account, Kind: auth.KindUser, Name: stored.User})
		if err != nil {
			return err
		}
		return json.Unmarshal(document, &r)
	})
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read access key: %w", err)
	}
	sealed, err := base64.StdEncoding.DecodeString(stored.Secret)
	if err != nil {
		return nil, fmt.Errorf("access key %s is damaged: %w", id, err)
	}
	secret, err := s.keySealer.Open(sealed, []byte(id))
	if err != nil {
		return nil, fmt.Errorf("access key %s: %w", id, err)
	}
	k := &cachedKey{active: stored.Status == Active, key: auth.Key{
		Secret: string(secret),
		Principal: auth.Principal{
			Account: stored.Account, AccessKeyID: id, ARN: ARN(stored.Account, auth.KindUser, stored.User),
			Identity: &auth.Identity{Kind: auth.KindUser, Name: stored.User, ID: r.ID},
		},
	}}
	k.recorded.Store(stored.LastUsedAt)
	return k, nil
}

// Used notes that a request was signed with a key. It costs a look into a map.
func (s *Service) Used(accessKeyID string) {
	s.mu.RLock()
	k := s.keys[accessKeyID]
	s.mu.RUnlock()
	if k != nil {
		k.used.Store(s.Now().UnixMilli())
	}
}

const (
	// recordEvery is how often uses of keys are recorded.
	recordEvery = time.Minute
	// recordStep is how much later a use must be to be recorded again.
	recordStep = 5 * time.Minute
)

// Run records when keys were used last, until ctx ends and once more then.
func (s *Service) Run(ctx context.Context) {
	for clock.Sleep(ctx, recordEvery) == nil {
		s.record(ctx)
	}
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), recordEvery)
	defer cancel()
	s.record(last)
}

func (s *Service) record(ctx context.Context) {
	changed := map[*cachedKey]int64{}
	s.mu.RLock()
	for _, k := range s.keys {
		if used := k.used.Load(); used-k.recorded.Load() >= recordStep.Milliseconds() {
			changed[k] = used
		}
	}
	s.mu.RUnlock()
	if len(changed) == 0 {
		return
	}
	err := s.Store.Update(ctx, func(tx *store.Tx) error {
		for k, used := range changed {
			if err := tx.SetAccessKeyUsed(k.key.Principal.AccessKeyID, used); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		s.Log.WarnContext(ctx, "the last use of access keys was not recorded", "cause", err)
		return
	}
	for k, used := range changed {
		k.recorded.Store(used)
	}
}

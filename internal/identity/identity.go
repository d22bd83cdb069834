// Package identity keeps the users, groups and roles of accounts with their policies and
// access keys, finds the keys that requests are signed with, and makes temporary
// credentials. The names are those of AWS IAM and STS.
package identity

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"time"

	"cosell/internal/audit"
	"cosell/internal/seal"
	"cosell/internal/secrets"
	"cosell/internal/store"
)

// Config configures a Service. All fields but Development are required.
type Config struct {
	Store   store.Store
	Secrets *secrets.Keeper
	Random  io.Reader // cryptographically secure, and safe for concurrent use
	// Now is the real time: credentials expire for clients, too, which do not know the
	// business clock.
	Now func() time.Time
	Log *slog.Logger
	// Development accepts the development keys beside the registered ones.
	Development bool
}

// Service is safe for concurrent use.
type Service struct {
	Config

	keySealer   *seal.Sealer
	tokenSealer *seal.Sealer
	purpose     []byte // what session tokens are sealed for
	misses      misses
	hashers     chan struct{} // holds one for each password that is being hashed

	mu         sync.RWMutex
	generation int64 // rises with every change on this server
	keys       map[string]*cachedKey
	policies   map[store.PrincipalKey]*Effective
	sessions   map[string]*cachedSession
}

const (
	// freshFor is how long a server uses what it read: the longest time until a change
	// on one server counts on all others.
	freshFor = 5 * time.Second
	// maxCached bounds the entries of each cache.
	maxCached = 10_000
	// maxSessions bounds the cache of session tokens, which are large.
	maxSessions = 1_000
)

// New returns a Service. It reads its keys from the store, which makes them the first
// time.
func New(ctx context.Context, c Config) (*Service, error) {
	s := &Service{Config: c, purpose: []byte("session-token"), hashers: make(chan struct{}, maxHashers)}
	if c.Development {
		// A session of the development keys must not be one of strict authentication.
		s.purpose = []byte("development-session-token")
	}
	s.misses.now = c.Now
	s.forget()
	var forKeys, forTokens []byte
	err := c.Store.Update(ctx, func(tx *store.Tx) (err error) {
		if forKeys, err = c.Secrets.Bytes(tx, "access-keys", seal.KeySize); err != nil {
			return err
		}
		forTokens, err = c.Secrets.Bytes(tx, "session-tokens", seal.KeySize)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read the keys of access keys and session tokens: %w", err)
	}
	if s.keySealer, err = seal.New(forKeys, c.Random); err != nil {
		return nil, err
	}
	if s.tokenSealer, err = seal.New(forTokens, c.Random); err != nil {
		return nil, err
	}
	return s, nil
}

// Forget has everything read from the store again, after the store was changed as a
// whole.
func (s *Service) Forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.forget()
}

func (s *Service) forget() {
	s.generation++
	s.keys = map[string]*cachedKey{}
	s.policies = map[store.PrincipalKey]*Effective{}
	if s.sessions == nil {
		s.sessions = map[string]*cachedSession{}
	}
}

// update runs a change, with what the audit keeps of it, after which nothing older is used on this server.
func (s *Service) update(ctx context.Context, fn func(*store.Tx) error) error {
	defer s.changed()
	return audit.Update(ctx, s.Store, fn)
}

// changed makes what was read before expire. Keys stay known, see Lookup.
func (s *Service) changed() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.generation++
	s.policies = map[store.PrincipalKey]*Effective{}
	for _, k := range s.keys {
		k.until = time.Time{}
	}
}

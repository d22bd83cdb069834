// Package quota limits how often accounts call operations, as AWS's published quotas
// do (docs/behavior/errors.md#quotas).
package quota

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"sync"
	"time"

	"cosell/internal/api"
	"cosell/internal/auth"
	"cosell/internal/store"
)

// Config configures a Limiter.
type Config struct {
	// Limits are those of accounts for which no others were set; nil does not limit.
	Limits *Limits
	// Settings holds the quotas that were set for accounts; nil has none.
	Settings store.Store
	// Store holds what was used where several servers share a store; without it a
	// server counts in memory.
	Store store.Store
	Now   func() time.Time
}

// Limiter counts requests. It is safe for concurrent use.
type Limiter struct {
	config   Config
	settings settings

	mu     sync.Mutex
	meters map[key]*meter
}

type key struct{ account, group string }

// meter is what this server knows of an account's use of a group.
type meter struct {
	mu        sync.Mutex
	used      time.Time // when it was last used
	rules     *rules    // of its last use
	usage     usage     // without a store
	leased    int       // requests taken from the store that have not come yet
	leaseEnds time.Time
	notBefore time.Time // no request is to be had before
}

const (
	// maxMeters bounds the memory of a limiter, about 300 bytes for each.
	maxMeters = 50_000
	// leaseTime is how long requests taken from the store may be used.
	leaseTime = time.Second
	// leaseShare is the part of a second's quota that a server takes at once: what it
	// does not use others cannot, so it is how far servers together may be off.
	leaseShare = 0.05
)

// New returns a Limiter.
func New(c Config) *Limiter {
	return &Limiter{
		config: c, meters: map[key]*meter{},
		settings: settings{store: c.Settings, server: newRules(c.Limits), cached: map[string]cachedSetting{}},
	}
}

// Admit counts a request of an operation. It returns a ThrottlingException if the
// caller has used its quota. The AWS side has none.
func (l *Limiter) Admit(ctx context.Context, caller auth.Principal, op *api.Operation) error {
	if caller.Account == auth.AWSAccount {
		return nil
	}
	now := l.config.Now()
	r, err := l.settings.of(ctx, caller.Account, now)
	if err != nil {
		return err
	}
	g, ok := r.groups[op.Name]
	if !ok {
		return nil
	}
	m := l.meter(key{caller.Account, g.Name})
	m.mu.Lock()
	defer m.mu.Unlock()
	m.used = now
	if m.rules != r { // what other limits led to no longer holds; what was used does
		m.rules, m.leased, m.notBefore = r, 0, time.Time{}
	}
	if m.leased > 0 && now.Before(m.leaseEnds) {
		m.leased--
		return nil
	}
	if now.Before(m.notBefore) {
		return throttled(op, g, m.notBefore.Sub(now))
	}
	taken, wait, err := l.take(ctx, m, caller.Account, g, now)
	switch {
	case err != nil:
		return fmt.Errorf("count the request: %w", err)
	case taken == 0:
		m.notBefore = now.Add(wait)
		return throttled(op, g, wait)
	}
	m.leased, m.leaseEnds = taken-1, now.Add(leaseTime)
	return nil
}

// take takes requests of a quota, from the store or from memory.
func (l *Limiter) take(ctx context.Context, m *meter, account string, g *Group, now time.Time) (taken int, wait time.Duration, err error) {
	if l.config.Store == nil {
		taken, wait = m.usage.take(g, now, 1)
		return taken, wait, nil
	}
	n := max(1, int(g.PerSecond*leaseShare))
	err = l.config.Store.Update(ctx, func(tx *store.Tx) error {
		var u usage
		before, err := tx.QuotaUsage(account, g.Name)
		switch {
		case errors.Is(err, store.ErrNotFound):
		case err != nil:
			return err
		default:
			if err := json.Unmarshal(before, &u); err != nil {
				return err
			}
		}
		if taken, wait = u.take(g, now, n); taken == 0 {
			return nil
		}
		after, err := json.Marshal(u)
		if err != nil {
			return err
		}
		return tx.PutQuotaUsage(account, g.Name, before, after)
	})
	return taken, wait, err
}

// meter returns the meter of a key. Where there are too many it forgets the one that
// was not used for longest.
func (l *Limiter) meter(k key) *meter {
	l.mu.Lock()
	defer l.mu.Unlock()
	if m, ok := l.meters[k]; ok {
		return m
	}
	if len(l.meters) >= maxMeters {
		l.forget()
	}
	m := &meter{used: l.config.Now()}
	l.meters[k] = m
	return m
}

// Forget forgets what an account has used, or all accounts if it is "": their next requests
// are counted from nothing, unless the store knows more. Quotas are read again.
func (l *Limiter) Forget(account string) {
	l.settings.forget(account)
	l.mu.Lock()
	defer l.mu.Unlock()
	maps.DeleteFunc(l.meters, func(k key, _ *meter) bool { return account == "" || k.account == account })
}

func (l *Limiter) forget() {
	var oldest key
	var since time.Time
	for k, m := range l.meters {
		m.mu.Lock()
		used := m.used
		m.mu.Unlock()
		if since.IsZero() || used.Before(since) {
			oldest, since = k, used
		}
	}
	delete(l.meters, oldest)
}

// throttled says that a quota is used, and when it will not be.
func throttled(op *api.Operation, g *Group, wait time.Duration) error {
	quota := fmt.Sprintf("%g a second", g.PerSecond)
	if wait > time.Minute {
		quota = fmt.Sprintf("%d in 24 hours", g.PerDay)
	}
	return api.Throttled(fmt.Sprintf("Rate exceeded: %s is in the group %s, of which an account may send %s; try again in %s",
		op.Name, g.Name, quota, max(wait.Round(time.Millisecond), time.Millisecond)))
}

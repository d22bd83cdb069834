package quota

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"sync"
	"time"

	"cosell/internal/audit"
	"cosell/internal/store"
)

// Mode says which quotas are in force.
type Mode string

// The modes.
const (
	ModeOff    Mode = "off"    // requests are not limited
	ModeAWS    Mode = "aws"    // the quotas that AWS publishes
	ModeCustom Mode = "custom" // other limits
)

// Setting is the quotas of an account or of the server.
type Setting struct {
	Mode Mode `json:"mode"`
	// Limits are those of ModeCustom.
	Limits *Limits `json:"limits,omitempty"`
}

// published returns AWS's quotas. They must not be changed.
var published = sync.OnceValue(AWS)

// SettingOf returns the setting that gives limits; nil limits nothing.
func SettingOf(l *Limits) Setting {
	switch {
	case l == nil:
		return Setting{Mode: ModeOff}
	case reflect.DeepEqual(l, published()):
		return Setting{Mode: ModeAWS}
	}
	return Setting{ModeCustom, l}
}

// InForce returns the limits of a setting, nil without any.
func (s Setting) InForce() *Limits {
	switch s.Mode {
	case ModeAWS:
		return published()
	case ModeCustom:
		return s.Limits
	case ModeOff:
	}
	return nil
}

// Check returns a [MemberError] for the first member that is wrong.
func (s Setting) Check() error {
	switch s.Mode {
	case ModeOff, ModeAWS:
		if s.Limits != nil {
			return wrong("limits", "must be left out unless mode is %s", ModeCustom)
		}
		return nil
	case ModeCustom:
	default:
		return wrong("mode", "must be %s, %s or %s, is %q", ModeOff, ModeAWS, ModeCustom, s.Mode)
	}
	if s.Limits == nil {
		return wrong("limits", "is missing; must have the groups where mode is %s", ModeCustom)
	}
	err := s.Limits.Check()
	if e, ok := errors.AsType[*MemberError](err); ok {
		return &MemberError{"limits." + e.Member, e.Reason}
	}
	return err
}

const (
	// freshFor is how long a server uses the quotas of an account that it read: the
	// longest time until a setting that another server stored is in force.
	freshFor = 5 * time.Second
	// maxSettings bounds the memory of settings.
	maxSettings = 10_000
)

// rules are limits as requests look them up.
type rules struct{ groups map[string]*Group }

func newRules(l *Limits) *rules {
	if l == nil {
		return &rules{}
	}
	return &rules{l.byOperation()}
}

var publishedRules = sync.OnceValue(func() *rules { return newRules(published()) })

// cachedSetting is the quotas of an account as they were read.
type cachedSetting struct {
	document string // "" where none were set
	rules    *rules
	until    time.Time
}

// settings has the quotas of accounts.
type settings struct {
	store  store.Store // nil has none
	server *rules      // of accounts without their own

	mu         sync.RWMutex
	cached     map[string]cachedSetting
	generation int // rises with each change on this server
}

// of returns what an account is held to.
func (s *settings) of(ctx context.Context, account string, now time.Time) (*rules, error) {
	if s.store == nil {
		return s.server, nil
	}
	s.mu.RLock()
	known, generation := s.cached[account], s.generation
	s.mu.RUnlock()
	if known.rules != nil && now.Before(known.until) {
		return known.rules, nil
	}
	document, err := s.read(ctx, account)
	if err != nil {
		return nil, err
	}
	if known.rules == nil || known.document != document {
		set, own, err := decode([]byte(document))
		switch {
		case err != nil:
			return nil, err
		case !own:
			known.rules = s.server
		case set.Mode == ModeAWS:
			known.rules = publishedRules()
		default:
			known.rules = newRules(set.InForce())
		}
		known.document = document
	}
	known.until = now.Add(freshFor)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.generation == generation {
		if len(s.cached) >= maxSettings {
			clear(s.cached)
		}
		s.cached[account] = known
	}
	return known.rules, nil
}

// read returns the document of an account's setting, "" for none.
func (s *settings) read(ctx context.Context, account string) (string, error) {
	var document []byte
	err := s.store.View(ctx, func(tx *store.Tx) (err error) {
		document, err = tx.AccountQuotas(account)
		return err
	})
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return "", fmt.Errorf("read quotas of the account: %w", err)
	}
	return string(document), nil
}

// decode returns the setting of a document, and whether there is one.
func decode(document []byte) (s Setting, own bool, err error) {
	if len(document) == 0 {
		return s, false, nil
	}
	if err = json.Unmarshal(document, &s); err == nil {
		err = s.Check()
	}
	if err != nil {
		return s, false, fmt.Errorf("decode quotas of the account: %w", err)
	}
	return s, true, nil
}

// forget reads settings again, of one account or of all if it is "".
func (s *settings) forget(account string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.generation++
	if account == "" {
		clear(s.cached)
	} else {
		delete(s.cached, account)
	}
}

// Server returns the quotas of accounts for which none were set.
func (l *Limiter) Server() Setting { return SettingOf(l.config.Limits) }

// Setting returns what was set for an account, and whether anything was.
func (l *Limiter) Setting(ctx context.Context, account string) (s Setting, own bool, err error) {
	document, err := l.settings.read(ctx, account)
	if err != nil {
		return s, false, err
	}
	return decode([]byte(document))
}

// Put sets the quotas of an account. It returns a [MemberError] where they are wrong.
// Requests that other servers admit are held to them after five seconds at most.
func (l *Limiter) Put(ctx context.Context, account string, s Setting) error {
	if err := s.Check(); err != nil {
		return err
	}
	document, err := json.Marshal(s)
	if err != nil {
		return err
	}
	return l.change(ctx, account, func(tx *store.Tx) error { return tx.PutAccountQuotas(account, document) })
}

// Delete removes what was set for an account: the quotas of the server are in force again.
func (l *Limiter) Delete(ctx context.Context, account string) error {
	return l.change(ctx, account, func(tx *store.Tx) error { return tx.DeleteAccountQuotas(account) })
}

func (l *Limiter) change(ctx context.Context, account string, fn func(*store.Tx) error) error {
	defer l.settings.forget(account)
	return audit.Update(ctx, l.settings.store, fn)
}

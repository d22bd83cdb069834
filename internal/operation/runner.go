package operation

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"cosell/internal/api"
	"cosell/internal/audit"
	"cosell/internal/auth"
	"cosell/internal/clock"
	"cosell/internal/ids"
	"cosell/internal/notice"
	"cosell/internal/pagetoken"
	"cosell/internal/secrets"
	"cosell/internal/store"
)

// Config is what a Runner is built on. Store, Clock and IDs are required.
type Config struct {
	Store store.Store
	Clock clock.Clock // business time
	IDs   *ids.Source
	// Secrets holds the installation's secrets; nil stores them unsealed.
	Secrets *secrets.Keeper
	// Wake is called after a commit that enqueued work; nil leaves the work to the
	// workers' poll.
	Wake func()
	// Emitted is called after a commit that appended events; nil leaves them to those
	// who look for events by themselves.
	Emitted func()
	// Log receives faults that are handled; nil is slog's default.
	Log *slog.Logger
}

// Runner opens the transactions in which operations run.
type Runner struct {
	store store.Store
	clock clock.Clock
	ids   *ids.Source
	pages *pagetoken.Sealer
	wake  func()
	told  func() // events were appended
	log   *slog.Logger

	secrets *secrets.Keeper
}

// NewRunner returns a Runner on its configuration. It reads the key of the page
// tokens from the store, which makes one the first time.
func NewRunner(ctx context.Context, c Config) (*Runner, error) {
	if c.Log == nil {
		c.Log = slog.Default()
	}
	if c.Wake == nil {
		c.Wake = func() {}
	}
	if c.Emitted == nil {
		c.Emitted = func() {}
	}
	random := readerFunc(func(b []byte) (int, error) { return copy(b, c.IDs.Bytes(len(b))), nil })
	if c.Secrets == nil {
		var err error
		if c.Secrets, err = secrets.New(nil, random); err != nil {
			return nil, err
		}
	}
	var key []byte
	err := c.Store.Update(ctx, func(tx *store.Tx) (err error) {
		key, err = c.Secrets.Bytes(tx, "page-token", pagetoken.KeySize)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read page token key: %w", err)
	}
	pages, err := pagetoken.New(key, random)
	if err != nil {
		return nil, err
	}
	return &Runner{store: c.Store, clock: c.Clock, ids: c.IDs, pages: pages, wake: c.Wake, told: c.Emitted, log: c.Log, secrets: c.Secrets}, nil
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(b []byte) (int, error) { return f(b) }

// Secret returns the named secret of the installation, of size bytes. The first call
// makes it; every process on the store gets the same one.
func (r *Runner) Secret(ctx context.Context, name string, size int) (secret []byte, err error) {
	err = r.store.Update(ctx, func(tx *store.Tx) error {
		secret, err = r.secrets.Bytes(tx, name, size)
		return err
	})
	return secret, err
}

// Log receives faults that are handled.
func (r *Runner) Log() *slog.Logger { return r.log }

// Update runs fn for a caller in a transaction and commits it where fn returns
// nil. The store may run fn more than once; only the last run has an effect.
func (r *Runner) Update(ctx context.Context, caller auth.Principal, fn func(*Call) error, options ...store.Option) error {
	var c *Call
	err := audit.Update(ctx, r.store, func(tx *store.Tx) error {
		c = r.call(tx, caller)
		c.outcome.doing = doingOf(ctx, caller)
		if err := prelude(ctx, c); err != nil {
			return err
		}
		return fn(c)
	}, options...)
	if err != nil {
		return err
	}
	if c.outcome.enqueued {
		r.wake()
	}
	if c.outcome.emitted {
		r.told()
	}
	notice.Add(ctx, c.outcome.notices...)
	return nil
}

// View runs fn for a caller in a transaction that only reads.
func (r *Runner) View(ctx context.Context, caller auth.Principal, fn func(*Call) error) error {
	return r.store.View(ctx, func(tx *store.Tx) error { return fn(r.call(tx, caller)) })
}

// ViewSearch runs fn as View does. Where searches of a kind in a catalog would miss a change, it
// brings what they read up to date, as [store.FoldSearch] does, and runs fn again.
func (r *Runner) ViewSearch(ctx context.Context, caller auth.Principal, kind store.SearchKind, catalog string, fn func(*Call) error) error {
	err := r.View(ctx, caller, func(c *Call) error {
		c.Tx.RequireCurrentSearches()
		return fn(c)
	})
	if !errors.Is(err, store.ErrSearchBehind) {
		return err
	}
	if err := store.FoldSearch(ctx, r.store, kind, caller.Account, catalog); err != nil {
		return err
	}
	return r.View(ctx, caller, fn)
}

// call is the only place where a Call is made.
func (r *Runner) call(tx *store.Tx, caller auth.Principal) *Call {
	// One allocation holds both: a call is made for every request.
	both := &struct {
		call    Call
		outcome outcome
	}{call: Call{
		Tx: tx, Caller: caller, Now: api.NewTimestamp(r.clock.Now()), IDs: r.ids, Log: r.log, pages: r.pages,
	}}
	both.call.outcome = &both.outcome
	return &both.call
}

// Events returns at most limit of an account's events after a sequence, oldest
// first, as [store.Events] does.
func (r *Runner) Events(ctx context.Context, account string, after int64, limit int) ([]store.Event, error) {
	return store.Events(ctx, r.store, account, after, limit)
}

// LastEvents returns the newest limit of an account's events after a sequence, as
// [store.LastEvents] does.
func (r *Runner) LastEvents(ctx context.Context, account string, after int64, limit int) ([]store.Event, error) {
	return store.LastEvents(ctx, r.store, account, after, limit)
}

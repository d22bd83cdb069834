// Package retention removes rows of a store that have reached the age at which
// nobody needs them any more.
package retention

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"cosell/internal/clock"
	"cosell/internal/ids"
	"cosell/internal/store"
)

// The ages from which on rows are removed, unless an operator chooses others.
const (
	DefaultTokens = 24 * time.Hour
	DefaultEvents = 30 * 24 * time.Hour
	// LeastTokens is the least age of client tokens: a client may repeat a request
	// for so long.
	LeastTokens = 24 * time.Hour
)

// Policy has the ages from which on rows are removed; 0 keeps them.
type Policy struct {
	Tokens time.Duration // of client tokens, by the business clock
	Events time.Duration // of events, by the real time
	Audit  time.Duration // of entries of the audit, by the real time
	// History is the age of changes of records, by the real time.
	History time.Duration
	// Proposals is the age of proposals, by the business clock.
	Proposals time.Duration
}

// Check returns an error if a policy removes what is still needed.
func (p Policy) Check() error {
	switch {
	case p.Tokens != 0 && p.Tokens < LeastTokens:
		return fmt.Errorf("--keep-tokens: must be at least %s, or 0 to keep client tokens", LeastTokens)
	case p.Events < 0:
		return errors.New("--keep-events: must not be negative")
	case p.History < 0:
		return errors.New("--keep-history: must not be negative")
	case p.Proposals < 0:
		return errors.New("--keep-proposals: must not be negative")
	case p.Audit < 0:
		return errors.New("--keep-audit: must not be negative")
	}
	return nil
}

// Config configures a Runner. Store, Clock and Real are required.
type Config struct {
	Store  store.Store
	Clock  clock.Clock // business time
	Real   clock.Clock
	Policy Policy
	// Needed return the sequence of the oldest event that a follower still needs;
	// it and all later events are kept whatever their age.
	Needed []func(*store.Tx) (sequence int64, ok bool, err error)
	// Audit returns the sequence below which rows of the audit may be removed of those
	// below another one, and notes that they will be; nil removes none.
	Audit func(ctx context.Context, older int64) (int64, error)
	// Removed is called with the number of rows that were removed from a table.
	Removed func(table string, rows int64)
	// Every is the time between two passes; 0 is ten minutes.
	Every time.Duration
	Log   *slog.Logger
	// pause waits between two batches; tests replace it.
	pause func(context.Context, time.Duration) error
}

// Runner removes rows.
type Runner struct{ Config }

// New returns a Runner.
func New(c Config) *Runner {
	if c.Removed == nil {
		c.Removed = func(string, int64) {}
	}
	if c.Every == 0 {
		c.Every = 10 * time.Minute
	}
	if c.Log == nil {
		c.Log = slog.Default()
	}
	if c.pause == nil {
		c.pause = clock.Sleep
	}
	return &Runner{c}
}

// Run makes a pass from time to time, until the context ends.
func (r *Runner) Run(ctx context.Context) {
	for r.pause(ctx, r.Every) == nil {
		if err := r.Pass(ctx); err != nil && ctx.Err() == nil {
			r.Log.LogAttrs(ctx, slog.LevelError, "remove old rows", slog.String("cause", err.Error()))
		}
	}
}

// A batch is small, and rest follows on work: removal takes at most a fifth of the
// time of a writer, beside the load.
const (
	batchRows  = 200
	shortRest  = 5 * time.Millisecond
	restFactor = 4
)

// rule is a kind of rows and the age column's value from which on they are kept.
type rule struct {
	rows *store.Perishable
	keep int64
}

// Pass removes all rows that have reached their age.
func (r *Runner) Pass(ctx context.Context) error {
	rules, err := r.rules(ctx)
	if err != nil {
		return err
	}
	for _, rule := range rules {
		if err := r.remove(ctx, rule); err != nil {
			return fmt.Errorf("%s: %w", rule.rows.Table, err)
		}
	}
	return nil
}

func (r *Runner) rules(ctx context.Context) (rules []rule, err error) {
	if r.Policy.Tokens > 0 {
		rules = append(rules, rule{&store.PerishableTokens, r.Clock.Now().Add(-r.Policy.Tokens).UnixMilli()})
	}
	if r.Policy.Proposals > 0 {
		rules = append(rules, rule{&store.PerishableProposals, r.Clock.Now().Add(-r.Policy.Proposals).UnixMilli()})
	}
	if r.Policy.History > 0 {
		rules = append(rules, rule{&store.PerishableHistory, ids.FirstSequence(r.Real.Now().Add(-r.Policy.History))})
	}
	if r.Policy.Events > 0 {
		keep := ids.FirstSequence(r.Real.Now().Add(-r.Policy.Events))
		err = r.Store.View(ctx, func(tx *store.Tx) error {
			for _, needed := range r.Needed {
				sequence, ok, err := needed(tx)
				if err != nil {
					return fmt.Errorf("find the events that are needed: %w", err)
				}
				if ok {
					keep = min(keep, sequence)
				}
			}
			return nil
		})
		rules = append(rules, rule{&store.PerishableEvents, keep}, rule{&store.PerishableUnreadEvents, keep},
			rule{&store.PerishableDeliveries, keep})
	}
	if err == nil && r.Policy.Audit > 0 && r.Audit != nil {
		var keep int64
		if keep, err = r.Audit(ctx, ids.FirstSequence(r.Real.Now().Add(-r.Policy.Audit))); keep > 0 {
			rules = append(rules, rule{&store.PerishableAudit, keep})
		}
	}
	return rules, err
}

func (r *Runner) remove(ctx context.Context, rule rule) error {
	var after []any
	for {
		begun := time.Now()
		var batch store.Batch
		err := r.Store.View(ctx, func(tx *store.Tx) (err error) {
			batch, err = tx.NextPerished(rule.rows, rule.keep, after, batchRows)
			return err
		}, store.WithoutTimeout()) // it may pass over many rows that are kept
		if err != nil || batch.Rows == 0 {
			return err
		}
		var removed int64
		err = r.Store.Update(ctx, func(tx *store.Tx) (err error) {
			removed, err = tx.RemovePerished(rule.rows, rule.keep, batch)
			return err
		})
		if err != nil {
			return err
		}
		r.Removed(rule.rows.Table, removed)
		if batch.Rows < batchRows {
			return nil
		}
		after = batch.Last
		if err := r.pause(ctx, shortRest+restFactor*time.Since(begun)); err != nil {
			return err
		}
	}
}

// Package timekeeper keeps one business time for all processes on a store, and
// over their restarts: an operator who moved the clock finds it moved.
package timekeeper

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"cosell/internal/api"
	"cosell/internal/clock"
	"cosell/internal/store"
)

// policy is the name under which the store keeps the clock's adjustment.
const policy = "clock"

// Keeper keeps a clock and the store's record of it together.
type Keeper struct {
	store store.Store
	clock *clock.Adjustable
	log   *slog.Logger
	moved func()

	mu sync.Mutex
	// kept is what the store held when it was last read or written: only what
	// another process changed since is adopted, never what this one is about to
	// change.
	kept clock.Adjustment
}

// New returns a Keeper of a clock. moved is called after another process moved
// it.
func New(s store.Store, c *clock.Adjustable, log *slog.Logger, moved func()) *Keeper {
	return &Keeper{store: s, clock: c, log: log, moved: moved}
}

// Save writes how the clock is adjusted, for the other processes and for later.
func (k *Keeper) Save(ctx context.Context) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	adjustment := k.clock.Adjustment()
	document, err := api.Marshal(adjustment)
	if err != nil {
		return fmt.Errorf("encode clock: %w", err)
	}
	if err := k.store.Update(ctx, func(tx *store.Tx) error {
		if adjustment.Since.IsZero() {
			return tx.DeletePolicy(policy) // a store that holds nothing else is empty
		}
		return tx.PutPolicy(policy, document)
	}); err != nil {
		return fmt.Errorf("save clock: %w", err)
	}
	k.kept = adjustment
	return nil
}

// Load adjusts the clock as the store has it.
func (k *Keeper) Load(ctx context.Context) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	var kept clock.Adjustment
	err := k.store.View(ctx, func(tx *store.Tx) error {
		document, err := tx.Policy(policy)
		if errors.Is(err, store.ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		return api.Unmarshal(document, &kept)
	})
	if err != nil {
		return fmt.Errorf("load clock: %w", err)
	}
	if !k.kept.Since.Equal(kept.Since) || !k.kept.Shown.Equal(kept.Shown) {
		k.kept = kept
		k.clock.Adopt(kept)
		k.moved()
	}
	return nil
}

// Follow loads what other processes saved, again and again, until the context
// ends.
func (k *Keeper) Follow(ctx context.Context, every time.Duration) {
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			if err := k.Load(ctx); err != nil && ctx.Err() == nil {
				k.log.LogAttrs(ctx, slog.LevelWarn, "follow the business clock", slog.String("cause", err.Error()))
			}
		}
	}
}

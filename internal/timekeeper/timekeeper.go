// Package timekeeper stores the adjustment of the business clock, so that all
// processes on a store show the same time and keep it over restarts.
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

// policy is the name of the stored adjustment.
const policy = "clock"

// Keeper keeps a clock and its stored adjustment equal.
type Keeper struct {
	store store.Store
	clock *clock.Adjustable
	log   *slog.Logger
	moved func()

	mu sync.Mutex
	// kept is the stored adjustment as last read or written. Only a change by
	// another process is adopted, never one that this process is about to make.
	kept clock.Adjustment
}

// New returns a Keeper of a clock. moved is called after another process has moved
// the clock.
func New(s store.Store, c *clock.Adjustable, log *slog.Logger, moved func()) *Keeper {
	return &Keeper{store: s, clock: c, log: log, moved: moved}
}

// Save stores the clock's adjustment, for other processes and the next start.
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
			return tx.DeletePolicy(policy) // so that a store without records is empty
		}
		return tx.PutPolicy(policy, document)
	}); err != nil {
		return fmt.Errorf("save clock: %w", err)
	}
	k.kept = adjustment
	return nil
}

// Load applies the stored adjustment to the clock.
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

// Follow loads the stored adjustment periodically, until the context ends.
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

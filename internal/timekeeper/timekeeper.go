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
	"cosell/internal/audit"
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
	// unusable is the stored adjustment that was last found to be none.
	unusable string
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
	if err := audit.Update(ctx, k.store, func(tx *store.Tx) error {
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

// Load applies the stored adjustment to the clock. If that cannot be read, or shows a
// time out of range, Load logs a warning and the clock shows the real time.
func (k *Keeper) Load(ctx context.Context) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	var document []byte
	err := k.store.View(ctx, func(tx *store.Tx) (err error) {
		document, err = tx.Policy(policy)
		if errors.Is(err, store.ErrNotFound) {
			document, err = nil, nil
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("load clock: %w", err)
	}
	kept, err := decode(document)
	if err != nil {
		k.warn(ctx, document, err)
	}
	if k.kept.Since.Equal(kept.Since) && k.kept.Shown.Equal(kept.Shown) {
		return nil
	}
	k.kept = kept
	if !k.clock.Adopt(kept) {
		k.warn(ctx, document, errOutOfRange)
		k.clock.Reset()
	}
	k.moved()
	return nil
}

var errOutOfRange = fmt.Errorf("it shows a time before %d or after %d", clock.Earliest.Year(), clock.Latest.Year())

// decode reads a stored adjustment; none is that of an unadjusted clock.
func decode(document []byte) (kept clock.Adjustment, err error) {
	if document == nil {
		return kept, nil
	}
	if err := api.Unmarshal(document, &kept); err != nil {
		return clock.Adjustment{}, err
	}
	return kept, nil
}

// warn logs once that a stored adjustment cannot be used.
func (k *Keeper) warn(ctx context.Context, document []byte, cause error) {
	if k.unusable == string(document) {
		return
	}
	k.unusable = string(document)
	k.log.LogAttrs(ctx, slog.LevelWarn, "the stored business clock cannot be used; the real time is shown: set or reset the clock",
		slog.String("cause", cause.Error()))
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

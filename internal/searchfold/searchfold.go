// Package searchfold makes the rows that searches read in the background.
//
// A write only marks what it changed (see store.FoldSearch), and a search makes the
// rows that are still to be made before it reads. This package makes them earlier,
// while nobody writes, so that searches seldom have to and writers do not notice.
package searchfold

import (
	"context"
	"log/slog"
	"math"
	"time"

	"cosell/internal/store"
)

const (
	// interval is how often the marks are counted.
	interval = time.Second
	// maxMarked is how many records may wait while others are written: a search can make
	// the rows of that many within its time. Above it up to busyShare of each interval
	// goes to them, which is more than writers need to mark as many.
	maxMarked = 100_000
	busyShare = interval / 2
	// idleShare is how long rows are made before the marks are counted again, to
	// notice that somebody writes.
	idleShare = interval / 5
	// countedMost bounds the count.
	countedMost = 2_000_000
)

// Folder makes rows in the background.
type Folder struct {
	store     store.Store
	log       *slog.Logger
	last      int // how many records waited at the end of the last step
	maxMarked int
}

// New returns a Folder for a store.
func New(s store.Store, log *slog.Logger) *Folder {
	return &Folder{store: s, log: log, maxMarked: maxMarked}
}

// Run makes rows until the context ends.
func (f *Folder) Run(ctx context.Context) {
	wait := time.NewTimer(interval)
	defer wait.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-wait.C:
		}
		idle, err := f.step(ctx)
		if err != nil && ctx.Err() == nil {
			f.log.LogAttrs(ctx, slog.LevelError, "search rows not made", slog.String("cause", err.Error()))
		}
		next := interval
		if err == nil && idle && f.last > 0 {
			next = 0
		}
		wait.Reset(next)
	}
}

// step counts the records that wait, and makes rows for a while if nobody wrote since the
// last step: of many first in haste, since a search that comes meanwhile would wait for each
// transaction. Where somebody did, it makes those that are too many, in haste. It reports
// whether nobody wrote.
func (f *Folder) step(ctx context.Context) (idle bool, err error) {
	marked, recent, err := f.count(ctx)
	if err != nil {
		return false, err
	}
	idle = marked+recent == f.last
	f.last = marked + recent
	if !idle {
		return false, f.hasten(ctx, marked, busyShare)
	}
	for started := time.Now(); f.last > 0 && time.Since(started) < idleShare; {
		if marked >= store.ManySearchMarks {
			n, err := store.HastenAnySearch(ctx, f.store)
			if err != nil || n == 0 {
				return idle, err
			}
			marked -= n
			continue
		}
		n, err := store.FoldAnySearch(ctx, f.store)
		if err != nil || n == 0 {
			f.last = 0
			return idle, err
		}
		f.last -= n
	}
	return idle, nil
}

// hasten makes rows in haste until not too many records are marked, or for a time.
func (f *Folder) hasten(ctx context.Context, marked int, most time.Duration) error {
	for started := time.Now(); marked > f.maxMarked && time.Since(started) < most; {
		n, err := store.HastenAnySearch(ctx, f.store)
		if err != nil || n == 0 {
			return err
		}
		marked -= n
	}
	return nil
}

// Prepare makes rows in haste until so few records wait that a search makes theirs within
// its time, however long it takes: after an import, or for a store of a version without
// these rows.
func (f *Folder) Prepare(ctx context.Context) error {
	marked, _, err := f.count(ctx)
	if err != nil || marked <= f.maxMarked {
		return err
	}
	f.log.LogAttrs(ctx, slog.LevelInfo, "making search rows", slog.Int("records", marked))
	return f.hasten(ctx, marked, math.MaxInt64)
}

func (f *Folder) count(ctx context.Context) (marked, recent int, err error) {
	err = f.store.View(ctx, func(tx *store.Tx) error {
		marked, recent, err = tx.SearchBacklog(countedMost)
		return err
	})
	return marked, recent, err
}

// Package searchfold makes the rows that searches read in the background.
//
// A write only marks what it changed (see store.FoldSearch), and a search makes the
// rows that are still to be made before it reads. This package makes them earlier,
// while nobody writes, so that searches seldom have to and writers do not notice.
package searchfold

import (
	"context"
	"log/slog"
	"time"

	"cosell/internal/store"
)

const (
	// interval is how often the marks are counted.
	interval = time.Second
	// maxBacklog is how many records may wait while others are written. Above it a
	// tenth of the time goes to them.
	maxBacklog = 100_000
	busyShare  = interval / 10
	// idleShare is how long rows are made before the marks are counted again, to
	// notice that somebody writes.
	idleShare = interval / 5
	// countedMost bounds the count.
	countedMost = 2_000_000
)

// Folder makes rows in the background.
type Folder struct {
	store store.Store
	log   *slog.Logger
	last  int // how many records waited at the end of the last step
}

// New returns a Folder for a store.
func New(s store.Store, log *slog.Logger) *Folder { return &Folder{store: s, log: log} }

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

// step counts the records that wait and makes rows for a while if nobody wrote since
// the last step, or if too many wait. It reports whether nobody wrote.
func (f *Folder) step(ctx context.Context) (idle bool, err error) {
	waiting, err := f.count(ctx)
	if err != nil {
		return false, err
	}
	idle = waiting == f.last
	f.last = waiting
	if waiting == 0 || !idle && waiting < maxBacklog {
		return idle, nil
	}
	share := idleShare
	if !idle {
		share = busyShare
	}
	for started := time.Now(); f.last > 0 && time.Since(started) < share; {
		n, err := store.FoldAnySearch(ctx, f.store)
		if err != nil || n == 0 {
			f.last = 0
			return idle, err
		}
		f.last -= n
	}
	return idle, nil
}

func (f *Folder) count(ctx context.Context) (n int, err error) {
	err = f.store.View(ctx, func(tx *store.Tx) error {
		n, err = tx.SearchBacklog(countedMost)
		return err
	})
	return n, err
}

// Package readlag lets reads see the store as it was some time ago, so that clients can be
// tested against a service whose reads lag behind its writes (docs/faults.md#reads-that-lag).
package readlag

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"cosell/internal/clock"
	"cosell/internal/fault"
	"cosell/internal/store"
)

const (
	// maxStates bounds the states that are kept. Each takes a connection to the store.
	maxStates = 4
	// maxFolds bounds the work on search rows before a state is kept.
	maxFolds = 100
)

// Store is a store that keeps the states from before its latest updates while faults want
// reads to lag. Reads whose context asks for a lag see one of these states.
type Store struct {
	store.Store

	clock clock.Clock
	lag   func() time.Duration

	kept   atomic.Int32 // how many states there are, so that the usual request takes no lock
	mu     sync.Mutex
	states []*state // the oldest first
	closed bool
}

// New returns a Store over another one. States are kept as long as lag says, on a clock;
// none while it says 0.
func New(inner store.Store, c clock.Clock, lag func() time.Duration) *Store {
	return &Store{Store: inner, clock: c, lag: lag}
}

// Update implements [store.Store].
func (s *Store) Update(ctx context.Context, fn func(*store.Tx) error, options ...store.Option) error {
	if err := s.keep(ctx); err != nil {
		return err
	}
	return s.Store.Update(ctx, fn, options...)
}

// View implements [store.Store]. Where the context asks for a lag, it shows the state
// before the first update of that time, or the present one if there was none.
func (s *Store) View(ctx context.Context, fn func(*store.Tx) error, options ...store.Option) error {
	if s.kept.Load() == 0 {
		return s.Store.View(ctx, fn, options...)
	}
	if lag := fault.ReadLag(ctx); lag > 0 {
		if found := s.before(s.clock.Now().Add(-lag)); found != nil {
			if err := found.view(ctx, fn); !errors.Is(err, errEnded) {
				return err
			}
		}
	}
	return s.Store.View(ctx, fn, options...)
}

// Close implements [store.Store].
func (s *Store) Close() error {
	s.mu.Lock()
	s.closed = true
	s.end(len(s.states))
	s.mu.Unlock()
	return s.Store.Close()
}

// before returns the first state from before an update after a time, or nil.
func (s *Store) before(at time.Time) *state {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, kept := range s.states {
		if kept.before.After(at) {
			return kept
		}
	}
	return nil
}

// keep keeps the present state, before an update, and ends those that no read asks for
// any more. States are apart by a share of the lag: an update that comes soon after
// another one is seen up to that much too early.
func (s *Store) keep(ctx context.Context) error {
	lag := s.lag()
	if lag == 0 && s.kept.Load() == 0 {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.clock.Now()
	if n := len(s.states); lag == 0 || n > 0 && s.states[n-1].before.After(now) {
		s.end(n) // the faults have changed, or the clock was set back
	}
	ended := 0
	for ended < len(s.states) && !s.states[ended].before.After(now.Add(-lag)) {
		ended++
	}
	s.end(ended)
	n := len(s.states)
	if lag == 0 || s.closed || n > 0 && now.Sub(s.states[n-1].before) < lag/maxStates {
		return nil
	}
	for range maxFolds { // a search reads rows that are made some time after a change
		if folded, err := store.FoldAnySearch(ctx, s.Store); err != nil || folded == 0 {
			break
		}
	}
	kept, err := open(ctx, s.Store, now)
	if err != nil {
		return err
	}
	s.states = append(s.states, kept)
	s.kept.Store(int32(len(s.states))) //nolint:gosec // a handful
	return nil
}

// end ends the n oldest states.
func (s *Store) end(n int) {
	for _, old := range s.states[:n] {
		old.close()
	}
	s.states = append(s.states[:0], s.states[n:]...)
	s.kept.Store(int32(len(s.states))) //nolint:gosec // a handful
}

package observe

import (
	"context"
	"time"

	"cosell/internal/store"
)

// Store returns s with the time of its transactions measured.
func (o *Observer) Store(s store.Store) store.Store { return &timedStore{Store: s, observer: o} }

type timedStore struct {
	store.Store

	observer *Observer
}

// Update implements [store.Store].
func (s *timedStore) Update(ctx context.Context, fn func(*store.Tx) error) error {
	return s.timed("update", func() error { return s.Store.Update(ctx, fn) })
}

// View implements [store.Store].
func (s *timedStore) View(ctx context.Context, fn func(*store.Tx) error) error {
	return s.timed("view", func() error { return s.Store.View(ctx, fn) })
}

func (s *timedStore) timed(kind string, run func() error) error {
	started := time.Now()
	err := run()
	result := "ok"
	if err != nil {
		result = "error"
	}
	s.observer.store.WithLabelValues(kind, result).Observe(time.Since(started).Seconds())
	return err
}

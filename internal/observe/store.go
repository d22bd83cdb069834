package observe

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"cosell/internal/store"
)

// Store returns s with the duration of its transactions measured.
func (o *Observer) Store(s store.Store) store.Store {
	return &timedStore{Store: s, updates: o.timed("update"), views: o.timed("view")}
}

type timedStore struct {
	store.Store

	updates, views timed
}

// Update implements [store.Store].
func (s *timedStore) Update(ctx context.Context, fn func(*store.Tx) error, options ...store.Option) error {
	started := time.Now()
	return s.updates.since(started, s.Store.Update(ctx, fn, options...))
}

// View implements [store.Store].
func (s *timedStore) View(ctx context.Context, fn func(*store.Tx) error, options ...store.Option) error {
	started := time.Now()
	return s.views.since(started, s.Store.View(ctx, fn, options...))
}

// timed measures the transactions of one kind.
type timed struct{ succeeded, failed prometheus.Observer }

func (o *Observer) timed(kind string) timed {
	return timed{o.store.WithLabelValues(kind, "ok"), o.store.WithLabelValues(kind, "error")}
}

// since records a transaction that ended with err, and returns err.
func (t timed) since(started time.Time, err error) error {
	result := t.succeeded
	if err != nil {
		result = t.failed
	}
	result.Observe(time.Since(started).Seconds())
	return err
}

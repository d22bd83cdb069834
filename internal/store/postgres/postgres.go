// Package postgres implements the storage engine on PostgreSQL, or on a database that
// speaks its protocol. Any number of processes may share one database.
//
// A transaction works on a snapshot of its own (REPEATABLE READ), so the server
// refuses a write over anything that changed since; the engine then runs the
// function again. docs/decisions/postgresql.md gives the reasons.
package postgres

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"cosell/internal/store"
)

// Options are what an operator may choose beside the database's URL. The zero
// value is good.
type Options struct {
	// MaxConns bounds the connections to the server. Where it is 0, the URL's
	// pool_max_conns does, or else 20: four replicas fit what a server allows
	// unless it is told otherwise.
	MaxConns int32
	// Limit bounds the time of a transaction with all its repetitions; 0 is 30
	// seconds.
	Limit time.Duration
}

const (
	defaultMaxConns = 20
	defaultLimit    = 30 * time.Second
)

var errClosed = errors.New("the store is closed")

// Store is the engine on PostgreSQL. It implements [store.Store].
type Store struct {
	pool  *pgxpool.Pool
	limit time.Duration
	cache rowCache
	// forecasting is the constant of that name, but for tests.
	forecasting bool
	closing     chan struct{} // closed when Close begins
	once        sync.Once
}

var _ store.Store = (*Store)(nil)

// Open connects to the database that a URL names (postgres://user:password@host:port/database,
// or keywords and values) and brings its schema up to date; of several processes
// that open it at the same time, one does that while the others wait. It fails with
// [store.ErrNewerSchema] when a later version of Cosell wrote it. No error holds
// the password.
func Open(ctx context.Context, url string, options Options) (*Store, error) {
	config, err := configure(url, options)
	if err != nil {
		return nil, err
	}
	if err := prepare(ctx, config.ConnConfig); err != nil {
		return nil, err
	}
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("open store: %w", err)
	}
	s := &Store{pool: pool, limit: options.Limit, forecasting: forecasting, closing: make(chan struct{})}
	if s.limit == 0 {
		s.limit = defaultLimit
	}
	return s, nil
}

// Ping implements [store.Store].
func (s *Store) Ping(ctx context.Context) error { return s.pool.Ping(ctx) }

// Close implements [store.Store].
func (s *Store) Close() error {
	s.once.Do(func() { close(s.closing) })
	s.pool.Close()
	return nil
}

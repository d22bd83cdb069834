package sqlite

import (
	"path/filepath"
	"testing"

	"cosell/internal/store"
)

// Connect opens a connection of its own to the store in a directory.
func Connect(t testing.TB, dir string) store.Querier {
	t.Helper()
	c, err := connect(dsn(filepath.Join(dir, FileName), settings{synchronous: "FULL"}))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.close() })
	return c
}

// WithoutOptimizations switches off what docs/decisions lists as optimizations.
func WithoutOptimizations() Option {
	return func(s *settings) { s.optimistic, s.rowCache, s.savepoints = false, false, true }
}

// WithSavepoints runs every update in a savepoint.
func WithSavepoints() Option { return func(s *settings) { s.savepoints = true } }

// Synchronous returns the setting with which connections of the store commit.
func (s *Store) Synchronous(t testing.TB) (value int) {
	t.Helper()
	c, err := connect(s.name)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.close() }()
	if err := c.Row(t.Context(), "PRAGMA synchronous", nil, &value); err != nil {
		t.Fatal(err)
	}
	return value
}

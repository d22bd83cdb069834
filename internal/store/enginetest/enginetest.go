// Package enginetest opens the stores that tests of operations run on: the embedded engine, or PostgreSQL where
// COSELL_TEST_ENGINE says so. Every test must pass on both.
package enginetest

import (
	"context"
	"os"
	"sync"
	"testing"

	"cosell/internal/store"
	"cosell/internal/store/pgtest"
	"cosell/internal/store/sqlite"
	"cosell/internal/store/storetest"
)

// OnPostgres reports whether the tests run on PostgreSQL.
var OnPostgres = os.Getenv("COSELL_TEST_ENGINE") == "postgres"

// Run runs the tests of a package and returns their exit code.
func Run(m *testing.M) int {
	if OnPostgres {
		return pgtest.Run(m)
	}
	defer func() {
		for _, dir := range removeAtEnd {
			_ = os.RemoveAll(dir)
		}
	}()
	return m.Run()
}

// Open opens an empty store of the engine under test until the test ends. The embedded one runs every update twice.
func Open(t testing.TB) store.Store {
	t.Helper()
	if OnPostgres {
		return pgtest.Store(t)
	}
	return storetest.Twice{Store: Embedded(t)}
}

// Embedded opens an empty store of the embedded engine, which does not wait for the disk, until the test ends.
func Embedded(t testing.TB) store.Store {
	t.Helper()
	s, err := sqlite.Open(t.Context(), Directory(t), sqlite.WithoutSync())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("close store: %v", err)
		}
	})
	return s
}

// Directory returns the directory of an empty store of the embedded engine, which is removed when the test ends.
func Directory(t testing.TB) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(migrated())); err != nil {
		t.Fatal(err)
	}
	return dir
}

// migrated returns a directory with an empty store of the present schema. Every test begins with a copy, which takes a
// tenth of the time of the migrations.
var migrated = sync.OnceValue(func() string {
	dir, err := os.MkdirTemp("", "cosell-test-")
	if err != nil {
		panic(err)
	}
	removeAtEnd = append(removeAtEnd, dir)
	s, err := sqlite.Open(context.Background(), dir, sqlite.WithoutSync())
	if err != nil {
		panic(err)
	}
	if err := s.Close(); err != nil {
		panic(err)
	}
	return dir
})

// removeAtEnd are the directories that outlive a test.
var removeAtEnd []string

package selling_test

import (
	"context"
	"os"
	"sync"
	"testing"

	"cosell/internal/store"
	"cosell/internal/store/pgtest"
	"cosell/internal/store/sqlite"
)

// onPostgres says whether the tests run on PostgreSQL in place of the embedded
// store: every one must pass on both.
var onPostgres = os.Getenv("COSELL_TEST_ENGINE") == "postgres"

func TestMain(m *testing.M) {
	if onPostgres {
		os.Exit(pgtest.Run(m))
	}
	defer func() {
		for _, dir := range removeAtEnd {
			_ = os.RemoveAll(dir)
		}
	}()
	m.Run()
}

// openStore opens an empty store of the engine under test.
func openStore(t testing.TB) store.Store {
	t.Helper()
	if onPostgres {
		return pgtest.Store(t)
	}
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(migrated())); err != nil {
		t.Fatal(err)
	}
	s, err := sqlite.Open(t.Context(), dir, sqlite.WithoutSync())
	if err != nil {
		t.Fatal(err)
	}
	return twice{s}
}

// migrated returns a directory with an empty store of the present schema. Every
// test begins with a copy, which takes a tenth of the time of the migrations.
var migrated = sync.OnceValue(func() string {
	dir, err := os.MkdirTemp("", "cosell-test-")
	if err != nil {
		panic(err)
	}
	removeAtEnd = append(removeAtEnd, dir)
	s, err := sqlite.Open(context.Background(), dir)
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

// twice runs every update that succeeds a second time, as an engine may where
// another transaction, or the loss of a connection, undid the first: nothing
// outside the transaction may tell the second run from the first.
type twice struct{ store.Store }

func (s twice) Update(ctx context.Context, fn func(*store.Tx) error, options ...store.Option) error {
	again := false
	return s.Store.Update(ctx, func(tx *store.Tx) error {
		err := fn(tx)
		if err == nil && !again {
			again = true
			return store.ErrStale
		}
		return err
	}, options...)
}

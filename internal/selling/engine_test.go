package selling_test

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
	return storetest.Twice{Store: s}
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

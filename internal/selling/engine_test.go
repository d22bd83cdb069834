package selling_test

import (
	"os"
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
	m.Run()
}

// openStore opens an empty store of the engine under test.
func openStore(t testing.TB) store.Store {
	t.Helper()
	if onPostgres {
		return pgtest.Store(t)
	}
	s, err := sqlite.Open(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return s
}

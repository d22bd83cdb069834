package postgres_test

import (
	"os"
	"testing"

	"cosell/internal/store"
	"cosell/internal/store/pgtest"
	"cosell/internal/store/storetest"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Run(m)) }

func TestSuite(t *testing.T) {
	storetest.Run(t, func(t testing.TB) store.Store { return pgtest.Store(t) })
}

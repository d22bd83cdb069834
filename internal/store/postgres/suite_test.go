package postgres_test

import (
	"database/sql"
	"os"
	"testing"

	"github.com/pressly/goose/v3"

	"cosell/internal/store"
	"cosell/internal/store/pgtest"
	"cosell/internal/store/postgres"
	"cosell/internal/store/storetest"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Run(m)) }

func TestSuite(t *testing.T) {
	t.Attr("engine", "PostgreSQL")
	storetest.Run(t, func(t testing.TB) store.Store { return pgtest.Store(t) })
}

func TestRandomSearches(t *testing.T) {
	storetest.RandomSearches(t, func(t testing.TB) store.Store { return pgtest.Store(t) })
}

func TestSuiteWithoutForecasting(t *testing.T) {
	storetest.Run(t, func(t testing.TB) store.Store {
		s := pgtest.Store(t)
		postgres.WithoutForecasting(s)
		return s
	})
}

func TestUpgrade(t *testing.T) {
	storetest.Upgrade(t, goose.DialectPostgres, func(t *testing.T) (*sql.DB, func() store.Store) {
		database := pgtest.URL(t)
		db, err := sql.Open("pgx", database)
		if err != nil {
			t.Fatal(err)
		}
		return db, func() store.Store { return pgtest.Open(t, database) }
	})
}

package storetest

import (
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/pressly/goose/v3"

	"cosell/internal/store"
)

// ownTables are tables that hold a store's own records and are no part of its
// content.
var ownTables = []string{"goose_db_version", "import_progress", "event_locks", "event_rule_versions", "audit_records", "audit_seals"}

// isSearchIndex reports whether a table is part of a search index, which follows from
// the records.
func isSearchIndex(table string) bool {
	return strings.HasPrefix(table, "search_") || strings.Contains(table, "_search")
}

// listTables are the queries for the names of all tables.
var listTables = map[goose.Dialect]string{
	goose.DialectSQLite3:  `SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'`,
	goose.DialectPostgres: `SELECT tablename FROM pg_tables WHERE schemaname = 'public'`,
}

// Upgrade checks that an engine brings a store of every earlier schema up to date
// and loses nothing of it: every table of that schema has rows before. Of each
// database that fresh returns, open opens the store once the database is closed.
func Upgrade(t *testing.T, dialect goose.Dialect, fresh func(t *testing.T) (db *sql.DB, open func() store.Store)) {
	step := int64(1)
	if testing.Short() {
		step = 7 // from the first, and some between
	}
	for version := int64(1); version < store.LatestSchema(); version += step {
		t.Run(fmt.Sprint("From", version), func(t *testing.T) {
			db, open := fresh(t)
			provider, err := goose.NewProvider(dialect, db, store.MigrationsFor(dialect))
			if err != nil {
				t.Fatal(err)
			}
			if _, err := provider.UpTo(t.Context(), version); err != nil {
				t.Fatal(err)
			}
			seeded := seedAll(t, db, dialect)
			if err := db.Close(); err != nil {
				t.Fatal(err)
			}
			s := open()
			for _, table := range store.Tables() {
				checkSeeded(t, s, table, seeded[table.Name])
			}
			testEventsOfOlderStore(t, s)
			update(t, s, func(tx *store.Tx) error {
				_, err := tx.Clear()
				return err
			})
			FillTables(t, s)
		})
	}
}

// seeds are the rows of a table, by the names of the columns that it had.
type seeds struct {
	columns []string
	rows    [][]any
}

// seedAll inserts rows into every table of a database and returns them.
func seedAll(t *testing.T, db *sql.DB, dialect goose.Dialect) map[string]seeds {
	t.Helper()
	known := map[string]store.Table{}
	for _, table := range store.Tables() {
		known[table.Name] = table
	}
	seeded := map[string]seeds{}
	for _, name := range queryTexts(t, db, listTables[dialect]) {
		if slices.Contains(ownTables, name) || isSearchIndex(name) {
			continue
		}
		table, ok := known[name]
		if !ok {
			t.Fatalf("table %s: store.Tables does not list it; say here what becomes of its rows", name)
		}
		seeded[name] = seed(t, db, table)
	}
	return seeded
}

// queryTexts returns the rows of a query for one text.
func queryTexts(t *testing.T, db *sql.DB, query string) (found []string) {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), query)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			t.Fatal(err)
		}
		found = append(found, text)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return found
}

// seed inserts rows into a table, with the columns that it has in the database.
func seed(t *testing.T, db *sql.DB, table store.Table) seeds {
	t.Helper()
	empty, err := db.QueryContext(t.Context(), "SELECT * FROM "+table.Name+" WHERE 1 = 0") //nolint:unqueryvet // to learn the columns
	if err != nil {
		t.Fatal(err)
	}
	columns, err := empty.Columns()
	if err := errors.Join(err, empty.Err(), empty.Close()); err != nil {
		t.Fatal(err)
	}
	s := seeds{columns: columns}
	for n := range int64(3) {
		row := make([]any, len(columns))
		for i, name := range columns {
			row[i] = fmt.Sprintf("%s %d, Müller, 東京", name, n)
			at := slices.IndexFunc(table.Columns, func(c store.TableColumn) bool { return c.Name == name })
			switch column := table.Columns[max(at, 0)]; {
			case at < 0:
				t.Fatalf("%s: store.Tables does not list the column %s; say here what becomes of it", table.Name, name)
			case column.Integer:
				row[i] = 1000*n + int64(i)
			case column.Kind != store.KindPlain:
				row[i] = fmt.Sprintf(`{"%s":%d}`, name, n)
			}
		}
		s.rows = append(s.rows, row)
	}
	if table.Name == "events" { // as testEventsOfOlderStore expects them
		for _, n := range []int64{10, 20, 30} {
			s.rows = append(s.rows, []any{"1", n, strconv.FormatInt(n, 10)})
		}
	}
	places := make([]string, len(columns))
	for i := range places {
		places[i] = fmt.Sprintf("$%d", i+1)
	}
	insert := fmt.Sprintf("INSERT INTO %s (%s) VALUES (%s)", table.Name, strings.Join(columns, ", "), strings.Join(places, ", "))
	for _, row := range s.rows {
		if _, err := db.ExecContext(t.Context(), insert, row...); err != nil {
			t.Fatalf("%s: %v", insert, err)
		}
	}
	return s
}

// checkSeeded checks that a table holds what was inserted before the upgrade, and
// nothing else.
func checkSeeded(t *testing.T, s store.Store, table store.Table, before seeds) {
	t.Helper()
	present := make([]string, len(table.Columns))
	for i, column := range table.Columns {
		present[i] = column.Name
	}
	for _, column := range before.columns {
		if !slices.Contains(present, column) {
			t.Errorf("%s: the column %s is gone; say here what became of it", table.Name, column)
			return
		}
	}
	var got [][]any
	for _, row := range allRows(t, s, table) {
		var old []any
		for _, column := range before.columns {
			old = append(old, row[slices.Index(present, column)])
		}
		got = append(got, old)
	}
	inAnyOrder := cmpopts.SortSlices(func(x, y []any) bool { return fmt.Sprint(x) < fmt.Sprint(y) })
	if diff := cmp.Diff(before.rows, got, inAnyOrder, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("%s (-before +after):\n%s", table.Name, diff)
	}
}

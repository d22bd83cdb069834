package sqlite_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"cosell/internal/store"
	"cosell/internal/store/sqlite"
	"cosell/internal/store/storetest"
)

// A backup taken under load is one state: of records that are written in pairs
// it has both or none, and everything acknowledged before it began.
func TestBackupUnderLoad(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	ctx, cancel := context.WithCancel(t.Context())
	var writers sync.WaitGroup
	defer writers.Wait()
	defer cancel()
	var mu sync.Mutex
	acknowledged := map[int]int{}
	begun := make(chan struct{}, 4)
	for w := range 4 {
		writers.Go(func() {
			for n := 0; ctx.Err() == nil; n++ {
				err := s.Update(ctx, func(tx *store.Tx) error {
					return errors.Join(tx.PutAccount(fmt.Sprint("a", w), fmt.Append(nil, n)),
						tx.PutAccount(fmt.Sprint("b", w), fmt.Append(nil, n)))
				})
				if err != nil && ctx.Err() == nil {
					t.Error(err)
					return
				}
				mu.Lock()
				acknowledged[w] = n
				mu.Unlock()
				if n == 10 {
					begun <- struct{}{}
				}
			}
		})
	}
	for range 4 {
		<-begun
	}
	mu.Lock()
	before := maps.Clone(acknowledged)
	mu.Unlock()
	restored := t.TempDir()
	if err := sqlite.Backup(t.Context(), dir, filepath.Join(restored, sqlite.FileName)); err != nil {
		t.Fatal(err)
	}
	if err := open(t, restored).View(t.Context(), func(tx *store.Tx) error {
		for w, least := range before {
			a, err := tx.Account(fmt.Sprint("a", w))
			b, errB := tx.Account(fmt.Sprint("b", w))
			var n int
			if _, err := fmt.Sscan(string(a), &n); err != nil || n < least || string(a) != string(b) {
				t.Errorf("writer %d: %s and %s, acknowledged %d", w, a, b, least)
			}
			if err := errors.Join(err, errB); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}

func TestBackupIsForItsOwnerOnly(t *testing.T) {
	dir, to := t.TempDir(), t.TempDir()
	open(t, dir)
	file := filepath.Join(to, "name with spaces?#%.db")
	if err := sqlite.Backup(t.Context(), dir, file); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(file)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	entries, err := os.ReadDir(to)
	if err != nil || len(entries) != 1 {
		t.Errorf("beside it: %v, %v", entries, err)
	}
}

func TestADamagedStoreIsNotBackedUp(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	storetest.FillTables(t, s)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile(filepath.Join(dir, sqlite.FileName), os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	// All pages but the first, which tells what there is.
	if _, err := f.WriteAt(make([]byte, 64<<10), 4096); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "copy.db")
	if err = sqlite.Backup(t.Context(), dir, file); err == nil {
		t.Error("it was")
	}
	if _, stat := os.Stat(file); !errors.Is(stat, fs.ErrNotExist) {
		t.Errorf("%v, yet there is a file", err)
	}
}

func TestSchemaVersion(t *testing.T) {
	dir := t.TempDir()
	if _, err := sqlite.SchemaVersion(t.Context(), dir); !errors.Is(err, sqlite.ErrNoStore) {
		t.Errorf("without a store: %v", err)
	}
	open(t, dir) // and in use
	if got, err := sqlite.SchemaVersion(t.Context(), dir); err != nil || got != store.LatestSchema() {
		t.Errorf("got %d, %v", got, err)
	}
}

func TestPending(t *testing.T) {
	all, latest := store.Pending(0)
	if len(all) == 0 || latest != store.LatestSchema() {
		t.Fatalf("%v, %d", all, latest)
	}
	if some, _ := store.Pending(1); !slices.Equal(some, all[1:]) {
		t.Errorf("from version 1: %v", some)
	}
	if none, _ := store.Pending(latest); len(none) != 0 {
		t.Errorf("from the latest: %v", none)
	}
}

// What store.Tables says of tables is what the migrations made of them: nothing
// is left out of an export.
func TestTablesAreThoseOfTheSchema(t *testing.T) {
	dir := t.TempDir()
	open(t, dir)
	db, err := sql.Open("sqlite", filepath.Join(dir, sqlite.FileName))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	rows, err := db.QueryContext(t.Context(), `SELECT t.name, c.name, c.type, c.pk
		FROM sqlite_schema t JOIN pragma_table_info(t.name) c
		WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%' AND t.name NOT IN ('goose_db_version', 'import_progress', 'event_locks', 'event_rule_versions', 'audit_records', 'audit_seals')
			AND t.name NOT LIKE 'search!_%' ESCAPE '!' AND t.name NOT LIKE '%!_search%' ESCAPE '!'
		ORDER BY t.name, c.pk = 0, c.pk, c.cid`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	want := map[string]store.Table{}
	for rows.Next() {
		var name, kind string
		var column store.TableColumn
		var key int
		if err := rows.Scan(&name, &column.Name, &kind, &key); err != nil {
			t.Fatal(err)
		}
		column.Integer = strings.EqualFold(kind, "BIGINT")
		table := want[name]
		table.Name, table.Secret, table.Credential = name, name == "secrets" || name == "operator_tokens" || name == "ended_sessions", name == "access_keys" || name == "console_passwords"
		table.Keys = max(table.Keys, key)
		table.Columns = append(table.Columns, column)
		want[name] = table
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	got := map[string]store.Table{}
	for _, table := range store.Tables() {
		got[table.Name] = table
	}
	// The kinds are not in the schema; TestUniqueKeysAreThoseOfTheIndexes compares the keys.
	kinds, keys := cmpopts.IgnoreFields(store.TableColumn{}, "Kind"), cmpopts.IgnoreFields(store.Table{}, "Unique")
	if diff := cmp.Diff(want, got, kinds, keys); diff != "" {
		t.Error(diff)
	}
	if last := store.Tables()[len(got)-1].Name; last != "work" {
		t.Errorf("the last table is %s: work must find everything it is about", last)
	}
}

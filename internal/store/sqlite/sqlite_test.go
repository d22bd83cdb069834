package sqlite_test

import (
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"testing"

	"cosell/internal/store"
	"cosell/internal/store/sqlite"
	"cosell/internal/store/storetest"
)

func open(t testing.TB, dir string) *sqlite.Store {
	t.Helper()
	s, err := sqlite.Open(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	return s
}

func TestSuite(t *testing.T) {
	storetest.Run(t, func(t testing.TB) store.Store { return open(t, t.TempDir()) })
}

func TestReopen(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new", "directory with spaces?#%")
	first := open(t, dir)
	if err := first.Update(t.Context(), func(tx *store.Tx) error { return tx.PutAccount("1", []byte("{}")) }); err != nil {
		t.Fatal(err)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	if err := open(t, dir).View(t.Context(), func(tx *store.Tx) error {
		_, err := tx.Account("1")
		return err
	}); err != nil {
		t.Errorf("after reopening: %v", err)
	}
}

func TestSecondProcessIsRefused(t *testing.T) {
	dir := t.TempDir()
	open(t, dir)
	if _, err := sqlite.Open(t.Context(), dir); !errors.Is(err, sqlite.ErrInUse) {
		t.Errorf("Open = %v, want ErrInUse", err)
	}
}

func TestNewerSchemaIsRefused(t *testing.T) {
	dir := t.TempDir()
	if err := open(t, dir).Close(); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", filepath.Join(dir, "cosell.db"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.ExecContext(t.Context(), `INSERT INTO goose_db_version (version_id, is_applied) VALUES (99999, 1)`); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := sqlite.Open(t.Context(), dir); !errors.Is(err, store.ErrNewerSchema) {
		t.Errorf("Open = %v, want ErrNewerSchema", err)
	}
}

// A stale update is run again, though not for ever; nothing of a run that failed
// remains.
func TestStaleIsRunAgain(t *testing.T) {
	s := open(t, t.TempDir())
	for _, c := range []struct {
		name  string
		stale int // runs that say so
		runs  int
		want  error
	}{
		{"Once", 1, 2, nil},
		{"Always", 100, 3, store.ErrStale},
	} {
		t.Run(c.name, func(t *testing.T) {
			runs := 0
			err := s.Update(t.Context(), func(tx *store.Tx) error {
				runs++
				if _, err := tx.Account(c.name); !errors.Is(err, store.ErrNotFound) {
					t.Errorf("run %d: %v, want ErrNotFound", runs, err)
				}
				if err := tx.PutAccount(c.name, []byte("{}")); err != nil {
					return err
				}
				if runs <= c.stale {
					return fmt.Errorf("wrapped: %w", store.ErrStale)
				}
				return nil
			})
			if !errors.Is(err, c.want) || runs != c.runs {
				t.Errorf("Update = %v after %d runs, want %v after %d", err, runs, c.want, c.runs)
			}
		})
	}
}

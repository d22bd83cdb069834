package sqlite_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pressly/goose/v3"

	"cosell/internal/store"
	"cosell/internal/store/enginetest"
	"cosell/internal/store/sqlite"
	"cosell/internal/store/storetest"
)

func TestMain(m *testing.M) { os.Exit(enginetest.Run(m)) }

func open(t testing.TB, dir string, options ...sqlite.Option) *sqlite.Store {
	t.Helper()
	s, err := sqlite.Open(t.Context(), dir, options...)
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
	t.Attr("engine", "SQLite")
	var options []sqlite.Option
	if testing.Short() { // to wait for the disk takes half of the time
		options = append(options, sqlite.WithoutSync())
	}
	storetest.Run(t, func(t testing.TB) store.Store { return open(t, enginetest.Directory(t), options...) })
}

func TestRandomSearches(t *testing.T) {
	storetest.RandomSearches(t, func(t testing.TB) store.Store { return open(t, enginetest.Directory(t), sqlite.WithoutSync()) })
}

func TestSuiteWithoutOptimizations(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	storetest.Run(t, func(t testing.TB) store.Store {
		return open(t, enginetest.Directory(t), sqlite.WithoutOptimizations(), sqlite.WithoutSync())
	})
}

func TestUpgrade(t *testing.T) {
	storetest.Upgrade(t, goose.DialectSQLite3, func(t *testing.T) (*sql.DB, func() store.Store) {
		dir := t.TempDir()
		db, err := sql.Open("sqlite", filepath.Join(dir, sqlite.FileName))
		if err != nil {
			t.Fatal(err)
		}
		return db, func() store.Store { return open(t, dir) }
	})
}

// What the indexes keep apart, an import checks before it removes anything.
func TestUniqueKeysAreThoseOfTheIndexes(t *testing.T) {
	dir := t.TempDir()
	open(t, dir)
	db, err := sql.Open("sqlite", filepath.Join(dir, sqlite.FileName))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, table := range store.Tables() {
		rows, err := db.QueryContext(t.Context(), `
			SELECT group_concat(c.name, ', ' ORDER BY c.seqno), CASE WHEN l.partial = 1 THEN (SELECT sql FROM sqlite_master WHERE name = l.name) ELSE '' END
			FROM pragma_index_list(?) l, pragma_index_info(l.name) c WHERE l."unique" AND l.origin <> 'pk' GROUP BY l.name`, table.Name)
		if err != nil {
			t.Fatal(err)
		}
		want := map[string]bool{}
		for _, u := range table.Unique {
			want[strings.Join(u.Columns, ", ")] = true
		}
		for rows.Next() {
			var columns, definition string
			if err := rows.Scan(&columns, &definition); err != nil {
				t.Fatal(err)
			}
			if !want[columns] {
				t.Errorf("%s: no unique key of %s", table.Name, columns)
			}
			delete(want, columns)
			for _, u := range table.Unique {
				if where := fmt.Sprintf("WHERE %s = '%s'", u.Where, u.Value); (u.Where == "") != (definition == "") || !strings.HasSuffix(definition, where) && u.Where != "" {
					t.Errorf("%s: the index is %q, the unique key has %q", table.Name, definition, where)
				}
			}
		}
		if err := errors.Join(rows.Err(), rows.Close()); err != nil {
			t.Fatal(err)
		}
		for columns := range want {
			t.Errorf("%s: no unique index of %s", table.Name, columns)
		}
	}
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

// Commits wait for the disk, unless the store was opened to do without.
func TestSynchronous(t *testing.T) {
	for _, c := range []struct {
		name    string
		options []sqlite.Option
		want    int
	}{
		{"Full", nil, 2},
		{"Off", []sqlite.Option{sqlite.WithoutSync()}, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, err := sqlite.Open(t.Context(), t.TempDir(), c.options...)
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			if got := s.Synchronous(t); got != c.want {
				t.Errorf("synchronous is %d, want %d", got, c.want)
			}
		})
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

// Exports take minutes, and each client of one as long as it likes. Whoever asks
// for a record meanwhile is answered.
func TestLongReadsAreInNobodysWay(t *testing.T) {
	s := open(t, t.TempDir())
	put := func(account string) error {
		return s.Update(t.Context(), func(tx *store.Tx) error { return tx.PutAccount(account, []byte("{}")) })
	}
	var export func(exports int) error
	export = func(exports int) error {
		if exports > 0 {
			return s.View(t.Context(), func(tx *store.Tx) error {
				if _, err := tx.Account("1"); !errors.Is(err, store.ErrNotFound) {
					return fmt.Errorf("before the account: %w", err)
				}
				err := export(exports - 1)
				if _, again := tx.Account("1"); !errors.Is(again, store.ErrNotFound) {
					return fmt.Errorf("in the state that was begun with: %w", again)
				}
				return err
			}, store.WithoutTimeout())
		}
		if err := put("1"); err != nil {
			return err
		}
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		return s.View(ctx, func(tx *store.Tx) error {
			_, err := tx.Account("1")
			return err
		})
	}
	if err := export(max(2, runtime.GOMAXPROCS(0))); err != nil {
		t.Error(err)
	}
}

// Close waits for who reads at length, and keeps the next one out.
func TestCloseWaitsForLongReads(t *testing.T) {
	s := open(t, t.TempDir())
	closed := make(chan error, 1)
	err := s.View(t.Context(), func(tx *store.Tx) error {
		go func() { closed <- s.Close() }()
		for s.Update(t.Context(), func(*store.Tx) error { return nil }) == nil {
			continue // until it closes
		}
		_, err := tx.Account("1")
		return err
	}, store.WithoutTimeout())
	if !errors.Is(err, store.ErrNotFound) {
		t.Errorf("a read while the store closes: %v", err)
	}
	if err := <-closed; err != nil {
		t.Error(err)
	}
	if err := s.View(t.Context(), func(*store.Tx) error { return nil }, store.WithoutTimeout()); err == nil {
		t.Error("a closed store was read")
	}
}

// A reader keeps its transaction between reads; were it not ended at a commit,
// the log could never be emptied into the data, and would grow without end.
func TestIdleReadersLetTheLogBeEmptied(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	// Every reader reads once, and then none does.
	var read func(readers int) error
	read = func(readers int) error {
		if readers == 0 {
			return nil
		}
		return s.View(t.Context(), func(tx *store.Tx) error {
			if _, err := tx.Account("1"); !errors.Is(err, store.ErrNotFound) {
				return err
			}
			return read(readers - 1)
		})
	}
	if err := read(max(2, runtime.GOMAXPROCS(0))); err != nil {
		t.Fatal(err)
	}
	for i := range 400 { // 40 MB
		document := []byte(strings.Repeat(strconv.Itoa(i%10), 100<<10))
		if err := s.Update(t.Context(), func(tx *store.Tx) error { return tx.PutAccount("1", document) }); err != nil {
			t.Fatal(err)
		}
	}
	log, err := os.Stat(filepath.Join(dir, "cosell.db-wal"))
	if err != nil {
		t.Fatal(err)
	}
	const most = 20 << 20
	if log.Size() > most {
		t.Errorf("the log has %d bytes, want at most %d", log.Size(), most)
	}
}

// While a long read holds an old state the log grows; once it has ended, the log is
// emptied without a further write.
func TestLogIsEmptiedAfterALongRead(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, sqlite.WithoutSync())
	document := []byte(strings.Repeat("x", 1<<20))
	err := s.View(t.Context(), func(tx *store.Tx) error {
		if _, err := tx.Account("1"); !errors.Is(err, store.ErrNotFound) {
			return err
		}
		for range 70 {
			if err := s.Update(t.Context(), func(tx *store.Tx) error { return tx.PutAccount("1", document) }); err != nil {
				return err
			}
		}
		return nil
	}, store.WithoutTimeout())
	if err != nil {
		t.Fatal(err)
	}
	for {
		_, size, err := s.FileSizes()
		if err != nil {
			t.Fatal(err)
		}
		if size <= 64<<20 {
			break
		}
		if t.Context().Err() != nil {
			t.Fatalf("the log has %d bytes", size)
		}
		time.Sleep(10 * time.Millisecond) // the writer empties it in its own time
	}
	if err := s.Update(t.Context(), func(tx *store.Tx) error { return tx.PutAccount("2", document) }); err != nil {
		t.Fatal(err)
	}
}

// The log stays small although reads go on beside the writes: whether they take turns
// or a read is always under way.
func TestLogStaysSmallBesideReads(t *testing.T) {
	if testing.Short() {
		t.Skip("writes hundreds of megabytes")
	}
	document := make([]byte, 1<<20)
	read := func(s *sqlite.Store) error {
		return s.View(t.Context(), func(tx *store.Tx) error {
			_, err := tx.Account("1")
			return err
		})
	}
	for name, readers := range map[string]int{"a read before each write": 0, "a read always under way": 8} {
		t.Run(name, func(t *testing.T) {
			s := open(t, t.TempDir(), sqlite.WithoutSync())
			var reading sync.WaitGroup
			stop := make(chan struct{})
			for range readers {
				reading.Go(func() {
					for {
						select {
						case <-stop:
							return
						default:
						}
						if err := read(s); err != nil && !errors.Is(err, store.ErrNotFound) {
							t.Error(err)
							return
						}
					}
				})
			}
			var largest int64
			for i := range 110 {
				_, _ = rand.NewChaCha8([32]byte{byte(i)}).Read(document)
				if err := read(s); err != nil && !errors.Is(err, store.ErrNotFound) {
					t.Fatal(err)
				}
				if err := s.Update(t.Context(), func(tx *store.Tx) error { return tx.PutAccount("1", document) }); err != nil {
					t.Fatal(err)
				}
				_, size, err := s.FileSizes()
				if err != nil {
					t.Fatal(err)
				}
				largest = max(largest, size)
			}
			close(stop)
			reading.Wait()
			const most = 80 << 20
			if largest > most {
				t.Errorf("the log had %d bytes, want at most %d", largest, most)
			}
		})
	}
}

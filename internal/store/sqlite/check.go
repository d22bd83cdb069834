package sqlite

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"cosell/internal/store"
)

// smallDatabase is the size in bytes up to which a database is checked at every
// start: that takes some milliseconds.
const smallDatabase = 8 << 20

// checkSmall checks a database that is not large.
func (s *Store) checkSmall(ctx context.Context, c *conn) error {
	info, err := s.directory.database.Stat()
	if err != nil || info.Size() > smallDatabase || info.Size() == 0 {
		return err
	}
	found, err := integrity(ctx, c, "quick_check", 1)
	if err != nil {
		return fmt.Errorf("check store: %w", err)
	}
	if len(found) > 0 {
		return fmt.Errorf("%w (%s)", ErrDamaged, found[0])
	}
	return nil
}

// integrity runs one of SQLite's own checks and returns what it found, at most a
// number of faults.
func integrity(ctx context.Context, c *conn, check string, most int) (found []string, err error) {
	rows, err := c.Query(ctx, fmt.Sprintf("PRAGMA %s(%d)", check, most))
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			return nil, err
		}
		if text != "ok" {
			found = append(found, text)
		}
	}
	return found, rows.Err()
}

// damaged adds what to do to an error about a damaged file.
func damaged(err error) error {
	e, ok := errors.AsType[*sqlite.Error](err)
	if !ok || errors.Is(err, ErrDamaged) {
		return err
	}
	if code := e.Code() & 0xff; code == sqlite3.SQLITE_CORRUPT || code == sqlite3.SQLITE_NOTADB {
		return fmt.Errorf("%w (%w)", ErrDamaged, err)
	}
	return err
}

// maxFaults bounds how many faults of the file Inspect returns.
const maxFaults = 100

// Inspect checks the store of a directory, which may be in use, and changes nothing.
// It returns the faults of the database file, then calls fn, if there are none, with
// a transaction that reads the store. It fails with [ErrNoStore], or with
// [ErrDamaged] if the file cannot be read at all.
func Inspect(ctx context.Context, dir string, fn func(*store.Tx) error) (faults []string, err error) {
	c, err := inspect(dir)
	if err != nil {
		return nil, damaged(err)
	}
	defer func() { _ = c.close() }()
	if faults, err = integrity(ctx, c, "integrity_check", maxFaults); err != nil || len(faults) > 0 {
		return faults, damaged(err)
	}
	return nil, damaged(readOnly(ctx, c, fn))
}

// Read calls fn with a transaction that reads the store of a directory, which may be
// in use. It fails with [ErrNoStore], and if the schema is not the one that this
// version of Cosell works with.
func Read(ctx context.Context, dir string, fn func(*store.Tx) error) error {
	c, err := inspect(dir)
	if err != nil {
		return damaged(err)
	}
	defer func() { _ = c.close() }()
	return damaged(readOnly(ctx, c, fn))
}

func readOnly(ctx context.Context, c *conn, fn func(*store.Tx) error) error {
	version, err := schemaVersion(ctx, c)
	if err != nil {
		return err
	}
	if err := store.CheckSchema(version); err != nil {
		return err
	}
	r := &reader{conn: c}
	if err := r.refresh(ctx, new(commitCount)); err != nil {
		return err
	}
	return fn(store.NewTx(ctx, r, &store.SQLite, store.Attempt{}))
}

// FileSizes returns the sizes in bytes of the database of a directory and of its
// write-ahead log.
func FileSizes(dir string) (database, log int64, err error) {
	sizes := [2]int64{}
	for i, suffix := range []string{"", "-wal"} {
		info, err := os.Stat(filepath.Join(dir, FileName+suffix))
		if errors.Is(err, os.ErrNotExist) && i > 0 {
			continue
		}
		if err != nil {
			return 0, 0, err
		}
		sizes[i] = info.Size()
	}
	return sizes[0], sizes[1], nil
}

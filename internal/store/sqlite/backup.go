package sqlite

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"

	"cosell/internal/store"
)

// partial is the suffix of a backup until it is complete.
const partial = ".partial"

// Backup copies the store of a directory, as it is at one moment, to a new file,
// which can be used as cosell.db in a data directory. The store may be in use. The
// file gets its name after it has been checked.
func Backup(ctx context.Context, dir, file string) (err error) {
	c, err := inspect(dir)
	if err != nil {
		return err
	}
	defer func() { _ = c.close() }()
	if _, err := os.Lstat(file); !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s: the file exists; name a new file", file)
	}
	unfinished := file + partial
	// The database is as confidential as its directory.
	f, err := os.OpenFile(unfinished, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%s: the file exists; if no other backup is writing it, remove it", unfinished)
	}
	if err != nil {
		return err
	}
	defer func() {
		err = errors.Join(err, f.Close())
		if err != nil {
			_ = os.Remove(unfinished)
		}
	}()
	if _, err := c.Exec(ctx, "VACUUM INTO $1", unfinished); err != nil {
		return fmt.Errorf("copy store: %w", err)
	}
	if err := f.Sync(); err != nil {
		return err
	}
	if err := verify(ctx, unfinished); err != nil {
		return err
	}
	if err := os.Rename(unfinished, file); err != nil {
		return err
	}
	return syncDirectory(filepath.Dir(file))
}

// inspect opens the store of a directory for reading. It may be in use.
func inspect(dir string) (*conn, error) {
	file := filepath.Join(dir, FileName)
	if _, err := os.Stat(file); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNoStore, err)
	}
	return connect(address(file, url.Values{"mode": {"ro"}, "_pragma": {"busy_timeout(5000)"}}))
}

// address names a database file with the settings of a connection.
func address(file string, settings url.Values) string {
	return "file:" + (&url.URL{Path: file}).EscapedPath() + "?" + settings.Encode()
}

// verify reads a database file through.
func verify(ctx context.Context, file string) error {
	c, err := connect(address(file, url.Values{"mode": {"ro"}, "immutable": {"1"}}))
	if err != nil {
		return err
	}
	defer func() { _ = c.close() }()
	found, err := integrity(ctx, c, "integrity_check", 1)
	if err != nil {
		return fmt.Errorf("check backup: %w", err)
	}
	if len(found) > 0 {
		return fmt.Errorf("the store is damaged, and so is its copy: %s", found[0])
	}
	if _, err := schemaVersion(ctx, c); err != nil {
		return fmt.Errorf("check backup: %w", err)
	}
	return nil
}

// syncDirectory makes the name of a new file durable.
func syncDirectory(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(flushNames(d), d.Close())
}

// SchemaVersion returns the version of the schema of a directory's store, which
// may be in use. It changes nothing.
func SchemaVersion(ctx context.Context, dir string) (int64, error) {
	c, err := inspect(dir)
	if err != nil {
		return 0, err
	}
	defer func() { _ = c.close() }()
	return schemaVersion(ctx, c)
}

func schemaVersion(ctx context.Context, c *conn) (version int64, err error) {
	if err := c.Row(ctx, store.SelectSchemaVersion, nil, &version); err != nil {
		return 0, fmt.Errorf("read schema version: %w", err)
	}
	return version, nil
}

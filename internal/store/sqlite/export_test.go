package sqlite

import (
	"path/filepath"
	"testing"

	"cosell/internal/store"
)

// Connect opens a connection of its own to the store in a directory.
func Connect(t testing.TB, dir string) store.Querier {
	t.Helper()
	c, err := connect(dsn(filepath.Join(dir, fileName)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.close() })
	return c
}

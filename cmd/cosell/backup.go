package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	"cosell/internal/store/sqlite"
)

type backupCommand struct {
	File string `arg:"" placeholder:"FILE" help:"New file; in a directory, it is called cosell.db, and the directory can be a server's --data."`
	Data string `placeholder:"DIR" help:"Data directory of the embedded store, which may be in use (${data})."`
}

// Run copies an embedded store.
func (c backupCommand) Run(errs diagnostics) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	dir, err := dataDirectory(c.Data)
	if err != nil {
		return err
	}
	if info, err := os.Stat(c.File); err == nil && info.IsDir() {
		c.File = filepath.Join(c.File, sqlite.FileName)
	}
	if err := sqlite.Backup(ctx, dir, c.File); err != nil {
		return fmt.Errorf("back up %s: %w", dir, err)
	}
	info, err := os.Stat(c.File)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(errs, "%s is whole: %d bytes\n", c.File, info.Size())
	return err
}

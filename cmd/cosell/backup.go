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
	File string `arg:"" placeholder:"FILE" help:"New file. In an existing directory it is called cosell.db, and the directory can be a server's --data."`
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
	file := c.File
	if info, err := os.Stat(file); err == nil && info.IsDir() {
		file = filepath.Join(file, sqlite.FileName)
	}
	if err := sqlite.Backup(ctx, dir, file); err != nil {
		return fmt.Errorf("back up %s: %w", dir, err)
	}
	info, err := os.Stat(file)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(errs, "backup written to %s (%d bytes)\n", file, info.Size())
	return err
}

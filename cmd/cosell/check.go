package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"cosell/internal/store"
	"cosell/internal/store/postgres"
	"cosell/internal/store/sqlite"
	"cosell/internal/storecheck"
)

// checkCommand checks a whole store.
type checkCommand struct{ schemaTarget }

// Run prints what is damaged, one fault a line, and fails if there is any.
func (c checkCommand) Run(out output, errs diagnostics, given flagsGiven) error {
	if err := c.choose(given); err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	var result storecheck.Result
	faults, err := c.inspect(ctx, func(tx *store.Tx) (err error) {
		result, err = storecheck.Run(tx)
		return err
	})
	if err != nil {
		return err
	}
	for _, f := range result.Faults {
		faults = append(faults, f.String())
	}
	for _, f := range faults {
		fmt.Fprintln(out, f)
	}
	switch {
	case result.More:
		return fmt.Errorf("the store is damaged: more than %d faults; restore a backup", len(faults))
	case len(faults) > 0:
		return fmt.Errorf("the store is damaged: %d faults; restore a backup, or correct an export and import it", len(faults))
	}
	fmt.Fprintf(errs, "checked %d rows: no fault\n", result.Rows)
	return nil
}

// inspect returns the faults of the database itself and, if there are none, calls fn
// with a transaction that reads the store.
func (c checkCommand) inspect(ctx context.Context, fn func(*store.Tx) error) (faults []string, err error) {
	if c.DatabaseURL == "" {
		dir, err := dataDirectory(c.Data)
		if err != nil {
			return nil, err
		}
		if faults, err = sqlite.Inspect(ctx, dir, fn); err != nil {
			return nil, fmt.Errorf("%s: %w", dir, err)
		}
		return faults, nil
	}
	return nil, c.readDatabase(ctx, fn)
}

// read calls fn with a transaction that reads the store, which may be in use, and
// changes nothing.
func (t *schemaTarget) read(ctx context.Context, fn func(*store.Tx) error) error {
	if t.DatabaseURL != "" {
		return t.readDatabase(ctx, fn)
	}
	dir, err := dataDirectory(t.Data)
	if err != nil {
		return err
	}
	if err := sqlite.Read(ctx, dir, fn); err != nil {
		return fmt.Errorf("%s: %w", dir, err)
	}
	return nil
}

func (t *schemaTarget) readDatabase(ctx context.Context, fn func(*store.Tx) error) (err error) {
	version, err := postgres.SchemaVersion(ctx, t.DatabaseURL)
	if err != nil {
		return err
	}
	if err := store.CheckSchema(version); err != nil { // to open it would migrate it
		return err
	}
	s, err := postgres.Open(ctx, t.DatabaseURL, postgres.Options{MaxConns: 1})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	return s.View(ctx, fn, store.WithoutTimeout())
}

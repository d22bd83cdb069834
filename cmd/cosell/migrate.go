package main

import (
	"context"
	"errors"
	"fmt"

	"cosell/internal/store"
	"cosell/internal/store/postgres"
	"cosell/internal/store/sqlite"
)

// migrateCommand shows and migrates the schema of a store.
type migrateCommand struct {
	Status migrateStatus `cmd:"" default:"withargs" help:"Print the schema version of a store and the pending migrations. Changes nothing; the store may be in use."`
	Up     migrateUp     `cmd:"" help:"Migrate the schema of a store. A server does so when it starts."`
}

// schemaTarget names a store that is opened directly, without a server.
type schemaTarget struct {
	Data        string `placeholder:"DIR" help:"Data directory of an embedded store (${data})."`
	DatabaseURL string `name:"database-url" placeholder:"URL" help:"PostgreSQL database."`
}

func (t *schemaTarget) choose(given flagsGiven) error {
	all := storeTarget{Data: t.Data, DatabaseURL: t.DatabaseURL}
	err := all.choose(given)
	t.Data, t.DatabaseURL = all.Data, all.DatabaseURL
	return err
}

type migrateStatus struct{ schemaTarget }

// Run prints the status.
func (c migrateStatus) Run(out output, given flagsGiven) error {
	if err := c.choose(given); err != nil {
		return err
	}
	version, err := c.version(context.Background())
	if err != nil {
		return err
	}
	pending, latest := store.Pending(version)
	fmt.Fprintf(out, "schema of the store   %d\nknown to this cosell  %d\n", version, latest)
	switch {
	case version > latest:
		return fmt.Errorf("%w: run the later cosell", store.ErrNewerSchema)
	case len(pending) == 0:
		fmt.Fprintln(out, "up to date")
	}
	for _, name := range pending {
		fmt.Fprintf(out, "pending               %s\n", name)
	}
	return nil
}

func (t *schemaTarget) version(ctx context.Context) (int64, error) {
	if t.DatabaseURL == "" {
		dir, err := dataDirectory(t.Data)
		if err != nil {
			return 0, err
		}
		version, err := sqlite.SchemaVersion(ctx, dir)
		if err != nil {
			return 0, fmt.Errorf("%s: %w", dir, err)
		}
		return version, nil
	}
	return postgres.SchemaVersion(ctx, t.DatabaseURL)
}

type migrateUp struct{ schemaTarget }

// Run migrates the schema by opening the store.
func (c migrateUp) Run(out output, given flagsGiven) error {
	if err := c.choose(given); err != nil {
		return err
	}
	s, err := (&storeTarget{Data: c.Data, DatabaseURL: c.DatabaseURL}).open(context.Background(), true)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "the schema is at version %d\n", store.LatestSchema())
	return errors.Join(err, s.Close())
}

package store

import (
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"
)

// Pending returns the names of the migrations that a schema of a version lacks,
// in their order, and the version it has with all of them.
func Pending(version int64) (pending []string, latest int64) {
	files, err := fs.Glob(Migrations(), "*.sql")
	if err != nil {
		panic(err) // the pattern is a constant
	}
	for _, name := range files {
		if latest, err = goose.NumericComponent(name); err != nil {
			panic(err) // every migration is tested
		}
		if latest > version {
			pending = append(pending, name)
		}
	}
	return pending, latest
}

// LatestSchema is the version of the schema that this cosell works with.
func LatestSchema() int64 {
	_, latest := Pending(0)
	return latest
}

// CheckSchema returns an error if a schema of a version is not the one that this cosell
// works with: ErrNewerSchema if it is newer.
func CheckSchema(version int64) error {
	switch latest := LatestSchema(); {
	case version > latest:
		return fmt.Errorf("%w: its schema is version %d, this cosell knows up to %d", ErrNewerSchema, version, latest)
	case version < latest:
		return fmt.Errorf("the schema is version %d and this cosell needs %d: run 'cosell migrate up' first", version, latest)
	}
	return nil
}

// SelectSchemaVersion is the query for the version of the schema of a database that has one.
const SelectSchemaVersion = `SELECT max(version_id) FROM goose_db_version WHERE is_applied`

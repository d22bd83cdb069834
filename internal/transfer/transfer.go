// Package transfer moves what a store holds: into a file, out of one, between
// engines; and empties it.
//
// The file is JSON Lines. A header names the format and the schema; then each
// line is a row of a table; a footer counts the rows and has the SHA-256 of all
// that came before, so that a file that was cut off or changed is noticed.
// docs/operators.md describes it for those who read it with other tools.
package transfer

import (
	"context"
	"errors"
	"fmt"
	"time"

	"cosell/internal/audit"
	"cosell/internal/store"
)

// format is the version of the file format written here, and the latest that can
// be read.
const format = 1

// oldestSchema is the oldest schema whose rows are still what today's tables
// hold: every migration since only added tables. A migration that changes rows
// or columns sets it to its own number.
const oldestSchema = 1

// timeForm is how the header tells the time: RFC 3339 with milliseconds.
const timeForm = "2006-01-02T15:04:05.000Z07:00"

// header is the first line of a file.
type header struct {
	Format    int    `json:"cosell-export"`
	Schema    int64  `json:"schema"`
	CreatedAt string `json:"createdAt"`
	Secrets   bool   `json:"secrets"`
}

// footer is the last line of a file.
type footer struct {
	End    bool             `json:"end"`
	Rows   int64            `json:"rows"`
	Tables map[string]int64 `json:"tables"`
	SHA256 string           `json:"sha256"`
}

// Summary is what a file holds.
type Summary struct {
	CreatedAt string           `json:"createdAt"`
	Secrets   bool             `json:"secrets" doc:"Whether the secrets of an installation are among the rows"`
	Rows      int64            `json:"rows"`
	Tables    map[string]int64 `json:"tables" doc:"Rows of each table that has any"`
}

// What an import can find wrong with its target.
var (
	// ErrNotEmpty says that the store holds something already.
	ErrNotEmpty = errors.New("the store is not empty: import into an empty one, or replace what is there")
	// ErrOtherFile says that the store holds part of another file.
	ErrOtherFile = errors.New("the store holds an unfinished import of another file: finish that one, or replace what is there")
	// ErrDisturbed says that somebody else imported or emptied the store at the
	// same time.
	ErrDisturbed = errors.New("another import or a reset modified the store during this import; run the import again")
)

// FileError says what is wrong with a file, and where.
type FileError struct {
	Line   int64
	Reason string
}

// Error implements error.
func (e *FileError) Error() string { return fmt.Sprintf("line %d: %s", e.Line, e.Reason) }

// Options choose what moves, and who is told of it.
type Options struct {
	// WithoutSecrets leaves the secrets of an installation and access keys where they are.
	WithoutSecrets bool
	// Replace has an import begin by removing everything that the store holds.
	Replace bool
	// Found is called where an import goes on, with the number of rows that an
	// earlier run had brought.
	Found func(rows int64)
	// Progress is called now and then with the number of rows done.
	Progress func(rows int64)
}

func (o Options) leavesOut(t store.Table) bool { return o.WithoutSecrets && (t.Secret || t.Credential) }

func (o Options) found(rows int64) {
	if o.Found != nil && rows > 0 {
		o.Found(rows)
	}
}

func (o Options) progress(rows int64) {
	if o.Progress != nil {
		o.Progress(rows)
	}
}

// Reset removes everything from a store but the installation's secrets, in one
// transaction, and returns how many rows that were.
func Reset(ctx context.Context, s store.Store) (rows int64, err error) {
	err = audit.Update(ctx, s, func(tx *store.Tx) error {
		rows, err = tx.Clear()
		return err
	}, store.WithoutTimeout())
	return rows, err
}

func stamp(t time.Time) string { return t.UTC().Format(timeForm) }

// Package store defines the storage contract and the tables that implement it.
// The engines are sqlite and postgres: they begin, commit and retry transactions,
// and share all SQL of the tables, which Tx holds. Package storetest is the test
// suite that every engine must pass.
package store

import (
	"context"
	"errors"
)

// Errors that transactions return, bare or wrapped. Test with errors.Is.
var (
	// ErrNotFound means that no record has the key.
	ErrNotFound = errors.New("store: record not found")
	// ErrExists means that a record with the key exists.
	ErrExists = errors.New("store: record exists")
	// ErrStale means that the record changed between its read and its write in
	// this transaction, because another transaction committed in between. An
	// engine runs the function again when it returns this error.
	ErrStale = errors.New("store: record changed by another transaction")
	// ErrOutcomeUnknown means that the answer to a commit was lost, or not waited
	// for: the transaction was committed as a whole, or not at all. An engine runs
	// the function again after that only if the update is [Idempotent]; a client may
	// repeat its request with the same client token.
	ErrOutcomeUnknown = errors.New("store: the outcome of the commit is unknown")
	// ErrNewerSchema means that a later version of Cosell wrote the data, which this
	// version must not change.
	ErrNewerSchema = errors.New("store: the data belongs to a newer version of cosell")
)

// Store is a storage engine.
type Store interface {
	// Update runs fn in a transaction that may read and write. When fn returns
	// nil the transaction has been committed durably before Update returns nil:
	// what was acknowledged survives a crash of process and machine. When fn
	// returns an error nothing it wrote remains, and Update returns that error.
	// Transactions are serializable one against another on each record they
	// write. fn may run more than once (after a commit only if the update is
	// [Idempotent]), so it must change nothing outside the transaction that a second
	// run would not overwrite. fn must not call Update.
	//
	// Update returns when ctx ends, also while it waits for its turn or for its
	// commit, though not while fn runs: with the error of ctx if nothing remains of
	// the update, with ErrOutcomeUnknown if the commit may still succeed. An engine
	// may bound the wait also where ctx does not.
	Update(ctx context.Context, fn func(*Tx) error, options ...Option) error

	// View runs fn in a transaction that may only read, on one consistent state
	// of the store: the last committed before View began, or a later one. It
	// sees everything that any Update acknowledged before. fn may be run more
	// than once.
	View(ctx context.Context, fn func(*Tx) error, options ...Option) error

	// Ping returns nil if the store can serve.
	Ping(ctx context.Context) error

	// Close ends the engine after the transactions under way.
	Close() error
}

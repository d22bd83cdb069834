// Package store is what lasts: the contract of Cosell's storage and the tables
// behind it, in the API's own nouns. The engines stand beside it (sqlite, postgres);
// they know how to begin, commit and retry a transaction, and share every line of
// SQL with each other through Tx. Package storetest holds the suite each engine
// must pass.
package store

import (
	"context"
	"errors"
)

// What a transaction can find. Each is returned bare or wrapped; test with
// errors.Is.
var (
	// ErrNotFound says that no record has the key.
	ErrNotFound = errors.New("store: not found")
	// ErrExists says that a record with the key is there already.
	ErrExists = errors.New("store: exists already")
	// ErrStale says that the record changed between its read and its write in
	// this transaction, because another transaction committed in between. An
	// engine runs the function again when it returns this error.
	ErrStale = errors.New("store: changed by another transaction")
	// ErrOutcomeUnknown says that the answer to a commit was lost: all of the
	// transaction has been committed, or nothing. An engine runs the function
	// again after that only where the update is [Repeatable]; a client may repeat
	// its request with the same client token.
	ErrOutcomeUnknown = errors.New("store: the outcome of the commit is unknown")
	// ErrNewerSchema says that the data was written by a later version of
	// Cosell, which this one must not touch.
	ErrNewerSchema = errors.New("store: the data belongs to a newer version of cosell")
)

// Store is a storage engine.
type Store interface {
	// Update runs fn in a transaction that may read and write. When fn returns
	// nil the transaction has been committed durably before Update returns nil:
	// what was acknowledged survives a crash of process and machine. When fn
	// returns an error nothing it wrote remains, and Update returns that error.
	// Transactions are serializable one against another on each record they
	// write. fn may be run more than once (after a commit only where the update is
	// [Repeatable]), so it must change nothing outside the transaction that a
	// second run would not overwrite.
	Update(ctx context.Context, fn func(*Tx) error) error

	// View runs fn in a transaction that may only read, on one consistent state
	// of the store: the last committed before View began, or a later one. It
	// sees everything that any Update acknowledged before. fn may be run more
	// than once.
	View(ctx context.Context, fn func(*Tx) error) error

	// Ping answers whether the store can serve.
	Ping(ctx context.Context) error

	// Close ends the engine after the transactions under way.
	Close() error
}

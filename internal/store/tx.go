package store

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"runtime/debug"
)

// Querier runs SQL inside a transaction. Engines implement it, with prepared
// statements where they pay.
type Querier interface {
	// Exec runs a statement and returns how many rows it changed.
	Exec(ctx context.Context, query string, args ...any) (int64, error)

	// Query returns the rows of a query. They are closed before the next call.
	Query(ctx context.Context, query string, args ...any) (Rows, error)

	// Row scans the only row of a query, or returns ErrNotFound. An engine may
	// cache the row for as long as the transaction's view of the store stays the
	// same; what is scanned into bytes must not be changed.
	Row(ctx context.Context, query string, args []any, dest ...any) error
}

// Pipeliner is a Querier that may assume the common outcome of a statement, return
// it at once, and send the statement later together with others. If an assumption
// fails, so does the transaction; the engine then runs the function again and
// assumes nothing. An engine need not implement it. The tables do not depend on it:
// each method has a plain statement of Querier as its meaning.
type Pipeliner interface {
	Querier

	// ExecOne is Exec for a statement that commonly changes exactly one row.
	ExecOne(ctx context.Context, query string, args ...any) (int64, error)

	// RowAbsent is Row for a query that commonly finds nothing.
	RowAbsent(ctx context.Context, query string, args []any, dest ...any) error

	// RowCached is Row for a query for one text that commonly finds what it found
	// before, in any transaction.
	RowCached(ctx context.Context, query string, args []any, dest *[]byte) error

	// Queries runs queries that do not depend on each other's results, and calls read
	// with the rows of each, in their order.
	Queries(ctx context.Context, queries []Query, read func(i int, rows Rows) error) error
}

// Query is a query with its arguments.
type Query struct {
	Text string
	Args []any
}

// Rows is the result of a query, used as database/sql has it.
type Rows interface {
	Next() bool
	Scan(dest ...any) error
	Err() error
	Close() error
}

// Tx is a transaction. Its methods are the store's tables; it is used by one
// goroutine, and not after the function that received it returned.
type Tx struct {
	ctx context.Context // of the one call that this transaction serves
	// caller is the caller's context. An engine may keep it from statements, which
	// are short; what runs many of them checks it in between.
	caller   context.Context
	q        Querier
	pipeline Pipeliner // q, if it is one
	dialect  *Dialect
	attempt  Attempt
	late     []Late
	// searchesCurrent is set by RequireCurrentSearches.
	searchesCurrent bool
}

// Attempt describes one run of a transaction's function to the tables.
type Attempt struct {
	// SkipLocked is what a query that claims rows ends with, so that it passes over
	// rows that another transaction holds. It is empty if the engine has one writer
	// at a time.
	SkipLocked string
	// Optimistic reports whether this attempt may assume the common case and check
	// it later. If the check fails, the function returns ErrStale and runs again,
	// not optimistic.
	Optimistic bool
}

// NewTx returns the transaction that an engine passes to a function. The dialect is
// how the engine writes what differs between engines.
func NewTx(ctx context.Context, q Querier, dialect *Dialect, attempt Attempt) *Tx {
	tx := &Tx{ctx: ctx, caller: ctx, q: q, dialect: dialect, attempt: attempt}
	tx.pipeline, _ = q.(Pipeliner)
	return tx
}

// For sets the context of the caller that the transaction serves, if it is not the
// one of the transaction's statements.
func (tx *Tx) For(caller context.Context) *Tx {
	tx.caller = caller
	return tx
}

// Savepoint runs fn. If fn returns an error, Savepoint undoes what fn wrote and
// returns the error. The transaction goes on either way.
func (tx *Tx) Savepoint(fn func() error) error {
	if _, err := tx.exec("SAVEPOINT nested"); err != nil {
		return err
	}
	late := len(tx.late)
	err := fn()
	if err != nil {
		tx.late = tx.late[:late]
		if _, undo := tx.exec("ROLLBACK TO nested"); undo != nil {
			return errors.Join(err, undo)
		}
	}
	if _, release := tx.exec("RELEASE nested"); release != nil {
		return errors.Join(err, release)
	}
	return err
}

// Run calls fn and turns a panic in it into an error, so that one failing
// transaction does not end the others.
func Run(tx *Tx, fn func(*Tx) error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic in update: %v\n%s", p, debug.Stack())
		}
	}()
	return fn(tx)
}

func (tx *Tx) exec(query string, args ...any) (int64, error) {
	return tx.q.Exec(tx.ctx, query, args...)
}

// execOne runs a statement that commonly changes exactly one row, and returns how
// many it changed.
func (tx *Tx) execOne(query string, args ...any) (int64, error) {
	if tx.pipeline != nil {
		return tx.pipeline.ExecOne(tx.ctx, query, args...)
	}
	return tx.exec(query, args...)
}

// rowAbsent is row for a query that commonly finds nothing.
func (tx *Tx) rowAbsent(query string, args []any, dest ...any) error {
	if tx.pipeline != nil {
		return tx.pipeline.RowAbsent(tx.ctx, query, args, dest...)
	}
	return tx.row(query, args, dest...)
}

// rowCached is row for one text that commonly is what it was before.
func (tx *Tx) rowCached(query string, args []any, dest *[]byte) error {
	if tx.pipeline != nil {
		return tx.pipeline.RowCached(tx.ctx, query, args, dest)
	}
	return tx.row(query, args, dest)
}

// insert adds one row with an ON CONFLICT DO NOTHING statement, under a key that was
// made to be new, or returns ErrExists. An optimistic attempt may return nil for a
// key that is taken; the engine then runs the function again.
func (tx *Tx) insert(query string, args ...any) error {
	n, err := tx.execOne(query, args...)
	if err == nil && n == 0 {
		return ErrExists
	}
	return err
}

// replace writes one row with a statement that names the state it was read in:
// none written means that another transaction changed it.
func (tx *Tx) replace(query string, args ...any) error {
	n, err := tx.exec(query, args...)
	if err == nil && n == 0 {
		return ErrStale
	}
	return err
}

// lockRow takes a write lock on one row: the statement writes the row as it is, so of
// two transactions that hold it at the same time the later runs again and sees what
// the other did. It is for rules that count records which belong to the row.
func (tx *Tx) lockRow(query string, args ...any) error {
	return orNotFound(tx.execOne(query, args...))
}

// row scans the only row of a query, or returns ErrNotFound.
func (tx *Tx) row(query string, args []any, dest ...any) error {
	return tx.q.Row(tx.ctx, query, args, dest...)
}

// collect scans every row of a query with scan.
func collect[T any](tx *Tx, scan func(Rows, *T) error, query string, args ...any) ([]T, error) {
	rows, err := tx.q.Query(tx.ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []T
	for rows.Next() {
		var one T
		if err := scan(rows, &one); err != nil {
			return nil, fmt.Errorf("scan: %w", err)
		}
		all = append(all, one)
	}
	return all, rows.Err()
}

// queries runs queries that do not depend on each other's results, and calls scan for each of
// their rows, with the number of the query.
func (tx *Tx) queries(queries []*statement, scan func(i int, rows Rows) error) error {
	read := func(i int, rows Rows) error {
		for rows.Next() {
			if err := scan(i, rows); err != nil {
				return fmt.Errorf("scan: %w", err)
			}
		}
		return rows.Err()
	}
	if tx.pipeline != nil {
		all := make([]Query, len(queries))
		for i, s := range queries {
			all[i] = Query{s.String(), s.args}
		}
		return tx.pipeline.Queries(tx.ctx, all, read)
	}
	for i, s := range queries {
		rows, err := tx.q.Query(tx.ctx, s.String(), s.args...)
		if err != nil {
			return err
		}
		err = read(i, rows)
		if err := cmp.Or(err, rows.Close()); err != nil {
			return err
		}
	}
	return nil
}

// only returns the one record that a key can find, or ErrNotFound.
func only[T any](found []T, err error) (*T, error) {
	if err != nil {
		return nil, err
	}
	if len(found) == 0 {
		return nil, ErrNotFound
	}
	return &found[0], nil
}

func scanDocument(rows Rows, document *[]byte) error { return rows.Scan(document) }

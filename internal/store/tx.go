package store

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"strconv"
	"strings"
)

// Querier runs SQL inside a transaction. Engines implement it, with prepared
// statements where they pay.
type Querier interface {
	// Exec runs a statement and returns how many rows it changed.
	Exec(ctx context.Context, query string, args ...any) (int64, error)

	// Foresees says whether the usual may be taken for granted in this run of the
	// function: where that proves wrong, because the function returns ErrStale or
	// the engine finds out, it runs again, and then nothing is.
	Foresees() bool

	// Expect is Exec for a statement that all but always changes one row. An
	// engine that foresees may answer 1 and run the statement later, together with
	// others.
	Expect(ctx context.Context, query string, args ...any) (int64, error)

	// ExpectNone is Row for a query that all but always finds nothing. An engine
	// that foresees may answer ErrNotFound and ask later.
	ExpectNone(ctx context.Context, query string, args []any, dest ...any) error

	// ExpectSame is Row for a query for one text that all but always finds what
	// it found before. An engine that foresees may answer what it remembers, and
	// ask later.
	ExpectSame(ctx context.Context, query string, args []any, dest *[]byte) error

	// Query returns the rows of a query. They are closed before the next call.
	Query(ctx context.Context, query string, args ...any) (Rows, error)

	// Row scans the only row of a query, or returns ErrNotFound. An engine may
	// keep the row for as long as what the transaction sees stays the same; what
	// is scanned into bytes must not be changed.
	Row(ctx context.Context, query string, args []any, dest ...any) error
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
	q   Querier
	// skipLocked is how a query passes over rows that another transaction holds.
	skipLocked string
	// dialect is how the engine writes what only searches need.
	dialect *Dialect
}

// NewTx returns the transaction that an engine hands to a function. skipLocked
// is what the engine wants behind a query whose rows are claimed, or nothing
// where there is one writer at a time.
func NewTx(ctx context.Context, q Querier, dialect *Dialect, skipLocked string) *Tx {
	return &Tx{ctx: ctx, q: q, skipLocked: skipLocked, dialect: dialect}
}

// Try runs fn and, where it returns an error, undoes what it wrote and returns
// the error; the transaction goes on either way.
func (tx *Tx) Try(fn func() error) error {
	if _, err := tx.exec("SAVEPOINT try"); err != nil {
		return err
	}
	err := fn()
	if err != nil {
		if _, undo := tx.exec("ROLLBACK TO try"); undo != nil {
			return errors.Join(err, undo)
		}
	}
	if _, release := tx.exec("RELEASE try"); release != nil {
		return errors.Join(err, release)
	}
	return err
}

// Run calls fn. A panic in it becomes an error: one transaction that goes wrong
// must not end the others.
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

// insert adds one row, under a key that was made to be new, with an ON CONFLICT
// DO NOTHING statement: none added means that the key is taken.
func (tx *Tx) insert(query string, args ...any) error {
	n, err := tx.q.Expect(tx.ctx, query, args...)
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

// hold writes one row as it is, and thereby makes this transaction one that
// writes the record: of two that hold it at once the later runs again and sees
// what the other did. It is for rules that count what belongs to the record.
func (tx *Tx) hold(query string, args ...any) error {
	return orNotFound(tx.q.Expect(tx.ctx, query, args...))
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

// statement builds a query whose text depends on what is asked for, keeping
// its placeholders numbered in rising order.
type statement struct {
	strings.Builder
	args []any
}

// arg appends the placeholder of a new argument.
func (s *statement) arg(v any) {
	s.args = append(s.args, v)
	s.WriteByte('$')
	s.WriteString(strconv.Itoa(len(s.args)))
}

// add appends text in which each ? becomes the placeholder of the next value.
func (s *statement) add(text string, values ...any) {
	for _, v := range values {
		before, after, _ := strings.Cut(text, "?")
		s.WriteString(before)
		s.arg(v)
		text = after
	}
	s.WriteString(text)
}

// list appends a parenthesised list of placeholders.
func list[T any](s *statement, values []T) {
	s.WriteByte('(')
	for i, v := range values {
		if i > 0 {
			s.WriteString(", ")
		}
		s.arg(v)
	}
	s.WriteByte(')')
}

// direction is how a sort is written, and than how what comes after a place in
// it compares with that place.
func direction(descending bool) (direction, than string) {
	if descending {
		return " DESC", "<"
	}
	return "", ">"
}

// page writes the end of a query for one page of a list that is sorted by a
// column, and by the identifier where that is the same.
func (s *statement) page(by, id string, descending bool, after *Position, limit int) {
	direction, than := direction(descending)
	if after != nil {
		s.add(fmt.Sprintf(" AND (%s, %s) %s (?, ?)", by, id, than), after.Value, after.ID)
	}
	fmt.Fprintf(s, " ORDER BY %s%s, %s%[2]s LIMIT %[4]d", by, direction, id, limit)
}

package sqlite

import (
	"cmp"
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"strings"
	"time"

	"modernc.org/sqlite"

	"cosell/internal/store"
)

// maxStatements bounds the prepared statements that a connection keeps. Lists
// have many forms, the rest few.
const maxStatements = 256

// conn is one connection with the statements prepared on it. It implements
// store.Querier and is used by one goroutine at a time. It calls the driver
// directly: the pool of database/sql costs as much as a read by key.
type conn struct {
	driver     connection
	statements map[string]statement
	args       []driver.NamedValue // of the current statement
	optimistic bool                // the first run of an update may assume the common case
	savepoints bool                // every update runs in a savepoint
	careful    int                 // as many groups run with savepoints nevertheless
	wrote      bool                // the update under way has changed rows
	failed     bool                // a statement of it has failed
	late       []store.Late        // what the updates of the group left to its end
	changed    bool                // the transaction may have changed more than the audit
	shrunk     time.Time           // when the writer last tried to empty the log
}

// connection is what the driver opens.
type connection interface {
	driver.Conn
	driver.ConnPrepareContext
}

// statement is what it prepares.
type statement interface {
	driver.Stmt
	driver.StmtExecContext
	driver.StmtQueryContext
}

var errDriver = errors.New("the SQLite driver lacks a method that this version of cosell needs")

func connect(dsn string) (*conn, error) {
	c, err := new(sqlite.Driver).Open(dsn)
	if err != nil {
		return nil, fmt.Errorf("connect to store: %w", err)
	}
	able, ok := c.(connection)
	if !ok {
		return nil, errors.Join(errDriver, c.Close())
	}
	return &conn{driver: able, statements: map[string]statement{}}, nil
}

// Exec implements [store.Querier].
func (c *conn) Exec(ctx context.Context, query string, args ...any) (int64, error) {
	st, err := c.prepare(ctx, query)
	if err != nil {
		return 0, err
	}
	values, err := c.values(args)
	if err != nil {
		return 0, err
	}
	c.changed = c.changed || !addsToAudit(query)
	res, err := st.ExecContext(ctx, values)
	if err != nil {
		c.failed = true
		return 0, err
	}
	n, err := res.RowsAffected()
	c.wrote = c.wrote || n > 0
	return n, err
}

// Query implements [store.Querier].
func (c *conn) Query(ctx context.Context, query string, args ...any) (store.Rows, error) {
	found, err := c.query(ctx, query, args)
	if err != nil {
		return nil, err
	}
	return found, nil
}

// Row implements [store.Querier].
func (c *conn) Row(ctx context.Context, query string, args []any, dest ...any) error {
	values, err := c.row(ctx, query, args)
	if err != nil {
		return err
	}
	return scan(values, dest)
}

// row returns the only row of a query, or store.ErrNotFound.
func (c *conn) row(ctx context.Context, query string, args []any) ([]driver.Value, error) {
	found, err := c.query(ctx, query, args)
	if err != nil {
		return nil, err
	}
	defer func() { _ = found.Close() }() // it only read
	if !found.Next() {
		// A query that failed is not one that found nothing.
		return nil, cmp.Or(found.Err(), store.ErrNotFound)
	}
	return found.values, nil
}

func (c *conn) query(ctx context.Context, query string, args []any) (*rows, error) {
	st, err := c.prepare(ctx, query)
	if err != nil {
		return nil, err
	}
	values, err := c.values(args)
	if err != nil {
		return nil, err
	}
	if strings.Contains(query, "RETURNING") {
		c.wrote, c.changed = true, true
	}
	found, err := st.QueryContext(ctx, values)
	if err != nil {
		c.failed = true
		return nil, err
	}
	return &rows{driver: found, values: make([]driver.Value, len(found.Columns())), failed: &c.failed}, nil
}

// values converts arguments for the driver, which does not keep them beyond the
// statement.
func (c *conn) values(args []any) ([]driver.NamedValue, error) {
	c.args = c.args[:0]
	for i, arg := range args {
		value := arg
		switch arg.(type) {
		case string, int64:
		default:
			var err error
			if value, err = driver.DefaultParameterConverter.ConvertValue(arg); err != nil {
				return nil, fmt.Errorf("argument $%d: %w", i+1, err)
			}
		}
		c.args = append(c.args, driver.NamedValue{Ordinal: i + 1, Value: value})
	}
	return c.args, nil
}

func (c *conn) run(ctx context.Context, query string) error {
	st, err := c.prepare(ctx, query)
	if err != nil {
		return err
	}
	_, err = st.ExecContext(ctx, nil)
	return err
}

func (c *conn) prepare(ctx context.Context, query string) (statement, error) {
	if st, ok := c.statements[query]; ok {
		return st, nil
	}
	if len(c.statements) >= maxStatements {
		for text, st := range c.statements {
			_ = st.Close()
			delete(c.statements, text)
			break
		}
	}
	prepared, err := c.driver.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	st, ok := prepared.(statement)
	if !ok {
		return nil, errors.Join(errDriver, prepared.Close())
	}
	c.statements[query] = st
	return st, nil
}

func (c *conn) close() error {
	var err error
	for _, st := range c.statements {
		err = errors.Join(err, st.Close())
	}
	return errors.Join(err, c.driver.Close())
}

package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"cosell/internal/store"
)

// maxStatements bounds the prepared statements that a connection keeps. Lists
// have many forms, the rest few.
const maxStatements = 256

// conn is one connection with the statements prepared on it. It implements
// store.Querier and is used by one goroutine at a time.
type conn struct {
	sql        *sql.Conn
	statements map[string]*sql.Stmt
}

func (s *Store) conn(ctx context.Context) (*conn, error) {
	c, err := s.db.Conn(ctx)
	if err != nil {
		return nil, fmt.Errorf("connect to store: %w", err)
	}
	return &conn{sql: c, statements: map[string]*sql.Stmt{}}, nil
}

// Exec implements [store.Querier].
func (c *conn) Exec(ctx context.Context, query string, args ...any) (int64, error) {
	st, err := c.prepare(ctx, query)
	if err != nil {
		return 0, err
	}
	res, err := st.ExecContext(ctx, args...)
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

// Expect implements [store.Querier]: an answer costs nothing here.
func (c *conn) Expect(ctx context.Context, query string, args ...any) (int64, error) {
	return c.Exec(ctx, query, args...)
}

// Query implements [store.Querier].
func (c *conn) Query(ctx context.Context, query string, args ...any) (store.Rows, error) {
	st, err := c.prepare(ctx, query)
	if err != nil {
		return nil, err
	}
	return st.QueryContext(ctx, args...)
}

func (c *conn) run(ctx context.Context, query string) error {
	_, err := c.Exec(ctx, query)
	return err
}

func (c *conn) prepare(ctx context.Context, query string) (*sql.Stmt, error) {
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
	st, err := c.sql.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	c.statements[query] = st
	return st, nil
}

func (c *conn) close() error {
	var err error
	for _, st := range c.statements {
		err = errors.Join(err, st.Close())
	}
	return errors.Join(err, c.sql.Close())
}

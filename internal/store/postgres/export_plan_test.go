package postgres

import (
	"context"
	"strings"

	"cosell/internal/store"
)

// Plans runs a function that only reads, and returns how the server goes about
// each of its queries.
func Plans(ctx context.Context, s *Store, fn func(*store.Tx) error) ([][]string, error) {
	conn, err := s.acquire(ctx)
	if err != nil {
		return nil, err
	}
	defer conn.Release()
	t := &transaction{conn: conn.Conn(), begin: beginning(store.Settings{}, beginView)}
	defer t.rollback(ctx)
	p := &planned{Querier: t}
	err = fn(store.NewTx(ctx, p, &store.PostgreSQL, store.Attempt{}))
	return p.plans, err
}

// planned is a querier that has each query explained.
type planned struct {
	store.Querier

	plans [][]string
}

// Query implements [store.Querier].
func (p *planned) Query(ctx context.Context, query string, args ...any) (store.Rows, error) {
	if err := p.explain(ctx, query, args); err != nil {
		return nil, err
	}
	return p.Querier.Query(ctx, query, args...)
}

// Row implements [store.Querier].
func (p *planned) Row(ctx context.Context, query string, args []any, dest ...any) error {
	if err := p.explain(ctx, query, args); err != nil {
		return err
	}
	return p.Querier.Row(ctx, query, args, dest...)
}

func (p *planned) explain(ctx context.Context, query string, args []any) error {
	if strings.HasPrefix(query, "EXPLAIN ") {
		return nil
	}
	rows, err := p.Querier.Query(ctx, "EXPLAIN (COSTS OFF) "+query, args...)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	var plan []string
	for rows.Next() {
		var line string
		if err := rows.Scan(&line); err != nil {
			return err
		}
		plan = append(plan, line)
	}
	p.plans = append(p.plans, plan)
	return rows.Err()
}

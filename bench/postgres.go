package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	_ "github.com/jackc/pgx/v5/stdlib" // the driver

	"cosell/internal/ids"
	"cosell/internal/servertest"
	"cosell/internal/store/postgres"
)

// measurePostgres measures the server on PostgreSQL: its lists over as many
// opportunities as the large store has, and creates against the same rows
// written through pgx alone.
func (b *bench) measurePostgres(ctx context.Context) (err error) {
	if b.database == "" {
		return nil
	}
	if err := b.fillDatabase(ctx); err != nil {
		return err
	}
	server, err := servertest.Start(ctx, b.binary, filepath.Join(b.dir, "postgres"), "--database-url", b.database)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, server.Kill()) }()
	db, err := sql.Open("pgx", b.database)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if err := b.listPostgres(ctx, server, db); err != nil {
		return err
	}
	searches, err := b.sampleSearches(ctx, server.URL)
	for _, line := range searches {
		line.what = "PostgreSQL: " + line.what
		b.show(line)
	}
	if err != nil {
		return err
	}
	file := filepath.Join(b.dir, "postgres-rows")
	if err := keepRows(ctx, server.URL, db, file); err != nil {
		return err
	}
	bare, err := startChild(ctx, childPostgres, "-database-url", b.database, file)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, bare.stop()) }()
	if err := b.compareWrites(ctx, server, bare,
		fmt.Sprintf("PostgreSQL: durable CreateOpportunity, clients: %d, of bare pgx", createClients), leastPostgresShare); err != nil {
		return err
	}
	resident, err := residentMemory(server.PID())
	b.show(shown("… resident memory of the server after it", megabytes(resident), ""))
	return err
}

// fillDatabase gives an empty database its opportunities.
func (b *bench) fillDatabase(ctx context.Context) (err error) {
	s, err := postgres.Open(ctx, b.database, postgres.Options{})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	db, err := sql.Open("pgx", b.database)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	var found int
	if err := db.QueryRowContext(ctx, "SELECT count(*) FROM opportunities").Scan(&found); err != nil {
		return err
	}
	switch {
	case found >= b.rows: // and what earlier runs created
		return nil
	case found > 0:
		return fmt.Errorf("the database has %d opportunities, not %d: it must be fresh", found, b.rows)
	}
	if _, err := fill(ctx, s, b.rows); err != nil {
		return err
	}
	_, err = db.ExecContext(ctx, "VACUUM ANALYZE") // as its own daemon does in time
	return err
}

func (b *bench) listPostgres(ctx context.Context, server *servertest.Process, db *sql.DB) error {
	l := newLists(b.rows)
	if err := b.sampleLists(ctx, server.URL, l, func(context.Context) error { return nil }); err != nil {
		return err
	}
	var disk, n int64
	if err := db.QueryRowContext(ctx, "SELECT pg_total_relation_size('opportunities'), count(*) FROM opportunities").Scan(&disk, &n); err != nil {
		return err
	}
	size, err := sizes(server, disk, n)
	for _, line := range append(l.lines(count(b.rows)), size...) {
		line.what = "PostgreSQL: " + line.what
		b.show(line)
	}
	return err
}

// The rows of one create, as the store writes them.
const (
	insertOpportunity = `INSERT INTO opportunities (account, catalog, id, stage, review_status, company_key, target_close_date,
		created_at, last_modified_at, origin, document) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`
	insertFirst = `INSERT INTO client_tokens (account, catalog, operation, token, request_hash, response, created_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7)`
	insertEvent = `INSERT INTO event_outbox (account, sequence, envelope) VALUES ($1, $2, $3)`
)

// bareConnections are as many as the server opens.
const bareConnections = 20

// barePostgres writes the rows in a file through pgx: three prepared statements
// sent together, one transaction, one exchange. There is no faster way to write
// them durably by themselves.
func barePostgres(ctx context.Context, file, url string) error {
	r, err := readRowsFile(file)
	if err != nil {
		return err
	}
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		return err
	}
	config.MaxConns = bareConnections
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return err
	}
	defer pool.Close()
	source := ids.System()
	return writeRounds(ctx, func(ctx context.Context) error { return pool.SendBatch(ctx, r.batch(source)).Close() })
}

// batch writes the rows once more, under keys of their own.
func (r *rows) batch(source *ids.Source) *pgx.Batch {
	o, t, e, nowMs := &r.Opportunity, &r.Token, &r.Event, time.Now().UnixMilli()
	b := new(pgx.Batch)
	b.Queue(insertOpportunity, o.Account, o.Catalog, source.Opportunity(), o.Stage, o.ReviewStatus, o.CompanyKey, o.TargetCloseDate,
		nowMs, nowMs, o.Origin, string(o.Document))
	b.Queue(insertFirst, t.Account, t.Catalog, t.Operation, source.UUID(), r.First.RequestHash, string(r.First.Response), nowMs)
	b.Queue(insertEvent, e.Account, source.Sequence(), string(e.Envelope))
	return b
}

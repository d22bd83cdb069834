package postgres

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"cosell/internal/store"
)

// maxQueue bounds the statements that wait to be sent together.
const maxQueue = 128

// errAssumptionFailed means that a statement whose outcome was assumed had another.
var errAssumptionFailed = errors.New("a statement did not have the assumed outcome")

// transaction is an open transaction on a connection; it implements
// [store.Pipeliner].
//
// An exchange with the server costs more than most statements. A statement with an
// assumed outcome is therefore queued until the next one without, or until the
// COMMIT, and sent with it. The statement that begins the transaction is queued
// likewise. If an assumption fails the transaction fails, and the function runs again
// without assumptions. docs/decisions/forecasting.md gives the gain.
type transaction struct {
	conn     *pgx.Conn
	cache    *rowCache
	settings store.Settings
	// begin holds the statements that begin the transaction; empty once sent.
	begin []string
	// optimistic lets statements have assumed outcomes.
	optimistic bool
	writes     bool
	queue      []statement
	// err is the first failure. Nothing is sent after it.
	err error
}

// statement is a queued statement.
type statement struct {
	query   string
	args    []any
	assumed bool  // the number of rows that it finds or changes is assumed
	rows    int64 // the assumed number
	strict  bool  // it fails if the number is another
	// conflictCode is the SQLSTATE with which it fails then and only then, if any.
	conflictCode string
}

// Exec implements [store.Querier].
func (t *transaction) Exec(ctx context.Context, query string, args ...any) (int64, error) {
	return t.send(ctx, statement{query: query, args: args})
}

// ExecOne implements [store.Pipeliner].
func (t *transaction) ExecOne(ctx context.Context, query string, args ...any) (int64, error) {
	if !t.optimistic {
		return t.Exec(ctx, query, args...)
	}
	s := statement{query: query, args: args, assumed: true, rows: 1}
	if strict := strictInsertFor(query); strict.query != "" {
		s.query, s.strict, s.conflictCode = strict.query, true, strict.conflictCode
	}
	if err := t.enqueue(ctx, s); err != nil {
		return 0, err
	}
	return s.rows, nil
}

// RowAbsent implements [store.Pipeliner].
func (t *transaction) RowAbsent(ctx context.Context, query string, args []any, dest ...any) error {
	if !t.optimistic {
		return t.Row(ctx, query, args, dest...)
	}
	return cmp.Or(t.enqueue(ctx, statement{query: query, args: args, assumed: true}), store.ErrNotFound)
}

// RowCached implements [store.Pipeliner].
func (t *transaction) RowCached(ctx context.Context, query string, args []any, dest *[]byte) error {
	if t.optimistic {
		if row, ok := t.cache.get(query, args); ok {
			*dest = []byte(row.text)
			return cmp.Or(t.enqueue(ctx, row.assertUnchanged(query, args)), row.err())
		}
	}
	err := t.Row(ctx, query, args, dest)
	if err == nil || errors.Is(err, store.ErrNotFound) {
		t.cache.put(query, args, cachedRow{text: string(*dest), none: err != nil})
	}
	return err
}

// enqueue appends a statement to the queue.
func (t *transaction) enqueue(ctx context.Context, s statement) error {
	if t.err != nil {
		return t.err
	}
	t.queue = append(t.queue, s)
	if len(t.queue) < maxQueue {
		return nil
	}
	return t.flush(ctx)
}

// Query implements [store.Querier].
func (t *transaction) Query(ctx context.Context, query string, args ...any) (store.Rows, error) {
	if t.err != nil {
		return nil, t.err
	}
	args = encoded(args)
	if len(t.begin) == 0 && len(t.queue) == 0 {
		found, err := t.conn.Query(ctx, query, args...)
		if err != nil {
			return nil, t.fail(err)
		}
		return &rows{t: t, Rows: found}, nil
	}
	waiting := t.dequeue()
	batch := newBatch(waiting)
	batch.Queue(query, args...)
	results := t.conn.SendBatch(ctx, batch)
	if _, err := t.check(results, waiting); err != nil {
		return nil, err
	}
	found, err := results.Query()
	if err != nil {
		_ = results.Close()
		return nil, t.fail(err)
	}
	return &rows{t: t, Rows: found, results: results}, nil
}

// Queries implements [store.Pipeliner].
func (t *transaction) Queries(ctx context.Context, queries []store.Query, read func(i int, rows store.Rows) error) error {
	if t.err != nil {
		return t.err
	}
	waiting := t.dequeue()
	batch := newBatch(waiting)
	for _, q := range queries {
		batch.Queue(q.Text, encoded(q.Args)...)
	}
	results := t.conn.SendBatch(ctx, batch)
	if _, err := t.check(results, waiting); err != nil {
		return err
	}
	for i := range queries {
		found, err := results.Query()
		if err != nil {
			_ = results.Close()
			return t.fail(err)
		}
		r := &rows{t: t, Rows: found}
		err = read(i, r)
		if err := cmp.Or(err, r.Close()); err != nil {
			_ = results.Close()
			return err
		}
	}
	if err := results.Close(); err != nil {
		return t.fail(err)
	}
	return nil
}

// Row implements [store.Querier].
func (t *transaction) Row(ctx context.Context, query string, args []any, dest ...any) error {
	found, err := t.Query(ctx, query, args...)
	if err != nil {
		return err
	}
	defer found.Close()
	if !found.Next() {
		// A query that failed found nothing out.
		return cmp.Or(found.Err(), store.ErrNotFound)
	}
	if err := found.Scan(dest...); err != nil {
		return err
	}
	return found.Err()
}

// flush sends the queue.
func (t *transaction) flush(ctx context.Context) error {
	if t.err != nil || len(t.queue) == 0 {
		return t.err
	}
	_, err := t.send(ctx)
	return err
}

// send sends the queue and then the given statements. It returns how many rows the
// last statement changed.
func (t *transaction) send(ctx context.Context, more ...statement) (int64, error) {
	if t.err != nil {
		return 0, t.err
	}
	t.queue = append(t.queue, more...)
	waiting := t.dequeue()
	results := t.conn.SendBatch(ctx, newBatch(waiting))
	n, err := t.check(results, waiting)
	if err != nil {
		return 0, err
	}
	if err := results.Close(); err != nil {
		return 0, t.fail(err)
	}
	return n, nil
}

// dequeue empties the queue and returns it, with the statements that begin the
// transaction before it.
func (t *transaction) dequeue() []statement {
	queued := make([]statement, 0, len(t.begin)+len(t.queue))
	for _, query := range t.begin {
		queued = append(queued, statement{query: query})
	}
	queued = append(queued, t.queue...)
	t.begin, t.queue = nil, nil
	return queued
}

func newBatch(statements []statement) *pgx.Batch {
	batch := new(pgx.Batch)
	for _, s := range statements {
		batch.Queue(s.query, encoded(s.args)...)
	}
	return batch
}

// check reads the results of sent statements. It closes them where one failed.
func (t *transaction) check(results pgx.BatchResults, sent []statement) (n int64, err error) {
	for _, s := range sent {
		tag, err := results.Exec()
		n = tag.RowsAffected()
		if err := s.verify(n, err); err != nil {
			_ = results.Close()
			return 0, t.fail(err)
		}
	}
	return n, nil
}

// verify returns how a statement ended that found or changed n rows, or failed.
func (s *statement) verify(n int64, err error) error {
	if err == nil && s.assumed && n != s.rows || s.conflictCode != "" && hasCode(err, s.conflictCode) {
		return errAssumptionFailed
	}
	return err
}

// fail keeps the first failure and returns it.
func (t *transaction) fail(err error) error {
	if t.err == nil {
		t.err = err
		if t.conn.IsClosed() || isShutdown(err) || t.writes && hasCode(err, codeReadOnly) {
			t.err = &connectionError{err}
		}
	}
	return t.err
}

// finish sends the queue and returns how the transaction's function ended, given the
// error it returned: a failure that it did not return counts all the same.
func (t *transaction) finish(ctx context.Context, err error) error {
	failure := t.flush(ctx)
	if failure == nil || errors.Is(err, failure) {
		return err
	}
	return failure
}

// endTimeout bounds the exchange that ends a transaction. The caller's context does
// not end it, since the outcome would then be unknown.
const endTimeout = 10 * time.Second

// rollback ends a transaction without a change. If the server cannot be told, it
// rolls back when the connection closes.
func (t *transaction) rollback(ctx context.Context) {
	if len(t.begin) > 0 {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), endTimeout)
	defer cancel()
	if _, lost := errors.AsType[*connectionError](t.err); lost {
		_ = t.conn.Close(ctx)
		return
	}
	_, _ = t.conn.PgConn().Exec(ctx, "ROLLBACK").ReadAll()
}

// commitsWithQueue reports whether COMMIT may be sent in one exchange with the queue:
//   - every queued statement must be strict: the server skips the COMMIT if one fails;
//   - the connection must have answered in this transaction before, or else a
//     connection that broke while idle would leave the outcome unknown; an idempotent
//     transaction just runs again then;
//   - the transaction must have a timeout, since the last exchange has one.
func (t *transaction) commitsWithQueue() bool {
	return t.err == nil && (len(t.begin) == 0 || t.settings.Idempotent) && !t.settings.WithoutTimeout &&
		!slices.ContainsFunc(t.queue, func(s statement) bool { return !s.strict })
}

// commit commits a transaction, in one exchange with the queue. Its error wraps
// [store.ErrOutcomeUnknown] unless it is certain that nothing was committed.
func (t *transaction) commit(ctx context.Context) error {
	if len(t.begin) > 0 && len(t.queue) == 0 {
		return nil
	}
	if err := ctx.Err(); err != nil {
		t.rollback(ctx)
		return err
	}
	// Statements that are sent together outside a transaction form one implicitly.
	whole := len(t.begin) > 0
	waiting := t.queue
	t.begin, t.queue = nil, nil
	batch, err := t.last(ctx, waiting, whole)
	if err != nil {
		err = t.fail(err)
		t.rollback(ctx)
		return err
	}
	if t.conn.IsClosed() {
		return &connectionError{errors.New("commit: the connection is closed")}
	}
	limit := endTimeout
	if deadline, ok := ctx.Deadline(); ok && len(waiting) > 0 {
		limit += time.Until(deadline) // the time that the statements would have had on their own
	}
	limited, cancel := context.WithTimeout(context.WithoutCancel(ctx), limit)
	defer cancel()
	err = t.end(t.conn.PgConn().ExecBatch(limited, batch), waiting, whole)
	if t.err != nil && t.conn.PgConn().TxStatus() != 'I' {
		t.rollback(ctx)
	}
	return err
}

// last returns the given statements, and the COMMIT unless they are the whole
// transaction.
func (t *transaction) last(ctx context.Context, waiting []statement, whole bool) (*pgconn.Batch, error) {
	batch := new(pgconn.Batch)
	var arguments pgx.ExtendedQueryBuilder
	for _, s := range waiting {
		prepared, err := t.conn.Prepare(ctx, s.query, s.query) // once for each connection
		if err != nil {
			return nil, err
		}
		if err := arguments.Build(t.conn.TypeMap(), prepared, encoded(s.args)); err != nil {
			return nil, err
		}
		batch.ExecStatement(prepared, arguments.ParamValues, arguments.ParamFormats, nil)
	}
	if !whole {
		batch.ExecParams("COMMIT", nil, nil, nil, nil)
	}
	return batch, nil
}

// end reads how the last exchange ended, which had the given statements and, unless
// they are the whole transaction, the COMMIT.
func (t *transaction) end(results *pgconn.MultiResultReader, waiting []statement, whole bool) error {
	warnings := t.conn.PgConn().CustomData()
	completed, surprise := 0, false
	for ; completed < len(waiting) && results.NextResult(); completed++ {
		tag, _ := results.ResultReader().Close()
		surprise = surprise || tag.RowsAffected() != waiting[completed].rows
	}
	delete(warnings, warningKey)
	confirmed := whole
	if !whole && completed == len(waiting) && results.NextResult() {
		tag, _ := results.ResultReader().Close()
		confirmed = tag.String() == "COMMIT"
	}
	err := results.Close()
	refusal, answered := errors.AsType[*pgconn.PgError](err)
	switch {
	case err == nil && !confirmed:
		return errors.New("commit: the server rolled back")
	case err == nil && surprise: // a strict statement would have failed
		return fmt.Errorf("%w: %w", store.ErrOutcomeUnknown, errAssumptionFailed)
	case err == nil:
		// If the wait for a standby is canceled, the server confirms with a warning a
		// commit that only one machine has.
		if warning, ok := warnings[warningKey]; ok {
			return fmt.Errorf("%w: the server warns: %s", store.ErrOutcomeUnknown, warning)
		}
		return nil
	case answered && completed < len(waiting): // the server did not get to the commit
		return t.fail(waiting[completed].verify(0, err))
	case answered && refusal.SeverityUnlocalized == "ERROR" && refusal.Code != codeCompletionUnknown:
		return t.fail(fmt.Errorf("commit: %w", err))
	default:
		// pgconn.SafeToRetry does not help: it also reports a connection as safe that
		// broke while the answer was pending.
		return fmt.Errorf("%w: %w", store.ErrOutcomeUnknown, err)
	}
}

// warningKey finds the last warning in a connection's custom data.
const warningKey = "cosell.warning"

func keepWarning(conn *pgconn.PgConn, notice *pgconn.Notice) {
	if notice.SeverityUnlocalized == "WARNING" {
		conn.CustomData()[warningKey] = notice.Message
	}
}

// rows is the result of a query.
type rows struct {
	pgx.Rows

	t       *transaction
	results pgx.BatchResults // whose last result this is; nil if it was sent alone
}

// Next implements [store.Rows].
func (r *rows) Next() bool {
	if r.Rows.Next() {
		return true
	}
	if err := r.Rows.Err(); err != nil {
		_ = r.t.fail(err)
	}
	return false
}

// Err implements [store.Rows].
func (r *rows) Err() error {
	if err := r.Rows.Err(); err != nil {
		return r.t.fail(err)
	}
	return nil
}

// Scan implements [store.Rows].
func (r *rows) Scan(dest ...any) error {
	err := r.Rows.Scan(dest...)
	decode(dest)
	return err
}

// Close implements [store.Rows].
func (r *rows) Close() error {
	r.Rows.Close()
	err := r.Rows.Err()
	if r.results != nil {
		err = cmp.Or(err, r.results.Close())
	}
	if err != nil {
		return r.t.fail(err)
	}
	return nil
}

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

// errMisjudged says that a statement answered in advance did something else.
var errMisjudged = errors.New("a statement did not do what was foreseen")

// transaction is one under way on a connection; it implements [store.Querier].
//
// An exchange with the server costs more than most statements, so a statement
// whose outcome is foreseen waits until one that is not, or the COMMIT, and goes
// with it. The statement that begins the transaction waits likewise. Where a
// forecast was wrong the transaction fails, to be run again with foresight off.
type transaction struct {
	conn   *pgx.Conn
	memory *memory
	// begin is what begins the transaction; empty once it was sent.
	begin []string
	// foresight lets statements wait.
	foresight bool
	writes    bool
	queue     []statement
	// err is the first failure. Nothing is sent after it.
	err error
}

// statement is one that waits.
type statement struct {
	query    string
	args     []any
	foreseen bool   // how many rows it finds or changes, and
	rows     int64  // that it is so many
	sure     bool   // to fail where it is another number
	refusal  string // the code with which it fails there and nowhere else, if it has one
}

// Foresees implements [store.Querier].
func (t *transaction) Foresees() bool { return t.foresight }

// Exec implements [store.Querier].
func (t *transaction) Exec(ctx context.Context, query string, args ...any) (int64, error) {
	return t.send(ctx, statement{query: query, args: args})
}

// Expect implements [store.Querier].
func (t *transaction) Expect(ctx context.Context, query string, args ...any) (int64, error) {
	if !t.foresight {
		return t.Exec(ctx, query, args...)
	}
	s := statement{query: query, args: args, foreseen: true, rows: 1}
	if same := surely(query); same.query != "" {
		s.query, s.sure, s.refusal = same.query, true, same.refusal
	}
	if err := t.wait(ctx, s); err != nil {
		return 0, err
	}
	return s.rows, nil
}

// ExpectNone implements [store.Querier].
func (t *transaction) ExpectNone(ctx context.Context, query string, args []any, dest ...any) error {
	if !t.foresight {
		return t.Row(ctx, query, args, dest...)
	}
	return cmp.Or(t.wait(ctx, statement{query: query, args: args, foreseen: true}), store.ErrNotFound)
}

// ExpectSame implements [store.Querier].
func (t *transaction) ExpectSame(ctx context.Context, query string, args []any, dest *[]byte) error {
	if t.foresight {
		if known, ok := t.memory.recall(query, args); ok {
			*dest = []byte(known.text)
			return cmp.Or(t.wait(ctx, known.confirm(query, args)), known.err())
		}
	}
	err := t.Row(ctx, query, args, dest)
	if err == nil || errors.Is(err, store.ErrNotFound) {
		t.memory.keep(query, args, remembered{text: string(*dest), none: err != nil})
	}
	return err
}

// wait puts a statement behind those that wait.
func (t *transaction) wait(ctx context.Context, s statement) error {
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
	waiting := t.waiting()
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

// flush sends what waits.
func (t *transaction) flush(ctx context.Context) error {
	if t.err != nil || len(t.queue) == 0 {
		return t.err
	}
	_, err := t.send(ctx)
	return err
}

// send sends what waits and then the given statements. It returns how many rows
// the last statement changed.
func (t *transaction) send(ctx context.Context, more ...statement) (int64, error) {
	if t.err != nil {
		return 0, t.err
	}
	t.queue = append(t.queue, more...)
	waiting := t.waiting()
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

// waiting returns what is to be sent, what begins the transaction included, and
// empties the queue.
func (t *transaction) waiting() []statement {
	waiting := make([]statement, 0, len(t.begin)+len(t.queue))
	for _, query := range t.begin {
		waiting = append(waiting, statement{query: query})
	}
	waiting = append(waiting, t.queue...)
	t.begin, t.queue = nil, nil
	return waiting
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
		if err := s.judge(n, err); err != nil {
			_ = results.Close()
			return 0, t.fail(err)
		}
	}
	return n, nil
}

// judge returns how a statement ended that found or changed n rows.
func (s *statement) judge(n int64, err error) error {
	if err == nil && s.foreseen && n != s.rows || s.refusal != "" && hasCode(err, s.refusal) {
		return errMisjudged
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

// settle returns how the function that used the transaction ended, given its own
// error: a failure that it did not pass on counts all the same.
func (t *transaction) settle(ctx context.Context, err error) error {
	failure := t.flush(ctx)
	if failure == nil || errors.Is(err, failure) {
		return err
	}
	return failure
}

// endTimeout bounds what ends a transaction. It does not end with the caller,
// who would learn nothing.
const endTimeout = 10 * time.Second

// rollback ends a transaction that is to leave nothing. What cannot be said to
// the server it concludes when the connection is given up.
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

// commitsAlong says whether COMMIT may travel with what waits. It may not with a
// statement whose forecast only we would find wrong: one that fails keeps the server
// from the COMMIT behind it. The connection must have answered in this transaction,
// or each one that broke while nobody used it would leave an outcome unknown, unless
// that is settled by running the transaction again. And what takes its time does so
// before its end.
func (t *transaction) commitsAlong(ctx context.Context) bool {
	return t.err == nil && (len(t.begin) == 0 || store.IsRepeatable(ctx)) && !store.IsUnhurried(ctx) &&
		!slices.ContainsFunc(t.queue, func(s statement) bool { return !s.sure })
}

// commit ends a transaction that is to last, in one exchange with what waits. An
// error wraps [store.ErrOutcomeUnknown] unless it is certain that nothing remains.
func (t *transaction) commit(ctx context.Context) error {
	if len(t.begin) > 0 && len(t.queue) == 0 {
		return nil
	}
	if err := ctx.Err(); err != nil {
		t.rollback(ctx)
		return err
	}
	// Statements that are sent together in no transaction are one by themselves.
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
		limit += time.Until(deadline) // which the statements would have had by themselves
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
	case err == nil && surprise: // which a sure statement never is
		return fmt.Errorf("%w: %w", store.ErrOutcomeUnknown, errMisjudged)
	case err == nil:
		// Whoever cancels the wait for a standby makes the server confirm, with a
		// warning, what only one machine has.
		if warning, ok := warnings[warningKey]; ok {
			return fmt.Errorf("%w: the server warns: %s", store.ErrOutcomeUnknown, warning)
		}
		return nil
	case answered && completed < len(waiting): // the server did not get to the commit
		return t.fail(waiting[completed].judge(0, err))
	case answered && refusal.SeverityUnlocalized == "ERROR" && refusal.Code != codeCompletionUnknown:
		return t.fail(fmt.Errorf("commit: %w", err))
	default:
		// pgconn.SafeToRetry is no help: it also calls a connection safe that
		// broke while the answer was awaited.
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
	results pgx.BatchResults // that it is the last of; nil where it came alone
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

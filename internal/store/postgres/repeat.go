package postgres

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"cosell/internal/store"
)

const (
	beginUpdate = "BEGIN ISOLATION LEVEL REPEATABLE READ"
	beginView   = "BEGIN READ ONLY, ISOLATION LEVEL REPEATABLE READ"
	// skipLocked lets replicas claim work side by side.
	skipLocked = " FOR UPDATE SKIP LOCKED"
)

// forecasting lets the first run of an update assume the common outcomes of its
// statements. Without it every statement is an exchange with the server.
// docs/decisions/forecasting.md gives the gain.
const forecasting = true

// Update implements [store.Store].
func (s *Store) Update(ctx context.Context, fn func(*store.Tx) error, options ...store.Option) error {
	optimistic, settings := s.forecasting, store.SettingsOf(options)
	return s.repeat(ctx, settings, func(ctx context.Context) error {
		err := s.update(ctx, optimistic, settings, fn)
		for _, wrong := range []error{errAssumptionFailed, store.ErrStale, store.ErrOutcomeUnknown} {
			optimistic = optimistic && !errors.Is(err, wrong)
		}
		return err
	})
}

func (s *Store) update(ctx context.Context, optimistic bool, settings store.Settings, fn func(*store.Tx) error) error {
	conn, err := s.acquire(ctx)
	if err != nil {
		return err
	}
	defer conn.Release()
	t := s.transaction(settings, conn, beginUpdate)
	t.optimistic, t.writes = optimistic, true
	err = store.RunWhole(store.NewTx(ctx, t, &store.PostgreSQL, store.Attempt{SkipLocked: skipLocked, Optimistic: optimistic}), fn)
	if err != nil || !t.commitsWithQueue() {
		err = t.finish(ctx, err)
	}
	if err != nil {
		t.rollback(ctx)
		return err
	}
	return t.commit(ctx)
}

// View implements [store.Store].
func (s *Store) View(ctx context.Context, fn func(*store.Tx) error, options ...store.Option) error {
	settings := store.SettingsOf(options)
	return s.repeat(ctx, settings, func(ctx context.Context) error {
		conn, err := s.acquire(ctx)
		if err != nil {
			return err
		}
		t := s.transaction(settings, conn, beginView)
		defer func() {
			// It changed nothing: nobody has to wait until it has ended.
			go func() {
				defer conn.Release()
				t.rollback(ctx)
			}()
		}()
		return t.finish(ctx, fn(store.NewTx(ctx, t, &store.PostgreSQL, store.Attempt{})))
	})
}

func (s *Store) transaction(settings store.Settings, conn *pgxpool.Conn, begin string) *transaction {
	return &transaction{conn: conn.Conn(), cache: &s.cache, settings: settings, begin: beginning(settings, begin)}
}

// beginning returns the statements that begin a transaction.
func beginning(settings store.Settings, begin string) []string {
	if settings.WithoutTimeout {
		return []string{begin, "SET LOCAL statement_timeout = 0", "SET LOCAL idle_in_transaction_session_timeout = 0"}
	}
	return []string{begin}
}

// acquire takes a connection from the pool.
func (s *Store) acquire(ctx context.Context) (*pgxpool.Conn, error) {
	select {
	case <-s.closing:
		return nil, errClosed
	default:
	}
	conn, err := s.pool.Acquire(ctx)
	if err == nil {
		return conn, nil
	}
	err = fmt.Errorf("connect to store: %w", err)
	if hasCode(err, codeInvalidAuthorization, codeWrongPassword, codeNoDatabase, codeNoPrivilege) {
		return nil, err
	}
	return nil, &connectionError{err}
}

// connectionError means that a connection was lost, or could not be made, before a
// COMMIT was sent: the transaction ended with it.
type connectionError struct{ cause error }

func (e *connectionError) Error() string { return e.cause.Error() }
func (e *connectionError) Unwrap() error { return e.cause }

// isShutdown reports whether the server ends the connection.
func isShutdown(err error) bool {
	return hasCode(err, codeAdminShutdown, codeCrashShutdown, codeCannotConnectNow)
}

func hasCode(err error, codes ...string) bool {
	e, ok := errors.AsType[*pgconn.PgError](err)
	return ok && slices.Contains(codes, e.Code)
}

// repeatable reports whether a transaction that ended with an error may run again: it
// changed nothing, or it is idempotent, and another run may succeed.
func repeatable(settings store.Settings, err error) bool {
	if errors.Is(err, store.ErrOutcomeUnknown) {
		return settings.Idempotent
	}
	_, lost := errors.AsType[*connectionError](err)
	return lost || errors.Is(err, store.ErrStale) || errors.Is(err, errAssumptionFailed) ||
		hasCode(err, codeSerialization, codeDeadlock)
}

// repeat runs a transaction until it succeeds, fails for good, or times out.
func (s *Store) repeat(ctx context.Context, settings store.Settings, run func(context.Context) error) error {
	limited, cancel := context.WithTimeout(ctx, s.limit)
	defer cancel()
	working := limited
	if settings.WithoutTimeout {
		working = ctx // only its repetitions are bounded
	}
	for n := 0; ; n++ {
		err := run(working)
		if err == nil || !repeatable(settings, err) {
			return err
		}
		if errors.Is(err, errAssumptionFailed) {
			continue // no other transaction was in the way
		}
		switch stopped := s.pause(limited, n); {
		case stopped == nil:
		case ctx.Err() != nil:
			return ctx.Err()
		case limited.Err() != nil:
			return fmt.Errorf("gave up after %s: %w", s.limit, err)
		default:
			return stopped
		}
	}
}

// The pause before a repetition is random, so that transactions that conflicted do
// not conflict again. Its upper bound grows from the shortest to the longest.
const (
	shortestPause = time.Millisecond
	longestPause  = 250 * time.Millisecond
)

// pause waits before repetition n, or returns why there is to be none.
func (s *Store) pause(ctx context.Context, n int) error {
	bound := min(longestPause, shortestPause<<min(n, 10))
	timer := time.NewTimer(rand.N(bound)) //nolint:gosec // G404: guessing a pause gains nothing
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	case <-s.closing:
		return errClosed
	}
}

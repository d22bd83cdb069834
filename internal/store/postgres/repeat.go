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

// Update implements [store.Store].
func (s *Store) Update(ctx context.Context, fn func(*store.Tx) error) error {
	foresight := true
	return s.repeat(ctx, func(ctx context.Context) error {
		err := s.update(ctx, foresight, fn)
		for _, wrong := range []error{errMisjudged, store.ErrStale, store.ErrOutcomeUnknown} {
			foresight = foresight && !errors.Is(err, wrong)
		}
		return err
	})
}

func (s *Store) update(ctx context.Context, foresight bool, fn func(*store.Tx) error) error {
	conn, err := s.acquire(ctx)
	if err != nil {
		return err
	}
	defer conn.Release()
	t := s.transaction(ctx, conn, beginUpdate)
	t.foresight, t.writes = foresight, true
	err = store.Run(store.NewTx(ctx, t, &store.PostgreSQL, skipLocked), fn)
	if err != nil || !t.commitsAlong(ctx) {
		err = t.settle(ctx, err)
	}
	if err != nil {
		t.rollback(ctx)
		return err
	}
	return t.commit(ctx)
}

// View implements [store.Store].
func (s *Store) View(ctx context.Context, fn func(*store.Tx) error) error {
	return s.repeat(ctx, func(ctx context.Context) error {
		conn, err := s.acquire(ctx)
		if err != nil {
			return err
		}
		defer conn.Release()
		t := s.transaction(ctx, conn, beginView)
		defer t.rollback(ctx) // it has nothing to keep
		return t.settle(ctx, fn(store.NewTx(ctx, t, &store.PostgreSQL, "")))
	})
}

func (s *Store) transaction(ctx context.Context, conn *pgxpool.Conn, begin string) *transaction {
	return &transaction{conn: conn.Conn(), memory: &s.memory, begin: beginning(ctx, begin)}
}

// beginning returns the statements that begin a transaction.
func beginning(ctx context.Context, begin string) []string {
	if store.IsUnhurried(ctx) {
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

// connectionError says that a connection was lost, or could not be had, while
// nothing depended on it: the transaction ended with it.
type connectionError struct{ cause error }

func (e *connectionError) Error() string { return e.cause.Error() }
func (e *connectionError) Unwrap() error { return e.cause }

// isShutdown says whether the server ends the connection.
func isShutdown(err error) bool {
	return hasCode(err, codeAdminShutdown, codeCrashShutdown, codeCannotConnectNow)
}

func hasCode(err error, codes ...string) bool {
	e, ok := errors.AsType[*pgconn.PgError](err)
	return ok && slices.Contains(codes, e.Code)
}

// repeatable says whether a transaction that ended so has left nothing, or finds
// what it has left, and may end better when it is run again.
func repeatable(ctx context.Context, err error) bool {
	if errors.Is(err, store.ErrOutcomeUnknown) {
		return store.IsRepeatable(ctx)
	}
	_, lost := errors.AsType[*connectionError](err)
	return lost || errors.Is(err, store.ErrStale) || errors.Is(err, errMisjudged) ||
		hasCode(err, codeSerialization, codeDeadlock)
}

// repeat runs a transaction until it ends for good or its time is over.
func (s *Store) repeat(ctx context.Context, run func(context.Context) error) error {
	limited, cancel := context.WithTimeout(ctx, s.limit)
	defer cancel()
	working := limited
	if store.IsUnhurried(ctx) {
		working = ctx // only its repetitions are bounded
	}
	for n := 0; ; n++ {
		err := run(working)
		if err == nil || !repeatable(ctx, err) {
			return err
		}
		if errors.Is(err, errMisjudged) {
			continue // nobody is in the way
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

// The pause before a repetition is random, so that those who were in each
// other's way do not meet again; its bound grows between these.
const (
	shortestPause = time.Millisecond
	longestPause  = 250 * time.Millisecond
)

// pause waits before repetition n, or returns why it makes no sense.
func (s *Store) pause(ctx context.Context, n int) error {
	bound := min(longestPause, shortestPause<<min(n, 10))
	timer := time.NewTimer(rand.N(bound)) //nolint:gosec // G404: nobody gains by guessing a pause
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

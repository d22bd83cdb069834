package sqlite

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"cosell/internal/store"
)

// maxGroup is how many updates share one commit at most.
const maxGroup = 256

// optimistic lets the first run of a function assume the common case: a client token
// is not looked up before it is inserted. docs/decisions/forecasting.md gives its gain.
const optimistic = true

// maxRuns is how often an update runs that returns ErrStale. With one writer nothing
// changes between its read and its write, so a third run would help only a mistake
// in the function.
const maxRuns = 3

// defaultLimit bounds how long an update waits for its turn, whatever its context
// says: one that is called inside the function of another would wait for itself.
const defaultLimit = 30 * time.Second

var (
	errClosed = errors.New("the store is closed")
	errNoTurn = errors.New("the update waited too long for its turn")
)

// update is one call of Update waiting for its commit.
type update struct {
	ctx  context.Context
	fn   func(*store.Tx) error
	done chan struct{} // closed when the group has ended

	mu        sync.Mutex // held while fn runs
	abandoned bool       // the caller has gone before fn ran
	ran       bool       // fn has run, and err is how it ended
	err       error
	commit    error // how the group ended
}

// result returns how an update ended whose group has.
func (u *update) result() error { return cmp.Or(u.commit, u.err) }

// abandon reports whether an update can still be taken back: its function has not
// run, and never will.
func (u *update) abandon() bool {
	u.mu.Lock() // a function that runs uses what belongs to the caller, so it ends first
	defer u.mu.Unlock()
	u.abandoned = !u.ran
	return u.abandoned
}

// leave returns what the caller of an update is told that does not wait any longer,
// for a reason.
func (u *update) leave(reason error) error {
	switch {
	case u.abandon():
		return reason
	case u.err != nil:
		return u.err
	default: // the commit may still succeed
		return fmt.Errorf("%w: %w", store.ErrOutcomeUnknown, reason)
	}
}

// Update implements store.Store.
func (s *Store) Update(ctx context.Context, fn func(*store.Tx) error, _ ...store.Option) error {
	u := &update{ctx: ctx, fn: fn, done: make(chan struct{})}
	limit := time.NewTimer(s.limit)
	defer limit.Stop()
	select {
	case s.queue <- u:
	case <-ctx.Done():
		return ctx.Err()
	case <-limit.C:
		return errNoTurn
	case <-s.closing:
		return errClosed
	}
	for turn := limit.C; ; {
		select {
		case <-u.done:
			return u.result()
		case <-ctx.Done():
			return u.leave(ctx.Err())
		case <-turn:
			if u.abandon() {
				return errNoTurn
			}
			turn = nil // the limit is for the wait, not for the work
		case <-s.done:
			// The writer may have answered and then ended.
			select {
			case <-u.done:
				return u.result()
			default:
				return errClosed
			}
		}
	}
}

// write is the only writer. A commit waits for the disk, so the updates that arrive
// meanwhile share the next one: each runs in a savepoint of its own, and none is
// answered before the commit they share.
func (s *Store) write(c *conn) {
	defer close(s.done)
	defer func() { _ = c.close() }()
	for {
		select {
		case u := <-s.queue:
			s.commit(c, u)
		case <-s.shrink:
			s.emptyLog(c)
		case <-s.closing:
			// What was queued before Close still counts.
			select {
			case u := <-s.queue:
				s.commit(c, u)
			default:
				return
			}
		}
	}
}

func (s *Store) commit(c *conn, first *update) {
	var group []*update
	err := c.transact(func(ctx context.Context) error {
		for u := first; u != nil; u = s.next(len(group)) {
			group = append(group, u)
			if err := c.apply(ctx, u); err != nil {
				return err
			}
		}
		return nil
	})
	if len(group) == 0 {
		group = append(group, first) // BEGIN itself failed
	}
	// Readers see the commit before anybody is told of it.
	s.commits.Add(1)
	s.endReaders(context.Background())
	for _, u := range group {
		if err != nil {
			u.commit = fmt.Errorf("commit: %w", err)
		}
		close(u.done)
	}
}

// next returns the update that waits next, or nil when none does or the group
// has its size.
func (s *Store) next(size int) *update {
	if size == maxGroup {
		return nil
	}
	select {
	case u := <-s.queue:
		return u
	default:
		return nil
	}
}

// transact runs fn between BEGIN and COMMIT. It has no caller's context: a
// group outlives each caller in it.
func (c *conn) transact(fn func(context.Context) error) error {
	ctx := context.Background()
	if err := c.run(ctx, "BEGIN IMMEDIATE"); err != nil {
		return err
	}
	err := fn(ctx)
	if err == nil {
		err = c.run(ctx, "COMMIT")
	}
	if err != nil {
		// After some faults SQLite has rolled back by itself already.
		_ = c.run(ctx, "ROLLBACK")
	}
	return err
}

// apply runs one update in a savepoint of the group's transaction and keeps its
// error for its caller. The error it returns concerns the whole group: where a
// savepoint is gone, a fault (a full disk, say) rolled everything back.
func (c *conn) apply(ctx context.Context, u *update) error {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.abandoned {
		return nil
	}
	u.ran = true
	if u.err = u.ctx.Err(); u.err != nil {
		return nil
	}
	if err := c.run(ctx, "SAVEPOINT one"); err != nil {
		return err
	}
	for run := range maxRuns {
		attempt := store.Attempt{Optimistic: c.optimistic && run == 0}
		u.err = store.Run(store.NewTx(ctx, c, &store.SQLite, attempt), u.fn)
		if u.err == nil {
			break
		}
		if err := c.run(ctx, "ROLLBACK TO one"); err != nil {
			return errors.Join(u.err, err)
		}
		if !errors.Is(u.err, store.ErrStale) {
			break
		}
	}
	return c.run(ctx, "RELEASE one")
}

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

// savepointsOnDemand lets a group of updates run without a savepoint for each: one
// that fails after it has written undoes the group, which then runs again with
// savepoints. docs/decisions/savepoints.md gives the gain.
const savepointsOnDemand = true

// carefulGroups is how many groups run with savepoints after one had to be undone, so
// that updates which fail often do not make every group run twice.
const carefulGroups = 64

// errUndo means that an update without a savepoint has to be undone.
var errUndo = errors.New("an update has to be undone")

// update is one call of Update waiting for its commit.
type update struct {
	ctx  context.Context
	fn   func(*store.Tx) error
	done chan struct{} // closed when the group has ended

	mu     sync.Mutex // held while fn runs
	gone   bool       // the caller does not wait any longer, so fn must not run
	runs   int        // how often fn has run; err is how it ended
	err    error
	commit error // how the group ended
}

// result returns how an update ended whose group has.
func (u *update) result() error { return cmp.Or(u.commit, u.err) }

// final reports whether an update has failed in a way that no further run is for.
func (u *update) final() bool { return u.err != nil && !errors.Is(u.err, store.ErrStale) }

// abandon reports whether an update can still be taken back: its function has not
// run, and never will.
func (u *update) abandon() bool {
	u.mu.Lock() // a function that runs uses what belongs to the caller, so it ends first
	defer u.mu.Unlock()
	u.gone = u.runs == 0
	return u.gone
}

// leave returns what the caller of an update is told that does not wait any longer,
// for a reason.
func (u *update) leave(reason error) error {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.gone = true // it is not run again either
	switch {
	case u.runs == 0:
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
	apply := c.apply
	if c.careful = max(c.careful-1, 0); c.savepoints || c.careful > 0 {
		apply = c.applyInSavepoint
	}
	err := s.transact(c, func(ctx context.Context) error {
		for u := first; u != nil; u = s.next(len(group)) {
			group = append(group, u)
			if err := apply(ctx, u); err != nil {
				return err
			}
		}
		return nil
	})
	switch {
	case errors.Is(err, errUndo) && len(group) == 1 && first.final():
		err = nil // nothing was committed, and nobody else's update was undone
	case errors.Is(err, errUndo):
		c.careful = carefulGroups
		err = s.transact(c, func(ctx context.Context) error {
			for _, u := range group {
				if err := c.applyInSavepoint(ctx, u); err != nil {
					return err
				}
			}
			return nil
		})
	}
	if len(group) == 0 {
		group = append(group, first) // BEGIN itself failed
	}
	// Readers see the commit before anybody is told of it.
	s.commits.end()
	for _, u := range group {
		if err != nil {
			u.commit = fmt.Errorf("commit: %w", err)
		}
		close(u.done)
	}
	s.shrinkAfterCommit(c)
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
func (s *Store) transact(c *conn, fn func(context.Context) error) error {
	ctx := context.Background()
	if err := c.run(ctx, "BEGIN IMMEDIATE"); err != nil {
		return err
	}
	c.changed, c.late = false, c.late[:0]
	err := fn(ctx)
	if err == nil {
		err = c.writeLate(ctx)
	}
	if err == nil {
		s.commits.begin(c.changed)
		s.endReaders(ctx, c.changed) // the commit may begin a checkpoint
		err = c.run(ctx, "COMMIT")
	}
	if err != nil {
		// After some faults SQLite has rolled back by itself already.
		_ = c.run(ctx, "ROLLBACK")
	}
	return err
}

// apply runs one update and keeps its error for its caller. It returns errUndo if the
// group has to be undone: what failed may have written, or SQLite may have rolled
// back by itself (after a full disk, for example).
func (c *conn) apply(ctx context.Context, u *update) error {
	u.mu.Lock()
	defer u.mu.Unlock()
	if !u.start() {
		return nil
	}
	for u.runs < maxRuns {
		c.wrote, c.failed = false, false
		c.attempt(ctx, u)
		switch {
		case c.failed || u.err != nil && c.wrote:
			return errUndo
		case u.err == nil || u.final():
			return nil // u.err is the caller's, not the group's
		}
	}
	return nil
}

// applyInSavepoint runs one update in a savepoint of the group's transaction and keeps
// its error for its caller. The error it returns concerns the whole group: if a
// savepoint is gone, a fault rolled everything back.
func (c *conn) applyInSavepoint(ctx context.Context, u *update) error {
	u.mu.Lock()
	defer u.mu.Unlock()
	if !u.start() {
		return nil
	}
	if err := c.run(ctx, "SAVEPOINT one"); err != nil {
		return err
	}
	for {
		c.attempt(ctx, u)
		if u.err == nil {
			break
		}
		if err := c.run(ctx, "ROLLBACK TO one"); err != nil {
			return errors.Join(u.err, err)
		}
		if !errors.Is(u.err, store.ErrStale) || u.runs >= maxRuns {
			break
		}
	}
	return c.run(ctx, "RELEASE one")
}

// start reports whether an update may run: its caller waits and its context goes on.
func (u *update) start() bool {
	if u.gone {
		return false
	}
	if err := u.ctx.Err(); err != nil {
		u.err = err
		u.gone = true
		return false
	}
	return true
}

// attempt runs the function of an update once.
func (c *conn) attempt(ctx context.Context, u *update) {
	attempt := store.Attempt{Optimistic: c.optimistic && u.runs == 0}
	u.runs++
	tx := store.NewTx(ctx, c, &store.SQLite, attempt)
	if u.err = store.Run(tx, u.fn); u.err == nil {
		c.late = append(c.late, tx.Late()...)
	}
}

// writeLate writes what the updates of a group left to its end, once for all of them.
func (c *conn) writeLate(ctx context.Context) error {
	if len(c.late) == 0 {
		return nil
	}
	all := func(tx *store.Tx) error { return tx.WriteLate(c.late) }
	err := store.Run(store.NewTx(ctx, c, &store.SQLite, store.Attempt{Optimistic: c.optimistic}), all)
	clear(c.late) // and let go of the requests
	return err
}

// Package work does what happens later: it takes leased jobs from the store's
// work table as the business clock says, and has them performed.
//
// What a job does and its completion share one transaction, fenced by the number
// of the attempt: a worker that lost its lease to another, or died, leaves
// nothing behind, so nothing runs twice to effect. Any number of processes may
// run workers on one store.
package work

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"time"

	"cosell/internal/clock"
	"cosell/internal/store"
)

const (
	// lease is for how long claimed work is a worker's own. What a dead process
	// had claimed is done by another after that time.
	lease = 30 * time.Second
	// renewal is how often a worker extends the lease of work that takes long.
	renewal = lease / 3

	// The pause before work that failed is tried again doubles with each failure
	// in a row. It is business time, and it never becomes forever.
	firstPause = time.Second
	longPause  = 5 * time.Minute

	// DefaultPoll is how often a runner looks for work that nobody told it of.
	DefaultPoll = 500 * time.Millisecond
	// DefaultWorkers is how much is done at a time. Workers mostly wait for a
	// commit, which they share.
	DefaultWorkers = 32
)

// Performer does work, whatever its kind.
type Performer interface {
	// Perform does it, in the transaction that also ends it. It may run more than
	// once, as every function of an Update.
	Perform(tx *store.Tx, w store.Work) error
	// Failed records that Perform failed, in the transaction that puts the work
	// off.
	Failed(tx *store.Tx, w store.Work, cause error) error
}

// Config is what a Runner is built on. Store, Clock, Performer and Log are
// required.
type Config struct {
	Store     store.Store
	Clock     clock.Clock // business time: when work is due
	Performer Performer
	Log       *slog.Logger
	// Real tells the time of leases, which no operator may move; nil is the
	// system's.
	Real    clock.Clock
	Poll    time.Duration // 0 is DefaultPoll
	Workers int           // 0 is DefaultWorkers
	// Alone says that no other process works on the store: what is leased when
	// the runner begins was left by one that died, and need not wait.
	Alone bool
}

// Runner takes work and has it performed.
type Runner struct {
	Config
	wake chan struct{}
}

// New returns a Runner that does nothing before it is run.
func New(c Config) *Runner {
	if c.Real == nil {
		c.Real = clock.System()
	}
	if c.Poll == 0 {
		c.Poll = DefaultPoll
	}
	if c.Workers == 0 {
		c.Workers = DefaultWorkers
	}
	return &Runner{Config: c, wake: make(chan struct{}, 1)}
}

// Wake has the runner look for work now: there is some, or the business clock was
// moved. It does not wait.
func (r *Runner) Wake() {
	select {
	case r.wake <- struct{}{}:
	default: // it will look anyway
	}
}

// Run performs work until the context ends, and returns when what was begun is
// done. The store must stay open until then.
func (r *Runner) Run(ctx context.Context) {
	var workers sync.WaitGroup
	defer workers.Wait()
	if r.Alone {
		if err := r.Store.Update(ctx, (*store.Tx).ReleaseWork); err != nil && ctx.Err() == nil {
			r.Log.LogAttrs(ctx, slog.LevelError, "release work", slog.String("cause", err.Error()))
		}
	}
	slots := make(chan struct{}, r.Workers)
	for r.acquire(ctx, slots) {
		free := 1 + r.acquireMore(slots)
		found, err := r.claim(ctx, free)
		if err != nil && ctx.Err() == nil {
			r.Log.LogAttrs(ctx, slog.LevelError, "look for work", slog.String("cause", err.Error()))
		}
		for range free - len(found) {
			<-slots
		}
		for _, w := range found {
			workers.Go(func() {
				// Work that was begun is finished: its lease is held.
				r.do(context.WithoutCancel(ctx), w)
				<-slots
				r.Wake() // it may have asked for more
			})
		}
		if len(found) < free {
			r.sleep(ctx)
		}
	}
}

// acquire waits for a free worker; it answers false when the context has ended.
func (r *Runner) acquire(ctx context.Context, slots chan struct{}) bool {
	select {
	case slots <- struct{}{}:
		return ctx.Err() == nil
	case <-ctx.Done():
		return false
	}
}

// acquireMore takes the workers that are free besides.
func (r *Runner) acquireMore(slots chan struct{}) (n int) {
	for {
		select {
		case slots <- struct{}{}:
			n++
		default:
			return n
		}
	}
}

// sleep waits for something to tell of work, or for the next poll.
func (r *Runner) sleep(ctx context.Context) {
	timer := time.NewTimer(r.Poll)
	defer timer.Stop()
	select {
	case <-r.wake:
	case <-timer.C:
	case <-ctx.Done():
	}
}

// claim leases at most limit of what is due. It writes nothing where there is
// none.
func (r *Runner) claim(ctx context.Context, limit int) (found []store.Work, err error) {
	some := false
	err = r.Store.View(ctx, func(tx *store.Tx) error {
		some, err = tx.HasWork(r.Clock.Now().UnixMilli(), r.Real.Now().UnixMilli())
		return err
	})
	if err != nil || !some {
		return nil, err
	}
	err = r.Store.Update(ctx, func(tx *store.Tx) error {
		found, err = tx.Claim(r.Clock.Now().UnixMilli(), r.Real.Now().UnixMilli(), r.leaseEnd(), limit)
		return err
	})
	if err != nil {
		return nil, err
	}
	return found, nil
}

func (r *Runner) leaseEnd() int64 { return r.Real.Now().Add(lease).UnixMilli() }

// errLost says that another worker has the work by now.
var errLost = errors.New("the lease ran out and another worker took over")

// do performs claimed work to its end: done, put off, or another's.
func (r *Runner) do(ctx context.Context, w store.Work) {
	stop := r.keep(ctx, &w)
	err := r.perform(ctx, w)
	stop()
	if err == nil {
		return
	}
	if !errors.Is(err, errLost) {
		r.Log.LogAttrs(ctx, slog.LevelWarn, "work failed", slog.String("kind", w.Kind),
			slog.String("subject", w.Subject), slog.Int64("failures", w.Failures+1), slog.String("cause", err.Error()))
		err = r.putOff(ctx, w, err)
	}
	if err != nil {
		// Whoever claims it when its lease has run out tries again.
		r.Log.LogAttrs(ctx, slog.LevelWarn, "work left to its lease", slog.String("kind", w.Kind),
			slog.String("subject", w.Subject), slog.String("cause", err.Error()))
	}
}

// perform does work and ends it in one transaction.
func (r *Runner) perform(ctx context.Context, w store.Work) error {
	return r.Store.Update(ctx, func(tx *store.Tx) error {
		if err := contain(func() error { return r.Performer.Perform(tx, w) }); err != nil {
			return err
		}
		return fenced(tx.Complete(&w))
	})
}

// putOff records a failure, and when to try again.
func (r *Runner) putOff(ctx context.Context, w store.Work, cause error) error {
	return r.Store.Update(ctx, func(tx *store.Tx) error {
		due := r.Clock.Now().Add(pause(w.Failures)).UnixMilli()
		if err := fenced(tx.Fail(&w, due, cause.Error())); err != nil {
			return err
		}
		return contain(func() error { return r.Performer.Failed(tx, w, cause) })
	})
}

// pause is how long to wait after one more failure than there were.
func pause(failures int64) time.Duration {
	const doublings = 9 // more would exceed longPause anyway
	return min(firstPause<<min(failures, doublings), longPause)
}

// fenced tells a lost lease from a fault.
func fenced(err error) error {
	if errors.Is(err, store.ErrNotFound) {
		return errLost
	}
	return err
}

// contain turns a panic into an error: one bad job must not end the others.
func contain(fn func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	return fn()
}

// keep renews the lease of work until the function it returns is called.
func (r *Runner) keep(ctx context.Context, w *store.Work) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	var renewing sync.WaitGroup
	renewing.Go(func() {
		ticker := time.NewTicker(renewal)
		defer ticker.Stop()
		for {
			select {
			case <-ticker.C:
			case <-ctx.Done():
				return
			}
			err := r.Store.Update(ctx, func(tx *store.Tx) error { return fenced(tx.Renew(w, r.leaseEnd())) })
			if errors.Is(err, errLost) {
				return // completing it will tell
			}
		}
	})
	return func() {
		cancel()
		renewing.Wait()
	}
}

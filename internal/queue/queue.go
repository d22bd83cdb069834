// Package queue runs leased background jobs on the business clock.
//
// The effect of a job and its completion share one transaction, fenced by the
// number of the attempt: a worker that died or lost its lease leaves nothing
// behind, so a job takes effect exactly once. Any number of processes may run
// workers on one store.
package queue

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
	// lease is how long claimed work is reserved for its worker. Work that a dead
	// process had claimed is taken by another after that time.
	lease = 30 * time.Second
	// renewal is how often a worker extends its lease.
	renewal = lease / 3

	// The pause before failed work is tried again doubles with each consecutive
	// failure, up to longPause. It is business time.
	firstPause = time.Second
	longPause  = 5 * time.Minute

	// DefaultPoll is how often a runner looks for work without being woken.
	DefaultPoll = 500 * time.Millisecond
	// DefaultWorkers is the number of jobs run at a time. Workers mostly wait for a
	// commit, which they share.
	DefaultWorkers = 32
)

// Handler performs work of any kind.
type Handler interface {
	// Handle performs the work in the transaction that also completes it. It may
	// run more than once, like every function of an Update.
	Handle(tx *store.Tx, w store.Work) error
	// OnFailure records that Handle failed, in the transaction that reschedules the
	// work.
	OnFailure(tx *store.Tx, w store.Work, cause error) error
}

// Config configures a Runner. Store, Clock, Handler and Log are required.
type Config struct {
	Store   store.Store
	Clock   clock.Clock // business time: when work is due
	Handler Handler
	// Prepare does what work needs before its transaction, such as requests to other
	// servers; its context ends when the runner stops. nil prepares nothing.
	Prepare func(ctx context.Context, w store.Work) error
	Log     *slog.Logger
	// Real is the clock of leases, which no operator may move; nil is the system's.
	Real    clock.Clock
	Poll    time.Duration // 0 is DefaultPoll
	Workers int           // 0 is DefaultWorkers
	// Alone means that no other process works on the store: leases found when the
	// runner starts belong to a dead process and are released at once.
	Alone bool
}

// Runner claims due work and performs it.
type Runner struct {
	Config
	wake chan struct{}
}

// New returns a Runner that is idle until Run is called.
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

// Wake makes the runner look for work now, because there is new work or the
// business clock was moved. It does not block.
func (r *Runner) Wake() {
	select {
	case r.wake <- struct{}{}:
	default: // it is already woken
	}
}

// Run performs work until the context ends, and returns when all started work is
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
				r.do(ctx, w)
				<-slots
				r.Wake() // the job may have scheduled more
			})
		}
		if len(found) < free {
			r.sleep(ctx)
		}
	}
}

// acquire waits for a free worker; it returns false when the context has ended.
func (r *Runner) acquire(ctx context.Context, slots chan struct{}) bool {
	select {
	case slots <- struct{}{}:
		return ctx.Err() == nil
	case <-ctx.Done():
		return false
	}
}

// acquireMore takes all other free workers.
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

// sleep waits for a wake-up or the next poll.
func (r *Runner) sleep(ctx context.Context) {
	timer := time.NewTimer(r.Poll)
	defer timer.Stop()
	select {
	case <-r.wake:
	case <-timer.C:
	case <-ctx.Done():
	}
}

// claim leases at most limit due jobs. It writes nothing if none is due.
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

// errLost reports that another worker has taken over the work.
var errLost = errors.New("the lease ran out and another worker took over")

// ErrBusy is returned by what prepares work where too much is prepared already. The work
// is claimed again once its lease has expired.
var ErrBusy = errors.New("too much of the kind is done at a time")

// do performs claimed work until it is done, rescheduled or lost to another worker.
func (r *Runner) do(stopping context.Context, w store.Work) {
	ctx := context.WithoutCancel(stopping) // started work is finished
	stop := r.keep(ctx, &w)
	err := r.prepare(stopping, w)
	if err == nil {
		err = r.perform(ctx, w)
	}
	stop()
	if err == nil || errors.Is(err, ErrBusy) {
		return
	}
	if !errors.Is(err, errLost) {
		r.Log.LogAttrs(ctx, slog.LevelWarn, "work failed", slog.String("kind", w.Kind),
			slog.String("subject", w.Subject), slog.Int64("failures", w.Failures+1), slog.String("cause", err.Error()))
		err = r.reschedule(ctx, w, err)
	}
	if err != nil {
		// It is tried again by whoever claims it after its lease has expired.
		r.Log.LogAttrs(ctx, slog.LevelWarn, "work left to its lease", slog.String("kind", w.Kind),
			slog.String("subject", w.Subject), slog.String("cause", err.Error()))
	}
}

func (r *Runner) prepare(ctx context.Context, w store.Work) error {
	if r.Prepare == nil {
		return nil
	}
	return contain(func() error { return r.Prepare(ctx, w) })
}

// perform performs and completes work in one transaction.
func (r *Runner) perform(ctx context.Context, w store.Work) error {
	return r.Store.Update(ctx, func(tx *store.Tx) error {
		if err := contain(func() error { return r.Handler.Handle(tx, w) }); err != nil {
			return err
		}
		return fenced(tx.Complete(&w))
	})
}

// reschedule records a failure and when to try again.
func (r *Runner) reschedule(ctx context.Context, w store.Work, cause error) error {
	return r.Store.Update(ctx, func(tx *store.Tx) error {
		due := r.Clock.Now().Add(pause(w.Failures)).UnixMilli()
		if err := fenced(tx.Fail(&w, due, cause.Error())); err != nil {
			return err
		}
		return contain(func() error { return r.Handler.OnFailure(tx, w, cause) })
	})
}

// pause returns how long to wait after another failure.
func pause(failures int64) time.Duration {
	const doublings = 9 // more would exceed longPause anyway
	return min(firstPause<<min(failures, doublings), longPause)
}

// fenced turns the error of a lost lease into errLost.
func fenced(err error) error {
	if errors.Is(err, store.ErrNotFound) {
		return errLost
	}
	return err
}

// contain turns a panic into an error: one broken job must not stop the others.
func contain(fn func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	return fn()
}

// keep renews the lease of work until the returned function is called.
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
				return // completing the work fails with the same error
			}
		}
	})
	return func() {
		cancel()
		renewing.Wait()
	}
}

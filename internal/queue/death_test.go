package queue_test

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"cosell/internal/queue"
	"cosell/internal/store"
)

// crash is what happens to the transaction after which it comes.
type crash struct {
	committed bool // or it left nothing
	dies      bool // and its process does nothing more; or it goes on
}

var crashes = map[string]crash{
	"DiesBeforeTheCommit":    {dies: true},
	"DiesAfterTheCommit":     {committed: true, dies: true},
	"UnknownAndNotCommitted": {},
	"UnknownAndYetCommitted": {committed: true},
}

// crashingStore is a process's store on which one transaction meets a crash.
type crashingStore struct {
	store.Store
	crash
	nth   int64
	calls atomic.Int64
}

func (m *crashingStore) Update(ctx context.Context, fn func(*store.Tx) error, options ...store.Option) error {
	switch n := m.calls.Add(1); {
	case n > m.nth && m.dies:
		return errDead
	case n != m.nth:
		return m.Store.Update(ctx, fn, options...)
	}
	undone := errors.New("undone")
	err := m.Store.Update(ctx, func(tx *store.Tx) error {
		if err := fn(tx); err != nil || m.committed {
			return err
		}
		return undone
	}, options...)
	if err != nil && !errors.Is(err, undone) {
		return err
	}
	return store.ErrOutcomeUnknown
}

func (m *crashingStore) View(ctx context.Context, fn func(*store.Tx) error, options ...store.Option) error {
	if m.dies && m.calls.Load() >= m.nth {
		return errDead
	}
	return m.Store.View(ctx, fn, options...)
}

var errDead = errors.New("the process is dead")

// chain is work of several steps, each of which counts itself and asks for the
// next; it counts its failures, too.
type chain struct {
	steps    int64
	failures int64 // before the first step succeeds
}

const chainKind = "test"

func (c chain) Handle(tx *store.Tx, w store.Work) error {
	n, err := count(tx, w.Subject+" performed")
	if n == 1 && w.Failures < c.failures {
		return errors.New("no luck")
	}
	if err != nil || n >= c.steps {
		return err
	}
	return tx.Enqueue(chainKind, w.Subject, 0, nil)
}

func (c chain) OnFailure(tx *store.Tx, w store.Work, _ error) error {
	_, err := count(tx, w.Subject+" failed")
	return err
}

// counted reads a counter, which the store keeps as an account's document.
func counted(tx *store.Tx, name string) (int64, error) {
	document, err := tx.Account(name)
	if errors.Is(err, store.ErrNotFound) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	return strconv.ParseInt(string(document), 10, 64)
}

// count adds one. A second effect shows, whoever had the first.
func count(tx *store.Tx, name string) (int64, error) {
	n, err := counted(tx, name)
	if err != nil {
		return 0, err
	}
	return n + 1, tx.PutAccount(name, fmt.Append(nil, n+1))
}

// Whatever transaction of a worker's meets a crash, what it was about is done
// exactly once in the end, by itself or by another process: the change and what
// ends the work are never apart.
func TestMishapAtAnyTransactionLeavesOneEffect(t *testing.T) {
	for name, c := range map[string]chain{
		"OneStep":      {steps: 1},
		"ThreeSteps":   {steps: 3},
		"AfterFailing": {steps: 2, failures: 2},
	} {
		for what, m := range crashes {
			t.Run(name+what, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					b := newBench(t)
					for nth := int64(1); ; nth++ {
						if met := b.endsWell(c, m, nth); t.Failed() || !met {
							if nth <= c.steps {
								t.Errorf("the work takes %d transactions, too few to be a test", nth-1)
							}
							return
						}
					}
				})
			})
		}
	}
}

// endsWell does a chain with a crash at a transaction, unless it takes fewer.
func (b *bench) endsWell(c chain, m crash, nth int64) (met bool) {
	b.t.Helper()
	const longEnough = 2 * time.Minute // for a lease, and for the pauses after failures
	subject := fmt.Sprint("crash at transaction ", nth)
	b.update(func(tx *store.Tx) error { return tx.Enqueue(chainKind, subject, 0, nil) })
	first := &crashingStore{Store: b.store, crash: m, nth: nth}
	for _, s := range []store.Store{first, b.store} {
		_, stop := b.run(func(config *queue.Config) { config.Store, config.Handler = s, c })
		time.Sleep(longEnough)
		stop()
	}
	met = first.calls.Load() >= nth
	b.update(func(tx *store.Tx) error {
		performed, err := counted(tx, subject+" performed")
		if err != nil {
			return err
		}
		failed, err := counted(tx, subject+" failed")
		// Who goes on after a crash takes it for a failure.
		if performed != c.steps || failed != c.failures && (m.dies || failed != c.failures+1) {
			b.t.Errorf("%s: performed %d times and failed %d, want %+v", subject, performed, failed, c)
		}
		return err
	})
	if left := b.left(); len(left) != 0 {
		b.t.Errorf("%s: left %+v", subject, left)
	}
	return met
}

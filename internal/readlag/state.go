package readlag

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
	"time"

	"cosell/internal/store"
)

// errEnded means that a state has ended: the present one is as good then.
var errEnded = errors.New("the state has ended")

// state is the store as it was before an update. It is a transaction that stays open.
type state struct {
	before time.Time // when the update came
	views  chan func(*store.Tx)
	stop   func()
	ended  chan struct{} // closed when the transaction has ended
}

// open begins a state.
func open(ctx context.Context, s store.Store, before time.Time) (*state, error) {
	stopped := make(chan struct{})
	k := &state{before: before, views: make(chan func(*store.Tx)), stop: sync.OnceFunc(func() { close(stopped) }), ended: make(chan struct{})}
	ready := make(chan struct{})
	var failed error
	began := false
	go func() {
		defer close(k.ended)
		failed = s.View(context.WithoutCancel(ctx), func(tx *store.Tx) error {
			if began {
				return errEnded // a second run would see another state
			}
			// What a transaction sees is settled by its first statement.
			if _, _, err := tx.SearchBacklog(1); err != nil {
				return err
			}
			began = true
			close(ready)
			for {
				select {
				case view := <-k.views:
					view(tx)
				case <-stopped:
					return nil
				}
			}
		}, store.WithoutTimeout())
	}()
	select {
	case <-ready:
		return k, nil
	case <-k.ended:
		return nil, failed
	}
}

// view runs a function on the state, after those that came before.
func (k *state) view(ctx context.Context, fn func(*store.Tx) error) error {
	done := make(chan error, 1)
	select {
	case k.views <- func(tx *store.Tx) { done <- run(tx.For(ctx), fn) }:
		return <-done
	case <-k.ended:
		return errEnded
	case <-ctx.Done():
		return ctx.Err()
	}
}

// run runs a function. A panic, which would end the process here, becomes an error.
func run(tx *store.Tx, fn func(*store.Tx) error) (err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("panic: %v\n%s", cause, debug.Stack())
		}
	}()
	return fn(tx)
}

// close ends the state, after the view that runs.
func (k *state) close() {
	k.stop()
	<-k.ended
}

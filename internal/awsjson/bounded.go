package awsjson

import (
	"context"
	"sync"
	"time"
)

// bounded is a context that ends with its parent or at a time. The one of the
// standard library costs as much as decoding a small request, which is too much
// for work that mostly ends before anybody waits: this one makes it when
// somebody does.
type bounded struct {
	context.Context //nolint:containedctx // it is one itself

	at     time.Time
	once   sync.Once
	waited context.Context //nolint:containedctx // with the deadline; nil until somebody waits
	cancel context.CancelFunc
}

// withTimeout returns a context that ends after a time. end must be called when
// the work has ended.
func withTimeout(parent context.Context, limit time.Duration) *bounded {
	return &bounded{Context: parent, at: time.Now().Add(limit)}
}

// Deadline implements [context.Context].
func (b *bounded) Deadline() (time.Time, bool) { return b.wait().Deadline() }

// Done implements [context.Context].
func (b *bounded) Done() <-chan struct{} { return b.wait().Done() }

// Err implements [context.Context].
func (b *bounded) Err() error { return b.wait().Err() }

func (b *bounded) wait() context.Context {
	b.once.Do(func() { b.waited, b.cancel = context.WithDeadline(b.Context, b.at) })
	return b.waited
}

// end releases what the context holds.
func (b *bounded) end() {
	b.once.Do(func() { b.waited, b.cancel = ended, func() {} })
	b.cancel()
}

// ended is what a context is of which nobody knew before its end.
var ended = func() context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	return ctx
}()

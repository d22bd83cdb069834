package awsjson

import (
	"context"
	"net/http"
	"sync"
	"time"

	"cosell/internal/api"
	"cosell/internal/audit"
	"cosell/internal/notice"
)

// bounded is a context with a deadline that starts its timer only when somebody
// asks for Done, Err or Deadline. Most requests end before that, and the context
// of the standard library costs as much as decoding a small request.
type bounded struct {
	context.Context //nolint:containedctx // it is a context itself

	notices notice.List   // of the request
	entry   *audit.Entry  // of the request; nil where it is not kept
	request *http.Request // for api.RequestURL; nil without one

	at     time.Time
	once   sync.Once
	waited context.Context //nolint:containedctx // has the deadline; nil until somebody waits
	cancel context.CancelFunc
}

// withTimeout returns a context that ends after limit. The caller must call end
// when the work is done.
func withTimeout(parent context.Context, limit time.Duration) *bounded {
	return &bounded{Context: parent, at: time.Now().Add(limit)}
}

// Value implements [context.Context].
func (b *bounded) Value(key any) any {
	switch {
	case key == any(notice.Key{}):
		return &b.notices
	case key == any(audit.Key{}):
		return b.entry
	case key != api.RequestURLKey || b.request == nil:
		return b.Context.Value(key)
	case b.request.TLS != nil:
		return "https://" + b.request.Host
	default:
		return "http://" + b.request.Host
	}
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

// end releases the resources of the context and cancels it.
func (b *bounded) end() {
	b.once.Do(func() { b.waited, b.cancel = ended, func() {} })
	b.cancel()
}

// ended is a canceled context, used when nobody waited on a bounded before it ended.
var ended = func() context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	return ctx
}()

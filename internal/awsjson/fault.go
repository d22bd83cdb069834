package awsjson

import (
	"context"
	"errors"
	"net"
	"net/http"
	"time"

	"cosell/internal/api"
	"cosell/internal/auth"
	"cosell/internal/clock"
	"cosell/internal/fault"
)

var errReset = errors.New("a fault resets the connection")

// hangTime is how long a fault leaves a client without an answer. It is under the
// server's time for an answer.
const hangTime = time.Minute

// skewed returns a request whose signature is checked with the clock that a fault gives
// the server.
func (h *Handler) skewed(r *http.Request, op *api.Operation, x *Exchange) *http.Request {
	return r.WithContext(auth.WithSkew(r.Context(), func(account string) time.Duration {
		x.Strike = h.Faults.StrikeClock(fault.Request{ID: x.RequestID, Operation: op, Account: account})
		if x.Strike == nil {
			return 0
		}
		return x.Strike.ClockSkew
	}))
}

// lagging returns a context whose reads lag as a strike says.
func lagging(ctx context.Context, s *fault.Strike) context.Context {
	if s == nil || s.ReadLag == 0 {
		return ctx
	}
	return fault.WithReadLag(ctx, s.ReadLag)
}

// breakConnection ends a connection as a fault says, in place of an answer.
func breakConnection(w http.ResponseWriter, r *http.Request, how string, answer []byte) {
	switch how {
	case "":
		return
	case fault.Reset:
		reset(w)
	case fault.Close: // as every other one, once it has done its part
	case fault.Truncate:
		_, _ = w.Write(answer[:len(answer)/2]) // the header has the whole length
		_ = http.NewResponseController(w).Flush()
	case fault.Hang:
		_ = clock.Sleep(r.Context(), hangTime) // unless the client leaves
	}
	panic(http.ErrAbortHandler)
}

// reset has the client see a reset of the connection, where the connection can be had.
func reset(w http.ResponseWriter) {
	c, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	inner := c
	for {
		outer, ok := inner.(interface{ NetConn() net.Conn })
		if !ok {
			break
		}
		inner = outer.NetConn()
	}
	if tcp, ok := inner.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	_ = c.Close()
}

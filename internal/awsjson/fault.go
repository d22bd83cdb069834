package awsjson

import (
	"errors"
	"net"
	"net/http"
	"time"

	"cosell/internal/clock"
	"cosell/internal/fault"
)

var errReset = errors.New("a fault resets the connection")

// hangTime is how long a fault leaves a client without an answer. It is under the
// server's time for an answer.
const hangTime = time.Minute

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

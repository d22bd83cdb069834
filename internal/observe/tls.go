package observe

import (
	"context"
	"log/slog"
	"net"
	"sync/atomic"
	"time"
)

// tlsHandshake is the first byte of a TLS connection; no HTTP request begins with it.
const tlsHandshake = 0x16

// tlsNoticeEvery is how long the log is silent after a line about TLS.
const tlsNoticeEvery = time.Minute

// NoticeTLS returns a listener whose connections are those of inner, for a server
// without TLS. When a client begins with TLS, the log says what is wrong, once a
// minute: the client itself learns only that the answer is no TLS.
func NoticeTLS(inner net.Listener, log *slog.Logger) net.Listener {
	return &plainListener{Listener: inner, log: log}
}

type plainListener struct {
	net.Listener

	log  *slog.Logger
	last atomic.Int64 // Unix nanoseconds of the last line
}

// Accept implements [net.Listener].
func (l *plainListener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &plainConn{Conn: c, listener: l}, nil
}

type plainConn struct {
	net.Conn

	listener *plainListener
	begun    bool
}

// NetConn returns the connection that the listener accepted, as crypto/tls has it.
func (c *plainConn) NetConn() net.Conn { return c.Conn }

// Read implements [net.Conn].
func (c *plainConn) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	if !c.begun && n > 0 {
		c.begun = true
		if b[0] == tlsHandshake {
			c.listener.notice(c.RemoteAddr())
		}
	}
	return n, err
}

func (l *plainListener) notice(from net.Addr) {
	nowNano, lastNano := time.Now().UnixNano(), l.last.Load()
	if nowNano-lastNano < int64(tlsNoticeEvery) || !l.last.CompareAndSwap(lastNano, nowNano) {
		return
	}
	l.log.LogAttrs(context.Background(), slog.LevelWarn,
		"a client used https, but this address serves http; its endpoint URL must begin with http://",
		slog.String("remote", from.String()))
}

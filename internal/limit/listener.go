package limit

import (
	"crypto/tls"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

const (
	// connectionMemory is what an open connection takes at most before its request
	// has been read: its buffers, headers and goroutine.
	connectionMemory = 64 << 10
	// connectionFraction is the fraction of the memory that connections may take.
	connectionFraction = 4

	leastConnections = 64
	mostConnections  = 16 << 10
	// otherFiles is how many file descriptors the rest of the process needs.
	otherFiles = 64
)

// MaxConnections returns how many connections a process with a memory limit in bytes
// accepts. It leaves file descriptors for the rest of the process.
func MaxConnections(memory int64) int {
	n := memory / connectionFraction / connectionMemory
	n = min(n, int64(min(fileLimit(), mostConnections+otherFiles))-otherFiles)
	return int(min(max(n, leastConnections), mostConnections))
}

// Listener bounds the number of open connections. When there are too many, a new
// connection replaces the one that has been without a request for longest. It must
// be given to a server together with its ConnState.
type Listener struct {
	net.Listener

	most int

	mu    sync.Mutex
	room  sync.Cond // a connection was closed, or its request has ended
	conns map[*conn]struct{}
}

// Listen returns a listener that accepts at most some connections at a time.
func Listen(inner net.Listener, most int) *Listener {
	l := &Listener{Listener: inner, most: most, conns: map[*conn]struct{}{}}
	l.room.L = &l.mu
	return l
}

// conn is a connection that knows whether it waits for a request.
type conn struct {
	net.Conn

	listener *Listener
	busy     atomic.Bool
	since    atomic.Int64 // Unix nanoseconds of the last change of busy
}

// NetConn returns the connection that the listener accepted, as crypto/tls has it.
func (c *conn) NetConn() net.Conn { return c.Conn }

// Close implements [net.Conn].
func (c *conn) Close() error {
	l := c.listener
	l.mu.Lock()
	if _, open := l.conns[c]; open {
		delete(l.conns, c)
		l.room.Signal()
	}
	l.mu.Unlock()
	return c.Conn.Close()
}

// Accept implements [net.Listener].
func (l *Listener) Accept() (net.Conn, error) {
	inner, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	c := &conn{Conn: inner, listener: l}
	c.since.Store(time.Now().UnixNano())
	l.mu.Lock()
	for len(l.conns) >= l.most {
		if !l.evict() {
			l.room.Wait() // every connection has a request in progress
		}
	}
	l.conns[c] = struct{}{}
	l.mu.Unlock()
	return c, nil
}

// evict closes the connection that has been without a request for longest. Callers
// must hold mu.
func (l *Listener) evict() bool {
	var oldest *conn
	for c := range l.conns {
		if !c.busy.Load() && (oldest == nil || c.since.Load() < oldest.since.Load()) {
			oldest = c
		}
	}
	if oldest == nil {
		return false
	}
	delete(l.conns, oldest)
	_ = oldest.Conn.Close() // its server notices
	return true
}

// ConnState is the hook of the [http.Server] that serves the listener.
func (l *Listener) ConnState(nc net.Conn, state http.ConnState) {
	if secure, ok := nc.(*tls.Conn); ok {
		nc = secure.NetConn()
	}
	c, ours := nc.(*conn)
	if !ours || state == http.StateNew || state == http.StateClosed {
		return
	}
	c.since.Store(time.Now().UnixNano())
	c.busy.Store(state == http.StateActive)
	if state == http.StateIdle {
		c.listener.mu.Lock() // or the signal could come between a failed evict and its wait
		c.listener.room.Signal()
		c.listener.mu.Unlock()
	}
}

package servertest

import (
	"context"
	"net/http"
	"net/http/httputil"
	"net/url"
	"slices"
	"strconv"
	"sync"
)

// Cluster is servers that clients can turn to: one on an embedded store, or replicas on one database.
type Cluster struct {
	binary, dir string
	flags       []string

	mu      sync.Mutex
	servers []*Process    // nil where it is down
	change  chan struct{} // closed when one has come up
}

// NewCluster returns n servers that are down. A single one has its data in dir, several have their logs beside it.
func NewCluster(binary, dir string, n int, flags ...string) *Cluster {
	return &Cluster{binary: binary, dir: dir, flags: flags, servers: make([]*Process, n), change: make(chan struct{})}
}

// Size is how many servers there are, up or down.
func (c *Cluster) Size() int { return len(c.servers) }

// Start starts server i, which is down.
func (c *Cluster) Start(i int) error {
	dir := c.dir
	if len(c.servers) > 1 {
		dir += strconv.Itoa(i)
	}
	server, err := Start(context.Background(), c.binary, dir, c.flags...)
	if err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.servers[i] = server
	close(c.change)
	c.change = make(chan struct{})
	return nil
}

// Kill ends server i with SIGKILL, if it is up.
func (c *Cluster) Kill(i int) {
	if server := c.Take(i); server != nil {
		_ = server.Kill() // it may have ended by itself, which clients notice
	}
}

// Restart kills server i and starts it again.
func (c *Cluster) Restart(i int) error {
	c.Kill(i)
	return c.Start(i)
}

// Stop ends server i, which is up, in order.
func (c *Cluster) Stop(i int) error { return c.Take(i).Stop() }

// Take returns server i, or nil if it is down, and counts it as down.
func (c *Cluster) Take(i int) *Process {
	c.mu.Lock()
	defer c.mu.Unlock()
	server := c.servers[i]
	c.servers[i] = nil
	return server
}

// URL returns the address of the nth of the servers that are up. It waits for one.
func (c *Cluster) URL(ctx context.Context, n int) (string, error) {
	for {
		c.mu.Lock()
		up, change := c.up(), c.change
		c.mu.Unlock()
		if len(up) > 0 {
			return up[n%len(up)], nil
		}
		select {
		case <-change:
		case <-ctx.Done():
			return "", ctx.Err()
		}
	}
}

// up returns the addresses of the servers that are up. Callers hold mu.
func (c *Cluster) up() []string {
	var urls []string
	for _, server := range slices.DeleteFunc(slices.Clone(c.servers), func(s *Process) bool { return s == nil }) {
		urls = append(urls, server.URL)
	}
	return urls
}

// ServeHTTP passes a request to a server that is up, as a load balancer does: it waits for one, and answers 502 if
// the server ends before it has answered.
func (c *Cluster) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	endpoint, err := c.URL(r.Context(), 0)
	if err != nil {
		return // the client has left
	}
	to, err := url.Parse(endpoint)
	if err != nil {
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	proxy := httputil.ReverseProxy{
		Rewrite: func(p *httputil.ProxyRequest) {
			p.SetURL(to)
			p.Out.Host = p.In.Host // it is signed
		},
		ErrorHandler: func(w http.ResponseWriter, _ *http.Request, _ error) { w.WriteHeader(http.StatusBadGateway) },
	}
	proxy.ServeHTTP(w, r)
}

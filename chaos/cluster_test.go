package chaos

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"cosell/internal/servertest"
)

// cluster is the servers that clients can turn to: one on an embedded store, or
// replicas on one database.
type cluster struct {
	dir   string // of the embedded store; of replicas, for their logs
	flags []string

	mu      sync.Mutex
	servers []*servertest.Process // nil where it is down
	change  chan struct{}         // closed when one has come up
}

// embedded starts a server on an embedded store.
func embedded(t *testing.T, dir string) *cluster {
	t.Helper()
	return newCluster(t, dir, 1)
}

// replicas starts servers on one database.
func replicas(t *testing.T, n int, databaseURL string) *cluster {
	t.Helper()
	return newCluster(t, filepath.Join(t.TempDir(), "replica"), n, "--database-url", databaseURL)
}

func newCluster(t *testing.T, dir string, n int, flags ...string) *cluster {
	t.Helper()
	c := &cluster{dir: dir, flags: flags, servers: make([]*servertest.Process, n), change: make(chan struct{})}
	t.Cleanup(func() {
		for i := range c.servers {
			c.kill(i)
		}
	})
	for i := range c.servers {
		if err := c.start(i); err != nil {
			t.Fatal(err)
		}
	}
	return c
}

// start starts server i.
func (c *cluster) start(i int) error {
	dir := c.dir
	if len(c.servers) > 1 {
		dir += fmt.Sprint(i)
	}
	server, err := servertest.Start(context.Background(), binary, dir, c.flags...)
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

// kill ends server i with SIGKILL.
func (c *cluster) kill(i int) {
	if server := c.take(i); server != nil {
		_ = server.Kill() // it may have ended by itself, which clients notice
	}
}

// restart kills server i and starts it again.
func (c *cluster) restart(t *testing.T, i int) {
	t.Helper()
	c.kill(i)
	if err := c.start(i); err != nil {
		t.Fatal(err)
	}
}

// stop ends server i in order.
func (c *cluster) stop(t *testing.T, i int) {
	t.Helper()
	if err := c.take(i).Stop(); err != nil {
		t.Error(err)
	}
}

// take returns server i and counts it as down.
func (c *cluster) take(i int) *servertest.Process {
	c.mu.Lock()
	defer c.mu.Unlock()
	server := c.servers[i]
	c.servers[i] = nil
	return server
}

// url returns where a server is reached, the nth of those that are up; it waits
// for one.
func (c *cluster) url(ctx context.Context, n int) (string, error) {
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

// up returns where the servers that run are reached. Callers hold mu.
func (c *cluster) up() []string {
	var urls []string
	for _, server := range slices.DeleteFunc(slices.Clone(c.servers), func(s *servertest.Process) bool { return s == nil }) {
		urls = append(urls, server.URL)
	}
	return urls
}

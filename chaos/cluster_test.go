package chaos

import (
	"path/filepath"
	"testing"

	"cosell/internal/servertest"
)

// cluster is the servers that clients can turn to.
type cluster struct{ *servertest.Cluster }

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
	c := &cluster{servertest.NewCluster(binary, dir, n, flags...)}
	t.Cleanup(func() {
		for i := range n {
			c.Kill(i)
		}
	})
	for i := range n {
		if err := c.Start(i); err != nil {
			t.Fatal(err)
		}
	}
	return c
}

// restart kills server i and starts it again.
func (c *cluster) restart(t *testing.T, i int) {
	t.Helper()
	if err := c.Restart(i); err != nil {
		t.Fatal(err)
	}
}

// stop ends server i in order.
func (c *cluster) stop(t *testing.T, i int) {
	t.Helper()
	if err := c.Stop(i); err != nil {
		t.Error(err)
	}
}

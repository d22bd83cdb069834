package conformance

import (
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"sync"
	"testing"

	"cosell/internal/servertest"
	"cosell/internal/store/pgtest"
)

// TestStoryAcrossKills has the whole co-sell story told to receivers while servers are killed: one with the embedded
// store, and replicas on PostgreSQL, one at a time.
func TestStoryAcrossKills(t *testing.T) {
	if testing.Short() {
		t.Skip("starts servers, a database and a client")
	}
	t.Run("embedded", func(t *testing.T) {
		// Every kill is of the server that sent, and a new one takes over at once.
		acrossKills(t, servertest.NewCluster(binary, filepath.Join(t.TempDir(), "data"), 1), "3", "15", "all")
	})
	t.Run("replicas", func(t *testing.T) {
		// A kill may be of the replica that did not send, and leases of the other end after 30 seconds.
		c := servertest.NewCluster(binary, filepath.Join(t.TempDir(), "replica"), 2, "--database-url", pgtest.URL(t))
		acrossKills(t, c, "13", "90", "some")
	})
}

// acrossKills runs the story while a server is killed after every so many events. The events of each step must arrive
// within some seconds.
func acrossKills(t *testing.T, c *servertest.Cluster, every, within, repeats string) {
	t.Helper()
	python := client(t, "../.bin/venv/bin/python")
	t.Cleanup(func() {
		for i := range c.Size() {
			c.Kill(i)
		}
	})
	for i := range c.Size() {
		if err := c.Start(i); err != nil {
			t.Fatal(err)
		}
	}
	front := httptest.NewServer(c)
	defer front.Close()
	var mu sync.Mutex
	kills := 0
	killer := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		err := c.Restart(kills % c.Size())
		kills++
		if err != nil {
			t.Error(err)
			w.WriteHeader(http.StatusInternalServerError)
			return
		}
		w.WriteHeader(http.StatusNoContent)
	}))
	defer killer.Close()
	env := append(environment(front.URL), "COSELL_KILL_URL="+killer.URL,
		"COSELL_KILL_EVERY="+every, "COSELL_KILL_WITHIN="+within, "COSELL_KILL_REPEATS="+repeats)
	runWith(t, env, "python", python, "-B", "-m", "pytest", "-s", "kills/test_story_across_kills.py")
}

// Package chaos kills servers and their database in the middle of writes, takes
// their disk away, and compares what they had acknowledged with what is there
// afterwards.
package chaos

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"cosell/bench/target"
	"cosell/internal/store/pgtest"
	"cosell/internal/store/sqlite"
)

var (
	full     = flag.Bool("full", false, "inject as many faults as docs/reliability.md says, and not a few")
	seed     = flag.Uint64("seed", 0, "what the tests draw their numbers from; 0 draws a seed")
	markdown = flag.String("md", "", "write the table of the results into this Markdown file")
)

// binary is the server, built once for all tests.
var binary string

func TestMain(m *testing.M) {
	flag.Parse()
	if *seed == 0 {
		*seed = rand.Uint64()
	}
	os.Exit(run(m))
}

func run(m *testing.M) int {
	dir, err := os.MkdirTemp("", "cosell-chaos-")
	if err == nil {
		defer func() { _ = os.RemoveAll(dir) }()
		binary, err = target.Build(context.Background(), dir)
	}
	code := 1
	if err == nil {
		code = pgtest.Run(m)
		err = results.write(*markdown)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return max(code, 1)
	}
	return code
}

// times is how often a fault is injected.
func times(few, many int) int {
	if *full {
		return many
	}
	return few
}

// draw returns what a test draws its numbers from.
func draw(t *testing.T) *rand.Rand {
	t.Helper()
	t.Logf("go test ./chaos -run '^%s$' -seed=%d", t.Name(), *seed)
	return rand.New(rand.NewPCG(*seed, 0))
}

// mostRequests is how many writes are acknowledged between two faults at most.
func mostRequests() int { return times(300, 1000) }

// The embedded store dies with its process, again and again.
func TestEmbeddedStoreKilled(t *testing.T) {
	random := draw(t)
	dir := filepath.Join(t.TempDir(), "data")
	c := embedded(t, dir)
	w := newWorld(c, *seed)
	w.begin(t)
	kills := times(3, 100)
	for range kills {
		if !w.await(1 + random.IntN(mostRequests())) {
			break
		}
		c.kill(0)
		if err := c.start(0); err != nil {
			t.Fatal(err)
		}
	}
	w.await(mostRequests())
	w.end()
	v := w.verify(t)
	c.stop(t, 0)
	s, err := sqlite.Open(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	verifyIdle(t, v, s)
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	results.add(row{fault: "embedded store, its process killed (SIGKILL)", times: kills}, w, v)
}

// Three replicas on one database, one of which dies every moment.
func TestReplicaKilled(t *testing.T) {
	random := draw(t)
	database := pgtest.URL(t)
	c := replicas(t, 3, database)
	w := newWorld(c, *seed)
	w.begin(t)
	kills := times(3, 100)
	for range kills {
		if !w.await(1 + random.IntN(mostRequests())) {
			break
		}
		i := random.IntN(len(c.servers))
		c.kill(i)
		if err := c.start(i); err != nil {
			t.Fatal(err)
		}
	}
	w.await(mostRequests())
	w.end()
	s := pgtest.Open(t, database)
	hasten(t, s)
	v := w.verify(t)
	verifyIdle(t, v, s)
	results.add(row{fault: "one of three replicas on PostgreSQL killed (SIGKILL)", times: kills}, w, v)
}

// The database's primary dies, and its standby takes over. What was the primary
// comes back as the standby.
func TestPrimaryKilled(t *testing.T) {
	random := draw(t)
	primary := pgtest.NewServer(t)
	standby := pgtest.NewStandby(t, primary)
	database := pgtest.Either(primary, standby)
	c := replicas(t, 2, database)
	w := newWorld(c, *seed)
	w.begin(t)
	failovers := times(1, 10)
	for range failovers {
		if !w.await(1 + random.IntN(mostRequests())) {
			break
		}
		primary.Kill()
		if err := errors.Join(standby.Promote(), primary.Follow(standby)); err != nil {
			t.Fatal(err)
		}
		primary, standby = standby, primary
	}
	w.await(mostRequests())
	w.end()
	s := pgtest.Open(t, database)
	hasten(t, s)
	v := w.verify(t)
	verifyIdle(t, v, s)
	results.add(row{fault: "PostgreSQL primary killed (SIGKILL), synchronous standby promoted", times: failovers}, w, v)
}

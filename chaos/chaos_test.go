// Package chaos kills servers and their database in the middle of writes, takes
// their disk away, and compares what they had acknowledged with what is there
// afterwards.
package chaos

import (
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"cosell/internal/servertest"
	"cosell/internal/store/pgtest"
)

var (
	full     = flag.Bool("full", false, "inject as many faults as docs/reliability.md says, and not a few")
	seed     = flag.Uint64("seed", 0, "what the tests draw their numbers from; 0 draws a seed")
	markdown = flag.String("md", "", "write the table of the results into this Markdown file")
)

// binary is the server, built once for all tests.
var binary string

// builtEnv names a server that was built already, by the tests which start these.
const builtEnv = "COSELL_CHAOS_BINARY"

func TestMain(m *testing.M) {
	flag.Parse()
	if *seed == 0 {
		*seed = rand.Uint64()
	}
	os.Exit(run(m))
}

func run(m *testing.M) int {
	if binary = os.Getenv(builtEnv); binary != "" {
		return pgtest.Run(m)
	}
	return servertest.Run(&binary, func() int {
		code := pgtest.Run(m)
		if code != 0 {
			return code // a document lists runs that passed
		}
		if err := results.write(*markdown); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		return 0
	})
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

// injectInto lets partners work and injects a fault so many times, and once more
// while their invitations expire.
func (w *world) injectInto(t *testing.T, random *rand.Rand, n int, fault func()) *verdict {
	t.Helper()
	w.beginReceiving(t, *seed)
	w.begin(t)
	for range n - 1 {
		if !w.await(t, 1+random.IntN(mostRequests())) {
			break
		}
		if fault(); t.Failed() {
			break
		}
	}
	w.await(t, mostRequests())
	w.end()
	return w.verify(t, fault)
}

// The embedded store dies with its process, again and again.
func TestEmbeddedStoreKilled(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	c := embedded(t, dir)
	w := newWorld(c, *seed)
	kills := times(4, 100)
	v := w.injectInto(t, draw(t), kills, func() { c.restart(t, 0) })
	c.stop(t, 0)
	verifyDatabase(t, v, dir)
	results.add(row{fault: "embedded store, its process killed (SIGKILL)", times: kills}, w, v)
}

// Three replicas on one database, one of which dies every moment.
func TestReplicaKilled(t *testing.T) {
	random := draw(t)
	database := pgtest.URL(t)
	c := replicas(t, 3, database)
	s := pgtest.Open(t, database)
	w := newWorld(c, *seed)
	kills := times(4, 100)
	v := w.injectInto(t, random, kills, func() {
		c.restart(t, random.IntN(c.Size()))
		hasten(t, s)
	})
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
	s := pgtest.Open(t, database)
	w := newWorld(c, *seed)
	failovers := times(2, 10)
	v := w.injectInto(t, random, failovers, func() {
		if !w.stopped.Load() && random.IntN(2) == 0 {
			// The standby is away for a while. What commits meanwhile is on one disk
			// only, which is lost: it must not have been acknowledged.
			standby.Kill()
			eventually(t, "a commit waits for the standby", func() bool {
				n, err := primary.Waiting(t.Context())
				return err == nil && n > 0
			})
			primary.Kill()
			if err := standby.Start(); err != nil {
				t.Fatal(err)
			}
		} else {
			primary.Kill()
		}
		if err := errors.Join(standby.Promote(), primary.Follow(standby)); err != nil {
			t.Fatal(err)
		}
		primary, standby = standby, primary
		hasten(t, s)
	})
	verifyIdle(t, v, s)
	results.add(row{fault: "PostgreSQL primary killed (SIGKILL), synchronous standby promoted", times: failovers}, w, v)
}

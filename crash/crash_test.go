// Package crash kills the server in the middle of writes and compares what it
// had acknowledged with what is there when it runs again.
package crash

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"cosell/bench/target"
)

var (
	kills = flag.Int("kills", 4, "how often TestNothingAcknowledgedIsLost kills the server")
	seed  = flag.Uint64("seed", 0, "what it draws its numbers from; 0 draws a seed")
)

// binary is the server, built once for all tests.
var binary string

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	dir, err := os.MkdirTemp("", "cosell-crash-")
	if err == nil {
		defer func() { _ = os.RemoveAll(dir) }()
		binary, err = target.Build(context.Background(), dir)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return m.Run()
}

// mostRequests is how many requests a server gets to see at most before it is
// killed.
const mostRequests = 3000

// TestNothingAcknowledgedIsLost is the promise of the store, held against
// SIGKILL: partners write, the server dies with requests under way, and whatever
// a partner had an answer to is there afterwards, once, with its events in
// order; what was under way has happened wholly or not at all.
func TestNothingAcknowledgedIsLost(t *testing.T) {
	if *seed == 0 {
		*seed = rand.Uint64()
	}
	t.Logf("go test ./crash -kills=%d -seed=%d", *kills, *seed)
	random := rand.New(rand.NewPCG(*seed, 0))
	dir := filepath.Join(t.TempDir(), "data")
	w := newWorld(*seed)
	for range *kills {
		server := start(t, dir)
		w.verify(t, server.URL, false)
		w.write(t, server, 1+random.IntN(mostRequests))
		if t.Failed() {
			t.FailNow()
		}
	}
	server := start(t, dir)
	w.verify(t, server.URL, true)
	w.report(t)
	if err := server.Stop(); err != nil {
		t.Error(err)
	}
}

// TestKilledWhileStarting kills the server in its first moments, the making of
// its store among them.
func TestKilledWhileStarting(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	const tries, step = 12, 2 * time.Millisecond
	for i := range tries {
		ctx, cancel := context.WithTimeout(t.Context(), time.Duration(i)*step)
		_ = exec.CommandContext(ctx, binary, "serve", "--listen", "127.0.0.1:0", "--data", dir).Run()
		cancel()
	}
	server := start(t, dir)
	w := newWorld(1)
	w.partners[0].create(t, server.URL)
	w.verify(t, server.URL, true)
}

func TestSecondServerOnTheSameDataIsRefused(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	first := start(t, dir)
	second, err := target.Start(t.Context(), binary, dir)
	if err == nil {
		_ = second.Kill()
		t.Fatal("a second server runs on the same data")
	}
	if !strings.Contains(err.Error(), "another cosell uses this data directory") {
		t.Errorf("the second server says %q", err)
	}
	w := newWorld(1)
	w.partners[0].create(t, first.URL)
	w.verify(t, first.URL, true)
}

func start(t *testing.T, dir string) *target.Process {
	t.Helper()
	server, err := target.Start(t.Context(), binary, dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Kill() })
	return server
}

// world is everybody who writes, and what they know.
type world struct {
	partners []*partner
	accounts []string
	cursors  map[string]string // the last event seen of each account
	seen     map[string]bool   // identifiers of events
}

func newWorld(seed uint64) *world {
	const clients, accounts = 16, 4
	w := &world{cursors: map[string]string{}, seen: map[string]bool{}}
	for i := range accounts {
		w.accounts = append(w.accounts, fmt.Sprintf("%012d", i+1))
	}
	for i := range clients {
		w.partners = append(w.partners, &partner{
			name:    fmt.Sprintf("client %d", i),
			account: w.accounts[i%accounts],
			random:  rand.New(rand.NewPCG(seed, uint64(i)+1)),
		})
	}
	return w
}

// write lets the partners write until n requests were sent, and then kills the
// server with the last of them under way.
func (w *world) write(t *testing.T, server *target.Process, n int) {
	t.Helper()
	budget := newBudget(n)
	var wait sync.WaitGroup
	for _, p := range w.partners {
		wait.Go(func() { p.write(t, server.URL, budget) })
	}
	everyone := make(chan struct{})
	go func() {
		wait.Wait()
		close(everyone)
	}()
	select {
	case <-budget.spent:
	case <-everyone:
		t.Error("the server ended by itself, or a client gave up")
	}
	if err := server.Kill(); err != nil {
		t.Error(err)
	}
	<-everyone
}

// budget counts requests down.
type budget struct {
	mu    sync.Mutex
	left  int
	spent chan struct{} // closed when the last one is taken
}

func newBudget(n int) *budget { return &budget{left: n, spent: make(chan struct{})} }

func (b *budget) take() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.left--; b.left == 0 {
		close(b.spent)
	}
}

func (w *world) report(t *testing.T) {
	t.Helper()
	var deals, changes, resolved, lost int
	for _, p := range w.partners {
		deals += len(p.deals)
		changes += len(p.changes)
		resolved += p.happened
		lost += p.undone
	}
	t.Logf("%d opportunities, %d events; of the requests under way at a kill %d had happened, %d had not",
		deals, changes, resolved, lost)
}

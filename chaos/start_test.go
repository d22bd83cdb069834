package chaos

import (
	"context"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"cosell/internal/servertest"
)

// A server is killed in its first moments, the making of its store among them.
func TestKilledWhileStarting(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	const tries, step = 12, 2 * time.Millisecond
	runtime.LockOSThread() // as the servers' attributes want it
	defer runtime.UnlockOSThread()
	for i := range tries {
		ctx, cancel := context.WithTimeout(t.Context(), time.Duration(i)*step)
		server := exec.CommandContext(ctx, binary, "serve", "--listen", "127.0.0.1:0", "--data", dir)
		server.SysProcAttr = servertest.Attributes()
		_ = server.Run()
		cancel()
	}
	newWorld(embedded(t, dir), *seed).works(t)
}

func TestSecondServerOnTheSameDataIsRefused(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	w := newWorld(embedded(t, dir), *seed)
	second, err := servertest.Start(t.Context(), binary, dir)
	if err == nil {
		_ = second.Kill()
		t.Fatal("a second server runs on the same data")
	}
	if !strings.Contains(err.Error(), "another cosell uses this data directory") {
		t.Errorf("the second server says %q", err)
	}
	w.works(t)
}

// works sees that a server can be worked with.
func (w *world) works(t *testing.T) {
	t.Helper()
	p := w.partners[0]
	if err := p.create(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := p.update(t.Context(), p.deals[0]); err != nil {
		t.Fatal(err)
	}
	w.verify(t, func() {})
}

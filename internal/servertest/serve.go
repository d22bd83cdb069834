package servertest

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

// Run builds the server, stores its path in binary, and runs tests. It returns their exit code.
func Run(binary *string, run func() int) int {
	dir, err := os.MkdirTemp("", "cosell-test-")
	if err == nil {
		defer func() { _ = os.RemoveAll(dir) }()
		*binary, err = Build(context.Background(), dir)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return run()
}

// Serve starts a server with an empty store and returns its address. When the test ends, the server must stop cleanly.
func Serve(t testing.TB, binary string, flags ...string) string {
	t.Helper()
	p, err := Start(t.Context(), binary, filepath.Join(t.TempDir(), "data"), flags...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Stop(); err != nil {
			t.Error(err)
		}
		if t.Failed() {
			t.Logf("the end of the server's log:\n%s", p.logTail())
		}
	})
	return p.URL
}

package conformance

import (
	"bufio"
	"crypto/rand"
	"fmt"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
)

var startLine = regexp.MustCompile(`http://127\.0\.0\.1:\d+`)

// serve builds the binary, starts it on a free port with an empty store, and gives its endpoint. At the
// end of the test the server is asked to stop and must do so cleanly.
func serve(t *testing.T, flags ...string) string {
	t.Helper()
	dir := t.TempDir()
	binary := filepath.Join(dir, "cosell")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", binary, "../cmd/cosell").CombinedOutput(); err != nil {
		t.Fatalf("building the server: %v\n%s", err, out)
	}

	// Not bound to t.Context(), which ends before the clean-up that stops the server.
	cmd := exec.Command(binary, append([]string{"serve", "--listen", "127.0.0.1:0", "--data", filepath.Join(dir, "data")}, flags...)...)
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + dir}
	var log strings.Builder
	cmd.Stderr = &log
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}

	// Read to the end, so that the server never blocks on what it prints.
	endpoint, drained := make(chan string, 1), make(chan struct{})
	go func() {
		defer close(drained)
		defer close(endpoint)
		for lines := bufio.NewScanner(stdout); lines.Scan(); {
			if found := startLine.FindString(lines.Text()); found != "" && len(endpoint) == 0 {
				endpoint <- found
			}
		}
	}()
	t.Cleanup(func() {
		stopped := cmd.Process.Signal(syscall.SIGTERM)
		<-drained
		if err := cmd.Wait(); err != nil || stopped != nil {
			t.Errorf("the server did not stop cleanly: %v, %v", stopped, err)
		}
		if t.Failed() {
			t.Logf("the server's log:\n%s", tail(log.String(), 100))
		}
	})

	found, ok := <-endpoint
	if !ok {
		t.Fatal("the server ended without naming its endpoint on stdout")
	}
	return found
}

// account is a random 12-digit access key: the account of the same number.
func account() string {
	n, err := rand.Int(rand.Reader, big.NewInt(1_000_000_000_000))
	if err != nil {
		panic(err)
	}
	return fmt.Sprintf("%012d", n)
}

// tail is the last lines of a text.
func tail(text string, lines int) string {
	all := strings.Split(strings.TrimSpace(text), "\n")
	return strings.Join(all[max(0, len(all)-lines):], "\n")
}

package chaos

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"cosell/internal/servertest"
	"cosell/internal/store/pgtest"
)

// starts has the servers that tests start, and returns their process.
var starts = map[string]func(t *testing.T) int{
	"Cosell": func(t *testing.T) int {
		server, err := servertest.Start(t.Context(), binary, filepath.Join(t.TempDir(), "data"))
		if err != nil {
			t.Fatal(err)
		}
		return server.PID()
	},
	"PostgreSQL": func(t *testing.T) (pid int) {
		conn, err := pgx.Connect(t.Context(), pgtest.NewServer(t).URL)
		if err != nil {
			t.Fatal(err)
		}
		err = conn.QueryRow(t.Context(), `SELECT split_part(pg_read_file('postmaster.pid'), E'\n', 1)::int`).Scan(&pid)
		if err != nil {
			t.Fatal(err)
		}
		return pid
	},
}

// Tests that are killed leave no server behind.
func TestServersEndWithTheTests(t *testing.T) {
	const adopt = 36 // PR_SET_CHILD_SUBREAPER: who loses its parent becomes a child of this process
	if _, _, err := syscall.RawSyscall(syscall.SYS_PRCTL, adopt, 1, 0); err != 0 {
		t.Fatal(err)
	}
	defer func() { _, _, _ = syscall.RawSyscall(syscall.SYS_PRCTL, adopt, 0, 0) }()
	for name := range starts {
		t.Run(name, func(t *testing.T) {
			//nolint:usetesting // PostgreSQL, another user, has to get into it
			dir, err := os.MkdirTemp("", "cosell-orphan-")
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = os.RemoveAll(dir) }()
			if err := os.Chmod(dir, 0o711); err != nil {
				t.Fatal(err)
			}
			tests := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestStartsAServer$")
			tests.Env = append(os.Environ(), builtEnv+"="+binary, startEnv+"="+name, "TMPDIR="+dir)
			out, err := tests.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := tests.Start(); err != nil {
				t.Fatal(err)
			}
			said, _ := bufio.NewReader(out).ReadString('\n')
			_ = tests.Process.Kill()
			_ = tests.Wait()
			pid, err := strconv.Atoi(strings.TrimPrefix(strings.TrimSpace(said), startedLine))
			switch {
			case strings.HasPrefix(said, "PASS"):
				t.Skip("NOT TESTED: no server is installed")
			case err != nil:
				t.Fatalf("no server was started: %q", said)
			}
			var outlived atomic.Bool
			impatience := time.AfterFunc(10*time.Second, func() {
				outlived.Store(true)
				_ = syscall.Kill(pid, syscall.SIGKILL)
			})
			defer impatience.Stop()
			if _, err := syscall.Wait4(pid, nil, 0, nil); err != nil || outlived.Load() {
				t.Errorf("the server runs on without the tests that started it: %t, %v", outlived.Load(), err)
			}
		})
	}
}

const (
	startEnv    = "COSELL_CHAOS_START"
	startedLine = "started "
)

// TestStartsAServer are the tests that are killed.
func TestStartsAServer(t *testing.T) {
	start, ok := starts[os.Getenv(startEnv)]
	if !ok {
		t.Skip("it is part of TestServersEndWithTheTests")
	}
	fmt.Println(startedLine + strconv.Itoa(start(t)))
	<-t.Context().Done() // which never comes
}

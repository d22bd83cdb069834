package pgtest

import (
	"bufio"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// Server is a PostgreSQL server that belongs to the tests.
type Server struct {
	// URL names its database postgres, with a superuser's name and password.
	URL string

	bin  string // directory of the programs
	dir  string // everything it has
	port int
	as   *syscall.Credential // nil where this process may run it itself

	process *os.Process
	ended   chan struct{}
}

// NewServer starts a server for one test, which may stop and start it.
func NewServer(t testing.TB) *Server {
	t.Helper()
	if os.Getenv("COSELL_TEST_DATABASE_URL") != "" {
		t.Skip("NOT TESTED: the server of COSELL_TEST_DATABASE_URL is not the test's to stop")
	}
	s, err := newServer()
	unavailable(t, err)
	t.Cleanup(s.remove)
	return s
}

// newServer makes a cluster and starts it.
func newServer() (_ *Server, err error) {
	s := new(Server)
	if s.bin, err = programs(); err != nil {
		return nil, err
	}
	if s.as, err = unprivileged(); err != nil {
		return nil, err
	}
	if s.dir, err = os.MkdirTemp("", "pgtest-"); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			s.remove()
		}
	}()
	password := rand.Text()
	passwordFile := filepath.Join(s.dir, "password")
	if err := os.WriteFile(passwordFile, []byte(password+"\n"), 0o600); err != nil {
		return nil, err
	}
	if s.as != nil {
		for _, name := range []string{s.dir, passwordFile} {
			if err := os.Chown(name, int(s.as.Uid), int(s.as.Gid)); err != nil {
				return nil, err
			}
		}
	}
	initdb := s.command("initdb", "--pgdata="+s.data(), "--username=cosell", "--pwfile="+passwordFile,
		"--auth=scram-sha-256", "--encoding=UTF8", "--locale=C", "--no-sync")
	if text, err := initdb.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("initdb: %w\n%s", err, text)
	}
	if s.port, err = freePort(); err != nil {
		return nil, err
	}
	s.URL = fmt.Sprintf("postgres://cosell:%s@127.0.0.1:%d/postgres?sslmode=disable", password, s.port)
	return s, s.Start()
}

// Start starts the server after Stop and returns when it serves.
func (s *Server) Start() error {
	c := s.command("postgres", "-D", s.data(), "-p", strconv.Itoa(s.port), "-c", "listen_addresses=127.0.0.1",
		"-c", "unix_socket_directories=", "-c", "fsync=on", "-c", "max_connections=300", "-c", "shared_buffers=64MB",
		"-c", "max_prepared_transactions=0", "-c", "lc_messages=C", "-c", "cluster_name="+clusterName)
	log, err := c.StderrPipe()
	if err != nil {
		return err
	}
	started := make(chan error, 1)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		// The server ends with the thread that started it: nothing is left of it
		// when the tests are killed.
		runtime.LockOSThread()
		if err := c.Start(); err != nil {
			started <- err
			return
		}
		s.process, s.ended = c.Process, ended
		started <- serving(log)
		_, _ = io.Copy(io.Discard, log)
		_ = c.Wait() // how it ends is its own affair
	}()
	return <-started
}

// serving reads a server's log until it says that it serves.
func serving(log io.Reader) error {
	var lines []string
	for text := bufio.NewScanner(log); text.Scan(); lines = append(lines, text.Text()) {
		if strings.Contains(text.Text(), "database system is ready to accept") {
			return nil
		}
	}
	return fmt.Errorf("the server did not start:\n%s", strings.Join(lines, "\n"))
}

// Crash ends the server at once, as if its machine lost power but kept its disk.
func (s *Server) Crash() { s.stop(syscall.SIGQUIT) }

// Stop ends the server in order, and the connections with it.
func (s *Server) Stop() { s.stop(syscall.SIGINT) }

func (s *Server) stop(sig syscall.Signal) {
	if s.process == nil {
		return
	}
	_ = s.process.Signal(sig)
	<-s.ended
	s.process = nil
}

func (s *Server) remove() {
	s.Crash()
	_ = os.RemoveAll(s.dir)
}

func (s *Server) data() string { return filepath.Join(s.dir, "data") }

func (s *Server) command(name string, args ...string) *exec.Cmd {
	c := exec.Command(filepath.Join(s.bin, name), args...)
	c.Dir = s.dir
	c.Env = []string{"PATH=" + os.Getenv("PATH"), "TZ=UTC", "LC_ALL=C"}
	c.SysProcAttr = processAttributes(s.as)
	return c
}

// programs finds the directory of the server's programs; of several versions the
// latest.
func programs() (string, error) {
	if path, err := exec.LookPath("initdb"); err == nil {
		path, err = filepath.EvalSymlinks(path) // the others may not be linked
		return filepath.Dir(path), err
	}
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if err != nil || len(found) == 0 {
		return "", errors.New("no PostgreSQL server is installed")
	}
	version := func(path string) int {
		n, _ := strconv.Atoi(filepath.Base(filepath.Dir(filepath.Dir(path))))
		return n
	}
	return filepath.Dir(slices.MaxFunc(found, func(a, b string) int { return version(a) - version(b) })), nil
}

// unprivileged returns whom the server runs as: it refuses to be root.
func unprivileged() (*syscall.Credential, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		if u, err = user.Lookup("nobody"); err != nil {
			return nil, fmt.Errorf("the server cannot run as root: %w", err)
		}
	}
	uid, err := strconv.ParseUint(u.Uid, 10, 32)
	if err != nil {
		return nil, err
	}
	gid, err := strconv.ParseUint(u.Gid, 10, 32)
	if err != nil {
		return nil, err
	}
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
}

func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	return l.Addr().(*net.TCPAddr).Port, l.Close()
}

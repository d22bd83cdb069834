package pgtest

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
)

// clusterName is what a standby calls itself to its primary.
const clusterName = "standby"

// NewStandby starts a server that repeats what a primary does. From then on the
// primary confirms no commit that the standby does not have on its disk.
func NewStandby(t testing.TB, primary *Server) *Server {
	t.Helper()
	// First, so that it is part of every copy: who is promoted waits for its standby.
	Exec(t, primary.URL, "ALTER SYSTEM SET synchronous_standby_names = '"+clusterName+"'")
	Exec(t, primary.URL, "SELECT pg_reload_conf()")
	s := &Server{bin: primary.bin, as: primary.as}
	var err error
	//nolint:usetesting // the directory becomes another user's
	if s.dir, err = os.MkdirTemp("", "pgtest-"); err == nil && s.as != nil {
		err = os.Chown(s.dir, int(s.as.Uid), int(s.as.Gid))
	}
	if err == nil {
		s.port, err = freePort()
	}
	if err == nil {
		s.URL = at(primary.URL, fmt.Sprintf("127.0.0.1:%d", s.port))
		err = s.Follow(primary)
	}
	t.Cleanup(s.remove)
	if err != nil {
		t.Fatalf("pgtest: %v", err)
	}
	return s
}

// at is a server's URL at another host.
func at(serverURL, host string) string {
	u, err := url.Parse(serverURL)
	if err != nil {
		panic(err) // newServer wrote it
	}
	u.Host = host
	return u.String()
}

// Either is the address of two servers, for clients that look for the one which
// writes.
func Either(a, b *Server) string {
	return at(a.URL, fmt.Sprintf("127.0.0.1:%d,127.0.0.1:%d", a.port, b.port)) + "&target_session_attrs=read-write"
}

// Follow makes a server that does not run a standby of a primary: what it had is
// replaced by a copy of what that has.
func (s *Server) Follow(primary *Server) error {
	if err := os.RemoveAll(s.data()); err != nil {
		return err
	}
	copying := s.command("pg_basebackup", "--pgdata="+s.data(), "--dbname="+primary.URL,
		"--write-recovery-conf", "--checkpoint=fast", "--no-sync")
	if text, err := copying.CombinedOutput(); err != nil {
		return fmt.Errorf("pg_basebackup: %w\n%s", err, text)
	}
	return s.Start()
}

// Promote makes a standby a primary.
func (s *Server) Promote() error {
	if text, err := s.command("pg_ctl", "promote", "-D", s.data(), "-w").CombinedOutput(); err != nil {
		return fmt.Errorf("pg_ctl promote: %w\n%s", err, text)
	}
	return nil
}

// Waiting says how many commits wait for a standby.
func (s *Server) Waiting(ctx context.Context) (n int, err error) {
	conn, err := pgx.Connect(ctx, s.URL)
	if err != nil {
		return 0, err
	}
	defer func() { _ = conn.Close(ctx) }()
	err = conn.QueryRow(ctx, "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep'").Scan(&n)
	return n, err
}

// Kill ends all processes of the server with SIGKILL: none gets to do anything
// more, as if its machine were gone.
func (s *Server) Kill() {
	// The segment that the server leaves in the kernel is named in the file's
	// last line but one.
	left, _ := os.ReadFile(filepath.Join(s.data(), "postmaster.pid"))
	killAll(s.process.Pid)
	<-s.ended
	s.process = nil
	if lines := strings.Split(string(left), "\n"); len(lines) > segmentLine {
		if segment := strings.Fields(lines[segmentLine]); len(segment) == 2 {
			_ = exec.Command("ipcrm", "-m", segment[1]).Run()
		}
	}
}

// segmentLine is where postmaster.pid names the shared memory.
const segmentLine = 6

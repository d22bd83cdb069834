// Package servertest runs the built server as a process of its own and signs requests to it, for tests, benchmarks and
// chaos runs.
package servertest

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"syscall"
)

// Build builds the server and returns the path of the binary in dir.
func Build(ctx context.Context, dir string) (string, error) {
	binary := filepath.Join(dir, "cosell")
	build := exec.CommandContext(ctx, "go", "build", "-trimpath", "-o", binary, "cosell/cmd/cosell") //nolint:gosec // ours
	build.Env = append(os.Environ(), "CGO_ENABLED=0")                                                // as `make build` does
	out, err := build.CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("build the server: %w\n%s", err, out)
	}
	return binary, nil
}

// Process is a running server.
type Process struct {
	URL string

	process *os.Process
	log     string
	ended   chan struct{}
	err     error // how it ended, once it has
}

var startLine = regexp.MustCompile(`http://127\.0\.0\.1:\d+`) //nolint:revive // the loopback needs no TLS

// Start runs a server on a free port of the loopback with its data in dir and
// else the default settings, unless flags say otherwise, and returns when it
// listens. What it logs goes into a file beside dir. On Linux it ends with this
// program at the latest.
func Start(ctx context.Context, binary, dir string, flags ...string) (*Process, error) {
	// Not bound to ctx: how the process ends is for Stop and Kill to say.
	ctx = context.WithoutCancel(ctx)
	flags = append([]string{"serve", "--listen", "127.0.0.1:0", "--data", dir}, flags...)
	cmd := exec.CommandContext(ctx, binary, flags...) //nolint:gosec // what Build built
	cmd.SysProcAttr = Attributes()
	p := &Process{log: dir + ".log", ended: make(chan struct{})}
	log, err := os.OpenFile(p.log, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return nil, err
	}
	defer func() { _ = log.Close() }() // the process has its own handle of it
	cmd.Stderr = log
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + dir}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	started := make(chan error, 1)
	go func() {
		defer close(p.ended)
		runtime.LockOSThread() // and with the thread ends the process
		if err := cmd.Start(); err != nil {
			started <- err
			return
		}
		p.process = cmd.Process
		lines := bufio.NewReader(stdout)
		line, _ := lines.ReadString('\n') // nothing, when the process ended
		p.URL = startLine.FindString(line)
		started <- nil
		_, _ = io.Copy(io.Discard, lines) // a full pipe would stop the server
		p.err = cmd.Wait()
	}()
	if err := <-started; err != nil {
		return nil, err
	}
	if p.URL == "" {
		return nil, errors.Join(fmt.Errorf("the server did not start: %s", p.logTail()), p.Kill())
	}
	return p, nil
}

// PID is the number of the process.
func (p *Process) PID() int { return p.process.Pid }

// Kill ends the process as a power switch would: it gets to do nothing more.
func (p *Process) Kill() error {
	_ = p.process.Kill() // it may have ended by itself
	<-p.ended
	if _, ended := errors.AsType[*exec.ExitError](p.err); ended {
		return nil
	}
	return p.err
}

// Stop asks the process to end and waits until it has.
func (p *Process) Stop() error {
	if err := p.process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	<-p.ended
	if p.err != nil {
		return fmt.Errorf("the server did not stop cleanly: %w\n%s", p.err, p.logTail())
	}
	return nil
}

// logTail is the end of what the server logged.
func (p *Process) logTail() string {
	const most = 4 << 10
	text, _ := os.ReadFile(p.log)
	return strings.ToValidUTF8(string(text[max(0, len(text)-most):]), "")
}

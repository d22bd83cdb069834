// Package target runs the built server as a process of its own and signs
// requests to it, for the programs that measure it and kill it.
package target

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

	cmd     *exec.Cmd
	log     string
	drained chan struct{}
}

var startLine = regexp.MustCompile(`http://127\.0\.0\.1:\d+`) //nolint:revive // the loopback needs no TLS

// Start runs a server on a free port of the loopback with its data in dir and
// else the default settings, unless flags say otherwise, and returns when it
// listens. What it logs goes into a file beside dir.
func Start(ctx context.Context, binary, dir string, flags ...string) (*Process, error) {
	// Not bound to ctx: how the process ends is for Stop and Kill to say.
	ctx = context.WithoutCancel(ctx)
	flags = append([]string{"serve", "--listen", "127.0.0.1:0", "--data", dir}, flags...)
	p := &Process{
		cmd:     exec.CommandContext(ctx, binary, flags...), //nolint:gosec // what Build built
		log:     dir + ".log",
		drained: make(chan struct{}),
	}
	log, err := os.OpenFile(p.log, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return nil, err
	}
	defer func() { _ = log.Close() }() // the process has its own handle of it
	p.cmd.Stderr = log
	p.cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + dir}
	stdout, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	lines := bufio.NewReader(stdout)
	line, _ := lines.ReadString('\n') // nothing, when the process ended
	go func() {
		defer close(p.drained)
		_, _ = io.Copy(io.Discard, lines) // a full pipe would stop the server
	}()
	if p.URL = startLine.FindString(line); p.URL == "" {
		return nil, errors.Join(fmt.Errorf("the server did not start: %s", p.logTail()), p.Kill())
	}
	return p, nil
}

// PID is the number of the process.
func (p *Process) PID() int { return p.cmd.Process.Pid }

// Kill ends the process as a power switch would: it gets to do nothing more.
func (p *Process) Kill() error {
	_ = p.cmd.Process.Kill() // it may have ended by itself
	<-p.drained
	err := p.cmd.Wait()
	if _, ended := errors.AsType[*exec.ExitError](err); ended {
		return nil
	}
	return err
}

// Stop asks the process to end and waits until it has.
func (p *Process) Stop() error {
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	<-p.drained
	if err := p.cmd.Wait(); err != nil {
		return fmt.Errorf("the server did not stop cleanly: %w\n%s", err, p.logTail())
	}
	return nil
}

// logTail is the end of what the server logged.
func (p *Process) logTail() string {
	const most = 4 << 10
	text, _ := os.ReadFile(p.log)
	return strings.ToValidUTF8(string(text[max(0, len(text)-most):]), "")
}

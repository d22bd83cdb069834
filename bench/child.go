package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"cosell/internal/ids"
	"cosell/internal/store"
	"cosell/internal/store/sqlite"
)

// The baselines run in processes of their own, as the server does: this program
// started again with one of these names.
const (
	childHTTP     = "http"
	childStore    = "store"
	childPostgres = "postgres"
)

// child is such a process. It says when it is ready, and then answers a line
// with a line.
type child struct {
	cmd   *exec.Cmd
	in    io.WriteCloser
	out   *bufio.Reader
	ready string // what it said first
}

func startChild(ctx context.Context, name string, arguments ...string) (*child, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	c := &child{cmd: exec.CommandContext(ctx, self, append([]string{"-child", name}, arguments...)...)} //nolint:gosec // this program
	c.cmd.Stderr = os.Stderr
	if c.in, err = c.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := c.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := c.cmd.Start(); err != nil {
		return nil, err
	}
	c.out = bufio.NewReader(out)
	c.ready, err = c.line()
	return c, err
}

func (c *child) line() (string, error) {
	text, err := c.out.ReadString('\n')
	if err != nil {
		return "", fmt.Errorf("the baseline ended: %w", err)
	}
	return strings.TrimSpace(text), nil
}

// ask sends a line and returns the answer.
func (c *child) ask(line string) (string, error) {
	if _, err := io.WriteString(c.in, line+"\n"); err != nil {
		return "", err
	}
	return c.line()
}

// stop ends the process: it lives as long as its standard input.
func (c *child) stop() error { return errors.Join(c.in.Close(), c.cmd.Wait()) }

// runChild is the whole life of a baseline.
func runChild(ctx context.Context, o *options) error {
	switch o.child {
	case childHTTP:
		return bareHTTP(ctx, o.argument)
	case childStore:
		return bareStore(ctx, o.argument)
	case childPostgres:
		return barePostgres(ctx, o.argument, o.database)
	default:
		return fmt.Errorf("there is no baseline %q", o.child)
	}
}

// bareHTTP is a server of net/http with the limits of ours that gives every
// request the answer in a file.
func bareHTTP(ctx context.Context, file string) error {
	answer, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	server := &http.Server{
		Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/x-amz-json-1.0")
			w.Header().Set("Content-Length", strconv.Itoa(len(answer)))
			_, _ = w.Write(answer)
		}),
		ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 30 * time.Second,
		WriteTimeout: 70 * time.Second, IdleTimeout: 2 * time.Minute,
	}
	fmt.Println(listener.Addr())
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		_ = server.Close()
	}()
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// storeWriters is how many goroutines write at once, as many as there are
// clients that create.
const storeWriters = 64

// written is a round of a bare writer.
type written struct {
	Creates int
	Elapsed time.Duration
}

// bareStore is the embedded store, with nothing before it, writing the rows in a
// file, one transaction each time.
func bareStore(ctx context.Context, file string) error {
	r, err := readRowsFile(file)
	if err != nil {
		return err
	}
	s, err := sqlite.Open(ctx, file+".data")
	if err != nil {
		return err
	}
	defer func() { _ = s.Close() }()
	return writeRounds(ctx, storeWrite(s, r))
}

func storeWrite(s store.Store, r *rows) func(context.Context) error {
	source := ids.System()
	return func(ctx context.Context) error {
		return s.Update(ctx, func(tx *store.Tx) error { return r.write(tx, source) })
	}
}

// writeRounds writes again and again for every line with a duration, and answers
// with what it has done.
func writeRounds(ctx context.Context, write func(context.Context) error) error {
	fmt.Println("ready")
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		limit, err := time.ParseDuration(lines.Text())
		if err != nil {
			return err
		}
		w, err := writeFor(ctx, limit, write)
		if err != nil {
			return err
		}
		fmt.Println(w.Creates, w.Elapsed)
	}
	return nil
}

func writeFor(ctx context.Context, limit time.Duration, write func(context.Context) error) (written, error) {
	var creates atomic.Int64
	started := time.Now()
	group, ctx := errgroup.WithContext(ctx)
	for range storeWriters {
		group.Go(func() error {
			for first := true; first || time.Since(started) < limit; first = false {
				if err := write(ctx); err != nil {
					return err
				}
				creates.Add(1)
			}
			return nil
		})
	}
	err := group.Wait()
	return written{int(creates.Load()), time.Since(started)}, err
}

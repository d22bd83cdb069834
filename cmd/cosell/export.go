package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"

	"cosell/internal/clock"
	"cosell/internal/operator"
	"cosell/internal/store"
	"cosell/internal/store/postgres"
	"cosell/internal/store/sqlite"
	"cosell/internal/transfer"
)

// place names the store that a command is about.
type place struct {
	Data        string `xor:"place" placeholder:"DIR" help:"Data directory of an embedded store that no server is using (${data})."`
	DatabaseURL string `name:"database-url" xor:"place" placeholder:"URL" help:"PostgreSQL database."`
	Endpoint    string `xor:"place" placeholder:"URL" help:"Running server, whatever its store."`
}

// open opens the store of a place that is no server. mayBeNew says that an embedded
// store may be new.
func (p place) open(ctx context.Context, mayBeNew bool) (store.Store, error) {
	if p.DatabaseURL != "" {
		return postgres.Open(ctx, p.DatabaseURL, postgres.Options{})
	}
	dir, err := dataDirectory(p.Data)
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat(filepath.Join(dir, sqlite.FileName)); err != nil && !mayBeNew {
		return nil, fmt.Errorf("there is no store in %s; name another place with --data, --database-url or --endpoint", dir)
	}
	s, err := sqlite.Open(ctx, dir)
	if errors.Is(err, sqlite.ErrInUse) {
		return nil, fmt.Errorf("%w\nReach the server that runs there with --endpoint", err)
	}
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", dir, err)
	}
	return s, nil
}

// dataDirectory is the directory that was named, or else the usual one.
func dataDirectory(named string) (string, error) {
	if named == "" {
		named = defaultData()
	}
	if named == "" {
		return "", errors.New("--data is required where there is no home directory")
	}
	return named, nil
}

// send sends a request to the operator API of the server and returns its answer,
// or what it had against the request. A transfer takes what it takes.
func (p place) send(ctx context.Context, method, path string, body io.Reader) (io.ReadCloser, error) {
	r, err := http.NewRequestWithContext(ctx, method, strings.TrimSuffix(p.Endpoint, "/")+operator.Prefix+path, body)
	if err != nil {
		return nil, fmt.Errorf("--endpoint: %w", err)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return nil, fmt.Errorf("no answer from %s: %w", p.Endpoint, errors.Unwrap(err))
	}
	if answer.StatusCode == http.StatusOK {
		return answer.Body, nil
	}
	defer func() { _ = answer.Body.Close() }()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		return nil, fmt.Errorf("read answer: %w", err)
	}
	return nil, problem(answer.Status, text)
}

type exportCommand struct {
	place

	Output         string `short:"o" placeholder:"FILE" help:"File to write; standard output without it."`
	WithoutSecrets bool   `help:"Leave the installation's secrets out."`
}

// Run writes everything that a store holds.
func (c exportCommand) Run(out output, errs diagnostics) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	progress := newProgress(errs, "exported", 0)
	var summary transfer.Summary
	err := c.write(out, func(file io.Writer) (err error) {
		summary, err = c.export(ctx, file, progress)
		return err
	})
	if err != nil {
		return err
	}
	progress.end(summary.Rows)
	return nil
}

func (c exportCommand) export(ctx context.Context, file io.Writer, p *progress) (summary transfer.Summary, err error) {
	if c.Endpoint != "" {
		answer, err := c.send(ctx, http.MethodGet, "/export?secrets="+strconv.FormatBool(!c.WithoutSecrets), nil)
		if err != nil {
			return summary, err
		}
		defer func() { _ = answer.Close() }()
		summary, err = transfer.Check(io.TeeReader(answer, io.MultiWriter(file, p)))
		if err != nil {
			return summary, fmt.Errorf("the server did not send all of it: %w", err)
		}
		return summary, nil
	}
	s, err := c.open(ctx, false)
	if err != nil {
		return summary, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	return transfer.Export(ctx, s, file, clock.System().Now(), transfer.Options{WithoutSecrets: c.WithoutSecrets, Progress: p.rows})
}

// write has the file written. It has its name once it is whole, and is as secret
// as what it was made from. What is there and no file, a pipe or a device, is
// written to, not replaced.
func (c exportCommand) write(out output, fill func(io.Writer) error) (err error) {
	if c.Output == "" || c.Output == "-" {
		return fill(out)
	}
	if info, err := os.Stat(c.Output); err == nil && !info.Mode().IsRegular() {
		f, err := os.OpenFile(c.Output, os.O_WRONLY, 0)
		if err != nil {
			return err
		}
		return errors.Join(fill(f), f.Close())
	}
	f, err := os.CreateTemp(filepath.Dir(c.Output), filepath.Base(c.Output)+".*.partial")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(f.Name())
		}
	}()
	if err := errors.Join(fill(f), f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), c.Output)
}

type importCommand struct {
	place

	File           string `arg:"" placeholder:"FILE" help:"What was exported; - is standard input."`
	Replace        bool   `help:"Remove everything that the store holds first. Without it the store must be empty, or hold part of the same file: then the import goes on."`
	WithoutSecrets bool   `help:"Keep the installation's own secrets. A running server always does."`
}

// Run reads a file into a store.
func (c importCommand) Run(errs diagnostics) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	file, total, err := c.openFile(errs)
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }()
	progress := newProgress(errs, "imported", total)
	result, err := c.load(ctx, file, progress)
	switch {
	case errors.Is(err, context.Canceled):
		return errors.New("interrupted: import the same file again, without --replace, to go on")
	case err != nil:
		return err
	case result.Complete:
		_, err := fmt.Fprintln(errs, "This file had been imported before: nothing was changed. --replace brings its state back.")
		return err
	}
	progress.end(result.Rows)
	return nil
}

// openFile opens the file. One that can be read twice is checked to its end
// first, so that nothing of a damaged one is imported.
func (c importCommand) openFile(errs diagnostics) (f *os.File, rows int64, err error) {
	if c.File == "-" {
		return os.Stdin, 0, nil
	}
	f, err = os.Open(c.File)
	if err != nil {
		return nil, 0, err
	}
	defer func() {
		if err != nil {
			_ = f.Close()
		}
	}()
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
		return f, 0, err
	}
	summary, err := transfer.Check(io.TeeReader(f, newProgress(errs, "checked", 0)))
	if err != nil {
		return nil, 0, fmt.Errorf("%s: %w", c.File, err)
	}
	_, err = f.Seek(0, io.SeekStart)
	return f, summary.Rows, err
}

func (c importCommand) load(ctx context.Context, file io.Reader, p *progress) (result transfer.Result, err error) {
	if c.Endpoint != "" {
		answer, err := c.send(ctx, http.MethodPost, "/import?replace="+strconv.FormatBool(c.Replace), io.TeeReader(file, p))
		if err != nil {
			return result, err
		}
		defer func() { _ = answer.Close() }()
		if err := json.NewDecoder(answer).Decode(&result); err != nil {
			return result, fmt.Errorf("read answer: %w", err)
		}
		if result.Found > 0 && !result.Complete {
			p.goesOn(result.Found)
		}
		return result, nil
	}
	s, err := c.open(ctx, true)
	if err != nil {
		return result, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	return transfer.Import(ctx, s, file, transfer.Options{
		WithoutSecrets: c.WithoutSecrets, Replace: c.Replace, Found: p.goesOn, Progress: p.rows,
	})
}

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

// storeTarget names the store that a command works on.
type storeTarget struct {
	Data        string `placeholder:"DIR" help:"Data directory of an embedded store that no server is using (${data})."`
	DatabaseURL string `name:"database-url" placeholder:"URL" help:"PostgreSQL database."`
	Endpoint    string `placeholder:"URL" help:"Running server, whatever its store."`

	OperatorToken string `placeholder:"TOKEN" help:"Operator token, which servers with strict auth ask for. Prefer the variable."`
}

// choose leaves one of the three ways to name a store: that of a flag, or else that of
// the variable which is most specific.
func (t *storeTarget) choose(given flagsGiven) error {
	ways := []struct {
		flag  string
		value *string
	}{{"endpoint", &t.Endpoint}, {"database-url", &t.DatabaseURL}, {"data", &t.Data}}
	chosen := ""
	for _, w := range ways {
		switch {
		case !given[w.flag]:
		case chosen != "":
			return fmt.Errorf("--%s and --%s can't be used together", chosen, w.flag)
		default:
			chosen = w.flag
		}
	}
	for _, w := range ways {
		switch {
		case chosen == "" && *w.value != "":
			chosen = w.flag
		case chosen != w.flag:
			*w.value = ""
		}
	}
	return nil
}

// open opens the store of a target that is not a server. create allows that an
// embedded store does not exist yet.
func (t *storeTarget) open(ctx context.Context, create bool) (store.Store, error) {
	if t.DatabaseURL != "" {
		return postgres.Open(ctx, t.DatabaseURL, postgres.Options{})
	}
	dir, err := dataDirectory(t.Data)
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat(filepath.Join(dir, sqlite.FileName)); err != nil && !create {
		return nil, fmt.Errorf("there is no store in %s; name another one with --data, --database-url or --endpoint", dir)
	}
	s, err := sqlite.Open(ctx, dir)
	if errors.Is(err, sqlite.ErrInUse) {
		return nil, fmt.Errorf("%w\nUse --endpoint to reach the server that runs on it", err)
	}
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", dir, err)
	}
	return s, nil
}

// dataDirectory returns the named directory, or the default one.
func dataDirectory(named string) (string, error) {
	if named == "" {
		named = defaultData()
	}
	if named == "" {
		return "", errors.New("--data: must be set, since there is no home directory")
	}
	return named, nil
}

// send sends a request to the operator API of the server and returns the answer, or
// an error that explains a refusal. A transfer has no timeout.
func (t *storeTarget) send(ctx context.Context, method, path string, body io.Reader) (io.ReadCloser, error) {
	r, err := http.NewRequestWithContext(ctx, method, strings.TrimSuffix(t.Endpoint, "/")+operator.Prefix+path, body)
	if err != nil {
		return nil, fmt.Errorf("--endpoint: %w", err)
	}
	authorize(r, t.OperatorToken)
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return nil, fmt.Errorf("no answer from %s: %w", t.Endpoint, errors.Unwrap(err))
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

// Help implements [kong.HelpProvider].
func (exportCommand) Help() string {
	return examples("cosell export -o cosell.jsonl", "cosell export --endpoint http://127.0.0.1:8787 | gzip > cosell.jsonl.gz")
}

type exportCommand struct {
	storeTarget

	Output         string `short:"o" placeholder:"FILE" help:"File to write (default: standard output)."`
	WithoutSecrets bool   `help:"Leave out the secrets of the installation."`
}

// Run exports the store.
func (c exportCommand) Run(out output, errs diagnostics, given flagsGiven) error {
	if err := c.choose(given); err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	progress := newProgress(errs, "exported", 0)
	var summary transfer.Summary
	err := writeOutput(c.Output, out, func(file io.Writer) (err error) {
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
			return summary, fmt.Errorf("the export from the server is incomplete: %w", err)
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

// writeOutput creates an output file, readable by its owner only, and gives it its name
// once it is complete. An existing pipe or device is written to, not replaced.
func writeOutput(name string, out output, fill func(io.Writer) error) (err error) {
	if name == "" || name == "-" {
		return fill(out)
	}
	if info, err := os.Stat(name); err == nil && !info.Mode().IsRegular() {
		f, err := os.OpenFile(name, os.O_WRONLY, 0)
		if err != nil {
			return err
		}
		return errors.Join(fill(f), f.Close())
	}
	f, err := os.CreateTemp(filepath.Dir(name), filepath.Base(name)+".*.partial")
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
	return os.Rename(f.Name(), name)
}

// Help implements [kong.HelpProvider].
func (importCommand) Help() string {
	return examples("cosell import cosell.jsonl --data /var/lib/cosell", "cosell import cosell.jsonl --endpoint http://127.0.0.1:8787 --replace")
}

type importCommand struct {
	storeTarget

	File           string `arg:"" placeholder:"FILE" help:"Exported file; - is standard input."`
	Replace        bool   `env:"-" help:"Replace the content of the store. Without it the store must be empty, or hold part of the same file, whose import is then resumed."`
	WithoutSecrets bool   `help:"Keep the secrets of the installation. A running server always does."`
}

// Run imports the file.
func (c importCommand) Run(errs diagnostics, given flagsGiven) error {
	if err := c.choose(given); err != nil {
		return err
	}
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
		return errors.New("interrupted: import the same file again, without --replace, to resume")
	case err != nil:
		return err
	case result.Complete:
		_, err := fmt.Fprintln(errs, "This file was already imported: nothing was changed. Use --replace to restore its state.")
		return err
	}
	progress.end(result.Rows)
	return nil
}

// openFile opens the file. A regular file is first checked to its end, so that no
// part of a damaged one is imported.
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
			p.resumes(result.Found)
		}
		return result, nil
	}
	s, err := c.open(ctx, true)
	if err != nil {
		return result, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	return transfer.Import(ctx, s, file, transfer.Options{
		WithoutSecrets: c.WithoutSecrets, Replace: c.Replace, Found: p.resumes, Progress: p.rows,
	})
}

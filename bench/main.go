// Command bench measures Cosell against what it is built from: a bare server of
// net/http, the bare store, the bare query. Each comparison runs in rounds that
// alternate between the two sides, so that whatever else the machine does falls
// on both; figures are medians of the rounds, and ratios are medians of the
// ratios of neighbours. It reads Linux's /proc.
//
//	go run ./bench           # about five minutes, and the first time a few more to fill a store
//	go run ./bench -quick    # less than a minute
//	go run ./bench -md       # also writes the table into docs/performance.md
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"runtime/pprof"
	"strings"
	"time"

	"cosell/internal/servertest"
)

const page = "docs/performance.md"

// bench is one run of the command.
type bench struct {
	dir      string // of this run, removed at its end
	kept     string // of what is filled once
	binary   string
	rounds   int
	round    time.Duration
	starts   int
	rows     int // opportunities in the large store
	pages    int // samples of each list
	bulkRows int // of the bulk job's file
	idle     time.Duration
	lines    []line

	database string // of PostgreSQL; nothing where there is none
}

// options are what the command line says.
type options struct {
	quick, small, markdown     bool
	rows                       int
	only, kept, server, record string
	profile                    string
	database                   string
	child, argument            string
}

func main() {
	var o options
	flag.BoolVar(&o.quick, "quick", false, "short rounds, and a tenth of the opportunities")
	flag.BoolVar(&o.small, "small", false, "a tenth of the opportunities")
	flag.IntVar(&o.rows, "rows", 0, "this many opportunities in the large store")
	flag.StringVar(&o.database, "database-url", "", "also measure on this PostgreSQL database, which must be fresh or left by a run with as many opportunities")
	flag.BoolVar(&o.markdown, "md", false, "write the table into "+page)
	flag.StringVar(&o.only, "only", "", "measure only these, of: get,strict,audit,create,snapshots,events,bulk,start,list,search,testkit,postgres")
	flag.StringVar(&o.kept, "data", os.TempDir(), "where to keep the large store")
	flag.StringVar(&o.server, "server", "", "measure this binary, in place of one built from the sources here")
	flag.StringVar(&o.record, "cpuprofile", "", "write a profile of the load's own CPU use to this file")
	flag.StringVar(&o.profile, "profile", "", "write a profile of the server under load to this file, in place of measuring; with -server, a binary built with -tags profile, and with -only get or -only create under one load")
	flag.StringVar(&o.child, "child", "", "be this baseline (used by bench itself)")
	flag.Parse()
	o.argument = flag.Arg(0)

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, &o)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, o *options) (err error) {
	if o.child != "" {
		return runChild(ctx, o)
	}
	b := &bench{kept: o.kept, binary: o.server, rounds: 7, round: 2 * time.Second, starts: 20, rows: 1_000_000, pages: 1000, idle: 5 * time.Second, database: o.database, bulkRows: 100_000}
	if o.quick {
		b.rounds, b.round, b.pages, b.bulkRows = 5, 400*time.Millisecond, 300, 10_000
	}
	if o.small || o.quick {
		b.rows = 100_000
	}
	if o.rows > 0 {
		b.rows = o.rows
	}
	if b.dir, err = os.MkdirTemp(o.kept, "cosell-bench-run-"); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(b.dir)) }()
	if b.binary == "" {
		if b.binary, err = servertest.Build(ctx, b.dir); err != nil {
			return err
		}
	}
	if o.record != "" {
		stop, err := startProfile(o.record)
		if err != nil {
			return err
		}
		defer stop()
	}
	// The load keeps little; collecting it often would only weigh on what is
	// measured.
	const rarely = 400
	debug.SetGCPercent(rarely)
	if o.profile != "" {
		return b.profile(ctx, o.profile, o.only)
	}
	where := machine()
	if err := b.measure(ctx, o.only); err != nil {
		return err
	}
	figures := where + "\n" + table(b.lines)
	fmt.Print(figures)
	if o.markdown {
		return writePage(page, figures)
	}
	return nil
}

// measure runs the parts that are asked for, all when none is named.
func (b *bench) measure(ctx context.Context, only string) error {
	for _, part := range []struct {
		name    string
		measure func(context.Context) error
	}{
		{"get", b.measureGet},
		{"strict", b.measureStrict},
		{"audit", b.measureAudit},
		{"create", b.measureCreate},
		{"snapshots", b.measureSnapshots},
		{"events", b.measureEvents},
		{"bulk", b.measureBulk},
		{"start", b.measureStart},
		{"list", b.measureLists},
		{"search", b.measureSearches},
		{"testkit", b.measureTestKit},
		{"postgres", b.measurePostgres},
	} {
		if only != "" && !strings.Contains(only, part.name) {
			continue
		}
		if err := part.measure(ctx); err != nil {
			return fmt.Errorf("%s: %w", part.name, err)
		}
	}
	return nil
}

func startProfile(file string) (stop func(), err error) {
	f, err := os.Create(file)
	if err != nil {
		return nil, err
	}
	if err := pprof.StartCPUProfile(f); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return func() {
		pprof.StopCPUProfile()
		_ = f.Close()
	}, nil
}

// machine says when and where the figures are taken, and how busy it is there
// with other things.
func machine() string {
	model := "unknown processor"
	if text, err := os.ReadFile("/proc/cpuinfo"); err == nil {
		if _, rest, found := strings.Cut(string(text), "model name\t: "); found {
			model, _, _ = strings.Cut(rest, "\n")
		}
	}
	busy := "unknown"
	if text, err := os.ReadFile("/proc/loadavg"); err == nil {
		busy, _, _ = strings.Cut(string(text), " ")
	}
	return fmt.Sprintf("%s, %d × %s, %s, %s/%s. The load runs on the same processors; their load average before the run was %s.\n",
		time.Now().UTC().Format(time.DateOnly), runtime.NumCPU(), model, runtime.Version(), runtime.GOOS, runtime.GOARCH, busy)
}

// start runs the server on a data directory.
func (b *bench) start(ctx context.Context, name string) (*servertest.Process, error) {
	return servertest.Start(ctx, b.binary, filepath.Join(b.dir, name))
}

func (b *bench) show(lines ...line) { b.lines = append(b.lines, lines...) }

package main

import (
	"bytes"
	"fmt"
	"time"
)

// progressPause is the time between two lines of progress.
const progressPause = 2 * time.Second

// progress prints the progress of a transfer.
type progress struct {
	to      diagnostics
	verb    string
	total   int64 // 0 if unknown
	seen    int64 // lines that passed
	found   int64 // rows of earlier runs
	started time.Time
	since   time.Time // when the first row of this run came
	told    time.Time
}

func newProgress(to diagnostics, verb string, total int64) *progress {
	now := time.Now()
	return &progress{to: to, verb: verb, total: total, started: now, since: now, told: now}
}

// resumes records how many rows earlier runs had imported.
func (p *progress) resumes(found int64) {
	p.found, p.since = found, time.Now()
	fmt.Fprintf(p.to, "resuming after %d rows\n", found)
}

// rows records how many rows are done.
func (p *progress) rows(n int64) {
	now := time.Now()
	if now.Sub(p.told) < progressPause {
		return
	}
	p.told = now
	of := ""
	if p.total > 0 {
		of = fmt.Sprintf(" of %d", p.total)
	}
	fmt.Fprintf(p.to, "%s %d%s rows, %.0f rows/s\n", p.verb, n, of, float64(n-p.found)/now.Sub(p.since).Seconds())
}

// Write implements [io.Writer] and counts the rows of a file: all lines but the first
// and the last.
func (p *progress) Write(part []byte) (int, error) {
	p.seen += int64(bytes.Count(part, []byte{'\n'}))
	p.rows(max(0, p.seen-1))
	return len(part), nil
}

// end prints the total.
func (p *progress) end(rows int64) {
	took := time.Since(p.started)
	fmt.Fprintf(p.to, "%s %d rows in %s\n", p.verb, rows-p.found, took.Round(time.Millisecond))
}

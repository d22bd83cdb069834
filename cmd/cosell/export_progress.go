package main

import (
	"bytes"
	"fmt"
	"time"
)

// progressPause is how much time passes between two lines about a transfer.
const progressPause = 2 * time.Second

// progress tells how a transfer goes.
type progress struct {
	to      diagnostics
	verb    string
	total   int64 // 0 where it is not known
	seen    int64 // lines that went by
	found   int64 // rows that are not of this run
	started time.Time
	since   time.Time // when the first row after those came
	told    time.Time
}

func newProgress(to diagnostics, verb string, total int64) *progress {
	now := time.Now()
	return &progress{to: to, verb: verb, total: total, started: now, since: now, told: now}
}

// goesOn is told how many rows an earlier run had brought.
func (p *progress) goesOn(found int64) {
	p.found, p.since = found, time.Now()
	fmt.Fprintf(p.to, "going on after %d rows\n", found)
}

// rows is told how many rows are done.
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

// Write implements [io.Writer] for files that pass through: each line but the
// first and the last is a row.
func (p *progress) Write(part []byte) (int, error) {
	p.seen += int64(bytes.Count(part, []byte{'\n'}))
	p.rows(max(0, p.seen-1))
	return len(part), nil
}

// end tells that all is done.
func (p *progress) end(rows int64) {
	took := time.Since(p.started)
	fmt.Fprintf(p.to, "%s %d rows in %s\n", p.verb, rows-p.found, took.Round(time.Millisecond))
}

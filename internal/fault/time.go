package fault

import (
	"context"
	"fmt"
	"time"

	"cosell/internal/api"
)

const (
	// maxReadLag bounds how long old states of the store are kept.
	maxReadLag = time.Minute
	maxSkew    = 24 * time.Hour

	memberReadLag = "readLag" // in errors
)

// badReadLag reads the lag of a fault and returns what is wrong with it, or "".
func (c *counted) badReadLag() (member, reason string) {
	if c.ReadLag == "" {
		return "", ""
	}
	if c.Error != "" || c.Connection == Reset {
		return memberReadLag, "must not be together with what keeps the operation from running"
	}
	if op, known := api.Lookup(c.Operation); known && !op.ReadOnly {
		return memberReadLag, "is for operations that only read; " + c.Operation + " writes"
	}
	var err error
	if c.lag, err = time.ParseDuration(c.ReadLag); err != nil || c.lag <= 0 || c.lag > maxReadLag {
		return memberReadLag, fmt.Sprintf("must be a time such as 5s, of at most %s, is %q", maxReadLag, c.ReadLag)
	}
	return "", ""
}

// badClockSkew reads the skew of a fault and returns what is wrong with it, or "".
func (c *counted) badClockSkew() (member, reason string) {
	if c.ClockSkew == "" {
		return "", ""
	}
	if other := firstGiven(
		given{"error", c.Error != ""},
		given{"connection", c.Connection != ""},
		given{"latency", c.Latency != ""},
		given{memberReadLag, c.ReadLag != ""},
		given{"resource", c.Resource != ""},
	); other != "" {
		return other, "must not be together with clockSkew, which strikes before the body is read"
	}
	var err error
	if c.skew, err = time.ParseDuration(c.ClockSkew); err != nil || c.skew == 0 || c.skew.Abs() > maxSkew {
		return "clockSkew", fmt.Sprintf("must be a time such as 10m or -10m, of at most %s, is %q", maxSkew, c.ClockSkew)
	}
	return "", ""
}

// SkewsClocks reports whether there are faults of clocks, which [Table.StrikeClock] gives.
func (t *Table) SkewsClocks() bool { return t != nil && t.clocksActive.Load() }

// StrikeClock returns what the first fault of clocks does that strikes a request, whose
// body has not been read, or nil.
func (t *Table) StrikeClock(r Request) *Strike {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, f := range t.faults {
		if f.skew == 0 || !f.concerns(r) || !f.strikes(t.random) {
			continue
		}
		s := f.strike(t.random)
		t.note(Fired{RequestID: r.ID, Operation: r.Operation.Name, Account: r.Account, Fault: s.Name})
		return s
	}
	return nil
}

// ReadLag returns the longest time by which faults let reads lag; 0 is none.
func (t *Table) ReadLag() time.Duration { return time.Duration(t.readLag.Load()) }

type readLagKey struct{}

// WithReadLag returns a context whose reads of the store see the state of some time ago.
func WithReadLag(ctx context.Context, lag time.Duration) context.Context {
	return context.WithValue(ctx, readLagKey{}, lag)
}

// ReadLag returns by how much the reads of a context lag, 0 for the usual one.
func ReadLag(ctx context.Context) time.Duration {
	lag, _ := ctx.Value(readLagKey{}).(time.Duration)
	return lag
}

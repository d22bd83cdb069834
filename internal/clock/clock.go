// Package clock provides the real clock and the business clock, which an operator
// may move.
//
// Records, deadlines and expiries use business time. Signatures, leases and network
// timeouts use the real time and never an [Adjustable] clock.
package clock

import (
	"sync"
	"time"
)

// The range that an operator may set the business clock to. It ends centuries before
// the last year that RFC 3339 can express, so that the clock can run on and records
// can have deadlines.
var (
	Earliest = time.Date(1970, time.January, 1, 0, 0, 0, 0, time.UTC)
	Latest   = time.Date(9000, time.January, 1, 0, 0, 0, 0, time.UTC)
)

// InRange reports whether the business clock may be set to a time.
func InRange(t time.Time) bool { return !t.Before(Earliest) && !t.After(Latest) }

// Clock returns the time, in UTC.
type Clock interface {
	Now() time.Time
}

type system struct{}

func (system) Now() time.Time { return time.Now().UTC() }

// System returns the real clock.
func System() Clock { return system{} }

// frozen is a clock that always shows one time.
type frozen struct{ at time.Time }

func (f frozen) Now() time.Time { return f.at }

// Frozen returns a clock that always shows one time.
func Frozen(at time.Time) Clock { return frozen{at.Round(0).UTC()} }

// starting is a clock that showed one time when the real time was another.
type starting struct{ at, since time.Time }

func (s starting) Now() time.Time { return s.at.Add(time.Since(s.since)) }

// Starting returns a clock that shows a time now and runs on from there.
func Starting(at time.Time) Clock { return starting{at.Round(0).UTC(), time.Now()} }

// Adjustable is a clock that runs at the pace of a base clock but may show another
// time. It is safe for concurrent use.
type Adjustable struct {
	base Clock

	mu sync.RWMutex
	// Two instants instead of one offset: an offset is a time.Duration, which a
	// clock set some centuries away would overflow. Both are zero while the clock
	// is unadjusted.
	since time.Time // the base clock's time at the last adjustment
	shown time.Time // this clock's time at that instant
}

// New returns a business clock that starts at the real time.
func New() *Adjustable { return Over(System()) }

// Over returns a business clock that follows base until it is adjusted.
func Over(base Clock) *Adjustable { return &Adjustable{base: base} }

// Now returns the business time.
func (c *Adjustable) Now() time.Time {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.at(c.read())
}

// Advance moves the clock by d and returns the new time. A negative d moves it
// back.
func (c *Adjustable) Advance(d time.Duration) time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.read()
	c.since, c.shown = now, c.at(now).Add(d)
	return c.shown
}

// Set makes the clock show t now and continue from there.
func (c *Adjustable) Set(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.since, c.shown = c.read(), t.Round(0).UTC()
}

// Reset undoes every adjustment: the clock shows the base clock's time again.
func (c *Adjustable) Reset() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.since, c.shown = time.Time{}, time.Time{}
}

// Adjusted reports whether the clock has been moved since it was made or reset.
func (c *Adjustable) Adjusted() bool {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return !c.since.IsZero()
}

// Adjustment is the state of an adjusted clock: the base clock's time when it was
// adjusted, and the time it showed at that instant. The zero Adjustment is none.
type Adjustment struct {
	Since time.Time `json:"since"`
	Shown time.Time `json:"shown"`
}

// Adjustment returns the state of the clock.
func (c *Adjustable) Adjustment() Adjustment {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return Adjustment{Since: c.since, Shown: c.shown}
}

// Adopt applies the adjustment of another clock on the same base. It reports whether
// the clock would then show a time in range, and changes nothing if not.
func (c *Adjustable) Adopt(a Adjustment) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	since, shown := a.Since.Round(0).UTC(), a.Shown.Round(0).UTC()
	if !since.IsZero() && !InRange(shown.Add(c.read().Sub(since))) {
		return false
	}
	c.since, c.shown = since, shown
	return true
}

// read returns the base clock's time without the monotonic reading, which stops
// while the machine sleeps: the business clock would fall behind the wall clock.
func (c *Adjustable) read() time.Time { return c.base.Now().Round(0).UTC() }

// at converts a time of the base clock to business time. Callers must hold mu.
func (c *Adjustable) at(base time.Time) time.Time {
	if c.since.IsZero() {
		return base
	}
	return c.shown.Add(base.Sub(c.since))
}

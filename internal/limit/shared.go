package limit

import (
	"context"
	"time"
)

// Shared bounds how many things are done at a time. Those of one account take at most half
// of the places, so that others come through, however long one account keeps its own. It is
// safe for concurrent use.
type Shared struct{ places pool }

// NewShared returns a Shared with a number of places.
func NewShared(places int64) *Shared {
	s := new(Shared)
	s.places.set(places)
	return s
}

// Take waits for a place, which must be given back. It returns ErrBusy when the context
// ends before that.
func (s *Shared) Take(ctx context.Context, account string) (Share, error) {
	return s.places.acquireFor(ctx, account, 1)
}

// Pace is how slowly something may be sent: it may stop for a time, and on average it must
// have a rate after another.
type Pace struct {
	Stall, Grace time.Duration
	Rate         int64 // bytes a second
}

// Deadline returns the time by which more must have come of what began at a time and of
// which some bytes came.
func (p Pace) Deadline(now, begun time.Time, came int64) time.Time {
	deadline := begun.Add(p.Grace + time.Duration(came)*time.Second/time.Duration(p.Rate))
	if stalled := now.Add(p.Stall); stalled.Before(deadline) {
		return stalled
	}
	return deadline
}

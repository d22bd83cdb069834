package delivery

import (
	"context"
	"sync"
	"time"

	"cosell/internal/clock"
)

// rateLimits spaces the requests to each API destination, in this process.
type rateLimits struct {
	real clock.Clock
	mu   sync.Mutex
	next map[string]time.Time // when the next request may go
}

func newRateLimits(now clock.Clock) *rateLimits {
	return &rateLimits{real: now, next: map[string]time.Time{}}
}

// wait waits until a request may go.
func (l *rateLimits) wait(ctx context.Context, key string, perSecond int64) error {
	if perSecond <= 0 {
		return nil
	}
	l.mu.Lock()
	now := l.real.Now()
	at := l.next[key]
	if at.Before(now) {
		at = now
	}
	l.next[key] = at.Add(time.Second / time.Duration(perSecond))
	l.mu.Unlock()
	return clock.Sleep(ctx, at.Sub(now))
}

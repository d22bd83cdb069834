package access

import (
	"context"
	"math"
	"sync"
	"time"
)

const (
	// burst is how many wrong credentials an address may send at once, and refill the
	// time after which it may send one more.
	burst  = 10
	refill = 6 * time.Second
	// userBurst is burst for the wrong passwords of a user, wherever they are from. One
	// address alone does not reach it, and so keeps no user out.
	userBurst = 100
	// maxSources is how many addresses or users are remembered at most, which bounds the
	// memory.
	maxSources = 10_000
)

// limiter limits how often an address, or whatever else is a key, may send wrong
// credentials.
type limiter[K comparable] struct {
	now   func() time.Time
	burst float64

	mu      sync.Mutex
	sources map[K]*source
}

// source is what an address may still send, as of a time.
type source struct {
	left     float64
	at       time.Time
	checking int           // credentials that are checked now, each of them counted as wrong
	ended    chan struct{} // closed when one of them was checked; nil while nobody waits
}

func newLimiter[K comparable](now func() time.Time, burst float64) *limiter[K] {
	return &limiter[K]{now: now, burst: burst, sources: map[K]*source{}}
}

// begin counts credentials of an address as wrong before they are checked, so that many
// at once do not pass together. Those that no more may be sent of wait until others have
// been checked, which may have been right. It returns how long the address must wait
// before it may send credentials, or a check to end.
func (l *limiter[K]) begin(ctx context.Context, key K) (time.Duration, *check[K]) {
	for {
		l.mu.Lock()
		s := l.source(key)
		wait := s.wait()
		if wait == 0 {
			s.left--
			s.checking++
		}
		if s.checking > 0 && s.ended == nil {
			s.ended = make(chan struct{})
		}
		checking, ended := s.checking, s.ended
		l.mu.Unlock()
		switch {
		case wait == 0:
			return 0, &check[K]{limiter: l, key: key, source: s}
		case checking == 0:
			return wait, nil
		}
		select {
		case <-ended:
		case <-ctx.Done():
			return wait, nil
		}
	}
}

// check is credentials that are checked.
type check[K comparable] struct {
	limiter *limiter[K]
	key     K
	source  *source
}

// end ends a check. What was wrong stays counted.
func (c *check[K]) end(wrong bool) {
	l, s := c.limiter, c.source
	l.mu.Lock()
	defer l.mu.Unlock()
	s.checking--
	if !wrong {
		s.left = min(s.left+1, l.burst)
	}
	if s.ended != nil {
		close(s.ended)
		s.ended = nil
	}
	if s.checking == 0 && s.left >= l.burst && l.sources[c.key] == s {
		delete(l.sources, c.key) // most of those that send something send nothing wrong
	}
}

// source returns what an address may still send now.
func (l *limiter[K]) source(key K) *source {
	now := l.now()
	s := l.sources[key]
	if s == nil {
		l.makeRoom(now)
		s = &source{left: l.burst, at: now}
		l.sources[key] = s
	}
	l.refill(s, now)
	return s
}

func (s *source) wait() time.Duration {
	if s.left >= 1 {
		return 0
	}
	return time.Duration(math.Ceil((1-s.left)*refill.Seconds())) * time.Second
}

func (l *limiter[K]) refill(s *source, now time.Time) {
	if passed := now.Sub(s.at); passed > 0 {
		s.left = min(s.left+passed.Seconds()/refill.Seconds(), l.burst)
	}
	s.at = now
}

// makeRoom forgets addresses that may send as much as new ones, or any one if all are
// limited.
func (l *limiter[K]) makeRoom(now time.Time) {
	if len(l.sources) < maxSources {
		return
	}
	for key, s := range l.sources {
		if l.refill(s, now); s.left >= l.burst {
			delete(l.sources, key)
		}
	}
	for key := range l.sources {
		if len(l.sources) < maxSources {
			return
		}
		delete(l.sources, key)
	}
}

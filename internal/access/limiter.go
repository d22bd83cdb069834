package access

import (
	"math"
	"net/netip"
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
	// networkBits is how much of an IPv6 address counts: one customer has all the rest.
	networkBits = 64
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
	left float64
	at   time.Time
}

func newLimiter[K comparable](now func() time.Time, burst float64) *limiter[K] {
	return &limiter[K]{now: now, burst: burst, sources: map[K]*source{}}
}

// sourceOf returns what counts as one address.
func sourceOf(remote string) netip.Addr {
	parsed, err := netip.ParseAddrPort(remote)
	if err != nil {
		return netip.Addr{} // all of them together
	}
	address := parsed.Addr().Unmap().WithZone("")
	if address.Is6() {
		if network, err := address.Prefix(networkBits); err == nil {
			return network.Addr()
		}
	}
	return address
}

// wait returns how long an address must wait before it may send credentials; 0 is not
// at all.
func (l *limiter[K]) wait(key K) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	s := l.sources[key]
	if s == nil {
		return 0
	}
	l.refill(s, l.now())
	return s.wait()
}

// failed counts wrong credentials of an address.
func (l *limiter[K]) failed(key K) {
	l.mu.Lock()
	defer l.mu.Unlock()
	s := l.source(key)
	s.left = max(s.left-1, 0)
}

// begin counts credentials of an address as wrong before they are checked, so that many
// at once do not pass together, and returns how long the address must wait otherwise.
// Where they are right, forgive takes it back.
func (l *limiter[K]) begin(key K) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	s := l.source(key)
	wait := s.wait()
	if wait == 0 {
		s.left--
	}
	return wait
}

func (l *limiter[K]) forgive(key K) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if s := l.sources[key]; s != nil {
		s.left = min(s.left+1, l.burst)
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

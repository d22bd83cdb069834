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
	// maxSources is how many addresses are remembered at most, which bounds the memory.
	maxSources = 10_000
	// networkBits is how much of an IPv6 address counts: one customer has all the rest.
	networkBits = 64
)

// limiter limits how often an address may send wrong credentials.
type limiter struct {
	now func() time.Time

	mu      sync.Mutex
	sources map[netip.Addr]*source
}

// source is what an address may still send, as of a time.
type source struct {
	left float64
	at   time.Time
}

func newLimiter(now func() time.Time) *limiter {
	return &limiter{now: now, sources: map[netip.Addr]*source{}}
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
func (l *limiter) wait(remote string) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	s := l.sources[sourceOf(remote)]
	if s == nil {
		return 0
	}
	s.refill(l.now())
	if s.left >= 1 {
		return 0
	}
	return time.Duration(math.Ceil((1-s.left)*refill.Seconds())) * time.Second
}

// failed counts wrong credentials of an address.
func (l *limiter) failed(remote string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now, address := l.now(), sourceOf(remote)
	s := l.sources[address]
	if s == nil {
		l.makeRoom(now)
		s = &source{left: burst, at: now}
		l.sources[address] = s
	}
	s.refill(now)
	s.left = max(s.left-1, 0)
}

func (s *source) refill(now time.Time) {
	if passed := now.Sub(s.at); passed > 0 {
		s.left = min(s.left+passed.Seconds()/refill.Seconds(), burst)
	}
	s.at = now
}

// makeRoom forgets addresses that may send as much as new ones, or any one if all are
// limited.
func (l *limiter) makeRoom(now time.Time) {
	if len(l.sources) < maxSources {
		return
	}
	for address, s := range l.sources {
		if s.refill(now); s.left >= burst {
			delete(l.sources, address)
		}
	}
	for address := range l.sources {
		if len(l.sources) < maxSources {
			return
		}
		delete(l.sources, address)
	}
}

package identity

import (
	"net/netip"
	"sync"
	"time"
)

const (
	// missRate is how many look-ups of unknown keys a server makes in a second, and as many
	// at once; missRateOfOne is how many of them are for one client.
	missRate      = 100
	missRateOfOne = 50
	// maxSources bounds the clients that are remembered. What all of them have together is
	// bounded anyway.
	maxSources = 1000
)

// misses bounds how often unknown keys are looked up, of all clients and of each, so that
// one who guesses does not keep out those whose keys this server has not seen yet.
type misses struct {
	now func() time.Time

	mu  sync.Mutex
	all bucket
	of  map[netip.Addr]*bucket
}

// bucket is how many look-ups are left, as of a time.
type bucket struct {
	left float64
	at   time.Time
}

// has refills a bucket and reports whether a look-up is left.
func (b *bucket) has(now time.Time, rate float64) bool {
	if b.at.IsZero() {
		b.left = rate
	} else {
		b.left = min(rate, b.left+max(0, now.Sub(b.at).Seconds())*rate)
	}
	b.at = now
	return b.left >= 1
}

// take takes a look-up for a client, who may be unknown, and reports whether there was one.
func (m *misses) take(source netip.Addr) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	now := m.now()
	if !m.all.has(now, missRate) {
		return false
	}
	if source.IsValid() {
		one := m.of[source]
		if one == nil {
			if len(m.of) >= maxSources || m.of == nil {
				m.of = map[netip.Addr]*bucket{}
			}
			one = new(bucket)
			m.of[source] = one
		}
		if !one.has(now, missRateOfOne) {
			return false
		}
		one.left--
	}
	m.all.left--
	return true
}

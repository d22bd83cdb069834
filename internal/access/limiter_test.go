package access

import (
	"context"
	"fmt"
	"net/netip"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"cosell/internal/auth"
)

func TestAttackManyAddressesTakeBoundedMemory(t *testing.T) {
	now := time.Unix(0, 0)
	l := newLimiter[netip.Addr](func() time.Time { return now }, burst)
	for i := range 2 * maxSources {
		_, check := l.begin(t.Context(), auth.Source(fmt.Sprintf("10.%d.%d.%d:1", i>>16, i>>8&255, i&255)))
		check.end(true)
		if i == maxSources {
			now = now.Add(time.Minute) // those before may be forgotten
		}
	}
	if len(l.sources) > maxSources {
		t.Errorf("%d addresses", len(l.sources))
	}
	for _, remote := range []string{"", "@", "unix"} {
		if auth.Source(remote).IsValid() {
			t.Errorf("%q is an address", remote)
		}
	}
}

// Credentials that were right leave nothing in memory, also of those that waited.
func TestRightCredentialsAreForgotten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLimiter[string](time.Now, 1)
		wait, first := l.begin(t.Context(), "a")
		if wait != 0 {
			t.Fatal(wait)
		}
		var all sync.WaitGroup
		for range 20 {
			all.Go(func() {
				wait, check := l.begin(t.Context(), "a")
				if wait != 0 {
					t.Errorf("must wait %s", wait)
					return
				}
				check.end(false)
			})
		}
		gone, cancel := context.WithCancel(t.Context())
		all.Go(func() {
			if wait, _ := l.begin(gone, "a"); wait == 0 {
				t.Error("a request that ended is checked")
			}
		})
		synctest.Wait() // all wait for the first
		cancel()
		synctest.Wait()
		first.end(false)
		all.Wait()
		if len(l.sources) != 0 {
			t.Errorf("%d addresses are remembered", len(l.sources))
		}
	})
}

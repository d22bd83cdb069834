package access

import (
	"fmt"
	"net/netip"
	"testing"
	"time"
)

func TestAttackManyAddressesTakeBoundedMemory(t *testing.T) {
	now := time.Unix(0, 0)
	l := newLimiter[netip.Addr](func() time.Time { return now }, burst)
	for i := range 2 * maxSources {
		l.failed(sourceOf(fmt.Sprintf("10.%d.%d.%d:1", i>>16, i>>8&255, i&255)))
		if i == maxSources {
			now = now.Add(time.Minute) // those before may be forgotten
		}
	}
	if len(l.sources) > maxSources {
		t.Errorf("%d addresses", len(l.sources))
	}
	for _, remote := range []string{"", "@", "unix"} {
		if sourceOf(remote).IsValid() {
			t.Errorf("%q is an address", remote)
		}
	}
}

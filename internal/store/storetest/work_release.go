package storetest

import (
	"testing"

	"cosell/internal/store"
)

// What a dead process had leased can be claimed as soon as its leases are ended.
func testWorkRelease(t *testing.T, s store.Store) {
	enqueue(t, s, "a", 50, "{}")
	claimOne(t, s, 60, 0)
	update(t, s, (*store.Tx).ReleaseWork)
	if w := claimOne(t, s, 60, 0); w.Attempt != 2 {
		t.Errorf("attempt %d, want 2", w.Attempt)
	}
}

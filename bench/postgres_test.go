package main

import (
	"testing"

	"cosell/internal/ids"
	"cosell/internal/store"
)

// The bare writer must write three rows under keys of their own, or it would
// measure something else than a create.
func TestBatchHasKeysOfItsOwn(t *testing.T) {
	r := &rows{
		Opportunity: store.Opportunity{OpportunityKey: store.OpportunityKey{Account: accessKey, Catalog: catalog, ID: "O1"}},
		Token:       store.ClientToken{Account: accessKey, Token: "t"},
		Event:       store.Event{Account: accessKey, Sequence: 1},
	}
	source := ids.System()
	seen := map[any]bool{"O1": true, "t": true, int64(1): true}
	for range 3 {
		queued := r.batch(source).QueuedQueries
		if len(queued) != 3 {
			t.Fatalf("%d rows, want 3", len(queued))
		}
		for i, key := range []int{2, 3, 1} { // where id, token and sequence stand
			value := queued[i].Arguments[key]
			if seen[value] {
				t.Errorf("%v is written twice by %q", value, queued[i].SQL)
			}
			seen[value] = true
		}
	}
}

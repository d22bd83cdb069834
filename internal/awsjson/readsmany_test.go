package awsjson

import (
	"testing"

	"cosell/internal/api"
	"cosell/internal/events/eventsapi"
)

// TestAttackSizesOfArchives sees that what adds up an account's events waits for the turn of
// the account, as lists do.
func TestAttackSizesOfArchives(t *testing.T) {
	for name, want := range map[string]bool{"DescribeArchive": true, "ListArchives": true, "DescribeRule": false, "CreateArchive": false} {
		op, found := api.LookupIn(eventsapi.Operations, name)
		if !found || readsMany(op) != want {
			t.Errorf("%s: waits for its turn: %t, want %t", name, !want, want)
		}
	}
}

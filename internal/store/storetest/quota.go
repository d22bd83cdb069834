package storetest

import (
	"errors"
	"testing"

	"cosell/internal/store"
)

// testQuotaUsage sees that usage is replaced only where it is what was read.
func testQuotaUsage(t *testing.T, s store.Store) {
	view(t, s, func(tx *store.Tx) error {
		_, err := tx.QuotaUsage("1", "reads")
		return isNot(err, store.ErrNotFound)
	})
	for _, step := range []struct {
		previous, document string
		stale              bool
	}{
		{"", "one", false},
		{"", "two", true},
		{"none", "two", true},
		{"one", "two", false},
	} {
		var previous []byte
		if step.previous != "" {
			previous = []byte(step.previous)
		}
		stale := false // an engine runs a function again that returns ErrStale
		update(t, s, func(tx *store.Tx) error {
			err := tx.PutQuotaUsage("1", "reads", previous, []byte(step.document))
			if stale = errors.Is(err, store.ErrStale); stale {
				return nil
			}
			return err
		})
		if stale != step.stale {
			t.Errorf("%q after %q: stale %t, want %t", step.document, step.previous, stale, step.stale)
		}
	}
	update(t, s, func(tx *store.Tx) error { return tx.PutQuotaUsage("2", "reads", nil, []byte("foreign")) })
	view(t, s, func(tx *store.Tx) error {
		document, err := tx.QuotaUsage("1", "reads")
		if string(document) != "two" {
			t.Errorf("read %q, want two", document)
		}
		return err
	})
}

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
		want               error
	}{
		{"", "one", nil},
		{"", "two", store.ErrStale},
		{"none", "two", store.ErrStale},
		{"one", "two", nil},
	} {
		var previous []byte
		if step.previous != "" {
			previous = []byte(step.previous)
		}
		err := s.Update(t.Context(), func(tx *store.Tx) error {
			return tx.PutQuotaUsage("1", "reads", previous, []byte(step.document))
		})
		if !errors.Is(err, step.want) {
			t.Errorf("%q after %q: %v, want %v", step.document, step.previous, err, step.want)
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

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

// testAccountQuotas sees that the quotas of an account are set, replaced and removed, and
// those of another stay.
func testAccountQuotas(t *testing.T, s store.Store) {
	want := func(account, document string) {
		t.Helper()
		view(t, s, func(tx *store.Tx) error {
			got, err := tx.AccountQuotas(account)
			if document == "" {
				return isNot(err, store.ErrNotFound)
			}
			if string(got) != document {
				t.Errorf("%s has %q, want %q", account, got, document)
			}
			return err
		})
	}
	want("1", "")
	update(t, s, func(tx *store.Tx) error { return tx.PutAccountQuotas("1", []byte(`{"mode": "aws"}`)) })
	update(t, s, func(tx *store.Tx) error { return tx.PutAccountQuotas("2", []byte(`{"mode": "off"}`)) })
	update(t, s, func(tx *store.Tx) error { return tx.PutAccountQuotas("1", []byte(`{"mode": "off"}`)) })
	want("1", `{"mode": "off"}`)
	for range 2 { // removing what is not there is no error
		update(t, s, func(tx *store.Tx) error { return tx.DeleteAccountQuotas("1") })
		want("1", "")
	}
	want("2", `{"mode": "off"}`)
}

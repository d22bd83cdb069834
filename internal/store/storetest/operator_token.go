package storetest

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cosell/internal/store"
)

// testOperatorTokens sees that tokens are found by their hash alone, and survive a
// reset, as they belong to the installation.
func testOperatorTokens(t *testing.T, s store.Store) {
	one := store.OperatorToken{Name: "a", Role: "administrator", Accounts: []byte(`[]`), Hash: "h1", CreatedAt: 1, ExpiresAt: 9}
	two := store.OperatorToken{Name: "b", Role: "auditor", Accounts: []byte(`["123456789012"]`), Hash: "h2", CreatedAt: 2}
	update(t, s, func(tx *store.Tx) error {
		if err := tx.InsertOperatorToken(&two); err != nil {
			return err
		}
		return tx.InsertOperatorToken(&one)
	})
	update(t, s, func(tx *store.Tx) error {
		again := one
		again.Hash = "other"
		return isNot(tx.InsertOperatorToken(&again), store.ErrExists)
	})
	update(t, s, func(tx *store.Tx) error { return tx.UseOperatorToken("h1", 7) })
	update(t, s, func(tx *store.Tx) error { return tx.UseOperatorToken("h1", 5) }) // the later one stays
	one.LastUsedAt = 7
	update(t, s, func(tx *store.Tx) error {
		_, err := tx.Clear()
		return err
	})
	view(t, s, func(tx *store.Tx) error {
		all, err := tx.OperatorTokens(10)
		if diff := cmp.Diff([]store.OperatorToken{one, two}, all); diff != "" {
			t.Error(diff)
		}
		if err != nil {
			return err
		}
		found, err := tx.OperatorToken("h1")
		if err == nil && found.Name != "a" {
			t.Errorf("found %s", found.Name)
		}
		return err
	})
	update(t, s, func(tx *store.Tx) error { return tx.DeleteOperatorToken("a") })
	update(t, s, func(tx *store.Tx) error { return isNot(tx.DeleteOperatorToken("a"), store.ErrNotFound) })
	view(t, s, func(tx *store.Tx) error {
		_, err := tx.OperatorToken("h1")
		return isNot(err, store.ErrNotFound)
	})
}

// testEndedSessions sees that an ended session stays ended until its time has come, also
// after a reset, and that no more is kept.
func testEndedSessions(t *testing.T, s store.Store) {
	ended := func(want string) {
		t.Helper()
		var got []string
		view(t, s, func(tx *store.Tx) error {
			for _, id := range []string{"a", "b", "c"} {
				if is, err := tx.SessionEnded(id); err != nil {
					return err
				} else if is {
					got = append(got, id)
				}
			}
			return nil
		})
		if got := strings.Join(got, ""); got != want {
			t.Errorf("ended are %q, want %q", got, want)
		}
	}
	ended("")
	for range 2 {
		update(t, s, func(tx *store.Tx) error { return tx.EndSession("a", 100, 10) })
	}
	update(t, s, func(tx *store.Tx) error { return tx.EndSession("b", 200, 99) })
	ended("ab")
	update(t, s, func(tx *store.Tx) error {
		_, err := tx.Clear()
		return err
	})
	ended("ab")
	update(t, s, func(tx *store.Tx) error { return tx.EndSession("c", 300, 100) })
	ended("bc")
}

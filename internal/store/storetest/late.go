package storetest

import (
	"errors"
	"fmt"
	"testing"

	"cosell/internal/store"
)

// lateAccounts writes an account for each part, or fails.
type lateAccounts struct{ err error }

func (l *lateAccounts) WriteLate(tx *store.Tx, parts []any) error {
	for _, p := range parts {
		if err := tx.PutAccount(fmt.Sprint(p), []byte(`{}`)); err != nil {
			return err
		}
	}
	return l.err
}

// testLate sees that what transactions leave to their end is committed with them, from
// several writers, and is undone with them.
func testLate(t *testing.T, s store.Store) {
	failure := errors.New("failed")
	one, other, broken := new(lateAccounts), new(lateAccounts), &lateAccounts{failure}
	update(t, s, func(tx *store.Tx) error {
		tx.AtEnd(one, "kept")
		tx.AtEnd(other, "of another")
		err := tx.Savepoint(func() error {
			tx.AtEnd(one, "undone")
			return failure
		})
		tx.AtEnd(one, "behind")
		if _, before := tx.Account("kept"); !errors.Is(before, store.ErrNotFound) {
			t.Errorf("written before the end: %v", before)
		}
		return isNot(err, failure)
	})
	for _, fn := range []func(tx *store.Tx) error{
		func(tx *store.Tx) error {
			tx.AtEnd(one, "failed")
			return failure
		},
		func(tx *store.Tx) error {
			tx.AtEnd(broken, "failed")
			return tx.PutAccount("before a failure", []byte(`{}`))
		},
	} {
		if err := isNot(s.Update(t.Context(), fn), failure); err != nil {
			t.Error(err)
		}
	}
	for account, want := range map[string]bool{
		"kept": true, "of another": true, "behind": true, "undone": false, "failed": false, "before a failure": false,
	} {
		view(t, s, func(tx *store.Tx) error {
			if _, err := tx.Account(account); errors.Is(err, store.ErrNotFound) == want {
				t.Errorf("%s: %v", account, err)
			}
			return nil
		})
	}
}

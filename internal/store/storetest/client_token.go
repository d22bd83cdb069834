package storetest

import (
	"cmp"

	"cosell/internal/store"
)

// Once runs fn for the first use of a client token, as an operation does, and returns
// its record; for a later use it returns the first one's without running fn.
func Once(tx *store.Tx, t store.ClientToken, fn func() (store.ClientTokenRecord, error)) (store.ClientTokenRecord, error) {
	first, used, err := tx.ClientToken(t)
	if err != nil || used {
		return first, err
	}
	first, err = fn()
	if err != nil {
		return first, cmp.Or(tx.ConfirmClientTokenUnused(t), err)
	}
	return first, tx.InsertClientToken(t, first)
}

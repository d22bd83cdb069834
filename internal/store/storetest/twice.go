package storetest

import (
	"context"

	"cosell/internal/store"
)

// Twice runs every update that succeeds a second time, as an engine may where
// another transaction, or the loss of a connection, undid the first: nothing
// outside the transaction may tell the second run from the first.
type Twice struct{ store.Store }

// Update implements [store.Store].
func (s Twice) Update(ctx context.Context, fn func(*store.Tx) error, options ...store.Option) error {
	again := false
	return s.Store.Update(ctx, func(tx *store.Tx) error {
		err := fn(tx)
		if err == nil && !again {
			again = true
			return store.ErrStale
		}
		return err
	}, options...)
}

package storetest

import (
	"context"
	"errors"
	"testing"
	"time"

	"cosell/internal/store"
)

// A wait that these tests bring about ends after this time.
const waitLimit = 100 * time.Millisecond

// An Update inside the function of another must not keep the store from serving
// later updates. Whether it succeeds is up to the engine.
func testNestedUpdate(t *testing.T, s store.Store) {
	put := func(tx *store.Tx) error { return tx.PutAccount("1", []byte("{}")) }
	ctx, cancel := context.WithTimeout(t.Context(), waitLimit)
	defer cancel()
	err := s.Update(t.Context(), func(tx *store.Tx) error {
		if err := put(tx); err != nil {
			return err
		}
		return s.Update(ctx, put)
	})
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Update of a record that an outer Update holds = %v, want context.DeadlineExceeded", err)
	}
	update(t, s, put)
}

// An Update that waits for another one returns when its context ends, and leaves
// nothing.
func testUpdateEndsWhileItWaits(t *testing.T, s store.Store) {
	first, release := make(chan struct{}), make(chan struct{})
	ended := make(chan error, 1)
	go func() {
		ended <- s.Update(context.Background(), func(tx *store.Tx) error {
			if err := tx.PutAccount("1", []byte("first")); err != nil {
				return err
			}
			close(first)
			<-release
			return nil
		})
	}()
	<-first
	ctx, cancel := context.WithTimeout(t.Context(), waitLimit)
	defer cancel()
	err := s.Update(ctx, func(tx *store.Tx) error { return tx.PutAccount("1", []byte("second")) })
	close(release)
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Update = %v, want context.DeadlineExceeded", err)
	}
	if err := <-ended; err != nil {
		t.Errorf("the other Update = %v", err)
	}
	update(t, s, func(*store.Tx) error { return nil }) // what was left in a queue has run by now
	view(t, s, func(tx *store.Tx) error {
		document, err := tx.Account("1")
		if string(document) != "first" {
			t.Errorf("read %q, want what the other Update wrote", document)
		}
		return err
	})
}

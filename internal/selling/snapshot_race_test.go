package selling_test

import (
	"context"
	"errors"
	"sync"
	"testing"

	"cosell/internal/store"
	"cosell/internal/store/enginetest"
)

// early is a store whose next update has its view of the store before others
// write, and does what it is to do only after them.
type early struct {
	store.Store
	once   sync.Once
	others func()
}

func (e *early) Update(ctx context.Context, fn func(*store.Tx) error, options ...store.Option) error {
	return e.Store.Update(ctx, func(tx *store.Tx) error {
		if _, err := tx.Account("nobody"); !errors.Is(err, store.ErrNotFound) {
			return err
		}
		e.once.Do(e.others)
		return fn(tx)
	}, options...)
}

// A job is started while its opportunity changes, by a request that knows nothing
// of the start. The change is not lost to the job.
func TestChangeBesideTheStartOfItsJobIsFollowed(t *testing.T) {
	if !enginetest.OnPostgres {
		t.Skip("the embedded store makes one update at a time")
	}
	h := newHarness(t)
	engagement, id := h.shared(t)
	job := h.createJob(t, alice, engagement, id, summaryView)
	beside := *h
	beside.Service = newService(t, h.store, h.clock, 11)
	h.Service = newService(t, &early{Store: h.store, others: func() {
		beside.startJob(t, alice, job)
		beside.work(t)
	}}, h.clock, 12)
	if err := associate(t, h, id, "AwsProducts", "AWSLambda"); err != nil {
		t.Fatal(err)
	}
	beside.work(t)
	got := beside.snapshot(t, alice, engagement, id, summaryView)
	if products := got.Payload.OpportunitySummary.RelatedEntityIdentifiers.AwsProducts; len(products) != 1 {
		t.Errorf("the latest snapshot is revision %d, with products %q", *got.Revision, products)
	}
}

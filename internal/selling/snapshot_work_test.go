package selling_test

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"cosell/internal/api"
	"cosell/internal/clock"
	"cosell/internal/ids"
	"cosell/internal/queue"
	"cosell/internal/service"
	"cosell/internal/store"
	"cosell/internal/store/sqlite"
)

// runWork runs a worker on a harness whose clock keeps time. It ends with the
// test, or when stop is called.
func (h *harness) runWork(t testing.TB) (stop func()) {
	t.Helper()
	r := queue.New(queue.Config{Store: h.store, Clock: h.clock, Handler: h.Service, Log: slog.New(slog.DiscardHandler)})
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { r.Run(ctx) })
	stop = func() {
		cancel()
		running.Wait()
	}
	t.Cleanup(stop)
	return stop
}

// running is a harness whose business clock follows the real one.
func running(t testing.TB) *harness {
	h := newHarness(t)
	h.clock = clock.New()
	h.Service = newService(t, h.store, h.clock, 8)
	return h
}

func newService(t testing.TB, s store.Store, c clock.Clock, seed byte) *service.Service {
	t.Helper()
	service, err := service.New(t.Context(), service.Config{
		Store: s, Clock: c, IDs: ids.New(c.Now, rand.NewChaCha8([32]byte{seed})),
	})
	if err != nil {
		t.Fatal(err)
	}
	return service
}

// Even where nothing wakes the worker, members see a change within two seconds.
func TestChangeIsSnapshottedWithinTwoSeconds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := running(t)
		h.runWork(t)
		engagement, id := h.shared(t)
		h.startJob(t, alice, h.createJob(t, alice, engagement, id, summaryView))
		for want := range int32(4) {
			time.Sleep(2 * time.Second)
			synctest.Wait()
			if got := latest(t, h, engagement, id, summaryView); got != want+1 {
				t.Fatalf("revision %d two seconds later, want %d", got, want+1)
			}
			if err := associate(t, h, id, "AwsProducts", fmt.Sprint("Product", want)); err != nil {
				t.Fatal(err)
			}
		}
	})
}

// The process ends between a change and its snapshot, which is made after the
// restart.
func TestSnapshotComesAfterRestart(t *testing.T) {
	dir := t.TempDir()
	open := func() store.Store {
		s, err := sqlite.Open(t.Context(), dir, sqlite.WithoutSync())
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	h := newHarness(t)
	h.store = open()
	h.Service = newService(t, h.store, h.clock, 9)
	engagement, id := h.shared(t)
	job := h.createJob(t, alice, engagement, id, summaryView)
	h.startJob(t, alice, job)
	if err := h.store.Close(); err != nil {
		t.Fatal(err)
	}
	h.store = open()
	t.Cleanup(func() { _ = h.store.Close() })
	h.Service = newService(t, h.store, h.clock, 10)
	if n := h.work(t); n != 1 {
		t.Errorf("%d passes after the restart, want 1", n)
	}
	if got := latest(t, h, engagement, id, summaryView); got != 1 {
		t.Errorf("revision %d after the restart, want 1", got)
	}
}

// A burst of changes on many opportunities is snapshotted completely.
func TestBurstIsSnapshottedCompletely(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := running(t)
		h.runWork(t)
		engagement, _ := h.shared(t)
		const burst = 100
		var opportunities []string
		for range burst {
			id := *h.createOpportunity(t, alice).Id
			opportunities = append(opportunities, id)
			h.startJob(t, alice, h.createJob(t, alice, engagement, id, summaryView))
		}
		synctest.Wait()
		for _, id := range opportunities {
			if err := associate(t, h, id, "AwsProducts", "AWSLambda"); err != nil {
				t.Fatal(err)
			}
		}
		time.Sleep(2 * time.Second)
		synctest.Wait()
		for _, id := range opportunities {
			got := h.snapshot(t, bob, engagement, id, summaryView)
			if products := got.Payload.OpportunitySummary.RelatedEntityIdentifiers.AwsProducts; len(products) != 1 {
				t.Errorf("the latest of %s is revision %d, with products %q", id, *got.Revision, products)
			}
		}
	})
}

// A failing pass is told on the job, which keeps running, and is tried again
// until it succeeds.
func TestFailingPass(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := running(t)
		engagement, id := h.shared(t)
		job := h.createJob(t, alice, engagement, id, summaryView)
		modified, sound := *h.opportunity(t, alice, id).LastModifiedDate, h.document(t, id)
		h.putDocument(t, id, modified, []byte("damaged"))
		h.startJob(t, alice, job)
		h.runWork(t)
		synctest.Wait()
		got := h.job(t, alice, job)
		if *got.Status != api.ResourceSnapshotJobStatusRunning || got.LastSuccessfulExecutionDate != nil {
			t.Errorf("the job says %s", encoded(t, got))
		}
		if got.LastFailure == nil || strings.Contains(*got.LastFailure, "damaged") {
			t.Errorf("last failure %v, want one that shows nothing of the document", got.LastFailure)
		}
		time.Sleep(time.Minute)
		if got := latest(t, h, engagement, id, summaryView); got != 0 {
			t.Errorf("revision %d of a damaged opportunity", got)
		}
		h.putDocument(t, id, modified, sound)
		time.Sleep(2 * time.Minute)
		if got := latest(t, h, engagement, id, summaryView); got != 1 {
			t.Errorf("revision %d after the repair, want 1", got)
		}
		if got := h.job(t, alice, job); got.LastSuccessfulExecutionDate == nil || got.LastFailure == nil {
			t.Errorf("the job says %s, want its last success and its last failure", encoded(t, got))
		}
	})
}

// A pass that fails for its owner's reasons says why.
func TestFailingPassSaysWhy(t *testing.T) {
	h := newHarness(t)
	engagement, id := h.shared(t)
	job := h.createJob(t, alice, engagement, id, summaryView)
	h.startJob(t, alice, job)
	claimed := h.claim(t)
	err := h.store.Update(t.Context(), func(tx *store.Tx) error {
		return h.OnFailure(tx, claimed[0], fmt.Errorf("pass: %w", api.QuotaExceeded("There is no room")))
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := h.job(t, alice, job); got.LastFailure == nil || *got.LastFailure != "There is no room" {
		t.Errorf("the job says %s", encoded(t, got))
	}
	h.stopJob(t, alice, job)
	do[struct{}](t, h, alice, "DeleteResourceSnapshotJob", jobBody(job))
	for _, w := range []store.Work{claimed[0], {Kind: "unknown"}} {
		err := h.store.Update(t.Context(), func(tx *store.Tx) error { return h.OnFailure(tx, w, context.Canceled) })
		if err != nil {
			t.Errorf("failure of %s with nothing to tell it on: %v", w.Kind, err)
		}
	}
}

func TestUnknownWorkFails(t *testing.T) {
	h := newHarness(t)
	for _, w := range []store.Work{{Kind: "unknown"}, {Kind: "snapshot", Payload: []byte("damaged")}} {
		err := h.store.Update(t.Context(), func(tx *store.Tx) error { return h.Handle(tx, w) })
		if err == nil {
			t.Errorf("work %q %q was performed", w.Kind, w.Payload)
		}
	}
}

func sandboxKey(id string) store.OpportunityKey {
	return store.OpportunityKey{Account: alice, Catalog: "Sandbox", ID: id}
}

// document reads what is stored of an opportunity of alice's.
func (h *harness) document(t testing.TB, id string) (document []byte) {
	t.Helper()
	view(t, h, func(tx *store.Tx) (err error) {
		_, document, err = tx.Opportunity(sandboxKey(id))
		return err
	})
	return document
}

// putDocument replaces what is stored of an opportunity of alice's, which was
// last modified at a time.
func (h *harness) putDocument(t testing.TB, id string, modified api.Timestamp, document []byte) {
	t.Helper()
	err := h.store.Update(t.Context(), func(tx *store.Tx) error {
		return tx.UpdateOpportunity(&store.Opportunity{
			OpportunityKey: sandboxKey(id), LastModifiedAt: int64(modified), Document: document,
		}, int64(modified))
	})
	if err != nil {
		t.Fatal(err)
	}
}

package storetest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"cosell/internal/store"
)

// A rule that counts the tags of a record holds when the record is held, however
// many look at once.
func testLock(t *testing.T, s store.Store) {
	const account, catalog, clients, room = "111122223333", "Sandbox", 8, 3
	opportunity := store.OpportunityKey{Account: account, Catalog: catalog, ID: "O1"}
	engagement := engagementKey("eng-1")
	update(t, s, func(tx *store.Tx) error {
		return errors.Join(
			tx.InsertOpportunity(&store.Opportunity{OpportunityKey: opportunity, Document: []byte("as it was")}),
			tx.InsertEngagement(engagement, 10, []byte("as it was")),
			tx.InsertCustomerAccount(customerAccount("cust-acc-1")),
			tx.InsertSnapshotJob(&store.SnapshotJob{Account: account, Catalog: catalog, ID: "job-1", Document: []byte("as it was")}),
		)
	})
	errFull := errors.New("full")
	for name, hold := range map[string]func(*store.Tx) error{
		"opportunity": func(tx *store.Tx) error { return tx.LockOpportunity(opportunity) },
		"engagement":  func(tx *store.Tx) error { return tx.LockEngagement(engagement) },
		"customer": func(tx *store.Tx) error {
			return tx.LockCustomerAccount(customerAccount("cust-acc-1").CustomerAccountKey)
		},
		"job": func(tx *store.Tx) error { return tx.LockSnapshotJob(account, catalog, "job-1") },
	} {
		t.Run(name, func(t *testing.T) {
			var all sync.WaitGroup
			results := make([]error, clients)
			for i := range results {
				all.Go(func() {
					results[i] = s.Update(context.Background(), func(tx *store.Tx) error {
						tags, err := tx.Tags(account, name)
						if err != nil {
							return err
						}
						if len(tags) >= room {
							return errFull
						}
						if err := hold(tx); err != nil {
							return err
						}
						return tx.PutTags(account, name, 1, []store.Tag{{Key: fmt.Sprint(i)}})
					})
				})
			}
			all.Wait()
			added := 0
			for _, err := range results {
				switch {
				case err == nil:
					added++
				case !errors.Is(err, errFull):
					t.Error(err)
				}
			}
			if added != room {
				t.Errorf("%d clients found room for %d", added, room)
			}
		})
	}
	t.Run("nothing changes", func(t *testing.T) {
		view(t, s, func(tx *store.Tx) error {
			_, o, err := tx.Opportunity(opportunity)
			e, _, engagementErr := tx.Engagement(engagement)
			j, jobErr := tx.SnapshotJob(account, catalog, "job-1")
			if err := errors.Join(err, engagementErr, jobErr); err != nil {
				return err
			}
			for _, document := range [][]byte{o, e, j.Document} {
				if string(document) != "as it was" {
					t.Errorf("holding wrote %s", document)
				}
			}
			return nil
		})
	})
	t.Run("what is not there", func(t *testing.T) {
		err := s.Update(t.Context(), func(tx *store.Tx) error { return tx.LockOpportunity(store.OpportunityKey{ID: "O2"}) })
		if !errors.Is(err, store.ErrNotFound) {
			t.Errorf("hold = %v, want ErrNotFound", err)
		}
	})
}

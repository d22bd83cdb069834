package storetest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"cosell/internal/search"
	"cosell/internal/store"
)

// Searches that come at once after many customer accounts were written, as after a bulk
// job, see them all, and those that are written meanwhile: whoever makes the rows, and
// whatever moves rows at the same time.
func testSearchAfterMany(t *testing.T, s store.Store) {
	const accounts, later = 2500, 3
	key := func(n int) store.CustomerAccountKey {
		return store.CustomerAccountKey{Account: "1", Catalog: searchCatalog, ID: fmt.Sprintf("cust-acc-%05d", n)}
	}
	document := func(company string) []byte {
		return fmt.Appendf(nil, `{"EnrichmentStatus":"PENDING","Account":{"CompanyName":%q}}`, company)
	}
	insert := func(ctx context.Context, from, to int) error {
		return s.Update(ctx, func(tx *store.Tx) error {
			for n := from; n < to; n++ {
				if err := tx.InsertCustomerAccount(&store.CustomerAccount{CustomerAccountKey: key(n), ModifiedAt: 1, Document: document("Old")}); err != nil {
					return err
				}
			}
			return nil
		})
	}
	// found counts what a search finds, by the company.
	found := func(ctx context.Context) (old, renamed, counted int64, err error) {
		err = errors.Join(store.FoldSearch(ctx, s, store.SearchCustomer, "1", searchCatalog), s.View(ctx, func(tx *store.Tx) error {
			q := &store.SearchQuery{Table: search.Customers, Account: "1", Catalog: searchCatalog}
			total, groups, err := tx.SearchGroups(q, []*search.Field{search.Customers.Field("ENRICHMENT_STATUS")})
			if err != nil {
				return err
			}
			if counted = groups[0].Counts["PENDING"]; counted != total {
				return fmt.Errorf("%d of %d are pending", counted, total)
			}
			_, groups, err = tx.SearchGroups(q, []*search.Field{search.Customers.Field("COMPANY_NAME")})
			if err == nil {
				old, renamed = groups[0].Counts["old"], groups[0].Counts["new"]
			}
			return err
		}))
		return old, renamed, counted, err
	}
	if err := insert(t.Context(), 0, accounts); err != nil {
		t.Fatal(err)
	}
	var wait sync.WaitGroup
	for range 3 {
		wait.Go(func() {
			if old, _, counted, err := found(t.Context()); err != nil || counted < accounts || old < accounts-later {
				t.Errorf("found %d of %d: %v", old, counted, err)
			}
		})
	}
	wait.Go(func() {
		for n := range later { // some are changed, some are new
			if err := errors.Join(insert(t.Context(), accounts+n, accounts+n+1), s.Update(t.Context(), func(tx *store.Tx) error {
				return tx.UpdateCustomerAccount(&store.CustomerAccount{CustomerAccountKey: key(n), ModifiedAt: 2, Document: document("New")}, 1)
			})); err != nil {
				t.Error(err)
			}
			if _, renamed, counted, err := found(t.Context()); err != nil || int(renamed) != n+1 || int(counted) != accounts+n+1 {
				t.Errorf("found %d changed ones of %d: %v", renamed, counted, err)
			}
		}
	})
	wait.Go(func() {
		for range 4 {
			if _, err := store.FoldAnySearch(t.Context(), s); err != nil {
				t.Error(err)
			}
		}
	})
	wait.Wait()
	for n := 1; n > 0; {
		var err error
		if n, err = store.FoldAnySearch(t.Context(), s); err != nil {
			t.Fatal(err)
		}
	}
	if old, renamed, counted, err := found(t.Context()); err != nil || old != accounts || renamed != later || counted != accounts+later {
		t.Errorf("in the end %d, %d and %d are found: %v", old, renamed, counted, err)
	}
}

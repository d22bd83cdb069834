package storetest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cosell/internal/store"
)

func customerAccount(id string) *store.CustomerAccount {
	return &store.CustomerAccount{
		CustomerAccountKey: store.CustomerAccountKey{Account: "1", Catalog: "AWS", ID: id},
		Status:             "PENDING", ModifiedAt: 10, Document: []byte(id),
	}
}

func testCustomerAccount(t *testing.T, s store.Store) {
	first := customerAccount("cust-acc-1")
	update(t, s, func(tx *store.Tx) error {
		if err := tx.InsertCustomerAccount(first); err != nil {
			return err
		}
		return isNot(tx.InsertCustomerAccount(customerAccount("cust-acc-1")), store.ErrExists)
	})
	update(t, s, func(tx *store.Tx) error {
		first.Status, first.ModifiedAt, first.Document = "ENRICHED", 20, []byte("new")
		if err := tx.UpdateCustomerAccount(first, 10); err != nil {
			return err
		}
		return isNot(tx.UpdateCustomerAccount(first, 10), store.ErrStale)
	})
	view(t, s, func(tx *store.Tx) error {
		got, err := tx.CustomerAccount(first.CustomerAccountKey)
		if diff := cmp.Diff(first, got); diff != "" {
			t.Error(diff)
		}
		other := first.CustomerAccountKey
		other.Account = "2"
		_, foreign := tx.CustomerAccount(other)
		other = first.CustomerAccountKey
		other.Catalog = "Sandbox"
		_, elsewhere := tx.CustomerAccount(other)
		return errors.Join(err, isNot(foreign, store.ErrNotFound), isNot(elsewhere, store.ErrNotFound))
	})
	update(t, s, func(tx *store.Tx) error {
		if err := tx.MapCustomer(first.CustomerAccountKey, "acme"); err != nil {
			return err
		}
		if err := tx.DeleteCustomerAccount(first.CustomerAccountKey); err != nil {
			return err
		}
		_, mapping := tx.MappedCustomerAccount("1", "AWS", "acme")
		return errors.Join(isNot(mapping, store.ErrNotFound),
			isNot(tx.DeleteCustomerAccount(first.CustomerAccountKey), store.ErrNotFound))
	})
}

func testCustomerAccounts(t *testing.T, s store.Store) {
	update(t, s, func(tx *store.Tx) error {
		for i := range 5 {
			a := customerAccount(fmt.Sprintf("cust-acc-%d", i))
			if i%2 == 1 {
				a.Status = "ENRICHED"
			}
			if err := tx.InsertCustomerAccount(a); err != nil {
				return err
			}
		}
		other := customerAccount("cust-acc-9")
		other.Account = "2"
		return tx.InsertCustomerAccount(other)
	})
	for _, c := range []struct {
		name, status, after string
		limit               int
		want                []string
	}{
		{"All", "", "", 9, []string{"cust-acc-0", "cust-acc-1", "cust-acc-2", "cust-acc-3", "cust-acc-4"}},
		{"FirstPage", "", "", 2, []string{"cust-acc-0", "cust-acc-1"}},
		{"NextPage", "", "cust-acc-1", 2, []string{"cust-acc-2", "cust-acc-3"}},
		{"OfAStatus", "ENRICHED", "", 9, []string{"cust-acc-1", "cust-acc-3"}},
	} {
		view(t, s, func(tx *store.Tx) error {
			found, err := tx.CustomerAccounts("1", "AWS", c.status, c.after, c.limit)
			var got []string
			for _, a := range found {
				got = append(got, a.ID)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("%s: %s", c.name, diff)
			}
			return err
		})
	}
	view(t, s, func(tx *store.Tx) error {
		n, err := tx.CountCustomerAccounts("1", "AWS")
		if n != 5 {
			t.Errorf("%d accounts", n)
		}
		return err
	})
}

// Of several customer accounts that are mapped to one customer at once, one is.
func testCustomerMappings(t *testing.T, s store.Store) {
	const clients = 8
	results := make([]error, clients)
	var all sync.WaitGroup
	for i := range results {
		all.Go(func() {
			results[i] = s.Update(context.Background(), func(tx *store.Tx) error {
				return tx.MapCustomer(customerAccount(fmt.Sprintf("cust-acc-%d", i)).CustomerAccountKey, "acme")
			})
		})
	}
	all.Wait()
	mapped := ""
	for i, err := range results {
		switch {
		case err == nil && mapped == "":
			mapped = fmt.Sprintf("cust-acc-%d", i)
		case !errors.Is(err, store.ErrExists):
			t.Errorf("%d: %v", i, err)
		}
	}
	update(t, s, func(tx *store.Tx) error {
		id, err := tx.MappedCustomerAccount("1", "AWS", "acme")
		if id != mapped {
			t.Errorf("mapped is %q, want %q", id, mapped)
		}
		other := customerAccount("cust-acc-8").CustomerAccountKey
		other.Catalog = "Sandbox"
		return errors.Join(err, tx.MapCustomer(other, "acme"), tx.UnmapCustomer(customerAccount(mapped).CustomerAccountKey),
			tx.MapCustomer(customerAccount("cust-acc-7").CustomerAccountKey, "acme"))
	})
}

func testDirectory(t *testing.T, s store.Store) {
	put := func(catalog string, customers ...store.DirectoryCustomer) {
		update(t, s, func(tx *store.Tx) error { return tx.PutDirectory(catalog, customers) })
	}
	put("AWS", store.DirectoryCustomer{Name: "gone", Country: "US", Document: []byte("gone")})
	put("AWS",
		store.DirectoryCustomer{Name: "acme", Country: "US", Document: []byte("name")},
		store.DirectoryCustomer{Duns: "123456789", Name: "acme", Country: "US", Document: []byte("duns")},
		store.DirectoryCustomer{Domain: "acme.example", Name: "acme", Country: "DE", Document: []byte("domain")},
	)
	put("Sandbox", store.DirectoryCustomer{Name: "other", Country: "US", Document: []byte("other")})
	for _, c := range []struct {
		name string
		like store.DirectoryCustomer
		want string
	}{
		{"DunsFirst", store.DirectoryCustomer{Duns: "123456789", Domain: "acme.example", Name: "acme", Country: "US"}, "duns"},
		{"DomainBeforeName", store.DirectoryCustomer{Duns: "999999999", Domain: "acme.example", Name: "acme", Country: "US"}, "domain"},
		{"NameAndCountry", store.DirectoryCustomer{Name: "acme", Country: "US"}, "name"},
		{"NameInAnotherCountry", store.DirectoryCustomer{Name: "acme", Country: "FR"}, ""},
		{"NameAlone", store.DirectoryCustomer{Name: "acme"}, ""},
		{"Replaced", store.DirectoryCustomer{Name: "gone", Country: "US"}, ""},
		{"OfAnotherCatalog", store.DirectoryCustomer{Name: "other", Country: "US"}, ""},
		{"Nothing", store.DirectoryCustomer{}, ""},
	} {
		view(t, s, func(tx *store.Tx) error {
			_, document, err := tx.FindInDirectory("AWS", c.like)
			if string(document) != c.want || (err != nil) != (c.want == "") {
				t.Errorf("%s: found %q (%v)", c.name, document, err)
			}
			if c.want == "" {
				return isNot(err, store.ErrNotFound)
			}
			return err
		})
	}
	view(t, s, func(tx *store.Tx) error {
		all, err := tx.Directory("AWS")
		if diff := cmp.Diff([][]byte{[]byte("name"), []byte("duns"), []byte("domain")}, all); diff != "" {
			t.Error(diff)
		}
		return err
	})
}

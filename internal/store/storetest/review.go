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

func testAwsOpportunity(t *testing.T, s store.Store) {
	key := store.OpportunityKey{Account: "1", Catalog: "AWS", ID: "O1"}
	read := func(key store.OpportunityKey) (document string, version int64, err error) {
		view(t, s, func(tx *store.Tx) error {
			var raw []byte
			raw, version, err = tx.AwsOpportunity(key)
			document = string(raw)
			return nil
		})
		return document, version, err
	}
	if _, _, err := read(key); !errors.Is(err, store.ErrNotFound) {
		t.Fatalf("before it was written: %v, want ErrNotFound", err)
	}
	for previous, document := range []string{`{"name":"Müller, 東京 \u0000"}`, `{}`} {
		update(t, s, func(tx *store.Tx) error { return tx.PutAwsOpportunity(key, int64(previous), []byte(document)) })
		got, version, err := read(key)
		if got != document || version != int64(previous)+1 || err != nil {
			t.Errorf("read %s, version %d, %v", got, version, err)
		}
	}
	for _, other := range []store.OpportunityKey{
		{Account: "2", Catalog: "AWS", ID: "O1"}, {Account: "1", Catalog: "Sandbox", ID: "O1"}, {Account: "1", Catalog: "AWS", ID: "O2"},
	} {
		if _, _, err := read(other); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("%+v: %v, want ErrNotFound", other, err)
		}
	}
	// A write over another state, or over one where none was seen, is stale.
	for _, previous := range []int64{0, 1, 3} {
		update(t, s, func(tx *store.Tx) error {
			err := tx.Savepoint(func() error { return tx.PutAwsOpportunity(key, previous, []byte(`{}`)) })
			if err := isNot(err, store.ErrStale); err != nil {
				t.Errorf("over version %d: %v", previous, err)
			}
			return nil
		})
	}
}

// Many clients add to one number; none of the additions may be lost.
func testAwsOpportunitySerializable(t *testing.T, s store.Store) {
	const clients, additions = 8, 20
	key := store.OpportunityKey{Account: "1", Catalog: "AWS", ID: "O1"}
	var all sync.WaitGroup
	for range clients {
		all.Go(func() {
			for range additions {
				err := s.Update(context.Background(), func(tx *store.Tx) error {
					n := 0
					document, version, err := tx.AwsOpportunity(key)
					if err == nil {
						_, err = fmt.Sscan(string(document), &n)
					} else if errors.Is(err, store.ErrNotFound) {
						err = nil
					}
					if err != nil {
						return err
					}
					return tx.PutAwsOpportunity(key, version, fmt.Append(nil, n+1))
				})
				if err != nil {
					t.Errorf("Update: %v", err)
				}
			}
		})
	}
	all.Wait()
	view(t, s, func(tx *store.Tx) error {
		document, version, err := tx.AwsOpportunity(key)
		if want := fmt.Sprint(clients * additions); string(document) != want || version != clients*additions {
			t.Errorf("counted %s in version %d, want %s", document, version, want)
		}
		return err
	})
}

func testReviews(t *testing.T, s store.Store) {
	waiting := func(account, catalog, id string, at int64) store.Review {
		return store.Review{OpportunityKey: store.OpportunityKey{Account: account, Catalog: catalog, ID: id}, SubmittedAt: at}
	}
	late, first := waiting("1", "AWS", "O1", 300), waiting("1", "Sandbox", "O2", 100)
	tieA, tieB := waiting("1", "AWS", "O3", 200), waiting("2", "AWS", "O3", 200)
	update(t, s, func(tx *store.Tx) error {
		for _, r := range []store.Review{late, tieB, first, tieA} {
			if err := tx.InsertReview(r); err != nil {
				return err
			}
		}
		again := late
		again.SubmittedAt = 1 // it stays in its place
		return tx.InsertReview(again)
	})
	queue := func(catalog, account string, limit int) (got []store.Review) {
		view(t, s, func(tx *store.Tx) (err error) {
			got, err = tx.Reviews(catalog, account, limit)
			return err
		})
		return got
	}
	for _, c := range []struct {
		catalog, account string
		limit            int
		want             []store.Review
	}{
		{"", "", 10, []store.Review{first, tieA, tieB, late}},
		{"", "", 2, []store.Review{first, tieA}},
		{"AWS", "", 10, []store.Review{tieA, tieB, late}},
		{"", "1", 10, []store.Review{first, tieA, late}},
		{"Sandbox", "2", 10, nil},
	} {
		if diff := cmp.Diff(c.want, queue(c.catalog, c.account, c.limit)); diff != "" {
			t.Errorf("%q, %q, %d (-want +got):\n%s", c.catalog, c.account, c.limit, diff)
		}
	}
	view(t, s, func(tx *store.Tx) error {
		got, err := tx.Review(tieB.OpportunityKey)
		if got != tieB {
			t.Errorf("read %+v, want %+v", got, tieB)
		}
		return err
	})
	update(t, s, func(tx *store.Tx) error {
		// What is not there may be taken out.
		return errors.Join(tx.DeleteReview(tieB.OpportunityKey), tx.DeleteReview(tieB.OpportunityKey))
	})
	if diff := cmp.Diff([]store.Review{first, tieA, late}, queue("", "", 10)); diff != "" {
		t.Errorf("after one left (-want +got):\n%s", diff)
	}
	view(t, s, func(tx *store.Tx) error {
		_, err := tx.Review(tieB.OpportunityKey)
		return isNot(err, store.ErrNotFound)
	})
}

func testReviewFollowers(t *testing.T, s store.Store) {
	followed := store.OpportunityKey{Account: "1", Catalog: "AWS", ID: "O1"}
	b := store.OpportunityKey{Account: "2", Catalog: "AWS", ID: "O2"}
	c := store.OpportunityKey{Account: "3", Catalog: "AWS", ID: "O1"}
	update(t, s, func(tx *store.Tx) error {
		return errors.Join(tx.InsertReviewFollower(followed, c), tx.InsertReviewFollower(followed, b), tx.InsertReviewFollower(followed, c))
	})
	for _, test := range []struct {
		key  store.OpportunityKey
		want []store.OpportunityKey
	}{
		{followed, []store.OpportunityKey{b, c}},
		{b, nil},
		{store.OpportunityKey{Account: "1", Catalog: "Sandbox", ID: "O1"}, nil},
		{store.OpportunityKey{Account: "1", Catalog: "AWS", ID: "O2"}, nil},
	} {
		view(t, s, func(tx *store.Tx) error {
			got, err := tx.ReviewFollowers(test.key)
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("followers of %+v (-want +got):\n%s", test.key, diff)
			}
			return err
		})
	}
}

func testPolicies(t *testing.T, s store.Store) {
	view(t, s, func(tx *store.Tx) error {
		_, err := tx.Policy("review/AWS")
		return isNot(err, store.ErrNotFound)
	})
	for _, document := range []string{`{"mode":"off"}`, `{"mode":"approve"}`} {
		update(t, s, func(tx *store.Tx) error {
			return errors.Join(tx.PutPolicy("review/AWS", []byte(document)), tx.PutPolicy("review/Sandbox", []byte(`{}`)))
		})
		view(t, s, func(tx *store.Tx) error {
			got, err := tx.Policy("review/AWS")
			if string(got) != document {
				t.Errorf("read %s, want %s", got, document)
			}
			return err
		})
	}
	for range 2 { // the second finds nothing
		update(t, s, func(tx *store.Tx) error { return tx.DeletePolicy("review/AWS") })
	}
	view(t, s, func(tx *store.Tx) error {
		_, other := tx.Policy("review/Sandbox")
		_, err := tx.Policy("review/AWS")
		return errors.Join(other, isNot(err, store.ErrNotFound))
	})
}

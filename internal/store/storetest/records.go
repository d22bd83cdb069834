package storetest

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cosell/internal/store"
)

func testAccounts(t *testing.T, s store.Store) {
	update(t, s, func(tx *store.Tx) error {
		_, err := tx.Account("1")
		return isNot(err, store.ErrNotFound)
	})
	for _, document := range []string{`{"a":1}`, `{"a":2}`} {
		update(t, s, func(tx *store.Tx) error { return tx.PutAccount("1", []byte(document)) })
		view(t, s, func(tx *store.Tx) error {
			got, err := tx.Account("1")
			if string(got) != document {
				t.Errorf("got %s, want %s", got, document)
			}
			return err
		})
	}
}

func testSecrets(t *testing.T, s store.Store) {
	for _, made := range []string{"first", "second"} {
		update(t, s, func(tx *store.Tx) error {
			got, err := tx.Secret("key", func() string { return made })
			if got != "first" {
				t.Errorf("got %q, want the first that was made", got)
			}
			return err
		})
	}
}

func testSolutions(t *testing.T, s store.Store) {
	update(t, s, func(tx *store.Tx) error {
		for _, put := range []struct{ account, catalog, id, document string }{
			{"1", "AWS", "S-2", "old"},
			{"1", "AWS", "S-2", "two"},
			{"1", "AWS", "S-1", "one"},
			{"1", "Sandbox", "S-3", "three"},
			{"2", "AWS", "S-4", "four"},
		} {
			if err := tx.PutSolution(put.account, put.catalog, put.id, []byte(put.document)); err != nil {
				return err
			}
		}
		return nil
	})
	view(t, s, func(tx *store.Tx) error {
		documents, err := tx.Solutions("1", "AWS")
		if diff := cmp.Diff([][]byte{[]byte("one"), []byte("two")}, documents); diff != "" {
			t.Error(diff)
		}
		if err != nil {
			return err
		}
		document, err := tx.Solution("1", "Sandbox", "S-3")
		if string(document) != "three" {
			t.Errorf("got %s", document)
		}
		if err != nil {
			return err
		}
		_, err = tx.Solution("2", "Sandbox", "S-3")
		return isNot(err, store.ErrNotFound)
	})
}

func testTags(t *testing.T, s store.Store) {
	tags := func() (got []store.Tag) {
		view(t, s, func(tx *store.Tx) (err error) {
			got, err = tx.Tags("1", "arn:a")
			return err
		})
		return got
	}
	update(t, s, func(tx *store.Tx) error {
		if err := tx.PutTags("1", "arn:a", 10, []store.Tag{{Key: "b", Value: "1"}, {Key: "a", Value: "2"}}); err != nil {
			return err
		}
		return tx.PutTags("1", "arn:b", 10, []store.Tag{{Key: "other", Value: "1"}})
	})
	if diff := cmp.Diff([]store.Tag{{Key: "b", Value: "1"}, {Key: "a", Value: "2"}}, tags()); diff != "" {
		t.Error(diff)
	}
	update(t, s, func(tx *store.Tx) error {
		return tx.PutTags("1", "arn:a", 20, []store.Tag{{Key: "c", Value: "3"}, {Key: "b", Value: "4"}})
	})
	if diff := cmp.Diff([]store.Tag{{Key: "b", Value: "4"}, {Key: "a", Value: "2"}, {Key: "c", Value: "3"}}, tags()); diff != "" {
		t.Error(diff)
	}
	update(t, s, func(tx *store.Tx) error {
		if err := tx.DeleteTags("1", "arn:a", nil); err != nil {
			return err
		}
		return tx.DeleteTags("1", "arn:a", []string{"b", "c", "unknown"})
	})
	if diff := cmp.Diff([]store.Tag{{Key: "a", Value: "2"}}, tags()); diff != "" {
		t.Error(diff)
	}
}

func testClientTokens(t *testing.T, s store.Store) {
	refused := errors.New("refused")
	token := store.ClientToken{Account: "1", Catalog: "AWS", Operation: "CreateOpportunity", Token: "t"}
	// once uses a token for a function that writes an account, and then fails or not.
	once := func(token store.ClientToken, record store.ClientTokenRecord, fails error) (got store.ClientTokenRecord, err error) {
		err = s.Update(t.Context(), func(tx *store.Tx) (err error) {
			got, err = Once(tx, token, func() (store.ClientTokenRecord, error) {
				return record, errors.Join(tx.PutAccount("1", record.Response), fails)
			})
			return err
		})
		return got, err
	}
	first := store.ClientTokenRecord{RequestHash: "h", Response: []byte(`{}`), CreatedAt: 5}
	second := store.ClientTokenRecord{RequestHash: "i", Response: []byte(`{"second":true}`), CreatedAt: 6}
	if _, err := once(token, second, refused); !errors.Is(err, refused) {
		t.Errorf("what fails: %v", err)
	}
	for _, use := range []struct {
		name   string
		record store.ClientTokenRecord
		fails  error
	}{
		{"the first time", first, nil},
		{"again", second, nil},
		{"again, by what would fail", second, refused},
	} {
		got, err := once(token, use.record, use.fails)
		if diff := cmp.Diff(first, got); diff != "" || err != nil {
			t.Errorf("%s: %v %s", use.name, err, diff)
		}
		view(t, s, func(tx *store.Tx) error {
			document, err := tx.Account("1")
			if string(document) != string(first.Response) {
				t.Errorf("%s: wrote %s", use.name, document)
			}
			return err
		})
	}
	for _, other := range []store.ClientToken{
		{Account: "2", Catalog: "AWS", Operation: "CreateOpportunity", Token: "t"},
		{Account: "1", Catalog: "Sandbox", Operation: "CreateOpportunity", Token: "t"},
		{Account: "1", Catalog: "AWS", Operation: "CreateEngagement", Token: "t"},
		{Account: "1", Catalog: "AWS", Operation: "CreateOpportunity", Token: "T"},
	} {
		if got, err := once(other, second, nil); got.RequestHash != second.RequestHash || err != nil {
			t.Errorf("%+v: %+v, %v, want a first use", other, got, err)
		}
	}
}

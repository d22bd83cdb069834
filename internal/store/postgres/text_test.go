package postgres_test

import (
	"cmp"
	"strings"
	"testing"

	"cosell/internal/store"
	"cosell/internal/store/pgtest"
	"cosell/internal/store/postgres"
)

func FuzzText(f *testing.F) {
	for _, pair := range [][2]string{{"", "\x00"}, {"a\x00b", "a\x01b"}, {"\x01\x01", "\x00"}, {"\x01\x02", "\x01"}, {"東\x00京", "東"}} {
		f.Add(pair[0], pair[1])
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		ea, eb := postgres.Encoded(a), postgres.Encoded(b)
		if strings.ContainsRune(ea, 0) {
			t.Errorf("%q is stored as %q, which PostgreSQL refuses", a, ea)
		}
		if got := postgres.Decoded(ea); got != a {
			t.Errorf("%q came back as %q", a, got)
		}
		if cmp.Compare(ea, eb) != cmp.Compare(a, b) {
			t.Errorf("%q and %q are stored in another order", a, b)
		}
	})
}

// A character that PostgreSQL's text cannot hold passes through every kind of
// column and position.
func TestNulCharacter(t *testing.T) {
	s := pgtest.Store(t)
	names := []string{"a", "a\x00", "a\x00b", "a\x01", "a\x01\x01", "b"}
	update(t, s, func(tx *store.Tx) error {
		for i, name := range names {
			o := opportunity(i)
			o.CompanyKey, o.Document = name, []byte(name)
			if err := tx.InsertOpportunity(o); err != nil {
				return err
			}
		}
		return nil
	})
	q := store.OpportunityQuery{Account: account, Catalog: "AWS", SortBy: store.ColumnCompany, Limit: 1}
	for _, name := range names {
		view(t, s, func(tx *store.Tx) error {
			found, err := tx.Opportunities(&q)
			if err != nil {
				return err
			}
			if len(found) != 1 || found[0].Position.Value != name || found[0].Document != name {
				t.Fatalf("got %q, want %q", found, name)
			}
			q.After = &found[0].Position
			return nil
		})
	}
}

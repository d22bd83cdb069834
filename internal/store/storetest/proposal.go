package storetest

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"cosell/internal/store"
)

// testProposals sees that proposals are listed by account and status, and decided once.
func testProposals(t *testing.T, s store.Store) {
	newProposal := func(token, account string, at int64) store.Proposal {
		return store.Proposal{
			Token: token, Account: account, Status: "PENDING", CreatedAt: at, ExpiresAt: at + 10, Document: []byte(`{"a":1}`), Decision: []byte(`{}`),
		}
	}
	one, two, foreign := newProposal("p1", "111111111111", 1), newProposal("p2", "111111111111", 2), newProposal("p3", "222222222222", 3)
	update(t, s, func(tx *store.Tx) error {
		for _, p := range []store.Proposal{one, two, foreign} {
			if err := tx.InsertProposal(&p); err != nil {
				return err
			}
		}
		return nil
	})
	update(t, s, func(tx *store.Tx) error { return isNot(tx.InsertProposal(&one), store.ErrExists) })
	update(t, s, func(tx *store.Tx) error { return tx.DecideProposal("p1", "PENDING", "APPROVED", []byte(`{"b":2}`)) })
	update(t, s, func(tx *store.Tx) error {
		return isNot(tx.DecideProposal("p1", "PENDING", "REJECTED", []byte(`{}`)), store.ErrNotFound)
	})
	one.Status, one.Decision = "APPROVED", []byte(`{"b":2}`)
	view(t, s, func(tx *store.Tx) error {
		for _, c := range []struct {
			account, status string
			limit           int
			want            []store.Proposal
		}{
			{"", "", 10, []store.Proposal{foreign, two, one}},
			{"", "", 1, []store.Proposal{foreign}},
			{"111111111111", "", 10, []store.Proposal{two, one}},
			{"111111111111", "PENDING", 10, []store.Proposal{two}},
			{"", "APPROVED", 10, []store.Proposal{one}},
		} {
			got, err := tx.Proposals(c.account, c.status, c.limit)
			if err != nil {
				return err
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("%q %q: %s", c.account, c.status, diff)
			}
		}
		for after, want := range map[int64]int{0: 1, 11: 1, 12: 0} {
			if n, err := tx.CountProposals("111111111111", "PENDING", after, 5); err != nil || n != want {
				t.Errorf("%d expire after %d, want %d: %v", n, after, want, err)
			}
		}
		for limit, want := range map[int]int{5: 2, 1: 1} {
			if n, err := tx.CountProposals("", "PENDING", 11, limit); err != nil || n != want {
				t.Errorf("%d of all accounts, counted up to %d: %v", n, limit, err)
			}
		}
		if _, err := tx.Proposal("p9"); isNot(err, store.ErrNotFound) != nil {
			t.Errorf("unknown: %v", err)
		}
		got, err := tx.Proposal("p1")
		if err == nil && cmp.Diff(&one, got) != "" {
			t.Error(cmp.Diff(&one, got))
		}
		return err
	})
}

package storetest

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cosell/internal/store"
)

// testOverview reads what belongs to all accounts.
func testOverview(t *testing.T, s store.Store) {
	keys := []store.OpportunityKey{
		{Account: "111111111111", Catalog: "AWS", ID: "O1"},
		{Account: "111111111111", Catalog: "Sandbox", ID: "O2"},
		{Account: "222222222222", Catalog: "AWS", ID: "O3"},
		{Account: "aws", Catalog: "Sandbox", ID: "O4"},
	}
	update(t, s, func(tx *store.Tx) error {
		for _, key := range keys {
			if err := tx.InsertOpportunity(&store.Opportunity{OpportunityKey: key, Stage: "Prospect", ReviewStatus: "Submitted", Origin: "x", Document: []byte(`{"Id":"` + key.ID + `"}`)}); err != nil {
				return err
			}
		}
		for i, account := range []string{"333333333333", "111111111111"} {
			if err := tx.InsertEngagementMember(store.EngagementKey{Catalog: "AWS", ID: "eng-1"}, store.EngagementMember{Account: account, CreatedBy: "x", JoinedAt: int64(i)}); err != nil {
				return err
			}
		}
		return tx.PutAccount("444444444444", []byte("{}"))
	})
	view(t, s, func(tx *store.Tx) error {
		accounts, err := tx.Accounts()
		if diff := cmp.Diff([]string{"111111111111", "222222222222", "333333333333", "444444444444", "aws"}, accounts); diff != "" || err != nil {
			t.Error(err, diff)
		}
		for account, want := range map[string]bool{"111111111111": true, "444444444444": true, "aws": true, "999999999999": false, "": false} {
			if has, err := tx.HasAccount(account); has != want || err != nil {
				t.Errorf("%s: %t, %v", account, has, err)
			}
		}
		for name, c := range map[string]struct {
			query store.OverviewQuery
			want  string
		}{
			"every account":   {store.OverviewQuery{Limit: 10}, "[O1 O2 O3 O4]"},
			"a page":          {store.OverviewQuery{Limit: 2}, "[O1 O2]"},
			"the next page":   {store.OverviewQuery{Limit: 2, After: keys[1]}, "[O3 O4]"},
			"one account":     {store.OverviewQuery{Limit: 10, Account: "111111111111"}, "[O1 O2]"},
			"one catalog":     {store.OverviewQuery{Limit: 10, Catalog: "AWS"}, "[O1 O3]"},
			"nobody's":        {store.OverviewQuery{Limit: 10, Account: "999999999999"}, "[]"},
			"both, and after": {store.OverviewQuery{Limit: 10, Account: "111111111111", Catalog: "Sandbox", After: keys[0]}, "[O2]"},
		} {
			rows, err := tx.Overview(&c.query)
			got := []string{}
			for _, r := range rows {
				got = append(got, r.ID)
			}
			if err != nil || fmt.Sprint(got) != c.want {
				t.Errorf("%s: got %v, %v, want %s", name, got, err, c.want)
			}
		}
		for id, want := range map[string][]store.Resource{
			"O3":    {{Kind: "opportunity", Catalog: "AWS", Accounts: []string{"222222222222"}}},
			"O9":    nil,
			"eng-1": {{Kind: "engagement", Catalog: "AWS", Accounts: []string{"333333333333", "111111111111"}}},
			"x":     nil,
			"":      nil,
		} {
			got, err := tx.Resources(id)
			if diff := cmp.Diff(want, got); diff != "" || err != nil {
				t.Errorf("%s: %v %s", id, err, diff)
			}
		}
		return nil
	})
}

package storetest

import (
	"errors"
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cosell/internal/api"
	"cosell/internal/search"
	"cosell/internal/store"
)

// pipelineTotal is what a reference finds for a key.
type pipelineTotal struct {
	Number, Spends int64
	Amount         string
}

// The sums are those of all records, however their rows were made, and of no others.
func testPipelineSums(t *testing.T, s store.Store) {
	r := &searched{kind: store.SearchOpportunity, table: search.Opportunities, random: rand.New(rand.NewPCG(21, 1))}
	check := func(account, catalog string) {
		t.Helper()
		if err := store.FoldSearches(t.Context(), s, r.kind, account, catalog); err != nil {
			t.Fatal(err)
		}
		view(t, s, func(tx *store.Tx) error {
			sums, err := tx.PipelineSums(account, catalog)
			got := map[store.PipelineKey]pipelineTotal{}
			for _, sum := range sums {
				got[sum.PipelineKey] = pipelineTotal{sum.Number, sum.Spends, new(big.Rat).SetFrac(sum.Amount, big.NewInt(100)).FloatString(2)}
			}
			want, reading := allPipelineTotals(tx, account, catalog)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("of %q in %q (-all records +sums):\n%s", account, catalog, diff)
			}
			return errors.Join(err, reading)
		})
	}
	for round := range 12 {
		r.haste = round%3 == 1
		for range 30 {
			n := r.random.IntN(120)
			account := []string{"1", "2"}[n%2]
			update(t, s, func(tx *store.Tx) error { return writeOpportunity(tx, account, r.opportunity(n), true) })
		}
		switch round % 3 {
		case 1:
			r.fold(t, s, "1")
		case 2:
			if _, err := store.FoldAnySearch(t.Context(), s); err != nil {
				t.Fatal(err)
			}
		}
		check("", "")
		check("1", "")
		check("2", searchCatalog)
		check("", "AWS")
	}
	update(t, s, func(tx *store.Tx) error {
		_, err := tx.ResetAccount("1")
		return err
	})
	check("", "")
	update(t, s, func(tx *store.Tx) error {
		_, err := tx.Clear()
		return err
	})
	check("", "")
}

// allPipelineTotals reads all records.
func allPipelineTotals(tx *store.Tx, account, catalog string) (map[store.PipelineKey]pipelineTotal, error) {
	rows, err := tx.Overview(&store.OverviewQuery{Account: account, Catalog: catalog, Limit: 10_000})
	if err != nil {
		return nil, err
	}
	totals := map[store.PipelineKey]pipelineTotal{}
	amounts := map[store.PipelineKey]*big.Rat{}
	for _, row := range rows {
		var d struct {
			LifeCycle struct{ Stage, ReviewStatus, TargetCloseDate *string }
			Project   struct {
				ExpectedCustomerSpend []struct{ Amount, CurrencyCode, TargetCompany *string }
			}
		}
		if err := api.Unmarshal(row.Document, &d); err != nil {
			return nil, err
		}
		key := store.PipelineKey{Stage: api.Value(d.LifeCycle.Stage), ReviewStatus: api.Value(d.LifeCycle.ReviewStatus)}
		if date := api.Value(d.LifeCycle.TargetCloseDate); date != "" {
			key.Month = date[:len("2026-12")]
		}
		amount := new(big.Rat)
		spends := int64(0)
		for _, spend := range d.Project.ExpectedCustomerSpend {
			if api.Value(spend.TargetCompany) != "AWS" {
				continue
			}
			key.Currency = api.Value(spend.CurrencyCode)
			if read, ok := new(big.Rat).SetString(api.Value(spend.Amount)); ok {
				amount, spends = read, 1
			}
			break
		}
		if amounts[key] == nil {
			amounts[key] = new(big.Rat)
		}
		amounts[key].Add(amounts[key], amount)
		totals[key] = pipelineTotal{totals[key].Number + 1, totals[key].Spends + spends, amounts[key].FloatString(2)}
	}
	return totals, nil
}

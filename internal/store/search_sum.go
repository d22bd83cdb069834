package store

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strings"
	"time"

	"cosell/internal/search"
)

// sumTable adds up the opportunities of each PipelineKey.
const sumTable = "opportunity_search_sums"

// PipelineKey is what the opportunities of a sum have in common; "" is what none of them
// has.
type PipelineKey struct{ Stage, ReviewStatus, Month, Currency string }

// PipelineSum is what the opportunities of a key come to.
type PipelineSum struct {
	PipelineKey

	Number int64
	Spends int64    // those that expect spend at AWS
	Amount *big.Int // of these, in hundredths
}

// amountParts are an amount in hundredths: numbers of eleven digits, the lowest first, so that
// an engine adds up a hundred million amounts as they are.
type amountParts [3]int64

const (
	partDigits = 11
	partBase   = 100_000_000_000
)

// partsOf returns the parts of an amount such as 1200 or 1200.50. Other texts are
// no amounts.
func partsOf(amount string) (parts amountParts, ok bool) {
	whole, fraction, _ := strings.Cut(amount, ".")
	if whole == "" || len(fraction) > 2 {
		return parts, false
	}
	digits := whole + (fraction + "00")[:2]
	if len(digits) > partDigits*len(parts) {
		return parts, false
	}
	for i := range len(digits) {
		digit := digits[len(digits)-1-i]
		if digit < '0' || digit > '9' {
			return amountParts{}, false
		}
	}
	for i := range parts {
		end := len(digits) - i*partDigits
		for _, digit := range digits[max(0, end-partDigits):max(0, end)] {
			parts[i] = parts[i]*10 + int64(digit-'0')
		}
	}
	return parts, true
}

// int returns an amount, or the sum of some.
func (p *amountParts) int() *big.Int {
	sum := new(big.Int)
	for _, part := range slices.Backward(p[:]) {
		sum.Mul(sum, big.NewInt(partBase))
		sum.Add(sum, big.NewInt(part))
	}
	return sum
}

type pipelineChange struct {
	number, spends int64
	amount         amountParts
}

// changeSums adds up the rows of opportunities with the identifiers, which replace those
// that they have.
func (tx *Tx) changeSums(t *search.Table, scope int64, ids []string, rows []*search.Row) error {
	if t != search.Opportunities {
		return nil
	}
	change := map[PipelineKey]*pipelineChange{}
	add := func(stage, status string, closes any, currency, amount string, n int64) {
		key := PipelineKey{Stage: stage, ReviewStatus: status, Currency: currency}
		if at, ok := closes.(int64); ok {
			key.Month = time.UnixMilli(at).UTC().Format("2006-01")
		}
		c := change[key]
		if c == nil {
			c = new(pipelineChange)
			change[key] = c
		}
		c.number += n
		if parts, ok := partsOf(amount); ok {
			c.spends += n
			for i := range parts {
				c.amount[i] += n * parts[i]
			}
		}
	}
	stage, status, closes := t.Field("Stage"), t.Field("ReviewStatus"), t.Field("TargetCloseDate")
	for _, r := range rows {
		var at any
		if v := r.Value(closes); v.Exists {
			at = v.Int
		}
		add(columnText(stage, r.Value(stage)), columnText(status, r.Value(status)), at, r.Extra[0], r.Extra[1], 1)
	}
	type old struct {
		stage, status, currency, amount string
		closes                          any
	}
	columns := append(columnNames([]*search.Field{stage, status, closes}), t.Extra...)
	found, err := replaced(tx, t, scope, ids, strings.Join(columns, ", "), func(rows Rows, o *old) error {
		return rows.Scan(&o.stage, &o.status, &o.closes, &o.currency, &o.amount)
	})
	if err != nil {
		return err
	}
	for _, o := range found {
		add(o.stage, o.status, o.closes, o.currency, o.amount, -1)
	}
	maps.DeleteFunc(change, func(_ PipelineKey, c *pipelineChange) bool { return *c == pipelineChange{} })
	return tx.addSums(scope, change)
}

func (tx *Tx) addSums(scope int64, change map[PipelineKey]*pipelineChange) error {
	const atOnce = 50
	keys := slices.SortedFunc(maps.Keys(change), func(x, y PipelineKey) int {
		return cmp.Or(cmp.Compare(x.Stage, y.Stage), cmp.Compare(x.ReviewStatus, y.ReviewStatus), cmp.Compare(x.Month, y.Month),
			cmp.Compare(x.Currency, y.Currency))
	})
	for chunk := range slices.Chunk(keys, atOnce) {
		s := new(statement)
		s.WriteString("INSERT INTO " + sumTable + " AS s (scope, stage, review_status, month, currency, number, spends, low, middle, high) VALUES ")
		for i, key := range chunk {
			if i > 0 {
				s.WriteString(", ")
			}
			c := change[key]
			list(s, []any{scope, key.Stage, key.ReviewStatus, key.Month, key.Currency, c.number, c.spends, c.amount[0], c.amount[1], c.amount[2]})
		}
		s.WriteString(` ON CONFLICT (scope, stage, review_status, month, currency) DO UPDATE SET number = s.number + excluded.number,
			spends = s.spends + excluded.spends, low = s.low + excluded.low, middle = s.middle + excluded.middle, high = s.high + excluded.high`)
		if _, err := tx.exec(s.String(), s.args...); err != nil {
			return err
		}
	}
	return nil
}

// PipelineSums returns what the opportunities of an account and catalog come to; "" is
// every one. [FoldSearches] comes before.
func (tx *Tx) PipelineSums(account, catalog string) ([]PipelineSum, error) {
	s := new(statement)
	s.WriteString(`SELECT s.stage, s.review_status, s.month, s.currency, CAST(sum(s.number) AS BIGINT), CAST(sum(s.spends) AS BIGINT),
		CAST(sum(s.low) AS BIGINT), CAST(sum(s.middle) AS BIGINT), CAST(sum(s.high) AS BIGINT)
		FROM opportunity_search_sums s JOIN search_scopes c ON c.scope = s.scope WHERE s.number > 0`)
	equal(s, "c.account", account)
	equal(s, "c.catalog", catalog)
	s.WriteString(" GROUP BY s.stage, s.review_status, s.month, s.currency")
	return collect(tx, func(rows Rows, p *PipelineSum) error {
		var parts amountParts
		err := rows.Scan(&p.Stage, &p.ReviewStatus, &p.Month, &p.Currency, &p.Number, &p.Spends, &parts[0], &parts[1], &parts[2])
		p.Amount = parts.int()
		return err
	}, s.String(), s.args...)
}

// FoldSearches does what [FoldSearch] does for an account and catalog; "" is every one.
func FoldSearches(ctx context.Context, s Store, kind SearchKind, account, catalog string) error {
	type marked struct{ account, catalog string }
	var last marked
	for {
		var next []marked
		if err := s.View(ctx, func(tx *Tx) (err error) {
			s := new(statement)
			s.add("SELECT account, catalog FROM search_marks WHERE kind = ? AND (account, catalog) > (?, ?)", string(kind), last.account, last.catalog)
			equal(s, "account", account)
			equal(s, "catalog", catalog)
			s.WriteString(" ORDER BY account, catalog LIMIT 1")
			next, err = collect(tx, func(rows Rows, m *marked) error { return rows.Scan(&m.account, &m.catalog) }, s.String(), s.args...)
			return err
		}); err != nil {
			return fmt.Errorf("find search marks: %w", err)
		}
		if len(next) == 0 {
			return nil
		}
		last = next[0]
		if err := FoldSearch(ctx, s, kind, last.account, last.catalog); err != nil {
			return err
		}
	}
}

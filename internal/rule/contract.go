package rule

import (
	"cmp"
	"math/big"
	"slices"
	"strconv"

	"cosell/internal/api"
)

// An opportunity's expected spend is what the customer will pay AWS each month (the
// AWS entries). A partner may instead give what the customer will pay the partner
// over a whole contract (the Self entry); the AWS entry is then derived from it.
// See docs/behavior/opportunities.md#expected-customer-spend.

// Estimator resolves links of the AWS pricing calculator.
type Estimator interface {
	// Estimate returns the monthly amount behind a link, such as 25000.00 and
	// USD, or false when the link leads nowhere.
	Estimate(url string) (amount, currency string, ok bool)
}

// The target companies of spend entries.
const (
	TargetAWS  = "AWS"
	TargetSelf = "Self"
)

// maxContractMonths is the longest contract.
const maxContractMonths = 144

// IsSelf reports whether a spend entry is the value of a contract with the partner.
func IsSelf(entry api.ExpectedCustomerSpend) bool {
	return api.Value(entry.TargetCompany) == TargetSelf
}

// inheritContract keeps the contract's duration unless the update sends another
// or an explicit null, and the contract's value while there is a duration.
func (c *Content) inheritContract(before *Content) {
	sent := c.project().ExpectedContractDuration
	if sent.Value == nil && !sent.Null && before.duration() != nil {
		c.Project = orEmpty(c.Project)
		c.Project.ExpectedContractDuration.Value = before.duration()
	}
	stored := before.spend()
	i := slices.IndexFunc(stored, IsSelf)
	if c.duration() != nil && i >= 0 && !slices.ContainsFunc(c.Project.ExpectedCustomerSpend, IsSelf) {
		c.Project.ExpectedCustomerSpend = append(slices.Clone(c.Project.ExpectedCustomerSpend), stored[i])
	}
}

// forceTargets sets the target of every entry to AWS when there is no contract, except
// for a Self entry, which a rule then refuses.
func forceTargets(p *api.Project) {
	if p.ExpectedContractDuration.Value != nil {
		return
	}
	for i := range p.ExpectedCustomerSpend {
		if entry := &p.ExpectedCustomerSpend[i]; !IsSelf(*entry) {
			entry.TargetCompany = new(TargetAWS)
		}
	}
}

// applyEstimates looks up the links that came with the entries. A link without
// an amount gets its amount; one that cannot be resolved stays as it is, and a rule
// refuses it. A link that disagrees with the amount beside it is removed. An
// unchanged pair stays, and so does every pair when there is no estimator.
func (c *Content) applyEstimates(before *Content, estimator Estimator) {
	spend := c.spend()
	for i := range spend {
		entry := &spend[i]
		if entry.EstimationUrl == nil {
			continue
		}
		given := api.Value(entry.Amount)
		stored := storedAmount(before, i, *entry.EstimationUrl)
		if stored != "" && (given == "" || sameAmount(given, stored)) {
			entry.Amount = new(cmp.Or(given, stored))
			continue
		}
		if estimator == nil {
			continue
		}
		amount, currency, ok := estimator.Estimate(*entry.EstimationUrl)
		ok = ok && currency == string(api.Value(entry.CurrencyCode))
		switch {
		case given == "" && ok:
			entry.Amount = &amount
		case given != "" && (!ok || !sameAmount(given, amount)):
			entry.EstimationUrl = nil
		}
	}
}

// storedAmount returns the amount already stored with a link, "" when there is none.
// The entry at the same place counts first: without an estimator an entry can have a
// link and no amount, and another entry the same link with one.
func storedAmount(before *Content, place int, url string) string {
	stored := orEmpty(before).spend()
	if place < len(stored) && api.Value(stored[place].EstimationUrl) == url {
		return api.Value(stored[place].Amount)
	}
	for _, entry := range stored {
		if api.Value(entry.EstimationUrl) == url {
			return api.Value(entry.Amount)
		}
	}
	return ""
}

// deriveSpend replaces the spend of a valid contract by what reads return: the AWS
// entry with a month's share of the contract, then the Self entry. An invalid one
// stays as sent, and the rules name what is wrong.
func (c *Content) deriveSpend() {
	spend := c.spend()
	months, ok := contractMonths(c.duration())
	self := slices.IndexFunc(spend, IsSelf)
	if !ok || self < 0 {
		return
	}
	contract := spend[self]
	amount, ok := monthly(api.Value(contract.Amount), months)
	if !ok {
		return
	}
	for i, entry := range spend {
		if entry.EstimationUrl != nil || i != self && api.Value(entry.TargetCompany) != TargetAWS ||
			api.Value(entry.CurrencyCode) != api.Value(contract.CurrencyCode) {
			return
		}
	}
	c.Project.ExpectedCustomerSpend = []api.ExpectedCustomerSpend{
		{
			Amount: &amount, CurrencyCode: contract.CurrencyCode,
			Frequency: new(api.PaymentFrequencyMonthly), TargetCompany: new(TargetAWS),
		},
		contract,
	}
}

// contractMonths reads a duration: a whole number from 1 to 144.
func contractMonths(duration *api.ExpectedContractDuration) (int64, bool) {
	text := api.Value(orEmpty(duration).Value)
	months, err := strconv.ParseInt(text, 10, 64)
	sound := err == nil && 1 <= months && months <= maxContractMonths && strconv.FormatInt(months, 10) == text
	return months, sound
}

// monthly returns a month's share of an amount, rounded to the cent once at the end.
func monthly(amount string, months int64) (string, bool) {
	whole, ok := ParseAmount(amount)
	if !ok {
		return "", false
	}
	return new(big.Rat).Quo(whole, new(big.Rat).SetInt64(months)).FloatString(2), true
}

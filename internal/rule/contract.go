package rule

import (
	"cmp"
	"math/big"
	"slices"
	"strconv"

	"cosell/internal/api"
)

// An opportunity's expected spend is what the customer will pay AWS each month
// (the AWS entries) or, when the partner knows that instead, what the customer
// will pay the partner in all (the Self entry) over a contract's months; AWS
// works the former out of the latter.
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
func IsSelf(entry api.ExpectedCustomerSpend) bool { return value(entry.TargetCompany) == TargetSelf }

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

// forceTargets makes every entry one of AWS where there is no contract, except
// a Self entry, which then is an error.
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
// an amount gets its amount; one that cannot be resolved stays as it is, for a
// rule to refuse. Beside an amount, a link that does not say the same is
// dropped without a word. An unchanged pair is left alone, and offline every
// pair is.
func (c *Content) applyEstimates(before *Content, estimator Estimator) {
	spend := c.spend()
	for i := range spend {
		entry := &spend[i]
		if entry.EstimationUrl == nil {
			continue
		}
		given := value(entry.Amount)
		stored := storedAmount(before, *entry.EstimationUrl)
		if stored != "" && (given == "" || sameAmount(given, stored)) {
			entry.Amount = new(cmp.Or(given, stored))
			continue
		}
		if estimator == nil {
			continue
		}
		amount, currency, ok := estimator.Estimate(*entry.EstimationUrl)
		ok = ok && currency == string(value(entry.CurrencyCode))
		switch {
		case given == "" && ok:
			entry.Amount = &amount
		case given != "" && (!ok || !sameAmount(given, amount)):
			entry.EstimationUrl = nil
		}
	}
}

// storedAmount is the amount already stored beside a link, "" when there is none.
func storedAmount(before *Content, url string) string {
	for _, entry := range orEmpty(before).project().ExpectedCustomerSpend {
		if value(entry.EstimationUrl) == url {
			return value(entry.Amount)
		}
	}
	return ""
}

// deriveSpend writes the spend of a sound contract value as it is read back: the
// AWS entry, a month's share of the contract, then the Self entry. What is
// unsound stays as sent, for the rules to name.
func (c *Content) deriveSpend() {
	spend := c.spend()
	months, ok := contractMonths(c.duration())
	self := slices.IndexFunc(spend, IsSelf)
	if !ok || self < 0 {
		return
	}
	contract := spend[self]
	amount, ok := monthly(value(contract.Amount), months)
	if !ok {
		return
	}
	for i, entry := range spend {
		if entry.EstimationUrl != nil || i != self && value(entry.TargetCompany) != TargetAWS ||
			value(entry.CurrencyCode) != value(contract.CurrencyCode) {
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
	text := value(orEmpty(duration).Value)
	months, err := strconv.ParseInt(text, 10, 64)
	sound := err == nil && 1 <= months && months <= maxContractMonths && strconv.FormatInt(months, 10) == text
	return months, sound
}

// monthly is a month's share of an amount, to the cent, exact before it is
// rounded.
func monthly(amount string, months int64) (string, bool) {
	whole, ok := ParseAmount(amount)
	if !ok {
		return "", false
	}
	return new(big.Rat).Quo(whole, new(big.Rat).SetInt64(months)).FloatString(2), true
}

package rule

import (
	"slices"
	"strconv"
	"strings"

	"cosell/internal/api"
)

// The real service names these fields without the index of the entry.
const (
	FieldSpend           = "project.expectedCustomerSpend"
	fieldSpendAmount     = FieldSpend + ".amount"
	fieldSpendCurrency   = FieldSpend + ".currencyCode"
	fieldSpendFrequency  = FieldSpend + ".frequency"
	fieldSpendTarget     = FieldSpend + ".targetCompany"
	fieldSpendEstimation = FieldSpend + ".estimationUrl"
	fieldDuration        = "project.expectedContractDuration"
)

const (
	messageAmount     = "Estimated AWS Monthly Recurring Revenue cannot be blank or 0"
	messageEstimation = "Invalid Estimation URL: "
)

var spendRules = []rule{
	{"spend is in dollars or euros", func(e *Edit, f *Findings) {
		for _, entry := range e.After.spend() {
			if c := api.Value(entry.CurrencyCode); c != api.CurrencyCodeUSD && c != api.CurrencyCodeEUR {
				f.InvalidValue(fieldSpendCurrency, "CurrencyCode must be 'USD' or 'EUR'")
			}
		}
	}},
	{"the European partition is paid in euros", func(e *Edit, f *Findings) {
		for _, entry := range e.After.spend() {
			if api.Value(e.After.project().AwsPartition) == api.AwsPartitionAwsEusc && api.Value(entry.CurrencyCode) != api.CurrencyCodeEUR {
				f.InvalidValue(fieldSpendCurrency, "ESC cloud partition requires EUR currency")
			}
		}
	}},
	{"an amount is not zero", func(e *Edit, f *Findings) {
		for _, entry := range e.After.spend() {
			if entry.Amount != nil && !positive(*entry.Amount) && (*entry.Amount != "" || entry.EstimationUrl == nil) {
				f.InvalidValue(fieldSpendAmount, messageAmount)
			}
		}
	}},
	{"what AWS paysAWS is monthly", func(e *Edit, f *Findings) {
		for _, entry := range e.After.spend() {
			if api.Value(entry.TargetCompany) == TargetAWS && api.Value(entry.Frequency) != api.PaymentFrequencyMonthly {
				f.InvalidValue(fieldSpendFrequency, "Frequency must be 'Monthly' unless TargetCompany is 'Self'")
			}
		}
	}},
	{"an estimation link alone leads to an amount", func(e *Edit, f *Findings) {
		for _, entry := range e.After.spend() {
			if e.Estimated && entry.EstimationUrl != nil && api.Value(entry.Amount) == "" {
				f.InvalidValue(fieldSpendEstimation, messageEstimation+*entry.EstimationUrl)
			}
		}
	}},
	{"a contract lasts 1 to 144 months", func(e *Edit, f *Findings) {
		if _, ok := contractMonths(e.After.duration()); !ok && e.After.duration() != nil {
			f.InvalidValue(fieldDuration+".value", "Value must be a whole number of months from 1 to "+strconv.Itoa(maxContractMonths))
		}
	}},
	{"a contract value has a duration", func(e *Edit, f *Findings) {
		if e.After.duration() == nil && slices.ContainsFunc(e.After.spend(), IsSelf) {
			f.InvalidValue(fieldDuration, "ExpectedContractDuration is required when a Self entry is present")
		}
	}},
	{"a contract duration has a value", func(e *Edit, f *Findings) {
		if e.After.duration() != nil && !slices.ContainsFunc(e.After.spend(), IsSelf) {
			f.InvalidValue(FieldSpend, "A Self entry is required when ExpectedContractDuration is present")
		}
	}},
	{"there is one contract value", func(e *Edit, f *Findings) {
		i := slices.IndexFunc(e.After.spend(), IsSelf)
		if i >= 0 && slices.ContainsFunc(e.After.spend()[i+1:], IsSelf) {
			f.InvalidValue(FieldSpend, "Only one Self entry is allowed")
		}
	}},
	{"with a contract, spend goes to AWS or the partner", func(e *Edit, f *Findings) {
		for _, entry := range e.After.spend() {
			if e.After.duration() != nil && !IsSelf(entry) && api.Value(entry.TargetCompany) != TargetAWS {
				f.InvalidValue(fieldSpendTarget, "TargetCompany must be 'AWS' or 'Self'")
			}
		}
	}},
	{"spend is in one currency", func(e *Edit, f *Findings) {
		for _, entry := range e.After.spend() {
			if api.Value(entry.CurrencyCode) != api.Value(e.After.spend()[0].CurrencyCode) {
				f.InvalidValue(fieldSpendCurrency, "CurrencyCode must match between entries")
			}
		}
	}},
	{"a contract value excludes an estimation link", func(e *Edit, f *Findings) {
		linked := func(entry api.ExpectedCustomerSpend) bool { return entry.EstimationUrl != nil }
		if slices.ContainsFunc(e.After.spend(), IsSelf) && slices.ContainsFunc(e.After.spend(), linked) {
			f.InvalidValue(fieldSpendEstimation, "Self entry and EstimationUrl cannot coexist")
		}
	}},
}

// aboutEstimation reports whether a violation is about a link that cannot be resolved.
func aboutEstimation(v api.ValidationExceptionError) bool {
	return *v.FieldName == fieldSpendEstimation && strings.HasPrefix(*v.Message, messageEstimation)
}

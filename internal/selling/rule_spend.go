package selling

import (
	"slices"
	"strconv"
	"strings"

	"cosell/internal/api"
)

// The real service names these fields without the index of the entry.
const (
	fieldSpend           = "project.expectedCustomerSpend"
	fieldSpendAmount     = fieldSpend + ".amount"
	fieldSpendCurrency   = fieldSpend + ".currencyCode"
	fieldSpendFrequency  = fieldSpend + ".frequency"
	fieldSpendTarget     = fieldSpend + ".targetCompany"
	fieldSpendEstimation = fieldSpend + ".estimationUrl"
	fieldDuration        = "project.expectedContractDuration"
)

const (
	messageAmount     = "Estimated AWS Monthly Recurring Revenue cannot be blank or 0"
	messageEstimation = "Invalid Estimation URL: "
)

var spendRules = []rule{
	{"spend is in dollars or euros", func(r *review, f *findings) {
		for _, entry := range r.spend() {
			if c := value(entry.CurrencyCode); c != api.CurrencyCodeUSD && c != api.CurrencyCodeEUR {
				f.value(fieldSpendCurrency, "CurrencyCode must be 'USD' or 'EUR'")
			}
		}
	}},
	{"the European partition is paid in euros", func(r *review, f *findings) {
		for _, entry := range r.spend() {
			if value(r.after.project().AwsPartition) == api.AwsPartitionAwsEusc && value(entry.CurrencyCode) != api.CurrencyCodeEUR {
				f.value(fieldSpendCurrency, "ESC cloud partition requires EUR currency")
			}
		}
	}},
	{"an amount is not zero", func(r *review, f *findings) {
		for _, entry := range r.spend() {
			if entry.Amount != nil && !positive(*entry.Amount) && (*entry.Amount != "" || entry.EstimationUrl == nil) {
				f.value(fieldSpendAmount, messageAmount)
			}
		}
	}},
	{"what AWS earns is monthly", func(r *review, f *findings) {
		for _, entry := range r.spend() {
			if value(entry.TargetCompany) == targetAws && value(entry.Frequency) != api.PaymentFrequencyMonthly {
				f.value(fieldSpendFrequency, "Frequency must be 'Monthly' unless TargetCompany is 'Self'")
			}
		}
	}},
	{"an estimation link alone leads to an amount", func(r *review, f *findings) {
		for _, entry := range r.spend() {
			if entry.EstimationUrl != nil && value(entry.Amount) == "" {
				f.value(fieldSpendEstimation, messageEstimation+*entry.EstimationUrl)
			}
		}
	}},
	{"a contract lasts 1 to 144 months", func(r *review, f *findings) {
		if _, ok := contractMonths(r.after.duration()); !ok && r.after.duration() != nil {
			f.value(fieldDuration+".value", "Value must be a whole number of months from 1 to "+strconv.Itoa(maxContractMonths))
		}
	}},
	{"a contract value has a duration", func(r *review, f *findings) {
		if r.after.duration() == nil && slices.ContainsFunc(r.spend(), isSelf) {
			f.value(fieldDuration, "ExpectedContractDuration is required when a Self entry is present")
		}
	}},
	{"a contract duration has a value", func(r *review, f *findings) {
		if r.after.duration() != nil && !slices.ContainsFunc(r.spend(), isSelf) {
			f.value(fieldSpend, "A Self entry is required when ExpectedContractDuration is present")
		}
	}},
	{"there is one contract value", func(r *review, f *findings) {
		i := slices.IndexFunc(r.spend(), isSelf)
		if i >= 0 && slices.ContainsFunc(r.spend()[i+1:], isSelf) {
			f.value(fieldSpend, "Only one Self entry is allowed")
		}
	}},
	{"with a contract, spend goes to AWS or the partner", func(r *review, f *findings) {
		for _, entry := range r.spend() {
			if r.after.duration() != nil && !isSelf(entry) && value(entry.TargetCompany) != targetAws {
				f.value(fieldSpendTarget, "TargetCompany must be 'AWS' or 'Self'")
			}
		}
	}},
	{"spend is in one currency", func(r *review, f *findings) {
		for _, entry := range r.spend() {
			if value(entry.CurrencyCode) != value(r.spend()[0].CurrencyCode) {
				f.value(fieldSpendCurrency, "CurrencyCode must match between entries")
			}
		}
	}},
	{"a contract value excludes an estimation link", func(r *review, f *findings) {
		linked := func(entry api.ExpectedCustomerSpend) bool { return entry.EstimationUrl != nil }
		if slices.ContainsFunc(r.spend(), isSelf) && slices.ContainsFunc(r.spend(), linked) {
			f.value(fieldSpendEstimation, "Self entry and EstimationUrl cannot coexist")
		}
	}},
}

func (r *review) spend() []api.ExpectedCustomerSpend { return r.after.project().ExpectedCustomerSpend }

func positive(amount string) bool {
	worth, ok := parseAmount(amount)
	return ok && worth.Sign() > 0
}

// aboutEstimation says whether a violation is that of a link that leads nowhere.
func aboutEstimation(v api.ValidationExceptionError) bool {
	return *v.FieldName == fieldSpendEstimation && strings.HasPrefix(*v.Message, messageEstimation)
}

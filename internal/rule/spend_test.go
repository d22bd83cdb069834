package rule

import "cosell/internal/api"

const link = "https://calculator.aws/#/estimate?id=966b45503f2d8e73b62f39eb0ef82abe635db3a0"

func entry(target, amount string, currency api.CurrencyCode) api.ExpectedCustomerSpend {
	frequency := api.PaymentFrequencyMonthly
	if target == TargetSelf {
		frequency = api.PaymentFrequencyNone
	}
	e := api.ExpectedCustomerSpend{CurrencyCode: &currency, Frequency: &frequency, TargetCompany: &target}
	if amount != "" {
		e.Amount = &amount
	}
	return e
}

func withLink(e api.ExpectedCustomerSpend) api.ExpectedCustomerSpend {
	e.EstimationUrl = new(link)
	return e
}

func months(value string) api.Nullable[api.ExpectedContractDuration] {
	return api.Nullable[api.ExpectedContractDuration]{Value: &api.ExpectedContractDuration{
		Term: new(api.ExpectedContractDurationTermMonths), Value: &value,
	}}
}

// spending is a creation with these entries, over so many months unless "".
func spending(duration string, entries ...api.ExpectedCustomerSpend) func(e *Edit) {
	return creating(func(c *Content) {
		c.Project.ExpectedCustomerSpend = entries
		if duration != "" {
			c.Project.ExpectedContractDuration = months(duration)
		}
	})
}

func inEurope(edit func(e *Edit)) func(e *Edit) {
	return func(e *Edit) {
		edit(e)
		e.After.Project.AwsPartition = new(api.AwsPartitionAwsEusc)
	}
}

func invalidSpend(member, message string) []string {
	return []string{"project.expectedCustomerSpend." + member + " INVALID_VALUE " + message}
}

var (
	aws       = entry("AWS", "500", "USD")
	self      = entry("Self", "1200.00", "USD")
	awsOnce   = api.ExpectedCustomerSpend{Amount: aws.Amount, CurrencyCode: aws.CurrencyCode, TargetCompany: aws.TargetCompany, Frequency: self.Frequency}
	selfEvery = api.ExpectedCustomerSpend{Amount: self.Amount, CurrencyCode: self.CurrencyCode, TargetCompany: self.TargetCompany, Frequency: aws.Frequency}
)

var spendCases = []ruleCase{
	{"spend is in dollars or euros", "dollars", spending("", aws), nil},
	{"spend is in dollars or euros", "euros", spending("", entry("AWS", "500", "EUR")), nil},
	{
		"spend is in dollars or euros", "pounds", spending("", entry("AWS", "500", "GBP")),
		invalidSpend("currencyCode", "CurrencyCode must be 'USD' or 'EUR'"),
	},
	{"the European partition is paid in euros", "euros", inEurope(spending("", entry("AWS", "500", "EUR"))), nil},
	{"the European partition is paid in euros", "another partition", spending("", aws), nil},
	{
		"the European partition is paid in euros", "dollars", inEurope(spending("", aws)),
		invalidSpend("currencyCode", "ESC cloud partition requires EUR currency"),
	},
	{"an amount is not zero", "a cent", spending("", entry("AWS", "0.01", "USD")), nil},
	{"an amount is not zero", "none in a draft", spending("", entry("AWS", "", "USD")), nil},
	{"an amount is not zero", "zero", spending("", entry("AWS", "0", "USD")), invalidSpend("amount", messageAmount)},
	{"an amount is not zero", "zero to the cent", spending("", entry("AWS", "0.00", "USD")), invalidSpend("amount", messageAmount)},
	{
		"an amount is not zero", "blank",
		func(e *Edit) {
			spending("", entry("AWS", "500", "USD"))(e)
			e.After.Project.ExpectedCustomerSpend[0].Amount = new("")
		}, invalidSpend("amount", messageAmount),
	},
	{
		"an amount is not zero", "a contract worth nothing a month", spending("144", entry("Self", "0.10", "USD")),
		invalidSpend("amount", messageAmount),
	},
	{"what AWS paysAWS is monthly", "it is", spending("", aws), nil},
	{"what AWS paysAWS is monthly", "a contract value is paid once", spending("12", self), nil},
	{"what AWS paysAWS is monthly", "a contract value may say Monthly", spending("12", selfEvery), nil},
	{
		"what AWS paysAWS is monthly", "it is paid once", spending("", awsOnce),
		invalidSpend("frequency", "Frequency must be 'Monthly' unless TargetCompany is 'Self'"),
	},
	{"an estimation link alone leads to an amount", "it stands beside an amount", spending("", withLink(aws)), nil},
	{
		"an estimation link alone leads to an amount", "it stands alone, and nobody can look it up",
		spending("", withLink(entry("AWS", "", "USD"))), nil,
	},
	{
		"an estimation link alone leads to an amount", "it leads nowhere", func(e *Edit) {
			spending("", withLink(entry("AWS", "", "USD")))(e)
			e.Estimated = true
		},
		invalidSpend("estimationUrl", "Invalid Estimation URL: "+link),
	},
	{"a contract lasts 1 to 144 months", "1", spending("1", self), nil},
	{"a contract lasts 1 to 144 months", "144", spending("144", self), nil},
	{"a contract lasts 1 to 144 months", "0", spending("0", self), durationRefused},
	{"a contract lasts 1 to 144 months", "145", spending("145", self), durationRefused},
	{"a contract lasts 1 to 144 months", "012", spending("012", self), durationRefused},
	{"a contract lasts 1 to 144 months", "a year", spending("a year", self), durationRefused},
	{"a contract value has a duration", "it has", spending("12", self), nil},
	{
		"a contract value has a duration", "it has none", spending("", self),
		[]string{"project.expectedContractDuration INVALID_VALUE ExpectedContractDuration is required when a Self entry is present"},
	},
	{"a contract duration has a value", "it has", spending("12", self), nil},
	{
		"a contract duration has a value", "it has none", spending("12", aws),
		[]string{"project.expectedCustomerSpend INVALID_VALUE A Self entry is required when ExpectedContractDuration is present"},
	},
	{"there is one contract value", "beside what AWS paysAWS", spending("12", self, aws), nil},
	{
		"there is one contract value", "two", spending("12", self, aws, self),
		[]string{"project.expectedCustomerSpend INVALID_VALUE Only one Self entry is allowed"},
	},
	{"with a contract, spend goes to AWS or the partner", "it does", spending("12", aws, self), nil},
	{"with a contract, spend goes to AWS or the partner", "without one it is made to", spending("", entry("Example", "500", "USD")), nil},
	{
		"with a contract, spend goes to AWS or the partner", "elsewhere", spending("12", entry("Example", "500", "USD"), self),
		invalidSpend("targetCompany", "TargetCompany must be 'AWS' or 'Self'"),
	},
	{"spend is in one currency", "it is", spending("12", aws, self), nil},
	{
		"spend is in one currency", "two", spending("12", entry("AWS", "500", "EUR"), self),
		invalidSpend("currencyCode", "CurrencyCode must match between entries"),
	},
	{"a contract value excludes an estimation link", "a link without a contract", spending("", withLink(aws)), nil},
	{
		"a contract value excludes an estimation link", "both", spending("12", withLink(aws), self),
		invalidSpend("estimationUrl", "Self entry and EstimationUrl cannot coexist"),
	},
}

var durationRefused = []string{"project.expectedContractDuration.value INVALID_VALUE Value must be a whole number of months from 1 to 144"}

package rule

import (
	"testing"

	"cosell/internal/api"
)

func secretly(edit func(c *Content)) func(e *Edit) {
	return creating(func(c *Content) {
		c.NationalSecurity, c.Customer.Account.Industry = new(api.NationalSecurityYes), new(api.IndustryGovernment)
		edit(c)
	})
}

func addressed(country api.CountryCode, state, postalCode string) func(e *Edit) {
	return creating(func(c *Content) {
		c.Customer.Account.Address = &api.Address{CountryCode: &country, StateOrRegion: &state, PostalCode: &postalCode}
	})
}

const stateRefused = "customer.account.address.stateOrRegion INVALID_ENUM_VALUE " +
	"StateOrRegion must be the full name of a state or territory of the United States, such as New York"

func at(site string) func(e *Edit) {
	return creating(func(c *Content) { c.Customer.Account.WebsiteUrl = &site })
}

var websiteRefused = []string{
	"customer.account.websiteUrl INVALID_VALUE websiteUrl must be a URL or a domain name, such as https://www.example.com",
}

var customerCases = []ruleCase{
	{"an update names the customer", "a creation need not", creating(func(c *Content) { c.Customer = nil }), nil},
	{
		"an update names the customer", "a draft without one", func(e *Edit) {
			updating(func(c *Content) { c.Customer = nil })(e)
			e.Before.Customer = nil
		}, nil,
	},
	{
		"an update names the customer", "left out", updating(func(c *Content) { c.Customer = nil }),
		[]string{"customer REQUIRED_FIELD_MISSING customer is required"},
	},
	{"a website is a URL", "with a scheme and a path", at("https://www.example.com/de?x=1#top"), nil},
	{"a website is a URL", "a domain alone", at("example.com"), nil},
	{"a website is a URL", "an international domain", at("www.müller.example"), nil},
	{"a website is a URL", "with a port and a final dot", at("http://example.com.:8080"), nil},
	{"a website is a URL", "none in a draft", at(""), nil},
	{
		"a website is a URL", "an unchanged one", func(e *Edit) {
			updating(func(c *Content) { c.Customer.Account.WebsiteUrl = new("not a url") })(e)
			e.Before.Customer.Account.WebsiteUrl = new("not a url")
		}, nil,
	},
	{"a website is a URL", "words", at("not a url"), websiteRefused},
	{"a website is a URL", "one word", at("none"), websiteRefused},
	{"a website is a URL", "another scheme", at("ftp://example.com"), websiteRefused},
	{"a website is a URL", "an empty part", at("https://example..com"), websiteRefused},
	{"a website is a URL", "an address", at("https://jo hn@exa mple.com"), websiteRefused},
	{"national security is for government", "government", secretly(func(*Content) {}), nil},
	{
		"national security is for government", "a draft without an industry",
		secretly(func(c *Content) { c.Customer.Account.Industry = nil }), nil,
	},
	{
		"national security is for government", "another industry",
		secretly(func(c *Content) { c.Customer.Account.Industry = new(api.IndustryAerospace) }),
		[]string{"nationalSecurity INVALID_VALUE NationalSecurity can be Yes only when Industry is Government"},
	},
	{
		"national security is in the United States", "by default",
		secretly(func(c *Content) { c.Customer.Account.Address = nil }), nil,
	},
	{
		"national security is in the United States", "another country",
		secretly(func(c *Content) { c.Customer.Account.Address.CountryCode = new(api.CountryCode("CA")) }),
		[]string{"customer.account.address.countryCode INVALID_VALUE CountryCode must be US when NationalSecurity is Yes"},
	},
	{"national security requires co-selling", "co-selling", secretly(func(*Content) {}), nil},
	{
		"national security requires co-selling", "visibility only",
		secretly(func(c *Content) { c.PrimaryNeedsFromAws = []api.PrimaryNeedFromAws{VisibilityOnly} }),
		[]string{"primaryNeedsFromAws INVALID_VALUE A national security opportunity cannot be for visibility only"},
	},
	{
		"Co-Sell needs and visibility only are not combined", "two Co-Sell needs",
		creating(func(c *Content) {
			c.PrimaryNeedsFromAws = append(c.PrimaryNeedsFromAws, api.PrimaryNeedFromAwsCoSellPricingAssistance)
		}), nil,
	},
	{
		"Co-Sell needs and visibility only are not combined", "visibility only",
		creating(func(c *Content) { c.PrimaryNeedsFromAws = []api.PrimaryNeedFromAws{VisibilityOnly} }), nil,
	},
	{
		"Co-Sell needs and visibility only are not combined", "both",
		creating(func(c *Content) { c.PrimaryNeedsFromAws = append(c.PrimaryNeedsFromAws, VisibilityOnly) }),
		[]string{"primaryNeedsFromAws INVALID_VALUE Co-Sell needs cannot be combined with 'Do Not Need Support from AWS Sales Rep'"},
	},
	{
		"co-selling does not become visibility only", "the other way is fine",
		func(e *Edit) {
			updating(func(*Content) {})(e)
			e.Before.PrimaryNeedsFromAws = []api.PrimaryNeedFromAws{VisibilityOnly}
		}, nil,
	},
	{
		"co-selling does not become visibility only", "a draft may change its mind",
		func(e *Edit) {
			updating(func(c *Content) { c.PrimaryNeedsFromAws = []api.PrimaryNeedFromAws{VisibilityOnly} })(e)
			e.Status = api.ReviewStatusPendingSubmission
		}, nil,
	},
	{
		"co-selling does not become visibility only", "after approval",
		updating(func(c *Content) { c.PrimaryNeedsFromAws = []api.PrimaryNeedFromAws{VisibilityOnly} }),
		[]string{"primaryNeedsFromAws ACTION_NOT_PERMITTED A Co-Sell opportunity cannot become one for visibility only"},
	},
	{"a US state is written by its full name", "the capital", addressed("US", "Dist. of Columbia", "20001"), nil},
	{"a US state is written by its full name", "military mail", addressed("US", "FPO, AP", "96601"), nil},
	{"a US state is written by its full name", "free text elsewhere", addressed("AL", "New York", "9931"), nil},
	{"a US state is written by its full name", "none in a draft", addressed("US", "", "10001"), nil},
	{"a US state is written by its full name", "an abbreviation", addressed("US", "NY", "10001"), []string{stateRefused}},
	{"a US state is written by its full name", "another country's", addressed("US", "Ontario", "10001"), []string{stateRefused}},
	{"a postal code has a format of its country", "five digits", addressed("US", "New York", "10001"), nil},
	{"a postal code has a format of its country", "nine digits", addressed("US", "New York", "10001-1234"), nil},
	{"a postal code has a format of its country", "letters in either case", addressed("CA", "Ontario", "k1a 0B1"), nil},
	{"a postal code has a format of its country", "a country whose form is not known", addressed("AQ", "Ross Island", "whatever"), nil},
	{
		"a postal code has a format of its country", "none in a draft",
		creating(func(c *Content) { c.Customer.Account.Address.PostalCode = nil }), nil,
	},
	{
		"a postal code has a format of its country", "four digits in the United States", addressed("US", "New York", "1000"),
		[]string{"customer.account.address.postalCode INVALID_VALUE The postal code is invalid for country United States, " +
			"United States postal code must be in 99999 OR 99999-9999 format."},
	},
	{
		"a postal code has a format of its country", "letters where digits are due", addressed("DE", "Hessen", "6031A"),
		[]string{"customer.account.address.postalCode INVALID_VALUE The postal code is invalid for country Germany, " +
			"Germany postal code must be in 99999 format."},
	},
}

func TestTheUnitedStatesHave62Names(t *testing.T) {
	if len(states) != 62 {
		t.Errorf("got %d", len(states))
	}
}

func TestCountriesOfPostalTablesExist(t *testing.T) {
	known := map[api.CountryCode]bool{}
	for _, country := range api.CountryCode("").Values() {
		known[country] = true
	}
	for _, country := range countriesWithoutPostalCodes {
		if _, both := postalForms[country]; both || !known[country] {
			t.Errorf("%s has no postal codes: known %t, with a form %t", country, known[country], both)
		}
	}
	for country, form := range postalForms {
		if !known[country] || form.country == "" || len(form.formats) == 0 {
			t.Errorf("%s: %+v", country, form)
		}
	}
}

func FuzzPostalCode(f *testing.F) {
	for _, code := range []string{"10001", "10001-1234", "K1A 0B1", "sw1a 1aa", "", "ß", "\x00\xff"} {
		f.Add(code)
	}
	f.Fuzz(func(t *testing.T, code string) {
		for country, form := range postalForms {
			if !form.accepts(code) {
				continue
			}
			for i := range len(code) {
				if code[i] > 'z' {
					t.Errorf("%s takes %q", country, code)
				}
			}
		}
	})
}

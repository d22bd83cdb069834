package rule

import (
	"net/url"
	"slices"
	"strings"
	"unicode"

	"cosell/internal/api"
)

// Names of fields, as violations give them.
const (
	fieldNationalSecurity = "nationalSecurity"
	FieldPrimaryNeeds     = "primaryNeedsFromAws"
	FieldCountry          = "customer.account.address.countryCode"
	fieldState            = "customer.account.address.stateOrRegion"
	fieldPostalCode       = "customer.account.address.postalCode"
)

// VisibilityOnly is the only need of an opportunity that is shared for visibility only.
const VisibilityOnly = api.PrimaryNeedFromAwsDoNotNeedSupportfromAwsSalesRep

var customerRules = []rule{
	// A draft that was created without a customer may stay so.
	{"an update names the customer", func(e *Edit, f *Findings) {
		if e.was().Customer != nil && e.After.Customer == nil {
			f.Missing("customer", "customer is required")
		}
	}},
	{"a website is a URL", func(e *Edit, f *Findings) {
		site := api.Value(e.After.Account().WebsiteUrl)
		if site != "" && site != api.Value(e.was().Account().WebsiteUrl) && !IsWebsite(site) {
			f.InvalidValue("customer.account.websiteUrl", "websiteUrl must be a URL or a domain name, such as https://www.example.com")
		}
	}},
	{"national security is for government", func(e *Edit, f *Findings) {
		industry := e.After.Account().Industry
		if e.After.secret() && industry != nil && *industry != api.IndustryGovernment {
			f.InvalidValue(fieldNationalSecurity, "NationalSecurity can be Yes only when Industry is Government")
		}
	}},
	{"national security is in the United States", func(e *Edit, f *Findings) {
		country := e.After.Address().CountryCode
		if e.After.secret() && country != nil && *country != api.CountryCodeUS {
			f.InvalidValue(FieldCountry, "CountryCode must be US when NationalSecurity is Yes")
		}
	}},
	{"national security requires co-selling", func(e *Edit, f *Findings) {
		if e.After.secret() && slices.Contains(e.After.PrimaryNeedsFromAws, VisibilityOnly) {
			f.InvalidValue(FieldPrimaryNeeds, "A national security opportunity cannot be for visibility only")
		}
	}},
	{"Co-Sell needs and visibility only are not combined", func(e *Edit, f *Findings) {
		needs := e.After.PrimaryNeedsFromAws
		if slices.Contains(needs, VisibilityOnly) && cosells(needs) {
			f.InvalidValue(FieldPrimaryNeeds, "Co-Sell needs cannot be combined with '"+string(VisibilityOnly)+"'")
		}
	}},
	{"co-selling does not become visibility only", func(e *Edit, f *Findings) {
		if e.Status != api.ReviewStatusPendingSubmission && cosells(e.was().PrimaryNeedsFromAws) &&
			slices.Contains(e.After.PrimaryNeedsFromAws, VisibilityOnly) {
			f.NotPermitted(FieldPrimaryNeeds, "A Co-Sell opportunity cannot become one for visibility only")
		}
	}},
	{"a US state is written by its full name", func(e *Edit, f *Findings) {
		address := e.After.Address()
		if api.Value(address.CountryCode) == api.CountryCodeUS && api.Value(address.StateOrRegion) != "" &&
			!IsState(*address.StateOrRegion) {
			f.InvalidEnum(fieldState, "StateOrRegion must be the full name of a state or territory of the United States, such as New York")
		}
	}},
	{"a postal code has a format of its country", func(e *Edit, f *Findings) {
		address := e.After.Address()
		form, known := postalForms[api.Value(address.CountryCode)]
		if known && api.Value(address.PostalCode) != "" && !form.accepts(*address.PostalCode) {
			f.InvalidValue(fieldPostalCode, form.refusal())
		}
	}},
}

// cosells reports whether one of the needs asks for AWS's help.
func cosells(needs []api.PrimaryNeedFromAws) bool {
	return slices.ContainsFunc(needs, func(need api.PrimaryNeedFromAws) bool { return need != VisibilityOnly })
}

// IsState reports whether a state or territory of the United States has the name.
func IsState(name string) bool { return slices.Contains(states, name) }

// states are the accepted names of the states and territories of the United States,
// with those of military mail.
var states = []string{
	"Alabama", "Alaska", "American Samoa", "Arizona", "Arkansas", "California", "Colorado", "Connecticut",
	"Delaware", "Dist. of Columbia", "Federated States of Micronesia", "Florida", "Georgia", "Guam", "Hawaii",
	"Idaho", "Illinois", "Indiana", "Iowa", "Kansas", "Kentucky", "Louisiana", "Maine", "Marshall Islands",
	"Maryland", "Massachusetts", "Michigan", "Minnesota", "Mississippi", "Missouri", "Montana", "Nebraska",
	"Nevada", "New Hampshire", "New Jersey", "New Mexico", "New York", "North Carolina", "North Dakota",
	"Northern Mariana Islands", "Ohio", "Oklahoma", "Oregon", "Palau", "Pennsylvania", "Puerto Rico",
	"Rhode Island", "South Carolina", "South Dakota", "Tennessee", "Texas", "Utah", "Vermont", "Virginia",
	"Virgin Islands", "Washington", "West Virginia", "Wisconsin", "Wyoming", "APO/AE", "AFO/FPO", "FPO, AP",
}

// IsWebsite reports whether text is a URL of the web, or a domain name that a
// browser would make one of.
func IsWebsite(text string) bool {
	if !strings.Contains(text, "://") {
		text = "https://" + text
	}
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" {
		return false
	}
	labels := strings.Split(strings.TrimSuffix(u.Hostname(), "."), ".")
	return len(labels) > 1 && !slices.ContainsFunc(labels, func(label string) bool { return !isHostLabel(label) })
}

// isHostLabel reports whether text can be one part of a host name, international
// names included.
func isHostLabel(text string) bool {
	wrong := func(r rune) bool {
		return r != '-' && r != '_' && !unicode.IsLetter(r) && !unicode.IsNumber(r) && !unicode.IsMark(r)
	}
	return text != "" && !strings.ContainsFunc(text, wrong)
}

package selling

import (
	"slices"

	"cosell/internal/api"
)

const (
	fieldNationalSecurity = "nationalSecurity"
	fieldPrimaryNeeds     = "primaryNeedsFromAws"
	fieldCountry          = "customer.account.address.countryCode"
	fieldState            = "customer.account.address.stateOrRegion"
	fieldPostalCode       = "customer.account.address.postalCode"
)

// visibilityOnly is the need of an opportunity that AWS is only told about.
const visibilityOnly = api.PrimaryNeedFromAwsDoNotNeedSupportfromAwsSalesRep

var customerRules = []rule{
	{"national security is for government", func(r *review, f *findings) {
		industry := r.after.account().Industry
		if r.after.secret() && industry != nil && *industry != api.IndustryGovernment {
			f.value(fieldNationalSecurity, "NationalSecurity can be Yes only when Industry is Government")
		}
	}},
	{"national security is in the United States", func(r *review, f *findings) {
		country := r.after.address().CountryCode
		if r.after.secret() && country != nil && *country != api.CountryCodeUS {
			f.value(fieldCountry, "CountryCode must be US when NationalSecurity is Yes")
		}
	}},
	{"national security is a matter for co-selling", func(r *review, f *findings) {
		if r.after.secret() && slices.Contains(r.after.PrimaryNeedsFromAws, visibilityOnly) {
			f.value(fieldPrimaryNeeds, "An opportunity of national security cannot be for visibility only")
		}
	}},
	{"needs are of one kind", func(r *review, f *findings) {
		needs := r.after.PrimaryNeedsFromAws
		if slices.Contains(needs, visibilityOnly) && cosells(needs) {
			f.value(fieldPrimaryNeeds, "Co-Sell needs cannot stand beside '"+string(visibilityOnly)+"'")
		}
	}},
	{"co-selling does not end in visibility only", func(r *review, f *findings) {
		if r.status != api.ReviewStatusPendingSubmission && cosells(r.was().PrimaryNeedsFromAws) &&
			slices.Contains(r.after.PrimaryNeedsFromAws, visibilityOnly) {
			f.notPermitted(fieldPrimaryNeeds, "A Co-Sell opportunity cannot become one for visibility only")
		}
	}},
	{"a state of the United States has one of its names", func(r *review, f *findings) {
		address := r.after.address()
		if value(address.CountryCode) == api.CountryCodeUS && value(address.StateOrRegion) != "" &&
			!slices.Contains(states, *address.StateOrRegion) {
			f.value(fieldState, "StateOrRegion must be the full name of a state or territory of the United States, such as New York")
		}
	}},
	{"a postal code has its country's form", func(r *review, f *findings) {
		address := r.after.address()
		form, known := postalForms[value(address.CountryCode)]
		if known && value(address.PostalCode) != "" && !form.accepts(*address.PostalCode) {
			f.value(fieldPostalCode, form.refusal())
		}
	}},
}

// cosells says whether one of the needs asks for AWS's help.
func cosells(needs []api.PrimaryNeedFromAws) bool {
	return slices.ContainsFunc(needs, func(need api.PrimaryNeedFromAws) bool { return need != visibilityOnly })
}

// states are the names that a state or territory of the United States goes by,
// those of military mail included.
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

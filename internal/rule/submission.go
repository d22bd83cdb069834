package rule

import (
	"slices"
	"unicode/utf8"

	"cosell/internal/api"
)

// Submission is the input of the completeness checks that submitting an
// opportunity runs.
type Submission struct {
	*Content

	Related     *api.RelatedEntityIdentifiers // nil when nothing is linked
	Involvement api.SalesInvolvementType
	Today       string // the UTC date, YYYY-MM-DD
}

// requirement is one member that a submission must have.
type requirement struct {
	field   string
	message string                   // empty: the member "is required"
	when    func(s *Submission) bool // nil: always
	met     func(s *Submission) bool
}

// unmet reports whether a submission needs the member and does not have it.
func (r *requirement) unmet(s *Submission) bool {
	return (r.when == nil || r.when(s)) && !r.met(s)
}

func (r *requirement) text() string {
	if r.message != "" {
		return r.message
	}
	return LastName(r.field) + " is required"
}

// requirements is the completeness table (docs/behavior/submission.md#completeness). It
// leaves out the next steps and the customer contact that the old bulk format
// wanted for co-selling: recorded opportunities were approved without either.
var requirements = []requirement{
	{"customer.account.companyName", "", isPublic, func(s *Submission) bool { return api.Value(s.Account().CompanyName) != "" }},
	{"customer.account.industry", "", nil, func(s *Submission) bool { return s.Account().Industry != nil }},
	{
		"customer.account.otherIndustry", "otherIndustry is required when industry is Other",
		func(s *Submission) bool { return api.Value(s.Account().Industry) == api.IndustryOther },
		func(s *Submission) bool { return api.Value(s.Account().OtherIndustry) != "" },
	},
	{"customer.account.websiteUrl", "", isPublic, func(s *Submission) bool { return api.Value(s.Account().WebsiteUrl) != "" }},
	{FieldCountry, "", nil, func(s *Submission) bool { return s.Address().CountryCode != nil }},
	{fieldPostalCode, "", hasPostalCode, func(s *Submission) bool { return api.Value(s.Address().PostalCode) != "" }},
	{
		fieldState, "State is required when Country is United States", inUnitedStates,
		func(s *Submission) bool { return api.Value(s.Address().StateOrRegion) != "" },
	},

	{"project.title", "", nil, func(s *Submission) bool { return api.Value(s.project().Title) != "" }},
	{
		"project.customerBusinessProblem", "customerBusinessProblem is required, with at least 20 characters", nil,
		func(s *Submission) bool {
			return utf8.RuneCountInString(api.Value(s.project().CustomerBusinessProblem)) >= 20
		},
	},
	{"project.deliveryModels", "", nil, func(s *Submission) bool { return len(s.project().DeliveryModels) > 0 }},
	{fieldUseCase, "", nil, func(s *Submission) bool { return api.Value(s.project().CustomerUseCase) != "" }},
	{FieldSpend, "", nil, func(s *Submission) bool { return len(s.spend()) > 0 }},
	{
		fieldSpendAmount, messageAmount,
		func(s *Submission) bool { return len(s.spend()) > 0 },
		func(s *Submission) bool { return slices.ContainsFunc(s.spend(), paysAWS) },
	},
	{
		"project.relatedOpportunityIdentifier", "relatedOpportunityIdentifier is required when opportunityType is Flat Renewal",
		func(s *Submission) bool { return api.Value(s.OpportunityType) == api.OpportunityTypeFlatRenewal },
		func(s *Submission) bool { return api.Value(s.project().RelatedOpportunityIdentifier) != "" },
	},
	{
		"project.salesActivities", "project.salesActivities is required", coSell,
		func(s *Submission) bool { return len(s.project().SalesActivities) > 0 },
	},

	{FieldTargetCloseDate, "", nil, func(s *Submission) bool { return s.lifeCycle().TargetCloseDate != nil }},
	{"opportunityType", "", nil, func(s *Submission) bool { return s.OpportunityType != nil }},
	{fieldSource, "", nil, func(s *Submission) bool { return s.marketing().Source != nil }},
	{
		fieldFunding, "awsFundingUsed is required when marketing.source is Marketing Activity",
		func(s *Submission) bool {
			return api.Value(s.marketing().Source) == api.MarketingSourceMarketingActivity
		},
		func(s *Submission) bool { return s.marketing().AwsFundingUsed != nil },
	},
	{
		FieldPrimaryNeeds, "primaryNeedsFromAws needs a Co-Sell value", coSell,
		func(s *Submission) bool { return cosells(s.PrimaryNeedsFromAws) },
	},

	{
		fieldSolutions, "A solution, an AWS Marketplace solution or an AWS Marketplace product must be associated, " +
			"or described in otherSolutionDescription",
		func(s *Submission) bool { return !NeedsSolution(s.stage()) },
		func(s *Submission) bool {
			return HasSolution(s.Related) || api.Value(s.project().OtherSolutionDescription) != ""
		},
	},
	{
		fieldSolutions, messageSolution,
		func(s *Submission) bool { return NeedsSolution(s.stage()) },
		func(s *Submission) bool { return HasSolution(s.Related) },
	},
}

// Violations returns what an opportunity lacks for submission, and what has become
// invalid through the passing of time or the chosen involvement.
func (s *Submission) Violations() []api.ValidationExceptionError {
	var f Findings
	for _, r := range requirements {
		if r.unmet(s) {
			f.Missing(r.field, r.text())
		}
	}
	if date := s.lifeCycle().TargetCloseDate; date != nil && *date <= s.Today {
		f.InvalidValue(FieldTargetCloseDate, messageFutureDate(s.Today))
	}
	if s.secret() && !coSell(s) {
		f.NotPermitted("involvementType", "A national security opportunity cannot be for visibility only")
	}
	return f.List
}

// stillComplete adds what submission requires and an update takes away. What was
// not there before, in a referral from AWS for example, is not required.
func (e *Edit) stillComplete(f *Findings) {
	before := &Submission{Content: e.Before, Related: e.Related, Involvement: api.Value(e.Involvement), Today: e.Today}
	after := &Submission{Content: e.After, Related: e.Related, Involvement: api.Value(e.Involvement), Today: e.Today}
	for _, r := range requirements {
		if r.unmet(after) && !r.unmet(before) && !f.names(r.field) {
			f.Missing(r.field, r.text())
		}
	}
}

func coSell(s *Submission) bool { return s.Involvement == api.SalesInvolvementTypeCoSell }

// isPublic reports whether the customer may be named: national security hides it.
func isPublic(s *Submission) bool { return !s.secret() }

// hasPostalCode reports whether the customer's country has postal codes.
func hasPostalCode(s *Submission) bool {
	return isPublic(s) && !slices.Contains(countriesWithoutPostalCodes, api.Value(s.Address().CountryCode))
}

func inUnitedStates(s *Submission) bool {
	return isPublic(s) && api.Value(s.Address().CountryCode) == api.CountryCodeUS
}

// paysAWS reports whether a spend entry has the amount that AWS will be paid.
func paysAWS(entry api.ExpectedCustomerSpend) bool {
	return api.Value(entry.TargetCompany) == TargetAWS && positive(api.Value(entry.Amount)) && entry.CurrencyCode != nil
}

package selling

import (
	"slices"
	"unicode/utf8"

	"cosell/internal/api"
)

// submission is an opportunity at the door of AWS's review.
type submission struct {
	*content

	related     *api.RelatedEntityIdentifiers
	involvement api.SalesInvolvementType
	today       string
}

// requirement is something that a submission must have.
type requirement struct {
	field   string
	message string                   // empty: the member "is required"
	when    func(s *submission) bool // nil: always
	met     func(s *submission) bool
}

// requirements is the completeness table (docs/behavior/submission.md#completeness). It
// leaves out the next steps and the customer contact that the old bulk format
// wanted for co-selling: recorded opportunities were approved without either.
var requirements = []requirement{
	{"customer.account.companyName", "", open, func(s *submission) bool { return value(s.account().CompanyName) != "" }},
	{"customer.account.industry", "", nil, func(s *submission) bool { return s.account().Industry != nil }},
	{
		"customer.account.otherIndustry", "otherIndustry is required when industry is Other",
		func(s *submission) bool { return value(s.account().Industry) == api.IndustryOther },
		func(s *submission) bool { return value(s.account().OtherIndustry) != "" },
	},
	{"customer.account.websiteUrl", "", open, func(s *submission) bool { return value(s.account().WebsiteUrl) != "" }},
	{fieldCountry, "", nil, func(s *submission) bool { return s.address().CountryCode != nil }},
	{fieldPostalCode, "", posted, func(s *submission) bool { return value(s.address().PostalCode) != "" }},
	{
		fieldState, "State is required when Country is United States", inUnitedStates,
		func(s *submission) bool { return value(s.address().StateOrRegion) != "" },
	},

	{"project.title", "", nil, func(s *submission) bool { return value(s.project().Title) != "" }},
	{
		"project.customerBusinessProblem", "customerBusinessProblem is required, with at least 20 characters", nil,
		func(s *submission) bool {
			return utf8.RuneCountInString(value(s.project().CustomerBusinessProblem)) >= 20
		},
	},
	{"project.deliveryModels", "", nil, func(s *submission) bool { return len(s.project().DeliveryModels) > 0 }},
	{fieldUseCase, "", nil, func(s *submission) bool { return value(s.project().CustomerUseCase) != "" }},
	{fieldSpend, "", nil, func(s *submission) bool { return len(s.project().ExpectedCustomerSpend) > 0 }},
	{
		fieldSpendAmount, messageAmount,
		func(s *submission) bool { return len(s.project().ExpectedCustomerSpend) > 0 },
		func(s *submission) bool { return slices.ContainsFunc(s.project().ExpectedCustomerSpend, earns) },
	},
	{
		"project.relatedOpportunityIdentifier", "relatedOpportunityIdentifier is required when opportunityType is Flat Renewal",
		func(s *submission) bool { return value(s.OpportunityType) == api.OpportunityTypeFlatRenewal },
		func(s *submission) bool { return value(s.project().RelatedOpportunityIdentifier) != "" },
	},
	{
		"project.salesActivities", "project.salesActivities is required", coSell,
		func(s *submission) bool { return len(s.project().SalesActivities) > 0 },
	},

	{fieldTargetCloseDate, "", nil, func(s *submission) bool { return s.lifeCycle().TargetCloseDate != nil }},
	{"opportunityType", "", nil, func(s *submission) bool { return s.OpportunityType != nil }},
	{fieldSource, "", nil, func(s *submission) bool { return s.marketing().Source != nil }},
	{
		fieldFunding, "awsFundingUsed is required when marketing.source is Marketing Activity",
		func(s *submission) bool { return value(s.marketing().Source) == api.MarketingSourceMarketingActivity },
		func(s *submission) bool { return s.marketing().AwsFundingUsed != nil },
	},
	{
		fieldPrimaryNeeds, "primaryNeedsFromAws needs a Co-Sell value", coSell,
		func(s *submission) bool { return cosells(s.PrimaryNeedsFromAws) },
	},

	{
		fieldSolutions, "A solution, an AWS Marketplace solution or an AWS Marketplace product must be associated, " +
			"or described in otherSolutionDescription",
		func(s *submission) bool { return !committed(s.stage()) },
		func(s *submission) bool {
			return solved(s.related) || value(s.project().OtherSolutionDescription) != ""
		},
	},
	{
		fieldSolutions, messageSolution,
		func(s *submission) bool { return committed(s.stage()) },
		func(s *submission) bool { return solved(s.related) },
	},
}

// completeness says what an opportunity lacks for submission, and what time or
// its involvement has made wrong since it was written.
func completeness(
	c *content, related *api.RelatedEntityIdentifiers, involvement api.SalesInvolvementType, today string,
) []api.ValidationExceptionError {
	s := &submission{content: c, related: related, involvement: involvement, today: today}
	var f findings
	for _, r := range requirements {
		if (r.when == nil || r.when(s)) && !r.met(s) {
			message := r.message
			if message == "" {
				message = lastName(r.field) + " is required"
			}
			f.missing(r.field, message)
		}
	}
	if date := s.lifeCycle().TargetCloseDate; date != nil && *date <= s.today {
		f.value(fieldTargetCloseDate, messageFutureDate)
	}
	if s.secret() && !coSell(s) {
		f.notPermitted("involvementType", "An opportunity of national security cannot be for visibility only")
	}
	return f.list
}

func coSell(s *submission) bool { return s.involvement == api.SalesInvolvementTypeCoSell }

// open says that the customer is no secret.
func open(s *submission) bool { return !s.secret() }

// posted says that the customer's country has postal codes.
func posted(s *submission) bool {
	return open(s) && !slices.Contains(countriesWithoutPostalCodes, value(s.address().CountryCode))
}

func inUnitedStates(s *submission) bool {
	return open(s) && value(s.address().CountryCode) == api.CountryCodeUS
}

// earns says whether an entry tells what AWS will earn.
func earns(entry api.ExpectedCustomerSpend) bool {
	return value(entry.TargetCompany) == targetAws && positive(value(entry.Amount)) && entry.CurrencyCode != nil
}

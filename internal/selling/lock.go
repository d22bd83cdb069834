package selling

import (
	"cmp"
	"slices"

	"cosell/internal/api"
)

// occasion is when an opportunity is edited: a set of columns of the lock table.
type occasion uint8

const (
	draft          occasion = 1 << iota // Pending Submission
	actionRequired                      // Action Required
	approved                            // Approved
	ended                               // stage Launched or Closed Lost, whatever the review status
)

// lock is a row of the table: a field, and the occasions on which it may be
// changed.
type lock struct {
	field     string
	same      func(before, after *content) bool
	changesIn occasion
}

// locks is the whole of what an update may change
// (docs/behavior/edit-locks.md), beside what AWS alone writes of the life cycle. In
// Submitted, In review and Rejected nothing may. docs/behavior/edit-locks.md
// shows it to readers.
var locks = []lock{
	{"partnerOpportunityIdentifier", sameValue(func(c *content) *string { return c.PartnerOpportunityIdentifier }), draft | actionRequired},
	{"opportunityType", sameValue(func(c *content) *api.OpportunityType { return c.OpportunityType }), draft | approved},
	{fieldNationalSecurity, sameValue(func(c *content) *api.NationalSecurity { return c.NationalSecurity }), 0},
	{fieldPrimaryNeeds, sameList(func(c *content) []api.PrimaryNeedFromAws { return c.PrimaryNeedsFromAws }), draft | approved},

	{"customer.account.companyName", sameValue(func(c *content) *string { return c.account().CompanyName }), draft | approved},
	{"customer.account.industry", sameValue(func(c *content) *api.Industry { return c.account().Industry }), draft},
	{"customer.account.otherIndustry", sameValue(func(c *content) *string { return c.account().OtherIndustry }), draft | approved},
	{"customer.account.websiteUrl", sameValue(func(c *content) *string { return c.account().WebsiteUrl }), draft | actionRequired},
	{"customer.account.awsAccountId", sameValue(func(c *content) *string { return c.account().AwsAccountId }), draft | approved},
	{"customer.account.duns", sameValue(func(c *content) *string { return c.account().Duns }), draft | approved},
	{"customer.account.address.streetAddress", sameValue(func(c *content) *string { return c.address().StreetAddress }), draft | actionRequired | approved},
	{"customer.account.address.city", sameValue(func(c *content) *string { return c.address().City }), draft | actionRequired | approved},
	{fieldState, sameValue(func(c *content) *string { return c.address().StateOrRegion }), draft | actionRequired | approved},
	{fieldPostalCode, sameValue(func(c *content) *string { return c.address().PostalCode }), draft | actionRequired},
	{fieldCountry, sameValue(func(c *content) *api.CountryCode { return c.address().CountryCode }), draft | actionRequired},
	{"customer.contacts", same((*content).contacts, sameContact), draft | approved},

	{"project.title", sameValue(func(c *content) *string { return c.project().Title }), draft},
	{"project.customerBusinessProblem", sameValue(func(c *content) *string { return c.project().CustomerBusinessProblem }), draft | actionRequired},
	{fieldUseCase, sameSpelling(func(c *content) []string { return []string{value(c.project().CustomerUseCase)} }), draft | approved},
	{"project.deliveryModels", sameList(func(c *content) []api.DeliveryModel { return c.project().DeliveryModels }), draft | approved | ended},
	{fieldSpend, same(func(c *content) []api.ExpectedCustomerSpend { return c.project().ExpectedCustomerSpend }, sameSpend), draft | actionRequired | approved},
	{fieldDuration, sameDuration, draft | approved},
	{"project.awsPartition", sameValue(func(c *content) *api.AwsPartition { return c.project().AwsPartition }), draft | approved},
	{"project.salesActivities", sameList(func(c *content) []api.SalesActivity { return c.project().SalesActivities }), draft | approved},
	{fieldPrograms, sameSpelling(func(c *content) []string { return c.project().ApnPrograms }), draft | approved},
	{"project.competitorName", sameValue(func(c *content) *api.CompetitorName { return c.project().CompetitorName }), draft | approved},
	{fieldOtherCompetitors, sameValue(func(c *content) *string { return c.project().OtherCompetitorNames }), draft | approved},
	{"project.otherSolutionDescription", sameValue(func(c *content) *string { return c.project().OtherSolutionDescription }), draft | approved},
	{"project.relatedOpportunityIdentifier", sameValue(func(c *content) *string { return c.project().RelatedOpportunityIdentifier }), draft | approved},
	{"project.additionalComments", sameValue(func(c *content) *string { return c.project().AdditionalComments }), draft | approved | ended},

	{fieldSource, sameValue(func(c *content) *api.MarketingSource { return c.marketing().Source }), draft | approved},
	{"marketing.campaignName", sameValue(func(c *content) *string { return c.marketing().CampaignName }), draft | approved},
	{fieldMarketingUses, sameList(func(c *content) []string { return c.marketing().UseCases }), draft | approved},
	{"marketing.channels", sameList(func(c *content) []api.Channel { return c.marketing().Channels }), draft | approved},
	{fieldFunding, sameValue(func(c *content) *api.AwsFundingUsed { return c.marketing().AwsFundingUsed }), draft | approved},
	{"softwareRevenue", sameRevenue, draft | approved | ended},

	{fieldStage, sameValue(func(c *content) *api.Stage { return c.lifeCycle().Stage }), approved},
	{fieldClosedLostReason, sameValue(func(c *content) *api.ClosedLostReason { return c.lifeCycle().ClosedLostReason }), draft | approved},
	{fieldTargetCloseDate, sameValue(func(c *content) *string { return c.lifeCycle().TargetCloseDate }), draft | actionRequired | approved},
	{"lifeCycle.nextSteps", sameValue(func(c *content) *string { return c.lifeCycle().NextSteps }), draft | approved},
}

// statusColumns finds a review status's column; those without one are shut.
var statusColumns = map[api.ReviewStatus]occasion{
	api.ReviewStatusPendingSubmission: draft,
	api.ReviewStatusActionRequired:    actionRequired,
	api.ReviewStatusApproved:          approved,
}

// locked names the fields that an update changes although the stored review
// status or stage does not let it. A shut status lets through no update at all,
// be it one that changes nothing. Both contents are settled.
func locked(before, after *content, status api.ReviewStatus, stage api.Stage) []api.ValidationExceptionError {
	var f findings
	column := statusColumns[status]
	for _, l := range locks {
		if l.same(before, after) {
			continue
		}
		switch {
		case column == 0:
			f.notPermitted(l.field, lastName(l.field)+messageShut)
		case l.changesIn == 0:
			f.notPermitted(l.field, lastName(l.field)+" is fixed at creation")
		case l.changesIn&column == 0:
			f.notPermitted(l.field, lastName(l.field)+" is not editable if status is "+string(status))
		case closed(stage) && l.changesIn&ended == 0:
			f.notPermitted(l.field, `Changes are not allowed when an opportunity stage is "Closed Lost" or "Launched."`)
		}
	}
	if column == 0 && f.list == nil {
		f.notPermitted(fieldReviewStatus, "An opportunity"+messageShut)
	}
	return f.list
}

// messageShut is what the real service says of an update in a shut status, after
// what it is about.
const messageShut = " cannot be modified in Submitted, Rejected or In review status"

// The comparisons below take what is worth the same as the same, so that an echo
// of what was read passes however it is written.

func sameValue[T comparable](member func(*content) *T) func(before, after *content) bool {
	return func(before, after *content) bool { return value(member(before)) == value(member(after)) }
}

func same[T any](list func(*content) []T, equal func(T, T) bool) func(before, after *content) bool {
	return func(before, after *content) bool { return slices.EqualFunc(list(before), list(after), equal) }
}

// sameList compares lists without regard to order: they are sets of choices.
func sameList[T cmp.Ordered](list func(*content) []T) func(before, after *content) bool {
	return func(before, after *content) bool {
		return slices.Equal(slices.Sorted(slices.Values(list(before))), slices.Sorted(slices.Values(list(after))))
	}
}

func sameSpelling(list func(*content) []string) func(before, after *content) bool {
	return sameList(func(c *content) []string {
		var spelled []string
		for _, text := range list(c) {
			spelled = append(spelled, spelling(text))
		}
		return spelled
	})
}

func sameContact(a, b api.Contact) bool {
	return value(a.Email) == value(b.Email) && value(a.FirstName) == value(b.FirstName) &&
		value(a.LastName) == value(b.LastName) && value(a.BusinessTitle) == value(b.BusinessTitle) &&
		value(a.Phone) == value(b.Phone)
}

func sameSpend(a, b api.ExpectedCustomerSpend) bool {
	return sameAmount(value(a.Amount), value(b.Amount)) && value(a.CurrencyCode) == value(b.CurrencyCode) &&
		value(a.Frequency) == value(b.Frequency) && value(a.TargetCompany) == value(b.TargetCompany) &&
		value(a.EstimationUrl) == value(b.EstimationUrl)
}

func sameDuration(before, after *content) bool {
	a, b := orEmpty(before.duration()), orEmpty(after.duration())
	return value(a.Term) == value(b.Term) && value(a.Value) == value(b.Value)
}

func sameRevenue(before, after *content) bool {
	a, b := before.revenue(), after.revenue()
	x, y := orEmpty(a.Value), orEmpty(b.Value)
	return value(a.DeliveryModel) == value(b.DeliveryModel) && sameAmount(value(x.Amount), value(y.Amount)) &&
		value(x.CurrencyCode) == value(y.CurrencyCode) && value(a.EffectiveDate) == value(b.EffectiveDate) &&
		value(a.ExpirationDate) == value(b.ExpirationDate)
}

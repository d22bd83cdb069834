package rule

import (
	"cmp"
	"slices"

	"cosell/internal/api"
)

// editState is when an opportunity is edited: a set of columns of the lock table.
type editState uint8

const (
	draft          editState = 1 << iota // Pending Submission
	actionRequired                       // Action Required
	approved                             // Approved
	ended                                // stage Launched or Closed Lost, whatever the review status
)

// lock is a row of the table: a field, and the occasions on which it may be
// changed.
type lock struct {
	field     string
	same      func(before, after *Content) bool
	changesIn editState
}

// locks lists every field that a partner writes and the states in which an update
// may change it (docs/behavior/edit-locks.md, which a test compares with it). In
// Submitted, In review and Rejected no field may change.
var locks = []lock{
	{"partnerOpportunityIdentifier", sameValue(func(c *Content) *string { return c.PartnerOpportunityIdentifier }), draft | actionRequired},
	{"opportunityType", sameValue(func(c *Content) *api.OpportunityType { return c.OpportunityType }), draft | approved},
	{fieldNationalSecurity, sameValue(func(c *Content) *api.NationalSecurity { return c.NationalSecurity }), 0},
	{FieldPrimaryNeeds, sameList(func(c *Content) []api.PrimaryNeedFromAws { return c.PrimaryNeedsFromAws }), draft | approved},

	{"customer.account.companyName", sameValue(func(c *Content) *string { return c.Account().CompanyName }), draft | approved},
	{"customer.account.industry", sameValue(func(c *Content) *api.Industry { return c.Account().Industry }), draft},
	{"customer.account.otherIndustry", sameValue(func(c *Content) *string { return c.Account().OtherIndustry }), draft | approved},
	{"customer.account.websiteUrl", sameValue(func(c *Content) *string { return c.Account().WebsiteUrl }), draft | actionRequired},
	{"customer.account.awsAccountId", sameValue(func(c *Content) *string { return c.Account().AwsAccountId }), draft | approved},
	{"customer.account.duns", sameValue(func(c *Content) *string { return c.Account().Duns }), draft | approved},
	{"customer.account.address.streetAddress", sameValue(func(c *Content) *string { return c.Address().StreetAddress }), draft | actionRequired | approved},
	{"customer.account.address.city", sameValue(func(c *Content) *string { return c.Address().City }), draft | actionRequired | approved},
	{fieldState, sameValue(func(c *Content) *string { return c.Address().StateOrRegion }), draft | actionRequired | approved},
	{fieldPostalCode, sameValue(func(c *Content) *string { return c.Address().PostalCode }), draft | actionRequired},
	{FieldCountry, sameValue(func(c *Content) *api.CountryCode { return c.Address().CountryCode }), draft | actionRequired},
	{"customer.contacts", same((*Content).contacts, sameContact), draft | approved},

	{"project.title", sameValue(func(c *Content) *string { return c.project().Title }), draft},
	{"project.customerBusinessProblem", sameValue(func(c *Content) *string { return c.project().CustomerBusinessProblem }), draft | actionRequired},
	{fieldUseCase, sameSpelling(func(c *Content) []string { return []string{value(c.project().CustomerUseCase)} }), draft | approved},
	{"project.deliveryModels", sameList(func(c *Content) []api.DeliveryModel { return c.project().DeliveryModels }), draft | approved | ended},
	{FieldSpend, same(func(c *Content) []api.ExpectedCustomerSpend { return c.spend() }, sameSpend), draft | actionRequired | approved},
	{fieldDuration, sameDuration, draft | approved},
	{"project.awsPartition", sameValue(func(c *Content) *api.AwsPartition { return c.project().AwsPartition }), draft | approved},
	{"project.salesActivities", sameList(func(c *Content) []api.SalesActivity { return c.project().SalesActivities }), draft | approved},
	{fieldPrograms, sameSpelling(func(c *Content) []string { return c.project().ApnPrograms }), draft | approved},
	{"project.competitorName", sameValue(func(c *Content) *api.CompetitorName { return c.project().CompetitorName }), draft | approved},
	{fieldOtherCompetitors, sameValue(func(c *Content) *string { return c.project().OtherCompetitorNames }), draft | approved},
	{"project.otherSolutionDescription", sameValue(func(c *Content) *string { return c.project().OtherSolutionDescription }), draft | approved},
	{"project.relatedOpportunityIdentifier", sameValue(func(c *Content) *string { return c.project().RelatedOpportunityIdentifier }), draft | approved},
	{"project.additionalComments", sameValue(func(c *Content) *string { return c.project().AdditionalComments }), draft | approved | ended},

	{fieldSource, sameValue(func(c *Content) *api.MarketingSource { return c.marketing().Source }), draft | approved},
	{"marketing.campaignName", sameValue(func(c *Content) *string { return c.marketing().CampaignName }), draft | approved},
	{fieldMarketingUses, sameList(func(c *Content) []string { return c.marketing().UseCases }), draft | approved},
	{"marketing.channels", sameList(func(c *Content) []api.Channel { return c.marketing().Channels }), draft | approved},
	{fieldFunding, sameValue(func(c *Content) *api.AwsFundingUsed { return c.marketing().AwsFundingUsed }), draft | approved},
	{"softwareRevenue", sameRevenue, draft | approved | ended},

	{fieldStage, sameValue(func(c *Content) *api.Stage { return c.lifeCycle().Stage }), approved},
	{FieldClosedLostReason, sameValue(func(c *Content) *api.ClosedLostReason { return c.lifeCycle().ClosedLostReason }), draft | approved},
	{FieldTargetCloseDate, sameValue(func(c *Content) *string { return c.lifeCycle().TargetCloseDate }), draft | actionRequired | approved},
	{"lifeCycle.nextSteps", sameValue(func(c *Content) *string { return c.lifeCycle().NextSteps }), draft | approved},
}

// statusColumns finds a review status's column; those without one are shut.
var statusColumns = map[api.ReviewStatus]editState{
	api.ReviewStatusPendingSubmission: draft,
	api.ReviewStatusActionRequired:    actionRequired,
	api.ReviewStatusApproved:          approved,
}

// Locked returns the fields that an update changes although the stored review
// status or stage does not allow it.
func (e *Edit) Locked() []api.ValidationExceptionError {
	return locked(e.Before, e.After, e.Status, e.Before.stage())
}

// locked does the work of Locked. In a closed status every update is refused,
// even one that changes nothing. Both contents are normalized.
func locked(before, after *Content, status api.ReviewStatus, stage api.Stage) []api.ValidationExceptionError {
	var f Findings
	column := statusColumns[status]
	for _, l := range locks {
		if l.same(before, after) {
			continue
		}
		switch {
		case column == 0:
			f.NotPermitted(l.field, LastName(l.field)+messageShut)
		case l.changesIn == 0:
			f.NotPermitted(l.field, LastName(l.field)+" is fixed at creation")
		case l.changesIn&column == 0:
			f.NotPermitted(l.field, LastName(l.field)+" is not editable if status is "+string(status))
		case closed(stage) && l.changesIn&ended == 0:
			f.NotPermitted(l.field, `Changes are not allowed when an opportunity stage is "Closed Lost" or "Launched."`)
		}
	}
	if column == 0 && f.List == nil {
		f.NotPermitted(FieldReviewStatus, "An opportunity"+messageShut)
	}
	return f.List
}

// messageShut is what the real service says of an update in a shut status, after
// what it is about.
const messageShut = " cannot be modified in Submitted, Rejected or In review status"

// The comparisons below take what is worth the same as the same, so that an echo
// of what was read passes however it is written.

func sameValue[T comparable](member func(*Content) *T) func(before, after *Content) bool {
	return func(before, after *Content) bool { return value(member(before)) == value(member(after)) }
}

func same[T any](list func(*Content) []T, equal func(T, T) bool) func(before, after *Content) bool {
	return func(before, after *Content) bool { return slices.EqualFunc(list(before), list(after), equal) }
}

// sameList compares lists without regard to order: they are sets of choices.
func sameList[T cmp.Ordered](list func(*Content) []T) func(before, after *Content) bool {
	return func(before, after *Content) bool {
		return slices.Equal(slices.Sorted(slices.Values(list(before))), slices.Sorted(slices.Values(list(after))))
	}
}

func sameSpelling(list func(*Content) []string) func(before, after *Content) bool {
	return sameList(func(c *Content) []string {
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

func sameDuration(before, after *Content) bool {
	a, b := orEmpty(before.duration()), orEmpty(after.duration())
	return value(a.Term) == value(b.Term) && value(a.Value) == value(b.Value)
}

func sameRevenue(before, after *Content) bool {
	a, b := before.revenue(), after.revenue()
	x, y := orEmpty(a.Value), orEmpty(b.Value)
	return value(a.DeliveryModel) == value(b.DeliveryModel) && sameAmount(value(x.Amount), value(y.Amount)) &&
		value(x.CurrencyCode) == value(y.CurrencyCode) && value(a.EffectiveDate) == value(b.EffectiveDate) &&
		value(a.ExpirationDate) == value(b.ExpirationDate)
}

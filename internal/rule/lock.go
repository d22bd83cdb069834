package rule

import (
	"cmp"
	"slices"

	"cosell/internal/api"
)

// editState is a set of columns of the lock table: states in which an opportunity is
// edited.
type editState uint8

const (
	draft          editState = 1 << iota // Pending Submission
	actionRequired                       // Action Required
	approved                             // Approved
	ended                                // stage Launched or Closed Lost, whatever the review status
)

// lock is a row of the table: a field, and the states in which it may change.
type lock struct {
	field     string
	same      func(before, after *Content) bool
	changesIn editState
	// firstIn are the states in which the field may be set while it has no value.
	firstIn editState
}

// locks lists every field that a partner writes and the states in which an update
// may change it (docs/behavior/edit-locks.md, which a test compares with it). In
// Submitted, In review and Rejected no field may change.
var locks = []lock{
	{"partnerOpportunityIdentifier", sameValue(func(c *Content) *string { return c.PartnerOpportunityIdentifier }), draft | actionRequired, 0},
	{"opportunityType", sameValue(func(c *Content) *api.OpportunityType { return c.OpportunityType }), draft | approved, 0},
	{fieldNationalSecurity, sameValue(func(c *Content) *api.NationalSecurity { return c.NationalSecurity }), 0, 0},
	{FieldPrimaryNeeds, sameList(func(c *Content) []api.PrimaryNeedFromAws { return c.PrimaryNeedsFromAws }), draft | approved, 0},

	{"customer.account.companyName", sameValue(func(c *Content) *string { return c.Account().CompanyName }), draft, 0},
	{"customer.account.industry", sameValue(func(c *Content) *api.Industry { return c.Account().Industry }), draft, 0},
	{"customer.account.otherIndustry", sameValue(func(c *Content) *string { return c.Account().OtherIndustry }), draft | approved, 0},
	{"customer.account.websiteUrl", sameValue(func(c *Content) *string { return c.Account().WebsiteUrl }), draft | actionRequired, 0},
	{"customer.account.awsAccountId", sameValue(func(c *Content) *string { return c.Account().AwsAccountId }), draft | approved, 0},
	{"customer.account.duns", sameValue(func(c *Content) *string { return c.Account().Duns }), draft | approved, 0},
	{"customer.account.address.streetAddress", sameValue(func(c *Content) *string { return c.Address().StreetAddress }), draft | actionRequired | approved, 0},
	{"customer.account.address.city", sameValue(func(c *Content) *string { return c.Address().City }), draft | actionRequired | approved, 0},
	{fieldState, sameValue(func(c *Content) *string { return c.Address().StateOrRegion }), draft | actionRequired | approved, 0},
	{fieldPostalCode, sameValue(func(c *Content) *string { return c.Address().PostalCode }), draft | actionRequired, 0},
	{FieldCountry, sameValue(func(c *Content) *api.CountryCode { return c.Address().CountryCode }), draft | actionRequired, 0},
	{"customer.contacts", same((*Content).contacts, sameContact), draft | approved, 0},

	{"project.title", sameValue(func(c *Content) *string { return c.project().Title }), draft, 0},
	{"project.customerBusinessProblem", sameValue(func(c *Content) *string { return c.project().CustomerBusinessProblem }), draft | actionRequired, 0},
	{fieldUseCase, sameSpelling(func(c *Content) []string { return []string{api.Value(c.project().CustomerUseCase)} }), draft | approved, 0},
	{"project.deliveryModels", sameList(func(c *Content) []api.DeliveryModel { return c.project().DeliveryModels }), draft | approved | ended, 0},
	{FieldSpend, same(func(c *Content) []api.ExpectedCustomerSpend { return c.spend() }, sameSpend), draft | actionRequired | approved, 0},
	{fieldDuration, sameDuration, draft | approved, 0},
	{"project.awsPartition", sameValue(func(c *Content) *api.AwsPartition { return c.project().AwsPartition }), draft | approved, 0},
	{"project.salesActivities", sameList(func(c *Content) []api.SalesActivity { return c.project().SalesActivities }), draft | approved, 0},
	{fieldPrograms, sameSpelling(func(c *Content) []string { return c.project().ApnPrograms }), draft | approved, 0},
	{"project.competitorName", sameValue(func(c *Content) *api.CompetitorName { return c.project().CompetitorName }), draft | approved, 0},
	{fieldOtherCompetitors, sameValue(func(c *Content) *string { return c.project().OtherCompetitorNames }), draft | approved, 0},
	{"project.otherSolutionDescription", sameValue(func(c *Content) *string { return c.project().OtherSolutionDescription }), draft | approved, 0},
	{"project.relatedOpportunityIdentifier", sameValue(func(c *Content) *string { return c.project().RelatedOpportunityIdentifier }), draft | approved, 0},
	{"project.additionalComments", sameValue(func(c *Content) *string { return c.project().AdditionalComments }), draft | approved | ended, 0},

	{fieldSource, sameValue(func(c *Content) *api.MarketingSource { return c.marketing().Source }), draft | approved, 0},
	{"marketing.campaignName", sameValue(func(c *Content) *string { return c.marketing().CampaignName }), draft | approved, 0},
	{fieldMarketingUses, sameList(func(c *Content) []string { return c.marketing().UseCases }), draft | approved, 0},
	{"marketing.channels", sameList(func(c *Content) []api.Channel { return c.marketing().Channels }), draft | approved, 0},
	{fieldFunding, sameValue(func(c *Content) *api.AwsFundingUsed { return c.marketing().AwsFundingUsed }), draft | approved, 0},
	{"softwareRevenue.deliveryModel", sameValue(func(c *Content) *api.RevenueModel { return c.revenue().DeliveryModel }), draft, approved | ended},
	{"softwareRevenue.value.amount", sameRevenueAmount, draft, approved | ended},
	{"softwareRevenue.value.currencyCode", sameValue(func(c *Content) *api.CurrencyCode { return orEmpty(c.revenue().Value).CurrencyCode }), draft, approved | ended},
	{fieldEffectiveDate, sameValue(func(c *Content) *string { return c.revenue().EffectiveDate }), draft, approved | ended},
	{fieldExpirationDate, sameValue(func(c *Content) *string { return c.revenue().ExpirationDate }), draft, approved | ended},

	{fieldStage, sameValue(func(c *Content) *api.Stage { return c.lifeCycle().Stage }), approved, 0},
	{FieldClosedLostReason, sameValue(func(c *Content) *api.ClosedLostReason { return c.lifeCycle().ClosedLostReason }), draft | approved, 0},
	{FieldTargetCloseDate, sameValue(func(c *Content) *string { return c.lifeCycle().TargetCloseDate }), draft | actionRequired | approved, 0},
	{"lifeCycle.nextSteps", sameValue(func(c *Content) *string { return c.lifeCycle().NextSteps }), draft | approved, 0},
}

// statusColumns finds a review status's column; a status without one is closed.
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
// even one that changes nothing, and the first violation says so. Both contents
// are normalized.
func locked(before, after *Content, status api.ReviewStatus, stage api.Stage) []api.ValidationExceptionError {
	var f Findings
	column := statusColumns[status]
	if column == 0 {
		f.NotPermitted(FieldReviewStatus, "An opportunity"+messageClosed)
	}
	none := new(Content)
	for _, l := range locks {
		if l.same(before, after) {
			continue
		}
		allowed := l.changesIn
		if l.same(before, none) {
			allowed |= l.firstIn
		}
		switch {
		case column == 0:
			f.NotPermitted(l.field, LastName(l.field)+messageClosed)
		case allowed == 0:
			f.NotPermitted(l.field, LastName(l.field)+" is fixed at creation")
		case allowed&column == 0:
			f.NotPermitted(l.field, LastName(l.field)+" is not editable if status is "+string(status))
		case closed(stage) && allowed&ended == 0:
			f.NotPermitted(l.field, `Changes are not allowed when an opportunity stage is "Closed Lost" or "Launched."`)
		}
	}
	return f.List
}

// messageClosed is AWS's message about an update in a closed status, after the
// name of what it is about.
const messageClosed = " cannot be modified in Submitted, Rejected or In review status"

// The comparisons below treat equal values as the same however they are written, so
// that a client can send back what it read.

func sameValue[T comparable](member func(*Content) *T) func(before, after *Content) bool {
	return func(before, after *Content) bool { return api.Value(member(before)) == api.Value(member(after)) }
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
	return api.Value(a.Email) == api.Value(b.Email) && api.Value(a.FirstName) == api.Value(b.FirstName) &&
		api.Value(a.LastName) == api.Value(b.LastName) && api.Value(a.BusinessTitle) == api.Value(b.BusinessTitle) &&
		api.Value(a.Phone) == api.Value(b.Phone)
}

func sameSpend(a, b api.ExpectedCustomerSpend) bool {
	return sameAmount(api.Value(a.Amount), api.Value(b.Amount)) && api.Value(a.CurrencyCode) == api.Value(b.CurrencyCode) &&
		api.Value(a.Frequency) == api.Value(b.Frequency) && api.Value(a.TargetCompany) == api.Value(b.TargetCompany) &&
		api.Value(a.EstimationUrl) == api.Value(b.EstimationUrl)
}

func sameDuration(before, after *Content) bool {
	a, b := orEmpty(before.duration()), orEmpty(after.duration())
	return api.Value(a.Term) == api.Value(b.Term) && api.Value(a.Value) == api.Value(b.Value)
}

func sameRevenueAmount(before, after *Content) bool {
	return sameAmount(api.Value(orEmpty(before.revenue().Value).Amount), api.Value(orEmpty(after.revenue().Value).Amount))
}

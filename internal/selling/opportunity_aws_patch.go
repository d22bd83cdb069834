package selling

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"cosell/internal/api"
	"cosell/internal/auth"
	"cosell/internal/operation"
	"cosell/internal/rule"
	"cosell/internal/store"
)

// AwsSummary returns AWS's side of an opportunity as its owner sees it.
func (s *Service) AwsSummary(ctx context.Context, key store.OpportunityKey) (*api.GetAwsOpportunitySummaryResponse, error) {
	return s.awsSummaryAfter(ctx, s.view, key, func(*Call, *opportunity) error { return nil })
}

// ChangeAwsSummary changes what AWS keeps of an opportunity. The patch is a JSON
// merge patch (RFC 7396) of the summary: what it leaves out stays, null clears,
// objects are merged, lists replaced. Every violation is named, with the model's
// checks and AWS's own rules.
func (s *Service) ChangeAwsSummary(ctx context.Context, key store.OpportunityKey, patch []byte) (*api.GetAwsOpportunitySummaryResponse, error) {
	return s.awsSummaryAfter(ctx, s.update, key, func(c *Call, o *opportunity) error { return c.changeAwsRecord(o, patch) })
}

// awsSummaryAfter reads a summary after fn, in the same transaction, which is one
// of update or view.
func (s *Service) awsSummaryAfter(
	ctx context.Context, transaction func(context.Context, auth.Principal, func(*Call) error) error,
	key store.OpportunityKey, fn func(*Call, *opportunity) error,
) (summary *api.GetAwsOpportunitySummaryResponse, err error) {
	err = transaction(ctx, auth.Principal{Account: key.Account}, func(c *Call) error {
		o, err := c.opportunity(key.Catalog, key.ID)
		if err != nil {
			return err
		}
		if err := fn(c, o); err != nil {
			return err
		}
		summary, err = c.awsSummary(o)
		return err
	})
	return summary, err
}

// changeAwsRecord applies a patch to AWS's side of an opportunity of the caller's.
func (c *Call) changeAwsRecord(o *opportunity, patch []byte) error {
	c.Doing(operationAwsSummary)
	record, err := c.awsRecord(o)
	if err != nil {
		return err
	}
	before := record.view(o)
	after, err := patched(before, patch)
	if err != nil {
		return err
	}
	var f rule.Findings
	f.List = after.Check()
	checkAwsChange(&f, before, after)
	if f.List != nil {
		return invalid(f.List...)
	}
	c.awsNextSteps(before.LifeCycle, after.LifeCycle)
	record.put(before, after)
	return c.saveAwsChange(o, record)
}

// view is what of a side can be changed, as the summary shows it.
func (record *awsRecord) view(o *opportunity) *api.AwsOpportunitySummaryFullView {
	view := &api.AwsOpportunitySummaryFullView{
		InvolvementType: record.InvolvementType, Visibility: record.Visibility,
		InvolvementTypeChangeReason: record.InvolvementTypeChangeReason, LifeCycle: record.LifeCycle,
		OpportunityTeam: record.OpportunityTeam, Insights: record.Insights, CosellMotion: record.CosellMotion,
		CosellMotionReason: record.CosellMotionReason, SoftwareRevenue: record.SoftwareRevenue,
	}
	if view.LifeCycle == nil {
		view.LifeCycle = o.awsLifeCycle()
	}
	if record.ExpectedCustomerSpend != nil {
		view.Project = &api.AwsOpportunityProject{ExpectedCustomerSpend: record.ExpectedCustomerSpend}
	}
	return view
}

// put takes over what a patch made of a view. A life cycle that the patch leaves
// alone goes on mirroring the partner's.
func (record *awsRecord) put(before, after *api.AwsOpportunitySummaryFullView) {
	record.InvolvementType, record.Visibility = after.InvolvementType, after.Visibility
	record.InvolvementTypeChangeReason = after.InvolvementTypeChangeReason
	if record.LifeCycle != nil || !sameEncoded(before.LifeCycle, after.LifeCycle) {
		record.LifeCycle = orEmpty(after.LifeCycle)
	}
	record.OpportunityTeam, record.Insights = after.OpportunityTeam, after.Insights
	record.CosellMotion, record.SoftwareRevenue = after.CosellMotion, after.SoftwareRevenue
	record.CosellMotionReason = after.CosellMotionReason
	if record.CosellMotion == nil || api.Value(before.CosellMotion) != *record.CosellMotion && sameEncoded(before.CosellMotionReason, after.CosellMotionReason) {
		record.CosellMotionReason = nil // it was about another choice
	}
	record.ExpectedCustomerSpend = orEmpty(after.Project).ExpectedCustomerSpend
	if len(record.ExpectedCustomerSpend) == 0 {
		record.ExpectedCustomerSpend = nil
	}
}

func sameEncoded(a, b any) bool {
	x, errX := api.Marshal(a)
	y, errY := api.Marshal(b)
	return errX == nil && errY == nil && string(x) == string(y)
}

// patched returns a view after a merge patch.
func patched(before *api.AwsOpportunitySummaryFullView, patch []byte) (*api.AwsOpportunitySummaryFullView, error) {
	document, err := operation.Encode("AWS's side", before)
	if err != nil {
		return nil, err
	}
	var target, change any
	if err := api.Unmarshal(document, &target); err != nil {
		return nil, fmt.Errorf("decode AWS's side: %w", err)
	}
	if err := api.Unmarshal(patch, &change); err != nil {
		return nil, errUnreadablePatch
	}
	if _, object := change.(map[string]any); !object {
		return nil, errUnreadablePatch
	}
	document, err = api.Marshal(merged(target, change))
	if err != nil {
		return nil, fmt.Errorf("encode patched summary: %w", err)
	}
	after := new(api.AwsOpportunitySummaryFullView)
	if err := api.Unmarshal(document, after); err != nil {
		return nil, errUnreadablePatch
	}
	return after, nil
}

var errUnreadablePatch = api.Invalid(api.ValidationExceptionReasonRequestValidationFailed, api.ValidationExceptionError{
	Code:    new(api.ValidationExceptionErrorCodeInvalidValue),
	Message: new("The patch must be an object with members of the summary, each of its own type"),
})

// merged is the algorithm of RFC 7396.
func merged(target, patch any) any {
	change, ok := patch.(map[string]any)
	if !ok {
		return patch
	}
	object, ok := target.(map[string]any)
	if !ok {
		object = map[string]any{}
	}
	for name, v := range change {
		if v == nil {
			delete(object, name)
		} else {
			object[name] = merged(object[name], v)
		}
	}
	return object
}

// awsNextSteps keeps the next steps that a change replaces: they join the history
// with the time of the change.
func (c *Call) awsNextSteps(before, after *api.AwsOpportunityLifeCycle) {
	if after == nil || before.NextSteps == nil || api.Value(after.NextSteps) == *before.NextSteps {
		return
	}
	history := append(slices.Clone(before.NextStepsHistory), api.ProfileNextStepsHistory{Value: before.NextSteps, Time: &c.Now})
	after.NextStepsHistory = history[max(0, len(history)-maxNextSteps):]
}

// What AWS is known to write in members that the contract leaves open
// (docs/behavior/review.md#awss-side).
var (
	cosellMotions       = []string{"AWS Field-engaged", "Agent-engaged", "Partner-led"}
	qualityTrends       = []string{"Improving", "Declining", "No Change"}
	recommendationTypes = []string{"OpportunityQuality", "SolutionRecommendation", "SpecialistRecommendation"}
)

// checkAwsChange says what AWS itself may not write of its side.
func checkAwsChange(f *rule.Findings, before, after *api.AwsOpportunitySummaryFullView) {
	for _, mirrored := range []struct {
		field string
		sent  bool
	}{
		{"relatedOpportunityId", after.RelatedOpportunityId != nil},
		{"origin", after.Origin != nil},
		{"relatedEntityIds", after.RelatedEntityIds != nil},
		{"customer", after.Customer != nil},
		{"project.awsPartition", after.Project != nil && after.Project.AwsPartition != nil},
	} {
		if mirrored.sent {
			f.NotPermitted(mirrored.field, rule.LastName(mirrored.field)+" is the partner's to write")
		}
	}
	checkAwsLifeCycle(f, orEmpty(before.LifeCycle), orEmpty(after.LifeCycle))
	checkInvolvement(f, before, after)
	knownValue(f, "cosellMotion", cosellMotions, after.CosellMotion)
	if after.CosellMotionReason != nil && after.CosellMotion == nil && before.CosellMotion == nil {
		f.InvalidValue("cosellMotionReason", "cosellMotionReason can be given only with cosellMotion")
	}
	insights := orEmpty(after.Insights)
	if insights.OpportunityQuality != nil {
		knownValue(f, "insights.opportunityQuality.trend", qualityTrends, insights.OpportunityQuality.Trend)
	}
	for i, recommendation := range insights.Recommendations {
		knownValue(f, fmt.Sprintf("insights.recommendations[%d].type", i), recommendationTypes, recommendation.Type)
	}
	if revenue := after.SoftwareRevenue; revenue != nil {
		checkAwsDates(f, "softwareRevenue.effectiveDate", revenue.EffectiveDate)
		checkAwsDates(f, "softwareRevenue.expirationDate", revenue.ExpirationDate)
		from, to := api.Value(revenue.EffectiveDate), api.Value(revenue.ExpirationDate)
		if rule.IsDate(from) && rule.IsDate(to) && to < from {
			f.InvalidValue("softwareRevenue.expirationDate", "Contract end date cannot be earlier than contract start date.")
		}
	}
}

func checkAwsLifeCycle(f *rule.Findings, before, after *api.AwsOpportunityLifeCycle) {
	lost := api.Value(after.Stage) == api.AwsOpportunityStageClosedLost
	switch {
	case lost && after.ClosedLostReason == nil:
		f.Missing(rule.FieldClosedLostReason, "Closed Lost Reason is required when closing the opportunity")
	case !lost && after.ClosedLostReason != nil:
		f.InvalidValue(rule.FieldClosedLostReason, "Closed Lost Reason is not acceptable until Opportunity has been 'Closed Lost'.")
	}
	checkAwsDates(f, rule.FieldTargetCloseDate, after.TargetCloseDate)
	if !sameEncoded(before.NextStepsHistory, after.NextStepsHistory) {
		f.NotPermitted("lifeCycle.nextStepsHistory", "nextStepsHistory is written by changing nextSteps")
	}
}

// checkInvolvement knows one change after the submission: AWS comes to sell along
// where it was only to know, and says why.
func checkInvolvement(f *rule.Findings, before, after *api.AwsOpportunitySummaryFullView) {
	was, is := api.Value(before.InvolvementType), api.Value(after.InvolvementType)
	moved := was == api.SalesInvolvementTypeForVisibilityOnly && is == api.SalesInvolvementTypeCoSell
	switch {
	case was == "" && (is != "" || after.Visibility != nil):
		f.NotPermitted("involvementType", "involvementType and visibility are chosen at submission")
	case was != is && !moved:
		f.NotPermitted("involvementType", "involvementType can only change from For Visibility Only to Co-Sell")
	case moved && after.InvolvementTypeChangeReason == nil:
		f.Missing("involvementTypeChangeReason", "involvementTypeChangeReason is required when involvementType changes")
	case !moved && before.InvolvementTypeChangeReason == nil && after.InvolvementTypeChangeReason != nil:
		f.NotPermitted("involvementTypeChangeReason", "involvementTypeChangeReason goes with a change of involvementType to Co-Sell")
	}
	if was != "" && after.Visibility == nil {
		f.Missing("visibility", "visibility is required after submission")
	}
	if is == api.SalesInvolvementTypeCoSell && api.Value(after.Visibility) == api.VisibilityLimited {
		f.NotPermitted("visibility", "Cannot set visibility to limited on a Co-Sell opportunity")
	}
}

func checkAwsDates(f *rule.Findings, field string, date *string) {
	if date != nil && !rule.IsDate(*date) {
		f.InvalidValue(field, rule.LastName(field)+rule.MessageDate)
	}
}

func knownValue(f *rule.Findings, field string, known []string, v *string) {
	if v != nil && !slices.Contains(known, *v) {
		f.InvalidEnum(field, rule.LastName(field)+" must be one of: "+strings.Join(known, ", "))
	}
}

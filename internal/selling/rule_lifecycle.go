package selling

import (
	"time"

	"cosell/internal/api"
)

const (
	fieldStage            = "lifeCycle.stage"
	fieldReviewStatus     = "lifeCycle.reviewStatus"
	fieldClosedLostReason = "lifeCycle.closedLostReason"
	fieldTargetCloseDate  = "lifeCycle.targetCloseDate"
	fieldSolutions        = "relatedEntityIdentifiers.solutions"
)

// messageFutureDate is what a close date that is not in the future is told, at
// creation and again at submission.
const messageFutureDate = "Invalid Data: Target Close Date should be a future date"

var lifeCycleRules = []rule{
	{"an opportunity begins in an open stage", func(r *review, f *findings) {
		if r.before == nil && closed(r.after.stage()) {
			f.notPermitted(fieldStage, "An opportunity cannot be created as "+string(r.after.stage())+
				"; create it in an open stage and move it once it is approved")
		}
	}},
	{"a lost opportunity has a reason", func(r *review, f *findings) {
		if r.after.stage() == api.StageClosedLost && r.after.lifeCycle().ClosedLostReason == nil {
			f.missing(fieldClosedLostReason, "Closed Lost Reason is required when closing the opportunity")
		}
	}},
	{"only a lost opportunity has a reason", func(r *review, f *findings) {
		if r.after.stage() != api.StageClosedLost && r.after.lifeCycle().ClosedLostReason != nil {
			f.value(fieldClosedLostReason, "Closed Lost Reason is not acceptable until Opportunity has been 'Closed Lost'.")
		}
	}},
	// A draft may name these stages before anything can be linked to it; then
	// submission asks.
	{"a commitment has a real solution", func(r *review, f *findings) {
		moved := r.before != nil && r.before.stage() != r.after.stage()
		if moved && committed(r.after.stage()) && !solved(r.related) {
			f.missing(fieldSolutions, messageSolution)
		}
	}},
	{"dates are of the calendar", func(r *review, f *findings) {
		revenue := r.after.revenue()
		for _, d := range []struct {
			field string
			date  *string
		}{
			{fieldTargetCloseDate, r.after.lifeCycle().TargetCloseDate},
			{fieldEffectiveDate, revenue.EffectiveDate},
			{fieldExpirationDate, revenue.ExpirationDate},
		} {
			if d.date != nil && !isDate(*d.date) {
				f.value(d.field, lastName(d.field)+" must be a day of the calendar, written YYYY-MM-DD")
			}
		}
	}},
	{"the close date is in the future", func(r *review, f *findings) {
		date := value(r.after.lifeCycle().TargetCloseDate)
		if isDate(date) && date != value(r.was().lifeCycle().TargetCloseDate) && date <= r.today {
			f.value(fieldTargetCloseDate, messageFutureDate)
		}
	}},
}

const messageSolution = "A solution, an AWS Marketplace solution or an AWS Marketplace product " +
	"must be associated with an opportunity in stage Committed or Launched"

// closed says whether a stage is an end.
func closed(stage api.Stage) bool {
	return stage == api.StageLaunched || stage == api.StageClosedLost
}

// committed says whether a stage needs a real solution, where a description of
// another one is no longer enough.
func committed(stage api.Stage) bool {
	return stage == api.StageCommitted || stage == api.StageLaunched
}

func solved(related *api.RelatedEntityIdentifiers) bool {
	related = orEmpty(related)
	return len(related.Solutions)+len(related.AwsMarketplaceSolutions)+len(related.AwsMarketplaceProducts) > 0
}

func isDate(text string) bool {
	_, err := time.Parse(time.DateOnly, text)
	return err == nil
}

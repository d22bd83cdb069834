package rule

import (
	"time"

	"cosell/internal/api"
)

// Names of fields, as violations give them.
const (
	fieldStage            = "lifeCycle.stage"
	FieldReviewStatus     = "lifeCycle.reviewStatus"
	FieldClosedLostReason = "lifeCycle.closedLostReason"
	FieldTargetCloseDate  = "lifeCycle.targetCloseDate"
	fieldSolutions        = "relatedEntityIdentifiers.solutions"
)

// messageFutureDate is the message of a close date that is not in the future, at
// creation and again at submission: AWS's text, and the date of the business clock.
func messageFutureDate(today string) string {
	return "Invalid Data: Target Close Date should be a future date; today is " + today + " on the business clock"
}

// MessageDate is the end of the message about a member that is not a date.
const MessageDate = " must be a valid date in YYYY-MM-DD format"

var lifeCycleRules = []rule{
	{"an opportunity is created in an open stage", func(e *Edit, f *Findings) {
		if e.Before == nil && closed(e.After.stage()) {
			f.NotPermitted(fieldStage, "An opportunity cannot be created as "+string(e.After.stage())+
				"; create it in an open stage and move it once it is approved")
		}
	}},
	// At creation Normalize gives the default; an update must say.
	{"an update names the stage", func(e *Edit, f *Findings) {
		if e.After.lifeCycle().Stage == nil {
			f.Missing(fieldStage, "stage is required")
		}
	}},
	{"a lost opportunity has a reason", func(e *Edit, f *Findings) {
		if e.After.stage() == api.StageClosedLost && e.After.lifeCycle().ClosedLostReason == nil {
			f.Missing(FieldClosedLostReason, "Closed Lost Reason is required when closing the opportunity")
		}
	}},
	{"only a lost opportunity has a reason", func(e *Edit, f *Findings) {
		if e.After.stage() != api.StageClosedLost && e.After.lifeCycle().ClosedLostReason != nil {
			f.InvalidValue(FieldClosedLostReason, "Closed Lost Reason is not acceptable until Opportunity has been 'Closed Lost'.")
		}
	}},
	// A draft may have these stages before anything is linked to it; submission
	// checks that.
	{"a commitment has a linked solution", func(e *Edit, f *Findings) {
		moved := e.Before != nil && e.Before.stage() != e.After.stage()
		if moved && NeedsSolution(e.After.stage()) && !HasSolution(e.Related) {
			f.Missing(fieldSolutions, messageSolution)
		}
	}},
	{"dates are valid", func(e *Edit, f *Findings) {
		revenue := e.After.revenue()
		for _, d := range []struct {
			field string
			date  *string
		}{
			{FieldTargetCloseDate, e.After.lifeCycle().TargetCloseDate},
			{fieldEffectiveDate, revenue.EffectiveDate},
			{fieldExpirationDate, revenue.ExpirationDate},
		} {
			if d.date != nil && !IsDate(*d.date) {
				f.InvalidValue(d.field, LastName(d.field)+MessageDate)
			}
		}
	}},
	{"the close date is in the future", func(e *Edit, f *Findings) {
		date := api.Value(e.After.lifeCycle().TargetCloseDate)
		if IsDate(date) && date != api.Value(e.was().lifeCycle().TargetCloseDate) && date <= e.Today {
			f.InvalidValue(FieldTargetCloseDate, messageFutureDate(e.Today))
		}
	}},
}

const messageSolution = "A solution, an AWS Marketplace solution or an AWS Marketplace product " +
	"must be associated with an opportunity in stage Committed or Launched"

// closed reports whether a stage is final.
func closed(stage api.Stage) bool {
	return stage == api.StageLaunched || stage == api.StageClosedLost
}

// NeedsSolution reports whether a stage needs a real solution, where a description of
// another one is no longer enough.
func NeedsSolution(stage api.Stage) bool {
	return stage == api.StageCommitted || stage == api.StageLaunched
}

// HasSolution reports whether a solution, an AWS Marketplace solution or an AWS
// Marketplace product is linked.
func HasSolution(related *api.RelatedEntityIdentifiers) bool {
	related = orEmpty(related)
	return len(related.Solutions)+len(related.AwsMarketplaceSolutions)+len(related.AwsMarketplaceProducts) > 0
}

// IsDate reports whether text is a valid date in YYYY-MM-DD format.
func IsDate(text string) bool {
	_, err := time.Parse(time.DateOnly, text)
	return err == nil
}

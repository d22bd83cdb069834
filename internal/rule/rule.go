// Package rule holds the rules that an opportunity's fields must follow: what is
// valid, what an update may change in which status, and what a submission must
// have. Its functions are pure: the caller passes in the stored content and
// today's date.
package rule

import (
	"slices"
	"strings"

	"cosell/internal/api"
)

// Edit is one write of an opportunity, to be checked against the rules. Both
// contents are normalized (see Content.Normalize).
type Edit struct {
	Before  *Content // nil at creation
	After   *Content
	Related *api.RelatedEntityIdentifiers // nil when nothing is linked
	Status  api.ReviewStatus              // as stored before this write; Pending Submission at creation
	// Involvement is what the opportunity was submitted with, nil before that.
	Involvement *api.SalesInvolvementType
	Today       string // the UTC date, YYYY-MM-DD
	// Estimated says that an estimator has looked up the links of pricing estimates.
	Estimated bool
}

// rule is one condition on what a partner writes, beyond the shapes of the
// contract. Rules judge members that are present; what must be present at
// submission is in submission.go.
type rule struct {
	name  string
	check func(e *Edit, f *Findings)
}

// rules are all checked, in this order, so that a partner sees everything that is
// wrong at once. See docs/behavior/opportunities.md.
var rules = slices.Concat(lifeCycleRules, customerRules, projectRules, marketingRules, spendRules)

// Violations returns everything that breaks a rule.
func (e *Edit) Violations() []api.ValidationExceptionError {
	var f Findings
	for _, rule := range rules {
		rule.check(e, &f)
	}
	if e.Before != nil && e.Status != api.ReviewStatusPendingSubmission {
		e.stillComplete(&f)
	}
	return f.List
}

// Refused returns everything that is wrong with an edit, the edit locks included.
// The required members come before the locks: while one is missing, what else is
// missing is not also reported as changed. A status that allows no edit is the
// whole answer (docs/behavior/opportunities.md#required-on-update).
func (e *Edit) Refused() []api.ValidationExceptionError {
	if e.Before == nil {
		return e.Violations()
	}
	if statusColumns[e.Status] == 0 {
		return e.Locked()
	}
	violations := e.Violations()
	if slices.ContainsFunc(violations, isMissing) {
		return violations
	}
	return append(violations, e.Locked()...)
}

// Cleared names the parts of an opportunity that an update removes by leaving them
// out, as the API names them.
func (e *Edit) Cleared() []string {
	was := e.was()
	var cleared []string
	for _, part := range []struct {
		name          string
		before, after bool // whether it is there
	}{
		{"PrimaryNeedsFromAws", was.PrimaryNeedsFromAws != nil, e.After.PrimaryNeedsFromAws != nil},
		{"PartnerOpportunityIdentifier", was.PartnerOpportunityIdentifier != nil, e.After.PartnerOpportunityIdentifier != nil},
		{"Customer.Account", orEmpty(was.Customer).Account != nil, orEmpty(e.After.Customer).Account != nil},
		{"Customer.Contacts", was.contacts() != nil, e.After.contacts() != nil},
		{"Project", was.Project != nil, e.After.Project != nil},
		{"OpportunityType", was.OpportunityType != nil, e.After.OpportunityType != nil},
		{"SoftwareRevenue", was.SoftwareRevenue != nil, e.After.SoftwareRevenue != nil},
		{"LifeCycle.NextSteps", was.lifeCycle().NextSteps != nil, e.After.lifeCycle().NextSteps != nil},
		{"LifeCycle.TargetCloseDate", was.lifeCycle().TargetCloseDate != nil, e.After.lifeCycle().TargetCloseDate != nil},
	} {
		if part.before && !part.after {
			cleared = append(cleared, part.name)
		}
	}
	return cleared
}

func isMissing(v api.ValidationExceptionError) bool {
	return *v.Code == api.ValidationExceptionErrorCodeRequiredFieldMissing
}

// was returns the content before the write, empty at creation.
func (e *Edit) was() *Content { return orEmpty(e.Before) }

// Refuse returns violations as an error, or nil when there are none. A broken
// estimation link alone has its own summary.
func Refuse(violations []api.ValidationExceptionError) error {
	if len(violations) == 0 {
		return nil
	}
	err := api.Invalid(api.ValidationExceptionReasonBusinessValidationFailed, violations...)
	if !slices.ContainsFunc(violations, func(v api.ValidationExceptionError) bool { return !aboutEstimation(v) }) {
		err.Message = "The provided Estimation URL is invalid"
	}
	return err
}

// Findings collects violations. Several elements of a list can break one rule
// with the same message; that is one violation.
type Findings struct {
	List []api.ValidationExceptionError
}

// Add adds a violation unless the same one is there already.
func (f *Findings) Add(field string, code api.ValidationExceptionErrorCode, message string) {
	same := func(v api.ValidationExceptionError) bool {
		return *v.FieldName == field && *v.Code == code && *v.Message == message
	}
	if !slices.ContainsFunc(f.List, same) {
		f.List = append(f.List, api.Violation(field, code, message))
	}
}

// names reports whether there is a violation of a field, or of one that contains it.
func (f *Findings) names(field string) bool {
	return slices.ContainsFunc(f.List, func(v api.ValidationExceptionError) bool {
		rest, within := strings.CutPrefix(field, *v.FieldName)
		return within && (rest == "" || rest[0] == '.')
	})
}

// Missing adds REQUIRED_FIELD_MISSING.
func (f *Findings) Missing(field, message string) {
	f.Add(field, api.ValidationExceptionErrorCodeRequiredFieldMissing, message)
}

// InvalidValue adds INVALID_VALUE.
func (f *Findings) InvalidValue(field, message string) {
	f.Add(field, api.ValidationExceptionErrorCodeInvalidValue, message)
}

// InvalidEnum adds INVALID_ENUM_VALUE.
func (f *Findings) InvalidEnum(field, message string) {
	f.Add(field, api.ValidationExceptionErrorCodeInvalidEnumValue, message)
}

// NotPermitted adds ACTION_NOT_PERMITTED.
func (f *Findings) NotPermitted(field, message string) {
	f.Add(field, api.ValidationExceptionErrorCodeActionNotPermitted, message)
}

// LastName returns the member at the end of a field's path.
func LastName(field string) string { return field[strings.LastIndexByte(field, '.')+1:] }

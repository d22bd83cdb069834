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
	Today   string                        // the UTC date, YYYY-MM-DD
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
	return f.List
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

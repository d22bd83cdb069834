package selling

import (
	"slices"
	"strings"

	"cosell/internal/api"
)

// review is one write of an opportunity, under the rules. Both contents are
// settled (see content.settle).
type review struct {
	before  *content // nil at creation
	after   *content
	related *api.RelatedEntityIdentifiers // nil when nothing is linked
	status  api.ReviewStatus              // as stored before this write; Pending Submission at creation
	today   string                        // the UTC date, YYYY-MM-DD
}

// rule is one thing that must hold of what a partner writes, apart from the
// shapes. Rules speak about members that are there; what must be there at
// submission is in completeness.go.
type rule struct {
	name  string
	check func(r *review, f *findings)
}

// rules are asked in this order, all of them, so that a partner sees everything
// that is wrong at once. See docs/behavior/opportunities.md.
var rules = slices.Concat(lifeCycleRules, customerRules, projectRules, marketingRules, spendRules)

// violations says everything that breaks a rule.
func (r *review) violations() []api.ValidationExceptionError {
	var f findings
	for _, rule := range rules {
		rule.check(r, &f)
	}
	return f.list
}

// was is the content before the write, empty at creation.
func (r *review) was() *content { return orEmpty(r.before) }

// refuse returns violations as an error, or nil when there are none. A broken
// estimation link alone has its own summary.
func refuse(violations []api.ValidationExceptionError) error {
	if len(violations) == 0 {
		return nil
	}
	err := api.Invalid(api.ValidationExceptionReasonBusinessValidationFailed, violations...)
	if !slices.ContainsFunc(violations, func(v api.ValidationExceptionError) bool { return !aboutEstimation(v) }) {
		err.Message = "The provided Estimation URL is invalid"
	}
	return err
}

// findings collects violations. Several elements of a list can break one rule
// in the same words; that is one violation.
type findings struct {
	list []api.ValidationExceptionError
}

func (f *findings) add(field string, code api.ValidationExceptionErrorCode, message string) {
	same := func(v api.ValidationExceptionError) bool {
		return *v.FieldName == field && *v.Code == code && *v.Message == message
	}
	if !slices.ContainsFunc(f.list, same) {
		f.list = append(f.list, api.Violation(field, code, message))
	}
}

func (f *findings) missing(field, message string) {
	f.add(field, api.ValidationExceptionErrorCodeRequiredFieldMissing, message)
}

func (f *findings) value(field, message string) {
	f.add(field, api.ValidationExceptionErrorCodeInvalidValue, message)
}

func (f *findings) enum(field, message string) {
	f.add(field, api.ValidationExceptionErrorCodeInvalidEnumValue, message)
}

func (f *findings) notPermitted(field, message string) {
	f.add(field, api.ValidationExceptionErrorCodeActionNotPermitted, message)
}

// lastName is the member at the end of a field's path.
func lastName(field string) string { return field[strings.LastIndexByte(field, '.')+1:] }

// The readers below give an empty structure where there is none, so that rules
// need not ask at every step. Only settle writes.

func (c *content) account() *api.Account {
	if c.Customer == nil || c.Customer.Account == nil {
		return &api.Account{}
	}
	return c.Customer.Account
}

func (c *content) address() *api.Address { return orEmpty(c.account().Address) }

func (c *content) contacts() []api.Contact { return orEmpty(c.Customer).Contacts }

func (c *content) project() *api.Project { return orEmpty(c.Project) }

func (c *content) marketing() *api.Marketing { return orEmpty(c.Marketing) }

func (c *content) revenue() *api.SoftwareRevenue { return orEmpty(c.SoftwareRevenue) }

func (c *content) lifeCycle() *api.LifeCycle { return orEmpty(c.LifeCycle) }

func (c *content) stage() api.Stage { return value(c.lifeCycle().Stage) }

func (c *content) secret() bool { return value(c.NationalSecurity) == api.NationalSecurityYes }

func orEmpty[T any](p *T) *T {
	if p == nil {
		return new(T)
	}
	return p
}

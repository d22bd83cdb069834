package bulk

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"cosell/internal/api"
	"cosell/internal/operation"
)

// The codes of rows that no operation saw.
const (
	codeMalformed = "MALFORMED_ROW"
	codeDuplicate = "DUPLICATE_ROW"
)

// outcome is what came of a record.
type outcome struct {
	result
	requestID string
}

func (o *outcome) fail(code, message string) {
	o.Code, o.Message = code, strings.ToValidUTF8(message, "\uFFFD")
}

// record processes one row. It returns an error only for a fault of ours; all else
// is the outcome.
func (c *Call) record(j *job, p *plan, cells []string, malformed error) (*outcome, error) {
	o := &outcome{requestID: strconv.FormatInt(j.Row, 10)}
	switch {
	case malformed != nil:
		o.fail(codeMalformed, malformed.Error())
		return o, nil
	case len(cells) > len(p.header):
		o.keep(cells[:len(p.header)])
		o.fail(codeMalformed, fmt.Sprintf("the row has %d cells; the header has %d columns", len(cells), len(p.header)))
		return o, nil
	case isBlank(cells):
		o.keep(padded(cells, len(p.header)))
		o.fail(codeMalformed, "the row is blank")
		return o, nil
	}
	cells = padded(cells, len(p.header))
	if err := c.identify(j, p, cells, o); err != nil || o.Code != "" {
		return o, err
	}
	err := c.apply(j, p, cells, o)
	if err != nil {
		code, message, ours := explain(err)
		if ours {
			return nil, err
		}
		o.fail(code, message)
	}
	if o.Code != "" || j.Family == accounts {
		o.keep(cells)
	}
	return o, nil
}

// keep keeps the cells of a row for the reports. They are copied: the reader uses
// them again.
func (o *outcome) keep(cells []string) { o.Cells = slices.Clone(cells) }

// padded returns a row with an empty cell for each that it lacks at its end.
func padded(cells []string, n int) []string {
	for len(cells) < n {
		cells = append(cells, "")
	}
	return cells
}

// identify reads what the row calls itself; no two rows may have one name.
func (c *Call) identify(j *job, p *plan, cells []string, o *outcome) error {
	id := p.cell(cells, roleRow)
	if id == "" {
		return nil
	}
	if utf8.RuneCountInString(id) > maxRowID {
		o.keep(cells)
		o.fail(codeMalformed, fmt.Sprintf("Row Id: must be at most %d characters long", maxRowID))
		return nil
	}
	o.requestID = id
	taken, err := c.Tx.HasBulkResult(j.Account, j.ID, id)
	if err != nil {
		return fmt.Errorf("look for a row: %w", err)
	}
	if taken {
		o.keep(cells)
		o.fail(codeDuplicate, "Row Id: another row of the file has it already")
	}
	return nil
}

// apply does what a row asks for. What fails leaves nothing behind, but for an
// opportunity that only an association of failed.
func (c *Call) apply(j *job, p *plan, cells []string, o *outcome) (err error) {
	switch {
	case j.Family == accounts:
		o.Resource, err = c.createAccount(j, p, cells)
		return err
	case p.update:
		o.Resource, err = c.updateOpportunity(j, p, cells)
	default:
		o.Resource, err = c.createOpportunity(j, p, cells)
	}
	if err != nil {
		return err
	}
	return c.associate(j, p, cells, o.Resource)
}

// errRefused says that an operation was refused where nothing keeps what it wrote
// apart from what other rows wrote.
var errRefused = errors.New("an operation was refused")

// attempt runs an operation. Where it is refused, nothing of it remains: its own
// savepoint sees to that, or the whole batch runs again, with savepoints. Those cost
// a sixth of a batch, and most batches need none.
func (c *Call) attempt(operation func() error) error {
	if c.savepoints {
		return c.Tx.Savepoint(operation)
	}
	err := operation()
	if err == nil {
		return nil
	}
	if _, _, ours := explain(err); ours {
		return err
	}
	return errRefused
}

// token is the client token of a row.
func (j *job) token() *string { return new(fmt.Sprintf("%s-%d", j.ID, j.Row)) }

// checked refuses a request that the contract refuses.
func checked(in api.Input) error {
	if violations := in.Check(); len(violations) > 0 {
		return api.Invalid(api.ValidationExceptionReasonRequestValidationFailed, violations...)
	}
	return nil
}

func (c *Call) createAccount(j *job, p *plan, cells []string) (string, error) {
	in := &api.CreateCustomerAccountRequest{Catalog: &j.Catalog, ClientToken: j.token(), Tags: p.tags(cells)}
	if err := p.fill(in, cells); err != nil {
		return "", err
	}
	if err := checked(in); err != nil {
		return "", err
	}
	var out *api.CreateCustomerAccountResponse
	if err := c.attempt(func() (err error) {
		out, err = c.config.CustomerAccounts(c.Call).ImportCustomerAccount(in, j.ID)
		return err
	}); err != nil {
		return "", err
	}
	return *out.Id, nil
}

func (c *Call) createOpportunity(j *job, p *plan, cells []string) (string, error) {
	in := &api.CreateOpportunityRequest{
		Catalog: &j.Catalog, ClientToken: j.token(), Tags: p.tags(cells),
		Origin: new(api.OpportunityOriginPartnerReferral),
	}
	if err := p.fill(in, cells); err != nil {
		return "", err
	}
	if err := checked(in); err != nil {
		return "", err
	}
	var out *api.CreateOpportunityResponse
	if err := c.attempt(func() (err error) {
		out, err = c.config.Opportunities(c.Call).CreateOpportunity(in)
		return err
	}); err != nil {
		return "", err
	}
	return *out.Id, nil
}

// updateOpportunity changes what the file has columns for; the rest stays.
func (c *Call) updateOpportunity(j *job, p *plan, cells []string) (string, error) {
	id := p.cell(cells, roleIdentifier)
	if id == "" {
		return "", &cellError{"identifier", "is required"}
	}
	ops := c.config.Opportunities(c.Call)
	get := &api.GetOpportunityRequest{Catalog: &j.Catalog, Identifier: &id}
	if err := checked(get); err != nil {
		return "", err
	}
	document, err := ops.GetOpportunity(get)
	if err != nil {
		return "", err
	}
	in, err := operation.Decode[api.UpdateOpportunityRequest]("opportunity", document)
	if err != nil {
		return "", err
	}
	in.Catalog, in.Identifier = &j.Catalog, &id
	if lock := p.cell(cells, roleLock); lock != "" {
		at, err := time.Parse(time.RFC3339, lock)
		if err != nil {
			return "", &cellError{"lastModifiedDate", "must be a time like 2026-11-28T09:30:00Z"}
		}
		in.LastModifiedDate = new(api.NewTimestamp(at))
	}
	if err := p.fill(in, cells); err != nil {
		return "", err
	}
	if err := checked(in); err != nil {
		return "", err
	}
	if err := c.attempt(func() error {
		c.DoingAs(j.ID, "UpdateOpportunity")
		_, err := ops.UpdateOpportunity(in)
		return err
	}); err != nil {
		return "", err
	}
	return id, nil
}

// associate links an opportunity with what the row names.
func (c *Call) associate(j *job, p *plan, cells []string, id string) error {
	for _, role := range relatedOrder {
		for name := range strings.SplitSeq(p.cell(cells, role), ";") {
			if name = strings.TrimSpace(name); name == "" {
				continue
			}
			in := &api.AssociateOpportunityRequest{
				Catalog: &j.Catalog, OpportunityIdentifier: &id,
				RelatedEntityType: new(related[role]), RelatedEntityIdentifier: &name,
			}
			if err := checked(in); err != nil {
				return err
			}
			c.DoingAs(j.ID, "AssociateOpportunity")
			if err := c.attempt(func() error { return c.config.Opportunities(c.Call).AssociateOpportunity(in) }); err != nil {
				return err
			}
		}
	}
	return nil
}

// maxProblems is how many problems of a record its message names.
const maxProblems = 5

// explain returns the code and the message of a record that was refused, and whether
// it was a fault of ours instead (docs/behavior/bulk-jobs.md#record-errors).
func explain(err error) (code, message string, ours bool) {
	if cell, ok := errors.AsType[*cellError](err); ok {
		return string(api.ValidationExceptionErrorCodeInvalidValue), cell.Error(), false
	}
	e, ok := errors.AsType[*api.Error](err)
	if !ok || e.Type == api.TypeInternalServer {
		return "", "", true
	}
	if len(e.ErrorList) == 0 {
		return strings.TrimSuffix(e.Type, "Exception"), e.Message, false
	}
	var problems []string
	for _, v := range e.ErrorList[:min(len(e.ErrorList), maxProblems)] {
		problem := api.Value(v.Message)
		if field := api.Value(v.FieldName); field != "" {
			problem = field + ": " + problem
		}
		problems = append(problems, problem)
	}
	first := cmp.Or(string(api.Value(e.ErrorList[0].Code)), strings.TrimSuffix(e.Type, "Exception"))
	return first, strings.Join(problems, "; "), false
}

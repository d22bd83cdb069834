package proposal_test

import (
	"context"
	"encoding/json"
	"errors"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"cosell/internal/api"
	"cosell/internal/auth"
	"cosell/internal/clock"
	"cosell/internal/demo"
	"cosell/internal/ids"
	"cosell/internal/proposal"
	"cosell/internal/service"
	"cosell/internal/store/enginetest"
)

const (
	alice   = "000000000000"
	bob     = "111122223333"
	sandbox = "Sandbox"
)

var start = time.Date(2027, 1, 11, 9, 30, 0, 0, time.UTC)

// desk is a service on an empty store, with a business clock that only the test moves.
type desk struct {
	*service.Service

	t     *testing.T
	clock *clock.Adjustable
	// before is called when an approval is about to be carried out; nil does nothing.
	before func()
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	d := &desk{t: t, clock: clock.Over(clock.Frozen(start))}
	var err error
	d.Service, err = service.New(t.Context(), service.Config{
		Store: enginetest.Open(t), Clock: d.clock, IDs: ids.New(d.clock.Now, rand.NewChaCha8([32]byte{7})),
		Lookup: func(_ context.Context, key string) (auth.Principal, error) { return principal(key), nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// world makes the records of the demonstration and returns their identifiers by name.
func (d *desk) world() map[string]string {
	d.t.Helper()
	files, err := demo.Files()
	if err != nil {
		d.t.Fatal(err)
	}
	named, err := d.LoadFixtures(d.t.Context(), files)
	if err != nil {
		d.t.Fatal(err)
	}
	return named
}

// principal is who signs with the development key of an account.
func principal(account string) auth.Principal {
	return auth.Principal{Account: account, AccessKeyID: account, ARN: "arn:aws:iam::" + account + ":root"}
}

// input decodes and checks a request as the wire does.
func input(op *api.Operation, body []byte) (api.Input, error) {
	in := op.NewInput()
	if err := api.Unmarshal(body, in); err != nil {
		return nil, err
	}
	if found := in.Check(); found != nil {
		return nil, api.Invalid(api.ValidationExceptionReasonRequestValidationFailed, found...)
	}
	return in, nil
}

// call answers an operation, which must succeed, and decodes its answer.
func (d *desk) call(account, operation string, in map[string]any, out any) {
	d.t.Helper()
	answer, err := d.carry(d.t.Context(), principal(account), operation, encode(d.t, in))
	if err != nil {
		d.t.Fatalf("%s: %v", operation, err)
	}
	if out != nil {
		if err := json.Unmarshal(answer, out); err != nil {
			d.t.Fatal(err)
		}
	}
}

func encode(t *testing.T, v any) []byte {
	t.Helper()
	encoded, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return encoded
}

// carry carries out an operation; it implements [proposal.Carry].
func (d *desk) carry(ctx context.Context, as auth.Principal, operation string, request []byte) ([]byte, error) {
	if d.before != nil {
		d.before()
	}
	op, ok := api.Lookup(operation)
	if !ok {
		return nil, errors.New("no operation " + operation)
	}
	in, err := input(op, request)
	if err != nil {
		return nil, err
	}
	answer, err := d.Do(ctx, as, op, in)
	if err != nil || answer == nil {
		return []byte("{}"), err
	}
	return api.Marshal(answer)
}

// receipt is the answer to who proposes.
type receipt struct {
	Token, Status, Record, Comments, Error string
	Changes                                []proposal.Change
	Answer                                 json.RawMessage
}

func (r *receipt) change(field string) *proposal.Change {
	for i := range r.Changes {
		if r.Changes[i].Field == field {
			return &r.Changes[i]
		}
	}
	return nil
}

// propose proposes an operation.
func (d *desk) propose(account, operation string, in map[string]any) (*receipt, error) {
	d.t.Helper()
	op, ok := api.LookupIn(proposal.Operations, proposal.Prefix+operation)
	if !ok {
		d.t.Fatalf("%s cannot be proposed", operation)
	}
	checked, err := input(op, encode(d.t, in))
	if err != nil {
		return nil, err
	}
	answer, err := d.Proposals.Do(d.t.Context(), principal(account), op, checked)
	if err != nil {
		return nil, err
	}
	made, ok := answer.(api.Raw)
	if !ok {
		d.t.Fatalf("answered %T", answer)
	}
	var r receipt
	if err := json.Unmarshal(made, &r); err != nil {
		d.t.Fatal(err)
	}
	return &r, nil
}

// proposed proposes what must be taken.
func (d *desk) proposed(account, operation string, in map[string]any) *receipt {
	d.t.Helper()
	r, err := d.propose(account, operation, in)
	if err != nil {
		d.t.Fatalf("%s: %v", operation, err)
	}
	return r
}

func (d *desk) approve(token, by string) (*proposal.Proposal, error) {
	return d.Proposals.Approve(d.t.Context(), d.carry, token, by, "")
}

// status returns the state of a proposal as operators see it.
func (d *desk) status(token string) string {
	d.t.Helper()
	p, err := d.Proposals.Show(d.t.Context(), token)
	if err != nil {
		d.t.Fatal(err)
	}
	return p.Status
}

// opportunities returns how many opportunities an account has.
func (d *desk) opportunities(account string) int {
	d.t.Helper()
	var list struct{ OpportunitySummaries []json.RawMessage }
	d.call(account, "ListOpportunities", map[string]any{"Catalog": sandbox}, &list)
	return len(list.OpportunitySummaries)
}

// draft is a new opportunity of a company.
func draft(company string) map[string]any {
	return map[string]any{
		"Catalog": sandbox, "ClientToken": company, "Origin": "Partner Referral",
		"Customer": map[string]any{"Account": map[string]any{"CompanyName": company}},
	}
}

// conflicts reports whether an error is a conflict whose message has a text.
func conflicts(t *testing.T, err error, text string) {
	t.Helper()
	if e, ok := errors.AsType[*api.Error](err); !ok || e.Type != api.TypeConflict || !strings.Contains(e.Message, text) {
		t.Errorf("got %v, want a conflict: %s", err, text)
	}
}

// Package proposal keeps what programs propose to change until a person decides. A
// proposal is an operation with its request: it was tried and undone when it was made, so
// that it is known to be right and what it would change, and it is carried out in the
// name of its caller once someone approves it.
package proposal

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"cosell/internal/access"
	"cosell/internal/api"
	"cosell/internal/auth"
	"cosell/internal/operation"
	"cosell/internal/store"
)

// The states of a proposal.
const (
	Pending  = "PENDING"
	Approved = "APPROVED" // and carried out
	Rejected = "REJECTED"
	Failed   = "FAILED"  // it was approved, and could not be carried out any more
	Expired  = "EXPIRED" // never stored: it is pending, and its time is over
)

const (
	// Lifetime is how long a proposal may be approved, by the business clock.
	Lifetime = 7 * 24 * time.Hour
	// MaxPending is how many proposals of an account may wait.
	MaxPending = 100
	// maxRequest bounds the request of a proposal, in bytes.
	maxRequest = 136 << 10
	// MaxComments bounds what a person says of a decision.
	MaxComments = 500
)

// Config configures a Service. All fields are required.
type Config struct {
	Runner *operation.Runner
	// Invoke runs an operation in the transaction of a call.
	Invoke func(c *operation.Call, op *api.Operation, in api.Input) (any, error)
	// Lookup returns the principal of an access key, or why it may no longer be used.
	Lookup func(ctx context.Context, accessKeyID string) (auth.Principal, error)
}

// Service is safe for concurrent use.
type Service struct{ Config }

// New returns a Service.
func New(c Config) *Service { return &Service{c} }

// Proposal is a proposal as it is shown.
type Proposal struct {
	Token     string
	Status    string
	Account   string
	Principal string // ARN of who proposes it
	Operator  string // who proposes it in the name of the account; "" for callers with keys
	Operation string
	Catalog   string
	Record    string // identifier of the record that it changes; "" where it makes one
	// Subject is what it is about: a title or the name of a company, "" where there is none.
	Subject   string
	CreatedAt api.Timestamp
	ExpiresAt api.Timestamp
	Changes   []Change
	// Omitted is how many more changes there are.
	Omitted int
	Request api.Raw
	Decision
}

// Decision is what became of a proposal.
type Decision struct {
	DecidedBy string        `json:",omitzero"` // name of the operator
	DecidedAt api.Timestamp `json:",omitzero"`
	Comments  string        `json:",omitzero"`
	Answer    api.Raw       `json:",omitzero"` // of the operation
	Error     string        `json:",omitzero"` // why it could not be carried out
	// Attempt tells one approval from another that comes at the same time.
	Attempt string `json:",omitzero"`
}

// document is the stored form of what is proposed.
type document struct {
	Operation, Catalog, Record string
	Subject                    string `json:",omitzero"`
	Request                    api.Raw
	Changes                    []Change
	Omitted                    int
	// Base is the hash of the record as it was; "" where there was none.
	Base string `json:",omitzero"`
	// Principal, PrincipalID and KeyID are whose proposal it is.
	Principal          string
	PrincipalID, KeyID string `json:",omitzero"`
	// Operator is who proposed it in the name of an account, "" where its caller has a key.
	Operator string `json:",omitzero"`
}

func shown(p *store.Proposal, now api.Timestamp) (*Proposal, *document, error) {
	d, err := operation.Decode[document]("proposal", p.Document)
	if err != nil {
		return nil, nil, err
	}
	decision, err := operation.Decode[Decision]("decision", p.Decision)
	if err != nil {
		return nil, nil, err
	}
	out := &Proposal{
		Token: p.Token, Status: p.Status, Account: p.Account, Principal: d.Principal, Operator: d.Operator, Operation: d.Operation, Catalog: d.Catalog, Record: d.Record, Subject: d.Subject,
		CreatedAt: api.Timestamp(p.CreatedAt), ExpiresAt: api.Timestamp(p.ExpiresAt), Changes: d.Changes, Omitted: d.Omitted, Request: d.Request,
		Decision: *decision,
	}
	if p.Status == Pending && int64(now) >= p.ExpiresAt {
		out.Status = Expired
	}
	return out, d, nil
}

// errTried undoes what trying a proposal changed.
var errTried = errors.New("the proposal was tried")

// Do implements the service of package awsjson: it answers [Operations].
func (s *Service) Do(ctx context.Context, caller auth.Principal, op *api.Operation, in api.Input) (any, error) {
	if asked, ok := in.(*GetProposalRequest); ok {
		return s.own(ctx, caller, *asked.ProposalToken)
	}
	name := strings.TrimPrefix(op.Name, Prefix)
	proposed, ok := api.Lookup(name)
	if !ok {
		return nil, fmt.Errorf("propose the unknown operation %s", name)
	}
	if caller.Identity != nil && caller.Identity.Session != nil {
		return nil, api.AccessDenied("Proposals need the access key of a user: temporary credentials may end before a person decides")
	}
	request, err := operation.Encode("request", in)
	if err != nil {
		return nil, err
	}
	if len(request) > maxRequest {
		return nil, api.Invalid(api.ValidationExceptionReasonRequestValidationFailed, api.Violation("body", api.ValidationExceptionErrorCodeTooManyValues,
			fmt.Sprintf("is too large; must have at most %d bytes", maxRequest)))
	}
	var answer *receipt
	err = s.Runner.Update(ctx, caller, func(c *operation.Call) error {
		made, err := s.propose(c, operatorOf(ctx, caller), proposed, in, request)
		answer = made
		return err
	})
	if err != nil {
		return nil, err
	}
	return encoded(answer)
}

// receipt is the answer to who proposes, or asks what became of a proposal.
type receipt struct {
	Token, Status, Operation string
	Record                   string `json:",omitzero"`
	ExpiresAt                api.Timestamp
	Changes                  []Change
	Omitted                  int           `json:",omitzero"`
	DecidedAt                api.Timestamp `json:",omitzero"`
	Comments                 string        `json:",omitzero"`
	Answer                   api.Raw       `json:",omitzero"`
	Error                    string        `json:",omitzero"`
}

func receiptOf(p *Proposal) *receipt {
	return &receipt{
		p.Token, p.Status, p.Operation, p.Record, p.ExpiresAt, p.Changes, p.Omitted, p.DecidedAt, p.Comments, p.Answer, p.Error,
	}
}

func encoded(v any) (any, error) {
	raw, err := operation.Encode("answer", v)
	return api.Raw(raw), err
}

// own returns a proposal to the caller who made it.
func (s *Service) own(ctx context.Context, caller auth.Principal, token string) (out any, err error) {
	err = s.Runner.View(ctx, caller, func(c *operation.Call) error {
		p, d, err := s.find(c, token)
		if err != nil {
			return err
		}
		if p.Account != caller.Account || d.Principal != caller.ARN || d.PrincipalID != idOf(caller) {
			return api.NotFound("") // or of one who had the caller's name before
		}
		out, err = encoded(receiptOf(p))
		return err
	})
	return out, err
}

func (s *Service) find(c *operation.Call, token string) (*Proposal, *document, error) {
	stored, err := c.Tx.Proposal(token)
	if err := operation.Found("proposal", err); err != nil {
		return nil, nil, err
	}
	return shown(stored, c.Now)
}

// idOf returns the unique id of a caller, "" of a root user.
func idOf(caller auth.Principal) string {
	if caller.Identity == nil {
		return ""
	}
	return caller.Identity.ID
}

// operatorOf returns the name of the operator who calls in the name of an account, "" where
// the caller has a key.
func operatorOf(ctx context.Context, caller auth.Principal) string {
	if i := access.From(ctx); i != nil && caller.AccessKeyID == "" {
		return i.Name
	}
	return ""
}

func (s *Service) propose(c *operation.Call, operator string, op *api.Operation, in api.Input, request []byte) (*receipt, error) {
	waiting, err := c.Tx.CountProposals(c.Caller.Account, Pending, int64(c.Now), MaxPending)
	if err != nil {
		return nil, err
	}
	if waiting >= MaxPending {
		return nil, api.QuotaExceeded(fmt.Sprintf("The account has %d proposals that await a decision; there may be no more", MaxPending))
	}
	d := document{
		Operation: op.Name, Catalog: in.CatalogName(), Request: request,
		Principal: c.Caller.ARN, PrincipalID: idOf(c.Caller), KeyID: c.Caller.AccessKeyID, Operator: operator,
	}
	before, after, err := s.try(c, op, in)
	if err != nil {
		return nil, err
	}
	if target := targetOf(op, in); target != nil {
		d.Record = target.id
	}
	d.Subject = cmp.Or(subject(before), subject(request))
	if before != nil {
		d.Base = hashOf(before)
	} else {
		after = request
	}
	if d.Changes, d.Omitted = difference(before, after); len(d.Changes) == 0 {
		d.Changes, d.Omitted = difference(nil, request) // what is done beside the record
	}
	content, err := operation.Encode("proposal", &d)
	if err != nil {
		return nil, err
	}
	p := &store.Proposal{
		Token:   "prop-" + strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(c.IDs.Bytes(tokenSize))),
		Account: c.Caller.Account, Status: Pending, CreatedAt: int64(c.Now), ExpiresAt: int64(c.Now) + Lifetime.Milliseconds(),
		Document: content, Decision: []byte("{}"),
	}
	if err := c.Tx.InsertProposal(p); err != nil {
		return nil, fmt.Errorf("add proposal: %w", err)
	}
	out, _, err := shown(p, c.Now)
	if err != nil {
		return nil, err
	}
	return receiptOf(out), nil
}

const tokenSize = 15

// try runs an operation, undoes it, and returns the record that it changes before and
// after; both are nil where it changes none that exists.
func (s *Service) try(c *operation.Call, op *api.Operation, in api.Input) (before, after []byte, err error) {
	target := targetOf(op, in)
	if before, err = s.read(c, target); err != nil {
		return nil, nil, err
	}
	err = c.Tx.Savepoint(func() error {
		if _, err := s.Invoke(c, op, in); err != nil {
			return err
		}
		if before != nil {
			if after, err = s.read(c, target); err != nil {
				return err
			}
		}
		return errTried
	})
	if !errors.Is(err, errTried) {
		return nil, nil, err
	}
	return before, after, nil
}

// read returns a record as its caller reads it, nil where there is none.
func (s *Service) read(c *operation.Call, t *target) ([]byte, error) {
	if t == nil {
		return nil, nil
	}
	out, err := s.Invoke(c, t.op, t.in)
	if e, ok := errors.AsType[*api.Error](err); ok && e.Type == api.TypeResourceNotFound {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if raw, ok := out.(api.Raw); ok {
		return raw, nil
	}
	return operation.Encode("record", out)
}

func hashOf(record []byte) string {
	sum := sha256.Sum256(record)
	return hex.EncodeToString(sum[:])
}

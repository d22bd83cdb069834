package proposal

import (
	"context"
	"errors"
	"fmt"

	"cosell/internal/api"
	"cosell/internal/auth"
	"cosell/internal/operation"
	"cosell/internal/store"
)

// Carry carries out an operation in the name of a principal, with everything that a
// request of that principal would meet, and returns its answer. An error that the
// principal would see is an *api.Error.
type Carry func(ctx context.Context, as auth.Principal, operation string, request []byte) ([]byte, error)

// Query selects proposals; what is empty selects all.
type Query struct {
	Account, Status string
	Limit           int
}

// List returns proposals, the newest first.
func (s *Service) List(ctx context.Context, q Query) (all []Proposal, err error) {
	status := q.Status
	if status == Expired {
		status = Pending
	}
	err = s.Runner.View(ctx, auth.Principal{}, func(c *operation.Call) error {
		all = nil
		found, err := c.Tx.Proposals(q.Account, status, q.Limit)
		if err != nil {
			return err
		}
		for i := range found {
			p, _, err := shown(&found[i], c.Now)
			if err != nil {
				return err
			}
			if q.Status == "" || q.Status == p.Status {
				all = append(all, *p)
			}
		}
		return nil
	})
	return all, err
}

// Waiting returns how many proposals of an account, or of all where it is empty, await a
// decision, counted up to most.
func (s *Service) Waiting(ctx context.Context, account string, most int) (n int, err error) {
	err = s.Runner.View(ctx, auth.Principal{}, func(c *operation.Call) error {
		n, err = c.Tx.CountProposals(account, Pending, int64(c.Now), most)
		return err
	})
	return n, err
}

// Show returns a proposal, or a ResourceNotFoundException.
func (s *Service) Show(ctx context.Context, token string) (*Proposal, error) {
	p, _, err := s.load(ctx, token)
	return p, err
}

func (s *Service) load(ctx context.Context, token string) (p *Proposal, d *document, err error) {
	err = s.Runner.View(ctx, auth.Principal{}, func(c *operation.Call) error {
		p, d, err = s.find(c, token)
		return err
	})
	return p, d, err
}

// Reject ends a proposal without carrying it out.
func (s *Service) Reject(ctx context.Context, token, operator, comments string) (*Proposal, error) {
	err := s.Runner.Update(ctx, auth.Principal{}, func(c *operation.Call) error {
		p, _, err := s.find(c, token)
		if err != nil {
			return err
		}
		if err := undecided(p); err != nil {
			return err
		}
		return s.decide(c, token, Pending, Rejected, Decision{DecidedBy: operator, DecidedAt: c.Now, Comments: comments})
	})
	if err != nil {
		return nil, err
	}
	return s.Show(ctx, token)
}

// undecided returns why a proposal cannot be decided any more.
func undecided(p *Proposal) error {
	switch p.Status {
	case Pending:
		return nil
	case Expired:
		return api.Conflict(fmt.Sprintf("The proposal expired at %s; it must be proposed again", p.ExpiresAt))
	default:
		return api.Conflict(fmt.Sprintf("The proposal is %s already, since %s by %s", p.Status, p.DecidedAt, p.DecidedBy))
	}
}

func (s *Service) decide(c *operation.Call, token, from, to string, d Decision) error {
	content, err := operation.Encode("decision", &d)
	if err != nil {
		return err
	}
	return c.Tx.DecideProposal(token, from, to, content)
}

// Approve carries a proposal out and returns it as it is then. That it is approved is
// committed together with what the operation writes, so it happens once.
func (s *Service) Approve(ctx context.Context, carry Carry, token, operator, comments string) (*Proposal, error) {
	p, d, err := s.load(ctx, token)
	if err != nil {
		return nil, err
	}
	if err := undecided(p); err != nil {
		return nil, err
	}
	as, err := s.proposer(ctx, p, d)
	if err != nil {
		return nil, err
	}
	var decision Decision
	approval := func(c *operation.Call) error {
		if decision.Attempt == "" {
			decision = Decision{DecidedBy: operator, DecidedAt: c.Now, Comments: comments, Attempt: c.IDs.UUID()}
		}
		return s.approve(c, token, decision)
	}
	answer, failed := carry(operation.WithPrelude(ctx, approval), as, d.Operation, d.Request)
	err = s.finish(context.WithoutCancel(ctx), token, decision, answer, failed)
	if failed != nil || err != nil {
		return nil, errors.Join(failed, err)
	}
	return s.Show(ctx, token)
}

// approve is the part of an approval in the transaction of the operation.
func (s *Service) approve(c *operation.Call, token string, decision Decision) error {
	p, d, err := s.find(c, token)
	if err != nil {
		return err
	}
	if p.Status == Approved && p.Attempt == decision.Attempt {
		return nil // a further transaction of the same operation
	}
	if err := undecided(p); err != nil {
		return err
	}
	if err := s.unchanged(c, d); err != nil {
		return err
	}
	err = s.decide(c, token, Pending, Approved, decision)
	if errors.Is(err, store.ErrNotFound) {
		return store.ErrStale
	}
	return err
}

// unchanged refuses a proposal whose record is another than it was.
func (s *Service) unchanged(c *operation.Call, d *document) error {
	if d.Base == "" {
		return nil
	}
	op, _ := api.Lookup(d.Operation)
	in := op.NewInput()
	if err := api.Unmarshal(d.Request, in); err != nil {
		return fmt.Errorf("decode request: %w", err)
	}
	now, err := s.read(c, targetOf(op, in))
	if err != nil {
		return err
	}
	if now == nil || hashOf(now) != d.Base {
		return api.Conflict(d.Record + " was changed since this was proposed; read it again and propose the change anew")
	}
	return nil
}

// proposer returns who proposed, if that principal may still call.
func (s *Service) proposer(ctx context.Context, p *Proposal, d *document) (auth.Principal, error) {
	if d.KeyID == "" { // an operator proposed it in the name of the account
		return auth.Principal{Account: p.Account, ARN: d.Principal}, nil
	}
	as, err := s.Lookup(ctx, d.KeyID)
	if err != nil {
		if _, ok := errors.AsType[*api.Error](err); ok {
			return as, api.Conflict("The access key that proposed this is inactive or deleted; it must be proposed again with another one")
		}
		return as, err
	}
	if as.Account != p.Account || as.ARN != d.Principal || idOf(as) != d.PrincipalID {
		return as, api.Conflict("The access key that proposed this belongs to somebody else now; it must be proposed again")
	}
	return as, nil
}

// finish keeps what came of an approval.
func (s *Service) finish(ctx context.Context, token string, d Decision, answer []byte, failed error) error {
	from, to := Approved, Approved
	switch e, _ := errors.AsType[*api.Error](failed); {
	case failed == nil:
		d.Answer = answer
	case e == nil || e.Type == api.TypeThrottling || e.Type == api.TypeInternalServer:
		return nil // it may be tried again, unless it was carried out
	default:
		from, to, d.Error = Pending, Failed, e.Message
	}
	return s.Runner.Update(ctx, auth.Principal{}, func(c *operation.Call) error {
		if d.DecidedAt == 0 {
			return nil
		}
		err := s.decide(c, token, from, to, d)
		if errors.Is(err, store.ErrNotFound) {
			return nil // somebody else decided
		}
		return err
	})
}

package operator

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"cosell/internal/access"
	"cosell/internal/api"
	"cosell/internal/proposal"
)

// Proposals has what programs propose to change; *proposal.Service does.
type Proposals interface {
	List(ctx context.Context, q proposal.Query) ([]proposal.Proposal, error)
	Waiting(ctx context.Context, account string, most int) (int, error)
	Show(ctx context.Context, token string) (*proposal.Proposal, error)
	Approve(ctx context.Context, carry proposal.Carry, token, operator, comments string) (*proposal.Proposal, error)
	Reject(ctx context.Context, token, operator, comments string) (*proposal.Proposal, error)
}

type proposalChange struct {
	Field  string `json:"field" example:"Project.Title"`
	Before string `json:"before,omitempty" doc:"Absent where the field is added"`
	After  string `json:"after,omitempty" doc:"Absent where the field is removed"`
}

type proposed struct {
	Token     string           `json:"token" example:"prop-k5cwqz2vbnuyhm6a3ejrt7xd"`
	Status    string           `json:"status" enum:"PENDING,APPROVED,REJECTED,FAILED,EXPIRED" doc:"APPROVED is carried out; FAILED was approved and could not be carried out"`
	Account   string           `json:"account"`
	Principal string           `json:"principal" doc:"ARN of who proposed it, in whose name it is carried out"`
	Operator  string           `json:"operator,omitempty" doc:"Name of the operator who proposed it in the name of the account; absent where its caller has a key"`
	Operation string           `json:"operation" example:"UpdateOpportunity"`
	Catalog   string           `json:"catalog,omitempty"`
	Record    string           `json:"record,omitempty" doc:"Identifier of the record that it changes; absent where it makes one"`
	Subject   string           `json:"subject,omitempty" doc:"What it is about: a title or the name of a company, from the record or the request"`
	CreatedAt time.Time        `json:"createdAt"`
	ExpiresAt time.Time        `json:"expiresAt"`
	Changes   []proposalChange `json:"changes" nullable:"false" doc:"What it would change; of a new record, what it would have"`
	Omitted   int              `json:"omitted,omitempty" doc:"How many more changes there are"`
	Request   any              `json:"request" doc:"The request of the operation"`
	DecidedBy string           `json:"decidedBy,omitempty" doc:"Name of the operator"`
	DecidedAt *time.Time       `json:"decidedAt,omitempty"`
	Comments  string           `json:"comments,omitempty"`
	Answer    any              `json:"answer,omitempty" doc:"What the operation answered"`
	Error     string           `json:"error,omitempty" doc:"Why it could not be carried out"`
}

type proposalList struct {
	Proposals []proposed `json:"proposals" nullable:"false" doc:"The newest first"`
	Waiting   int        `json:"waiting" doc:"How many await a decision in all, counted up to 1000"`
}

type proposalQuery struct {
	Account string `query:"account" pattern:"^([0-9]{12}|aws)$" patternDescription:"an account of twelve digits, or aws" doc:"Only this account"`
	Status  string `query:"status" enum:"PENDING,APPROVED,REJECTED,FAILED,EXPIRED" doc:"Only this status"`
	Limit   int    `query:"limit" minimum:"1" maximum:"1000" default:"100"`
}

// ProposalPath is the part of a path that names a proposal. It is exported because huma
// ignores embedded structures that are not.
type ProposalPath struct {
	Token string `path:"token" pattern:"^prop-[a-z2-7]{24}$" patternDescription:"prop- and 24 letters or digits" example:"prop-k5cwqz2vbnuyhm6a3ejrt7xd"`
}

type proposalDecision struct {
	ProposalPath

	Body struct {
		Comments string `json:"comments,omitempty" maxLength:"500" doc:"What the program that proposed it reads"`
	}
}

// mostProposals is how many proposals are counted and listed at most.
const mostProposals = 1000

func (c Config) proposalRoutes(rest huma.API) {
	tag := "Proposals"
	decides := func(o *huma.Operation) {
		// Nothing is created at the path.
		o.DefaultStatus = http.StatusOK
		o.Errors = []int{http.StatusForbidden, http.StatusNotFound, http.StatusConflict, http.StatusUnprocessableEntity}
	}
	huma.Get(rest, "/proposals", func(ctx context.Context, in *proposalQuery) (*body[proposalList], error) {
		found, err := c.Proposals.List(ctx, proposal.Query{Account: in.Account, Status: in.Status, Limit: in.Limit})
		if err != nil {
			return nil, c.fault(ctx, err)
		}
		waiting, err := c.Proposals.Waiting(ctx, in.Account, mostProposals)
		if err != nil {
			return nil, c.fault(ctx, err)
		}
		list := proposalList{Proposals: make([]proposed, len(found)), Waiting: waiting}
		for i := range found {
			list.Proposals[i] = proposedOf(&found[i])
		}
		return &body[proposalList]{list}, nil
	}, tagged(tag, "List what programs propose"))
	huma.Get(rest, "/proposals/{token}", func(ctx context.Context, in *ProposalPath) (*body[proposed], error) {
		p, err := c.proposal(ctx, in.Token)
		if err != nil {
			return nil, err
		}
		return &body[proposed]{proposedOf(p)}, nil
	}, tagged(tag, "Read a proposal"))
	huma.Post(rest, "/proposals/{token}/approve", func(ctx context.Context, in *proposalDecision) (*body[proposed], error) {
		return c.decide(ctx, in, func(p *proposal.Proposal, by *access.Identity) (*proposal.Proposal, error) {
			if err := mayApprove(p, by); err != nil {
				return nil, err
			}
			return c.Proposals.Approve(ctx, c.Carry, in.Token, by.Name, in.Body.Comments)
		})
	}, tagged(tag, "Approve a proposal, which carries it out"), decides)
	huma.Post(rest, "/proposals/{token}/reject", func(ctx context.Context, in *proposalDecision) (*body[proposed], error) {
		return c.decide(ctx, in, func(_ *proposal.Proposal, by *access.Identity) (*proposal.Proposal, error) {
			return c.Proposals.Reject(ctx, in.Token, by.Name, in.Body.Comments)
		})
	}, tagged(tag, "Reject a proposal"), decides)
}

// proposal returns a proposal that the operator may see.
func (c Config) proposal(ctx context.Context, token string) (*proposal.Proposal, error) {
	p, err := c.Proposals.Show(ctx, token)
	if err != nil {
		return nil, c.refusal(ctx, err, "path")
	}
	return p, covers(ctx, p.Account)
}

func (c Config) decide(ctx context.Context, in *proposalDecision, decide func(*proposal.Proposal, *access.Identity) (*proposal.Proposal, error)) (*body[proposed], error) {
	found, err := c.proposal(ctx, in.Token)
	if err != nil {
		return nil, err
	}
	p, err := decide(found, access.From(ctx))
	if err != nil {
		return nil, c.refusal(ctx, err, "request")
	}
	return &body[proposed]{proposedOf(p)}, nil
}

// mayApprove returns why an operator may not approve a proposal. What an operator proposed
// in the name of an account is approved by one who may act for accounts, and by another one:
// the program that has a token must not approve what it proposed with it.
func mayApprove(p *proposal.Proposal, by *access.Identity) error {
	switch {
	case p.Operator == "" || by.Local:
		return nil
	case by.Role != access.Administrator:
		return huma.Error403Forbidden("operator: has the role " + string(by.Role) + "; must be an administrator to approve what an operator proposed in the name of an account")
	case by.Name == p.Operator:
		return huma.Error403Forbidden("operator: proposed this itself; must be another one to approve it")
	}
	return nil
}

func proposedOf(p *proposal.Proposal) proposed {
	out := proposed{
		Token: p.Token, Status: p.Status, Account: p.Account, Principal: p.Principal, Operator: p.Operator, Operation: p.Operation, Catalog: p.Catalog, Record: p.Record, Subject: p.Subject,
		CreatedAt: p.CreatedAt.Time(), ExpiresAt: p.ExpiresAt.Time(), Changes: make([]proposalChange, len(p.Changes)), Omitted: p.Omitted,
		Request: raw(p.Request), DecidedBy: p.DecidedBy, Comments: p.Comments, Answer: raw(p.Answer), Error: p.Error,
	}
	for i, change := range p.Changes {
		out.Changes[i] = proposalChange(change)
	}
	if p.DecidedAt != 0 {
		out.DecidedAt = new(p.DecidedAt.Time())
	}
	return out
}

// raw returns JSON as it is, nil without any.
func raw(content api.Raw) any {
	if len(content) == 0 {
		return nil
	}
	return json.RawMessage(content)
}

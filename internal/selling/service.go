// Package selling is the subject: the co-sell rules behind every operation.
//
// An operation is a method of Call, which holds one store transaction and the
// caller; operations build on one another by calling each other's methods.
package selling

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"log/slog"

	"cosell/internal/api"
	"cosell/internal/auth"
	"cosell/internal/clock"
	"cosell/internal/ids"
	"cosell/internal/pagetoken"
	"cosell/internal/rule"
	"cosell/internal/secrets"
	"cosell/internal/store"
)

// Config is what a Service is built on. Store, Clock and IDs are required.
type Config struct {
	Store store.Store
	Clock clock.Clock // business time
	IDs   *ids.Source
	// Secrets keeps the installation's secrets; nil stores them unsealed.
	Secrets *secrets.Keeper
	// Products checks the codes of AWS products; nil accepts every code.
	Products *ProductCatalogue
	// Estimator resolves links to pricing estimates; nil resolves none.
	Estimator rule.Estimator
	// Insights tells prospecting tasks of customers; nil makes them up.
	Insights Insights
	// Wake tells the workers of this process that there is work; nil leaves it
	// to their poll.
	Wake func()
	// Log is told of faults that are dealt with; nil is slog's default.
	Log *slog.Logger
}

// Service answers the operations of the API.
type Service struct {
	Config
	random readerFunc
	pages  *pagetoken.Sealer
}

// New returns a Service on its configuration. It reads the key of the page
// tokens from the store, and makes one the first time.
func New(ctx context.Context, c Config) (*Service, error) {
	s := &Service{Config: c}
	if s.Log == nil {
		s.Log = slog.Default()
	}
	if s.Insights == nil {
		s.Insights = inventedInsights{}
	}
	s.random = func(b []byte) (int, error) { return copy(b, c.IDs.Bytes(len(b))), nil }
	keeper := c.Secrets
	if keeper == nil {
		var err error
		if keeper, err = secrets.New(nil, s.random); err != nil {
			return nil, err
		}
	}
	var key []byte
	err := c.Store.Update(ctx, func(tx *store.Tx) (err error) {
		key, err = keeper.Bytes(tx, "page-token", pagetoken.KeySize)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read page token key: %w", err)
	}
	if s.pages, err = pagetoken.New(key, s.random); err != nil {
		return nil, err
	}
	return s, nil
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(b []byte) (int, error) { return f(b) }

// handler answers one operation inside a transaction.
type handler func(*Call, api.Input) (any, error)

func answer[I api.Input, O any](f func(*Call, I) (*O, error)) handler {
	return func(c *Call, in api.Input) (any, error) {
		out, err := f(c, input[I](in))
		if err != nil {
			return nil, err
		}
		return out, nil
	}
}

// input returns a request as its operation's own type.
func input[I api.Input](in api.Input) I {
	return in.(I) //nolint:forcetypeassert // the operations table made it of this type
}

// encoded is for operations whose answer is encoded already.
func encoded[I api.Input](f func(*Call, I) (api.Raw, error)) handler {
	return func(c *Call, in api.Input) (any, error) { return f(c, input[I](in)) }
}

func done[I api.Input](f func(*Call, I) error) handler {
	return func(c *Call, in api.Input) (any, error) { return nil, f(c, input[I](in)) }
}

// handlers are the operations that work. What is not here answers
// UnknownOperationException.
var handlers = map[string]handler{
	"AcceptEngagementInvitation":               done((*Call).AcceptEngagementInvitation),
	"AssignOpportunity":                        done((*Call).AssignOpportunity),
	"AssociateOpportunity":                     done((*Call).AssociateOpportunity),
	"CreateEngagement":                         answer((*Call).CreateEngagement),
	"CreateEngagementContext":                  answer((*Call).CreateEngagementContext),
	"CreateEngagementInvitation":               answer((*Call).CreateEngagementInvitation),
	"CreateOpportunity":                        answer((*Call).CreateOpportunity),
	"CreateResourceSnapshot":                   answer((*Call).CreateResourceSnapshot),
	"CreateResourceSnapshotJob":                answer((*Call).CreateResourceSnapshotJob),
	"DeleteResourceSnapshotJob":                done((*Call).DeleteResourceSnapshotJob),
	"DisassociateOpportunity":                  done((*Call).DisassociateOpportunity),
	"GetAwsOpportunitySummary":                 answer((*Call).GetAwsOpportunitySummary),
	"GetEngagement":                            answer((*Call).GetEngagement),
	"GetEngagementInvitation":                  answer((*Call).GetEngagementInvitation),
	"GetOpportunity":                           encoded((*Call).GetOpportunity),
	"GetProspectingFromEngagementTask":         answer((*Call).GetProspectingFromEngagementTask),
	"GetResourceSnapshot":                      encoded((*Call).GetResourceSnapshot),
	"GetResourceSnapshotJob":                   answer((*Call).GetResourceSnapshotJob),
	"GetSellingSystemSettings":                 answer((*Call).GetSellingSystemSettings),
	"ListEngagementByAcceptingInvitationTasks": answer((*Call).ListEngagementByAcceptingInvitationTasks),
	"ListEngagementFromOpportunityTasks":       answer((*Call).ListEngagementFromOpportunityTasks),
	"ListEngagementInvitations":                answer((*Call).ListEngagementInvitations),
	"ListEngagementMembers":                    answer((*Call).ListEngagementMembers),
	"ListEngagementResourceAssociations":       answer((*Call).ListEngagementResourceAssociations),
	"ListEngagements":                          answer((*Call).ListEngagements),
	"ListOpportunities":                        encoded((*Call).ListOpportunities),
	"ListOpportunityFromEngagementTasks":       answer((*Call).ListOpportunityFromEngagementTasks),
	"ListProspectingFromEngagementTasks":       answer((*Call).ListProspectingFromEngagementTasks),
	"ListResourceSnapshotJobs":                 answer((*Call).ListResourceSnapshotJobs),
	"ListResourceSnapshots":                    answer((*Call).ListResourceSnapshots),
	"ListSolutions":                            answer((*Call).ListSolutions),
	"ListTagsForResource":                      answer((*Call).ListTagsForResource),
	"PutSellingSystemSettings":                 answer((*Call).PutSellingSystemSettings),
	"RejectEngagementInvitation":               done((*Call).RejectEngagementInvitation),
	"StartProspectingFromEngagementTask":       answer((*Call).StartProspectingFromEngagementTask),
	"StartResourceSnapshotJob":                 done((*Call).StartResourceSnapshotJob),
	"StopResourceSnapshotJob":                  done((*Call).StopResourceSnapshotJob),
	"SubmitOpportunity":                        done((*Call).SubmitOpportunity),
	"TagResource":                              answer((*Call).TagResource),
	"UntagResource":                            answer((*Call).UntagResource),
	"UpdateEngagementContext":                  answer((*Call).UpdateEngagementContext),
	"UpdateOpportunity":                        answer((*Call).UpdateOpportunity),
}

// Serves says whether an operation of the contract works here.
func (s *Service) Serves(operation string) bool {
	_, answers := handlers[operation]
	_, starts := taskStarters[operation]
	return answers || starts
}

// Do answers one operation for a caller, in one transaction. The output is nil
// where the operation has none. The input has been checked against the contract.
// An error is an *api.Error, or a fault of ours.
func (s *Service) Do(ctx context.Context, caller auth.Principal, op *api.Operation, in api.Input) (any, error) {
	if starter, ok := taskStarters[op.Name]; ok {
		return s.start(ctx, caller, op, in, starter)
	}
	handle, ok := handlers[op.Name]
	if !ok {
		return nil, &api.Error{
			Type:    "UnknownOperationException",
			Message: "The operation " + op.Name + " is not available on this server yet",
		}
	}
	if op.ReadOnly {
		return s.run(ctx, s.Store.View, caller, func(c *Call) (any, error) { return handle(c, in) })
	}
	token := store.ClientToken{
		Account: caller.Account, Catalog: in.CatalogName(), Operation: op.Name, Token: in.Token(),
	}
	if token.Token == "" {
		return s.run(ctx, s.Store.Update, caller, func(c *Call) (any, error) { return handle(c, in) })
	}
	hash, err := requestHash(in)
	if err != nil {
		return nil, err
	}
	return s.run(store.Repeatable(ctx), s.Store.Update, caller, func(c *Call) (any, error) {
		return c.once(token, hash, func() (any, error) { return handle(c, in) })
	})
}

// run opens a transaction with begin and runs fn in it.
func (s *Service) run(
	ctx context.Context, begin func(context.Context, func(*store.Tx) error) error,
	caller auth.Principal, fn func(*Call) (any, error),
) (out any, err error) {
	enqueued := false
	err = begin(ctx, func(tx *store.Tx) error {
		var err error
		out, err = fn(s.call(tx, caller, &enqueued))
		return err
	})
	if err != nil {
		return nil, err
	}
	if enqueued && s.Wake != nil {
		s.Wake()
	}
	return out, nil
}

func (s *Service) call(tx *store.Tx, caller auth.Principal, enqueued *bool) *Call {
	return &Call{Service: s, tx: tx, caller: caller, now: api.NewTimestamp(s.Clock.Now()), enqueued: enqueued}
}

// requestHash identifies what a request says: members that are absent, null or
// unknown make no difference, nor does their order.
func requestHash(in api.Input) (string, error) {
	body, err := api.Marshal(in)
	if err != nil {
		return "", fmt.Errorf("hash request: %w", err)
	}
	sum := sha256.Sum256(body)
	return hex.EncodeToString(sum[:]), nil
}

// once runs fn for the first use of a client token and answers as that did for
// every later one. The same token with another request is a conflict
// (docs/behavior/errors.md#client-tokens).
func (c *Call) once(token store.ClientToken, hash string, fn func() (any, error)) (api.Raw, error) {
	first, err := c.tx.Once(token, func() (r store.ClientTokenRecord, err error) {
		out, err := fn()
		if err != nil {
			return r, err
		}
		response, err := api.Marshal(out)
		if err != nil {
			return r, fmt.Errorf("encode answer: %w", err)
		}
		return store.ClientTokenRecord{RequestHash: hash, Response: response, CreatedAt: int64(c.now)}, nil
	})
	if err != nil {
		return nil, err
	}
	if first.RequestHash != hash {
		return nil, api.Conflict("Conflicting client token submitted for a new request body.")
	}
	return api.Raw(first.Response), nil
}

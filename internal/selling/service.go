// Package selling holds the co-selling operations: opportunities, engagements,
// invitations, snapshots, tasks and AWS's review.
//
// An operation is a method of Call, which embeds one store transaction and its
// caller; operations build on one another by calling each other's methods.
package selling

import (
	"context"

	"cosell/internal/api"
	"cosell/internal/auth"
	"cosell/internal/insight"
	"cosell/internal/operation"
	"cosell/internal/rule"
	"cosell/internal/store"
)

// Config is what selling operations need beside a transaction.
type Config struct {
	// Products checks the codes of AWS products; nil accepts every code.
	Products *ProductCatalog
	// Estimator resolves links to pricing estimates; nil resolves none.
	Estimator rule.Estimator
	// Insights tells prospecting tasks of customers; nil makes them up.
	Insights insight.Source
	// Roles decides what snapshot jobs may do; nil allows them everything.
	Roles JobRoles
	// Recorder keeps what snapshot jobs do; nil keeps nothing.
	Recorder JobRecorder
}

// JobRecorder keeps in the audit what jobs do.
type JobRecorder interface {
	// Job adds what a job did as a principal to the transaction in which the job does it.
	Job(tx *store.Tx, who auth.Principal, service, operation string, request api.Input, answer any) error
	// JobRefused adds that an operation of a job was refused, or the role for it.
	JobRefused(tx *store.Tx, who auth.Principal, job *auth.Job, operation string, request api.Input, why *api.Error) error
}

// JobRoles decides what jobs may do as the roles that accounts give them.
type JobRoles interface {
	// CheckJob refuses an operation that a job's role may not take. Its error may be told
	// to the owner of the job. It returns the session of the role, which has only an
	// account where there is no role.
	CheckJob(tx *store.Tx, job *auth.Job, operation string, in api.Input) (auth.Principal, error)
}

// Service runs the selling operations of the operator, and makes the calls for
// those of the API. It opens transactions; a Call cannot.
type Service struct {
	runner *operation.Runner
	config Config
}

// New returns a Service whose transactions the runner opens.
func New(r *operation.Runner, c Config) *Service {
	if c.Insights == nil {
		c.Insights = insight.Invented{}
	}
	return &Service{runner: r, config: c}
}

// Call returns the selling operations in a transaction.
func (s *Service) Call(c *operation.Call) Call { return Call{Call: c, Config: &s.config} }

func (s *Service) update(ctx context.Context, caller auth.Principal, fn func(*Call) error) error {
	return s.runner.Update(ctx, caller, s.with(fn))
}

func (s *Service) view(ctx context.Context, caller auth.Principal, fn func(*Call) error) error {
	return s.runner.View(ctx, caller, s.with(fn))
}

func (s *Service) with(fn func(*Call) error) func(*operation.Call) error {
	return func(c *operation.Call) error {
		call := s.Call(c)
		return fn(&call)
	}
}

// WorkHandlers handle the work that selling operations enqueue.
func (s *Service) WorkHandlers() map[string]operation.WorkHandler {
	return map[string]operation.WorkHandler{
		workExpireInvitation: handler(s, (*Call).handleExpireInvitation, nil),
		workProspect:         handler(s, (*Call).handleProspect, nil),
		workReview:           handler(s, (*Call).handleReview, nil),
		workSnapshot:         handler(s, (*Call).handleSnapshot, (*Call).snapshotFailed),
		workTask:             handler(s, (*Call).handleTask, (*Call).taskFaulted),
	}
}

// handler returns the handler of work with a payload of type P. failed is
// optional.
func handler[P any](s *Service, handle func(*Call, *P) error, failed func(*Call, *P, string) error) operation.WorkHandler {
	return operation.NewWorkHandler(
		func(c *operation.Call, payload *P) error {
			call := s.Call(c)
			return handle(&call, payload)
		},
		func(c *operation.Call, payload *P, reason string) error {
			if failed == nil {
				return nil
			}
			call := s.Call(c)
			return failed(&call, payload, reason)
		})
}

// Continuations go on with the operations that are more than one transaction.
func (s *Service) Continuations() map[string]operation.Continuation {
	all := map[string]operation.Continuation{}
	for _, kind := range taskKinds {
		all[kind.operation] = s.continueTask
	}
	return all
}

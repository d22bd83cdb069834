// Package customer holds the operations on customer accounts: a partner's own
// records of its customers, which are matched with the customers that AWS knows and
// enriched with facts and scores about them.
//
// Matching runs as work on the business clock, by the policy of the catalog
// (docs/behavior/customer-accounts.md#matching).
package customer

import (
	"context"

	"cosell/internal/auth"
	"cosell/internal/insight"
	"cosell/internal/operation"
	"cosell/internal/store"
	"cosell/internal/tagging"
)

// Config is what the operations need beside a transaction.
type Config struct {
	// Insights describes the customers that accounts are matched with; nil makes them up.
	Insights insight.Source
	// MaxAccounts is how many customer accounts an account may have in a catalog; 0
	// is no limit.
	MaxAccounts int64
}

// Service runs the operations of the operator, and makes the calls for those of the
// API. It opens transactions; a Call cannot.
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

// Call is an operation on customer accounts in its transaction. Its exported
// methods are the operations of the API.
type Call struct {
	*operation.Call
	*Config
}

// Call returns the operations in a transaction.
func (s *Service) Call(c *operation.Call) Call { return Call{Call: c, Config: &s.config} }

// WorkHandlers handle the work that the operations enqueue.
func (s *Service) WorkHandlers() map[string]operation.WorkHandler {
	return map[string]operation.WorkHandler{
		workMatch: {Handle: func(c *operation.Call, payload []byte) error {
			call := s.Call(c)
			return call.handleMatch(payload)
		}},
	}
}

// TaggableKinds are the resources of this family that take tags.
func (s *Service) TaggableKinds() []tagging.Kind {
	key := func(c *operation.Call, catalog, id string) store.CustomerAccountKey {
		return store.CustomerAccountKey{Account: c.Caller.Account, Catalog: catalog, ID: id}
	}
	return []tagging.Kind{{
		Name: kind, Most: maxTags,
		Check: func(c *operation.Call, catalog, id string) error {
			_, err := c.Tx.CustomerAccount(key(c, catalog, id))
			return operation.Found("customer account", err)
		},
		Lock: func(c *operation.Call, catalog, id string) error {
			return c.Tx.LockCustomerAccount(key(c, catalog, id))
		},
	}}
}

// update runs fn for an account in a transaction of its own.
func (s *Service) update(ctx context.Context, account string, fn func(*Call) error) error {
	return s.runner.Update(ctx, auth.Principal{Account: account}, func(c *operation.Call) error {
		call := s.Call(c)
		return fn(&call)
	})
}

// view runs fn for an account in a transaction that only reads.
func (s *Service) view(ctx context.Context, account string, fn func(*Call) error) error {
	return s.runner.View(ctx, auth.Principal{Account: account}, func(c *operation.Call) error {
		call := s.Call(c)
		return fn(&call)
	})
}

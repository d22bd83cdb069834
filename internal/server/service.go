package server

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"time"

	"cosell/internal/access"
	"cosell/internal/api"
	"cosell/internal/audit"
	"cosell/internal/auth"
	"cosell/internal/authorization"
	"cosell/internal/clock"
	"cosell/internal/customer"
	"cosell/internal/events/bus"
	"cosell/internal/events/delivery"
	"cosell/internal/identity"
	"cosell/internal/ids"
	"cosell/internal/outbound"
	"cosell/internal/queue"
	"cosell/internal/readlag"
	"cosell/internal/retention"
	"cosell/internal/searchfold"
	"cosell/internal/selling"
	"cosell/internal/service"
	"cosell/internal/store"
	"cosell/internal/timekeeper"
)

// openService opens the store of a server, and the service and background work on it.
func (c *Config) openService(ctx context.Context, s *Server) (*service.Service, error) {
	opened, err := c.Store(ctx)
	if err != nil {
		return nil, err
	}
	s.store = s.observer.Store(opened)
	s.lagging = readlag.New(s.store, s.clock, s.faults.ReadLag)
	if embedded, ok := opened.(interface {
		FileSizes() (database, log int64, err error)
	}); ok {
		s.fileSizes = embedded.FileSizes
		s.observer.Disk(s.fileSizes)
	}
	if err := c.openIdentities(ctx, s); err != nil {
		return nil, err
	}
	answers, err := service.New(ctx, service.Config{
		Store: s.lagging, Clock: s.clock, IDs: s.ids, Secrets: c.Secrets, Log: s.log,
		Wake: func() { s.worker.Wake() }, Emitted: func() { s.events.Wake() },
		Lookup:   s.principal,
		Selling:  selling.Config{Products: c.Products, Roles: s.authorizer, Recorder: jobs{s}},
		Customer: customer.Config{MaxAccounts: c.MaxCustomerAccounts}, PublicURL: c.PublicURL, PresignedFile: s.presignedFile,
		Buckets: c.Buckets,
	})
	if err != nil {
		return nil, err
	}
	if err := errors.Join(c.openAccess(ctx, s), c.openAudit(ctx, s)); err != nil {
		return nil, err
	}
	c.openEvents(s, answers.Bus)
	answers.Webhooks = s.events
	s.worker = queue.New(queue.Config{
		Store: s.store, Clock: s.clock, Handler: answers, Prepare: answers.Prepare, Log: s.log,
		Alone: c.Alone,
	})
	s.cleaner = retention.New(retention.Config{
		Store: s.store, Clock: s.clock, Real: s.base, Log: s.log,
		Policy: c.Retention, Audit: s.audit.Removable, Removed: s.observer.Removed(), Needed: []func(*store.Tx) (int64, bool, error){(*store.Tx).NeededEvents},
	})
	s.folder = searchfold.New(s.store, s.log)
	if err := s.folder.Prepare(ctx); err != nil {
		return nil, fmt.Errorf("make search rows: %w", err)
	}
	s.time = timekeeper.New(s.store, s.clock, s.log, s.worker.Wake)
	if !c.Start.IsZero() || c.Frozen {
		return answers, s.time.Save(ctx) // in place of what the store has from another run
	}
	return answers, s.time.Load(ctx)
}

// openIdentities opens what knows the principals of accounts, and what they may do.
func (c *Config) openIdentities(ctx context.Context, s *Server) (err error) {
	s.identities, err = identity.New(ctx, identity.Config{
		Store: s.store, Secrets: c.Secrets, Random: rand.Reader, Now: clock.System().Now, Log: s.log, Development: !c.Strict,
	})
	if err != nil {
		return err
	}
	s.authorizer = authorization.New(authorization.Config{Identities: s.identities, Store: s.store, Now: clock.System().Now, Strict: c.Strict})
	return nil
}

// openAccess opens what knows the operators of a server.
func (c *Config) openAccess(ctx context.Context, s *Server) (err error) {
	s.access, err = access.New(ctx, access.Config{
		Store: s.store, Secrets: c.Secrets, Now: clock.System().Now, Random: rand.Reader, Log: s.log, FirstToken: c.OperatorToken, Users: s.identities,
	})
	return err
}

// auditSettle is how long after its sequence was drawn a row of the audit may be
// committed where several servers share a store. It is well above what a transaction
// may take, and leaves room for clocks that differ.
const auditSettle = 2 * time.Minute

// openAudit opens the audit of a server.
func (c *Config) openAudit(ctx context.Context, s *Server) error {
	config := audit.Config{
		Store: s.store, IDs: ids.System(), Mode: c.Audit, Now: clock.System().Now, Log: s.log, File: c.AuditFile,
		Events: c.AuditEvents, Emitted: func() { s.events.Wake() },
	}
	if !c.Alone {
		config.Settle = auditSettle
	}
	err := s.store.Update(ctx, func(tx *store.Tx) (err error) {
		config.Key, err = c.Secrets.Bytes(tx, "audit-chain", audit.KeySize)
		return err
	})
	if err != nil {
		return fmt.Errorf("read audit key: %w", err)
	}
	s.audit, err = audit.New(ctx, config)
	return err
}

// openEvents makes the engine that delivers events.
func (c *Config) openEvents(s *Server, rules *bus.Service) {
	s.events = delivery.New(delivery.Config{
		Store: s.store, Secrets: c.Secrets, Outbound: outbound.New(c.Outbound), Sinks: c.Sinks, Log: s.log,
		Alone: c.Alone, Real: clock.System(), Sent: s.observer.Deliveries(s.store), Faults: s.faults,
		OpenConnection: func(connection *store.EventConnection) ([]byte, error) {
			parameters, err := rules.OpenConnection(connection)
			if err != nil {
				return nil, err
			}
			return api.Marshal(parameters)
		},
	})
}

// jobs keeps in the audit of a server, which is opened after its service, what jobs do.
type jobs struct{ server *Server }

// Job implements [selling.JobRecorder].
func (j jobs) Job(tx *store.Tx, who auth.Principal, service, operation string, in api.Input, answer any) error {
	return j.server.audit.Job(tx, who, service, operation, in, answer)
}

// JobRefused implements [selling.JobRecorder].
func (j jobs) JobRefused(tx *store.Tx, who auth.Principal, job *auth.Job, operation string, in api.Input, why *api.Error) error {
	return j.server.audit.JobRefused(tx, who, job, operation, in, why)
}

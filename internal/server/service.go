package server

import (
	"context"
	"crypto/rand"

	"cosell/internal/access"
	"cosell/internal/api"
	"cosell/internal/authorization"
	"cosell/internal/clock"
	"cosell/internal/customer"
	"cosell/internal/events/bus"
	"cosell/internal/events/delivery"
	"cosell/internal/identity"
	"cosell/internal/outbound"
	"cosell/internal/retention"
	"cosell/internal/searchfold"
	"cosell/internal/selling"
	"cosell/internal/service"
	"cosell/internal/store"
	"cosell/internal/timekeeper"
	"cosell/internal/work"
)

// openService opens the store of a server, and the service and background work on it.
func (c *Config) openService(ctx context.Context, s *Server) (*service.Service, error) {
	opened, err := c.Store(ctx)
	if err != nil {
		return nil, err
	}
	s.store = s.observer.Store(opened)
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
		Store: s.store, Clock: s.clock, IDs: s.ids, Secrets: c.Secrets, Log: s.log,
		Wake: func() { s.worker.Wake() }, Emitted: func() { s.events.Wake() },
		Selling:  selling.Config{Products: c.Products},
		Customer: customer.Config{MaxAccounts: c.MaxCustomerAccounts}, PublicURL: c.PublicURL, PresignedFile: s.presignedFile,
	})
	if err != nil {
		return nil, err
	}
	if err := c.openAccess(ctx, s); err != nil {
		return nil, err
	}
	c.openEvents(s, answers.Bus)
	s.worker = work.New(work.Config{
		Store: s.store, Clock: s.clock, Performer: answers, Log: s.log,
		Alone: c.Alone,
	})
	s.cleaner = retention.New(retention.Config{
		Store: s.store, Clock: s.clock, Real: s.base, Log: s.log,
		Policy: c.Retention, Removed: s.observer.Removed(), Needed: []func(*store.Tx) (int64, bool, error){(*store.Tx).NeededEvents},
	})
	s.folder = searchfold.New(s.store, s.log)
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
	s.authorizer = authorization.New(authorization.Config{Identities: s.identities, Store: s.store, Now: clock.System().Now})
	return nil
}

// openAccess opens what knows the operators of a server.
func (c *Config) openAccess(ctx context.Context, s *Server) (err error) {
	s.access, err = access.New(ctx, access.Config{
		Store: s.store, Secrets: c.Secrets, Now: clock.System().Now, Random: rand.Reader, Log: s.log, FirstToken: c.OperatorToken,
	})
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

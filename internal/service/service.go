// Package service answers every operation of the API: it joins the families of
// operations (package selling and its siblings) into one, and runs each operation
// in its transaction, under its client token.
package service

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"net/url"

	"cosell/internal/api"
	"cosell/internal/audit"
	"cosell/internal/auth"
	"cosell/internal/buckets"
	"cosell/internal/bulk"
	"cosell/internal/clock"
	"cosell/internal/customer"
	"cosell/internal/events/bus"
	"cosell/internal/feature"
	"cosell/internal/files"
	"cosell/internal/ids"
	"cosell/internal/operation"
	"cosell/internal/proposal"
	"cosell/internal/reports"
	"cosell/internal/secrets"
	"cosell/internal/selling"
	"cosell/internal/store"
	"cosell/internal/tagging"
)

// Config is what a Service is built on. Store, Clock and IDs are required.
type Config struct {
	Store store.Store
	Clock clock.Clock // business time
	IDs   *ids.Source
	// Secrets holds the installation's secrets; nil stores them unsealed.
	Secrets *secrets.Keeper
	// Wake is called after a commit that enqueued work; nil leaves the work to the
	// workers' poll.
	Wake func()
	// Emitted is called after a commit that appended events.
	Emitted func()
	// Log receives faults that are handled; nil is slog's default.
	Log *slog.Logger

	Selling  selling.Config
	Customer customer.Config

	// Lookup returns the principal of an access key, or why it may no longer be used; it
	// is required for proposals.
	Lookup func(ctx context.Context, accessKeyID string) (auth.Principal, error)
	// PresignedFile returns who presigned the URL of one of this server's files for
	// reading, or why an account may not read the file by it; nil takes no such URL.
	PresignedFile func(u *url.URL, reader string) (auth.Principal, error)
	// PublicURL is the address of the server as clients know it; "" uses that of
	// each request.
	PublicURL string
	// Buckets reads objects of S3 elsewhere for bulk jobs; nil reads none.
	Buckets *buckets.Reader
}

// Service answers the operations of the API and of the operator, and performs the
// work that they enqueue.
type Service struct {
	*sellingService
	*customerService
	*operation.WorkHandlers

	// Files holds what partners upload, Reports serves what came of it.
	Files    *files.Service
	Reports  *reports.Handler
	Features *feature.Service
	// Bus answers EventBridge's API.
	Bus *bus.Service
	// Proposals are what programs propose to change.
	Proposals *proposal.Service
	// Webhooks stores webhook endpoints of fixtures; nil refuses them.
	Webhooks Webhooks

	bulk *bulk.Service

	runner        *operation.Runner
	tags          *tagging.Kinds
	continuations map[string]operation.Continuation
}

// New returns a Service on its configuration.
func New(ctx context.Context, c Config) (*Service, error) {
	runner, err := operation.NewRunner(ctx, operation.Config{
		Store: c.Store, Clock: c.Clock, IDs: c.IDs, Secrets: c.Secrets, Wake: c.Wake, Emitted: c.Emitted, Log: c.Log,
	})
	if err != nil {
		return nil, err
	}
	s := &Service{
		sellingService: selling.New(runner, c.Selling), customerService: customer.New(runner, c.Customer),
		Files: files.New(runner), Features: feature.New(runner), runner: runner,
	}
	s.Proposals = proposal.New(proposal.Config{Runner: runner, Lookup: c.Lookup, Invoke: s.try})
	if err := s.newBulk(ctx, c); err != nil {
		return nil, err
	}
	if s.Bus, err = bus.New(ctx, runner, c.IDs.Bytes); err != nil {
		return nil, err
	}
	s.continuations = s.Continuations()
	maps.Copy(s.continuations, s.bulk.Continuations())
	if s.WorkHandlers, err = operation.NewWorkHandlers(runner, s.sellingService.WorkHandlers(), s.customerService.WorkHandlers(),
		s.Files.WorkHandlers(), s.bulk.WorkHandlers(), s.Bus.WorkHandlers()); err != nil {
		return nil, err
	}
	if s.tags, err = tagging.NewKinds(s.sellingService.TaggableKinds(), s.customerService.TaggableKinds()); err != nil {
		return nil, err
	}
	return s, nil
}

// newBulk adds the bulk jobs, whose records are made by the other families.
func (s *Service) newBulk(ctx context.Context, c Config) error {
	const keySize = 32
	key, err := s.runner.Secret(ctx, "report-url", keySize)
	if err != nil {
		return fmt.Errorf("read report key: %w", err)
	}
	links := reports.NewLinks(key, c.Clock)
	s.bulk = bulk.New(s.runner, links, c.Buckets, bulk.Config{
		Opportunities:    func(c *operation.Call) bulk.Opportunities { return s.call(c) },
		CustomerAccounts: func(c *operation.Call) bulk.CustomerAccounts { return s.call(c) },
		Presigned:        c.PresignedFile,
		PublicURL:        c.PublicURL,
	})
	s.Reports = &reports.Handler{Links: links, Writer: s.bulk, Log: s.runner.Log(), Clock: c.Clock}
	return nil
}

// The families, under names that can stand side by side in one struct.
type (
	sellingService  = selling.Service
	customerService = customer.Service

	sellingCall  = selling.Call
	customerCall = customer.Call
	taggingCall  = tagging.Call
	bulkCall     = bulk.Call
)

// call is every operation of the API in one transaction.
type call struct {
	sellingCall
	customerCall
	taggingCall
	bulkCall
}

// An operation of the contract that no family has does not build.
var _ api.Service = (*call)(nil)

func (s *Service) call(c *operation.Call) *call {
	return &call{
		sellingCall: s.sellingService.Call(c), customerCall: s.customerService.Call(c), taggingCall: s.tags.Call(c),
		bulkCall: s.bulk.Call(c),
	}
}

// Do answers one operation for a caller. The output is nil where the operation has
// none, and an [api.Raw] where it is encoded already. The input has been checked
// against the contract. An error is an *api.Error, or a fault of ours.
func (s *Service) Do(ctx context.Context, caller auth.Principal, op *api.Operation, in api.Input) (any, error) {
	out, err := s.run(ctx, caller, op, in)
	if err != nil {
		return nil, err
	}
	if resume, ok := s.continuations[op.Name]; ok {
		reference, ok := out.(api.Raw)
		if !ok {
			return nil, fmt.Errorf("%s has a continuation and gave it no reference", op.Name)
		}
		return resume(ctx, caller, reference)
	}
	return out, nil
}

// searches are the operations that search: what they read is brought up to date
// where it is not.
var searches = func() map[string]store.SearchKind {
	all := maps.Clone(selling.Searches)
	maps.Copy(all, customer.Searches)
	return all
}()

// run runs an operation in a transaction of its own, once for each client token.
func (s *Service) run(ctx context.Context, caller auth.Principal, op *api.Operation, in api.Input) (out any, err error) {
	answer := func(c *operation.Call) error {
		answered, err := s.invoke(ctx, c, op, in)
		out = answered
		return err
	}
	switch {
	case op.ReadOnly:
		if kind, ok := searches[op.Name]; ok {
			err = s.runner.ViewSearch(ctx, caller, kind, in.CatalogName(), answer)
			break
		}
		err = s.runner.View(ctx, caller, answer)
	case in.Token() == "":
		err = s.runner.Update(ctx, caller, answer)
	default:
		return s.runner.Once(ctx, caller, op.Name, in, func(c *operation.Call) (any, error) { return s.invoke(ctx, c, op, in) })
	}
	return out, err
}

// invoke returns the answer of an operation, or the reference to what it continues.
func (s *Service) invoke(ctx context.Context, c *operation.Call, op *api.Operation, in api.Input) (any, error) {
	c.Doing(op.Name)
	out, err := op.Invoke(s.call(c), in)
	if err != nil || c.Reference() == nil {
		audit.Answered(ctx, out)
		return out, err
	}
	if _, ok := s.continuations[op.Name]; !ok {
		return nil, fmt.Errorf("%s gave a reference and has no continuation", op.Name)
	}
	return c.Reference(), nil
}

// try runs an operation in the transaction of a call, with all steps of a task that it
// starts.
func (s *Service) try(c *operation.Call, op *api.Operation, in api.Input) (any, error) {
	all := s.call(c)
	out, err := op.Invoke(all, in)
	if _, task := s.continuations[op.Name]; err != nil || op.ReadOnly || !task {
		return out, err
	}
	return out, all.TryTask(c.Reference())
}

// Events returns at most limit of an account's events after a sequence, oldest
// first, as [store.Events] does.
func (s *Service) Events(ctx context.Context, account string, after int64, limit int) ([]store.Event, error) {
	return s.runner.Events(ctx, account, after, limit)
}

// LastEvents returns the newest limit of an account's events after a sequence, as
// [store.LastEvents] does.
func (s *Service) LastEvents(ctx context.Context, account string, after int64, limit int) ([]store.Event, error) {
	return s.runner.LastEvents(ctx, account, after, limit)
}

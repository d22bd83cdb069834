// Package operator serves the operator API: a REST API under /operator/v1 to act as
// AWS and to administer the server. The types here generate its description at
// /operator/v1/openapi.json.
package operator

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"sync"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
	"github.com/danielgtaylor/huma/v2/validation"

	"cosell/internal/access"
	"cosell/internal/api"
	"cosell/internal/audit"
	"cosell/internal/auth"
	"cosell/internal/clock"
	"cosell/internal/fault"
	"cosell/internal/proposal"
	"cosell/internal/requestlog"
	"cosell/internal/selling"
	"cosell/internal/store"
)

// Prefix is the path prefix of the API.
const Prefix = "/operator/v1"

// Service has the business operations behind the API; package service implements it.
type Service interface {
	AccountProfile(ctx context.Context, account string) (selling.AccountProfile, error)
	PutAccount(ctx context.Context, account string, p selling.AccountProfile) error
	Solutions(ctx context.Context, account, catalog string) ([]api.SolutionBase, error)
	PutSolution(ctx context.Context, account, catalog string, s api.SolutionBase) error
	EventLog
	Histories
	ReviewDesk
	Customers
	Groups
	Refer(ctx context.Context, account string, in *api.CreateOpportunityRequest) (selling.Referral, error)
}

// EventLog has the events of accounts.
type EventLog interface {
	Events(ctx context.Context, account string, after int64, limit int) ([]store.Event, error)
	LastEvents(ctx context.Context, account string, after int64, limit int) ([]store.Event, error)
}

// Config configures the API. All fields but the functions are required.
type Config struct {
	Service Service
	// Access makes tokens of operators.
	Access *access.Service
	// Authorize refuses an operation of the API that its caller may not take; users who
	// signed in to the console are held to it.
	Authorize func(ctx context.Context, r *http.Request, caller auth.Principal, op *api.Operation, in api.Input) error
	// Audit keeps what operators do; nil keeps nothing.
	Audit *audit.Recorder
	// Strict reports that requests are authenticated strictly.
	Strict bool
	// Features are the switches of accounts.
	Features Features
	// Quotas are the quotas of accounts.
	Quotas Quotas
	// Fixtures loads files of records.
	Fixtures Fixtures
	// Identities are the users, groups and roles of accounts.
	Identities Identities
	// Proposals are what programs propose to change, and Carry carries them out.
	Proposals Proposals
	Carry     proposal.Carry
	// Settings are how the server was started.
	Settings Settings

	// Faults strike requests, in order to test clients; nil keeps some that strike none.
	Faults Faults
	// Requests are the last requests to the API; nil has none.
	Requests Requests
	// Deliveries has the webhook endpoints, and what is sent to them and to targets.
	Deliveries Deliveries
	// Stopping is closed when the server stops: requests that wait for events end.
	Stopping <-chan struct{}

	Store   store.Store       // for operations on the whole store
	Clock   *clock.Adjustable // business time
	Log     *slog.Logger
	Version string
	// ClockMoved is called after the clock was moved, to store its adjustment and to
	// wake the background work.
	ClockMoved func(context.Context) error
	// WasReset is called after the records of an account were removed, or everything if it
	// is "".
	WasReset func(account string)
	// FileSizes returns the sizes of an embedded store's database and log; nil for
	// other stores.
	FileSizes func() (database, log int64, err error)
	// Imported is called after an import, to load the imported clock and to wake the
	// background work.
	Imported func(context.Context) error

	lasting *lasting
}

// New returns the handler of everything under [Prefix]. It expects the operator in the
// context of each request, where a [Guard] puts it, and refuses those without. It is built on the first
// request: many servers never get one, and the schemas cost time and memory.
func New(c Config) http.Handler {
	c.lasting = &lasting{of: map[lastingKey]int{}}
	if c.Faults == nil {
		c.Faults = fault.NewTable(c.Clock.Now)
	}
	if c.Requests == nil {
		c.Requests = (*requestlog.Log)(nil)
	}
	if c.ClockMoved == nil {
		c.ClockMoved = func(context.Context) error { return nil }
	}
	if c.WasReset == nil {
		c.WasReset = func(string) {}
	}
	if c.Imported == nil {
		c.Imported = func(context.Context) error { return nil }
	}
	handler := sync.OnceValue(c.build)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { handler().ServeHTTP(w, r) })
}

func (c Config) build() http.Handler {
	config := huma.DefaultConfig("Cosell operator API", c.Version)
	config.Info.Description = "Acts as AWS and administers the server."
	// No page of documentation, which would load scripts from elsewhere, and no
	// links to schemas in answers, which the types here do not have.
	config.DocsPath, config.SchemasPath, config.CreateHooks = "", "", nil
	config.Transformers = []huma.Transformer{withoutValues}
	config.Formats = map[string]huma.Format{"application/json": strictJSON, "json": strictJSON}
	mux := http.NewServeMux()
	rest := humago.NewWithPrefix(mux, Prefix, config)
	rest.UseMiddleware(c.audited(), c.authorize(rest))
	c.tokenRoutes(rest)
	c.auditRoutes(rest)
	c.clockRoutes(rest)
	c.overviewRoutes(rest)
	c.pipelineRoutes(rest)
	c.submissionRoutes(rest)
	c.historyRoutes(rest)
	c.accountRoutes(rest)
	c.principalRoutes(rest)
	c.simulationRoutes(rest)
	c.solutionRoutes(rest)
	c.eventRoutes(rest)
	c.webhookRoutes(rest)
	c.deliveryRoutes(rest)
	c.workRoutes(rest)
	c.referralRoutes(rest)
	c.reviewRoutes(rest)
	c.proposalRoutes(rest)
	c.awsSummaryRoutes(rest)
	c.reviewPolicyRoutes(rest)
	c.engagementGroupRoutes(rest)
	c.customerRoutes(rest)
	c.featureRoutes(rest)
	c.quotaRoutes(rest)
	c.faultRoutes(rest)
	c.requestRoutes(rest)
	c.fixtureRoutes(rest)
	c.stateRoutes(rest)
	c.storageRoutes(rest)
	c.settingsRoutes(rest)
	return door(mux, c.Audit.Enabled())
}

// withoutValues removes the received values from errors. They may be sensitive; the
// place and what is expected there are enough. What is expected of a time has an example.
func withoutValues(_ huma.Context, _ string, v any) (any, error) {
	if problem, ok := v.(*huma.ErrorModel); ok {
		for _, detail := range problem.Errors {
			detail.Value = nil
			if detail.Message == validation.MsgExpectedRFC3339DateTime {
				detail.Message = "must be a time in RFC 3339 form, such as 2027-01-01T00:00:00Z"
			}
		}
	}
	return v, nil
}

// fault logs an internal error and returns one without its cause for the caller. A refusal
// is for the caller as it is.
func (c Config) fault(ctx context.Context, err error) error {
	if _, refusal := errors.AsType[huma.StatusError](err); refusal {
		return err
	}
	c.Log.LogAttrs(ctx, slog.LevelError, "operator fault", slog.String("cause", err.Error()))
	return huma.Error500InternalServerError("The server could not complete the request")
}

// body is a request or an answer with a body.
type body[T any] struct{ Body T }

// AccountPath is the part of a path that names an account. It is exported because
// huma ignores embedded structures that are not.
type AccountPath struct {
	Account string `path:"account" pattern:"^([0-9]{12}|aws)$" patternDescription:"an account of twelve digits, or aws" example:"123456789012"`
}

func tagged(tag, summary string) func(*huma.Operation) {
	return func(o *huma.Operation) { o.Tags, o.Summary = []string{tag}, summary }
}

// Package operator is the other side of the table: the REST API, under
// /operator/v1, with which the operator of a server plays AWS and runs the hub.
// Its description, at /operator/v1/openapi.json, is written from the types here.
package operator

import (
	"context"
	"log/slog"
	"net/http"
	"sync"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"cosell/internal/api"
	"cosell/internal/clock"
	"cosell/internal/selling"
	"cosell/internal/store"
)

// Prefix is where the API lives.
const Prefix = "/operator/v1"

// Service is what the operator may do to the subject; *selling.Service does it.
type Service interface {
	AccountProfile(ctx context.Context, account string) (selling.AccountProfile, error)
	PutAccount(ctx context.Context, account string, p selling.AccountProfile) error
	Solutions(ctx context.Context, account, catalog string) ([]api.SolutionBase, error)
	PutSolution(ctx context.Context, account, catalog string, s api.SolutionBase) error
	Events(ctx context.Context, account string, after int64, limit int) ([]store.Event, error)
	ReviewDesk
	Refer(ctx context.Context, account string, in *api.CreateOpportunityRequest) (selling.Referral, error)
}

// Config is what the API is built on. All but ClockMoved and Imported is required.
type Config struct {
	Service Service
	Store   store.Store       // for what concerns all of it
	Clock   *clock.Adjustable // business time
	Log     *slog.Logger
	Version string
	// ClockMoved is called after the clock was moved: others must learn of it, and
	// what waits for a time may be due.
	ClockMoved func(context.Context) error
	// Imported is called after the store was filled from elsewhere: its clock may
	// be another, and there may be work.
	Imported func(context.Context) error
}

// New returns the API as a handler of everything under [Prefix]. It is built
// when the first request comes: most servers are never asked, and the schemas
// cost time and memory.
func New(c Config) http.Handler {
	if c.ClockMoved == nil {
		c.ClockMoved = func(context.Context) error { return nil }
	}
	if c.Imported == nil {
		c.Imported = func(context.Context) error { return nil }
	}
	handler := sync.OnceValue(c.build)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { handler().ServeHTTP(w, r) })
}

func (c Config) build() http.Handler {
	config := huma.DefaultConfig("Cosell operator API", c.Version)
	config.Info.Description = "Plays the AWS side and runs the hub."
	// Its page loads scripts from elsewhere, and answers with a link to their
	// schema would not be what the types here say.
	config.DocsPath, config.SchemasPath, config.CreateHooks = "", "", nil
	config.Transformers = []huma.Transformer{withoutValues}
	mux := http.NewServeMux()
	rest := humago.NewWithPrefix(mux, Prefix, config)
	c.clockRoutes(rest)
	c.accountRoutes(rest)
	c.solutionRoutes(rest)
	c.eventRoutes(rest)
	c.workRoutes(rest)
	c.referralRoutes(rest)
	c.reviewRoutes(rest)
	c.awsSummaryRoutes(rest)
	c.reviewPolicyRoutes(rest)
	c.stateRoutes(rest)
	return mux
}

// withoutValues removes from errors what the caller sent: it may be sensitive,
// and the place and what belongs there is enough.
func withoutValues(_ huma.Context, _ string, v any) (any, error) {
	if problem, ok := v.(*huma.ErrorModel); ok {
		for _, detail := range problem.Errors {
			detail.Value = nil
		}
	}
	return v, nil
}

// fault hides a fault of ours from the caller and tells it to the log.
func (c Config) fault(ctx context.Context, err error) error {
	c.Log.LogAttrs(ctx, slog.LevelError, "operator fault", slog.String("cause", err.Error()))
	return huma.Error500InternalServerError("The server could not complete the request")
}

// body is an answer.
type body[T any] struct{ Body T }

// AccountPath is the part of a path that names an account. It is exported for
// huma, which looks into no other embedded structure.
type AccountPath struct {
	Account string `path:"account" pattern:"^([0-9]{12}|aws)$" patternDescription:"an account of twelve digits, or aws" example:"123456789012"`
}

func tagged(tag, summary string) func(*huma.Operation) {
	return func(o *huma.Operation) { o.Tags, o.Summary = []string{tag}, summary }
}

// Package bulk runs the jobs that create or update opportunities and create
// customer accounts from CSV files (docs/behavior/bulk-jobs.md).
//
// A job is leased work: each transaction processes a batch of rows through the
// operations that a client could call for each, together with the results, the
// counters and the place in the file. So a job goes on where it was after a crash,
// and no row is processed twice.
package bulk

import (
	"context"
	"net/url"
	"time"

	"cosell/internal/api"
	"cosell/internal/auth"
	"cosell/internal/buckets"
	"cosell/internal/feature"
	"cosell/internal/operation"
)

const (
	// maxRows is how many rows a file may have.
	maxRows = 100_000
	// maxUnfinished is how many jobs of an account and catalog may wait or run.
	maxUnfinished = 10
	// jobLife is how long a job is kept after it ended.
	jobLife = 90 * 24 * time.Hour
	// reportLife is how long a report is kept after it was made.
	reportLife = 7 * 24 * time.Hour
	// urlLife is how long the URL of a report is good for.
	urlLife = 15 * time.Minute
)

// Opportunities are the operations that a row of an opportunity job asks for.
type Opportunities interface {
	CreateOpportunity(in *api.CreateOpportunityRequest) (*api.CreateOpportunityResponse, error)
	GetOpportunity(in *api.GetOpportunityRequest) (api.Encoded[api.GetOpportunityResponse], error)
	UpdateOpportunity(in *api.UpdateOpportunityRequest) (*api.UpdateOpportunityResponse, error)
	AssociateOpportunity(in *api.AssociateOpportunityRequest) error
}

// CustomerAccounts are the operations that a row of an account job asks for.
type CustomerAccounts interface {
	// ImportCustomerAccount is CreateCustomerAccount for a bulk job, which the
	// account remembers.
	ImportCustomerAccount(in *api.CreateCustomerAccountRequest, job string) (*api.CreateCustomerAccountResponse, error)
}

// Config is what bulk jobs need beside a transaction.
type Config struct {
	// Opportunities returns the operations on opportunities in a transaction.
	Opportunities func(*operation.Call) Opportunities
	// CustomerAccounts returns the operations on customer accounts in a transaction.
	CustomerAccounts func(*operation.Call) CustomerAccounts
	// Presigned returns who presigned the URL of one of this server's files for
	// reading, or why an account may not read the file by it; nil takes none.
	Presigned func(u *url.URL, reader string) (auth.Principal, error)
	// PublicURL is the address of the server as clients know it, such as
	// https://cosell.example.com; "" uses the address of the request.
	PublicURL string

	grants buckets.Grants // who may read what of S3 elsewhere
}

// Service makes the calls of the operations on bulk jobs, and the reports, which
// need transactions of their own. A Call opens none.
type Service struct {
	runner  *operation.Runner
	config  Config
	links   Links
	buckets *buckets.Reader // reads objects of S3 elsewhere; nil reads none
	fetches chan struct{}   // a place for each file that is fetched
}

// New returns a Service whose transactions the runner opens. Files elsewhere are read
// with elsewhere, none where that is nil.
func New(r *operation.Runner, links Links, elsewhere *buckets.Reader, c Config) *Service {
	c.grants = elsewhere.Grants()
	return &Service{runner: r, links: links, config: c, buckets: elsewhere, fetches: make(chan struct{}, maxFetches)}
}

// Call returns the operations on bulk jobs in a transaction.
func (s *Service) Call(c *operation.Call) Call { return Call{Call: c, config: &s.config} }

// Call is an operation on bulk jobs in its transaction. Its exported methods are the
// operations of the API.
type Call struct {
	*operation.Call

	config     *Config
	savepoints bool // see attempt
}

// requireOpportunityJobs refuses an account for which they are switched off.
func (c *Call) requireOpportunityJobs() error { return feature.RequireOpportunityBulkJobs(c.Call) }

// The kinds of work of this package.
const (
	workQueue  = "bulk.queue"  // the next batch of an account and catalog
	workForget = "bulk.forget" // remove a job whose time is over
)

// WorkHandlers handle the work that bulk jobs enqueue.
func (s *Service) WorkHandlers() map[string]operation.WorkHandler {
	return map[string]operation.WorkHandler{
		workQueue: {
			Prepare: s.prepareQueue,
			Handle: func(c *operation.Call, payload []byte) error {
				call := s.Call(c)
				return call.handleQueue(payload)
			},
			OnFailure: func(c *operation.Call, payload []byte, reason string) error {
				call := s.Call(c)
				return call.queueFailed(payload, reason)
			},
		},
		workForget: {Handle: forgetJob},
	}
}

// Continuations go on with the operations that are more than one transaction.
func (s *Service) Continuations() map[string]operation.Continuation {
	return map[string]operation.Continuation{
		"GetOpportunityBulkJobReportUrl":     s.continueReport,
		"GetCustomerAccountBulkJobReportUrl": s.continueReport,
	}
}

// publicURL returns the address under which the client of a request reaches the
// server.
func (s *Service) publicURL(ctx context.Context) string {
	if s.config.PublicURL != "" {
		return s.config.PublicURL
	}
	return api.RequestURL(ctx)
}

package server

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"io"
	"log/slog"
	mathrand "math/rand/v2"
	"net/netip"
	"time"

	"cosell/internal/audit"
	"cosell/internal/buckets"
	"cosell/internal/clock"
	"cosell/internal/events/delivery"
	"cosell/internal/fault"
	"cosell/internal/fixture"
	"cosell/internal/ids"
	"cosell/internal/outbound"
	"cosell/internal/quota"
	"cosell/internal/retention"
	"cosell/internal/secrets"
	"cosell/internal/selling"
	"cosell/internal/store"
)

// Config configures a Server. Listen, Store and Log are required.
type Config struct {
	// Listen is the address to listen on; port 0 chooses a free one.
	Listen string
	// Store opens the store, which the server closes.
	Store func(context.Context) (store.Store, error)
	// Alone says that no other process uses the store.
	Alone   bool
	Log     *slog.Logger
	Version string

	// Strict accepts registered keys and operators only; without it the development
	// keys are accepted.
	Strict bool
	// OnNetwork says that development keys are accepted beyond this machine.
	OnNetwork bool
	// TLS is how HTTPS is served, nil for HTTP.
	TLS *tls.Config
	// ClientCertificates asks those who use the operator API, the console and the metrics
	// for a certificate.
	ClientCertificates bool

	// OperatorToken is the token of the first administrator, MetricsToken one that reads
	// the metrics; "" for none.
	OperatorToken, MetricsToken string
	// MetricsAllow are networks that may read the metrics without a token, TrustedProxies
	// those whose headers about clients are believed.
	MetricsAllow, TrustedProxies []netip.Prefix

	// Secrets holds the installation's secrets; nil stores them unsealed.
	Secrets *secrets.Keeper
	// Quotas limit the requests of accounts; nil does not.
	Quotas *quota.Limits
	// Faults strike requests from the start.
	Faults []fault.Fault
	// Fixtures are loaded before the server listens to requests.
	Fixtures []*fixture.File
	// World are fixtures that are loaded before those, into a store that is empty or has them.
	World []*fixture.File
	// Products are those that may be associated; nil allows any code.
	Products            *selling.ProductCatalog
	MaxCustomerAccounts int64
	PublicURL           string
	Retention           retention.Policy
	Outbound            outbound.Policy
	Sinks               delivery.Sinks
	// Buckets reads objects of S3 elsewhere for bulk jobs; nil reads none.
	Buckets *buckets.Reader
	// Audit is what the audit keeps, "" for nothing; AuditFile gets its entries as lines of
	// JSON, nil gets none.
	Audit     audit.Mode
	AuditFile io.Writer
	// AuditEvents sends what changes something to the event buses of accounts, too.
	AuditEvents bool
	// RequestLog is how many requests are kept in memory; 0 keeps none.
	RequestLog int
	// DrainTime is how long requests in progress may take after the end; 0 is the default.
	DrainTime time.Duration

	Determinism
}

// Determinism makes a server answer the same script with the same bytes. The zero value
// does not.
type Determinism struct {
	// Seed makes identifiers and faults repeat; nil draws them at random.
	Seed *uint64
	// Start is the business time at the start, the zero time for the real time.
	Start time.Time
	// Frozen stops the business clock: it moves only when it is told to.
	Frozen bool
}

// base returns the clock that the business clock follows until it is moved.
func (d Determinism) base() clock.Clock {
	switch {
	case d.Frozen && d.Start.IsZero():
		return clock.Frozen(time.Now())
	case d.Frozen:
		return clock.Frozen(d.Start)
	case d.Start.IsZero():
		return clock.System()
	}
	return clock.Starting(d.Start)
}

// seed returns the seed of one of the things that a seed makes repeat, so that one thing more
// of one kind does not change those of another.
func (d Determinism) seed(purpose byte) (key [32]byte) {
	for i := range 8 {
		key[i] = byte(*d.Seed >> (8 * i)) //nolint:gosec // one byte of it
	}
	key[8] = purpose
	return key
}

// ids returns what makes identifiers. With a seed they begin with the business time,
// which may be frozen, in place of the real one.
func (d Determinism) ids(purpose byte, now func() time.Time) *ids.Source {
	if d.Seed == nil {
		return ids.System()
	}
	return ids.Seeded(now, d.seed(purpose))
}

// random returns where secrets come from.
func (d Determinism) random() io.Reader {
	if d.Seed == nil {
		return rand.Reader
	}
	return mathrand.NewChaCha8(d.seed(seedSecrets))
}

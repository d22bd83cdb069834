// Package server wires everything into a server that listens: the command line, package
// coselltest and tests start the same one.
package server

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strconv"
	"sync"
	"syscall"
	"time"

	"cosell/internal/access"
	"cosell/internal/api"
	"cosell/internal/audit"
	"cosell/internal/authorization"
	"cosell/internal/clock"
	"cosell/internal/events/delivery"
	"cosell/internal/fault"
	"cosell/internal/identity"
	"cosell/internal/ids"
	"cosell/internal/limit"
	"cosell/internal/observe"
	"cosell/internal/queue"
	"cosell/internal/quota"
	"cosell/internal/readlag"
	"cosell/internal/requestlog"
	"cosell/internal/retention"
	"cosell/internal/searchfold"
	"cosell/internal/secrets"
	"cosell/internal/service"
	"cosell/internal/store"
	"cosell/internal/timekeeper"
)

// signingName is the service name in the scope of signatures.
const signingName = "partnercentral-selling"

const (
	headerTimeout = 10 * time.Second
	readTimeout   = 30 * time.Second
	workTimeout   = 30 * time.Second
	// writeTimeout counts from the end of the headers, so it includes the others.
	writeTimeout = readTimeout + workTimeout + 10*time.Second
	idleTimeout  = 2 * time.Minute
	// maxHeader is far above what SDKs send, including session tokens.
	maxHeader = 32 << 10
	// followTime is how often a server checks whether another one moved the clock.
	followTime = time.Second
	// drainTimeout is how long requests in progress may take after a signal.
	drainTimeout = writeTimeout
)

// What a seed is for.
const (
	seedIdentifiers byte = iota
	seedRequests
	seedSecrets
)

// Server is a listening server.
type Server struct {
	url        string
	http       *http.Server
	listener   *limit.Listener
	store      store.Store
	lagging    *readlag.Store // the same store, where faults may let reads lag
	clock      *clock.Adjustable
	base       clock.Clock // what the business clock follows until it is moved
	ids        *ids.Source
	requestIDs func() string
	drain      time.Duration
	worker     *queue.Runner
	time       *timekeeper.Keeper
	cleaner    *retention.Runner
	folder     *searchfold.Folder
	faults     *fault.Table
	requests   *requestlog.Log
	quotas     *quota.Limiter
	events     *delivery.Engine
	access     *access.Service
	audit      *audit.Recorder
	// identities knows the principals of accounts, authorizer what they may do.
	identities *identity.Service
	authorizer *authorization.Authorizer
	stopping   chan struct{} // closed when the server stops
	world      map[string]string
	worldMade  bool
	// fileSizes returns the sizes of the embedded store's files; nil for other stores.
	fileSizes func() (database, log int64, err error)
	observer  *observe.Observer
	log       *slog.Logger
}

// Open assembles a server that listens and does not serve yet.
func Open(ctx context.Context, c Config) (_ *Server, err error) {
	inner, err := new(net.ListenConfig).Listen(ctx, "tcp", c.Listen)
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, fmt.Errorf("--listen: %w; name another address, or 127.0.0.1:0 for a free port", err)
	}
	if err != nil {
		return nil, fmt.Errorf("--listen: %w", err)
	}
	scheme := "https"
	if c.TLS == nil {
		scheme, inner = "http", observe.NoticeTLS(inner, c.Log)
	}
	listener := limit.Listen(inner, limit.MaxConnections(limit.Memory()))
	base := c.base()
	s := &Server{
		url: scheme + "://" + fromHere(listener.Addr()), listener: listener, log: c.Log,
		clock: clock.Over(base), base: base, observer: observe.New(c.Log, c.Version), stopping: make(chan struct{}),
		drain: cmp.Or(c.DrainTime, drainTimeout), faults: fault.NewTable(clock.System().Now), requests: requestlog.New(c.RequestLog),
	}
	s.ids = c.ids(seedIdentifiers, s.clock.Now)
	s.requestIDs = c.ids(seedRequests, s.clock.Now).UUID
	defer func() {
		if err != nil {
			err = errors.Join(err, s.Close())
		}
	}()
	if err := s.faults.Set(c.Faults, api.Value(c.Seed)); err != nil {
		return nil, err
	}
	if c.Secrets == nil {
		if c.Secrets, err = secrets.New(nil, c.random()); err != nil {
			return nil, err
		}
	}
	answers, err := c.openService(ctx, s)
	if err != nil {
		return nil, err
	}
	if err := c.loadFixtures(ctx, s, answers); err != nil {
		return nil, err
	}
	s.quotas = c.limiter(s)
	s.http = c.newHTTP(s, answers)
	s.http.TLSConfig = c.TLS
	return s, nil
}

// loadFixtures loads what the server begins with.
func (c *Config) loadFixtures(ctx context.Context, s *Server, answers *service.Service) (err error) {
	if len(c.World) > 0 {
		if s.world, s.worldMade, err = answers.LoadWorld(ctx, c.World); err != nil {
			return fmt.Errorf("--demo: %w", err)
		}
	}
	if len(c.Fixtures) == 0 {
		return nil
	}
	if _, err := answers.LoadFixtures(ctx, c.Fixtures); err != nil {
		return fmt.Errorf("--fixtures: %w", err)
	}
	return nil
}

// World returns the identifiers of the records of [Config.World] by their names, and
// whether this server made them.
func (s *Server) World() (ids map[string]string, made bool) { return s.world, s.worldMade }

// limiter returns what limits the requests of accounts.
func (c *Config) limiter(s *Server) *quota.Limiter {
	counted := s.store
	if c.Alone {
		counted = nil // one process can count by itself
	}
	return quota.New(quota.Config{Limits: c.Quotas, Settings: s.store, Store: counted, Now: clock.System().Now})
}

// forget forgets what the server keeps in memory of an account that was reset, or of all
// if it is "".
func (s *Server) forget(account string) {
	if account == "" {
		s.identities.Forget() // which a reset of one account keeps
	}
	s.quotas.Forget(account)
}

// URL returns the address at which clients on this machine reach the server.
func (s *Server) URL() string { return s.url }

// fromHere returns the host and port at which this machine reaches a listener, which
// may listen on all addresses.
func fromHere(listener net.Addr) string {
	tcp, ok := listener.(*net.TCPAddr)
	if !ok || !tcp.IP.IsUnspecified() {
		return listener.String()
	}
	return net.JoinHostPort("localhost", strconv.Itoa(tcp.Port))
}

// Clock returns the business clock.
func (s *Server) Clock() *clock.Adjustable { return s.clock }

// Close closes a server that was opened but never ran.
func (s *Server) Close() error {
	err := s.listener.Close()
	if s.lagging != nil {
		err = errors.Join(err, s.lagging.Close())
	}
	return err
}

// Run serves until ctx ends, then lets requests and work in progress finish and
// closes the store. It calls first, if given, once it serves, and stops if that
// fails.
func (s *Server) Run(ctx context.Context, first func(context.Context) error) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	go func() {
		if s.http.TLSConfig != nil {
			stop(s.http.ServeTLS(s.listener, "", "")) // the configuration has the certificate
			return
		}
		stop(s.http.Serve(s.listener))
	}()
	var working sync.WaitGroup
	working.Go(func() { s.worker.Run(ctx) })
	working.Go(func() { s.time.Follow(ctx, followTime) })
	working.Go(func() { s.cleaner.Run(ctx) })
	working.Go(func() { s.folder.Run(ctx) })
	working.Go(func() { s.events.Run(ctx) })
	working.Go(func() { s.identities.Run(ctx) })
	// Requests that are answered while the server stops are in the audit, too.
	auditing, stopAudit := context.WithCancel(context.WithoutCancel(ctx))
	defer stopAudit()
	var audited sync.WaitGroup
	audited.Go(func() { s.audit.Run(auditing) })
	if first != nil {
		if err := first(ctx); err != nil {
			stop(err)
		}
	}
	<-ctx.Done()
	s.log.Info("stopping")
	drain, cancel := context.WithTimeout(context.WithoutCancel(ctx), s.drain)
	defer cancel()
	err := s.http.Shutdown(drain)
	if err != nil {
		err = errors.Join(err, s.http.Close()) // cut off the requests that took too long
	}
	// A signal ends the server normally; anything else is an error.
	if cause := context.Cause(ctx); !errors.Is(cause, context.Canceled) {
		err = errors.Join(cause, err)
	}
	working.Wait()
	stopAudit()
	audited.Wait()
	return errors.Join(err, s.lagging.Close())
}

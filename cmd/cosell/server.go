package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"syscall"
	"time"

	"cosell/internal/access"
	"cosell/internal/api"
	"cosell/internal/auth"
	"cosell/internal/authorization"
	"cosell/internal/awsjson"
	"cosell/internal/clock"
	"cosell/internal/console"
	"cosell/internal/customer"
	"cosell/internal/events/bus"
	"cosell/internal/events/delivery"
	"cosell/internal/events/eventsapi"
	"cosell/internal/fault"
	"cosell/internal/identity"
	"cosell/internal/ids"
	"cosell/internal/limit"
	"cosell/internal/observe"
	"cosell/internal/operator"
	"cosell/internal/proxy"
	"cosell/internal/reports"
	"cosell/internal/retention"
	"cosell/internal/s3"
	"cosell/internal/searchfold"
	"cosell/internal/selling"
	"cosell/internal/service"
	"cosell/internal/store"
	"cosell/internal/sts"
	"cosell/internal/timekeeper"
	"cosell/internal/work"
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

// admitFunc refuses requests that their caller may not send.
type admitFunc = func(context.Context, auth.Principal, *api.Operation) error

// server is a listening server. Tests share it with the program.
type server struct {
	url      string
	http     *http.Server
	listener *limit.Listener
	store    store.Store
	clock    *clock.Adjustable
	worker   *work.Runner
	time     *timekeeper.Keeper
	cleaner  *retention.Runner
	folder   *searchfold.Folder
	faults   *fault.Table
	events   *delivery.Engine
	access   *access.Service
	// identities knows the principals of accounts, authorizer what they may do.
	identities *identity.Service
	authorizer *authorization.Authorizer
	stopping   chan struct{} // closed when the server stops
	// fileSizes returns the sizes of the embedded store's files; nil for other stores.
	fileSizes func() (database, log int64, err error)
	observer  *observe.Observer
	log       *slog.Logger
}

// open assembles a server that listens and does not serve yet.
func (c *serve) open(ctx context.Context, log *slog.Logger) (_ *server, err error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	inner, err := new(net.ListenConfig).Listen(ctx, "tcp", c.Listen)
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, fmt.Errorf("--listen: %w; name another address, or 127.0.0.1:0 for a free port", err)
	}
	if err != nil {
		return nil, fmt.Errorf("--listen: %w", err)
	}
	https, err := c.tls(log)
	if err != nil {
		return nil, errors.Join(err, inner.Close())
	}
	scheme := "https"
	if https == nil {
		scheme, inner = "http", observe.NoticeTLS(inner, log)
	}
	listener := limit.Listen(inner, limit.MaxConnections(limit.Memory()))
	s := &server{
		url: scheme + "://" + listener.Addr().String(), listener: listener, log: log,
		clock: clock.New(), observer: observe.New(log, currentBuild().version), stopping: make(chan struct{}),
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.close())
		}
	}()
	if s.faults, err = c.faultTable(); err != nil {
		return nil, err
	}
	answers, err := c.openService(ctx, s)
	if err != nil {
		return nil, err
	}
	admit, err := c.admission(s.store)
	if err != nil {
		return nil, err
	}
	s.http = c.newHTTP(s, answers, admit)
	s.http.TLSConfig = https
	return s, nil
}

// openService opens the store of a server, and the service and background work on it.
func (c *serve) openService(ctx context.Context, s *server) (*service.Service, error) {
	products, err := c.products()
	if err != nil {
		return nil, err
	}
	keeper, err := c.secrets()
	if err != nil {
		return nil, err
	}
	opened, err := c.openStore(ctx)
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
	if err := c.openIdentities(ctx, s, keeper); err != nil {
		return nil, err
	}
	answers, err := service.New(ctx, service.Config{
		Store: s.store, Clock: s.clock, IDs: ids.System(), Secrets: keeper, Log: s.log,
		Wake: func() { s.worker.Wake() }, Emitted: func() { s.events.Wake() },
		Selling:  selling.Config{Products: products},
		Customer: customer.Config{MaxAccounts: c.MaxCustomerAccounts}, PublicURL: c.PublicURL, PresignedFile: s.presignedFile,
	})
	if err != nil {
		return nil, err
	}
	if err := c.openAccess(ctx, s, keeper); err != nil {
		return nil, err
	}
	if err := c.openEvents(s, keeper, answers.Bus); err != nil {
		return nil, err
	}
	s.worker = work.New(work.Config{
		Store: s.store, Clock: s.clock, Performer: answers, Log: s.log,
		Alone: c.DatabaseURL == "", // the embedded store has one process
	})
	s.cleaner = retention.New(retention.Config{
		Store: s.store, Clock: s.clock, Real: clock.System(), Log: s.log,
		Policy: c.retention(), Removed: s.observer.Removed(), Needed: []func(*store.Tx) (int64, bool, error){(*store.Tx).NeededEvents},
	})
	s.folder = searchfold.New(s.store, s.log)
	s.time = timekeeper.New(s.store, s.clock, s.log, s.worker.Wake)
	return answers, s.time.Load(ctx)
}

// newHTTP returns the HTTP server with all handlers.
func (c *serve) newHTTP(s *server, answers *service.Service, admit admitFunc) *http.Server {
	calls := s.observer.InFlight(awsjson.New(awsjson.Config{
		Service:  answers,
		Verifier: auth.Forwarded{Verifier: c.verifier(s, signingName)},
		Others: []awsjson.API{{
			TargetPrefix: eventsapi.TargetPrefix, Operations: eventsapi.Operations, Service: answers.Bus,
			Verifier: auth.Forwarded{Verifier: c.verifier(s, bus.SigningName)},
		}},
		RequestID: ids.System().UUID,
		Budget:    limit.NewBudget(limit.Memory()),
		Timeout:   workTimeout,
		Admit:     admit,
		Authorize: s.authorizer.Check,
		Faults:    s.faults,
		Observe:   s.observer.Exchange,
	}))
	operators := operator.New(operator.Config{
		Service: answers, Access: s.access, Strict: c.strict(), Features: answers.Features, Identities: s.identities, Store: s.store, Clock: s.clock, Log: s.log, Version: currentBuild().version,
		FileSizes:  s.fileSizes,
		Faults:     s.faults,
		Deliveries: s.events, Stopping: s.stopping,
		ClockMoved: func(ctx context.Context) error { s.worker.Wake(); return s.time.Save(ctx) },
		WasReset:   s.identities.Forget,
		Imported:   func(ctx context.Context) error { s.identities.Forget(); s.worker.Wake(); return s.time.Load(ctx) },
	})
	uploads := s.observer.Requests("files", nil, s3.New(s3.Config{
		Files: answers.Files, Verifier: auth.ForwardedObjects{Verifier: auth.NewObjectVerifier(s.identities, clock.System().Now)},
		Authorize: s.authorizeUpload, RequestID: ids.System().UUID, Log: s.log, LocalPages: !c.strict(),
	}))
	identities := s.observer.Requests("sts", ids.System().UUID, sts.New(sts.Config{
		Verifier: c.verifier(s, sts.SigningName),
		Log:      s.log,
	}))
	guard := c.guard(s)
	networks, _ := parseNetworks("--metrics-allow", c.MetricsAllow) // both were checked
	proxies, _ := parseNetworks("--trusted-proxies", c.TrustedProxies)
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", observe.Up)
	mux.Handle("GET /readyz", s.observer.Ready(s.store.Ping))
	mux.Handle(reports.Prefix, s.observer.Requests("reports", ids.System().UUID, answers.Reports))
	mux.Handle("GET /metrics", c.certified(guard.Metrics(s.observer.Metrics(), c.MetricsToken, networks)))
	mux.Handle(operator.Prefix+"/", s.observer.Requests("operator", ids.System().UUID, c.certified(guard.Protect(operators))))
	mux.Handle(c.consoleRoute(), c.certified(strictTransport(c.console(s, guard, calls, uploads))))
	mux.Handle("GET /{$}", console.Redirect(calls))
	mux.Handle("/", calls)
	http1 := new(http.Protocols)
	http1.SetHTTP1(true)
	served := &http.Server{
		Handler:           proxy.Trust(proxies, c.direct(calls, uploads, identities, mux)),
		ReadHeaderTimeout: headerTimeout,
		ReadTimeout:       readTimeout,
		WriteTimeout:      writeTimeout,
		IdleTimeout:       idleTimeout,
		ConnState:         s.listener.ConnState,
		MaxHeaderBytes:    maxHeader,
		Protocols:         http1, // connections are counted, and the streams of HTTP/2 are not
		ErrorLog:          slog.NewLogLogger(s.log.Handler(), slog.LevelWarn),
	}
	served.RegisterOnShutdown(func() { close(s.stopping) })
	return served
}

// certified returns a handler that passes on only requests of clients with a
// certificate, where --tls-client-ca asks for one.
func (c *serve) certified(next http.Handler) http.Handler {
	if c.TLSClientCA == "" {
		return next
	}
	return operator.CertifiedOnly(next)
}

// strictTransport returns a handler that tells browsers which came by HTTPS to come by
// nothing else, for a year.
func strictTransport(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if access.IsSecure(r) {
			w.Header().Set("Strict-Transport-Security", "max-age=31536000")
		}
		next.ServeHTTP(w, r)
	})
}

// close closes a server that was opened but never ran.
func (s *server) close() error {
	err := s.listener.Close()
	if s.store != nil {
		err = errors.Join(err, s.store.Close())
	}
	return err
}

// direct passes operations, uploads and requests of STS on without a mux, which would redirect paths such as //
// with an answer that has no request id, no error and no line in the log.
func (c *serve) direct(calls, uploads, identities, others http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if s3.Serves(r.URL.Path) {
			uploads.ServeHTTP(w, r)
			return
		}
		if sts.Serves(r) {
			identities.ServeHTTP(w, r)
			return
		}
		console := c.strict() && strings.HasPrefix(r.URL.Path, console.Prefix)
		if r.Method == http.MethodPost && !console && !strings.HasPrefix(r.URL.Path, operator.Prefix+"/") {
			calls.ServeHTTP(w, r)
			return
		}
		others.ServeHTTP(w, r)
	})
}

// run serves until ctx ends, then lets requests and work in progress finish and
// closes the store. It calls first, if given, once it serves, and stops if that
// fails.
func (s *server) run(ctx context.Context, first func(context.Context) error) error {
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
	if first != nil {
		if err := first(ctx); err != nil {
			stop(err)
		}
	}
	<-ctx.Done()
	s.log.Info("stopping")
	drain, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainTimeout)
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
	return errors.Join(err, s.store.Close())
}

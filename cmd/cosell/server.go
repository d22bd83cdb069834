package main

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"cosell/internal/auth"
	"cosell/internal/awsjson"
	"cosell/internal/clock"
	"cosell/internal/ids"
	"cosell/internal/observe"
	"cosell/internal/operator"
	"cosell/internal/selling"
	"cosell/internal/store"
	"cosell/internal/timekeeper"
	"cosell/internal/work"
)

// signingName is the service that clients sign for.
const signingName = "partnercentral-selling"

const (
	headerTimeout = 10 * time.Second
	readTimeout   = 30 * time.Second
	workTimeout   = 30 * time.Second
	// writeTimeout counts from the end of the headers, so it holds the others.
	writeTimeout = readTimeout + workTimeout + 10*time.Second
	idleTimeout  = 2 * time.Minute
	// maxHeader is far above what SDKs send, session token and all.
	maxHeader = 32 << 10
	// followTime is how often a server looks whether another moved the clock.
	followTime = time.Second
	// drainTimeout is how long requests under way may take after a signal.
	drainTimeout = writeTimeout
)

// server is a cosell that listens. Tests share it with the program.
type server struct {
	url      string
	http     *http.Server
	listener net.Listener
	store    store.Store
	worker   *work.Runner
	time     *timekeeper.Keeper
	log      *slog.Logger
}

// open puts a server together and makes it listen.
func (c *serve) open(ctx context.Context, log *slog.Logger) (_ *server, err error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	products, err := c.products()
	if err != nil {
		return nil, err
	}
	keeper, err := c.secrets()
	if err != nil {
		return nil, err
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", c.Listen)
	if err != nil {
		return nil, err
	}
	s := &server{url: "http://" + listener.Addr().String(), listener: listener, log: log}
	defer func() {
		if err != nil {
			err = errors.Join(err, listener.Close())
		}
	}()
	opened, err := c.openStore(ctx)
	if err != nil {
		return nil, err
	}
	observer := observe.New(log, version)
	s.store = observer.Store(opened)
	businessTime := clock.New()
	source := ids.System()
	service, err := selling.New(ctx, selling.Config{
		Store: s.store, Clock: businessTime, IDs: source, Secrets: keeper, Products: products,
		Wake: func() { s.worker.Wake() },
	})
	if err != nil {
		return nil, errors.Join(err, s.store.Close())
	}
	s.worker = work.New(work.Config{
		Store: s.store, Clock: businessTime, Performer: service, Log: log,
		Alone: c.DatabaseURL == "", // the embedded store has one process
	})
	s.time = timekeeper.New(s.store, businessTime, log, s.worker.Wake)
	if err := s.time.Load(ctx); err != nil {
		return nil, errors.Join(err, s.store.Close())
	}
	wire := awsjson.New(awsjson.Config{
		Service:   service,
		Verifier:  auth.LocalPages{Verifier: auth.NewVerifier(auth.DevKeys{}, clock.System().Now, signingName)},
		Serves:    service.Serves,
		RequestID: source.UUID,
		Timeout:   workTimeout,
		Observe:   observer.Exchange,
	})
	desk := operator.New(operator.Config{
		Service: service, Store: s.store, Clock: businessTime, Log: log, Version: version,
		ClockMoved: func(ctx context.Context) error { s.worker.Wake(); return s.time.Save(ctx) },
		Imported:   func(ctx context.Context) error { s.worker.Wake(); return s.time.Load(ctx) },
	})

	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", observe.Up)
	mux.Handle("GET /readyz", observer.Ready(s.store.Ping))
	mux.Handle("GET /metrics", observer.Metrics())
	mux.Handle(operator.Prefix+"/", observer.Requests("operator", operator.LoopbackOnly(desk)))
	calls := observer.InFlight(wire)
	mux.Handle("/", calls)
	s.http = &http.Server{
		Handler:           direct(calls, mux),
		ReadHeaderTimeout: headerTimeout,
		ReadTimeout:       readTimeout,
		WriteTimeout:      writeTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    maxHeader,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}
	return s, nil
}

// direct hands the calls of operations over as they came. A mux redirects a path
// like //, and its answer would have no request id, no error and no line in the log.
func direct(calls, others http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost && !strings.HasPrefix(r.URL.Path, operator.Prefix+"/") {
			calls.ServeHTTP(w, r)
			return
		}
		others.ServeHTTP(w, r)
	})
}

// run serves until ctx ends, lets requests and work under way finish and closes
// the store. It runs first beside the server, where that is given, and stops when
// that fails.
func (s *server) run(ctx context.Context, first func(context.Context) error) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	go func() { stop(s.http.Serve(s.listener)) }()
	var working sync.WaitGroup
	working.Go(func() { s.worker.Run(ctx) })
	working.Go(func() { s.time.Follow(ctx, followTime) })
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
		err = errors.Join(err, s.http.Close()) // who took too long is cut off
	}
	// A signal is how it is meant to end; everything else is a cause.
	if cause := context.Cause(ctx); !errors.Is(cause, context.Canceled) {
		err = errors.Join(cause, err)
	}
	working.Wait()
	return errors.Join(err, s.store.Close())
}

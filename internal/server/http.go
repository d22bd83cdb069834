package server

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"runtime"
	"strings"

	"cosell/internal/access"
	"cosell/internal/agent"
	"cosell/internal/audit"
	"cosell/internal/auth"
	"cosell/internal/awsjson"
	"cosell/internal/clock"
	"cosell/internal/console"
	"cosell/internal/events/bus"
	"cosell/internal/events/eventsapi"
	"cosell/internal/limit"
	"cosell/internal/manual"
	"cosell/internal/observe"
	"cosell/internal/operator"
	"cosell/internal/proposal"
	"cosell/internal/proxy"
	"cosell/internal/reports"
	"cosell/internal/requestlog"
	"cosell/internal/s3"
	"cosell/internal/service"
	"cosell/internal/sts"
)

// newHTTP returns the HTTP server with all handlers.
func (c *Config) newHTTP(s *Server, answers *service.Service) *http.Server {
	content := 0
	if s.requests != nil {
		content = requestlog.MaxBody
	}
	calls := s.observer.InFlight(awsjson.New(awsjson.Config{
		Service:  answers,
		Verifier: auth.Forwarded{Verifier: c.verifier(s, signingName)},
		Others: []awsjson.API{{
			Source: audit.SourceEvents, TargetPrefix: eventsapi.TargetPrefix, Operations: eventsapi.Operations, Service: answers.Bus,
			Verifier: auth.Forwarded{Verifier: c.verifier(s, bus.SigningName)},
		}, {
			Source: audit.SourceProposals, TargetPrefix: proposal.TargetPrefix, Operations: proposal.Operations, Service: answers.Proposals,
			Verifier: auth.Forwarded{Verifier: c.verifier(s, signingName)},
		}},
		RequestID: s.requestIDs,
		Budget:    limit.NewBudget(limit.Memory()),
		Lists:     c.lists(),
		Timeout:   workTimeout,
		Admit:     s.quotas.Admit,
		Authorize: s.authorizer.Check,
		Faults:    s.faults,
		Content:   content,
		Audit:     s.audit,
		Observe: func(ctx context.Context, x *awsjson.Exchange) {
			s.requests.Add(x)
			s.observer.Exchange(ctx, x)
		},
	}))
	operators := operator.New(operator.Config{
		Service: answers, Access: s.access, Authorize: s.authorizer.Check, Audit: s.audit, Strict: c.Strict, Features: answers.Features, Fixtures: answers, Identities: s.identities, Proposals: answers.Proposals, Carry: carry(calls), Store: s.store, Clock: s.clock, Log: s.log, Version: c.Version,
		Settings:   operator.Settings{Quotas: c.Quotas, Retention: c.Retention, Audit: c.Audit, RequestLog: c.RequestLog},
		Quotas:     s.quotas,
		FileSizes:  s.fileSizes,
		Faults:     s.faults,
		Requests:   s.requests,
		Deliveries: s.events, Stopping: s.stopping,
		ClockMoved: func(ctx context.Context) error { s.worker.Wake(); return s.time.Save(ctx) },
		WasReset:   s.forget,
		Imported: func(ctx context.Context) error {
			s.identities.Forget()
			s.quotas.Forget("")
			s.worker.Wake()
			return errors.Join(s.time.Load(ctx), s.folder.Prepare(ctx))
		},
	})
	uploads := s.observer.Requests("files", nil, s3.New(s3.Config{
		Files: answers.Files, Verifier: auth.ForwardedObjects{Verifier: auth.NewObjectVerifier(s.identities, clock.System().Now)},
		Authorize: s.authorizeUpload, Audit: s.audit, RequestID: s.requestIDs, Log: s.log, Pages: c.pages(),
	}))
	identities := s.observer.Requests("sts", s.requestIDs, sts.New(sts.Config{
		Verifier: c.verifier(s, sts.SigningName), Identities: s.identities, Authorizer: s.authorizer,
		Audit: s.audit, Log: s.log,
	}))
	answers.Reports.Audit = s.audit
	guard := c.guard(s)
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", observe.Up)
	mux.Handle("GET /readyz", s.observer.Ready(s.store.Ping))
	mux.Handle(reports.Prefix, s.observer.Requests("reports", s.requestIDs, answers.Reports))
	mux.Handle("GET /metrics", c.certified(guard.Metrics(s.observer.Metrics(), c.MetricsToken, c.MetricsAllow)))
	mux.Handle(operator.Prefix+"/", s.observer.Requests("operator", s.requestIDs, c.certified(guard.ProtectAPI(operators))))
	mux.Handle(agent.Path, s.observer.Requests("mcp", s.requestIDs, c.certified(c.tools(s, guard, calls, s.observer.Requests("operator", s.requestIDs, operators)))))
	mux.Handle(c.consoleRoute(), c.certified(strictTransport(c.console(s, guard, calls, uploads))))
	mux.Handle("GET "+manual.Prefix, c.certified(strictTransport(manual.Handler(console.Prefix))))
	mux.Handle("GET /{$}", console.Redirect(calls))
	mux.Handle("/", calls)
	http1 := new(http.Protocols)
	http1.SetHTTP1(true)
	served := &http.Server{
		Handler:           proxy.Trust(c.TrustedProxies, c.direct(calls, uploads, identities, mux)),
		ReadHeaderTimeout: headerTimeout,
		ReadTimeout:       readTimeout,
		WriteTimeout:      writeTimeout,
		IdleTimeout:       idleTimeout,
		ConnState:         s.listener.ConnState,
		ConnContext: func(ctx context.Context, c net.Conn) context.Context {
			return auth.WithRemote(ctx, c.RemoteAddr().String())
		},
		MaxHeaderBytes: maxHeader,
		Protocols:      http1, // connections are counted, and the streams of HTTP/2 are not
		ErrorLog:       slog.NewLogLogger(s.log.Handler(), slog.LevelWarn),
	}
	served.RegisterOnShutdown(func() { close(s.stopping) })
	return served
}

// listPlaces is how many lists and searches run at a time where PostgreSQL makes them: half
// of the connections to it, so that the other half is for all else.
const listPlaces = 10

// lists returns the turns of accounts with lists and searches (docs/decisions/list-turns.md).
func (c *Config) lists() *limit.Turns {
	if c.Alone {
		return limit.NewTurns(max(2, runtime.GOMAXPROCS(0))) // as many as the embedded store has readers
	}
	return limit.NewTurns(listPlaces)
}

// certified returns a handler that passes on only requests of clients with a
// certificate, where the server asks for one.
func (c *Config) certified(next http.Handler) http.Handler {
	if !c.ClientCertificates {
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

// direct passes operations, uploads and requests of STS on without a mux, which would redirect paths such as //
// with an answer that has no request id, no error and no line in the log.
func (c *Config) direct(calls, uploads, identities, others http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		// The URL of a report is presigned as S3's are.
		if !strings.HasPrefix(r.URL.Path, reports.Prefix) && s3.Serves(r) {
			uploads.ServeHTTP(w, r)
			return
		}
		if sts.Serves(r) {
			identities.ServeHTTP(w, r)
			return
		}
		console := c.Strict && strings.HasPrefix(r.URL.Path, console.Prefix)
		if r.Method == http.MethodPost && !console && r.URL.Path != agent.Path && !strings.HasPrefix(r.URL.Path, operator.Prefix+"/") {
			calls.ServeHTTP(w, r)
			return
		}
		others.ServeHTTP(w, r)
	})
}

// verifier returns who sent a request that is signed for a service.
func (c *Config) verifier(s *Server, service string) awsjson.Verifier {
	v := auth.NewVerifier(s.identities, clock.System().Now, service)
	if pages := c.pages(); pages != nil {
		return auth.LocalPages{Verifier: v, Pages: *pages}
	}
	return v
}

// pages returns which web pages may use the server, nil where that is for its keys to say.
func (c *Config) pages() *auth.Pages {
	if c.Strict {
		return nil
	}
	return &auth.Pages{OnNetwork: c.OnNetwork, PublicURL: c.PublicURL}
}

// authorizeUpload refuses an action on an uploaded file that its caller may not take.
func (s *Server) authorizeUpload(ctx context.Context, r *http.Request, caller auth.Principal, action, resource string) error {
	return s.authorizer.CheckAction(ctx, r, caller, action, resource, nil)
}

// presignedFile returns who presigned a URL for reading a file of this server. Whoever does
// so for another account must be allowed to read the file: all have names that can be signed.
func (s *Server) presignedFile(u *url.URL, reader string) (auth.Principal, error) {
	r := &http.Request{Method: http.MethodGet, URL: u, Host: u.Host, Header: http.Header{}}
	o, err := auth.NewObjectVerifier(s.identities, clock.System().Now).Verify(r)
	if err != nil {
		return auth.Principal{}, err
	}
	if o.Account == reader {
		return o.Principal, nil
	}
	object := "arn:aws:s3:::" + strings.TrimPrefix(u.Path, "/")
	return o.Principal, s.authorizer.CheckAction(context.Background(), nil, o.Principal, "s3:GetObject", object, nil)
}

// guard returns what stands in front of everything that only operators use. In
// development mode it passes on only requests of this machine, and in a test network
// those that no web page from elsewhere sends.
func (c *Config) guard(s *Server) operator.Guard {
	door := operator.LoopbackOnly
	if pages := c.pages(); pages != nil && c.OnNetwork {
		door = operator.NetworkOnly(*pages)
	}
	return operator.Guard{Access: s.access, Log: s.log, Strict: c.Strict, Door: door}
}

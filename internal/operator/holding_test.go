package operator_test

import (
	"context"
	"crypto/rand"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"cosell/internal/access"
	"cosell/internal/operator"
	"cosell/internal/requestlog"
	"cosell/internal/secrets/secretstest"
	"cosell/internal/store/enginetest"
)

// entrance is two servers on a store whose operators sign in.
type entrance struct {
	*feed

	servers [2]operator.Guard
	later   atomic.Int64 // how much later it is than time.Now
	log     *requestlog.Log
	clients context.Context // of all requests, until leave
	leave   context.CancelFunc
	session *http.Cookie // of an auditor's token
	bearer  string       // another token, for an hour
}

func newEntrance(t *testing.T) *entrance {
	t.Helper()
	e := &entrance{feed: &feed{desk: newDesk()}, log: requestlog.New(1)}
	config := access.Config{
		Store: enginetest.Embedded(t), Secrets: secretstest.New(t), Random: rand.Reader, FirstToken: firstToken,
		Now: func() time.Time { return time.Now().Add(time.Duration(e.later.Load())) },
	}
	e.clients, e.leave = context.WithCancel(t.Context())
	for i := range e.servers {
		s, err := access.New(t.Context(), config)
		if err != nil {
			t.Fatal(err)
		}
		e.servers[i] = operator.Guard{Access: s, Log: slog.New(slog.DiscardHandler), Strict: true}
	}
	token, err := e.servers[0].Access.Create(t.Context(), access.Token{Name: "auditor", Role: access.Auditor})
	if err != nil {
		t.Fatal(err)
	}
	e.bearer, err = e.servers[0].Access.Create(t.Context(), access.Token{Name: "robot", Role: access.Auditor, Expires: config.Now().Add(time.Hour)})
	if err != nil {
		t.Fatal(err)
	}
	who, err := e.servers[0].Access.Authenticate(t.Context(), token)
	if err != nil {
		t.Fatal(err)
	}
	if e.session, err = e.servers[0].Access.StartSession(who, false); err != nil {
		t.Fatal(err)
	}
	return e
}

// open sends a request to a server, and returns what is closed when its answer has ended.
func (e *entrance) open(t *testing.T, server int, target, bearer string) (*reader, <-chan struct{}) {
	t.Helper()
	guard := e.servers[server]
	handler := guard.ProtectAPI(operator.New(operator.Config{
		Service: e, Access: guard.Access, Strict: true, Clock: e.clock, Requests: e.log, Log: guard.Log, Version: "0.0.0",
	}))
	request := httptest.NewRequestWithContext(e.clients, http.MethodGet, operator.Prefix+target, nil)
	if bearer != "" {
		request.Header.Set("Authorization", "Bearer "+bearer)
	} else {
		request.AddCookie(e.session)
	}
	r, ended := &reader{header: http.Header{}}, make(chan struct{})
	go func() {
		defer close(ended)
		handler.ServeHTTP(r, request)
	}()
	if over(ended) {
		t.Fatalf("%s: ended at once with %d: %s", target, r.status, r.got.String())
	}
	return r, ended
}

// TestAttackStreamOutlivesItsSession sees that answers which last tell nothing any more a few
// seconds after what let them in has ended, at each server, and that those of others go on.
func TestAttackStreamOutlivesItsSession(t *testing.T) {
	const soon = access.HoldingEvery + waitLooks
	for name, c := range map[string]struct {
		end             func(t *testing.T, e *entrance) error
		session, bearer bool // which of them end
	}{
		"the operator signs out": {session: true, end: func(t *testing.T, e *entrance) error {
			t.Helper()
			r := httptest.NewRequestWithContext(t.Context(), http.MethodDelete, "/console/session", nil)
			r.AddCookie(e.session)
			return e.servers[1].Access.SignOut(r)
		}},
		"the token of the session is revoked": {session: true, end: func(t *testing.T, e *entrance) error {
			t.Helper()
			return e.servers[1].Access.Revoke(t.Context(), "auditor")
		}},
		"the token of the request is revoked": {bearer: true, end: func(t *testing.T, e *entrance) error {
			t.Helper()
			return e.servers[1].Access.Revoke(t.Context(), "robot")
		}},
		"the token of the request expires": {bearer: true, end: func(_ *testing.T, e *entrance) error {
			e.later.Add(int64(time.Hour))
			return nil
		}},
		"eight hours": {session: true, bearer: true, end: func(_ *testing.T, e *entrance) error {
			e.later.Add(int64(access.SessionLife))
			return nil
		}},
		"nothing": {end: func(*testing.T, *entrance) error { return nil }},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				e := newEntrance(t)
				defer synctest.Wait()
				defer e.leave()
				type answer struct {
					*reader
					what  string
					ended <-chan struct{}
					ends  bool
				}
				var all []answer
				for server := range e.servers {
					for _, target := range []string{"/events/stream?account=*", "/events?account=*&wait=60s", "/requests?wait=60s"} {
						for bearer, ends := range map[string]bool{"": c.session, e.bearer: c.bearer} {
							r, ended := e.open(t, server, target, bearer)
							all = append(all, answer{r, target, ended, ends})
						}
					}
				}
				time.Sleep(5 * access.HoldingEvery)
				if err := c.end(t, e); err != nil {
					t.Fatal(err)
				}
				time.Sleep(soon)
				for _, a := range all {
					if over(a.ended) != a.ends {
						t.Errorf("%s: ended: %t, want %t", a.what, !a.ends, a.ends)
					}
				}
				e.note(streamer, 1)
				time.Sleep(waitLooks)
				synctest.Wait()
				for _, a := range all {
					if told := a.ids() == "1"; a.what == "/events/stream?account=*" && told == a.ends {
						t.Errorf("%s: told of an event: %t", a.what, told)
					}
				}
			})
		})
	}
}

// TestAttackManyStreams sees that one who may read events, however little of them, keeps no
// more of a server than a few streams, and that others get theirs.
func TestAttackManyStreams(t *testing.T) {
	const most = 200 // of a token
	synctest.Test(t, func(t *testing.T) {
		e := newEntrance(t)
		defer synctest.Wait()
		defer e.leave()
		handler := e.servers[0].ProtectAPI(operator.New(operator.Config{
			Service: e, Access: e.servers[0].Access, Strict: true, Clock: e.clock, Requests: e.log, Log: e.servers[0].Log, Version: "0.0.0",
		}))
		send := func(ctx context.Context, target, bearer string) (*reader, <-chan struct{}) {
			request := httptest.NewRequestWithContext(ctx, http.MethodGet, operator.Prefix+target, nil)
			request.Header.Set("Authorization", "Bearer "+bearer)
			r, ended := &reader{header: http.Header{}}, make(chan struct{})
			go func() {
				defer close(ended)
				handler.ServeHTTP(r, request)
			}()
			return r, ended
		}
		all := []string{"/events/stream?account=*", "/events?account=*&wait=60s", "/requests?wait=60s"}
		one, leaveOne := context.WithCancel(e.clients)
		for i := range most {
			ctx := e.clients
			if i == 0 {
				ctx = one
			}
			if r, ended := send(ctx, all[i%len(all)], e.bearer); over(ended) {
				t.Fatalf("%d: %d %s", i, r.status, r.got.String())
			}
		}
		for _, target := range all {
			if r, ended := send(e.clients, target, e.bearer); !over(ended) || r.status != http.StatusTooManyRequests || !strings.Contains(r.got.String(), "close one") {
				t.Errorf("%s: one too many: %d %s", target, r.status, r.got.String())
			}
			if r, ended := send(e.clients, target, firstToken); over(ended) {
				t.Errorf("%s, another token: %d %s", target, r.status, r.got.String())
			}
		}
		if r, ended := send(e.clients, "/events?account=*", e.bearer); !over(ended) || r.status == http.StatusTooManyRequests {
			t.Errorf("what does not wait: %d", r.status)
		}
		leaveOne()
		synctest.Wait()
		if r, ended := send(e.clients, all[0], e.bearer); over(ended) {
			t.Errorf("after one was closed: %d %s", r.status, r.got.String())
		}
	})
}

// waitLooks is longer than what waits needs to see what came.
const waitLooks = time.Second

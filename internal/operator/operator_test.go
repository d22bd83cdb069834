package operator_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"cosell/internal/access"
	"cosell/internal/api"
	"cosell/internal/clock"
	"cosell/internal/operator"
	"cosell/internal/selling"
	"cosell/internal/store"
)

var realTime = time.Date(2026, 3, 9, 1, 50, 25, 40_000_000, time.UTC)

type stopped struct{}

func (stopped) Now() time.Time { return realTime }

// desk is a service that keeps what it is given in memory.
type desk struct {
	operator.ReviewDesk // has tests of its own, on the real service
	operator.Customers  // likewise
	operator.Groups     // likewise
	operator.Histories  // likewise

	profiles  map[string]selling.AccountProfile
	solutions []api.SolutionBase
	events    []store.Event
	err       error

	clock *clock.Adjustable
	moved int
	log   bytes.Buffer
}

func newDesk() *desk {
	return &desk{profiles: map[string]selling.AccountProfile{}, clock: clock.Over(stopped{})}
}

func (d *desk) AccountProfile(_ context.Context, account string) (selling.AccountProfile, error) {
	return d.profiles[account], d.err
}

func (d *desk) PutAccount(_ context.Context, account string, p selling.AccountProfile) error {
	d.profiles[account] = p
	return d.err
}

func (d *desk) Solutions(context.Context, string, string) ([]api.SolutionBase, error) {
	return d.solutions, d.err
}

func (d *desk) PutSolution(_ context.Context, account, catalog string, s api.SolutionBase) error {
	s.Catalog, s.CreatedDate = &catalog, new(api.NewTimestamp(realTime))
	s.Arn = new("arn:aws:partnercentral:us-east-1:" + account + ":catalog/" + catalog + "/solution/" + *s.Id)
	d.solutions = append(d.solutions, s)
	return d.err
}

func (d *desk) Events(_ context.Context, account string, after int64, limit int) ([]store.Event, error) {
	found := slices.DeleteFunc(slices.Clone(d.events), func(e store.Event) bool {
		return e.Account != account || e.Sequence <= after
	})
	return found[:min(limit, len(found))], d.err
}

func (d *desk) LastEvents(ctx context.Context, account string, after int64, limit int) ([]store.Event, error) {
	found, err := d.Events(ctx, account, after, len(d.events))
	return found[max(0, len(found)-limit):], err
}

func (d *desk) call(t *testing.T, method, path, body string) *httptest.ResponseRecorder {
	t.Helper()
	handler := operator.New(operator.Config{
		Service: d, Clock: d.clock, Log: slog.New(slog.NewTextHandler(&d.log, nil)), Version: "0.0.0",
		ClockMoved: func(context.Context) error { d.moved++; return nil },
	})
	r := httptest.NewRequestWithContext(t.Context(), method, operator.Prefix+path, strings.NewReader(body))
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, asLocal(r))
	return w
}

// asLocal returns a request as a [operator.Guard] passes it on in development mode.
func asLocal(r *http.Request) *http.Request {
	return r.WithContext(access.With(r.Context(), access.Local()))
}

func TestScenarios(t *testing.T) {
	const (
		account  = "/accounts/123456789012"
		solution = account + "/catalogs/Sandbox/solutions/S-7"
	)
	type step struct {
		method, path, body string
		status             int
		want               string // is part of the answer
	}
	for name, steps := range map[string][]step{
		"the clock shows the real time": {
			{"GET", "/clock", "", 200, `{"now":"2026-03-09T01:50:25.04Z","adjusted":false}`},
		},
		"the clock advances, and advances again": {
			{"POST", "/clock", `{"advance":"360h"}`, 200, `{"now":"2026-03-24T01:50:25.04Z","adjusted":true}`},
			{"POST", "/clock", `{"advance":"1h30m"}`, 200, `{"now":"2026-03-24T03:20:25.04Z","adjusted":true}`},
			{"GET", "/clock", "", 200, `"2026-03-24T03:20:25.04Z"`},
		},
		"the clock is set, with any offset": {
			{"POST", "/clock", `{"set":"2027-01-01T02:00:00+02:00"}`, 200, `{"now":"2027-01-01T00:00:00Z","adjusted":true}`},
		},
		"the clock is reset": {
			{"POST", "/clock", `{"advance":"1h"}`, 200, ``},
			{"POST", "/clock", `{"reset":true}`, 200, `{"now":"2026-03-09T01:50:25.04Z","adjusted":false}`},
		},
		"a clock is moved in one way": {
			{"POST", "/clock", `{}`, 422, `must have exactly one of \"advance\", \"set\" and \"reset\"`},
			{"POST", "/clock", `{"advance":"1h","reset":true}`, 422, `"location":"body"`},
			{"POST", "/clock", `{"reset":false}`, 422, `body.reset`},
			{"POST", "/clock", ``, 400, `request body is required`},
			{"GET", "/clock", "", 200, `"adjusted":false`},
		},
		"what a clock cannot show": {
			{"POST", "/clock", `{"advance":"15d"}`, 422, `must be a duration in hours, minutes and seconds; write 360h for 15 days","location":"body.advance"`},
			{"POST", "/clock", `{"advance":360}`, 422, `expected string","location":"body.advance"`},
			{"POST", "/clock", `{"advance":"-2540400h"}`, 422, `must not move the clock out of the years 1970 to 8999`},
			{"POST", "/clock", `{"set":"1969-12-31T23:59:59Z"}`, 422, `must be between 1970-01-01 and 9000-01-01","location":"body.set"`},
			{"POST", "/clock", `{"set":"9000-01-01T00:00:00.001Z"}`, 422, `must be between 1970-01-01 and 9000-01-01`},
			{"POST", "/clock", `{"set":"2020-01-01"}`, 422, `must be a time in RFC 3339 form`},
			{"POST", "/clock", `{"set":"tomorrow"}`, 422, `must be a time in RFC 3339 form, such as 2027-01-01T00:00:00Z","location":"body.set"`},
			{"POST", "/clock", `{"forward":"1h"}`, 422, `body.forward`},
			{"GET", "/clock", "", 200, `"adjusted":false`},
		},

		"a profile is kept": {
			{
				"PUT", account, `{"companyName":"Acme","websiteUrl":"https://acme.example","users":[{"email":"a@acme.example","firstName":"A","lastName":"B","phone":"+12065550100"}]}`,
				200, `{"companyName":"Acme","websiteUrl":"https://acme.example","users":[{"email":"a@acme.example","firstName":"A","lastName":"B","phone":"+12065550100"}]}`,
			},
			{"GET", account, "", 200, `"users":[{"email":"a@acme.example","firstName":"A","lastName":"B","phone":"+12065550100"}]`},
			{"GET", "/accounts/aws", "", 200, `{"companyName":""}`},
		},
		"a profile in error says where": {
			{"PUT", account, `{}`, 422, `expected required property companyName to be present`},
			{"PUT", account, `{"companyName":"A","users":[{"email":"A@acme.example","firstName":"A","lastName":"B"}]}`, 422, `expected string to be an e-mail address in lower case","location":"body.users[0].email"`},
			{"PUT", account, `{"companyName":"A","users":[{"email":"a@acme.example","firstName":"A","lastName":"B","phone":"0206"}]}`, 422, `a phone number, such as +12065550100","location":"body.users[0].phone"`},
			{"GET", "/accounts/12345", "", 422, `an account of twelve digits, or aws`},
			{"PUT", account, `{`, 400, ``},
		},

		"a solution is made, found and listed": {
			{
				"PUT", solution, `{"name":"Seven","status":"Draft","category":"Software Product","awsMarketplaceSolutionArn":"arn:x"}`, 200,
				`{"id":"S-7","arn":"arn:aws:partnercentral:us-east-1:123456789012:catalog/Sandbox/solution/S-7","createdDate":"2026-03-09T01:50:25.04Z","name":"Seven","status":"Draft","category":"Software Product","awsMarketplaceSolutionArn":"arn:x"}`,
			},
			{"GET", solution, "", 200, `"name":"Seven"`},
			{"GET", account + "/catalogs/Sandbox/solutions", "", 200, `{"solutions":[{"id":"S-7"`},
		},
		"a solution is active by default": {
			{"PUT", solution, `{"name":"Seven"}`, 200, `"name":"Seven","status":"Active"}`},
		},
		"a solution that is not there": {
			{"GET", solution, "", 404, "no such solution"},
			{"GET", account + "/catalogs/Sandbox/solutions", "", 200, `{"solutions":[]}`},
		},
		"a solution in error says where": {
			{"PUT", solution, `{"status":"Active"}`, 422, "property name"},
			{"PUT", solution, `{"name":"Seven","status":"active"}`, 422, `\"Active, Inactive, Draft\"","location":"body.status"`},
			{"PUT", account + "/catalogs/Sandbox/solutions/7", `{"name":"Seven"}`, 422, `S- and up to 19 digits","location":"path.id"`},
			{"PUT", account + "/catalogs/Other/solutions/S-7", `{"name":"Seven"}`, 422, "path.catalog"},
		},

		"events of one account, page by page": {
			{"GET", "/events?account=123456789012&limit=1", "", 200, `{"events":[{"sequence":"6917529027641081857","account":"123456789012","event":{"detail-type":"Opportunity Created"}}],"next":"6917529027641081857"}`},
			{"GET", "/events?account=123456789012&after=6917529027641081857", "", 200, `{"events":[{"sequence":"6917529027641081858","account":"123456789012","event":{"detail-type":"Opportunity Updated"}}],"next":"6917529027641081858"}`},
			{"GET", "/events?account=123456789012&after=6917529027641081858", "", 200, `{"events":[],"next":"6917529027641081858"}`},
			{"GET", "/events?account=123456789012&last=1", "", 200, `{"events":[{"sequence":"6917529027641081858","account":"123456789012","event":{"detail-type":"Opportunity Updated"}}],"next":"6917529027641081858"}`},
			{"GET", "/events?account=123456789012&last=1&limit=2&after=6917529027641081858", "", 200, `{"events":[],"next":"6917529027641081858"}`},
			{"GET", "/events?account=aws", "", 200, `{"events":[],"next":"0"}`},
		},
		"events in error say where": {
			{"GET", "/events", "", 422, "query.account"},
			{"GET", "/events?account=1", "", 422, "query.account"},
			{"GET", "/events?account=aws&after=x", "", 422, "query.after"},
			{"GET", "/events?account=aws&limit=1001", "", 422, "query.limit"},
			{"GET", "/events?account=aws&last=0", "", 422, "query.last"},
			{"GET", "/events?account=aws&last=1001", "", 422, "query.last"},
		},

		"what is not there": {
			{"GET", "/nothing", "", 404, `"detail":"path: no such route; /operator/v1/openapi.json describes all of them"`},
			{"GET", "/", "", 404, `path: no such route`},
			{"DELETE", "/clock", "", 405, `"detail":"method: is \"DELETE\"; must be one of: GET, HEAD, POST"`},
		},
		"a member that is sent twice": {
			{"POST", "/clock", `{"advance":"1h","advance":"2h"}`, 400, `advance: duplicate member; must be sent once`},
			{"GET", "/clock", "", 200, `"adjusted":false`},
		},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk()
			d.events = []store.Event{
				{Account: "123456789012", Sequence: 6917529027641081857, Envelope: []byte(`{"detail-type":"Opportunity Created"}`)},
				{Account: "123456789012", Sequence: 6917529027641081858, Envelope: []byte(`{"detail-type":"Opportunity Updated"}`)},
			}
			for i, s := range steps {
				w := d.call(t, s.method, s.path, s.body)
				if w.Code != s.status || !strings.Contains(w.Body.String(), s.want) {
					t.Errorf("step %d: got %d %s\nwant %d %s", i, w.Code, w.Body, s.status, s.want)
				}
			}
		})
	}
}

func TestWhatWaitsIsToldThatTheClockMoved(t *testing.T) {
	d := newDesk()
	for i, c := range []struct {
		method, body string
		moved        int
	}{{"GET", "", 0}, {"POST", `{"advance":"x"}`, 0}, {"POST", `{"advance":"1h"}`, 1}, {"POST", `{"reset":true}`, 2}} {
		if d.call(t, c.method, "/clock", c.body); d.moved != c.moved {
			t.Errorf("step %d: told %d times, want %d", i, d.moved, c.moved)
		}
	}
}

func TestErrorsDoNotRepeatWhatWasSent(t *testing.T) {
	w := newDesk().call(t, "PUT", "/accounts/123456789012", `{"companyName":7,"users":[{"email":"Secret","firstName":"A","lastName":"B"}],"websiteUrl":"https://x.example"}`)
	if w.Code != 422 || strings.Contains(w.Body.String(), "Secret") {
		t.Errorf("got %d %s", w.Code, w.Body)
	}
}

func TestFaultsAreLoggedAndNotTold(t *testing.T) {
	for _, c := range []struct{ method, path, body string }{
		{"GET", "/accounts/123456789012", ""},
		{"PUT", "/accounts/123456789012", `{"companyName":"A"}`},
		{"GET", "/accounts/123456789012/catalogs/AWS/solutions", ""},
		{"GET", "/accounts/123456789012/catalogs/AWS/solutions/S-1", ""},
		{"PUT", "/accounts/123456789012/catalogs/AWS/solutions/S-1", `{"name":"A"}`},
		{"GET", "/events?account=aws", ""},
	} {
		d := newDesk()
		d.err = errors.New("disk full")
		w := d.call(t, c.method, c.path, c.body)
		if w.Code != 500 || strings.Contains(w.Body.String(), "disk") || !strings.Contains(d.log.String(), "disk full") {
			t.Errorf("%s %s: %d %s, log: %s", c.method, c.path, w.Code, w.Body, d.log.String())
		}
	}
}

func TestTheDescriptionHasEveryPath(t *testing.T) {
	w := newDesk().call(t, "GET", "/openapi.json", "")
	var description struct {
		OpenAPI string
		Servers []struct{ URL string }
		Paths   map[string]map[string]struct{ Summary string }
	}
	if err := json.Unmarshal(w.Body.Bytes(), &description); err != nil || w.Code != 200 {
		t.Fatalf("got %d, %v", w.Code, err)
	}
	if len(description.Servers) != 1 || description.Servers[0].URL != operator.Prefix {
		t.Errorf("servers: %v", description.Servers)
	}
	for path, methods := range map[string][]string{
		"/clock":              {"get", "post"},
		"/events":             {"get"},
		"/accounts/{account}": {"get", "put"},
		"/accounts/{account}/catalogs/{catalog}/solutions":      {"get"},
		"/accounts/{account}/catalogs/{catalog}/solutions/{id}": {"get", "put"},
	} {
		for _, method := range methods {
			if description.Paths[path][method].Summary == "" {
				t.Errorf("%s %s is not described", method, path)
			}
		}
	}
}

func TestLoopbackOnly(t *testing.T) {
	for i, c := range []struct {
		remote, host string
		origin       []string
		allowed      bool
	}{
		{"127.0.0.1:5", "127.0.0.1:8787", nil, true},
		{"127.9.9.9:5", "localhost:8787", nil, true},
		{"[::1]:5", "[::1]:8787", nil, true},
		{"[::ffff:127.0.0.1]:5", "LOCALHOST", nil, true},
		{"127.0.0.1:5", "[::1]", nil, true},
		{"127.0.0.1:5", "127.0.0.1:8787", []string{"http://127.0.0.1:8787"}, true},
		{"127.0.0.1:5", "localhost:8787", []string{"https://localhost:5173"}, true},

		{"192.0.2.1:5", "127.0.0.1:8787", nil, false},
		{"[2001:db8::1]:5", "localhost", nil, false},
		{"@", "localhost", nil, false},
		{"", "localhost", nil, false},
		{"127.0.0.1:5", "attacker.example", nil, false}, // a name bound to 127.0.0.1 by whoever owns it
		{"127.0.0.1:5", "localhost.attacker.example:8787", nil, false},
		{"127.0.0.1:5", "192.0.2.1", nil, false},
		{"127.0.0.1:5", "", nil, false},
		{"127.0.0.1:5", "localhost:8787", []string{"https://attacker.example"}, false},
		{"127.0.0.1:5", "localhost:8787", []string{"https://localhost.attacker.example"}, false},
		{"127.0.0.1:5", "localhost:8787", []string{"https://localhost@attacker.example"}, false},
		{"127.0.0.1:5", "localhost:8787", []string{"https://attacker@localhost"}, false},
		{"127.0.0.1:5", "localhost:8787", []string{"file://localhost"}, false},
		{"127.0.0.1:5", "localhost:8787", []string{"null"}, false},
		{"127.0.0.1:5", "localhost:8787", []string{""}, false},
		{"127.0.0.1:5", "localhost:8787", []string{"http://localhost", "https://attacker.example"}, false},
	} {
		t.Run(strconv.Itoa(i), func(t *testing.T) {
			reached := false
			handler := operator.LoopbackOnly(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached = true }))
			r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/operator/v1/clock", nil)
			r.RemoteAddr, r.Host = c.remote, c.host
			if c.origin != nil {
				r.Header["Origin"] = c.origin
			}
			w := httptest.NewRecorder()
			handler.ServeHTTP(w, r)
			if reached != c.allowed || (w.Code == 403) == c.allowed {
				t.Errorf("%+v: reached %t, status %d", c, reached, w.Code)
			}
			if !c.allowed && !strings.Contains(w.Body.String(), `"status":403`) {
				t.Errorf("got %s", w.Body)
			}
		})
	}
}

func FuzzLoopbackHost(f *testing.F) {
	for _, host := range []string{"localhost", "127.0.0.1:80", "[::1]:80", "attacker.example", "localhost:80:80", "[localhost]", "127.0.0.1.attacker.example"} {
		f.Add(host)
	}
	f.Fuzz(func(t *testing.T, host string) {
		reached := false
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/operator/v1/clock", nil)
		r.RemoteAddr, r.Host = "127.0.0.1:1", host
		operator.LoopbackOnly(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached = true })).ServeHTTP(httptest.NewRecorder(), r)
		u, err := url.Parse("http://" + host + "/")
		if !reached || err != nil {
			return // what is no authority of a URL cannot be where a browser went
		}
		if address, err := netip.ParseAddr(u.Hostname()); !strings.EqualFold(u.Hostname(), "localhost") &&
			(err != nil || !address.Unmap().IsLoopback()) {
			t.Errorf("%q passes for this machine", host)
		}
	})
}

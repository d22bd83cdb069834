package operator

import (
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"cosell/internal/access"
	"cosell/internal/clock"
)

// describedRoutes returns the routes of the API.
func describedRoutes(t *testing.T, h http.Handler) (routes []string) {
	t.Helper()
	w := httptest.NewRecorder()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, Prefix+"/openapi.json", nil)
	h.ServeHTTP(w, r.WithContext(access.With(r.Context(), access.Local())))
	var described struct {
		Paths map[string]map[string]json.RawMessage `json:"paths"`
	}
	if err := json.Unmarshal(w.Body.Bytes(), &described); err != nil {
		t.Fatal(err)
	}
	for path, methods := range described.Paths {
		for method := range methods {
			routes = append(routes, strings.ToUpper(method)+" "+path)
		}
	}
	slices.Sort(routes)
	return routes
}

func bareAPI() http.Handler {
	return New(Config{Log: slog.New(slog.DiscardHandler), Clock: clock.New()})
}

func TestEveryRouteSaysWhoMayUseIt(t *testing.T) {
	routes := describedRoutes(t, bareAPI())
	for _, route := range routes {
		if _, ok := rights[route]; !ok {
			t.Errorf("%s: is missing in rights; say who may use it", route)
		}
	}
	for route := range rights {
		if !slices.Contains(routes, route) {
			t.Errorf("%s: no such route", route)
		}
	}
}

// reach sends a request of an operator to a route and reports whether its handler, or
// the check of its parameters, was reached, or else the status.
func reach(t *testing.T, h http.Handler, route, account string, i *access.Identity) (reached bool, status int) {
	t.Helper()
	method, path, _ := strings.Cut(route, " ")
	path = strings.NewReplacer("{account}", account, "{catalog}", "Sandbox", "{id}", "x", "{name}", "x").Replace(path)
	ctx := t.Context()
	if i != nil {
		ctx = access.With(ctx, i)
	}
	var content io.Reader
	if method != http.MethodGet && method != http.MethodDelete {
		content = strings.NewReader(`[`) // which no handler takes
	}
	r := httptest.NewRequestWithContext(ctx, method, Prefix+path+"?account="+account, content)
	w := httptest.NewRecorder()
	defer func() {
		if recover() != nil { // the service behind the handler is missing
			reached, status = true, 0
		}
	}()
	h.ServeHTTP(w, r)
	return w.Code != http.StatusUnauthorized && w.Code != http.StatusForbidden, w.Code
}

// asAWS are the routes by which a reviewer changes something.
var asAWS = []string{
	"POST /accounts/{account}/catalogs/{catalog}/customer-accounts/{id}/match", "POST /referrals",
	"PATCH /opportunities/{id}/aws-summary", "POST /opportunities/{id}/review", "POST /proposals/{token}/approve", "POST /proposals/{token}/reject",
	"PUT /accounts/{account}/catalogs/{catalog}/solutions/{id}",
}

// secretReads are the routes that read what lets their reader act as others.
var secretReads = []string{"GET /export", "GET /tokens"}

func TestEveryRouteByEveryRole(t *testing.T) {
	h := bareAPI()
	for _, route := range describedRoutes(t, h) {
		if strings.HasSuffix(route, "/events/stream") {
			continue // which does not end; its right is that of /events
		}
		read := strings.HasPrefix(route, "GET ") && !slices.Contains(secretReads, route)
		for role, want := range map[access.Role]bool{
			access.Administrator: true,
			access.Reviewer:      read && !strings.HasPrefix(route, "GET /audit") || slices.Contains(asAWS, route),
			access.Auditor:       read,
			access.User:          false, // see TestAttackUserOfTheConsole
			"":                   false,
			"root":               false,
		} {
			got, status := reach(t, h, route, "111111111111", &access.Identity{Name: "x", Role: role})
			if got != want {
				t.Errorf("%s as %q: reached %t (%d), want %t", route, role, got, status, want)
			}
		}
		if got, status := reach(t, h, route, "111111111111", nil); got || status != http.StatusUnauthorized {
			t.Errorf("%s without an operator: %d", route, status)
		}
	}
	if rights["GET /events/stream"].scope != rights["GET /events"].scope {
		t.Error("the stream of events has another scope than their list")
	}
}

func TestAttackOperatorReachesAnotherAccount(t *testing.T) {
	h := bareAPI()
	mine := &access.Identity{Name: "x", Role: access.Administrator, Accounts: []string{"111111111111"}}
	for _, route := range describedRoutes(t, h) {
		if strings.HasSuffix(route, "/events/stream") {
			continue
		}
		switch rights[route].scope {
		case pathAccount, queryAccount:
			if ok, status := reach(t, h, route, "111111111111", mine); !ok {
				t.Errorf("%s for the own account: %d", route, status)
			}
			for _, other := range []string{"222222222222", "aws", "*", "", "111111111111%00", "111111111111,222222222222"} {
				if other == "" && rights[route].scope == pathAccount {
					continue // is another path
				}
				if ok, status := reach(t, h, route, other, mine); ok {
					t.Errorf("%s for %q: %d", route, other, status)
				}
			}
		case wholeServer:
			if ok, status := reach(t, h, route, "111111111111", mine); ok {
				t.Errorf("%s, which concerns all accounts: %d", route, status)
			}
		}
	}
}

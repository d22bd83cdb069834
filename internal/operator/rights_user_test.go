package operator

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"cosell/internal/access"
	"cosell/internal/api"
	"cosell/internal/auth"
	"cosell/internal/clock"
)

// TestAttackUserOfTheConsole sees that a user who signed in to the console reaches few
// routes, for its account alone, and where they tell of records only what its policies
// allow.
func TestAttackUserOfTheConsole(t *testing.T) {
	const own, other = "111111111111", "222222222222"
	who := &access.Identity{
		Name: "arn:aws:iam::" + own + ":user/alice", Role: access.User, Accounts: []string{own},
		Principal: &auth.Principal{Account: own, ARN: "arn:aws:iam::" + own + ":user/alice"},
	}
	var asked []string
	var answer error
	h := New(Config{Log: slog.New(slog.DiscardHandler), Clock: clock.New(), Authorize: func(_ context.Context, r *http.Request, caller auth.Principal, op *api.Operation, in api.Input) error {
		if r == nil || caller.ARN != who.Name {
			t.Errorf("%v asks, with %v", caller, r)
		}
		asked = append(asked, op.Name+" "+in.CatalogName())
		return answer
	}})
	send := func(method, target string) (reached bool, status int) {
		w := httptest.NewRecorder()
		defer func() {
			if recover() != nil { // the service behind the handler is missing
				reached, status = true, 0
			}
		}()
		h.ServeHTTP(w, httptest.NewRequestWithContext(access.With(t.Context(), who), method, Prefix+target, nil))
		return w.Code != http.StatusForbidden, w.Code
	}
	free := []string{"GET /session", "GET /accounts", "GET /clock"}
	byAccount := []string{"GET /events", "GET /events/stream"} // TestAttackEventsExceedPolicies has what they tell
	byPolicy := map[string]string{
		"GET /pipeline":                      "ListOpportunities Sandbox",
		"GET /opportunities/{id}/submission": "GetOpportunity Sandbox",
	}
	for _, route := range describedRoutes(t, h) {
		method, path, _ := strings.Cut(route, " ")
		path = strings.NewReplacer("{account}", own, "{catalog}", "Sandbox", "{id}", "O1", "{name}", "alice", "{user}", "alice", "{token}", "x").Replace(path)
		asked, answer = nil, nil
		reached, status := send(method, path+"?account="+own+"&catalog=Sandbox")
		needs, policed := byPolicy[route]
		filtered := slices.Contains(byAccount, route)
		if want := slices.Contains(free, route) || policed || filtered; reached != want {
			t.Errorf("%s: reached %t (%d), want %t", route, reached, status, want)
		}
		if policed != (len(asked) == 1) || policed && asked[0] != needs {
			t.Errorf("%s: the policies were asked for %v", route, asked)
		}
		if filtered {
			for _, query := range []string{"?account=" + other, "?account=" + other + "&account=" + own, "?account=*", "", "?account=" + own + "%00", "?account=aws"} {
				if reached, status := send(method, path+query); reached {
					t.Errorf("%s%s: %d", route, query, status)
				}
			}
		}
		if !policed {
			continue
		}
		for _, query := range []string{
			"?account=" + other + "&catalog=Sandbox", "?account=" + other + "&account=" + own + "&catalog=Sandbox", "?account=*&catalog=Sandbox",
			"?catalog=Sandbox", "?account=" + own, "?account=" + own + "%00&catalog=Sandbox", "?account=" + own + "&catalog=*", "?account=" + own + ";account=" + other + "&catalog=Sandbox",
		} {
			if reached, status := send(method, path+query); reached {
				t.Errorf("%s%s: %d", route, query, status)
			}
		}
		answer = api.AccessDenied("not you")
		if reached, _ := send(method, path+"?account="+own+"&catalog=Sandbox"); reached {
			t.Errorf("%s, which the policies do not allow", route)
		}
		for _, answer = range []error{errors.New("a fault"), api.Internal(errors.New("a fault"))} {
			if _, status := send(method, path+"?account="+own+"&catalog=Sandbox"); status != http.StatusInternalServerError {
				t.Errorf("%s, and the policies cannot be read, %v: %d", route, answer, status)
			}
		}
	}
	who = &access.Identity{Role: access.User, Accounts: []string{own}}
	if reached, status := send(http.MethodGet, "/session"); reached {
		t.Errorf("a user without a principal: %d", status)
	}
}

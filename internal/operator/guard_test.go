package operator_test

import (
	"crypto/rand"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"
	"time"

	"cosell/internal/access"
	"cosell/internal/operator"
	"cosell/internal/secrets/secretstest"
	"cosell/internal/store/enginetest"
)

const (
	firstToken   = "first-token-of-the-administrator-0123456789"
	metricsToken = "token-of-the-metrics-alone-0123456789"
)

func newGuard(t *testing.T, strict bool) operator.Guard {
	t.Helper()
	s := enginetest.Open(t)
	keeper := secretstest.New(t)
	known, err := access.New(t.Context(), access.Config{Store: s, Secrets: keeper, Now: time.Now, Random: rand.Reader, FirstToken: firstToken})
	if err != nil {
		t.Fatal(err)
	}
	return operator.Guard{Access: known, Log: slog.New(slog.DiscardHandler), Strict: strict, Door: operator.LoopbackOnly}
}

func TestGuard(t *testing.T) {
	guards := map[bool]operator.Guard{true: newGuard(t, true), false: newGuard(t, false)}
	networks := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}
	for name, c := range map[string]struct {
		strict        bool
		remote, token string
		want, metrics int
	}{
		"dev, this machine":                     {false, "127.0.0.1:1", "", 200, 200},
		"dev, this machine, a token":            {false, "127.0.0.1:1", firstToken, 200, 200},
		"dev, this machine, a wrong token":      {false, "127.0.0.1:1", "wrong", 401, 401},
		"dev, another machine":                  {false, "192.0.2.1:1", "", 403, 403},
		"dev, another machine, a token":         {false, "192.0.2.1:1", firstToken, 403, 403},
		"strict, this machine":                  {true, "127.0.0.1:1", "", 401, 401},
		"strict, another machine":               {true, "192.0.2.1:1", "", 401, 401},
		"strict, a token":                       {true, "192.0.2.1:1", firstToken, 200, 200},
		"strict, a wrong token":                 {true, "192.0.2.2:1", "wrong", 401, 401},
		"strict, the token of metrics":          {true, "192.0.2.3:1", metricsToken, 401, 200},
		"strict, a network of metrics":          {true, "10.1.2.3:1", "", 401, 200},
		"strict, a network of metrics in IPv6":  {true, "[::ffff:10.1.2.3]:1", "", 401, 200},
		"strict, no network of metrics":         {true, "11.1.2.3:1", "", 401, 401},
		"strict, what is no address of machine": {true, "@", "", 401, 401},
	} {
		for kind, want := range map[string]int{"operators": c.want, "metrics": c.metrics} {
			g := guards[c.strict]
			inner := http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})
			handler := g.Protect(inner)
			if kind == "metrics" {
				handler = g.Metrics(inner, metricsToken, networks)
			}
			r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil)
			r.RemoteAddr, r.Host = c.remote, "localhost"
			if c.token != "" {
				r.Header.Set("Authorization", "Bearer "+c.token)
			}
			w := httptest.NewRecorder()
			handler.ServeHTTP(w, r)
			if w.Code != want {
				t.Errorf("%s, %s: got %d %s, want %d", name, kind, w.Code, w.Body, want)
			}
		}
	}
}

func TestAttackCrossSiteRequestToOperatorAPI(t *testing.T) {
	g := newGuard(t, true)
	i, err := g.Access.Authenticate(t.Context(), firstToken)
	if err != nil {
		t.Fatal(err)
	}
	cookie, err := g.Access.StartSession(i, false)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		method, header, value string
		want                  int
	}{
		"the console reads":       {"GET", "Sec-Fetch-Site", "same-origin", 200},
		"the console writes":      {"POST", "Sec-Fetch-Site", "same-origin", 200},
		"another site posts":      {"POST", "Sec-Fetch-Site", "cross-site", 403},
		"another site deletes":    {"DELETE", "Sec-Fetch-Site", "cross-site", 403},
		"an old browser posts":    {"POST", "Origin", "https://attacker.example", 403},
		"a sandboxed frame posts": {"PUT", "Origin", "null", 403},
	} {
		r := httptest.NewRequestWithContext(t.Context(), c.method, "/operator/v1/reset", nil)
		r.Header.Set(c.header, c.value)
		r.AddCookie(cookie)
		w := httptest.NewRecorder()
		g.Protect(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})).ServeHTTP(w, r)
		if w.Code != c.want {
			t.Errorf("%s: got %d %s", name, w.Code, w.Body)
		}
	}
}

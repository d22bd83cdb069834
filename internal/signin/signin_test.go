package signin_test

import (
	"context"
	"crypto/rand"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"cosell/internal/access"
	"cosell/internal/auth"
	"cosell/internal/operator"
	"cosell/internal/secrets/secretstest"
	"cosell/internal/signin"
	"cosell/internal/store/enginetest"
)

const first = "first-token-of-the-administrator-0123456789"

// refusing refuses whatever is not forwarded.
type refusing struct{}

func (refusing) Check(*http.Request) (auth.Claim, error) { return nil, auth.Unrecognized() }

func (refusing) Verify(*http.Request) (*auth.Object, error) { return nil, auth.Unrecognized() }

// desk is a console whose calls answer who calls, and where.
type desk struct {
	http.Handler

	access   *access.Service
	log      strings.Builder
	uploader string // who sent the last file
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	s := enginetest.Open(t)
	keeper := secretstest.New(t)
	d := new(desk)
	var err error
	d.access, err = access.New(t.Context(), access.Config{Store: s, Secrets: keeper, Now: time.Now, Random: rand.Reader, FirstToken: first})
	if err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.NewTextHandler(&d.log, nil))
	guard := operator.Guard{Access: d.access, Log: log, Strict: true}
	text := func(w http.ResponseWriter, parts ...string) { _, _ = w.Write([]byte(strings.Join(parts, " "))) }
	d.Handler = signin.New(signin.Config{
		Access: d.access, Identify: guard.Identify, Refuse: guard.Refuse, Log: log, Bucket: "bucket",
		Console: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { text(w, "the console") }),
		Calls: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			claim, err := auth.Forwarded{Verifier: refusing{}}.Check(r)
			if err != nil {
				t.Error(err)
				return
			}
			p, err := claim.Verify(nil)
			by := "itself"
			if i := access.From(r.Context()); i != nil {
				by = i.Name
			}
			text(w, r.URL.Path, claim.Account(), p.ARN, "by", by)
			if err != nil || r.Header.Get("Cookie")+r.Header.Get("Authorization") != "" {
				t.Errorf("%v, %v", err, r.Header)
			}
		}),
		Uploads: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			o, err := auth.ForwardedObjects{Verifier: refusing{}}.Verify(r)
			if err != nil {
				t.Error(err)
				return
			}
			text(w, r.URL.Path, o.Account)
			d.uploader = o.ARN
		}),
		Reads: func(target string) bool { return strings.HasPrefix(target, "Selling.Get") },
	})
	return d
}

// ask sends a request of the console's page with headers.
func (d *desk) ask(ctx context.Context, method, path, body string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequestWithContext(ctx, method, path, strings.NewReader(body))
	if method == http.MethodPost && body != "" {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	d.ServeHTTP(w, r)
	return w
}

// signIn returns the cookie of a new session.
func (d *desk) signIn(t *testing.T, token string) string {
	t.Helper()
	w := d.ask(t.Context(), "POST", "/console/sign-in", url.Values{"token": {token}}.Encode(), "Sec-Fetch-Site", "same-origin")
	if w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/console/" {
		t.Fatalf("got %d %s", w.Code, w.Body)
	}
	cookie := w.Result().Cookies()[0]
	return cookie.Name + "=" + cookie.Value
}

func (d *desk) create(t *testing.T, role access.Role, accounts ...string) string {
	t.Helper()
	token, err := d.access.Create(t.Context(), access.Token{Name: string(role) + strings.Join(accounts, "-"), Role: role, Accounts: accounts})
	if err != nil {
		t.Fatal(err)
	}
	return token
}

func TestNothingIsShownBeforeSigningIn(t *testing.T) {
	d := newDesk(t)
	for path, want := range map[string]int{
		"/console/": 303, "/console/opportunities/O1": 303, "/console/assets/index.js": 401, "/console/icon.svg": 401, "/console/sign-in": 200,
	} {
		w := d.ask(t.Context(), "GET", path, "")
		if w.Code != want || strings.Contains(w.Body.String(), "the console") {
			t.Errorf("%s: got %d", path, w.Code)
		}
	}
	for _, path := range []string{"/console/call/111111111111", "/console/upload/111111111111/a.csv"} {
		method := http.MethodPost
		if strings.Contains(path, "upload") {
			method = http.MethodPut
		}
		if w := d.ask(t.Context(), method, path, ""); w.Code != 401 {
			t.Errorf("%s: got %d %s", path, w.Code, w.Body)
		}
	}
	form := d.ask(t.Context(), "GET", "/console/sign-in", "")
	if policy := form.Header().Get("Content-Security-Policy"); !strings.Contains(policy, "default-src 'none'") || !strings.Contains(policy, "frame-ancestors 'none'") {
		t.Errorf("policy: %s", policy)
	}
}

func TestSignInAndOut(t *testing.T) {
	d := newDesk(t)
	session := d.signIn(t, first)
	if w := d.ask(t.Context(), "GET", "/console/", "", "Cookie", session); w.Body.String() != "the console" {
		t.Errorf("got %d %s", w.Code, w.Body)
	}
	w := d.ask(t.Context(), "POST", "/console/call/111111111111", "", "Cookie", session, "Sec-Fetch-Site", "same-origin", "X-Amz-Target", "Selling.Create")
	if got := w.Body.String(); got != "/ 111111111111 arn:aws:iam::111111111111:root by first-administrator" {
		t.Errorf("got %d %s", w.Code, got)
	}
	w = d.ask(t.Context(), "PUT", "/console/upload/111111111111/a.csv", "x", "Cookie", session, "Sec-Fetch-Site", "same-origin")
	if got := w.Body.String(); got != "/bucket/111111111111/a.csv 111111111111" {
		t.Errorf("got %d %s", w.Code, got)
	}
	w = d.ask(t.Context(), "POST", "/console/sign-out", "", "Cookie", session, "Sec-Fetch-Site", "same-origin")
	if c := w.Result().Cookies(); w.Code != 303 || len(c) != 1 || c[0].MaxAge >= 0 {
		t.Errorf("got %d %v", w.Code, c)
	}
	if w = d.ask(t.Context(), "POST", "/console/call/111111111111", "", "Cookie", session, "Sec-Fetch-Site", "same-origin", "X-Amz-Target", "Selling.Get"); w.Code != 401 {
		t.Errorf("the session after signing out: %d", w.Code)
	}
	if log := d.log.String(); !strings.Contains(log, "who=first-administrator") || strings.Contains(log, first) || strings.Contains(log, session) {
		t.Errorf("log: %s", log)
	}
}

func TestWrongTokensAreLimited(t *testing.T) {
	d := newDesk(t)
	for i := range 12 {
		want := 401
		if i >= 10 {
			want = 429
		}
		w := d.ask(t.Context(), "POST", "/console/sign-in", "token=<script>alert(1)</script>")
		if w.Code != want || strings.Contains(w.Body.String(), "<script>") || len(w.Result().Cookies()) != 0 {
			t.Errorf("attempt %d: got %d %s", i, w.Code, w.Body)
		}
	}
	if w := d.ask(t.Context(), "POST", "/console/sign-in", "token="+strings.Repeat("a", 5000)); w.Code != 400 {
		t.Errorf("a form that is too large: %d", w.Code)
	}
}

func TestAttackCrossSiteRequest(t *testing.T) {
	d := newDesk(t)
	session := d.signIn(t, first)
	for _, foreign := range [][]string{
		{"Sec-Fetch-Site", "cross-site"},
		{"Sec-Fetch-Site", "same-site"},
		{"Origin", "https://attacker.example"},
		{"Origin", "null"},
	} {
		for path, method := range map[string]string{
			"/console/sign-in": "POST", "/console/sign-out": "POST", "/console/call/111111111111": "POST", "/console/upload/111111111111/a": "PUT",
		} {
			w := d.ask(t.Context(), method, path, "token="+first, append([]string{"Cookie", session, "X-Amz-Target", "Selling.Get"}, foreign...)...)
			if w.Code != 403 || len(w.Result().Cookies()) != 0 {
				t.Errorf("%s %s with %v: got %d %s", method, path, foreign, w.Code, w.Body)
			}
		}
	}
}

func TestAttackSessionReachesAnotherAccount(t *testing.T) {
	d := newDesk(t)
	reader := d.signIn(t, d.create(t, access.Auditor))
	limited := d.signIn(t, d.create(t, access.Administrator, "111111111111"))
	for _, c := range []struct {
		who, session, path, target string
		want                       int
	}{
		{"a limited administrator", limited, "/console/call/111111111111", "Selling.Create", 200},
		{"a limited administrator", limited, "/console/call/222222222222", "Selling.Get", 403},
		{"a limited administrator", limited, "/console/call/aws", "Selling.Get", 403},
		{"a limited administrator", limited, "/console/call/111111111111%2F..%2F222222222222", "Selling.Get", 404},
		{"an auditor", reader, "/console/call/222222222222", "Selling.Get", 200},
		{"an auditor", reader, "/console/call/222222222222", "Selling.Create", 403},
		{"an auditor", reader, "/console/call/222222222222", "", 403},
		{"an auditor", reader, "/console/call/*", "Selling.Get", 404},
	} {
		w := d.ask(t.Context(), "POST", c.path, "", "Cookie", c.session, "X-Amz-Target", c.target, "Sec-Fetch-Site", "same-origin")
		if w.Code != c.want {
			t.Errorf("%s at %s for %q: got %d %s", c.who, c.path, c.target, w.Code, w.Body)
		}
	}
	for path, want := range map[string]int{"/console/upload/111111111111/a": 200, "/console/upload/222222222222/a": 403} {
		if w := d.ask(t.Context(), "PUT", path, "x", "Cookie", limited, "Sec-Fetch-Site", "same-origin"); w.Code != want {
			t.Errorf("%s: got %d %s", path, w.Code, w.Body)
		}
	}
}

func TestSigningInLeadsToThePageThatWasAskedFor(t *testing.T) {
	for next, want := range map[string]string{
		"/console/opportunities/O1?account=111122223333&tab=team": "/console/opportunities/O1?account=111122223333&tab=team",
		"/console/admin/users/a%2Fb":                              "/console/admin/users/a%2Fb",
		"/console/":                                               "/console/",
		"":                                                        "/console/",
		"/console":                                                "/console/",
		"/operator/v1/reset":                                      "/console/",
		"https://example.com/console/":                            "/console/",
		"//example.com/console/":                                  "/console/",
		"/console//example.com":                                   "/console/",
		"/console/../operator":                                    "/console/",
		"/console/sign-in?next=x":                                 "/console/",
		"javascript:alert(1)":                                     "/console/",
		"/console/\r\nSet-Cookie: a=b":                            "/console/",
	} {
		d := newDesk(t)
		form := url.Values{"token": {first}, "next": {next}}
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/console/sign-in", strings.NewReader(form.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		w := httptest.NewRecorder()
		d.ServeHTTP(w, r)
		if got := w.Header().Get("Location"); w.Code != http.StatusSeeOther || got != want {
			t.Errorf("%q: got %d %q, want %q", next, w.Code, got, want)
		}
	}
	d := newDesk(t)
	w := httptest.NewRecorder()
	d.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/console/events?account=aws", nil))
	if got, want := w.Header().Get("Location"), "/console/sign-in?next=%2Fconsole%2Fevents%3Faccount%3Daws"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

package delivery

import (
	"crypto/tls"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"cosell/internal/events/webhook"
)

var silent = log.New(io.Discard, "", 0)

// What hostile endpoints do to those who send to them. Each attempt must end in time,
// must read no more than it needs, and must not count as delivered.
func TestHostileTargets(t *testing.T) {
	for name, c := range map[string]struct {
		handler http.HandlerFunc
		code    string
		final   bool // for an API destination
	}{
		"Slow": {func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, codeTimeout, false},
		"SlowHeaders": {func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(http.StatusEarlyHints)
			<-r.Context().Done()
		}, codeTimeout, false},
		"EndlessSlowAnswer": {func(w http.ResponseWriter, r *http.Request) {
			for r.Context().Err() == nil {
				_, _ = io.WriteString(w, "x")
				_ = http.NewResponseController(w).Flush()
				select {
				case <-r.Context().Done():
				case <-time.After(time.Millisecond):
				}
			}
		}, codeTimeout, false},
		"Redirect": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "/elsewhere", http.StatusTemporaryRedirect)
		}, codeTarget, true},
		"RedirectToMetadata": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://169.254.169.254/latest/meta-data", http.StatusFound)
		}, codeTarget, true},
		"BreaksOff": {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, codeConnection, false},
		"GigabytesOfHeaders": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("X-Long", strings.Repeat("x", 1<<20))
		}, codeConnection, false},
		"NotHTTP": {func(w http.ResponseWriter, _ *http.Request) {
			conn, _, err := http.NewResponseController(w).Hijack()
			if err == nil {
				_, _ = io.WriteString(conn, "220 mail.example.com ESMTP\r\n")
				_ = conn.Close()
			}
		}, codeConnection, false},
		"TruncatedAnswer": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "100")
			_, _ = io.WriteString(w, "x")
		}, codeConnection, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var elsewhere atomic.Bool
			server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path == "/elsewhere" {
					elsewhere.Store(true)
					return
				}
				_, _ = io.Copy(io.Discard, r.Body) // or the server does not see that the client is gone
				c.handler(w, r)
			}))
			server.Config.ErrorLog = silent
			server.Start()
			defer server.Close()
			allowed := apiTimeout
			if c.code == codeTimeout {
				allowed = 300 * time.Millisecond
			}
			for kind, target := range targetsAt(t, server.URL, allowed) {
				begun := time.Now()
				o := target.Send(t.Context(), anEvent)
				if o.Code != c.code || o.Final != (c.final && kind == "api destination") {
					t.Errorf("%s: %+v, want %s", kind, o, c.code)
				}
				if took := time.Since(begun); took > apiTimeout+2*allowed {
					t.Errorf("%s: an attempt took %s", kind, took)
				}
			}
			if elsewhere.Load() {
				t.Error("a redirect was followed")
			}
		})
	}
}

// targetsAt are the two kinds of targets over HTTP, with little time.
func targetsAt(t *testing.T, address string, allowed time.Duration) map[string]Target {
	t.Helper()
	e := toLoopback(func(c *Config) { c.webhookTimeout, c.apiTimeout = allowed, allowed })
	return map[string]Target{
		"webhook":         &webhookTarget{engine: e, url: address + "/in", secrets: []webhook.Secret{webhook.Secret("0123456789abcdef01234567")}},
		"api destination": destination(t, e, address+"/in", `{"ApiKeyAuthParameters": {"ApiKeyName": "X-Key", "ApiKeyValue": "hush"}}`),
	}
}

// Of an answer of gigabytes only the beginning is read, and kept.
func TestGigabytesAreNotRead(t *testing.T) {
	var written atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", "10737418240")
		chunk := make([]byte, 64<<10)
		for r.Context().Err() == nil {
			n, err := w.Write(chunk)
			written.Add(int64(n))
			if err != nil {
				return
			}
		}
	}))
	defer server.Close()
	for kind, target := range targetsAt(t, server.URL, 10*time.Second) {
		written.Store(0)
		// It has answered 200, so it has the event.
		if o := target.Send(t.Context(), anEvent); !o.OK() || len(o.Answer) > 16<<10 {
			t.Errorf("%s: %s, %d bytes kept", kind, o.Code, len(o.Answer))
		}
		if n := written.Load(); n > 64<<20 {
			t.Errorf("%s: the target could write %d MiB", kind, n>>20)
		}
	}
}

// Certificates are verified, whatever is wrong with them, and what speaks no TLS is no target.
func TestBrokenTLS(t *testing.T) {
	untrusted := httptest.NewUnstartedServer(http.NotFoundHandler())
	untrusted.Config.ErrorLog = silent
	untrusted.StartTLS()
	defer untrusted.Close()
	old := httptest.NewUnstartedServer(http.NotFoundHandler())
	old.Config.ErrorLog = silent
	old.TLS = &tls.Config{MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS10}
	old.StartTLS()
	defer old.Close()
	plain := httptest.NewServer(http.NotFoundHandler())
	defer plain.Close()
	mute, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = mute.Close() }()
	for name, c := range map[string]struct {
		address, code string
		allowed       time.Duration
	}{
		"Untrusted": {untrusted.URL, codeConnection, apiTimeout},
		"TLS10":     {old.URL, codeConnection, apiTimeout},
		"Plain":     {strings.Replace(plain.URL, "http:", "https:", 1), codeConnection, apiTimeout},
		"Mute":      {"https://" + mute.Addr().String(), codeTimeout, 300 * time.Millisecond},
	} {
		t.Run(name, func(t *testing.T) {
			for kind, target := range targetsAt(t, c.address, c.allowed) {
				if o := target.Send(t.Context(), anEvent); o.Code != c.code || o.Final {
					t.Errorf("%s: %+v, want %s", kind, o, c.code)
				}
			}
		})
	}
}

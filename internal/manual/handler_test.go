//go:build !noconsole

package manual_test

import (
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"cosell/internal/manual"
)

// Pages are served with a policy that runs nothing, compressed where wanted, and once.
func TestPagesAreServed(t *testing.T) {
	h := manual.Handler("/console/")
	get := func(path string, header ...string) *httptest.ResponseRecorder {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil)
		r.URL.Path = path // as a server would not clean it
		for i := 0; i < len(header); i += 2 {
			r.Header.Set(header[i], header[i+1])
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return w
	}
	for path, want := range map[string]struct {
		status    int
		mediaType string
	}{
		"/docs/":                  {200, "text/html; charset=utf-8"},
		"/docs/index.html":        {200, "text/html; charset=utf-8"},
		"/docs/behavior/":         {200, "text/html; charset=utf-8"},
		"/docs/guide/how-to.html": {200, "text/html; charset=utf-8"},
		"/docs/style.css":         {200, "text/css; charset=utf-8"},
		"/docs/project/examples/opportunity.json":  {200, "text/plain; charset=utf-8"},
		"/docs/project/examples/python/deal.json":  {200, "text/plain; charset=utf-8"},
		"/docs/none.html":                          {404, "text/plain; charset=utf-8"},
		"/docs/../go.mod":                          {404, "text/plain; charset=utf-8"},
		"/docs/guide/../../internal/api/errors.go": {404, "text/plain; charset=utf-8"},
	} {
		w := get(path)
		if w.Code != want.status || w.Header().Get("Content-Type") != want.mediaType {
			t.Errorf("%s: %d %v", path, w.Code, w.Header())
		}
		policy := w.Header().Get("Content-Security-Policy")
		if want.status == 200 && (!strings.Contains(policy, "default-src 'none'") || strings.Contains(policy, "unsafe") || strings.Contains(policy, "script")) {
			t.Errorf("%s: policy %s", path, policy)
		}
	}
	whole := get("/docs/")
	packed, err := gzip.NewReader(get("/docs/", "Accept-Encoding", "gzip").Body)
	if err != nil {
		t.Fatal(err)
	}
	if text, err := io.ReadAll(packed); err != nil || string(text) != whole.Body.String() {
		t.Errorf("compressed: %v, %d bytes", err, len(text))
	}
	if again := get("/docs/", "If-None-Match", whole.Header().Get("ETag")); again.Code != http.StatusNotModified || again.Body.Len() > 0 {
		t.Errorf("again: %d", again.Code)
	}
}

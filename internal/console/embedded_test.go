//go:build !noconsole

package console_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"cosell/internal/console"
)

func get(t *testing.T, path string, header ...string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil)
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	console.New().ServeHTTP(w, r)
	return w
}

func TestEveryPageIsTheConsole(t *testing.T) {
	for path, status := range map[string]int{
		"/console/": 200, "/console/overview": 200, "/console/opportunities/O123": 200, "/console/icon.svg": 200,
		"/console/none.js": 404, "/console/assets/none": 404, "/console/../../go.mod": 404,
	} {
		w := get(t, path)
		if w.Code != status {
			t.Errorf("%s: got %d", path, w.Code)
		}
		if status == 200 && !strings.Contains(path, ".") && !strings.Contains(w.Body.String(), `<div id="root">`) {
			t.Errorf("%s: is not the page", path)
		}
	}
}

func TestThePageLoadsNothingFromElsewhere(t *testing.T) {
	page := get(t, "/console/")
	policy := page.Header().Get("Content-Security-Policy")
	if !strings.Contains(policy, "script-src 'self';") || !strings.Contains(policy, "default-src 'none'") || !strings.Contains(policy, "connect-src 'self'") {
		t.Errorf("policy: %s", policy)
	}
	if strings.Contains(page.Body.String(), "://") || regexp.MustCompile(`<script>|<script [^>]*>[^<]`).Match(page.Body.Bytes()) {
		t.Errorf("the page has an inline script or names another server:\n%s", page.Body)
	}
}

func TestAssets(t *testing.T) {
	page := get(t, "/console/").Body.String()
	asset := regexp.MustCompile(`/console/assets/[^"]+\.js`).FindString(page)
	if asset == "" {
		t.Fatalf("the page loads no script:\n%s", page)
	}
	plain := get(t, asset)
	if got := plain.Header().Get("Cache-Control"); !strings.Contains(got, "immutable") {
		t.Errorf("Cache-Control: %s", got)
	}
	if got := plain.Header().Get("Content-Type"); got != "text/javascript; charset=utf-8" {
		t.Errorf("Content-Type: %s", got)
	}
	packed := get(t, asset, "Accept-Encoding", "gzip")
	r, err := gzip.NewReader(packed.Body)
	if err != nil {
		t.Fatal(err)
	}
	content, err := io.ReadAll(r)
	if err != nil || !bytes.Equal(content, plain.Body.Bytes()) {
		t.Errorf("compressed, the script is another one (%v)", err)
	}
	if again := get(t, asset, "If-None-Match", plain.Header().Get("ETag")); again.Code != http.StatusNotModified || again.Body.Len() != 0 {
		t.Errorf("known content: got %d", again.Code)
	}
}

//go:build noconsole

package console_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"cosell/internal/console"
)

func TestPlainPage(t *testing.T) {
	for path, status := range map[string]int{"/console/": 200, "/console/x": 404} {
		w := httptest.NewRecorder()
		console.New().ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil))
		if w.Code != status || status == 200 && !strings.Contains(w.Body.String(), "Cosell is running") {
			t.Errorf("%s: got %d %s", path, w.Code, w.Body)
		}
	}
}

package console_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"cosell/internal/console"
)

func TestBrowsersAreSentToThePage(t *testing.T) {
	next := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) })
	for accept, status := range map[string]int{"text/html,application/xhtml+xml;q=0.9": 302, "*/*": 418, "": 418, "application/json": 418} {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil)
		r.Header.Set("Accept", accept)
		w := httptest.NewRecorder()
		console.Redirect(next).ServeHTTP(w, r)
		if w.Code != status || status == 302 && w.Header().Get("Location") != "/console/" {
			t.Errorf("%q: got %d %v", accept, w.Code, w.Header())
		}
	}
}

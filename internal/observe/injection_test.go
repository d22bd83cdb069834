package observe_test

import (
	"bytes"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"cosell/internal/observe"
)

func TestAttackLogInjection(t *testing.T) {
	for _, format := range []string{"text", "json"} {
		var log bytes.Buffer
		o := observe.New(observe.NewLogger(&log, format, slog.LevelInfo), "0.0.0")
		h := o.Requests("operator", func() string { return "r-1" }, http.NotFoundHandler())
		for _, path := range []string{"/a%0Alevel=ERROR%20msg=forged", "/a%0D%0A{\"level\":\"ERROR\"}", "/%1b[2Jcleared", "/%E2%80%A8line", "/%00"} {
			r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil)
			r.Method = "GET\nlevel=ERROR"
			r.RemoteAddr = "192.0.2.1:1\nlevel=ERROR"
			h.ServeHTTP(httptest.NewRecorder(), r)
		}
		if lines := strings.Count(log.String(), "\n"); lines != 5 {
			t.Errorf("%s: %d lines of 5 requests:\n%s", format, lines, log.String())
		}
		if strings.ContainsAny(log.String(), "\x1b\x00\r") {
			t.Errorf("%s: control characters in the log: %q", format, log.String())
		}
	}
}

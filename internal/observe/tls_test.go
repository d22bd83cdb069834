package observe_test

import (
	"crypto/tls"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"cosell/internal/observe"
)

// Who uses https on a port for http is named in the log, once for many tries; http goes on.
func TestTLSOnThePlainPortIsNoticed(t *testing.T) {
	_, log := observer(slog.LevelInfo)
	inner, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewUnstartedServer(http.HandlerFunc(observe.Up))
	_ = server.Listener.Close()
	server.Listener = observe.NoticeTLS(inner, observe.NewLogger(log, "json", slog.LevelInfo))
	server.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	server.Start()
	for range 3 {
		dialer := tls.Dialer{Config: &tls.Config{InsecureSkipVerify: true}}
		if _, err := dialer.DialContext(t.Context(), "tcp", inner.Addr().String()); err == nil {
			t.Error("TLS was spoken")
		}
	}
	answer, err := server.Client().Get(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	_ = answer.Body.Close()
	server.Close()
	if answer.StatusCode != http.StatusOK {
		t.Errorf("http is answered with %s", answer.Status)
	}
	if n := strings.Count(log.String(), "must begin with http://"); n != 1 || !strings.Contains(log.String(), `"remote":"127.0.0.1:`) {
		t.Errorf("%d lines in %s", n, log)
	}
}

package observe

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"time"

	"golang.org/x/sync/singleflight"
)

// Requests returns a handler that logs each request that next answers. newID gives each
// an id, which the answer and every line of the log about it name; nil leaves that to
// next.
func (o *Observer) Requests(name string, newID func() string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if newID != nil {
			id := newID()
			w.Header()["X-Amzn-Requestid"] = []string{id}
			r = r.WithContext(context.WithValue(r.Context(), requestIDKey{}, id))
		}
		recorder := &statusRecorder{ResponseWriter: w, status: http.StatusOK}
		started := time.Now()
		next.ServeHTTP(recorder, r)
		level := slog.LevelInfo
		if recorder.status >= http.StatusInternalServerError {
			level = slog.LevelError
		}
		o.log.LogAttrs(r.Context(), level, name,
			slog.String("method", r.Method),
			slog.String("path", r.URL.Path),
			slog.Int("status", recorder.status),
			milliseconds(time.Since(started)),
			slog.String("remote", r.RemoteAddr),
		)
	})
}

// statusRecorder records the status of an answer.
type statusRecorder struct {
	http.ResponseWriter
	status int
}

func (w *statusRecorder) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}

// Unwrap returns the underlying writer, for [http.ResponseController].
func (w *statusRecorder) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// Up answers the liveness probe: the process is running.
func Up(w http.ResponseWriter, _ *http.Request) {
	writeText(w, http.StatusOK, "ok\n")
}

// readyTimeout is how long the store may take to answer the readiness probe.
const readyTimeout = 2 * time.Second

// Ready returns the handler of the readiness probe: 200 if ping succeeds, else 503. Anybody
// may ask: probes that come while the store is asked share its answer.
func (o *Observer) Ready(ping func(context.Context) error) http.Handler {
	var pings singleflight.Group
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answered := pings.DoChan("", func() (any, error) { //nolint:contextcheck // the request has it
			ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), readyTimeout)
			defer cancel()
			err := ping(ctx)
			if err != nil {
				o.log.LogAttrs(ctx, slog.LevelError, "not ready", slog.String("cause", err.Error()))
			}
			return nil, err
		})
		select {
		case <-r.Context().Done():
		case answer := <-answered:
			if answer.Err != nil {
				writeText(w, http.StatusServiceUnavailable, "the store does not answer\n")
				return
			}
			writeText(w, http.StatusOK, "ready\n")
		}
	})
}

func writeText(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, text)
}

// Package observe writes the log and the metrics of a server: a line and a count
// for each request, Prometheus metrics, and the health probes. The content of
// requests and answers is in neither.
package observe

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"runtime"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"cosell/internal/api"
	"cosell/internal/awsjson"
)

// Observer writes the log and the metrics of one server. It is safe for
// concurrent use.
type Observer struct {
	log      *slog.Logger
	registry *prometheus.Registry
	requests *prometheus.CounterVec
	duration *prometheus.HistogramVec
	inFlight prometheus.Gauge
	store    *prometheus.HistogramVec
}

// New returns an Observer that logs to log, for a server of the given version.
func New(log *slog.Logger, version string) *Observer {
	o := &Observer{
		log:      log,
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "cosell_requests_total",
			Help: "Requests answered, by operation (empty if unknown), HTTP status and error type (empty on success).",
		}, []string{"operation", "code", "error"}),
		duration: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "cosell_request_duration_seconds",
			Help:    "Time from reading the headers of a request to writing the end of its answer.",
			Buckets: []float64{.0001, .00025, .0005, .001, .0025, .005, .01, .025, .05, .1, .25, 1, 5, 30},
		}, []string{"operation"}),
		inFlight: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "cosell_requests_in_flight",
			Help: "Requests in progress.",
		}),
		store: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "cosell_store_transaction_duration_seconds",
			Help:    "Duration of a store transaction including its commit, by kind (update or view) and result (ok or error).",
			Buckets: []float64{.00005, .0001, .00025, .0005, .001, .0025, .005, .01, .025, .1, 1, 10},
		}, []string{"kind", "result"}),
	}
	build := prometheus.NewGauge(prometheus.GaugeOpts{
		Name:        "cosell_build_info",
		Help:        "Always 1; the labels have the versions of cosell and Go.",
		ConstLabels: prometheus.Labels{"version": version, "goversion": runtime.Version()},
	})
	build.Set(1)
	o.registry.MustRegister(o.requests, o.duration, o.inFlight, o.store, build,
		collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
	)
	return o
}

// Metrics returns the handler that serves the metrics to Prometheus.
func (o *Observer) Metrics() http.Handler {
	return promhttp.HandlerFor(o.registry, promhttp.HandlerOpts{ErrorLog: slog.NewLogLogger(o.log.Handler(), slog.LevelError)})
}

// InFlight returns a handler that counts the requests in progress in next.
func (o *Observer) InFlight(next http.Handler) http.Handler {
	return promhttp.InstrumentHandlerInFlight(o.inFlight, next)
}

// Exchange records one request to the API.
func (o *Observer) Exchange(ctx context.Context, x *awsjson.Exchange) {
	errorType := ""
	if x.Err != nil {
		errorType = x.Err.Type
	}
	o.requests.WithLabelValues(x.Operation, strconv.Itoa(x.Status), errorType).Inc()
	o.duration.WithLabelValues(x.Operation).Observe(x.Duration.Seconds())

	level := slog.LevelInfo
	// A client disconnect is not an error: do not page on it.
	if x.Status >= http.StatusInternalServerError && !errors.Is(x.Err, context.Canceled) {
		level = slog.LevelError
	}
	if !o.log.Enabled(ctx, level) {
		return
	}
	// slog's own methods would add the time and the caller, for half as much again.
	line := slog.NewRecord(x.Started.Add(x.Duration), level, "request", 0)
	line.AddAttrs(
		slog.String("request_id", x.RequestID),
		slog.String("operation", x.Operation),
		slog.String("account", x.Caller.Account),
		slog.Int("status", x.Status),
		milliseconds(x.Duration),
		slog.Int("bytes_in", x.BytesIn),
		slog.Int("bytes_out", x.BytesOut),
		slog.String("remote", x.Remote),
	)
	if x.Strike != nil {
		line.AddAttrs(slog.String("fault", x.Strike.Name))
	}
	if len(x.Notices) > 0 {
		line.AddAttrs(slog.String("notices", strings.Join(x.Notices, "; ")))
	}
	if x.Err != nil {
		line.AddAttrs(slog.String("error", errorType), slog.String("message", message(x.Err)))
		if fields := fields(x.Err); fields != "" {
			line.AddAttrs(slog.String("fields", fields))
		}
		if x.Err.Cause != nil {
			line.AddAttrs(slog.String("cause", x.Err.Cause.Error()))
		}
	}
	_ = o.log.Handler().Handle(ctx, line) // a failure of the log has nowhere to go
}

// milliseconds is how long something took. The name has the unit.
func milliseconds(d time.Duration) slog.Attr {
	return slog.Float64("duration_ms", float64(d.Round(time.Microsecond))/float64(time.Millisecond))
}

// maxLogged bounds the texts of an error in the log.
const maxLogged = 500

// message returns the message of an error as far as it is fit for the log: without the
// canonical request of a wrong signature, and without the place of a body that could
// not be decoded, which may have any name.
func message(e *api.Error) string {
	text, _, _ := strings.Cut(e.Message, "\n")
	if e.Type == api.TypeSerialization {
		if _, what, found := strings.Cut(text, ": "); found {
			text = what
		}
	}
	return strings.ToValidUTF8(text[:min(len(text), maxLogged)], "")
}

// fields returns which members of a request broke which rule.
func fields(e *api.Error) string {
	var b strings.Builder
	for i := range e.ErrorList {
		v := &e.ErrorList[i]
		if v.FieldName == nil || v.Code == nil {
			continue
		}
		if b.Len() > maxLogged {
			return b.String() + " …"
		}
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(*v.FieldName + "=" + string(*v.Code))
	}
	return b.String()
}

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
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

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
		slog.Duration("duration", x.Duration.Round(time.Microsecond)),
		slog.Int("bytes_in", x.BytesIn),
		slog.Int("bytes_out", x.BytesOut),
		slog.String("remote", x.Remote),
	)
	if x.Err != nil {
		line.AddAttrs(slog.String("error", errorType))
		// Messages are for callers and may quote what they sent; causes are ours.
		if x.Err.Cause != nil {
			line.AddAttrs(slog.String("cause", x.Err.Cause.Error()))
		}
	}
	_ = o.log.Handler().Handle(ctx, line) // a failure of the log has nowhere to go
}

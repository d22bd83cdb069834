package observe

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"cosell/internal/store"
)

const (
	// maxBacklogs is how many targets have a gauge: those with the oldest deliveries.
	maxBacklogs = 100
	// backlogTimeout bounds a look at what is pending.
	backlogTimeout = 2 * time.Second
)

var (
	pendingDesc = prometheus.NewDesc("cosell_event_deliveries_pending", "Deliveries of events that are pending, by account and target.",
		[]string{"account", "target"}, nil)
	lagDesc = prometheus.NewDesc("cosell_event_delivery_lag_seconds", "Age of the oldest pending delivery, by account and target.",
		[]string{"account", "target"}, nil)
)

// Deliveries adds the metrics of deliveries. It returns the function that counts
// attempts.
func (o *Observer) Deliveries(s store.Store) func(account, target, outcome string) {
	attempts := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "cosell_event_delivery_attempts_total",
		Help: "Attempts to deliver events, by account, target and outcome (delivered, retry or dead).",
	}, []string{"account", "target", "outcome"})
	o.registry.MustRegister(attempts, backlogCollector{s})
	return func(account, target, outcome string) { attempts.WithLabelValues(account, target, outcome).Inc() }
}

type backlogCollector struct{ store store.Store }

// Describe implements [prometheus.Collector].
func (backlogCollector) Describe(all chan<- *prometheus.Desc) { all <- pendingDesc; all <- lagDesc }

// Collect implements [prometheus.Collector].
func (c backlogCollector) Collect(all chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), backlogTimeout)
	defer cancel()
	var backlogs []store.EventBacklog
	err := c.store.View(ctx, func(tx *store.Tx) (err error) {
		backlogs, err = tx.EventBacklogs(maxBacklogs)
		return err
	})
	if err != nil {
		all <- prometheus.NewInvalidMetric(pendingDesc, err)
		return
	}
	for _, b := range backlogs {
		all <- prometheus.MustNewConstMetric(pendingDesc, prometheus.GaugeValue, float64(b.Count), b.Account, b.Target)
		age := max(time.Since(time.UnixMilli(b.Oldest)), 0)
		all <- prometheus.MustNewConstMetric(lagDesc, prometheus.GaugeValue, age.Seconds(), b.Account, b.Target)
	}
}

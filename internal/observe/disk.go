package observe

import (
	"log/slog"

	"github.com/prometheus/client_golang/prometheus"
)

// Disk adds metrics of the files of an embedded store. sizes returns the sizes in
// bytes of its database and of its write-ahead log.
func (o *Observer) Disk(sizes func() (database, log int64, err error)) {
	o.registry.MustRegister(&diskCollector{o.log, sizes})
}

var diskDesc = prometheus.NewDesc("cosell_store_file_bytes",
	"Size of a file of the embedded store: database, or log (the write-ahead log, which grows during long reads).",
	[]string{"file"}, nil)

type diskCollector struct {
	log   *slog.Logger
	sizes func() (database, log int64, err error)
}

// Describe implements [prometheus.Collector].
func (c *diskCollector) Describe(all chan<- *prometheus.Desc) { all <- diskDesc }

// Collect implements [prometheus.Collector].
func (c *diskCollector) Collect(all chan<- prometheus.Metric) {
	database, log, err := c.sizes()
	if err != nil {
		c.log.Warn("measure store", slog.String("cause", err.Error()))
		return
	}
	all <- prometheus.MustNewConstMetric(diskDesc, prometheus.GaugeValue, float64(database), "database")
	all <- prometheus.MustNewConstMetric(diskDesc, prometheus.GaugeValue, float64(log), "log")
}

// Removed returns a function that counts rows which retention removed from a table.
func (o *Observer) Removed() func(table string, rows int64) {
	removed := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "cosell_retention_removed_rows_total",
		Help: "Rows removed because of their age, by table.",
	}, []string{"table"})
	o.registry.MustRegister(removed)
	return func(table string, rows int64) { removed.WithLabelValues(table).Add(float64(rows)) }
}

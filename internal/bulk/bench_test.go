package bulk_test

import (
	"testing"

	"cosell/internal/api"
)

// BenchmarkCreate is bulk creation on the engine under test, a row an iteration.
func BenchmarkCreate(b *testing.B) {
	h := open(b)
	id := h.start(b, alice, h.upload(b, alice, "a.csv", header+deals(b.N)))
	b.ReportAllocs()
	b.ResetTimer()
	h.settle(b)
	b.StopTimer()
	if j := h.job(b, alice, id); int(*j.SuccessCount) != b.N {
		b.Fatalf("%d of %d rows succeeded: %s", *j.SuccessCount, b.N, api.Value(j.FailureReason))
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}

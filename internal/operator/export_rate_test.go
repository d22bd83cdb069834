package operator

import (
	"testing"
	"time"
)

// The reader of an export may stall for a minute, but must keep up on average.
func TestExportDeadline(t *testing.T) {
	begun := time.Date(2026, 11, 28, 0, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		name    string
		after   time.Duration // since the export began
		written int64
		want    time.Duration
	}{
		{"AtFirst", 0, 64 << 10, exportPace.Grace},
		{"FastEnough", 10 * time.Second, 1 << 30, 10*time.Second + stallTimeout},
		{"JustInTime", 100 * time.Second, 100 * exportPace.Rate, 160 * time.Second},
		{"TooSlow", 100 * time.Second, 10 * exportPace.Rate, 70 * time.Second},
		{"Trickle", time.Hour, 512 * 3600, exportPace.Grace + 7031250*time.Microsecond},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := exportPace.Deadline(begun.Add(c.after), begun, c.written).Sub(begun); got != c.want {
				t.Errorf("the deadline is %s after the start, want %s", got, c.want)
			}
		})
	}
}

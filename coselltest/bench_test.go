package coselltest_test

import (
	"bytes"
	"fmt"
	"os"
	"slices"
	"sync"
	"testing"
	"time"

	"cosell/coselltest"
)

// The benchmarks report medians, since a mean says more about what else the machine does.

func BenchmarkStart(b *testing.B) {
	coselltest.Start(b) // the first one makes the tables
	var took []time.Duration
	for b.Loop() {
		begun := time.Now()
		coselltest.Start(b)
		took = append(took, time.Since(begun))
	}
	reportMedian(b, took)
}

func BenchmarkReset(b *testing.B) {
	s := coselltest.Start(b)
	var took []time.Duration
	for b.Loop() {
		if err := s.Call(partner, "CreateOpportunity", deal(), nil); err != nil {
			b.Fatal(err)
		}
		begun := time.Now()
		s.Reset()
		took = append(took, time.Since(begun))
	}
	reportMedian(b, took)
}

// BenchmarkHundred starts a hundred servers at once, and has each make an opportunity.
func BenchmarkHundred(b *testing.B) {
	const servers = 100
	coselltest.Start(b)
	var took []time.Duration
	before := resident(b)
	for b.Loop() {
		begun := time.Now()
		var answers sync.WaitGroup
		for range servers {
			answers.Go(func() {
				if err := coselltest.Start(b).Call(partner, "CreateOpportunity", deal(), nil); err != nil {
					b.Error(err)
				}
			})
		}
		answers.Wait()
		took = append(took, time.Since(begun))
	}
	reportMedian(b, took)
	const mega = 1e6
	b.ReportMetric((resident(b)-before)/mega/servers/float64(len(took)), "MB/server")
}

func reportMedian(b *testing.B, took []time.Duration) {
	b.Helper()
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2])/float64(time.Millisecond), "median-ms")
}

// resident is how many bytes of the process are in memory, or nothing where Linux does not tell.
func resident(b *testing.B) float64 {
	b.Helper()
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	var kilobytes float64
	_, line, _ := bytes.Cut(status, []byte("\nVmRSS:"))
	if _, err := fmt.Sscanf(string(line), "%f kB", &kilobytes); err != nil {
		b.Fatal(err)
	}
	return kilobytes * (1 << 10)
}

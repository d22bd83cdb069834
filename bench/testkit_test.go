package main

import (
	"maps"
	"slices"
	"testing"
)

func TestBenchmarkFigures(t *testing.T) {
	const out = `goos: linux
BenchmarkStart-2   	     100	  12345678 ns/op	        11.50 median-ms
BenchmarkHundred 	       1	 1.2e+09 ns/op	         1.250 MB/server	      1200 median-ms
BenchmarkHundred 	       1	 1.1e+09 ns/op	         1.500 MB/server	      1100 median-ms
PASS
`
	got := benchmarkFigures(out)
	for name, want := range map[string][]float64{
		"Start ns/op": {12345678}, "Start median-ms": {11.5},
		"Hundred ns/op": {1.2e9, 1.1e9}, "Hundred MB/server": {1.25, 1.5}, "Hundred median-ms": {1200, 1100},
	} {
		if !slices.Equal(got[name], want) {
			t.Errorf("%s: %v, want %v (of %v)", name, got[name], want, slices.Sorted(maps.Keys(got)))
		}
	}
}

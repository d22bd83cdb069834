package main

import (
	"os"
	"testing"
	"time"
)

func TestParseStat(t *testing.T) {
	for _, c := range []struct {
		name, stat string
		want       time.Duration
		fails      bool
	}{
		{"user and system time", "7 (cosell) S 1 7 7 0 -1 4194560 900 0 0 0 150 50 0 0 20 0 9 0 77", 2 * time.Second, false},
		{"a name with parentheses", "7 (a) b (c)) S 1 7 7 0 -1 4194560 900 0 0 0 1 2 0 0 20 0 9 0 77", 30 * time.Millisecond, false},
		{"too short", "7 (cosell) S 1 7", 0, true},
		{"not a number", "7 (cosell) S 1 7 7 0 -1 4194560 900 0 0 0 x 50 0", 0, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := parseStat([]byte(c.stat))
			if got != c.want || (err != nil) != c.fails {
				t.Errorf("%v, %v; want %v", got, err, c.want)
			}
		})
	}
}

func FuzzParseStat(f *testing.F) {
	f.Add([]byte("7 (cosell) S 1 7 7 0 -1 4194560 900 0 0 0 150 50 0 0"))
	f.Fuzz(func(_ *testing.T, stat []byte) { _, _ = parseStat(stat) })
}

func TestThisProcess(t *testing.T) {
	if _, err := os.Stat("/proc/self/stat"); err != nil {
		t.Skip("only Linux has /proc")
	}
	if _, err := cpuTime(os.Getpid()); err != nil {
		t.Error(err)
	}
	if n, err := threadTime(os.Getpid()); err != nil || n <= 0 {
		t.Errorf("%v of CPU time, %v", n, err)
	}
	resident, err := residentMemory(os.Getpid())
	if err != nil || resident < 1<<20 {
		t.Errorf("%d bytes resident, %v", resident, err)
	}
	if n, err := privateMemory(os.Getpid()); err != nil || n < 1<<20 || n > resident {
		t.Errorf("%d bytes private of %d, %v", n, resident, err)
	}
}

package fault_test

import (
	"fmt"
	"testing"
	"time"

	"cosell/internal/fault"
)

// A lag strikes operations that read, and the longest one is known.
func TestReadLagStrikesReads(t *testing.T) {
	faults := table(t, `[{"readLag":"5s"},{"readLag":"30s","account":"222222222222"}]`, 0)
	if s := faults.Strike(request(t, "CreateOpportunity", "111111111111", "")); s != nil {
		t.Errorf("a write: %+v", s)
	}
	if s := faults.Strike(request(t, "ListOpportunities", "111111111111", "")); s == nil || s.ReadLag != 5*time.Second || s.Before() {
		t.Errorf("a read: %+v", s)
	}
	if got := faults.ReadLag(); got != 30*time.Second {
		t.Errorf("the longest lag: %s", got)
	}
	if err := faults.Set(nil, 0); err != nil || faults.ReadLag() != 0 {
		t.Errorf("without faults: %s, %v", faults.ReadLag(), err)
	}
}

// Faults of clocks strike apart from others, by operation, account and how often.
func TestClockSkewStrikes(t *testing.T) {
	for list, want := range map[string]string{
		`[{"clockSkew":"10m"}]`:                                       "xxxx",
		`[{"clockSkew":"10m","times":1}]`:                             "x...",
		`[{"clockSkew":"10m","account":"111111111111"}]`:              "xxxx",
		`[{"clockSkew":"10m","account":"222222222222"}]`:              "....",
		`[{"clockSkew":"10m","operation":"CreateOpportunity"}]`:       "....",
		`[{"clockSkew":"-10m","sequence":{"fail":1,"pass":1}}]`:       "x.x.",
		`[{"latency":"1ms"},{"clockSkew":"10m"}]`:                     "xxxx",
		`[{"latency":"1ms"},{"event":"drop"}]`:                        "",
		`[{"clockSkew":"1h","times":1},{"clockSkew":"1m","times":2}]`: "xxx.",
	} {
		faults := table(t, list, 0)
		got := ""
		for range 4 {
			if !faults.SkewsClocks() {
				break
			}
			got += map[bool]string{true: "x", false: "."}[faults.StrikeClock(request(t, "GetOpportunity", "111111111111", "")) != nil]
		}
		if got != want {
			t.Errorf("%s: %s, want %s", list, got, want)
		}
	}
	if (*fault.Table)(nil).SkewsClocks() {
		t.Error("no table skews clocks")
	}
}

// Clear ends the lag and the skew of an account's faults, and leaves those of others.
func TestClearEndsLagsAndSkews(t *testing.T) {
	for list, want := range map[string]string{
		`[{"readLag":"5s"},{"readLag":"30s","account":"111111111111"}]`:                             "5s false",
		`[{"readLag":"30s","account":"111111111111"},{"clockSkew":"10m","account":"111111111111"}]`: "0s false",
		`[{"clockSkew":"10m"},{"latency":"1ms","account":"111111111111"}]`:                          "0s true",
		`[{"readLag":"30s","account":"222222222222"},{"clockSkew":"10m","account":"222222222222"}]`: "30s true",
		`[{"event":"drop","account":"111111111111"},{"clockSkew":"10m","account":"111111111111"}]`:  "0s false",
	} {
		faults := table(t, list, 0)
		faults.Clear("111111111111")
		if got := fmt.Sprint(faults.ReadLag(), " ", faults.SkewsClocks()); got != want {
			t.Errorf("%s: %s, want %s", list, got, want)
		}
	}
}

package clock_test

import (
	"strings"
	"testing"
	"time"

	"cosell/internal/clock"
)

func TestParseDuration(t *testing.T) {
	for text, want := range map[string]string{
		"360h": "360h0m0s", "1h30m": "1h30m0s", "-5s": "-5s",
		"15d":      "write 360h for 15 days",
		"tomorrow": "such as 360h or 1h30m",
		"":         "such as 360h or 1h30m",
		"999999d":  "such as 360h or 1h30m",
	} {
		got, err := clock.ParseDuration(text)
		if err == nil && got.String() != want || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, %v, want %s", text, got, err, want)
		}
	}
}

func TestParseTime(t *testing.T) {
	for text, want := range map[string]string{
		"2027-01-01T02:00:00+02:00": "2027-01-01T00:00:00Z",
		"2020-01-01":                "2020-01-01T00:00:00Z",
		"tomorrow":                  "such as 2027-01-01T00:00:00Z or 2027-01-01",
		"2020-02-30":                "must be a time in RFC 3339 form or a date",
	} {
		got, err := clock.ParseTime(text)
		if err == nil && got.UTC().Format(time.RFC3339) != want || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, %v, want %s", text, got, err, want)
		}
	}
}

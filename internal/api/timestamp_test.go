package api_test

import (
	"math"
	"testing"
	"time"

	"cosell/internal/api"
)

func TestTimestampText(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"Milliseconds", "2026-03-09T01:50:25.040Z", "2026-03-09T01:50:25.040Z"},
		{"Seconds", "2026-03-09T01:50:25Z", "2026-03-09T01:50:25.000Z"},
		{"OneDigit", "2026-03-09T01:50:25.4Z", "2026-03-09T01:50:25.400Z"},
		{"NanosecondsAreCut", "2026-03-09T01:50:25.040999999Z", "2026-03-09T01:50:25.040Z"},
		{"Offset", "2026-03-09T03:50:25.040+02:00", "2026-03-09T01:50:25.040Z"},
		{"NanosecondsAndOffset", "2026-03-08T20:20:25.040123456-05:30", "2026-03-09T01:50:25.040Z"},
		{"LowerCase", "2026-03-09t01:50:25z", "2026-03-09T01:50:25.000Z"},
		{"BeforeTheEpochIsCutDown", "1969-12-31T23:59:59.9999Z", "1969-12-31T23:59:59.999Z"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var at api.Timestamp
			if err := at.UnmarshalText([]byte(c.text)); err != nil || at.String() != c.want {
				t.Errorf("got %s and %v, want %s", at, err, c.want)
			}
		})
	}
	for _, c := range []struct{ name, text string }{
		{"Empty", ""},
		{"DateOnly", "2026-03-09"},
		{"NoZone", "2026-03-09T01:50:25"},
		{"Space", "2026-03-09 01:50:25Z"},
		{"Comma", "2026-03-09T01:50:25,040Z"},
		{"TenDigits", "2026-03-09T01:50:25.0400000001+00:00"},
		{"OffsetOfADay", "2026-03-09T01:50:25+24:00"},
		{"OffsetMinutes", "2026-03-09T01:50:25+01:60"},
		{"NoSuchDay", "2026-02-30T00:00:00Z"},
		{"HourOfOneDigit", "2026-03-09T1:50:25Z"},
		{"BeforeYearZeroInUTC", "0000-01-01T00:00:00+01:00"},
		{"AfterYear9999InUTC", "9999-12-31T23:59:59-01:00"},
		{"Epoch", "1773021025"},
	} {
		t.Run("Refuses"+c.name, func(t *testing.T) {
			at := api.Timestamp(7)
			if err := at.UnmarshalText([]byte(c.text)); err == nil || at != 7 {
				t.Errorf("got %s and %v", at, err)
			}
		})
	}
}

func TestTimestampCutsToMilliseconds(t *testing.T) {
	at := time.Date(2026, 3, 9, 1, 50, 25, 40_999_999, time.FixedZone("", 7200))
	if got := api.NewTimestamp(at).Time(); !got.Equal(at.Truncate(time.Millisecond)) || got.Location() != time.UTC {
		t.Errorf("got %v", got)
	}
}

// Whatever number is stored as a time, it has a text that can be read again.
func TestTimestampOutOfRange(t *testing.T) {
	for _, c := range []struct {
		at   api.Timestamp
		want string
	}{
		{api.MinTimestamp, "0000-01-01T00:00:00.000Z"},
		{api.MinTimestamp - 1, "0000-01-01T00:00:00.000Z"},
		{math.MinInt64, "0000-01-01T00:00:00.000Z"},
		{api.MaxTimestamp, "9999-12-31T23:59:59.999Z"},
		{api.MaxTimestamp + 1, "9999-12-31T23:59:59.999Z"},
		{math.MaxInt64, "9999-12-31T23:59:59.999Z"},
	} {
		if got := c.at.String(); got != c.want {
			t.Errorf("%d is %s, want %s", c.at, got, c.want)
		}
		if _, err := c.at.Time().MarshalJSON(); err != nil {
			t.Errorf("%d as time.Time: %v", c.at, err)
		}
	}
}

func FuzzTimestamp(f *testing.F) {
	f.Add("2026-03-09T01:50:25.040Z")
	f.Add("2026-03-09t03:50:25.123456789+02:00")
	f.Fuzz(func(t *testing.T, text string) {
		var at, again api.Timestamp
		if at.UnmarshalText([]byte(text)) != nil {
			return
		}
		written, err := at.MarshalText()
		if err != nil || len(written) != len("2026-03-09T01:50:25.040Z") {
			t.Fatalf("%q is written as %q, %v", text, written, err)
		}
		if err := again.UnmarshalText(written); err != nil || again != at {
			t.Fatalf("%q became %q: %v", text, written, err)
		}
	})
}

package api

import (
	"bytes"
	"errors"
	"math"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Timestamp is a moment in milliseconds since the epoch. No finer, because some SDKs drop what is finer
// and an optimistic lock must survive the round trip.
type Timestamp int64

// NewTimestamp cuts a time down to its millisecond.
func NewTimestamp(t time.Time) Timestamp { return Timestamp(t.UnixMilli()) }

// The first and the last moment that RFC 3339 can express.
const (
	MinTimestamp Timestamp = -62_167_219_200_000 // 0000-01-01T00:00:00.000Z
	MaxTimestamp Timestamp = 253_402_300_799_999 // 9999-12-31T23:59:59.999Z
)

// Time returns the moment in UTC. One that RFC 3339 cannot express becomes the first
// or the last that it can, so that no stored number can make an answer fail.
func (t Timestamp) Time() time.Time {
	return time.UnixMilli(int64(min(max(t, MinTimestamp), MaxTimestamp))).UTC()
}

// String is the text form, such as 2026-03-09T01:50:25.040Z.
func (t Timestamp) String() string {
	text, _ := t.AppendText(nil)
	return string(text)
}

// AppendText implements [encoding.TextAppender].
func (t Timestamp) AppendText(b []byte) ([]byte, error) {
	return t.Time().AppendFormat(b, "2006-01-02T15:04:05.000Z"), nil
}

// MarshalText implements [encoding.TextMarshaler].
func (t Timestamp) MarshalText() ([]byte, error) { return t.AppendText(nil) }

// errTimestamp names no value: a timestamp may be part of something sensitive.
var errTimestamp = errors.New("not an RFC 3339 timestamp of the years 0000 to 9999")

// maxTimestampText is the longest text with nine fractional digits and an offset.
const maxTimestampText = len("2006-01-02T15:04:05.000000000+00:00")

// UnmarshalText implements [encoding.TextUnmarshaler]: any RFC 3339 text with up to nine fractional digits.
func (t *Timestamp) UnmarshalText(text []byte) error {
	upper := bytes.ToUpper(text)
	var parsed time.Time
	if len(text) > maxTimestampText || parsed.UnmarshalText(upper) != nil || !strict(upper) {
		return errTimestamp
	}
	if year := parsed.UTC().Year(); year < 0 || year > 9999 {
		return errTimestamp
	}
	*t = NewTimestamp(parsed)
	return nil
}

// strict refuses what package time takes beyond RFC 3339: hours of one digit, a comma before the fraction
// and offsets of a day or more.
func strict(text []byte) bool {
	if text[len("2006-01-02T15")] != ':' || text[len("2006-01-02T15:04:05")] == ',' {
		return false
	}
	zone := text[len(text)-len("+00:00"):]
	return zone[len(zone)-1] == 'Z' || string(zone[1:3]) < "24" && string(zone[4:6]) < "60"
}

// EpochSeconds is a moment in milliseconds since 1970 that is written as a number of
// seconds, as awsJson1_1 has it.
type EpochSeconds int64 //nolint:recvcheck // decoding alone changes it

// Time returns the moment in UTC.
func (t EpochSeconds) Time() time.Time { return Timestamp(t).Time() }

// MarshalJSONTo writes the seconds, with a fraction where there is one.
func (t EpochSeconds) MarshalJSONTo(e *jsontext.Encoder) error {
	return e.WriteToken(jsontext.Float(float64(t) / 1000))
}

// UnmarshalJSONFrom reads a number of seconds of the years 1970 to 9999.
func (t *EpochSeconds) UnmarshalJSONFrom(d *jsontext.Decoder) error {
	var seconds float64
	if err := json.UnmarshalDecode(d, &seconds); err != nil {
		return err
	}
	if seconds < 0 || seconds > float64(MaxTimestamp)/1000 {
		return errEpochSeconds
	}
	*t = EpochSeconds(math.Round(seconds * 1000))
	return nil
}

var errEpochSeconds = errors.New("not the seconds since 1970 of a year up to 9999")

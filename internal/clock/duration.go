package clock

import (
	"errors"
	"regexp"
	"strconv"
	"time"
)

// days is a duration in days, which has no fixed length in general: it is refused, with
// the hours that are meant.
var days = regexp.MustCompile(`^([0-9]{1,5})d$`)

// ParseDuration parses a duration as operators write it. The error says what is right.
func ParseDuration(text string) (time.Duration, error) {
	d, err := time.ParseDuration(text)
	if err == nil {
		return d, nil
	}
	if found := days.FindStringSubmatch(text); found != nil {
		n, _ := strconv.Atoi(found[1]) // the pattern has digits only
		return 0, errors.New("must be a duration in hours, minutes and seconds; write " + strconv.Itoa(24*n) + "h for " + found[1] + " days")
	}
	return 0, errors.New("must be a duration in hours, minutes and seconds, such as 360h or 1h30m")
}

// ParseTime parses a time as operators write it: in RFC 3339 form, or a date, which is
// its first instant in UTC. The error says what is right.
func ParseTime(text string) (time.Time, error) {
	for _, layout := range []string{time.RFC3339, time.DateOnly} {
		if t, err := time.Parse(layout, text); err == nil {
			return t, nil
		}
	}
	return time.Time{}, errors.New("must be a time in RFC 3339 form or a date, such as 2027-01-01T00:00:00Z or 2027-01-01")
}

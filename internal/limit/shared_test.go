package limit_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"cosell/internal/limit"
)

// One account has at most half of the places, and gives them back.
func TestSharedPlaces(t *testing.T) {
	s := limit.NewShared(4)
	over, end := context.WithCancel(t.Context())
	end()
	take := func(account string) (limit.Share, bool) {
		t.Helper()
		place, err := s.Take(over, account) // does not wait
		if err != nil && !errors.Is(err, limit.ErrBusy) {
			t.Fatal(err)
		}
		return place, err == nil
	}
	first, _ := take("a")
	for i, c := range []struct {
		account string
		want    bool
	}{{"a", true}, {"a", false}, {"b", true}, {"b", true}, {"b", false}, {"c", false}} {
		if _, got := take(c.account); got != c.want {
			t.Errorf("%d: %s got a place: %t", i, c.account, got)
		}
	}
	first.Release()
	if _, got := take("a"); !got {
		t.Error("a place that was given back is taken")
	}
}

func TestPace(t *testing.T) {
	p := limit.Pace{Stall: 10 * time.Second, Grace: time.Minute, Rate: 100}
	begun := time.Date(2026, 11, 29, 8, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		after time.Duration
		came  int64
		want  time.Duration // after it began
	}{
		{0, 0, 10 * time.Second},
		{50 * time.Second, 1, time.Minute},
		{50 * time.Second, 1000, time.Minute},
		{65 * time.Second, 1000, 70 * time.Second},
		{65 * time.Second, 100_000_000, 75 * time.Second},
		{time.Hour, 1000, 70 * time.Second}, // is over
	} {
		if got := p.Deadline(begun.Add(c.after), begun, c.came).Sub(begun); got != c.want {
			t.Errorf("%d bytes after %s: until %s, want %s", c.came, c.after, got, c.want)
		}
	}
}

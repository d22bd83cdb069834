package clock_test

import (
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"cosell/internal/clock"
)

var start = time.Date(2026, time.March, 9, 1, 50, 25, 40000000, time.UTC)

// hand is a base clock moved by hand.
type hand struct{ now time.Time }

func (h *hand) Now() time.Time { return h.now }

func TestAdjustable(t *testing.T) {
	t.Parallel()
	const day = 24 * time.Hour
	tests := map[string]struct {
		do       func(base *hand, c *clock.Adjustable)
		want     time.Time
		adjusted bool
	}{
		"untouched it shows the base time": {
			do:   func(*hand, *clock.Adjustable) {},
			want: start,
		},
		"untouched it follows the base back as well": {
			do:   func(base *hand, _ *clock.Adjustable) { base.now = start.Add(-day) },
			want: start.Add(-day),
		},
		"advances add up": {
			do: func(_ *hand, c *clock.Adjustable) {
				c.Advance(15 * day)
				c.Advance(time.Hour)
			},
			want:     start.Add(15*day + time.Hour),
			adjusted: true,
		},
		"a negative advance goes back": {
			do:       func(_ *hand, c *clock.Adjustable) { c.Advance(-day) },
			want:     start.Add(-day),
			adjusted: true,
		},
		"it runs on after an advance": {
			do: func(base *hand, c *clock.Adjustable) {
				c.Advance(day)
				base.now = start.Add(time.Minute)
			},
			want:     start.Add(day + time.Minute),
			adjusted: true,
		},
		"set wins over earlier advances": {
			do: func(_ *hand, c *clock.Adjustable) {
				c.Advance(day)
				c.Set(start.AddDate(1, 0, 0))
			},
			want:     start.AddDate(1, 0, 0),
			adjusted: true,
		},
		"it runs on after set": {
			do: func(base *hand, c *clock.Adjustable) {
				c.Set(start.AddDate(1, 0, 0))
				base.now = start.Add(time.Second)
			},
			want:     start.AddDate(1, 0, 0).Add(time.Second),
			adjusted: true,
		},
		"set takes any zone and shows UTC": {
			do: func(_ *hand, c *clock.Adjustable) {
				c.Set(start.In(time.FixedZone("", 2*60*60)))
			},
			want:     start,
			adjusted: true,
		},
		"centuries do not overflow": {
			do: func(_ *hand, c *clock.Adjustable) {
				c.Set(time.Date(9000, time.January, 1, 0, 0, 0, 0, time.UTC))
				c.Advance(day)
			},
			want:     time.Date(9000, time.January, 2, 0, 0, 0, 0, time.UTC),
			adjusted: true,
		},
		"reset returns to the base": {
			do: func(base *hand, c *clock.Adjustable) {
				c.Set(start.AddDate(1, 0, 0))
				c.Advance(day)
				base.now = start.Add(time.Second)
				c.Reset()
			},
			want: start.Add(time.Second),
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			base := &hand{now: start}
			c := clock.Over(base)
			tt.do(base, c)
			got := c.Now()
			if !got.Equal(tt.want) || got.Location() != time.UTC {
				t.Errorf("Now() = %v, want %v", got, tt.want)
			}
			if c.Adjusted() != tt.adjusted {
				t.Errorf("Adjusted() = %v, want %v", c.Adjusted(), tt.adjusted)
			}
		})
	}
}

func TestAdvanceReturnsTheNewTime(t *testing.T) {
	t.Parallel()
	c := clock.Over(&hand{now: start})
	if got, want := c.Advance(time.Hour), start.Add(time.Hour); !got.Equal(want) || !c.Now().Equal(want) {
		t.Errorf("Advance = %v, Now = %v, want %v", got, c.Now(), want)
	}
}

func TestNewFollowsTheSystemClock(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := clock.New()
		before := c.Advance(360 * time.Hour)
		time.Sleep(time.Minute) // the bubble's clock, so no waiting
		if got := c.Now().Sub(before); got != time.Minute {
			t.Errorf("the clock ran %v in a minute", got)
		}
		c.Reset()
		if got, want := c.Now(), clock.System().Now(); !got.Equal(want) {
			t.Errorf("after Reset Now() = %v, want %v", got, want)
		}
	})
}

func TestConcurrentAdvancesAllCount(t *testing.T) {
	t.Parallel()
	c := clock.Over(&hand{now: start})
	var wg sync.WaitGroup
	for range 50 {
		wg.Go(func() {
			c.Advance(time.Second)
			_ = c.Now()
		})
	}
	wg.Wait()
	if got := c.Now().Sub(start); got != 50*time.Second {
		t.Errorf("50 advances of a second moved the clock by %v", got)
	}
}

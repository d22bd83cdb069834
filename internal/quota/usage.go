package quota

import "time"

// usage is what an account has used of a group's quota: a token bucket for the rate,
// and counts by the hour for the day.
type usage struct {
	Tokens float64 `json:"tokens"`
	At     int64   `json:"at"` // when Tokens was right, in milliseconds; 0 before the first request
	// Hours are the requests of the latest hours, by the hour since 1970 modulo their number.
	Hours [25]int `json:"hours"`
	Hour  int64   `json:"hour"` // the hour of the last request
}

// take takes up to n requests of a group's quota and returns how many it took. Where
// it took none it returns how long it will be until one is to be had.
func (u *usage) take(g *Group, now time.Time, n int) (taken int, wait time.Duration) {
	u.advance(g, now)
	if u.Tokens < 1 {
		return 0, max(time.Duration((1-u.Tokens)/g.PerSecond*float64(time.Second)), time.Millisecond)
	}
	taken = min(n, int(u.Tokens))
	if g.PerDay > 0 {
		left := g.PerDay
		for _, used := range u.Hours {
			left -= used
		}
		if left <= 0 {
			return 0, u.untilOldestEnds(now)
		}
		taken = min(taken, left)
	}
	u.Tokens -= float64(taken)
	u.Hours[u.Hour%int64(len(u.Hours))] += taken
	return taken, 0
}

// advance adds the tokens of the time that has passed and forgets hours that are over
// for a day. The current hour and the 24 before it count, so a day is never counted
// short. A clock that went back adds nothing.
func (u *usage) advance(g *Group, now time.Time) {
	burst := max(g.PerSecond, 1)
	nowMilli, hour := now.UnixMilli(), now.Unix()/3600
	if u.At == 0 {
		*u = usage{Tokens: burst, At: nowMilli, Hour: hour}
		return
	}
	if nowMilli > u.At {
		u.Tokens = min(burst, u.Tokens+float64(nowMilli-u.At)/1000*g.PerSecond)
		u.At = nowMilli
	}
	for passed := int64(0); u.Hour < hour; passed++ {
		if passed == int64(len(u.Hours)) {
			u.Hour = hour
			break
		}
		u.Hour++
		u.Hours[u.Hour%int64(len(u.Hours))] = 0
	}
}

// untilOldestEnds returns how long it is until the oldest hour with requests no longer
// counts.
func (u *usage) untilOldestEnds(now time.Time) time.Duration {
	n := int64(len(u.Hours))
	for back := n - 1; back > 0; back-- {
		if u.Hours[(u.Hour-back+n)%n] > 0 {
			return time.Unix((u.Hour-back+n)*3600, 0).Sub(now)
		}
	}
	return time.Unix((u.Hour+n)*3600, 0).Sub(now)
}

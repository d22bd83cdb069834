package operator

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"cosell/internal/clock"
)

type clockState struct {
	Now      time.Time `json:"now" doc:"The business time"`
	Adjusted bool      `json:"adjusted" doc:"Whether the clock has been moved; if not, it shows the real time"`
}

type clockChange struct {
	Advance *string    `json:"advance,omitempty" doc:"Duration to move the clock by" example:"360h"`
	Set     *time.Time `json:"set,omitempty" doc:"Time to show now" example:"2027-01-01T00:00:00Z"`
	Reset   *bool      `json:"reset,omitempty" doc:"Return to the real time" enum:"true"`
}

func (c Config) clockRoutes(rest huma.API) {
	state := func() *body[clockState] {
		return &body[clockState]{clockState{Now: c.Clock.Now(), Adjusted: c.Clock.Adjusted()}}
	}
	huma.Get(rest, "/clock", func(context.Context, *struct{}) (*body[clockState], error) {
		return state(), nil
	}, tagged("Clock", "Read the business clock"))
	huma.Post(rest, "/clock", func(ctx context.Context, in *body[clockChange]) (*body[clockState], error) {
		if err := c.changeClock(in.Body); err != nil {
			return nil, err
		}
		if err := c.ClockMoved(ctx); err != nil {
			return nil, c.fault(ctx, err)
		}
		return state(), nil
	}, tagged("Clock", "Move the business clock; exactly one member must be given"), func(o *huma.Operation) {
		// Nothing is created.
		o.DefaultStatus = http.StatusOK
	})
}

func (c Config) changeClock(change clockChange) error {
	given := 0
	for _, is := range []bool{change.Advance != nil, change.Set != nil, change.Reset != nil} {
		if is {
			given++
		}
	}
	if given != 1 {
		return unprocessable("body", `must have exactly one of "advance", "set" and "reset"`)
	}
	switch {
	case change.Reset != nil:
		c.Clock.Reset()
	case change.Set != nil:
		if !clock.InRange(*change.Set) {
			return unprocessable("body.set", "must be between 1970-01-01 and 9000-01-01")
		}
		c.Clock.Set(*change.Set)
	default:
		by, err := clock.ParseDuration(*change.Advance)
		if err != nil {
			return unprocessable("body.advance", err.Error())
		}
		if !clock.InRange(c.Clock.Now().Add(by)) {
			return unprocessable("body.advance", "must not move the clock out of the years 1970 to 8999")
		}
		c.Clock.Advance(by)
	}
	return nil
}

// unprocessable returns the error that says what is expected at a place in a request.
func unprocessable(location, message string) error {
	return huma.Error422UnprocessableEntity("validation failed", &huma.ErrorDetail{Location: location, Message: message})
}

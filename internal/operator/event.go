package operator

import (
	"context"
	"encoding/json"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"cosell/internal/clock"
	"cosell/internal/store"
)

// event has its sequence as a string, since it exceeds the integers that JavaScript
// numbers hold exactly.
type event struct {
	Sequence string          `json:"sequence" example:"6917529027641081856" doc:"Position among the events of all accounts; never changes"`
	Account  string          `json:"account" doc:"The recipient"`
	Event    json.RawMessage `json:"event" doc:"The EventBridge envelope"`
}

type eventList struct {
	Events []event `json:"events" nullable:"false" doc:"Oldest first"`
	Next   string  `json:"next" doc:"Value of after for the next request; no event is ever added before it"`
}

type eventQuery struct {
	Account string `query:"account" required:"true" pattern:"^([0-9]{12}|aws|\\*)$" patternDescription:"an account of twelve digits, aws, or * for all"`
	After   int64  `query:"after" minimum:"0" doc:"Sequence of the last known event; 0 starts at the first"`
	Limit   int    `query:"limit" minimum:"1" maximum:"1000" default:"100"`
	Last    int    `query:"last" minimum:"1" maximum:"1000" doc:"Returns the newest events instead of the first, at most this many; continue with next"`

	Waiting
}

// Waiting is the part of a query that says how long to wait for what it asks for. It
// is exported because huma ignores embedded structures that are not.
type Waiting struct {
	Wait string `query:"wait" doc:"How long to wait if there is none, at most 60s" example:"20s"`
}

// maxWait is how long a request for events may wait, and waitStep how often it looks.
const (
	maxWait  = time.Minute
	waitStep = 100 * time.Millisecond
)

func (c Config) eventRoutes(rest huma.API) {
	huma.Get(rest, "/events", func(ctx context.Context, in *eventQuery) (*body[eventList], error) {
		wait, err := in.wait()
		if err != nil {
			return nil, err
		}
		found, err := c.waitForEvents(ctx, in, wait)
		if err != nil {
			return nil, c.fault(ctx, err)
		}
		list := eventList{Events: make([]event, 0, len(found)), Next: strconv.FormatInt(in.After, 10)}
		visible := c.visible(ctx)
		for _, e := range found {
			list.Next = strconv.FormatInt(e.Sequence, 10)
			shown, err := visible(e.Envelope)
			if err != nil {
				return nil, c.fault(ctx, err)
			}
			if shown {
				list.Events = append(list.Events, event{Sequence: list.Next, Account: e.Account, Event: e.Envelope})
			}
		}
		return &body[eventList]{list}, nil
	}, tagged("Events", "List the events of an account"))
	c.eventStreamRoute(rest)
}

func (q *Waiting) wait() (time.Duration, error) {
	if q.Wait == "" {
		return 0, nil
	}
	wait, err := clock.ParseDuration(q.Wait)
	switch {
	case err != nil:
		return 0, unprocessable("query.wait", err.Error())
	case wait < 0 || wait > maxWait:
		return 0, unprocessable("query.wait", "must be at most 60s")
	}
	return wait, nil
}

// waitForEvents returns events, or none after it has waited for them in vain.
func (c Config) waitForEvents(ctx context.Context, q *eventQuery, wait time.Duration) ([]store.Event, error) {
	found, err := c.events(ctx, q)
	if err != nil || len(found) > 0 || wait == 0 {
		return found, err
	}
	ctx, release, err := c.whileHeld(ctx)
	if err != nil {
		return nil, err
	}
	defer release()
	ctx, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	ticker := time.NewTicker(waitStep)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil, nil
		case <-c.Stopping:
			return nil, nil
		case <-ticker.C:
		}
		found, err = c.events(ctx, q)
		if ctx.Err() != nil {
			return nil, nil
		}
		if err != nil || len(found) > 0 {
			return found, err
		}
	}
}

func (c Config) events(ctx context.Context, q *eventQuery) ([]store.Event, error) {
	if q.Last > 0 {
		return c.Service.LastEvents(ctx, q.Account, q.After, q.Last)
	}
	return c.Service.Events(ctx, q.Account, q.After, q.Limit)
}

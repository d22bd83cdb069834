package operator

import (
	"context"
	"encoding/json"
	"strconv"

	"github.com/danielgtaylor/huma/v2"
)

// event has its sequence as a string, since it exceeds the integers that JavaScript
// numbers hold exactly.
type event struct {
	Sequence string          `json:"sequence" example:"6917529027641081856" doc:"Position among the events of the account; never changes"`
	Event    json.RawMessage `json:"event" doc:"The EventBridge envelope"`
}

type eventList struct {
	Events []event `json:"events" nullable:"false" doc:"Oldest first"`
	Next   string  `json:"next" doc:"Value of after for the next request; no event is ever added before it"`
}

type eventQuery struct {
	Account string `query:"account" required:"true" pattern:"^([0-9]{12}|aws)$" patternDescription:"an account of twelve digits, or aws"`
	After   int64  `query:"after" minimum:"0" doc:"Sequence of the last known event; 0 starts at the first"`
	Limit   int    `query:"limit" minimum:"1" maximum:"1000" default:"100"`
}

func (c Config) eventRoutes(rest huma.API) {
	huma.Get(rest, "/events", func(ctx context.Context, in *eventQuery) (*body[eventList], error) {
		found, err := c.Service.Events(ctx, in.Account, in.After, in.Limit)
		if err != nil {
			return nil, c.fault(ctx, err)
		}
		list := eventList{Events: make([]event, len(found)), Next: strconv.FormatInt(in.After, 10)}
		for i, e := range found {
			list.Events[i] = event{Sequence: strconv.FormatInt(e.Sequence, 10), Event: e.Envelope}
			list.Next = list.Events[i].Sequence
		}
		return &body[eventList]{list}, nil
	}, tagged("Events", "List the events of an account"))
}

package operator

import (
	"context"
	"encoding/json"
	"errors"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"cosell/internal/events/delivery"
	"cosell/internal/store"
)

type eventDelivery struct {
	Sequence   string               `json:"sequence" doc:"Sequence of the event"`
	Target     string               `json:"target" example:"webhook/crm" doc:"webhook/ID, or rule/NAME/ID for a target of a rule"`
	Resource   string               `json:"resource" doc:"What the event is about; deliveries of one resource are in order"`
	Status     string               `json:"status" enum:"PENDING,DELIVERED,DEAD"`
	Attempts   int64                `json:"attempts"`
	CreatedAt  time.Time            `json:"createdAt"`
	NextAt     *time.Time           `json:"nextAttemptAt,omitempty" doc:"Of a pending delivery; earlier deliveries of the resource come first"`
	Tries      []delivery.Try       `json:"log" nullable:"false" doc:"The last attempts, oldest first"`
	DeadLetter *delivery.DeadLetter `json:"deadLetter,omitempty" doc:"The attributes that EventBridge gives to a dead letter"`
	Event      json.RawMessage      `json:"event,omitempty" doc:"The envelope, until it is delivered"`
}

type deliveryList struct {
	Deliveries []eventDelivery `json:"deliveries" nullable:"false" doc:"By target and sequence"`
}

type deliveryQuery struct {
	AccountPath

	Target   string `query:"target" maxLength:"300"`
	Status   string `query:"status" enum:"PENDING,DELIVERED,DEAD"`
	Sequence int64  `query:"sequence" minimum:"0" doc:"Only the event with this sequence"`
	After    int64  `query:"after" minimum:"0" doc:"Only events after this sequence; needs target"`
	Limit    int    `query:"limit" minimum:"1" maximum:"1000" default:"100"`
}

type redrive struct {
	Target   string `json:"target" maxLength:"300" example:"webhook/crm"`
	Sequence string `json:"sequence,omitempty" pattern:"^[0-9]{1,19}$" patternDescription:"a sequence" doc:"Only this event; all dead letters of the target without it"`
}

type redriveInput struct {
	AccountPath

	Body redrive
}

type replay struct {
	Target  string `json:"target" maxLength:"300" example:"webhook/crm"`
	After   string `json:"after" pattern:"^[0-9]{1,19}$" patternDescription:"a sequence" doc:"Events after this sequence"`
	Through string `json:"through,omitempty" pattern:"^[0-9]{1,19}$" patternDescription:"a sequence" doc:"Up to this sequence; to the last without it"`
}

type replayInput struct {
	AccountPath

	Body replay
}

type count struct {
	Deliveries int64 `json:"deliveries" doc:"How many are pending because of this"`
}

func shownDelivery(d *store.EventDelivery) eventDelivery {
	shown := eventDelivery{
		Sequence: strconv.FormatInt(d.Sequence, 10), Target: d.Target, Resource: d.Resource, Status: d.Status, Attempts: d.Attempts,
		CreatedAt: time.UnixMilli(d.CreatedAt).UTC(), Event: d.Envelope,
	}
	shown.Tries, shown.DeadLetter = delivery.ReadLog(d.Log)
	if shown.Tries == nil {
		shown.Tries = []delivery.Try{}
	}
	if d.Status == store.DeliveryPending {
		next := time.UnixMilli(d.DueAt).UTC()
		shown.NextAt, shown.DeadLetter = &next, nil
	}
	return shown
}

func (c Config) deliveryRoutes(rest huma.API) {
	const tag, path = "Deliveries", "/accounts/{account}/deliveries"
	huma.Get(rest, path, func(ctx context.Context, in *deliveryQuery) (*body[deliveryList], error) {
		filter := store.EventDeliveryFilter{Account: in.Account, Target: in.Target, Status: in.Status, Sequence: in.Sequence, Limit: in.Limit}
		if in.After > 0 {
			if in.Target == "" {
				return nil, unprocessable("query.after", "needs target")
			}
			filter.After = &store.EventDelivery{Target: in.Target, Sequence: in.After}
		}
		var found []store.EventDelivery
		err := c.Store.View(ctx, func(tx *store.Tx) (err error) {
			found, err = tx.EventDeliveries(filter)
			return err
		})
		if err != nil {
			return nil, c.fault(ctx, err)
		}
		list := deliveryList{Deliveries: make([]eventDelivery, len(found))}
		for i := range found {
			list.Deliveries[i] = shownDelivery(&found[i])
		}
		return &body[deliveryList]{list}, nil
	}, tagged(tag, "List deliveries of events, their log and dead letters"))
	huma.Post(rest, path+"/redrive", func(ctx context.Context, in *redriveInput) (*body[count], error) {
		n, err := c.Deliveries.Redrive(ctx, in.Account, in.Body.Target, number(in.Body.Sequence))
		if err != nil {
			return nil, c.fault(ctx, err)
		}
		return &body[count]{count{n}}, nil
	}, tagged(tag, "Send dead letters again"))
	huma.Post(rest, path+"/replay", func(ctx context.Context, in *replayInput) (*body[count], error) {
		n, err := c.Deliveries.Replay(ctx, in.Account, in.Body.Target, number(in.Body.After), number(in.Body.Through))
		if errors.Is(err, store.ErrNotFound) {
			return nil, huma.Error404NotFound("The account has no such target")
		}
		if err != nil {
			return nil, c.fault(ctx, err)
		}
		return &body[count]{count{n}}, nil
	}, tagged(tag, "Send events to a target again"))
}

// number returns the value of digits; those that no sequence has are the largest.
func number(digits string) int64 {
	if digits == "" {
		return 0
	}
	n, _ := strconv.ParseInt(digits, 10, 64) // out of range it is the largest
	return n
}

package delivery

import (
	"context"

	"cosell/internal/audit"
	"cosell/internal/events/pattern"
	"cosell/internal/store"
)

// Redrive makes dead letters of a target pending again, that of one event or (with
// sequence 0) all, and returns how many.
func (e *Engine) Redrive(ctx context.Context, account, target string, sequence int64) (n int64, err error) {
	err = audit.Update(ctx, e.Store, func(tx *store.Tx) error {
		if n, err = tx.RedriveEventDeliveries(account, target, sequence, e.now()); err != nil || n == 0 {
			return err
		}
		return tx.WakeEventLane(account, target, true)
	})
	e.WakeLanes()
	return n, err
}

// Replay sends the events of an account that match a target's pattern to it again,
// after one sequence and up to another (0 is the last). It returns how many, or
// store.ErrNotFound if there is no such target.
func (e *Engine) Replay(ctx context.Context, account, target string, after, through int64) (n int64, err error) {
	routes, err := e.routesOf(ctx, account)
	if err != nil {
		return 0, err
	}
	route := routes.byKey[target]
	if route == nil {
		return 0, store.ErrNotFound
	}
	for {
		events, err := store.Events(ctx, e.Store, account, after, relayBatch)
		if err != nil || len(events) == 0 {
			return n, err
		}
		var again []store.EventDelivery
		for _, event := range events {
			after = event.Sequence
			if through > 0 && event.Sequence > through {
				break
			}
			parsed, err := pattern.ParseEvent(event.Envelope)
			if err != nil || !route.matches(parsed) {
				continue
			}
			again = append(again, route.delivery(&event, readFacts(event.Envelope).resource(), e.now()))
		}
		if len(again) > 0 {
			err = audit.Update(ctx, e.Store, func(tx *store.Tx) error {
				if err := tx.InsertEventDeliveries(again, true); err != nil {
					return err
				}
				return tx.WakeEventLane(account, target, true)
			})
			if err != nil {
				return n, err
			}
			n += int64(len(again))
			e.WakeLanes()
		}
		if through > 0 && after > through || len(events) < relayBatch {
			return n, nil
		}
	}
}

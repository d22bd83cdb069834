package delivery

import (
	"context"
	"errors"
	"fmt"
	"time"

	"cosell/internal/clock"
	"cosell/internal/events/pattern"
	"cosell/internal/store"
)

const (
	// relayBatch is how many events one transaction makes deliveries for.
	relayBatch = 200
	// relayAccounts is how many accounts one look finds.
	relayAccounts = 100
	// healEvery is how often the relay looks for accounts with rules that nobody
	// follows, such as imported ones.
	healEvery = 10 * time.Second
	// gather is how long the relay waits for more events once it has been woken. Without
	// it each commit of a busy server makes it look again.
	gather = 5 * time.Millisecond
)

// relay makes deliveries for events until the context ends.
func (e *Engine) relay(ctx context.Context) {
	var healed time.Time
	for ctx.Err() == nil {
		if now := e.Real.Now(); now.Sub(healed) >= healEvery {
			e.fault(ctx, "follow accounts with rules", e.follow(ctx))
			healed = now
		}
		more, err := e.relayAll(ctx)
		e.fault(ctx, "relay events", err)
		if !more || err != nil {
			e.sleep(ctx, e.events)
			_ = clock.Sleep(ctx, gather)
		}
	}
}

// follow registers the relay where an account has rules and none is registered.
func (e *Engine) follow(ctx context.Context) error {
	after := ""
	for {
		var found []store.EventRuleVersion
		var missing []string
		err := e.Store.View(ctx, func(tx *store.Tx) (err error) {
			missing = nil
			if found, err = tx.EventRuleVersions(after, relayAccounts); err != nil {
				return err
			}
			for _, f := range found {
				_, err := tx.EventFollower(store.EventDelivering, f.Account)
				switch {
				case errors.Is(err, store.ErrNotFound):
					missing = append(missing, f.Account)
				case err != nil:
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
		for _, account := range missing {
			if err := e.followAccount(ctx, account); err != nil {
				return err
			}
		}
		if len(found) < relayAccounts {
			return nil
		}
		after = found[len(found)-1].Account
	}
}

func (e *Engine) followAccount(ctx context.Context, account string) error {
	routes, err := e.routesOf(ctx, account)
	if err != nil || len(routes.all) == 0 {
		return err
	}
	return e.Store.Update(ctx, func(tx *store.Tx) error { return tx.StartEventFollower(store.EventDelivering, account) })
}

// relayAll relays a batch of each account that has new events, and reports whether
// there may be more.
func (e *Engine) relayAll(ctx context.Context) (more bool, err error) {
	after := ""
	for {
		var accounts []string
		err := e.Store.View(ctx, func(tx *store.Tx) (err error) {
			accounts, err = tx.FollowersWithEvents(store.EventDelivering, after, relayAccounts)
			return err
		})
		if err != nil {
			return false, err
		}
		for _, account := range accounts {
			full, err := e.relayAccount(ctx, account)
			if err != nil {
				return false, fmt.Errorf("account %s: %w", account, err)
			}
			more = more || full
		}
		if len(accounts) < relayAccounts {
			return more, nil
		}
		after = accounts[len(accounts)-1]
	}
}

// relayAccount makes the deliveries of the next events of an account. It reports
// whether the batch was full.
func (e *Engine) relayAccount(ctx context.Context, account string) (full bool, err error) {
	routes, err := e.routesOf(ctx, account)
	if err != nil {
		return false, err
	}
	if len(routes.all) == 0 {
		return false, e.stopFollowing(ctx, account, routes.version)
	}
	var from int64
	err = e.Store.View(ctx, func(tx *store.Tx) (err error) {
		from, err = tx.EventFollower(store.EventDelivering, account)
		return err
	})
	if err != nil {
		return false, ignore(err, store.ErrNotFound)
	}
	events, err := store.Events(ctx, e.Store, account, from, relayBatch)
	if err != nil || len(events) == 0 {
		return false, err
	}
	made, targets := e.match(routes, events)
	err = e.Store.Update(ctx, func(tx *store.Tx) error {
		if err := tx.AdvanceEventFollower(store.EventDelivering, account, from, events[len(events)-1].Sequence); err != nil {
			return err
		}
		for _, target := range targets {
			if err := tx.WakeEventLane(account, target, false); err != nil {
				return err
			}
		}
		return tx.InsertEventDeliveries(made, false)
	})
	if len(made) > 0 && err == nil {
		e.WakeLanes()
	}
	// Another process may have relayed the same events first.
	return len(events) == relayBatch, ignore(err, store.ErrNotFound)
}

func ignore(err, expected error) error {
	if errors.Is(err, expected) {
		return nil
	}
	return err
}

// stopFollowing ends following an account that has no enabled rule, unless its rules
// change meanwhile.
func (e *Engine) stopFollowing(ctx context.Context, account string, version int64) error {
	return e.Store.Update(ctx, func(tx *store.Tx) error {
		now, err := tx.LockEventRules(account)
		if err != nil || now != version {
			return ignore(err, store.ErrNotFound)
		}
		return tx.StopEventFollower(store.EventDelivering, account)
	})
}

// match returns the deliveries of events, and their targets.
func (e *Engine) match(routes routeSet, events []store.Event) (made []store.EventDelivery, targets []string) {
	now := e.now()
	seen := map[string]bool{}
	for _, event := range events {
		parsed, err := pattern.ParseEvent(event.Envelope)
		if err != nil {
			continue // it was never an event
		}
		var facts *eventFacts
		for _, r := range routes.all {
			if !r.matches(parsed) {
				continue
			}
			if facts == nil {
				facts = readFacts(event.Envelope)
			}
			if !routes.takes(r, facts) {
				continue
			}
			d := r.delivery(&event, facts.resource(), now)
			if !e.disturb(&d, facts) {
				continue
			}
			made = append(made, d)
			if !seen[r.Key] {
				seen[r.Key] = true
				targets = append(targets, r.Key)
			}
		}
	}
	return made, targets
}

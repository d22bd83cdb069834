package delivery

import (
	"context"
	"errors"
	"log/slog"
	"math"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"cosell/internal/events/transform"
	"cosell/internal/store"
)

const (
	// window is how many deliveries of a lane are in memory.
	window = 128
	// concurrency is how many resources of a lane are sent about at a time.
	concurrency = 8
	// tolerated is how many attempts at a target may fail in a row before all its
	// deliveries pause.
	tolerated = 5
	// never is the due time of a lane without deliveries.
	never = math.MaxInt64 / 2

	firstPause   = time.Second
	longestPause = 10 * time.Minute
	// longestLanePause bounds the pause of a failing target: so long after it is back
	// it receives again.
	longestLanePause = 15 * time.Second
)

// deliver works on lanes until the context ends, and returns when all attempts have
// ended.
func (e *Engine) deliver(ctx context.Context) {
	var working sync.WaitGroup
	defer working.Wait()
	slots := make(chan struct{}, maxLanes)
	for ctx.Err() == nil {
		free := cap(slots) - len(slots)
		found, err := e.claim(ctx, free)
		e.fault(ctx, "look for due deliveries", err)
		for _, l := range found {
			slots <- struct{}{}
			working.Go(func() {
				e.work(ctx, l)
				<-slots
				e.WakeLanes() // there may be new deliveries, and there is a free slot
			})
		}
		if len(found) < free || free == 0 {
			e.sleep(ctx, e.lanes)
		}
	}
}

func (e *Engine) leaseEnd() int64 { return e.Real.Now().Add(lease).UnixMilli() }

// claim leases due lanes. It writes nothing if none is due.
func (e *Engine) claim(ctx context.Context, limit int) (found []store.EventLane, err error) {
	some := false
	err = e.Store.View(ctx, func(tx *store.Tx) error {
		some, err = tx.HasEventLane(e.now())
		return err
	})
	if err != nil || !some || limit == 0 {
		return nil, err
	}
	err = e.Store.Update(ctx, func(tx *store.Tx) error {
		found, err = tx.ClaimEventLanes(e.now(), e.leaseEnd(), limit)
		return err
	})
	return found, err
}

// work sends what is due on a leased lane, then releases it.
func (e *Engine) work(ctx context.Context, l store.EventLane) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	go e.renew(ctx, stop, l)
	due, pause, err := e.drain(ctx, &l)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		e.Log.LogAttrs(ctx, slog.LevelWarn, "deliver events", slog.String("account", l.Account), slog.String("target", l.Target),
			slog.String("cause", err.Error()))
		pause = firstPause
	}
	blocked := int64(0)
	if pause > 0 {
		blocked = e.Real.Now().Add(pause).UnixMilli()
	}
	release := context.WithoutCancel(ctx)
	err = e.Store.Update(release, func(tx *store.Tx) error { return tx.ReleaseEventLane(&l, due, blocked) })
	e.fault(ctx, "release event lane", ignore(err, store.ErrNotFound))
}

// renew extends a lease until ctx ends. It calls lost if another process has the lane.
func (e *Engine) renew(ctx context.Context, lost func(), l store.EventLane) {
	ticker := time.NewTicker(renewal)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return
		}
		err := e.Store.Update(ctx, func(tx *store.Tx) error { return tx.RenewEventLane(&l, e.leaseEnd()) })
		if errors.Is(err, store.ErrNotFound) {
			lost()
			return
		}
	}
}

// drain sends windows of due deliveries until none is left. It returns when the next
// is due, and for how long the target is to be left alone.
func (e *Engine) drain(ctx context.Context, l *store.EventLane) (due int64, pause time.Duration, err error) {
	for ctx.Err() == nil {
		routes, err := e.routesOf(ctx, l.Account)
		if err != nil {
			return 0, 0, err
		}
		route := routes.byKey[l.Target]
		if route == nil {
			return never, 0, e.Store.Update(ctx, func(tx *store.Tx) error { return tx.DropEventDeliveries(l.Account, l.Target) })
		}
		var rows []store.EventDelivery
		due = never
		err = e.Store.View(ctx, func(tx *store.Tx) (err error) {
			if l.Version, err = tx.EventLaneVersion(l); err != nil {
				return err
			}
			now, limit := e.now(), window
			if l.Failures >= tolerated {
				limit = 1 // to see whether the target is back
			}
			if rows, err = tx.DueEventDeliveries(l.Account, l.Target, now, limit); err != nil || len(rows) > 0 {
				return err
			}
			next, ok, err := tx.NextEventDelivery(l.Account, l.Target, now)
			if ok {
				due = next
			}
			return err
		})
		if err != nil || len(rows) == 0 {
			return due, 0, err
		}
		if pause, err = e.send(ctx, l, route, rows); err != nil || pause > 0 {
			return 0, pause, err
		}
	}
	return 0, 0, nil
}

// attempt is a delivery after an attempt.
type attempt struct {
	store.EventDelivery

	outcome Outcome
}

// send makes attempts at a window of deliveries, those of one resource one after
// another, and stores what became of them. It returns for how long the target is to
// be left alone.
func (e *Engine) send(ctx context.Context, l *store.EventLane, route *Route, rows []store.EventDelivery) (pause time.Duration, err error) {
	sending, stop := context.WithCancel(ctx)
	defer stop()
	done := make(chan attempt, concurrency)
	go e.attemptAll(sending, route, rows, done)
	for first := range done {
		batch := ready(first, done)
		for _, a := range batch {
			pause = max(pause, e.judge(l, a.outcome))
		}
		if pause > 0 {
			stop()
		}
		// What was sent is stored even if the server is stopping.
		if err == nil {
			err = e.keep(context.WithoutCancel(ctx), l, route, batch)
		}
		if err != nil {
			stop()
		}
	}
	return pause, err
}

// attemptAll makes attempts at deliveries, those of one resource one after another,
// until ctx ends, and closes done.
func (e *Engine) attemptAll(ctx context.Context, route *Route, rows []store.EventDelivery, done chan<- attempt) {
	defer close(done)
	var chains errgroup.Group
	chains.SetLimit(concurrency)
	for _, chain := range byResource(rows) {
		if ctx.Err() != nil {
			break
		}
		chains.Go(func() error {
			e.attemptChain(ctx, route, chain, done)
			return nil
		})
	}
	_ = chains.Wait()
}

// attemptChain makes attempts at the deliveries of one resource, until one fails.
func (e *Engine) attemptChain(ctx context.Context, route *Route, chain []store.EventDelivery, done chan<- attempt) {
	for _, d := range chain {
		if ctx.Err() != nil {
			return
		}
		a := e.attempt(ctx, route, d)
		if ctx.Err() != nil && !a.outcome.OK() {
			return // it was cut off: this attempt does not count
		}
		done <- a
		if a.Status == store.DeliveryPending {
			return
		}
	}
}

// ready returns an attempt and those that have ended meanwhile.
func ready(first attempt, done <-chan attempt) []attempt {
	batch := []attempt{first}
	for {
		select {
		case next, ok := <-done:
			if !ok {
				return batch
			}
			batch = append(batch, next)
		default:
			return batch
		}
	}
}

// byResource returns the deliveries of each resource, in their order.
func byResource(rows []store.EventDelivery) (chains [][]store.EventDelivery) {
	place := map[string]int{}
	for _, d := range rows {
		i, ok := place[d.Resource]
		if !ok {
			i = len(chains)
			place[d.Resource] = i
			chains = append(chains, nil)
		}
		chains[i] = append(chains[i], d)
	}
	return chains
}

// judge counts an outcome for the whole target, and returns for how long it is to be
// left alone.
func (e *Engine) judge(l *store.EventLane, o Outcome) time.Duration {
	if o.OK() || o.Final {
		l.Failures = 0
		return 0
	}
	l.Failures++
	pause := o.RetryAfter
	if l.Failures >= tolerated {
		pause = max(pause, e.pause(l.Failures-tolerated, longestLanePause))
	}
	return pause
}

// pause returns how long to wait after a number of failures: it doubles, up to a
// longest one, and varies by a quarter so that retries do not come together.
func (e *Engine) pause(failures int64, longest time.Duration) time.Duration {
	const doublings = 10 // more would exceed longestPause anyway
	d := min(firstPause<<min(max(failures, 0), doublings), longest)
	return d - time.Duration(e.jitter()*float64(d)/4) //nolint:mnd // a quarter
}

// attempt sends one delivery and decides what becomes of it.
func (e *Engine) attempt(ctx context.Context, route *Route, d store.EventDelivery) attempt {
	r := readRecord(d.Log)
	begun := e.Real.Now()
	o := e.try(ctx, route, d)
	if o.OK() && r.Duplicate {
		_ = e.try(ctx, route, d)
		r.Duplicate = false
	}
	d.Attempts++
	r.add(begun, e.Real.Now().Sub(begun), o)
	retries := d.Attempts - 1
	dead := func(condition string) {
		d.Status = store.DeliveryDead
		r.DeadLetter = &DeadLetter{
			RuleARN: route.RuleARN, TargetARN: route.TargetARN, ErrorCode: o.Code, ErrorMessage: cut(o.Message),
			ExhaustedCondition: condition, RetryAttempts: retries,
		}
	}
	now := e.Real.Now()
	next := now.Add(max(e.pause(retries, longestPause), o.RetryAfter)).UnixMilli()
	switch {
	case o.OK():
		d.Status, d.Envelope = store.DeliveryDelivered, nil
	case o.Final || o.Gone:
		dead("")
	case retries >= route.MaxRetries:
		dead("MaximumRetryAttempts")
	case next-d.CreatedAt > route.MaxAge.Milliseconds():
		dead("MaximumEventAgeInSeconds")
	default:
		d.DueAt = next
	}
	d.Log = r.encode()
	return attempt{d, o}
}

// try makes one attempt.
func (e *Engine) try(ctx context.Context, route *Route, d store.EventDelivery) Outcome {
	facts := readFacts(d.Envelope)
	body, err := route.transform.Apply(d.Envelope, transform.Rule{
		ARN: route.RuleARN, Name: route.RuleName, IngestionTime: time.UnixMilli(d.CreatedAt).UTC().Format(time.RFC3339),
	})
	if err != nil {
		return Outcome{Code: codeJSON, Message: err.Error(), Final: true}
	}
	return route.target.Send(ctx, Message{ID: facts.ID, Account: d.Account, Body: body, Facts: facts})
}

// keep stores what became of deliveries, if this process still has the lane.
func (e *Engine) keep(ctx context.Context, l *store.EventLane, route *Route, batch []attempt) error {
	gone := false
	for _, a := range batch {
		gone = gone || a.outcome.Gone
	}
	err := e.Store.Update(ctx, func(tx *store.Tx) error {
		if err := tx.RenewEventLane(l, e.leaseEnd()); err != nil {
			return err
		}
		if gone {
			if err := disableWebhook(tx, l.Account, route); err != nil {
				return err
			}
		}
		for i := range batch {
			if err := tx.UpdateEventDelivery(&batch[i].EventDelivery); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, a := range batch {
		outcome := "delivered"
		switch a.Status {
		case store.DeliveryDead:
			outcome = "dead"
		case store.DeliveryPending:
			outcome = "retry"
		}
		e.Sent(l.Account, l.Target, outcome)
	}
	return nil
}

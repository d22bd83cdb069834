package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"cosell/internal/servertest"
)

const (
	// pendingDeliveries wait for the target that comes back.
	pendingDeliveries = 10_000
	// drainLimit is how long they may take.
	drainLimit = 5 * time.Minute
)

// receiver is a webhook endpoint that may be away.
type receiver struct {
	url    string
	server *http.Server
	away   atomic.Bool
	got    atomic.Int64
}

func startReceiver(ctx context.Context) (*receiver, error) {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	r := &receiver{url: "http://" + listener.Addr().String()}
	const headers = 5 * time.Second
	r.server = &http.Server{ReadHeaderTimeout: headers, Handler: http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		_, _ = io.Copy(io.Discard, request.Body)
		if r.away.Load() {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		r.got.Add(1)
	})}
	go func() { _ = r.server.Serve(listener) }()
	return r, nil
}

// addWebhook has a server send the creations of the load's account to the receiver.
func (r *receiver) addWebhook(ctx context.Context, server *servertest.Process) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodPut, server.URL+"/operator/v1/accounts/"+accessKey+"/webhooks/bench",
		strings.NewReader(`{"url": "`+r.url+`", "pattern": {"detail-type": ["Opportunity Created"]}}`))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/json")
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("add a webhook: %s", answer.Status)
	}
	return nil
}

// measureEvents compares creates of an account with a webhook with those of one
// without, and has a target that was away receive what waits.
func (b *bench) measureEvents(ctx context.Context) error {
	plain, err := b.start(ctx, "no-webhook")
	if err != nil {
		return err
	}
	defer func() { _ = plain.Kill() }()
	told, err := b.start(ctx, "webhook")
	if err != nil {
		return err
	}
	defer func() { _ = told.Kill() }()
	r, err := startReceiver(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = r.server.Close() }()
	if err := r.addWebhook(ctx, told); err != nil {
		return err
	}
	if err := b.compareTold(ctx, r, told, plain); err != nil {
		return err
	}
	return b.drain(ctx)
}

// compareTold compares creates on two servers, in rounds that alternate.
func (b *bench) compareTold(ctx context.Context, r *receiver, told, plain *servertest.Process) error {
	var ratios, withRate, withoutRate, within []float64
	var with, without []time.Duration
	enough := 2000
	round := func(server *servertest.Process) (*result, error) {
		requests, err := creates(ctx, server.URL, enough)
		if err != nil {
			return nil, err
		}
		l := load{address: strings.TrimPrefix(server.URL, "http://"), pid: server.PID(), conns: createClients, requests: requests}
		return l.run(ctx, b.round)
	}
	for i := range b.rounds + 1 {
		theirs, err := round(plain)
		if err != nil {
			return err
		}
		before := r.got.Load()
		ours, err := round(told)
		if err != nil {
			return err
		}
		delivered := float64(r.got.Load()-before) / float64(ours.requests)
		const spare = 1.5
		enough = int(theirs.rate() * b.round.Seconds() * spare)
		if i == 0 {
			continue // to warm up
		}
		within = append(within, delivered)
		ratios = append(ratios, theirs.rate()/ours.rate())
		withRate, withoutRate = append(withRate, ours.rate()), append(withoutRate, theirs.rate())
		with, without = append(with, ours.perRequest()), append(without, theirs.perRequest())
	}
	const goal = 1.25
	b.show(
		atMost(fmt.Sprintf("Durable CreateOpportunity with a matching webhook, clients: %d, of the cost without", createClients), median(ratios), goal, "%.2f",
			fmt.Sprintf("%s, %s without; the receiver runs on the same processors", perSecond(median(withRate)), perSecond(median(withoutRate)))),
		shown("… the server's CPU time per request, deliveries included", short(median(with)),
			fmt.Sprintf("without %s; deliveries within a round: %s of its creates", short(median(without)), percent(median(within)))))
	return nil
}

// drain has a target come back for which 10,000 deliveries wait.
func (b *bench) drain(ctx context.Context) error {
	server, err := b.start(ctx, "drain")
	if err != nil {
		return err
	}
	defer func() { _ = server.Kill() }()
	r, err := startReceiver(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = r.server.Close() }()
	r.away.Store(true)
	if err := r.addWebhook(ctx, server); err != nil {
		return err
	}
	requests, err := creates(ctx, server.URL, pendingDeliveries)
	if err != nil {
		return err
	}
	l := load{address: strings.TrimPrefix(server.URL, "http://"), pid: server.PID(), conns: createClients, requests: requests}
	if _, err := l.run(ctx, drainLimit); err != nil {
		return err
	}
	before, err := residentMemory(server.PID())
	if err != nil {
		return err
	}
	r.away.Store(false)
	back, most := time.Now(), before
	var first time.Time
	const look = 50 * time.Millisecond
	for r.got.Load() < pendingDeliveries {
		if time.Since(back) > drainLimit || ctx.Err() != nil {
			return fmt.Errorf("%d of %d deliveries came in %s", r.got.Load(), pendingDeliveries, drainLimit)
		}
		time.Sleep(look)
		if first.IsZero() && r.got.Load() > 0 {
			first = time.Now()
		}
		now, err := residentMemory(server.PID())
		if err != nil {
			return err
		}
		most = max(most, now)
	}
	took := time.Since(first)
	const mega, growth = 1e6, 1.5
	b.show(
		shown(count(pendingDeliveries)+" waiting deliveries to a target that is back", perSecond(pendingDeliveries/took.Seconds()),
			fmt.Sprintf("in %s, begun %s after it was back", took.Round(look), first.Sub(back).Round(look))),
		atMost("… most resident memory meanwhile, of that before", float64(most)/float64(before), growth, "%.2f",
			fmt.Sprintf("%.1f MB of %.1f MB", float64(most)/mega, float64(before)/mega)))
	return nil
}

// Package delivery carries events to the targets of rules and to webhook endpoints:
// at least once, and in order for each resource and target (docs/events.md).
//
// A relay follows the outbox and makes one delivery for each event, matching rule and
// target. The deliveries to one target are a lane. A process leases a lane and sends
// what is due, so any number of processes share the work, and a slow target holds up
// no other. All times are real: the business clock may be moved, but targets live in
// real time.
package delivery

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"

	"cosell/internal/clock"
	"cosell/internal/fault"
	"cosell/internal/outbound"
	"cosell/internal/secrets"
	"cosell/internal/store"
)

const (
	// lease is how long a process keeps a lane without renewing it.
	lease   = 30 * time.Second
	renewal = lease / 3
	// defaultPoll is how often the engine looks for events and due lanes unasked.
	defaultPoll = 250 * time.Millisecond
	// maxLanes is how many targets a process sends to at a time.
	maxLanes = 64
)

// Config configures an Engine. Store, Secrets and Outbound are required.
type Config struct {
	Store    store.Store
	Secrets  *secrets.Keeper  // of webhooks
	Outbound *outbound.Client // for targets that are HTTP endpoints
	// OpenConnection returns the authorization parameters of a connection as JSON with
	// EventBridge's names.
	OpenConnection func(*store.EventConnection) ([]byte, error)
	Sinks          Sinks
	// Faults may disturb deliveries on purpose; nil does not.
	Faults *fault.Table
	// Alone means that no other process works on the store: leases found at the start
	// belong to a dead process.
	Alone bool
	Real  clock.Clock // nil is the system's
	Log   *slog.Logger
	Poll  time.Duration // 0 is defaultPoll
	// Sent is called with the outcome of each attempt: delivered, retry or dead.
	Sent func(account, target, outcome string)
	// jitter returns a number in [0, 1); tests replace it.
	jitter func() float64
	// How long a webhook and an API destination may take; 0 is webhookTimeout and
	// apiTimeout.
	webhookTimeout, apiTimeout time.Duration
}

// Engine relays events and delivers them.
type Engine struct {
	Config

	events, lanes chan struct{} // wake-ups
	mu            sync.Mutex
	routes        map[string]routeSet // by account
	tokens        *tokenCache
	limits        *rateLimits
}

// New returns an Engine that is idle until Run is called.
func New(c Config) *Engine {
	if c.Real == nil {
		c.Real = clock.System()
	}
	if c.Log == nil {
		c.Log = slog.Default()
	}
	if c.Poll == 0 {
		c.Poll = defaultPoll
	}
	if c.Sent == nil {
		c.Sent = func(string, string, string) {}
	}
	if c.webhookTimeout == 0 {
		c.webhookTimeout = webhookTimeout
	}
	if c.apiTimeout == 0 {
		c.apiTimeout = apiTimeout
	}
	if c.jitter == nil {
		c.jitter = rand.Float64
	}
	return &Engine{
		Config: c, events: make(chan struct{}, 1), lanes: make(chan struct{}, 1),
		routes: map[string]routeSet{}, tokens: newTokenCache(c.Outbound, c.Real, c.apiTimeout), limits: newRateLimits(c.Real),
	}
}

// Wake makes the engine look for new events now. It does not block.
func (e *Engine) Wake() { wake(e.events) }

// WakeLanes makes the engine look for due deliveries now. It does not block.
func (e *Engine) WakeLanes() { wake(e.lanes) }

func wake(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default: // it is already awake
	}
}

func (e *Engine) now() int64 { return e.Real.Now().UnixMilli() }

// Run relays and delivers until the context ends, and returns when all attempts have
// ended.
func (e *Engine) Run(ctx context.Context) {
	if e.Alone {
		if err := e.Store.Update(ctx, (*store.Tx).ReleaseEventLanes); err != nil {
			e.fault(ctx, "release event lanes", err)
		}
	}
	var both sync.WaitGroup
	both.Go(func() { e.relay(ctx) })
	both.Go(func() { e.deliver(ctx) })
	both.Wait()
	e.Outbound.Close()
}

func (e *Engine) fault(ctx context.Context, what string, err error) {
	if err != nil && ctx.Err() == nil {
		e.Log.LogAttrs(ctx, slog.LevelError, what, slog.String("cause", err.Error()))
	}
}

// sleep waits for a wake-up or the next poll.
func (e *Engine) sleep(ctx context.Context, c <-chan struct{}) {
	timer := time.NewTimer(e.Poll)
	defer timer.Stop()
	select {
	case <-c:
	case <-timer.C:
	case <-ctx.Done():
	}
}

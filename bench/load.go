package main

import (
	"context"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// result is what one round measured.
type result struct {
	requests  int
	elapsed   time.Duration
	latencies []time.Duration // rising
	client    time.Duration   // CPU time of the load
	server    time.Duration   // CPU time of what was measured
}

func (r *result) rate() float64 { return float64(r.requests) / r.elapsed.Seconds() }

// perRequest is the server's CPU time for one request.
func (r *result) perRequest() time.Duration { return r.server / time.Duration(r.requests) }

// share is the load's part of the CPU time that both used.
func (r *result) share() float64 { return float64(r.client) / float64(r.client+r.server) }

// load is a stream of requests to one process.
type load struct {
	address  string // host and port
	pid      int
	conns    int
	requests [][]byte
	again    bool // requests may be sent again when all were
}

// run sends requests over kept connections, until the time is up or there are
// no more.
func (l *load) run(ctx context.Context, limit time.Duration) (*result, error) {
	clients, err := l.dial(ctx)
	if err != nil {
		return nil, err
	}
	defer closeAll(clients)
	var (
		wait      sync.WaitGroup
		next      atomic.Int64
		latencies = make([][]time.Duration, l.conns)
		errs      = make([]error, l.conns)
	)
	var serverBefore, serverAfter time.Duration
	if serverBefore, err = cpuTime(l.pid); err != nil {
		return nil, err
	}
	clientBefore, started := ownCPUTime(), time.Now()
	deadline := started.Add(limit)
	for i, c := range clients {
		wait.Go(func() {
			for now := time.Now(); now.Before(deadline) && ctx.Err() == nil; {
				n := int(next.Add(1)) - 1
				if n >= len(l.requests) && !l.again {
					return
				}
				if _, errs[i] = c.do(l.requests[n%len(l.requests)]); errs[i] != nil {
					return
				}
				end := time.Now()
				latencies[i] = append(latencies[i], end.Sub(now))
				now = end
			}
		})
	}
	wait.Wait()
	r := &result{elapsed: time.Since(started), client: ownCPUTime() - clientBefore}
	serverAfter, err = cpuTime(l.pid)
	if err := errors.Join(append(errs, err, ctx.Err())...); err != nil {
		return nil, err
	}
	r.server = serverAfter - serverBefore
	r.latencies = slices.Concat(latencies...)
	slices.Sort(r.latencies)
	r.requests = len(r.latencies)
	if r.requests == 0 {
		return nil, errors.New("nothing was answered in the round")
	}
	return r, nil
}

func (l *load) dial(ctx context.Context) ([]*client, error) {
	var clients []*client
	for range l.conns {
		c, err := dial(ctx, l.address)
		if err != nil {
			closeAll(clients)
			return nil, err
		}
		clients = append(clients, c)
	}
	return clients, nil
}

func closeAll(clients []*client) {
	for _, c := range clients {
		c.close()
	}
}

// ownCPUTime is the CPU time of this process.
func ownCPUTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

package main

import (
	"context"
	"fmt"
	"time"

	"cosell/internal/api"
	"cosell/internal/servertest"
)

// measureStart times the server from its exec to its first answer on the large
// store, and weighs it when it has nothing to do.
func (b *bench) measureStart(ctx context.Context) error {
	dir, id, err := b.largeStore(ctx)
	if err != nil {
		return err
	}
	get := &api.GetOpportunityRequest{Catalog: new(catalog), Identifier: &id}
	var times []time.Duration
	for i := range b.starts + 1 {
		started := time.Now()
		server, err := servertest.Start(ctx, b.binary, dir)
		if err != nil {
			return err
		}
		_, err = exchange(ctx, server.URL, "GetOpportunity", get)
		took := time.Since(started)
		if err != nil {
			return err
		}
		if i == b.starts { // the last one is kept to be weighed
			return b.weigh(ctx, server, times)
		}
		times = append(times, took)
		if err := server.Stop(); err != nil {
			return err
		}
	}
	return nil
}

func (b *bench) weigh(ctx context.Context, server *servertest.Process, times []time.Duration) error {
	defer func() { _ = server.Kill() }()
	select {
	case <-time.After(b.idle):
	case <-ctx.Done():
		return ctx.Err()
	}
	resident, err := residentMemory(server.PID())
	if err != nil {
		return err
	}
	private, err := privateMemory(server.PID())
	if err != nil {
		return err
	}
	const mega = 1e6
	b.show(
		atMost(fmt.Sprintf("From exec to the first signed answer, on %s opportunities", count(b.rows)),
			milliseconds(median(times)), 50, "%.0f ms", fmt.Sprintf("%d starts, p99 %s", len(times), short(percentile(times, 99)))),
		atMost(fmt.Sprintf("Resident memory, idle for %s after it", b.idle), float64(resident)/mega, 25, "%.1f MB", megabytes(private)+" without pages of files")) //nolint:mnd // the goals
	return nil
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

package main

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"cosell/internal/api"
	"cosell/internal/ids"
	"cosell/internal/servertest"
)

// createClients is how many clients create at once.
const createClients = 64

// measureCreate compares durable creates with the store alone, writing the same
// rows: what HTTP, signatures, rules and JSON leave of its group commit.
func (b *bench) measureCreate(ctx context.Context) error {
	server, err := b.start(ctx, "create")
	if err != nil {
		return err
	}
	defer func() { _ = server.Kill() }()
	file := filepath.Join(b.dir, "rows")
	db, err := openFile(filepath.Join(b.dir, "create"))
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	if err := keepRows(ctx, server.URL, db, file); err != nil {
		return err
	}
	bare, err := startChild(ctx, childStore, file)
	if err != nil {
		return err
	}
	defer func() { _ = bare.stop() }()
	return b.compareWrites(ctx, server, bare, fmt.Sprintf("Durable CreateOpportunity, clients: %d, of the bare store's group commit", createClients), leastShare)
}

// keepRows creates an opportunity and writes the rows that it made into a file.
func keepRows(ctx context.Context, url string, db *sql.DB, file string) error {
	if _, err := call[api.CreateOpportunityResponse](ctx, url, "CreateOpportunity", draft(ids.System().UUID())); err != nil {
		return err
	}
	r, err := readRows(ctx, db)
	if err != nil {
		return err
	}
	return r.writeFile(file)
}

// compareWrites compares creates with a baseline that writes the same rows.
func (b *bench) compareWrites(ctx context.Context, server *servertest.Process, bare *child, what string, goal float64) (err error) {
	ours := load{address: strings.TrimPrefix(server.URL, "http://"), pid: server.PID(), conns: createClients}
	var results []*result
	var theirs, ratios []float64
	enough := 2000
	for i := range b.rounds + 1 {
		// Each create needs a request of its own, signed before the round.
		if ours.requests, err = creates(ctx, server.URL, enough); err != nil {
			return err
		}
		result, err := ours.run(ctx, b.round)
		if err != nil {
			return err
		}
		bareRate, err := askRate(bare, b.round)
		if err != nil {
			return err
		}
		const spare = 1.5
		enough = int(result.rate() * b.round.Seconds() * spare)
		if i == 0 {
			continue // to warm up
		}
		results, theirs = append(results, result), append(theirs, bareRate)
		ratios = append(ratios, result.rate()/bareRate)
	}
	b.show(
		atLeast(what, median(ratios), goal,
			fmt.Sprintf("%s of %s; p99 %s", perSecond(medianOf(results, (*result).rate)), perSecond(median(theirs)),
				short(medianOf(results, func(r *result) time.Duration { return percentile(r.latencies, 99) })))),
		shown("… the load's share of the CPU time", percent(medianOf(results, (*result).share)), "the baseline has no load to serve"),
		shown("… the server's CPU time per request", short(medianOf(results, (*result).perRequest)), ""),
	)
	return nil
}

// creates returns n signed requests for as many opportunities.
func creates(ctx context.Context, url string, n int) ([][]byte, error) {
	source := ids.System()
	requests := make([][]byte, n)
	for i := range requests {
		var err error
		if requests[i], err = rendered(ctx, url, "CreateOpportunity", draft(source.UUID())); err != nil {
			return nil, err
		}
	}
	return requests, nil
}

// askRate runs a round of the bare store.
func askRate(bare *child, limit time.Duration) (float64, error) {
	answer, err := bare.ask(limit.String())
	if err != nil {
		return 0, err
	}
	var n int
	var text string
	if _, err := fmt.Sscan(answer, &n, &text); err != nil {
		return 0, fmt.Errorf("the bare store said %q: %w", answer, err)
	}
	elapsed, err := time.ParseDuration(text)
	return float64(n) / elapsed.Seconds(), err
}

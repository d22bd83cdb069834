package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"cosell/internal/api"
)

// readAnew is how many opportunities the reads go round.
const readAnew = 256

// measureGet compares signed reads with a server of net/http that gives the
// same bytes to the same requests.
func (b *bench) measureGet(ctx context.Context) error {
	server, err := b.start(ctx, "get")
	if err != nil {
		return err
	}
	defer func() { _ = server.Kill() }()
	var requests [][]byte
	for i := range readAnew {
		created, err := call[api.CreateOpportunityResponse](ctx, server.URL, "CreateOpportunity", draft(strconv.Itoa(i)))
		if err != nil {
			return err
		}
		get := &api.GetOpportunityRequest{Catalog: new(catalog), Identifier: created.Id}
		if i == 0 {
			answer, err := exchange(ctx, server.URL, "GetOpportunity", get)
			if err != nil {
				return err
			}
			if err := os.WriteFile(b.answerFile(), answer, 0o600); err != nil {
				return err
			}
		}
		request, err := rendered(ctx, server.URL, "GetOpportunity", get)
		if err != nil {
			return err
		}
		requests = append(requests, request)
	}
	bare, err := startChild(ctx, childHTTP, b.answerFile())
	if err != nil {
		return err
	}
	defer func() { _ = bare.stop() }()

	ours := load{address: strings.TrimPrefix(server.URL, "http://"), pid: server.PID(), requests: requests, again: true}
	theirs := load{address: bare.ready, pid: bare.cmd.Process.Pid, requests: requests, again: true}
	for _, conns := range []int{64, 8, 1} {
		ours.conns, theirs.conns = conns, conns
		p, err := b.alternate(ctx, &ours, &theirs)
		if err != nil {
			return err
		}
		what := fmt.Sprintf("Signed GetOpportunity, clients: %d, of bare net/http", conns)
		behind := fmt.Sprintf("%s of %s; p99 %s, bare %s", perSecond(p.rate(0)), perSecond(p.rate(1)), short(p.p99(0)), short(p.p99(1)))
		if conns != 64 {
			b.show(shown(what, fmt.Sprintf("%.2f", p.ratio()), behind))
			continue
		}
		b.show(
			atLeast(what, p.ratio(), leastShare, behind),
			shown("… the load's share of the CPU time", percent(p.share(0)), "bare "+percent(p.share(1))),
			shown("… the server's CPU time per request", short(p.perRequest(0)), "bare "+short(p.perRequest(1))),
		)
	}
	resident, err := residentMemory(server.PID())
	b.show(shown("Resident after these reads", megabytes(resident), ""))
	return err
}

func (b *bench) answerFile() string { return filepath.Join(b.dir, "answer") }

func megabytes(n int64) string { return fmt.Sprintf("%.1f MB", float64(n)/1e6) }

// pairs are rounds of ours, each with its neighbour of the baseline.
type pairs [][2]*result

// alternate runs rounds of both sides in turn, after one of each to warm up.
func (b *bench) alternate(ctx context.Context, ours, theirs *load) (pairs, error) {
	var p pairs
	for i := range b.rounds + 1 {
		var pair [2]*result
		for side, l := range []*load{ours, theirs} {
			var err error
			if pair[side], err = l.run(ctx, b.round); err != nil {
				return nil, err
			}
		}
		if i > 0 {
			p = append(p, pair)
		}
	}
	return p, nil
}

func (p pairs) ratio() float64 {
	return medianOf(p, func(r [2]*result) float64 { return r[0].rate() / r[1].rate() })
}

func (p pairs) rate(side int) float64 {
	return medianOf(p, func(r [2]*result) float64 { return r[side].rate() })
}

func (p pairs) share(side int) float64 {
	return medianOf(p, func(r [2]*result) float64 { return r[side].share() })
}

func (p pairs) perRequest(side int) time.Duration {
	return medianOf(p, func(r [2]*result) time.Duration { return r[side].perRequest() })
}

func (p pairs) p99(side int) time.Duration {
	return medianOf(p, func(r [2]*result) time.Duration { return percentile(r[side].latencies, 99) })
}

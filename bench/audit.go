package main

import (
	"context"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"

	"cosell/internal/api"
	"cosell/internal/servertest"
)

// leastAudited is the part of the throughput of a server without the audit that one with
// it must reach.
const leastAudited = 0.90

// measureAudit compares servers that keep everything in the audit with those that keep
// nothing.
func (b *bench) measureAudit(ctx context.Context) error {
	var reads [2]*load
	var servers [2]*servertest.Process
	for side, mode := range []string{"all", "off"} {
		server, err := servertest.Start(ctx, b.binary, filepath.Join(b.dir, "audit-"+mode), "--audit", mode)
		if err != nil {
			return err
		}
		defer func() { _ = server.Kill() }() //nolint:revive // two servers, until the end
		servers[side] = server
		l := &load{address: strings.TrimPrefix(server.URL, "http://"), pid: server.PID(), again: true, conns: createClients}
		for i := range readAnew {
			created, err := call[api.CreateOpportunityResponse](ctx, server.URL, "CreateOpportunity", draft(strconv.Itoa(i)))
			if err != nil {
				return err
			}
			request, err := rendered(ctx, server.URL, "GetOpportunity", &api.GetOpportunityRequest{Catalog: new(catalog), Identifier: created.Id})
			if err != nil {
				return err
			}
			l.requests = append(l.requests, request)
		}
		reads[side] = l
	}
	p, err := b.alternate(ctx, reads[0], reads[1])
	if err != nil {
		return err
	}
	b.show(
		atLeast("Signed GetOpportunity, clients: 64, with the audit of everything, of none", p.ratio(), leastAudited,
			fmt.Sprintf("%s of %s; p99 %s, without %s", perSecond(p.rate(0)), perSecond(p.rate(1)), short(p.p99(0)), short(p.p99(1)))),
		shown("… the server's CPU time per request", short(p.perRequest(0)), "without "+short(p.perRequest(1))),
	)
	return b.auditedWrites(ctx, servers)
}

// auditedWrites compares durable creates of two servers.
func (b *bench) auditedWrites(ctx context.Context, servers [2]*servertest.Process) error {
	var p pairs
	enough := 2000
	for i := range b.rounds + 1 {
		var round [2]*result
		for side, server := range servers {
			requests, err := creates(ctx, server.URL, enough)
			if err != nil {
				return err
			}
			l := load{address: strings.TrimPrefix(server.URL, "http://"), pid: server.PID(), conns: createClients, requests: requests}
			if round[side], err = l.run(ctx, b.round); err != nil {
				return err
			}
		}
		const spare = 1.5
		enough = int(max(round[0].rate(), round[1].rate()) * b.round.Seconds() * spare)
		if i > 0 { // or it was to warm up
			p = append(p, round)
		}
	}
	b.show(
		atLeast("Durable CreateOpportunity, clients: 64, with the audit, of none", p.ratio(), leastAudited,
			fmt.Sprintf("%s of %s", perSecond(p.rate(0)), perSecond(p.rate(1)))),
		shown("… the server's CPU time per request", short(p.perRequest(0)), "without "+short(p.perRequest(1))),
	)
	return nil
}

package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"cosell/internal/api"
	"cosell/internal/ids"
	"cosell/internal/servertest"
)

const (
	snapshotTemplate = "OpportunitySummaryView"
	runningJobs      = 1000
	// burstCompany is the customer that the burst changes opportunities to.
	burstCompany = "Lantern Quay Shipping"
	// burstLimit is how long the last job's pass is waited for.
	burstLimit = 30 * time.Second
)

// watched is an opportunity in an engagement.
type watched struct {
	id       string
	modified *api.Timestamp
}

// desk is a server with an engagement and opportunities for it.
type desk struct {
	server        *servertest.Process
	url           string
	engagement    string
	opportunities []watched
}

// measureSnapshots compares snapshots with opportunities on one server, weighs
// jobs that have nothing to do, and has all of them follow a burst of changes.
func (b *bench) measureSnapshots(ctx context.Context) error {
	busy, err := b.openDesk(ctx, "snapshots", runningJobs)
	if err != nil {
		return err
	}
	defer func() { _ = busy.server.Kill() }()
	plain, err := b.openDesk(ctx, "no-jobs", runningJobs)
	if err != nil {
		return err
	}
	defer func() { _ = plain.server.Kill() }()
	// Jobs first: what the rounds write would weigh on them.
	if err := busy.startJobs(ctx); err != nil {
		return err
	}
	if err := b.compareIdle(ctx, busy, plain); err != nil {
		return err
	}
	if err := b.burst(ctx, busy); err != nil {
		return err
	}
	if err := b.compareCreates(ctx, plain); err != nil {
		return err
	}
	return b.compareGets(ctx, plain)
}

// together is how many requests that are not measured are under way at once.
const together = 8

// openDesk starts a server and gives it n opportunities.
func (b *bench) openDesk(ctx context.Context, name string, n int) (_ *desk, err error) {
	server, err := b.start(ctx, name)
	if err != nil {
		return nil, err
	}
	d := &desk{server: server, url: server.URL, opportunities: make([]watched, n)}
	defer func() {
		if err != nil {
			_ = server.Kill()
		}
	}()
	engagement, err := call[api.CreateEngagementResponse](ctx, d.url, "CreateEngagement", &api.CreateEngagementRequest{
		Catalog: new(catalog), ClientToken: new(name), Title: new("Harbour freight"), Description: new("Forecasts for a port."),
	})
	if err != nil {
		return nil, err
	}
	d.engagement = *engagement.Id
	return d, d.each(func(i int) error {
		created, err := call[api.CreateOpportunityResponse](ctx, d.url, "CreateOpportunity", draft(fmt.Sprint(name, i)))
		if err == nil {
			d.opportunities[i] = watched{*created.Id, created.LastModifiedDate}
		}
		return err
	})
}

// each does something for every opportunity, several at once.
func (d *desk) each(do func(i int) error) error {
	var group errgroup.Group
	group.SetLimit(together)
	for i := range d.opportunities {
		group.Go(func() error { return do(i) })
	}
	return group.Wait()
}

// startJobs makes a running job for each opportunity and returns when all of
// them have made their first pass.
func (d *desk) startJobs(ctx context.Context) error {
	err := d.each(func(i int) error {
		job, err := call[api.CreateResourceSnapshotJobResponse](ctx, d.url, "CreateResourceSnapshotJob", &api.CreateResourceSnapshotJobRequest{
			Catalog: new(catalog), ClientToken: new(fmt.Sprint("job", i)), EngagementIdentifier: &d.engagement,
			ResourceType: new(api.ResourceTypeOpportunity), ResourceIdentifier: &d.opportunities[i].id,
			ResourceSnapshotTemplateIdentifier: new(snapshotTemplate),
		})
		if err != nil {
			return err
		}
		_, err = exchange(ctx, d.url, "StartResourceSnapshotJob", &api.StartResourceSnapshotJobRequest{
			Catalog: new(catalog), ResourceSnapshotJobIdentifier: job.Id,
		})
		return err
	})
	if err != nil {
		return err
	}
	deadline := time.Now().Add(burstLimit)
	missing := len(d.opportunities)
	for missing > 0 && time.Now().Before(deadline) {
		if missing, err = d.missingRevisions(ctx, 1); err != nil {
			return err
		}
	}
	if missing > 0 {
		return fmt.Errorf("%d of %d jobs have not made their first pass", missing, len(d.opportunities))
	}
	return nil
}

// missingRevisions counts the opportunities whose latest snapshot is not of this
// revision. The lists say so without failing where there is none.
func (d *desk) missingRevisions(ctx context.Context, revision int32) (int, error) {
	missing := len(d.opportunities)
	in := api.ListResourceSnapshotsRequest{
		Catalog: new(catalog), EngagementIdentifier: &d.engagement, MaxResults: new(int32(100)), //nolint:mnd // the most there can be
	}
	for {
		page, err := call[api.ListResourceSnapshotsResponse](ctx, d.url, "ListResourceSnapshots", &in)
		if err != nil {
			return 0, err
		}
		for i := range page.ResourceSnapshotSummaries {
			if *page.ResourceSnapshotSummaries[i].Revision == revision {
				missing--
			}
		}
		if in.NextToken = page.NextToken; in.NextToken == nil {
			return missing, nil
		}
	}
}

// compareIdle shows what running jobs cost a server while nothing changes: the
// CPU time of two servers in the same seconds, one with jobs and one without.
func (b *bench) compareIdle(ctx context.Context, busy, plain *desk) error {
	if err := pause(ctx, b.idle); err != nil { // what was left to do is done
		return err
	}
	var before, after [2]time.Duration
	measure := func(times *[2]time.Duration) (err error) {
		for i, d := range []*desk{busy, plain} {
			if times[i], err = threadTime(d.server.PID()); err != nil {
				return err
			}
		}
		return nil
	}
	started := time.Now()
	if err := errors.Join(measure(&before), pause(ctx, b.idle), measure(&after)); err != nil {
		return err
	}
	perSecond := func(i int) string {
		return fmt.Sprintf("%.2f ms/s", milliseconds(after[i]-before[i])/time.Since(started).Seconds())
	}
	b.show(shown("CPU time of a server with "+count(runningJobs)+" running snapshot jobs, nothing changing", perSecond(0),
		"without jobs "+perSecond(1)))
	return nil
}

func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// burst changes every opportunity and waits until each job's latest revision
// shows the change.
func (b *bench) burst(ctx context.Context, d *desk) error {
	updates, gets, err := d.burstRequests(ctx)
	if err != nil {
		return err
	}
	address := strings.TrimPrefix(d.url, "http://")
	c, err := dial(ctx, address)
	if err != nil {
		return err
	}
	defer c.close()
	changes := load{address: address, pid: d.server.PID(), conns: createClients, requests: updates}
	started := time.Now()
	changed, err := changes.run(ctx, burstLimit)
	if err != nil {
		return err
	}
	for len(gets) > 0 && time.Since(started) < burstLimit {
		if gets, err = behind(c, gets); err != nil {
			return err
		}
	}
	took := time.Since(started)
	doubled, err := d.missingRevisions(ctx, 2) //nolint:mnd // the one after the first
	if err != nil {
		return err
	}
	complete := runningJobs - len(gets)
	b.show(
		line{
			what: "A burst of " + count(runningJobs) + " changed opportunities: followed by their jobs", measured: count(complete),
			goal: count(runningJobs), verdict: verdict(complete == runningJobs),
			behind: fmt.Sprintf("changed in %s, all followed %s after the first; %d have not exactly one new revision",
				short(changed.elapsed), short(took), doubled),
		},
	)
	return nil
}

// burstRequests changes every opportunity, and reads its latest snapshot.
func (d *desk) burstRequests(ctx context.Context) (updates, gets [][]byte, err error) {
	for _, o := range d.opportunities {
		in := draft("")
		in.Customer.Account.CompanyName = new(burstCompany)
		update, err := rendered(ctx, d.url, "UpdateOpportunity", &api.UpdateOpportunityRequest{
			Catalog: in.Catalog, Identifier: &o.id, LastModifiedDate: o.modified,
			PrimaryNeedsFromAws: in.PrimaryNeedsFromAws, NationalSecurity: in.NationalSecurity, Customer: in.Customer,
			Project: in.Project, OpportunityType: in.OpportunityType, Marketing: in.Marketing, LifeCycle: in.LifeCycle,
		})
		if err != nil {
			return nil, nil, err
		}
		get, err := rendered(ctx, d.url, "GetResourceSnapshot", d.latest(o.id))
		if err != nil {
			return nil, nil, err
		}
		updates, gets = append(updates, update), append(gets, get)
	}
	return updates, gets, nil
}

func (d *desk) latest(opportunity string) *api.GetResourceSnapshotRequest {
	return &api.GetResourceSnapshotRequest{
		Catalog: new(catalog), EngagementIdentifier: &d.engagement, ResourceType: new(api.ResourceTypeOpportunity),
		ResourceIdentifier: &opportunity, ResourceSnapshotTemplateIdentifier: new(snapshotTemplate),
	}
}

// behind returns the requests whose answer does not show the change yet. It asks
// until the first of them, not to weigh on what it waits for.
func behind(c *client, gets [][]byte) ([][]byte, error) {
	for i, get := range gets {
		answer, err := c.do(get)
		if err != nil {
			return nil, err
		}
		if !bytes.Contains(answer, []byte(burstCompany)) {
			return gets[i:], nil
		}
	}
	return nil, nil
}

// dearest is how much more than an opportunity a snapshot may cost.
const dearest = 1.30

// compareCreates compares new snapshots with new opportunities.
func (b *bench) compareCreates(ctx context.Context, d *desk) error {
	source := ids.System()
	snapshots := func(n int) ([][]byte, error) {
		requests := make([][]byte, n)
		for i := range requests {
			var err error
			requests[i], err = rendered(ctx, d.url, "CreateResourceSnapshot", &api.CreateResourceSnapshotRequest{
				Catalog: new(catalog), ClientToken: new(source.UUID()), EngagementIdentifier: &d.engagement,
				ResourceType: new(api.ResourceTypeOpportunity), ResourceIdentifier: &d.opportunities[i%len(d.opportunities)].id,
				ResourceSnapshotTemplateIdentifier: new(snapshotTemplate),
			})
			if err != nil {
				return nil, err
			}
		}
		return requests, nil
	}
	opportunities := func(n int) ([][]byte, error) { return creates(ctx, d.url, n) }

	sides := []struct {
		load   load
		make   func(n int) ([][]byte, error)
		enough int
	}{{make: snapshots, enough: 2000}, {make: opportunities, enough: 2000}} //nolint:mnd // for the round that warms up
	var p pairs
	for i := range b.rounds + 1 {
		var pair [2]*result
		for n := range sides {
			side := &sides[n]
			side.load = d.load(createClients)
			var err error
			if side.load.requests, err = side.make(side.enough); err != nil {
				return err
			}
			if pair[n], err = side.load.run(ctx, b.round); err != nil {
				return err
			}
			const spare = 1.5
			side.enough = int(pair[n].rate() * b.round.Seconds() * spare)
		}
		if i > 0 {
			p = append(p, pair)
		}
	}
	b.show(cost("CreateResourceSnapshot, clients: 64, of the cost of CreateOpportunity", p))
	return nil
}

// compareGets compares reads of snapshots with reads of opportunities.
func (b *bench) compareGets(ctx context.Context, d *desk) error {
	snapshots, opportunities := d.load(createClients), d.load(createClients)
	snapshots.again, opportunities.again = true, true
	for _, o := range d.opportunities[:readAnew] {
		snapshot, err := rendered(ctx, d.url, "GetResourceSnapshot", d.latest(o.id))
		if err != nil {
			return err
		}
		opportunity, err := rendered(ctx, d.url, "GetOpportunity", &api.GetOpportunityRequest{Catalog: new(catalog), Identifier: &o.id})
		if err != nil {
			return err
		}
		snapshots.requests, opportunities.requests = append(snapshots.requests, snapshot), append(opportunities.requests, opportunity)
	}
	p, err := b.alternate(ctx, &snapshots, &opportunities)
	if err != nil {
		return err
	}
	b.show(cost("GetResourceSnapshot, clients: 64, of the cost of GetOpportunity", p))
	return nil
}

func (d *desk) load(conns int) load {
	return load{address: strings.TrimPrefix(d.url, "http://"), pid: d.server.PID(), conns: conns}
}

// cost is the time of the first side's requests by the time of the second's.
func cost(what string, p pairs) line {
	ratio := medianOf(p, func(r [2]*result) float64 { return r[1].rate() / r[0].rate() })
	return atMost(what, ratio, dearest, "%.2f", fmt.Sprintf("%s, %s for opportunities; p99 %s of %s; CPU %s of %s",
		perSecond(p.rate(0)), perSecond(p.rate(1)), short(p.p99(0)), short(p.p99(1)), short(p.perRequest(0)), short(p.perRequest(1))))
}

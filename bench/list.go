package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"cosell/internal/api"
	"cosell/internal/servertest"
)

const (
	pageSize = 20   // what a list that does not ask gets
	deepest  = 1000 // or the last that a small store has
)

// list is one kind of list, and how long its pages took.
type list struct {
	in        api.ListOpportunitiesRequest
	page      int // the number of the page
	least     int // records that the page must hold
	request   []byte
	latencies []time.Duration
	spent     time.Duration
}

// sample measures the list once, unless it has taken its share of the time: a
// slow list must not keep the others waiting.
func (l *list) sample(c *client) error {
	const share, few = 4 * time.Second, 5
	if l.spent > share && len(l.latencies) >= few {
		return nil
	}
	started := time.Now()
	_, err := c.do(l.request)
	took := time.Since(started)
	l.latencies, l.spent = append(l.latencies, took), l.spent+took
	return err
}

func (l *list) middle() time.Duration { return percentile(l.latencies, 50) }

func (l *list) p99() time.Duration { return percentile(l.latencies, 99) }

func (l *list) String() string { return fmt.Sprintf("%s, p99 %s", short(l.middle()), short(l.p99())) }

// measureLists times pages of the large store's lists, one client at a time,
// all kinds in turn: deep ones against shallow ones, rare filters against common
// ones, and the query on the same file against what the wire makes of it.
func (b *bench) measureLists(ctx context.Context) (err error) {
	dir, _, err := b.largeStore(ctx)
	if err != nil {
		return err
	}
	server, err := servertest.Start(ctx, b.binary, dir)
	if err != nil {
		return err
	}
	defer func() { _ = server.Kill() }()
	raw, err := openRawPage(ctx, dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, raw.close()) }()
	l := newLists(b.rows)
	if err := b.sampleLists(ctx, server.URL, l, raw.sample); err != nil {
		return err
	}
	info, err := os.Stat(filepath.Join(dir, "cosell.db"))
	if err != nil {
		return err
	}
	b.show(l.lines(count(b.rows))...)
	b.show(
		atMost("List page p99, of the bare query's in its own process", over(l.shallow.p99(), percentile(raw.latencies, 99)), 2, "%.2f", //nolint:mnd // the goal
			fmt.Sprintf("%v of %s, p99 %s", &l.shallow, short(percentile(raw.latencies, 50)), short(percentile(raw.latencies, 99)))),
	)
	size, err := sizes(server, info.Size(), int64(b.rows))
	b.show(size...)
	return err
}

// sizes are what the records of a large store take, and its server after the
// lists.
func sizes(server *servertest.Process, disk, records int64) ([]line, error) {
	resident, err := residentMemory(server.PID())
	return []line{
		shown("Size on disk of "+count(int(records))+" opportunities", megabytes(disk), fmt.Sprintf("%d bytes each, indexes included", disk/records)),
		shown("Resident memory of the server after these lists", megabytes(resident), ""),
	}, err
}

// sampleLists times all kinds in turn, after what else belongs into each round.
func (b *bench) sampleLists(ctx context.Context, url string, l *lists, first func(context.Context) error) error {
	for _, one := range l.all() {
		if err := one.prepare(ctx, url); err != nil {
			return err
		}
	}
	c, err := dial(ctx, strings.TrimPrefix(url, "http://"))
	if err != nil {
		return err
	}
	defer c.close()
	for range b.pages {
		if err := errors.Join(first(ctx), ctx.Err()); err != nil {
			return err
		}
		for _, one := range l.all() {
			if err := one.sample(c); err != nil {
				return err
			}
		}
	}
	return nil
}

// lists are the kinds that are measured.
type lists struct {
	deepPage                                int
	shallow, deep, byCompany, deepByCompany list
	common                                  list // the filter that the others are compared with
	filters                                 []filter
}

type filter struct {
	what string
	list list
}

// newLists are the kinds for a store of n opportunities.
func newLists(n int) *lists {
	deepPage := min(deepest, n/pageSize)
	byCompany := api.ListOpportunitiesRequest{Sort: &api.OpportunitySort{
		SortBy: new(api.OpportunitySortNameCustomerCompanyName), SortOrder: new(api.SortOrderAscending),
	}}
	status := func(s api.ReviewStatus) list {
		return list{least: 1, in: api.ListOpportunitiesRequest{LifeCycleReviewStatus: []api.ReviewStatus{s}}}
	}
	company := func(name string) list {
		return list{least: 1, in: api.ListOpportunitiesRequest{CustomerCompanyName: []string{name}}}
	}
	// A while in the past: the records that were modified last are of later ones.
	created := func(within time.Duration) list {
		before := firstCreated.Add(min(20*24*time.Hour, time.Duration(n/2)*spacing)) //nolint:mnd // a day that the smallest store has, too
		return list{least: 1, in: api.ListOpportunitiesRequest{CreatedDate: &api.CreatedDateFilter{
			AfterCreatedDate: new(api.NewTimestamp(before.Add(-within))), BeforeCreatedDate: new(api.NewTimestamp(before)),
		}}}
	}
	return &lists{
		deepPage:  deepPage,
		shallow:   list{least: pageSize},
		deep:      list{least: pageSize, page: deepPage},
		byCompany: list{least: pageSize, in: byCompany}, deepByCompany: list{least: pageSize, in: byCompany, page: deepPage},
		common: status(api.ReviewStatusApproved),
		filters: []filter{
			{"a rare review status", status(api.ReviewStatusActionRequired)},
			{"a rare company", company(rareCompany)},
			{"a large company", company(commonCompany)},
			{"five minutes of creation long ago", created(5 * time.Minute)},  //nolint:mnd // ten records
			{"two weeks of creation long ago", created(14 * 24 * time.Hour)}, //nolint:mnd // 40,320 records
		},
	}
}

func (l *lists) all() []*list {
	all := []*list{&l.shallow, &l.deep, &l.byCompany, &l.deepByCompany, &l.common}
	for i := range l.filters {
		all = append(all, &l.filters[i].list)
	}
	return all
}

func (l *lists) lines(rows string) []line {
	lines := []line{
		deeper("List page "+count(l.deepPage)+", of page 1, "+rows+" opportunities", &l.deep, &l.shallow),
		deeper("… sorted by company", &l.deepByCompany, &l.byCompany),
	}
	for i := range l.filters {
		f := &l.filters[i]
		lines = append(lines, atMost("List filtered by "+f.what+", of a common status",
			over(f.list.middle(), l.common.middle()), 10, "%.2f", fmt.Sprintf("%v of %v", &f.list, &l.common))) //nolint:mnd // the goal
	}
	return lines
}

func deeper(what string, deep, shallow *list) line {
	return atMost(what, over(deep.middle(), shallow.middle()), 2, "%.2f", fmt.Sprintf("%v of %v", deep, shallow)) //nolint:mnd // the goal
}

func over(a, b time.Duration) float64 { return float64(a) / float64(b) }

// prepare signs the list's request, after walking to its page where that is not
// the first.
func (l *list) prepare(ctx context.Context, url string) (err error) {
	l.in.Catalog = new(catalog)
	for number := 1; number < l.page; number++ {
		page, err := call[api.ListOpportunitiesResponse](ctx, url, "ListOpportunities", &l.in)
		if err != nil {
			return err
		}
		l.in.NextToken = page.NextToken
	}
	page, err := call[api.ListOpportunitiesResponse](ctx, url, "ListOpportunities", &l.in)
	if err != nil {
		return err
	}
	if n := len(page.OpportunitySummaries); n < l.least {
		return fmt.Errorf("a list has %d records on its page, at least %d are in the store", n, l.least)
	}
	l.request, err = rendered(ctx, url, "ListOpportunities", &l.in)
	return err
}

// rawPage reads the first page with one query on the same file, and nothing
// else: no other filters thought of, no rights, no JSON, no network.
type rawPage struct {
	db        *sql.DB
	query     *sql.Stmt
	latencies []time.Duration
}

func openRawPage(ctx context.Context, dir string) (*rawPage, error) {
	db, err := openFile(dir)
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	query, err := db.PrepareContext(ctx, `SELECT document FROM opportunities WHERE account = $1 AND catalog = $2
		ORDER BY last_modified_at DESC, id DESC LIMIT $3`)
	return &rawPage{db: db, query: query}, err
}

func (r *rawPage) close() error { return errors.Join(r.query.Close(), r.db.Close()) }

// sample measures the query once.
func (r *rawPage) sample(context.Context) error {
	started := time.Now()
	// The driver watches a context that can end with a goroutine for each query,
	// which the store avoids, too.
	found, err := r.query.Query(accessKey, catalog, pageSize) //nolint:noctx // see above
	if err != nil {
		return err
	}
	defer func() { _ = found.Close() }()
	n := 0
	for ; found.Next(); n++ {
		var document []byte
		if err := found.Scan(&document); err != nil {
			return err
		}
	}
	r.latencies = append(r.latencies, time.Since(started))
	if n != pageSize {
		return fmt.Errorf("the bare query found %d records, not %d", n, pageSize)
	}
	return found.Err()
}

// count writes a number as it is read.
func count(n int) string {
	const group = 1000
	if n < group {
		return strconv.Itoa(n)
	}
	return fmt.Sprintf("%s,%03d", count(n/group), n%group)
}

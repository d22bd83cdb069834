package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"cosell/internal/api"
	"cosell/internal/ids"
	"cosell/internal/servertest"
	"cosell/internal/store"
)

// found is one kind of search, and how long its first page took.
type found struct {
	what      string
	goal      time.Duration // of its 99th percentile; 0 is none
	operation string
	in        any
	least     int // rows that the page must hold
	list
}

const (
	fieldGoal      = 5 * time.Millisecond
	rareWordGoal   = 20 * time.Millisecond
	commonWordGoal = 50 * time.Millisecond
	statisticsGoal = 100 * time.Millisecond
)

// newSearches are the kinds for a store of n opportunities.
func newSearches(n int) []*found {
	keyword := func(what string, goal time.Duration, text string) *found {
		return searchFor(what, goal, api.SearchOpportunitiesRequest{Keyword: &text})
	}
	field := func(what string, filter api.OpportunitySearchFilter) *found {
		return searchFor(what, fieldGoal, api.SearchOpportunitiesRequest{Filter: &filter})
	}
	// As in newLists: long ago in the order of the search.
	before := firstCreated.Add(min(20*24*time.Hour, time.Duration(n/2)*spacing))
	created := func(name string, within time.Duration) *found {
		return field(name, api.OpportunitySearchFilter{AndAllFilters: []api.OpportunitySearchFilter{
			{GreaterThanOrEquals: dateIs(api.OpportunitySearchFilterNameCreatedDate, before.Add(-within))},
			{LessThan: dateIs(api.OpportunitySearchFilterNameCreatedDate, before)},
		}})
	}
	equal := func(name string, key api.OpportunitySearchFilterName, text string) *found {
		return field(name, api.OpportunitySearchFilter{EqualsTo: textIs(key, text)})
	}
	both := api.OpportunitySearchFilter{AndAllFilters: []api.OpportunitySearchFilter{
		{EqualsTo: textIs(api.OpportunitySearchFilterNameCustomerCompanyName, commonCompany)},
		{NotFilter: &api.OpportunitySearchFilter{ContainsAny: textIs(api.OpportunitySearchFilterNameStage, "Prospect")}},
	}}
	byClose := api.OpportunitySearchSort{SortBy: new(api.OpportunitySearchSortNameTargetCloseDate), SortOrder: new(api.SortOrderAscending)}
	return []*found{
		searchFor("everything", 0, api.SearchOpportunitiesRequest{}),
		equal("a stage", api.OpportunitySearchFilterNameStage, string(api.StageQualified)),
		equal("a rare review status", api.OpportunitySearchFilterNameReviewStatus, string(api.ReviewStatusActionRequired)),
		equal("a rare company", api.OpportunitySearchFilterNameCustomerCompanyName, rareCompany),
		equal("a large company", api.OpportunitySearchFilterNameCustomerCompanyName, commonCompany),
		equal("a title that all have", api.OpportunitySearchFilterNamePartnerProjectTitle, *draft("").Project.Title),
		equal("a tag that none has", api.OpportunitySearchFilterNameTags, "color=red").none(),
		created("two weeks of creation long ago", 14*24*time.Hour),
		field("an amount", api.OpportunitySearchFilter{GreaterThan: &api.OpportunitySearchPredicate{
			Key: new(api.OpportunitySearchFilterNameEstimatedMrr), Value: &api.OpportunitySearchFilterValue{LongValue: new(int64(1))},
		}}),
		keyword("a rare word", rareWordGoal, strings.Fields(rareCompany)[0]),
		keyword("a word of a tenth", commonWordGoal, strings.Fields(commonCompany)[0]),
		keyword("a word of nearly all", commonWordGoal, "Company"),
		searchFor("a company without a stage", 0, api.SearchOpportunitiesRequest{Filter: &both}),
		searchFor("a rare word by close date", 0, api.SearchOpportunitiesRequest{Keyword: new(strings.Fields(rareCompany)[0]), Sort: &byClose}),
	}
}

func textIs(key api.OpportunitySearchFilterName, text string) *api.OpportunitySearchPredicate {
	return &api.OpportunitySearchPredicate{Key: &key, Value: &api.OpportunitySearchFilterValue{StringValue: &text}}
}

func dateIs(key api.OpportunitySearchFilterName, at time.Time) *api.OpportunitySearchPredicate {
	return &api.OpportunitySearchPredicate{Key: &key, Value: &api.OpportunitySearchFilterValue{DateValue: new(api.NewTimestamp(at))}}
}

func searchFor(what string, goal time.Duration, in api.SearchOpportunitiesRequest) *found {
	in.Catalog = new(catalog)
	return &found{what: "Search for " + what, goal: goal, operation: "SearchOpportunities", in: &in, least: 1}
}

func (f *found) none() *found {
	f.least = 0
	return f
}

// statistics counts customer accounts by three fields.
func statistics() *found {
	in := &api.GetCustomerAccountStatisticsRequest{Catalog: new(catalog)}
	for _, field := range []api.AggregatableField{
		api.AggregatableFieldEnrichmentStatus, api.AggregatableFieldAwsIndustry, api.AggregatableFieldCountry,
	} {
		in.Aggregations = append(in.Aggregations, api.AggregationRequest{GroupBy: []api.AggregatableField{field}})
	}
	return &found{what: "Statistics with three aggregations", goal: statisticsGoal, operation: "GetCustomerAccountStatistics", in: in}
}

// prepare signs the search's request, after trying it.
func (f *found) prepare(ctx context.Context, url string) (err error) {
	answer, err := exchange(ctx, url, f.operation, f.in)
	if err != nil {
		return err
	}
	var rows struct {
		OpportunitySearchSummaries []struct {
			ID string `json:"Id"`
		}
	}
	if err := api.Unmarshal(answer, &rows); err != nil {
		return err
	}
	if n := len(rows.OpportunitySearchSummaries); n < f.least {
		return fmt.Errorf("%s: %d rows on its page, at least %d are in the store", f.what, n, f.least)
	}
	f.request, err = rendered(ctx, url, f.operation, f.in)
	return err
}

func (f *found) line() line {
	const unit = float64(time.Millisecond)
	if f.goal == 0 {
		return shown(f.what+", p99", short(f.p99()), "median "+short(f.middle()))
	}
	return atMost(f.what+", p99", float64(f.p99())/unit, float64(f.goal)/unit, "%.1f ms", "median "+short(f.middle()))
}

// sampleSearches times all kinds of searches in turn.
func (b *bench) sampleSearches(ctx context.Context, url string) ([]line, error) {
	all := append(newSearches(b.rows), statistics())
	for _, one := range all {
		if err := one.prepare(ctx, url); err != nil {
			return nil, err
		}
	}
	c, err := dial(ctx, strings.TrimPrefix(url, "http://"))
	if err != nil {
		return nil, err
	}
	defer c.close()
	for range b.pages {
		for _, one := range all {
			if err := errors.Join(one.sample(c), ctx.Err()); err != nil {
				return nil, err
			}
		}
	}
	var lines []line
	for _, one := range all {
		lines = append(lines, one.line())
	}
	return lines, nil
}

// measureSearches times the searches of the large store.
func (b *bench) measureSearches(ctx context.Context) error {
	dir, _, err := b.largeStore(ctx)
	if err != nil {
		return err
	}
	server, err := servertest.Start(ctx, b.binary, dir)
	if err != nil {
		return err
	}
	defer func() { _ = server.Kill() }()
	lines, err := b.sampleSearches(ctx, server.URL)
	b.show(lines...)
	return err
}

// fillCustomers adds a tenth as many customer accounts as there are opportunities.
func fillCustomers(ctx context.Context, s store.Store, n int) error {
	const atOnce = 2000
	source := ids.System()
	industries, countries := api.Industry("").Values(), api.CountryCode("").Values()
	for chunk := range slices.Chunk(make([]struct{}, n/10), atOnce) { //nolint:mnd // see above
		err := s.Update(ctx, func(tx *store.Tx) error {
			for i := range chunk {
				id, at := source.CustomerAccount(), api.NewTimestamp(firstCreated.Add(time.Duration(i)*spacing))
				document, err := api.Marshal(map[string]any{
					"Id": id, "EnrichmentStatus": api.EnrichmentStatus("").Values()[i%3], "CreatedDate": at, "LastModifiedDate": at,
					"Account": map[string]any{"CompanyName": fmt.Sprintf("Company %06d", i)},
					"AwsEnrichment": map[string]any{"Customer": map[string]any{
						"Industry": industries[i%len(industries)], "Country": countries[i%len(countries)],
					}},
				})
				if err != nil {
					return err
				}
				if err := tx.InsertCustomerAccount(&store.CustomerAccount{
					CustomerAccountKey: store.CustomerAccountKey{Account: accessKey, Catalog: catalog, ID: id},
					Status:             "PENDING", ModifiedAt: int64(at), Document: document,
				}); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// foldSearches makes what the searches of a new store read, as its server would.
func foldSearches(ctx context.Context, s store.Store) error {
	fmt.Fprintln(os.Stderr, "making what searches read")
	for {
		n, err := store.FoldAnySearch(ctx, s)
		if err != nil || n == 0 {
			return err
		}
	}
}

package selling

import (
	"fmt"

	"cosell/internal/api"
	"cosell/internal/feature"
	"cosell/internal/operation"
	"cosell/internal/search"
	"cosell/internal/store"
)

// Searches are the operations that search, with the kind of record that each finds.
var Searches = map[string]store.SearchKind{
	"ListEngagementGroups": store.SearchEngagement,
	"SearchEngagements":    store.SearchEngagement,
	"SearchOpportunities":  store.SearchOpportunity,
}

// SearchOpportunities returns a page of the caller's opportunities that a keyword and
// a filter find, the last modified first unless a sort says otherwise
// (docs/behavior/searching.md).
func (c *Call) SearchOpportunities(in *api.SearchOpportunitiesRequest) (*api.SearchOpportunitiesResponse, error) {
	if err := feature.RequireSearchOpportunities(c.Call); err != nil {
		return nil, err
	}
	page, err := c.Page("SearchOpportunities", in, 20)
	if err != nil {
		return nil, err
	}
	q, err := operation.NewSearch(search.Opportunities, *in.Catalog, in.Keyword, in.Filter)
	if err != nil {
		return nil, err
	}
	if in.Sort != nil {
		operation.SortSearch(q, string(*in.Sort.SortBy), in.Sort.SortOrder)
	}
	found, next, err := c.Search(page, q)
	if err != nil {
		return nil, err
	}
	rows, err := c.searchedOpportunities(*in.Catalog, found)
	return &api.SearchOpportunitiesResponse{OpportunitySearchSummaries: rows, NextToken: next}, err
}

// searchedOpportunities returns the rows of opportunities that a search found.
func (c *Call) searchedOpportunities(catalog string, found []store.SearchPosition) ([]api.OpportunitySearchSummary, error) {
	ids := make([]string, len(found))
	for i, p := range found {
		ids[i] = p.ID
	}
	records, err := c.Tx.SearchedOpportunities(c.Caller.Account, catalog, ids)
	if err != nil {
		return nil, fmt.Errorf("read opportunities: %w", err)
	}
	rows := make([]api.OpportunitySearchSummary, 0, len(found))
	for _, id := range ids {
		record, ok := records[id]
		if !ok {
			continue // it was removed meanwhile
		}
		row, err := searchSummary(record)
		if err != nil {
			return nil, err
		}
		rows = append(rows, *row)
	}
	return rows, nil
}

// searchSummary returns an opportunity as a search shows it: some of its members, its
// tags, and a little of AWS's side where there is one.
func searchSummary(o *search.OpportunityRecord) (*api.OpportunitySearchSummary, error) {
	row := new(api.OpportunitySearchSummary)
	if err := api.Unmarshal(o.Document, row); err != nil {
		return nil, fmt.Errorf("decode opportunity: %w", err)
	}
	row.Tags = append([]api.Tag{}, o.Tags...)
	if o.AwsSide == nil {
		return row, nil
	}
	row.AwsOpportunitySummary = new(api.OpportunitySearchAwsSummary)
	if err := api.Unmarshal(o.AwsSide, row.AwsOpportunitySummary); err != nil {
		return nil, fmt.Errorf("decode AWS's side: %w", err)
	}
	row.AwsOpportunitySummary.Origin = new(api.OpportunityOriginPartnerReferral)
	if o.Origin != "" {
		*row.AwsOpportunitySummary.Origin = api.OpportunityOrigin(o.Origin)
	}
	return row, nil
}

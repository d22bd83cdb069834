package selling

import (
	"cmp"
	"fmt"

	"cosell/internal/api"
	"cosell/internal/excerpt"
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
func (c *Call) SearchOpportunities(in *api.SearchOpportunitiesRequest) (api.Encoded[api.SearchOpportunitiesResponse], error) {
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
	return c.searchedOpportunities(*in.Catalog, found, next)
}

// searchedOpportunities encodes a page of the opportunities that a search found.
func (c *Call) searchedOpportunities(
	catalog string, found []store.SearchPosition, next *string,
) (api.Encoded[api.SearchOpportunitiesResponse], error) {
	ids := make([]string, len(found))
	for i, p := range found {
		ids[i] = p.ID
	}
	records, err := c.Tx.SearchedOpportunities(c.Caller.Account, catalog, ids)
	if err != nil {
		return nil, fmt.Errorf("read opportunities: %w", err)
	}
	const typical = 1024 // bytes of a row
	out := append(make([]byte, 0, (len(ids)+1)*typical), `{"OpportunitySearchSummaries":[`...)
	rows := 0
	for _, id := range ids {
		record, ok := records[id]
		if !ok {
			continue // it was removed meanwhile
		}
		if rows++; rows > 1 {
			out = append(out, ',')
		}
		if out, err = appendSearched(out, record); err != nil {
			return nil, fmt.Errorf("%s: %w", id, err)
		}
	}
	token, err := api.Marshal(next)
	if err != nil {
		return nil, fmt.Errorf("encode token: %w", err)
	}
	return append(append(append(out, `],"NextToken":`...), token...), '}'), nil
}

// What a search copies from an opportunity's document, and from that of AWS's side.
var (
	searched    = excerpt.Of[api.OpportunitySearchSummary]("Tags", "AwsOpportunitySummary")
	searchedAws = excerpt.Of[api.OpportunitySearchAwsSummary]("Origin")
)

// appendSearched appends an opportunity as a search shows it: some of its members, its
// tags, and a little of AWS's side where there is one.
func appendSearched(out []byte, o *search.OpportunityRecord) ([]byte, error) {
	out, err := searched.Append(out, string(o.Document))
	if err != nil {
		return nil, err
	}
	if out, err = appendMember(out, "Tags", append([]api.Tag{}, o.Tags...)); err != nil || o.AwsSide == nil {
		return out, err
	}
	side, err := searchedAws.Append(nil, string(o.AwsSide))
	if err != nil {
		return nil, fmt.Errorf("AWS's side: %w", err)
	}
	origin := cmp.Or(api.OpportunityOrigin(o.Origin), api.OpportunityOriginPartnerReferral)
	if side, err = appendMember(side, "Origin", origin); err != nil {
		return nil, err
	}
	return appendMember(out, "AwsOpportunitySummary", api.Raw(side))
}

// appendMember adds a member to an encoded object that has some.
func appendMember(object []byte, name string, value any) ([]byte, error) {
	text, err := api.Marshal(value)
	if err != nil {
		return nil, fmt.Errorf("encode %s: %w", name, err)
	}
	object = fmt.Appendf(object[:len(object)-1], ",%q:", name)
	return append(append(object, text...), '}'), nil
}

package selling

import (
	"cosell/internal/api"
	"cosell/internal/operation"
	"cosell/internal/search"
	"cosell/internal/store"
)

// SearchEngagements returns a page of the engagements of the caller's that a keyword,
// a filter and a group find, the newest first unless a sort says otherwise
// (docs/behavior/searching.md).
func (c *Call) SearchEngagements(in *api.SearchEngagementsRequest) (*api.SearchEngagementsResponse, error) {
	page, err := c.Page("SearchEngagements", in, 20)
	if err != nil {
		return nil, err
	}
	q, err := operation.NewSearch(search.Engagements, *in.Catalog, in.Keyword, in.Filter)
	if err != nil {
		return nil, err
	}
	if q.Group, err = c.groupFilter(*in.Catalog, in.GroupId); err != nil {
		return nil, err
	}
	if in.Sort != nil {
		operation.SortSearch(q, string(*in.Sort.SortBy), in.Sort.SortOrder)
	}
	found, next, err := c.Search(page, q)
	if err != nil {
		return nil, err
	}
	out := &api.SearchEngagementsResponse{EngagementSearchSummaries: []api.EngagementSearchSummary{}, NextToken: next}
	for _, p := range found {
		e, err := c.readEngagement(store.EngagementKey{Catalog: *in.Catalog, ID: p.ID})
		if err != nil {
			return nil, err
		}
		if err := c.fillCustomerAccounts(e); err != nil {
			return nil, err
		}
		out.EngagementSearchSummaries = append(out.EngagementSearchSummaries, api.EngagementSearchSummary{
			Id: e.Id, Arn: e.Arn, Title: e.Title, Description: e.Description, CreatedAt: e.CreatedAt, CreatedBy: e.CreatedBy,
			MemberCount: e.MemberCount, ModifiedAt: e.ModifiedAt, ModifiedBy: e.ModifiedBy, Contexts: e.Contexts,
		})
	}
	return out, nil
}

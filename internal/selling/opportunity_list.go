package selling

import (
	"fmt"

	"cosell/internal/api"
	"cosell/internal/pagetoken"
	"cosell/internal/store"
)

var opportunitySorts = map[api.OpportunitySortName]store.Column{
	api.OpportunitySortNameLastModifiedDate:    store.ColumnLastModified,
	api.OpportunitySortNameIdentifier:          store.ColumnID,
	api.OpportunitySortNameCustomerCompanyName: store.ColumnCompany,
	api.OpportunitySortNameCreatedDate:         store.ColumnCreated,
	api.OpportunitySortNameTargetCloseDate:     store.ColumnTargetCloseDate,
}

// ListOpportunities returns a page of the caller's opportunities, the last
// modified first unless a sort says otherwise. Values of one filter are
// alternatives, filters add up; After is inclusive, Before is not; company names
// match whole, in any case (docs/behavior/lists.md#listopportunities).
func (c *Call) ListOpportunities(in *api.ListOpportunitiesRequest) (api.Raw, error) {
	list := *in
	list.NextToken, list.MaxResults = nil, nil
	scope, after, err := c.page("ListOpportunities", &list, in.NextToken)
	if err != nil {
		return nil, err
	}
	q := c.opportunityQuery(in)
	if after != nil {
		q.After = &store.Position{Value: after.Text, ID: after.ID}
		if q.SortBy == store.ColumnCreated || q.SortBy == store.ColumnLastModified {
			q.After.Value = after.Number
		}
	}
	size := pageSize(in.MaxResults, 20)
	q.Limit = size + 1 // one more tells whether there is a next page
	rows, err := c.tx.Opportunities(q)
	if err != nil {
		return nil, fmt.Errorf("list opportunities: %w", err)
	}
	var next *string
	if len(rows) > size {
		if next, err = c.nextToken(scope, sealed(rows[size-1].Position)); err != nil {
			return nil, err
		}
	}
	return opportunitySummaries(rows[:min(len(rows), size)], next)
}

func sealed(p store.Position) pagetoken.Position {
	if number, ok := p.Value.(int64); ok {
		return pagetoken.Position{Number: number, ID: p.ID}
	}
	return pagetoken.Position{Text: fmt.Sprint(p.Value), ID: p.ID}
}

func (c *Call) opportunityQuery(in *api.ListOpportunitiesRequest) *store.OpportunityQuery {
	q := &store.OpportunityQuery{
		Account: c.caller.Account, Catalog: *in.Catalog, IDs: in.Identifier,
		SortBy: store.ColumnLastModified, Descending: true,
	}
	if in.Sort != nil {
		q.SortBy = opportunitySorts[*in.Sort.SortBy]
		q.Descending = *in.Sort.SortOrder == api.SortOrderDescending
	}
	for _, stage := range in.LifeCycleStage {
		q.Stages = append(q.Stages, string(stage))
	}
	for _, status := range in.LifeCycleReviewStatus {
		q.ReviewStatuses = append(q.ReviewStatuses, string(status))
	}
	for _, name := range in.CustomerCompanyName {
		q.CompanyKeys = append(q.CompanyKeys, companyKey(name))
	}
	if w := in.LastModifiedDate; w != nil {
		q.Ranges = append(q.Ranges, store.Range{
			Column: store.ColumnLastModified, From: bound(w.AfterLastModifiedDate), Before: bound(w.BeforeLastModifiedDate),
		})
	}
	if w := in.CreatedDate; w != nil {
		q.Ranges = append(q.Ranges, store.Range{
			Column: store.ColumnCreated, From: bound(w.AfterCreatedDate), Before: bound(w.BeforeCreatedDate),
		})
	}
	if w := in.TargetCloseDate; w != nil {
		r := store.Range{Column: store.ColumnTargetCloseDate}
		if w.AfterTargetCloseDate != nil {
			r.From = *w.AfterTargetCloseDate
		}
		if w.BeforeTargetCloseDate != nil {
			r.Before = *w.BeforeTargetCloseDate
			if r.From == nil {
				r.From = "0" // what has no date is not before one
			}
		}
		q.Ranges = append(q.Ranges, r)
	}
	return q
}

func bound(t *api.Timestamp) any {
	if t == nil {
		return nil
	}
	return int64(*t)
}

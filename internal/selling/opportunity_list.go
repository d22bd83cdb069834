package selling

import (
	"fmt"

	"cosell/internal/api"
	"cosell/internal/excerpt"
	"cosell/internal/operation"
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
func (c *Call) ListOpportunities(in *api.ListOpportunitiesRequest) (api.Encoded[api.ListOpportunitiesResponse], error) {
	page, err := c.Page("ListOpportunities", in, 20)
	if err != nil {
		return nil, err
	}
	q := c.opportunityQuery(in)
	q.After, q.Limit = page.AfterText(), page.Limit()
	if q.SortBy == store.ColumnCreated || q.SortBy == store.ColumnLastModified {
		q.After = page.AfterNumber()
	}
	q.Excerpt = opportunitySummary
	rows, err := c.Tx.Opportunities(q)
	if err != nil {
		return nil, fmt.Errorf("list opportunities: %w", err)
	}
	rows, next, err := operation.Cut(page, rows, func(row *store.ListRow) pagetoken.Position { return operation.Position(row.Position) })
	if err != nil {
		return nil, err
	}
	return opportunitySummaries(rows, next)
}

// summaries copies the members of summaries out of opportunities.
var summaries = excerpt.Of[api.OpportunitySummary]()

// opportunitySummary returns the summary of the opportunity in a document, which has
// the form of a document itself.
func opportunitySummary(document string) (string, error) {
	summary, err := summaries.Append(nil, document)
	return string(summary), err
}

// opportunitySummaries encodes a page of a list.
func opportunitySummaries(rows []store.ListRow, next *string) (api.Encoded[api.ListOpportunitiesResponse], error) {
	const typical = 1024 // bytes of a summary
	out := append(make([]byte, 0, (len(rows)+1)*typical), `{"OpportunitySummaries":[`...)
	for i, row := range rows {
		if i > 0 {
			out = append(out, ',')
		}
		var err error
		if out, err = summaries.Append(out, row.Document); err != nil {
			return nil, err
		}
	}
	token, err := api.Marshal(next)
	if err != nil {
		return nil, fmt.Errorf("encode token: %w", err)
	}
	out = append(append(out, `],"NextToken":`...), token...)
	return append(out, '}'), nil
}

func (c *Call) opportunityQuery(in *api.ListOpportunitiesRequest) *store.OpportunityQuery {
	q := &store.OpportunityQuery{
		Account: c.Caller.Account, Catalog: *in.Catalog, IDs: in.Identifier,
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

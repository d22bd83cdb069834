package bulk

import (
	"fmt"

	"cosell/internal/api"
	"cosell/internal/operation"
	"cosell/internal/pagetoken"
	"cosell/internal/store"
)

// usualPage is how many rows a page has where the request does not say.
const usualPage = 20

// GetCustomerAccountBulkJob returns one of the caller's account jobs.
func (c *Call) GetCustomerAccountBulkJob(in *api.GetCustomerAccountBulkJobRequest) (*api.GetCustomerAccountBulkJobResponse, error) {
	j, err := c.findAccountJob(*in.Catalog, *in.Identifier)
	if err != nil {
		return nil, err
	}
	s := j.accountSummary()
	return (*api.GetCustomerAccountBulkJobResponse)(&s), nil
}

// ListOpportunityBulkJobs returns the caller's opportunity jobs, the newest first.
func (c *Call) ListOpportunityBulkJobs(in *api.ListOpportunityBulkJobsRequest) (*api.ListOpportunityBulkJobsResponse, error) {
	if err := c.requireOpportunityJobs(); err != nil {
		return nil, err
	}
	page, err := c.Page("ListOpportunityBulkJobs", in, usualPage)
	if err != nil {
		return nil, err
	}
	jobs, token, err := c.jobs(page, &store.BulkJobQuery{
		Catalog: *in.Catalog, Family: opportunities,
		ID: api.Value(in.JobId), Status: string(api.Value(in.Status)),
	})
	if err != nil {
		return nil, err
	}
	out := &api.ListOpportunityBulkJobsResponse{OpportunityBulkJobSummaries: []api.OpportunityBulkJobSummary{}, NextToken: token}
	for _, j := range jobs {
		out.OpportunityBulkJobSummaries = append(out.OpportunityBulkJobSummaries, j.opportunitySummary())
	}
	return out, nil
}

// ListCustomerAccountBulkJobs returns the caller's account jobs, the newest first.
func (c *Call) ListCustomerAccountBulkJobs(
	in *api.ListCustomerAccountBulkJobsRequest,
) (*api.ListCustomerAccountBulkJobsResponse, error) {
	page, err := c.Page("ListCustomerAccountBulkJobs", in, usualPage)
	if err != nil {
		return nil, err
	}
	q := &store.BulkJobQuery{Catalog: *in.Catalog, Family: accounts}
	if f := in.Filter; f != nil {
		q.Status = string(api.Value(f.Status))
		if f.Identifier != nil {
			if q.ID, err = c.accountJobID("filter.identifier", *in.Catalog, *f.Identifier); err != nil {
				return nil, err
			}
		}
	}
	jobs, token, err := c.jobs(page, q)
	if err != nil {
		return nil, err
	}
	out := &api.ListCustomerAccountBulkJobsResponse{Items: []api.CustomerAccountBulkJobSummary{}, NextToken: token}
	for _, j := range jobs {
		out.Items = append(out.Items, j.accountSummary())
	}
	return out, nil
}

// jobs reads a page of the caller's jobs.
func (c *Call) jobs(page *operation.Page, q *store.BulkJobQuery) ([]*job, *string, error) {
	q.Account, q.After, q.Limit = c.Caller.Account, page.AfterNumber(), page.Limit()
	stored, err := c.Tx.BulkJobs(q)
	if err != nil {
		return nil, nil, fmt.Errorf("list bulk jobs: %w", err)
	}
	stored, token, err := operation.Cut(page, stored, func(j *store.BulkJob) pagetoken.Position {
		return pagetoken.Position{Number: j.CreatedAt, ID: j.ID}
	})
	if err != nil {
		return nil, nil, err
	}
	var jobs []*job
	for i := range stored {
		j, err := decodeJob(&stored[i])
		if err != nil {
			return nil, nil, err
		}
		jobs = append(jobs, j)
	}
	return jobs, token, nil
}

// ListOpportunityBulkJobResults returns what came of the records of an opportunity
// job, in the order of the file.
func (c *Call) ListOpportunityBulkJobResults(
	in *api.ListOpportunityBulkJobResultsRequest,
) (*api.ListOpportunityBulkJobResultsResponse, error) {
	if err := c.requireOpportunityJobs(); err != nil {
		return nil, err
	}
	j, err := c.find(opportunities, *in.Catalog, *in.JobId)
	if err != nil {
		return nil, err
	}
	page, err := c.Page("ListOpportunityBulkJobResults", in, usualPage)
	if err != nil {
		return nil, err
	}
	results, token, err := c.results(page, j, in.Status)
	return &api.ListOpportunityBulkJobResultsResponse{Results: results, NextToken: token}, err
}

// ListCustomerAccountBulkJobResults returns what came of the records of an account
// job, in the order of the file.
func (c *Call) ListCustomerAccountBulkJobResults(
	in *api.ListCustomerAccountBulkJobResultsRequest,
) (*api.ListCustomerAccountBulkJobResultsResponse, error) {
	j, err := c.findAccountJob(*in.Catalog, *in.Identifier)
	if err != nil {
		return nil, err
	}
	page, err := c.Page("ListCustomerAccountBulkJobResults", in, usualPage)
	if err != nil {
		return nil, err
	}
	results, token, err := c.results(page, j, in.Status)
	return &api.ListCustomerAccountBulkJobResultsResponse{Results: results, NextToken: token}, err
}

func (c *Call) results(page *operation.Page, j *job, status *api.BulkRecordStatus) ([]api.BulkJobResult, *string, error) {
	after := int64(0)
	if page.After != nil {
		after = page.After.Number
	}
	stored, err := c.Tx.BulkResults(j.Account, j.ID, string(api.Value(status)), after, page.Limit())
	if err != nil {
		return nil, nil, fmt.Errorf("list bulk results: %w", err)
	}
	stored, token, err := operation.Cut(page, stored, func(r *store.BulkResult) pagetoken.Position {
		return pagetoken.Position{Number: r.Row}
	})
	if err != nil {
		return nil, nil, err
	}
	results := []api.BulkJobResult{}
	for _, r := range stored {
		one, err := bulkJobResult(r)
		if err != nil {
			return nil, nil, err
		}
		results = append(results, one)
	}
	return results, token, nil
}

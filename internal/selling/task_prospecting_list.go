package selling

import (
	"fmt"

	"cosell/internal/api"
	"cosell/internal/operation"
	"cosell/internal/pagetoken"
	"cosell/internal/store"
)

var prospectingSorts = map[api.ProspectingFromEngagementTaskSortName]store.Column{
	api.ProspectingFromEngagementTaskSortNameStartTime:             store.ColumnStarted,
	api.ProspectingFromEngagementTaskSortNameTaskName:              store.ColumnName,
	api.ProspectingFromEngagementTaskSortNameFailedEngagementCount: store.ColumnFailed,
}

// ListProspectingFromEngagementTasks returns a page of the caller's prospecting
// tasks, the latest first unless a sort says otherwise.
func (c *Call) ListProspectingFromEngagementTasks(in *api.ListProspectingFromEngagementTasksRequest) (*api.ListProspectingFromEngagementTasksResponse, error) {
	page, err := c.Page("ListProspectingFromEngagementTasks", in, 20)
	if err != nil {
		return nil, err
	}
	q := &store.TaskQuery{
		Account: c.Caller.Account, Catalog: *in.Catalog, Kind: kindProspecting,
		IDs: in.TaskIdentifier, Names: in.TaskName,
		StartedFrom: int64(api.Value(in.StartAfter)), StartedBefore: int64(api.Value(in.StartBefore)),
		SortBy: store.ColumnStarted, Descending: true,
	}
	if in.Sort != nil {
		q.SortBy = prospectingSorts[*in.Sort.SortBy]
		q.Descending = *in.Sort.SortOrder == api.SortOrderDescending
	}
	q.After, q.Limit = page.AfterNumber(), page.Limit()
	if q.SortBy == store.ColumnName {
		q.After = page.AfterText()
	}
	rows, err := c.Tx.Tasks(q)
	if err != nil {
		return nil, fmt.Errorf("list tasks: %w", err)
	}
	rows, next, err := operation.Cut(page, rows, func(t *store.Task) pagetoken.Position {
		return operation.Position(taskPosition(t, q.SortBy))
	})
	if err != nil {
		return nil, err
	}
	out := &api.ListProspectingFromEngagementTasksResponse{TaskSummaries: make([]api.ProspectingTaskSummary, len(rows)), NextToken: next}
	for i := range rows {
		p, err := decodeProspecting(&rows[i])
		if err != nil {
			return nil, err
		}
		out.TaskSummaries[i] = p.summary()
	}
	return out, nil
}

func (p *prospecting) summary() api.ProspectingTaskSummary {
	count := func(n int64) *int32 { return new(int32(n)) } //nolint:gosec // a task has a hundred engagements at most
	return api.ProspectingTaskSummary{
		TaskId: &p.ID, TaskArn: p.arn(), TaskName: &p.Name, StartTime: p.startTime(), EndTime: p.EndTime,
		TotalEngagementCount:     count(int64(len(p.Engagements))),
		CompletedEngagementCount: count(p.Step - p.Failed),
		FailedEngagementCount:    count(p.Failed),
	}
}

// taskPosition is a task's place in a list that is sorted by a column.
func taskPosition(t *store.Task, by store.Column) store.Position {
	switch by {
	case store.ColumnName:
		return store.Position{Value: t.Name, ID: t.ID}
	case store.ColumnFailed:
		return store.Position{Value: t.Failed, ID: t.ID}
	default:
		return store.Position{Value: t.StartedAt, ID: t.ID}
	}
}

package selling

import (
	"fmt"

	"cosell/internal/api"
	"cosell/internal/pagetoken"
	"cosell/internal/store"
)

// tasksPage is how many tasks a page holds unless the request says otherwise.
const tasksPage = 100

// taskFilter is what a list of tasks asks for: what to let through, in what
// order, and which page.
type taskFilter struct {
	statuses                        []api.TaskStatus
	tasks, engagements, invitations []string // by identifier or ARN
	opportunities, contexts         []string
	sort                            *api.ListTasksSortBase
	size                            *int32
	token                           *string
}

// listTasks returns a page of the caller's tasks of a kind, the newest first
// unless a sort says otherwise, and the token of the next page. list is the
// request without its place and page size.
func (c *Call) listTasks(kind *taskKind, catalog string, list any, filter *taskFilter) ([]*task, *string, error) {
	scope, after, err := c.page(kind.name, list, filter.token)
	if err != nil {
		return nil, nil, err
	}
	size := pageSize(filter.size, tasksPage)
	q := &store.TaskQuery{
		Account: c.caller.Account, Catalog: catalog, Kind: kind.name,
		OpportunityIDs: filter.opportunities, ContextIDs: filter.contexts,
		SortBy:     store.ColumnStarted,
		Descending: filter.sort == nil || *filter.sort.SortOrder == api.SortOrderDescending,
		Limit:      size + 1, // one more tells whether there is a next page
	}
	for _, status := range filter.statuses {
		q.Statuses = append(q.Statuses, string(status))
	}
	for _, named := range []struct {
		to          *[]string
		field, kind string
		given       []string
	}{
		{&q.IDs, "taskIdentifier", kind.name, filter.tasks},
		{&q.EngagementIDs, "engagementIdentifier", kindEngagement, filter.engagements},
		{&q.InvitationIDs, "engagementInvitationIdentifier", kindInvitation, filter.invitations},
	} {
		for i, given := range named.given {
			id, err := identifier(fmt.Sprintf("%s[%d]", named.field, i), given, catalog, named.kind)
			if err != nil {
				return nil, nil, err
			}
			*named.to = append(*named.to, id)
		}
	}
	if after != nil {
		q.After = &store.Position{Value: after.Number, ID: after.ID}
	}
	rows, err := c.tx.Tasks(q)
	if err != nil {
		return nil, nil, fmt.Errorf("list tasks: %w", err)
	}
	tasks := make([]*task, min(len(rows), size))
	for i := range tasks {
		if tasks[i], err = decodeTask(&rows[i]); err != nil {
			return nil, nil, err
		}
	}
	if len(rows) <= size {
		return tasks, nil, nil
	}
	last := rows[size-1]
	next, err := c.nextToken(scope, pagetoken.Position{Number: last.StartedAt, ID: last.ID})
	return tasks, next, err
}

// ListEngagementByAcceptingInvitationTasks returns a page of the caller's tasks
// that accept invitations.
func (c *Call) ListEngagementByAcceptingInvitationTasks(in *api.ListEngagementByAcceptingInvitationTasksRequest) (*api.ListEngagementByAcceptingInvitationTasksResponse, error) {
	list := *in
	list.NextToken, list.MaxResults = nil, nil
	tasks, next, err := c.listTasks(taskAccepting, *in.Catalog, &list, &taskFilter{
		statuses: in.TaskStatus, tasks: in.TaskIdentifier, opportunities: in.OpportunityIdentifier,
		invitations: in.EngagementInvitationIdentifier, sort: in.Sort, size: in.MaxResults, token: in.NextToken,
	})
	if err != nil {
		return nil, err
	}
	out := &api.ListEngagementByAcceptingInvitationTasksResponse{
		TaskSummaries: make([]api.ListEngagementByAcceptingInvitationTaskSummary, len(tasks)), NextToken: next,
	}
	for i, t := range tasks {
		out.TaskSummaries[i] = api.ListEngagementByAcceptingInvitationTaskSummary(*showAccepting(t))
	}
	return out, nil
}

// ListEngagementFromOpportunityTasks returns a page of the caller's tasks that
// submit opportunities.
func (c *Call) ListEngagementFromOpportunityTasks(in *api.ListEngagementFromOpportunityTasksRequest) (*api.ListEngagementFromOpportunityTasksResponse, error) {
	list := *in
	list.NextToken, list.MaxResults = nil, nil
	tasks, next, err := c.listTasks(taskFromOpportunity, *in.Catalog, &list, &taskFilter{
		statuses: in.TaskStatus, tasks: in.TaskIdentifier, opportunities: in.OpportunityIdentifier,
		engagements: in.EngagementIdentifier, sort: in.Sort, size: in.MaxResults, token: in.NextToken,
	})
	if err != nil {
		return nil, err
	}
	out := &api.ListEngagementFromOpportunityTasksResponse{
		TaskSummaries: make([]api.ListEngagementFromOpportunityTaskSummary, len(tasks)), NextToken: next,
	}
	for i, t := range tasks {
		out.TaskSummaries[i] = api.ListEngagementFromOpportunityTaskSummary(*showFromOpportunity(t))
	}
	return out, nil
}

// ListOpportunityFromEngagementTasks returns a page of the caller's tasks that
// convert leads.
func (c *Call) ListOpportunityFromEngagementTasks(in *api.ListOpportunityFromEngagementTasksRequest) (*api.ListOpportunityFromEngagementTasksResponse, error) {
	list := *in
	list.NextToken, list.MaxResults = nil, nil
	tasks, next, err := c.listTasks(taskFromEngagement, *in.Catalog, &list, &taskFilter{
		statuses: in.TaskStatus, tasks: in.TaskIdentifier, opportunities: in.OpportunityIdentifier,
		engagements: in.EngagementIdentifier, contexts: in.ContextIdentifier,
		sort: in.Sort, size: in.MaxResults, token: in.NextToken,
	})
	if err != nil {
		return nil, err
	}
	out := &api.ListOpportunityFromEngagementTasksResponse{
		TaskSummaries: make([]api.ListOpportunityFromEngagementTaskSummary, len(tasks)), NextToken: next,
	}
	for i, t := range tasks {
		out.TaskSummaries[i] = api.ListOpportunityFromEngagementTaskSummary(*showFromEngagement(t))
	}
	return out, nil
}

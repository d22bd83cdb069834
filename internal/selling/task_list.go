package selling

import (
	"fmt"

	"cosell/internal/api"
	"cosell/internal/arn"
	"cosell/internal/operation"
	"cosell/internal/pagetoken"
	"cosell/internal/store"
)

// tasksPage is how many tasks a page holds unless the request says otherwise.
const tasksPage = 100

// taskFilter is what a list of tasks asks for: what to let through, and in what
// order.
type taskFilter struct {
	statuses                        []api.TaskStatus
	tasks, engagements, invitations []string // by identifier or ARN
	opportunities, contexts         []string
	sort                            *api.ListTasksSortBase
}

// listTasks returns a page of the caller's tasks of a kind, the newest first
// unless a sort says otherwise, and the token of the next page.
func listTasks[S any](
	c *Call, kind *taskKind, catalog string, in api.PagedInput, filter *taskFilter, show func(*task) S,
) (summaries []S, next *string, err error) {
	page, err := c.Page(kind.name, in, tasksPage)
	if err != nil {
		return nil, nil, err
	}
	q := &store.TaskQuery{
		Account: c.Caller.Account, Catalog: catalog, Kind: kind.name,
		OpportunityIDs: filter.opportunities, ContextIDs: filter.contexts,
		SortBy:     store.ColumnStarted,
		Descending: filter.sort == nil || *filter.sort.SortOrder == api.SortOrderDescending,
		After:      page.AfterNumber(), Limit: page.Limit(),
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
			id, err := arn.Identifier(fmt.Sprintf("%s[%d]", named.field, i), given, catalog, named.kind)
			if err != nil {
				return nil, nil, err
			}
			*named.to = append(*named.to, id)
		}
	}
	rows, err := c.Tx.Tasks(q)
	if err != nil {
		return nil, nil, fmt.Errorf("list tasks: %w", err)
	}
	rows, next, err = operation.Cut(page, rows, func(t *store.Task) pagetoken.Position {
		return pagetoken.Position{Number: t.StartedAt, ID: t.ID}
	})
	if err != nil {
		return nil, nil, err
	}
	summaries = make([]S, len(rows))
	for i := range rows {
		t, err := decodeTask(&rows[i])
		if err != nil {
			return nil, nil, err
		}
		summaries[i] = show(t)
	}
	return summaries, next, nil
}

// ListEngagementByAcceptingInvitationTasks returns a page of the caller's tasks
// that accept invitations.
func (c *Call) ListEngagementByAcceptingInvitationTasks(in *api.ListEngagementByAcceptingInvitationTasksRequest) (*api.ListEngagementByAcceptingInvitationTasksResponse, error) {
	out := new(api.ListEngagementByAcceptingInvitationTasksResponse)
	var err error
	out.TaskSummaries, out.NextToken, err = listTasks(c, taskAccepting, *in.Catalog, in, &taskFilter{
		statuses: in.TaskStatus, tasks: in.TaskIdentifier, opportunities: in.OpportunityIdentifier,
		invitations: in.EngagementInvitationIdentifier, sort: in.Sort,
	}, func(t *task) api.ListEngagementByAcceptingInvitationTaskSummary {
		return api.ListEngagementByAcceptingInvitationTaskSummary(*showAccepting(t))
	})
	return out, err
}

// ListEngagementFromOpportunityTasks returns a page of the caller's tasks that
// submit opportunities.
func (c *Call) ListEngagementFromOpportunityTasks(in *api.ListEngagementFromOpportunityTasksRequest) (*api.ListEngagementFromOpportunityTasksResponse, error) {
	out := new(api.ListEngagementFromOpportunityTasksResponse)
	var err error
	out.TaskSummaries, out.NextToken, err = listTasks(c, taskFromOpportunity, *in.Catalog, in, &taskFilter{
		statuses: in.TaskStatus, tasks: in.TaskIdentifier, opportunities: in.OpportunityIdentifier,
		engagements: in.EngagementIdentifier, sort: in.Sort,
	}, func(t *task) api.ListEngagementFromOpportunityTaskSummary {
		return api.ListEngagementFromOpportunityTaskSummary(*showFromOpportunity(t))
	})
	return out, err
}

// ListOpportunityFromEngagementTasks returns a page of the caller's tasks that
// convert leads.
func (c *Call) ListOpportunityFromEngagementTasks(in *api.ListOpportunityFromEngagementTasksRequest) (*api.ListOpportunityFromEngagementTasksResponse, error) {
	out := new(api.ListOpportunityFromEngagementTasksResponse)
	var err error
	out.TaskSummaries, out.NextToken, err = listTasks(c, taskFromEngagement, *in.Catalog, in, &taskFilter{
		statuses: in.TaskStatus, tasks: in.TaskIdentifier, opportunities: in.OpportunityIdentifier,
		engagements: in.EngagementIdentifier, contexts: in.ContextIdentifier,
		sort: in.Sort,
	}, func(t *task) api.ListOpportunityFromEngagementTaskSummary {
		return api.ListOpportunityFromEngagementTaskSummary(*showFromEngagement(t))
	})
	return out, err
}

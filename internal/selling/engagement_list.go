package selling

import (
	"cmp"
	"fmt"
	"slices"

	"cosell/internal/api"
	"cosell/internal/pagetoken"
	"cosell/internal/store"
)

// ListEngagements returns a page of the engagements that the caller is a member
// of, the newest first unless a sort says otherwise. Values of one filter are
// alternatives, filters add up (docs/behavior/lists.md#filters).
func (c *Call) ListEngagements(in *api.ListEngagementsRequest) (*api.ListEngagementsResponse, error) {
	list := *in
	list.NextToken, list.MaxResults = nil, nil
	scope, after, err := c.page("ListEngagements", &list, in.NextToken)
	if err != nil {
		return nil, err
	}
	q := &store.EngagementQuery{
		Account: c.caller.Account, Catalog: *in.Catalog,
		CreatedBy: in.CreatedBy, ExcludeCreatedBy: in.ExcludeCreatedBy,
		AnyContextType: contextBits(in.ContextTypes), ExcludeContexts: contextBits(in.ExcludeContextTypes),
		Descending: in.Sort == nil || *in.Sort.SortOrder == api.SortOrderDescending,
	}
	for i, given := range in.EngagementIdentifier {
		id, err := identifier(fmt.Sprintf("engagementIdentifier[%d]", i), given, *in.Catalog, kindEngagement)
		if err != nil {
			return nil, err
		}
		q.IDs = append(q.IDs, id)
	}
	if after != nil {
		q.After = &store.Position{Value: after.Number, ID: after.ID}
	}
	size := pageSize(in.MaxResults, 20)
	q.Limit = size + 1 // one more tells whether there is a next page
	rows, err := c.tx.Engagements(q)
	if err != nil {
		return nil, fmt.Errorf("list engagements: %w", err)
	}
	out := &api.ListEngagementsResponse{EngagementSummaryList: make([]api.EngagementSummary, min(len(rows), size))}
	for i := range out.EngagementSummaryList {
		e := new(engagement)
		if err := api.Unmarshal(rows[i].Document, e); err != nil {
			return nil, fmt.Errorf("decode engagement: %w", err)
		}
		out.EngagementSummaryList[i] = api.EngagementSummary{
			Arn: e.Arn, Id: e.Id, Title: e.Title, CreatedAt: e.CreatedAt, CreatedBy: e.CreatedBy,
			MemberCount: &rows[i].MemberCount, ModifiedAt: e.ModifiedAt, ModifiedBy: e.ModifiedBy,
			ContextTypes: e.contextTypes(),
		}
	}
	if len(rows) > size {
		out.NextToken, err = c.nextToken(scope, sealed(rows[size-1].Position))
	}
	return out, err
}

// ListEngagementMembers returns a page of an engagement's members in the order
// they joined. There are few enough of them to page in memory.
func (c *Call) ListEngagementMembers(in *api.ListEngagementMembersRequest) (*api.ListEngagementMembersResponse, error) {
	e, err := c.visibleEngagement("identifier", *in.Catalog, *in.Identifier)
	if err != nil {
		return nil, err
	}
	list := *in
	list.NextToken, list.MaxResults = nil, nil
	scope, after, err := c.page("ListEngagementMembers", &list, in.NextToken)
	if err != nil {
		return nil, err
	}
	members, err := c.tx.EngagementMembers(e.key())
	if err != nil {
		return nil, fmt.Errorf("read engagement members: %w", err)
	}
	if after != nil {
		members = slices.DeleteFunc(members, func(m store.EngagementMember) bool {
			return cmp.Or(cmp.Compare(m.JoinedAt, after.Number), cmp.Compare(m.Account, after.ID)) <= 0
		})
	}
	page := members[:min(len(members), pageSize(in.MaxResults, 5))]
	out := &api.ListEngagementMembersResponse{EngagementMemberList: make([]api.EngagementMember, len(page))}
	for i, m := range page {
		profile, err := c.profile(m.Account)
		if err != nil {
			return nil, err
		}
		out.EngagementMemberList[i] = api.EngagementMember{
			AccountId: &m.Account, CompanyName: &profile.CompanyName, WebsiteUrl: &profile.WebsiteURL,
		}
	}
	if len(page) < len(members) {
		last := page[len(page)-1]
		out.NextToken, err = c.nextToken(scope, pagetoken.Position{Number: last.JoinedAt, ID: last.Account})
	}
	return out, err
}

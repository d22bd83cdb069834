package selling

import (
	"cmp"
	"fmt"
	"slices"

	"cosell/internal/api"
	"cosell/internal/arn"
	"cosell/internal/operation"
	"cosell/internal/pagetoken"
	"cosell/internal/store"
)

// ListEngagements returns a page of the engagements that the caller is a member
// of, the newest first unless a sort says otherwise. Values of one filter are
// alternatives, filters add up (docs/behavior/lists.md#filters).
func (c *Call) ListEngagements(in *api.ListEngagementsRequest) (*api.ListEngagementsResponse, error) {
	page, err := c.Page("ListEngagements", in, 20)
	if err != nil {
		return nil, err
	}
	q := &store.EngagementQuery{
		Account: c.Caller.Account, Catalog: *in.Catalog,
		CreatedBy: in.CreatedBy, ExcludeCreatedBy: in.ExcludeCreatedBy,
		AnyContextType: contextBits(in.ContextTypes), ExcludeContexts: contextBits(in.ExcludeContextTypes),
		Descending: in.Sort == nil || *in.Sort.SortOrder == api.SortOrderDescending,
		After:      page.AfterNumber(), Limit: page.Limit(),
	}
	for i, given := range in.EngagementIdentifier {
		id, err := arn.Identifier(fmt.Sprintf("engagementIdentifier[%d]", i), given, *in.Catalog, kindEngagement)
		if err != nil {
			return nil, err
		}
		q.IDs = append(q.IDs, id)
	}
	rows, err := c.Tx.Engagements(q)
	if err != nil {
		return nil, fmt.Errorf("list engagements: %w", err)
	}
	rows, next, err := operation.Cut(page, rows, func(row *store.EngagementRow) pagetoken.Position { return operation.Position(row.Position) })
	if err != nil {
		return nil, err
	}
	out := &api.ListEngagementsResponse{EngagementSummaryList: make([]api.EngagementSummary, len(rows)), NextToken: next}
	for i := range rows {
		e, err := operation.Decode[engagement]("engagement", rows[i].Document)
		if err != nil {
			return nil, err
		}
		out.EngagementSummaryList[i] = api.EngagementSummary{
			Arn: e.Arn, Id: e.Id, Title: e.Title, CreatedAt: e.CreatedAt, CreatedBy: e.CreatedBy,
			MemberCount: &rows[i].MemberCount, ModifiedAt: e.ModifiedAt, ModifiedBy: e.ModifiedBy,
			ContextTypes: e.contextTypes(),
		}
	}
	return out, nil
}

// ListEngagementMembers returns a page of an engagement's members in the order
// they joined. There are few enough of them to page in memory.
func (c *Call) ListEngagementMembers(in *api.ListEngagementMembersRequest) (*api.ListEngagementMembersResponse, error) {
	e, err := c.visibleEngagement("identifier", *in.Catalog, *in.Identifier)
	if err != nil {
		return nil, err
	}
	page, err := c.Page("ListEngagementMembers", in, 5)
	if err != nil {
		return nil, err
	}
	members, err := c.Tx.EngagementMembers(e.key())
	if err != nil {
		return nil, fmt.Errorf("read engagement members: %w", err)
	}
	if after := page.After; after != nil {
		members = slices.DeleteFunc(members, func(m store.EngagementMember) bool {
			return cmp.Or(cmp.Compare(m.JoinedAt, after.Number), cmp.Compare(m.Account, after.ID)) <= 0
		})
	}
	members, next, err := operation.Cut(page, members, func(m *store.EngagementMember) pagetoken.Position {
		return pagetoken.Position{Number: m.JoinedAt, ID: m.Account}
	})
	if err != nil {
		return nil, err
	}
	out := &api.ListEngagementMembersResponse{EngagementMemberList: make([]api.EngagementMember, len(members)), NextToken: next}
	for i, m := range members {
		profile, err := c.profile(m.Account)
		if err != nil {
			return nil, err
		}
		out.EngagementMemberList[i] = api.EngagementMember{
			AccountId: &m.Account, CompanyName: &profile.CompanyName, WebsiteUrl: &profile.WebsiteURL,
		}
	}
	return out, nil
}

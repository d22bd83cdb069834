package selling

import (
	"fmt"

	"cosell/internal/api"
	"cosell/internal/pagetoken"
	"cosell/internal/store"
)

// snapshotPage is how many snapshots, associations or jobs a page holds unless
// the request says otherwise.
const snapshotPage = 100

// ListResourceSnapshots returns a page of the snapshots in an engagement that the
// caller may read: of each resource and template the latest revision, the others
// are read by their number (docs/behavior/snapshots.md#lists).
func (c *Call) ListResourceSnapshots(in *api.ListResourceSnapshotsRequest) (*api.ListResourceSnapshotsResponse, error) {
	if in.ResourceSnapshotTemplateIdentifier != nil {
		if err := checkTemplate(*in.ResourceSnapshotTemplateIdentifier); err != nil {
			return nil, err
		}
	}
	engagement, err := c.visibleEngagementKey("engagementIdentifier", *in.Catalog, *in.EngagementIdentifier)
	if err != nil {
		return nil, err
	}
	list := *in
	list.NextToken, list.MaxResults = nil, nil
	scope, after, err := c.page("ListResourceSnapshots", &list, in.NextToken)
	if err != nil {
		return nil, err
	}
	size := pageSize(in.MaxResults, snapshotPage)
	q := &store.SnapshotQuery{
		EngagementKey: engagement, Audience: c.audience(), ResourceID: value(in.ResourceIdentifier),
		Template: value(in.ResourceSnapshotTemplateIdentifier), CreatedBy: value(in.CreatedBy),
		Limit: size + 1, // one more tells whether there is a next page
	}
	if after != nil {
		q.After = &store.SnapshotKey{ResourceID: after.ID, Template: after.Text}
	}
	heads, err := c.tx.SnapshotHeads(q)
	if err != nil {
		return nil, fmt.Errorf("list snapshots: %w", err)
	}
	out := &api.ListResourceSnapshotsResponse{ResourceSnapshotSummaries: make([]api.ResourceSnapshotSummary, min(len(heads), size))}
	for i := range out.ResourceSnapshotSummaries {
		head := &heads[i]
		out.ResourceSnapshotSummaries[i] = api.ResourceSnapshotSummary{
			Arn: new(snapshotARN(head)), Revision: revision(head),
			ResourceType: new(api.ResourceTypeOpportunity), ResourceId: &head.ResourceID,
			ResourceSnapshotTemplateName: &head.Template, CreatedBy: &head.CreatedBy,
		}
	}
	if len(heads) > size {
		last := heads[size-1]
		out.NextToken, err = c.nextToken(scope, pagetoken.Position{Text: last.Template, ID: last.ResourceID})
	}
	return out, err
}

// ListEngagementResourceAssociations returns a page of which opportunities have a
// snapshot, that the caller may read, in which of the caller's engagements. An
// engagement that the caller is no member of has none.
func (c *Call) ListEngagementResourceAssociations(in *api.ListEngagementResourceAssociationsRequest) (*api.ListEngagementResourceAssociationsResponse, error) {
	list := *in
	list.NextToken, list.MaxResults = nil, nil
	scope, after, err := c.page("ListEngagementResourceAssociations", &list, in.NextToken)
	if err != nil {
		return nil, err
	}
	size := pageSize(in.MaxResults, snapshotPage)
	q := &store.AssociationQuery{
		Account: c.caller.Account, Catalog: *in.Catalog, Audience: c.audience(), EngagementID: value(in.EngagementIdentifier),
		ResourceID: value(in.ResourceIdentifier), CreatedBy: value(in.CreatedBy),
		Limit: size + 1, // one more tells whether there is a next page
	}
	if after != nil {
		q.After = &store.Association{EngagementID: after.Text, ResourceID: after.ID}
	}
	found, err := c.tx.Associations(q)
	if err != nil {
		return nil, fmt.Errorf("list associations: %w", err)
	}
	out := &api.ListEngagementResourceAssociationsResponse{
		EngagementResourceAssociationSummaries: make([]api.EngagementResourceAssociationSummary, min(len(found), size)),
	}
	for i := range out.EngagementResourceAssociationSummaries {
		out.EngagementResourceAssociationSummaries[i] = api.EngagementResourceAssociationSummary{
			Catalog: in.Catalog, EngagementId: &found[i].EngagementID, ResourceType: new(api.ResourceTypeOpportunity),
			ResourceId: &found[i].ResourceID, CreatedBy: &found[i].CreatedBy,
		}
	}
	if len(found) > size {
		last := found[size-1]
		out.NextToken, err = c.nextToken(scope, pagetoken.Position{Text: last.EngagementID, ID: last.ResourceID})
	}
	return out, err
}

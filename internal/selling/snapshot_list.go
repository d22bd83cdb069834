package selling

import (
	"fmt"

	"cosell/internal/api"
	"cosell/internal/operation"
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
	page, err := c.Page("ListResourceSnapshots", in, snapshotPage)
	if err != nil {
		return nil, err
	}
	q := &store.SnapshotQuery{
		EngagementKey: engagement, Audience: c.audience(), ResourceID: api.Value(in.ResourceIdentifier),
		Template: api.Value(in.ResourceSnapshotTemplateIdentifier), CreatedBy: api.Value(in.CreatedBy),
		Limit: page.Limit(),
	}
	if after := page.After; after != nil {
		q.After = &store.SnapshotKey{ResourceID: after.ID, Template: after.Text}
	}
	heads, err := c.Tx.SnapshotHeads(q)
	if err != nil {
		return nil, fmt.Errorf("list snapshots: %w", err)
	}
	heads, next, err := operation.Cut(page, heads, func(head *store.SnapshotHead) pagetoken.Position {
		return pagetoken.Position{Text: head.Template, ID: head.ResourceID}
	})
	if err != nil {
		return nil, err
	}
	out := &api.ListResourceSnapshotsResponse{ResourceSnapshotSummaries: make([]api.ResourceSnapshotSummary, len(heads)), NextToken: next}
	for i := range heads {
		head := &heads[i]
		out.ResourceSnapshotSummaries[i] = api.ResourceSnapshotSummary{
			Arn: new(snapshotARN(head)), Revision: revision(head),
			ResourceType: new(api.ResourceTypeOpportunity), ResourceId: &head.ResourceID,
			ResourceSnapshotTemplateName: &head.Template, CreatedBy: &head.CreatedBy,
		}
	}
	return out, nil
}

// ListEngagementResourceAssociations returns a page of which opportunities have a
// snapshot, that the caller may read, in which of the caller's engagements. An
// engagement that the caller is no member of has none.
func (c *Call) ListEngagementResourceAssociations(in *api.ListEngagementResourceAssociationsRequest) (*api.ListEngagementResourceAssociationsResponse, error) {
	page, err := c.Page("ListEngagementResourceAssociations", in, snapshotPage)
	if err != nil {
		return nil, err
	}
	q := &store.AssociationQuery{
		Account: c.Caller.Account, Catalog: *in.Catalog, Audience: c.audience(), EngagementID: api.Value(in.EngagementIdentifier),
		ResourceID: api.Value(in.ResourceIdentifier), CreatedBy: api.Value(in.CreatedBy),
		Limit: page.Limit(),
	}
	if after := page.After; after != nil {
		q.After = &store.Association{EngagementID: after.Text, ResourceID: after.ID}
	}
	found, err := c.Tx.Associations(q)
	if err != nil {
		return nil, fmt.Errorf("list associations: %w", err)
	}
	found, next, err := operation.Cut(page, found, func(a *store.Association) pagetoken.Position {
		return pagetoken.Position{Text: a.EngagementID, ID: a.ResourceID}
	})
	if err != nil {
		return nil, err
	}
	out := &api.ListEngagementResourceAssociationsResponse{
		EngagementResourceAssociationSummaries: make([]api.EngagementResourceAssociationSummary, len(found)), NextToken: next,
	}
	for i := range found {
		out.EngagementResourceAssociationSummaries[i] = api.EngagementResourceAssociationSummary{
			Catalog: in.Catalog, EngagementId: &found[i].EngagementID, ResourceType: new(api.ResourceTypeOpportunity),
			ResourceId: &found[i].ResourceID, CreatedBy: &found[i].CreatedBy,
		}
	}
	return out, nil
}

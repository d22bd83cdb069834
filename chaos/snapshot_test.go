package chaos

import (
	"context"
	"slices"
	"testing"

	"cosell/internal/api"
)

// revision is a stored snapshot.
type revision struct {
	number  int32
	title   string
	payload string
	arn     string
}

// snapshot is one that was found, with the account that made it.
type snapshot struct{ account, arn string }

// verifySnapshotEvents sees that each snapshot was told of: once to its maker, and
// to nobody twice.
func (w *world) verifySnapshotEvents(v *verdict, told story) {
	makers := map[string]string{}
	for _, p := range w.partners {
		for _, s := range p.snapshots {
			makers[s.arn] = s.account
			if _, ok := told[chapter{s.account, s.arn}]; !ok {
				v.lostf("account %s was not told of %s", s.account, s.arn)
			}
		}
	}
	for c, events := range told {
		if _, known := makers[c.subject]; !known || len(events) > 1 {
			v.doubledf("account %s was told %q of %s, which is there: %t", c.account, events, c.subject, known)
		}
	}
}

// revisions reads all snapshots of an opportunity in an engagement, the oldest
// first.
func (p *partner) revisions(ctx context.Context, account, engagementID, opportunityID string) ([]revision, error) {
	in := &api.ListResourceSnapshotsRequest{
		Catalog: catalog, EngagementIdentifier: &engagementID, ResourceIdentifier: &opportunityID,
		ResourceType: new(api.ResourceTypeOpportunity), ResourceSnapshotTemplateIdentifier: new(template),
	}
	var found []revision
	for {
		page, err := ask[api.ListResourceSnapshotsResponse](ctx, &p.client, account, "ListResourceSnapshots", in)
		if err != nil {
			return nil, err
		}
		for _, s := range page.ResourceSnapshotSummaries {
			one, err := ask[api.GetResourceSnapshotResponse](ctx, &p.client, account, "GetResourceSnapshot", &api.GetResourceSnapshotRequest{
				Catalog: catalog, EngagementIdentifier: &engagementID, ResourceIdentifier: &opportunityID,
				ResourceType: new(api.ResourceTypeOpportunity), ResourceSnapshotTemplateIdentifier: new(template), Revision: s.Revision,
			})
			if err != nil {
				return nil, err
			}
			payload, err := api.Marshal(one.Payload)
			if err != nil {
				return nil, err
			}
			found = append(found, revision{*s.Revision, *one.Payload.OpportunitySummary.Project.Title, string(payload), *one.Arn})
		}
		if in.NextToken = page.NextToken; in.NextToken == nil {
			break
		}
	}
	slices.SortFunc(found, func(a, b revision) int { return int(a.number - b.number) })
	return found, nil
}

// verifySnapshots sees that revisions have no gap, that those asked for are there,
// that the job made none without need, and that the latest shows the present
// state.
func (p *partner) verifySnapshots(t *testing.T, v *verdict) {
	t.Helper()
	for _, e := range p.engagements {
		eventually(t, "the latest revision of "+e.deal.id+" shows its state", func() bool {
			latest, err := ask[api.GetResourceSnapshotResponse](t.Context(), &p.client, p.account, "GetResourceSnapshot", &api.GetResourceSnapshotRequest{
				Catalog: catalog, EngagementIdentifier: &e.id, ResourceIdentifier: &e.deal.id,
				ResourceType: new(api.ResourceTypeOpportunity), ResourceSnapshotTemplateIdentifier: new(template),
			})
			if err != nil {
				return false
			}
			shown := latest.Payload.OpportunitySummary
			return *shown.Project.Title == e.deal.content.title &&
				slices.Equal(shown.RelatedEntityIdentifiers.AwsProducts, e.deal.content.products)
		})
		p.verifyRevisions(t.Context(), v, p.account, e.id, e.deal.id, e.published)
		for _, i := range e.invitations {
			if i.task != nil && i.task.made != nil {
				p.verifyRevisions(t.Context(), v, i.receiver, e.id, i.task.made.OpportunityID, []publication{{1, "Harvest"}})
			}
		}
	}
}

func (p *partner) verifyRevisions(ctx context.Context, v *verdict, account, engagementID, opportunityID string, published []publication) {
	found, err := p.revisions(ctx, account, engagementID, opportunityID)
	if err != nil {
		v.lostf("%s: the snapshots of %s: %v", p.name, opportunityID, err)
		return
	}
	asked := map[int32]string{}
	for _, one := range published {
		if _, twice := asked[one.revision]; twice {
			v.lostf("%s: revision %d of %s was given twice", p.name, one.revision, opportunityID)
		}
		asked[one.revision] = one.title
	}
	for i, one := range found {
		if one.number != int32(i+1) { //nolint:gosec // a small number
			v.lostf("%s: revision %d of %s stands where %d should", p.name, one.number, opportunityID, i+1)
			return
		}
		title, byHand := asked[one.number]
		delete(asked, one.number)
		switch {
		case byHand && title != one.title:
			v.lostf("%s: revision %d of %s shows %q, acknowledged is %q", p.name, one.number, opportunityID, one.title, title)
		case !byHand && i > 0 && one.payload == found[i-1].payload:
			v.doubledf("%s: revisions %d and %d of %s show the same", p.name, i, i+1, opportunityID)
		}
		p.snapshots = append(p.snapshots, snapshot{account, one.arn})
	}
	for number := range asked {
		v.lostf("%s: revision %d of %s is acknowledged and not there", p.name, number, opportunityID)
	}
}

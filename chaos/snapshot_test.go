package chaos

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"cosell/internal/api"
	"cosell/internal/store"
	"cosell/internal/store/pgtest"
)

// revision is a stored snapshot.
type revision struct {
	number    int32
	nextSteps string
	payload   string
	arn       string
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

// snapshotOf names a revision of an opportunity in an engagement; without a
// number it is the latest.
func snapshotOf(engagementID, opportunityID string, number *int32) *api.GetResourceSnapshotRequest {
	return &api.GetResourceSnapshotRequest{
		Catalog: catalog, EngagementIdentifier: &engagementID, ResourceIdentifier: &opportunityID,
		ResourceType: new(api.ResourceTypeOpportunity), ResourceSnapshotTemplateIdentifier: new(template), Revision: number,
	}
}

// revisions reads all snapshots of an opportunity in an engagement, from the first
// to the latest. One that is not there is an error.
func (p *partner) revisions(ctx context.Context, account, engagementID, opportunityID string) ([]revision, error) {
	get := func(number *int32) (*api.GetResourceSnapshotResponse, error) {
		return ask[api.GetResourceSnapshotResponse](ctx, &p.client, account, "GetResourceSnapshot",
			snapshotOf(engagementID, opportunityID, number))
	}
	latest, err := get(nil)
	if err != nil {
		return nil, err
	}
	var found []revision
	for number := range *latest.Revision {
		one, err := get(new(number + 1))
		if err != nil {
			return nil, fmt.Errorf("revision %d: %w", number+1, err)
		}
		payload, err := api.Marshal(one.Payload)
		if err != nil {
			return nil, err
		}
		nextSteps := text(one.Payload.OpportunitySummary.Lifecycle.NextSteps)
		found = append(found, revision{*one.Revision, nextSteps, string(payload), *one.Arn})
	}
	return found, nil
}

// verifySnapshots sees that revisions have no gap, that those asked for are there,
// that the job made none without need, and that the latest shows the present
// state.
func (p *partner) verifySnapshots(t *testing.T, v *verdict) {
	t.Helper()
	for _, e := range p.engagements {
		p.verifyRevisions(t, v, p.account, e.id, e.deal.id, e.published)
		for _, i := range e.invitations {
			if i.task != nil && i.task.made != nil {
				p.verifyRevisions(t, v, i.receiver, e.id, i.task.made.OpportunityID, []publication{{revision: 1}})
			}
		}
	}
}

// upToDate reports whether the latest revision shows the present state.
func (p *partner) upToDate(ctx context.Context, account, engagementID, opportunityID string) bool {
	latest, err := ask[api.GetResourceSnapshotResponse](ctx, &p.client, account, "GetResourceSnapshot",
		snapshotOf(engagementID, opportunityID, nil))
	if err != nil {
		return false
	}
	present, err := ask[api.GetOpportunityResponse](ctx, &p.client, account, "GetOpportunity",
		&api.GetOpportunityRequest{Catalog: catalog, Identifier: &opportunityID})
	if err != nil {
		return false
	}
	shown := latest.Payload.OpportunitySummary
	return text(shown.Lifecycle.NextSteps) == text(present.LifeCycle.NextSteps) &&
		*shown.Lifecycle.ReviewStatus == *present.LifeCycle.ReviewStatus &&
		slices.Equal(shown.RelatedEntityIdentifiers.AwsProducts, present.RelatedEntityIdentifiers.AwsProducts)
}

// text is what may be absent.
func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

func (p *partner) verifyRevisions(t *testing.T, v *verdict, account, engagementID, opportunityID string, published []publication) {
	t.Helper()
	if !p.upToDate(t.Context(), account, engagementID, opportunityID) {
		v.lostf("%s: the latest revision of %s does not show its state, and no work is left", p.name, opportunityID)
	}
	found, err := p.revisions(t.Context(), account, engagementID, opportunityID)
	if err != nil {
		v.lostf("%s: the snapshots of %s: %v", p.name, opportunityID, err)
		return
	}
	asked := map[int32]string{}
	for _, one := range published {
		if _, twice := asked[one.revision]; twice {
			v.lostf("%s: revision %d of %s was given twice", p.name, one.revision, opportunityID)
		}
		asked[one.revision] = one.nextSteps
	}
	for i, one := range found {
		if one.number != int32(i+1) {
			v.lostf("%s: revision %d of %s stands where %d should", p.name, one.number, opportunityID, i+1)
			return
		}
		nextSteps, byHand := asked[one.number]
		delete(asked, one.number)
		switch {
		case byHand && nextSteps != one.nextSteps:
			v.lostf("%s: revision %d of %s shows %q, acknowledged is %q", p.name, one.number, opportunityID, one.nextSteps, nextSteps)
		case !byHand && i > 0 && one.payload == found[i-1].payload:
			v.doubledf("%s: revisions %d and %d of %s show the same", p.name, i, i+1, opportunityID)
		}
		p.snapshots = append(p.snapshots, snapshot{account, one.arn})
	}
	for number := range asked {
		v.lostf("%s: revision %d of %s is acknowledged and not there", p.name, number, opportunityID)
	}
}

// A worker dies before it makes a pass, and its lease runs out while the check is
// under way: the check has to wait for the revision, else its event tells of a
// snapshot that nobody knows.
func TestPassOfADeadWorkerIsAwaited(t *testing.T) {
	database := pgtest.URL(t)
	w := newWorld(replicas(t, 1, database), *seed)
	s := pgtest.Open(t, database)
	ctx, p := t.Context(), w.partners[0]
	if err := p.create(ctx); err != nil {
		t.Fatal(err)
	}
	d := p.deals[0]
	if err := p.engage(ctx, d); err != nil {
		t.Fatal(err)
	}
	w.idle(t, "the first pass is made")
	err := s.Update(ctx, func(tx *store.Tx) error {
		if err := tx.Enqueue("snapshot", p.account+"/"+sandbox+"/"+d.follower.job, 0, []byte("{}")); err != nil {
			return err
		}
		now := time.Now()
		_, err := tx.Claim(now.UnixMilli(), now.UnixMilli(), now.Add(3*time.Second).UnixMilli(), 1)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	// What the revision is to show is not what a partner knows of its opportunity.
	_, err = p.write(ctx, p.account, "SubmitOpportunity", &api.SubmitOpportunityRequest{
		Catalog: catalog, Identifier: &d.id, InvolvementType: new(api.SalesInvolvementTypeCoSell),
	})
	if err != nil {
		t.Fatal(err)
	}
	p.changed(d, d.content)
	w.verify(t, func() { w.idle(t, "the pass is made") })
}

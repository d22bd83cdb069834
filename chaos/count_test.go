package chaos

import (
	"context"
	"path/filepath"
	"testing"

	"cosell/internal/api"
	"cosell/internal/store"
	"cosell/internal/store/sqlite"
)

// verifyCounts sees that nobody has more than is known: nothing was made twice.
func (w *world) verifyCounts(t *testing.T, v *verdict) {
	t.Helper()
	type counts struct{ opportunities, engagements, invitations, jobs int }
	known := map[string]*counts{}
	for _, account := range w.accounts {
		known[account] = new(counts)
	}
	for _, p := range w.partners {
		own := known[p.account]
		own.opportunities += len(p.deals)
		own.jobs += len(p.engagements)
		for _, e := range p.engagements {
			for _, member := range e.members {
				known[member].engagements++
			}
			own.invitations += len(e.invitations)
			for _, i := range e.invitations {
				if i.task != nil {
					known[i.receiver].opportunities++
					known[i.receiver].jobs++
				}
			}
		}
	}
	c := &w.partners[0].client
	for _, account := range w.accounts {
		var found counts
		count(t, &found.opportunities, func(ctx context.Context, token *string) (int, *string, error) {
			page, err := ask[api.ListOpportunitiesResponse](ctx, c, account, "ListOpportunities",
				&api.ListOpportunitiesRequest{Catalog: catalog, NextToken: token})
			if err != nil {
				return 0, nil, err
			}
			return len(page.OpportunitySummaries), page.NextToken, nil
		})
		count(t, &found.engagements, func(ctx context.Context, token *string) (int, *string, error) {
			page, err := ask[api.ListEngagementsResponse](ctx, c, account, "ListEngagements",
				&api.ListEngagementsRequest{Catalog: catalog, NextToken: token})
			if err != nil {
				return 0, nil, err
			}
			return len(page.EngagementSummaryList), page.NextToken, nil
		})
		count(t, &found.invitations, func(ctx context.Context, token *string) (int, *string, error) {
			page, err := ask[api.ListEngagementInvitationsResponse](ctx, c, account, "ListEngagementInvitations",
				&api.ListEngagementInvitationsRequest{Catalog: catalog, NextToken: token, ParticipantType: new(api.ParticipantTypeSender)})
			if err != nil {
				return 0, nil, err
			}
			return len(page.EngagementInvitationSummaries), page.NextToken, nil
		})
		count(t, &found.jobs, func(ctx context.Context, token *string) (int, *string, error) {
			page, err := ask[api.ListResourceSnapshotJobsResponse](ctx, c, account, "ListResourceSnapshotJobs",
				&api.ListResourceSnapshotJobsRequest{Catalog: catalog, NextToken: token})
			if err != nil {
				return 0, nil, err
			}
			return len(page.ResourceSnapshotJobSummaries), page.NextToken, nil
		})
		if found != *known[account] {
			v.doubledf("account %s has %+v, known are %+v", account, found, *known[account])
		}
	}
}

// count adds up the pages of a list.
func count(t *testing.T, n *int, page func(ctx context.Context, token *string) (int, *string, error)) {
	t.Helper()
	var token *string
	for {
		found, next, err := page(t.Context(), token)
		if err != nil {
			t.Fatal(err)
		}
		*n += found
		if token = next; token == nil {
			return
		}
	}
}

// verifyDatabase sees that the file of an embedded store which nobody uses is
// whole, and that no work was left in it.
func verifyDatabase(t *testing.T, v *verdict, dir string) {
	t.Helper()
	if err := sqlite.Backup(t.Context(), dir, filepath.Join(t.TempDir(), "backup.db")); err != nil {
		v.lostf("the database is damaged: %v", err)
	}
	s, err := sqlite.Open(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	verifyIdle(t, v, s)
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

// verifyIdle sees that no work was left behind.
func verifyIdle(t *testing.T, v *verdict, s store.Store) {
	t.Helper()
	if t.Failed() {
		return // the clock was not moved, and what is due later is left
	}
	var left []store.Work
	if !eventually(t, "all work is done", func() bool {
		err := s.View(t.Context(), func(tx *store.Tx) (err error) {
			left, err = tx.AllWork(100)
			return err
		})
		return err == nil && len(left) == 0
	}) {
		for _, w := range left {
			v.lostf("work is left: %s %s, attempt %d, failures %d, %s", w.Kind, w.Subject, w.Attempt, w.Failures, w.LastError)
		}
	}
}

// hasten ends the leases of the work that replicas which died had begun, unless
// there is time to wait until they run out.
func hasten(t *testing.T, s store.Store) {
	t.Helper()
	if *full {
		return
	}
	if err := s.Update(t.Context(), (*store.Tx).ReleaseWork); err != nil {
		t.Error(err)
	}
}

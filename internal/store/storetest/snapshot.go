package storetest

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cosell/internal/store"
)

func snapshotKey(engagement, resource, template string) store.SnapshotKey {
	return store.SnapshotKey{Catalog: "AWS", EngagementID: engagement, ResourceID: resource, Template: template}
}

func testSnapshots(t *testing.T, s store.Store) {
	key := snapshotKey("eng-1", "O1", "Summary")
	head := func(revision int64, hash string) store.SnapshotHead {
		return store.SnapshotHead{SnapshotKey: key, CreatedBy: "1", Revision: revision, ContentHash: hash}
	}
	view(t, s, func(tx *store.Tx) error {
		_, err := tx.SnapshotHead(key)
		return isNot(err, store.ErrNotFound)
	})
	for revision := range int64(2) {
		revision++
		update(t, s, func(tx *store.Tx) error {
			return tx.InsertSnapshot(head(revision, fmt.Sprint("hash ", revision)), fmt.Append(nil, "revision ", revision))
		})
		view(t, s, func(tx *store.Tx) error {
			got, err := tx.SnapshotHead(key)
			if diff := cmp.Diff(head(revision, fmt.Sprint("hash ", revision)), got); diff != "" {
				t.Error(diff)
			}
			return err
		})
	}
	err := s.Update(t.Context(), func(tx *store.Tx) error {
		if err := tx.InsertSnapshot(head(1, "again"), []byte("again")); !errors.Is(err, store.ErrStale) {
			t.Errorf("a revision that is there: %v, want ErrStale", err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	view(t, s, func(tx *store.Tx) error {
		for revision := range int64(2) {
			revision++
			got, err := tx.Snapshot(key, revision)
			if want := fmt.Sprint("revision ", revision); string(got) != want || err != nil {
				t.Errorf("got %s, %v, want %s", got, err, want)
			}
		}
		latest, err := tx.Snapshot(key, store.LatestRevision)
		if string(latest) != "revision 2" || err != nil {
			t.Errorf("the latest is %s, %v", latest, err)
		}
		if _, err := tx.Snapshot(snapshotKey("eng-1", "O2", "Summary"), store.LatestRevision); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("the latest of none: %v", err)
		}
		_, err = tx.Snapshot(key, 3)
		return isNot(err, store.ErrNotFound)
	})
}

// Many clients add revisions at once: they count from 1 without a gap.
func testSnapshotRevisions(t *testing.T, s store.Store) {
	const clients, each = 8, 10
	key := snapshotKey("eng-1", "O1", "Summary")
	var wg sync.WaitGroup
	for range clients {
		wg.Go(func() {
			for range each {
				err := s.Update(context.Background(), func(tx *store.Tx) error {
					head, err := tx.SnapshotHead(key)
					if err != nil && !errors.Is(err, store.ErrNotFound) {
						return err
					}
					head.SnapshotKey = key
					head.Revision++
					return tx.InsertSnapshot(head, fmt.Append(nil, head.Revision))
				})
				if err != nil {
					t.Errorf("Update: %v", err)
				}
			}
		})
	}
	wg.Wait()
	view(t, s, func(tx *store.Tx) error {
		for revision := int64(1); revision <= clients*each; revision++ {
			if got, err := tx.Snapshot(key, revision); err != nil || string(got) != fmt.Sprint(revision) {
				t.Errorf("revision %d: %s, %v", revision, got, err)
			}
		}
		_, err := tx.Snapshot(key, clients*each+1)
		return isNot(err, store.ErrNotFound)
	})
}

// Random filters and page sizes find what a scan of everything finds; of a
// private template an account finds its own alone.
func testSnapshotHeads(t *testing.T, s store.Store) {
	r := rand.New(rand.NewPCG(13, 14))
	one := func(values ...string) string { return values[r.IntN(len(values))] }
	all := map[string]store.SnapshotHead{}
	update(t, s, func(tx *store.Tx) error {
		for i := range 60 {
			head := store.SnapshotHead{
				SnapshotKey: snapshotKey(one("eng-1", "eng-1", "eng-2"), fmt.Sprintf("O%02d", i/2), []string{"Private", "Summary"}[i%2]),
				CreatedBy:   one("1", "2"),
			}
			if r.IntN(8) == 0 {
				head.Catalog = "Sandbox"
			}
			for head.Revision < int64(1+r.IntN(3)) {
				head.Revision++
				if err := tx.InsertSnapshot(head, []byte("{}")); err != nil {
					return err
				}
			}
			if head.EngagementID == "eng-1" && head.Catalog == "AWS" {
				all[head.ResourceID+" "+head.Template] = head
			}
		}
		return nil
	})
	for range 60 {
		q := store.SnapshotQuery{
			EngagementKey: engagementKey("eng-1"), ResourceID: one("", "", "O03", "O04", "O99"),
			Template: one("", "", "Private", "Summary"), CreatedBy: one("", "1", "2"), Limit: 1 + r.IntN(20),
		}
		if r.IntN(2) == 0 {
			q.Audience = store.Audience{Account: "1", PrivateTemplate: "Private"}
		}
		want := []string{}
		for id, h := range all {
			if (q.ResourceID == "" || q.ResourceID == h.ResourceID) && (q.Template == "" || q.Template == h.Template) &&
				(q.CreatedBy == "" || q.CreatedBy == h.CreatedBy) &&
				(q.Audience == store.Audience{} || h.Template != "Private" || h.CreatedBy == "1") {
				want = append(want, id)
			}
		}
		slices.Sort(want)
		var last store.SnapshotKey
		got := walkPages(t, s, q.Limit, func(tx *store.Tx, after *store.Position) ([]store.SnapshotHead, error) {
			if after != nil {
				q.After = &last
			}
			return tx.SnapshotHeads(&q)
		}, func(h store.SnapshotHead) store.Position {
			last = h.SnapshotKey
			id := h.ResourceID + " " + h.Template
			if diff := cmp.Diff(all[id], h); diff != "" {
				t.Errorf("%s is not the latest revision (-want +got):\n%s", id, diff)
			}
			return store.Position{ID: id}
		})
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("query %+v (-want +got):\n%s", q, diff)
		}
	}
}

// An account sees the associations of its engagements, each once, where it may
// read one snapshot at least.
func testAssociations(t *testing.T, s store.Store) {
	r := rand.New(rand.NewPCG(9, 10))
	type record struct {
		store.Association
		private bool // there is no other template
	}
	var all []record
	update(t, s, func(tx *store.Tx) error {
		for i := range 30 {
			engagement := fmt.Sprintf("eng-%02d", i)
			account := "1"
			if i%3 == 0 {
				account = "2"
			}
			if err := insertEngagement(tx, engagementKey(engagement), store.EngagementMember{Account: account}); err != nil {
				return err
			}
			for resource := range r.IntN(4) {
				a := store.Association{EngagementID: engagement, ResourceID: fmt.Sprint("O", resource), CreatedBy: fmt.Sprint(1 + r.IntN(2))}
				templates := [][]string{{"Private"}, {"Summary"}, {"Private", "Summary"}}[r.IntN(3)]
				for _, template := range templates {
					key := snapshotKey(a.EngagementID, a.ResourceID, template)
					if err := tx.InsertSnapshot(store.SnapshotHead{SnapshotKey: key, CreatedBy: a.CreatedBy, Revision: 1}, []byte("{}")); err != nil {
						return err
					}
				}
				if account == "1" {
					all = append(all, record{a, templates[len(templates)-1] == "Private"})
				}
			}
		}
		return nil
	})
	one := func(values ...string) string { return values[r.IntN(len(values))] }
	for range 60 {
		q := store.AssociationQuery{
			Account: "1", Catalog: "AWS", EngagementID: one("", "", "eng-01", "eng-03", "eng-07"),
			ResourceID: one("", "", "O0", "O2", "O9"), CreatedBy: one("", "1", "2"), Limit: 1 + r.IntN(10),
		}
		if r.IntN(2) == 0 {
			q.Audience = store.Audience{Account: "1", PrivateTemplate: "Private"}
		}
		var want []store.Association
		for _, a := range all {
			if (q.EngagementID == "" || q.EngagementID == a.EngagementID) && (q.ResourceID == "" || q.ResourceID == a.ResourceID) &&
				(q.CreatedBy == "" || q.CreatedBy == a.CreatedBy) &&
				(q.Audience == store.Audience{} || !a.private || a.CreatedBy == "1") {
				want = append(want, a.Association)
			}
		}
		var got []store.Association
		for more := true; more; {
			view(t, s, func(tx *store.Tx) error {
				page, err := tx.Associations(&q)
				got = append(got, page...)
				if more = len(page) == q.Limit; more {
					q.After = &page[len(page)-1]
				}
				return err
			})
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("query %+v (-want +got):\n%s", q, diff)
		}
	}
}

func stoppedJob(id, engagement, resource string) *store.SnapshotJob {
	return &store.SnapshotJob{
		Account: "1", Catalog: "AWS", ID: id, EngagementID: engagement, ResourceID: resource, Template: "Summary",
		Status: "Stopped", CreatedAt: 10, Document: []byte(id),
	}
}

func testSnapshotJob(t *testing.T, s store.Store) {
	job := stoppedJob("job-1", "eng-1", "O1")
	update(t, s, func(tx *store.Tx) error {
		if err := tx.InsertSnapshotJob(job); err != nil {
			return err
		}
		return errors.Join(
			isNot(tx.InsertSnapshotJob(stoppedJob("job-1", "eng-2", "O2")), store.ErrExists), // its identifier
			isNot(tx.InsertSnapshotJob(stoppedJob("job-2", "eng-1", "O1")), store.ErrExists), // its engagement, resource and template
		)
	})
	update(t, s, func(tx *store.Tx) error {
		job.Status, job.Document = "Running", []byte("started")
		return tx.UpdateSnapshotJob(job, "Stopped")
	})
	view(t, s, func(tx *store.Tx) error {
		got, err := tx.SnapshotJob("1", "AWS", "job-1")
		if diff := cmp.Diff(job, got); diff != "" {
			t.Error(diff)
		}
		_, foreign := tx.SnapshotJob("2", "AWS", "job-1")
		_, elsewhere := tx.SnapshotJob("1", "Sandbox", "job-1")
		return errors.Join(err, isNot(foreign, store.ErrNotFound), isNot(elsewhere, store.ErrNotFound))
	})
	err := s.Update(t.Context(), func(tx *store.Tx) error {
		if err := tx.UpdateSnapshotJob(job, "Stopped"); !errors.Is(err, store.ErrStale) {
			t.Errorf("update over another status: %v, want ErrStale", err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	update(t, s, func(tx *store.Tx) error {
		if err := tx.DeleteSnapshotJob("1", "AWS", "job-1"); err != nil {
			return err
		}
		// Its place is free again.
		return tx.InsertSnapshotJob(stoppedJob("job-2", "eng-1", "O1"))
	})
	view(t, s, func(tx *store.Tx) error {
		_, err := tx.SnapshotJob("1", "AWS", "job-1")
		return isNot(err, store.ErrNotFound)
	})
}

func testResourceSnapshotJobs(t *testing.T, s store.Store) {
	foreign, sandbox := stoppedJob("job-5", "eng-1", "O1"), stoppedJob("job-6", "eng-1", "O1")
	foreign.Account, sandbox.Catalog = "2", "Sandbox"
	update(t, s, func(tx *store.Tx) error {
		for _, job := range []*store.SnapshotJob{
			stoppedJob("job-1", "eng-2", "O1"), stoppedJob("job-2", "eng-1", "O1"), stoppedJob("job-3", "eng-1", "O2"), foreign, sandbox,
		} {
			if err := tx.InsertSnapshotJob(job); err != nil {
				return err
			}
		}
		return nil
	})
	view(t, s, func(tx *store.Tx) error {
		jobs, err := tx.ResourceSnapshotJobs("1", "AWS", "O1")
		var ids []string
		for _, j := range jobs {
			ids = append(ids, j.ID)
		}
		if diff := cmp.Diff([]string{"job-2", "job-1"}, ids); diff != "" {
			t.Error(diff)
		}
		return err
	})
}

func testSnapshotJobs(t *testing.T, s store.Store) {
	r := rand.New(rand.NewPCG(11, 12))
	all := map[string]*store.SnapshotJob{}
	update(t, s, func(tx *store.Tx) error {
		for i := range 120 {
			job := stoppedJob(fmt.Sprintf("job-%03d", i), fmt.Sprint("eng-", r.IntN(3)), fmt.Sprint("O", i))
			job.CreatedAt = int64(r.IntN(20))
			if r.IntN(2) == 0 {
				job.Status = "Running"
			}
			if r.IntN(8) == 0 {
				job.Account = "2"
			}
			if err := tx.InsertSnapshotJob(job); err != nil {
				return err
			}
			all[job.ID] = job
		}
		return nil
	})
	one := func(values ...string) string { return values[r.IntN(len(values))] }
	for range 40 {
		q := store.SnapshotJobQuery{
			Account: "1", Catalog: "AWS", EngagementID: one("", "eng-0", "eng-2"), Status: one("", "Running", "Stopped"),
			Descending: r.IntN(2) == 0, Limit: 1 + r.IntN(30),
		}
		want := []string{}
		for id, j := range all {
			if j.Account == "1" && (q.EngagementID == "" || j.EngagementID == q.EngagementID) && (q.Status == "" || j.Status == q.Status) {
				want = append(want, id)
			}
		}
		byTime(want, q.Descending, func(id string) int64 { return all[id].CreatedAt })
		got := walkPages(t, s, q.Limit, func(tx *store.Tx, after *store.Position) ([]store.SnapshotJob, error) {
			q.After = after
			return tx.SnapshotJobs(&q)
		}, func(j store.SnapshotJob) store.Position { return store.Position{Value: j.CreatedAt, ID: j.ID} })
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("query %+v (-want +got):\n%s", q, diff)
		}
	}
}

func testSettings(t *testing.T, s store.Store) {
	view(t, s, func(tx *store.Tx) error {
		_, err := tx.Settings("1", "AWS")
		return isNot(err, store.ErrNotFound)
	})
	for put := range strings.FieldsSeq("1:AWS:old 1:AWS:new 1:Sandbox:sandbox 2:AWS:foreign") {
		parts := strings.Split(put, ":")
		update(t, s, func(tx *store.Tx) error { return tx.PutSettings(parts[0], parts[1], []byte(parts[2])) })
	}
	view(t, s, func(tx *store.Tx) error {
		a, err := tx.Settings("1", "AWS")
		b, err2 := tx.Settings("1", "Sandbox")
		if got := slices.Concat(a, b); string(got) != "newsandbox" {
			t.Errorf("got %s", got)
		}
		return errors.Join(err, err2)
	})
}

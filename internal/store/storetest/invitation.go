package storetest

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cosell/internal/store"
)

func pendingInvitation(id string) *store.Invitation {
	return &store.Invitation{
		Catalog: "AWS", ID: id, EngagementID: "eng-1", Sender: "1", Receiver: "2", Status: "PENDING",
		PayloadType: "OpportunityInvitation", InvitedAt: 10, ExpiresAt: 20, Document: []byte(id),
	}
}

func testInvitation(t *testing.T, s store.Store) {
	first := pendingInvitation("engi-1")
	update(t, s, func(tx *store.Tx) error {
		if err := tx.InsertInvitation(first); err != nil {
			return err
		}
		other := *first
		other.Receiver = "3"
		return isNot(tx.InsertInvitation(&other), store.ErrExists)
	})
	view(t, s, func(tx *store.Tx) error {
		got, err := tx.Invitation("AWS", "engi-1")
		if diff := cmp.Diff(first, got); diff != "" {
			t.Error(diff)
		}
		_, elsewhere := tx.Invitation("Sandbox", "engi-1")
		_, unknown := tx.Invitation("AWS", "engi-2")
		return errors.Join(err, isNot(elsewhere, store.ErrNotFound), isNot(unknown, store.ErrNotFound))
	})
}

// One receiver has one pending invitation to an engagement; another is possible
// once that is answered.
func testInvitationPending(t *testing.T, s store.Store) {
	first, second := pendingInvitation("engi-1"), pendingInvitation("engi-2")
	update(t, s, func(tx *store.Tx) error {
		if err := tx.InsertInvitation(first); err != nil {
			return err
		}
		return isNot(tx.InsertInvitation(second), store.ErrExists)
	})
	for name, change := range map[string]func(*store.Invitation){
		"receiver":   func(i *store.Invitation) { i.Receiver = "3" },
		"engagement": func(i *store.Invitation) { i.EngagementID = "eng-2" },
		"catalog":    func(i *store.Invitation) { i.Catalog = "Sandbox" },
	} {
		other := pendingInvitation("engi-" + name)
		change(other)
		update(t, s, func(tx *store.Tx) error { return tx.InsertInvitation(other) })
	}
	update(t, s, func(tx *store.Tx) error {
		first.Status, first.Document = "REJECTED", []byte("no")
		if err := tx.AnswerInvitation(first); err != nil {
			return err
		}
		return tx.InsertInvitation(second)
	})
	view(t, s, func(tx *store.Tx) error {
		got, err := tx.Invitation("AWS", "engi-1")
		if diff := cmp.Diff(first, got); diff != "" {
			t.Error(diff)
		}
		return err
	})
	err := s.Update(t.Context(), func(tx *store.Tx) error {
		first.Status = "ACCEPTED"
		if err := tx.AnswerInvitation(first); !errors.Is(err, store.ErrStale) {
			t.Errorf("second answer: %v, want ErrStale", err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// Of many answers at once, one counts.
func testInvitationRace(t *testing.T, s store.Store) {
	update(t, s, func(tx *store.Tx) error { return tx.InsertInvitation(pendingInvitation("engi-1")) })
	var accepted atomic.Int32
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			won := false
			err := s.Update(context.Background(), func(tx *store.Tx) error {
				i, err := tx.Invitation("AWS", "engi-1")
				if err != nil {
					return err
				}
				if won = i.Status == "PENDING"; !won {
					return nil
				}
				i.Status = "ACCEPTED"
				return tx.AnswerInvitation(i)
			})
			if err != nil {
				t.Errorf("Update: %v", err)
			}
			if won {
				accepted.Add(1)
			}
		})
	}
	wg.Wait()
	if n := accepted.Load(); n != 1 {
		t.Errorf("%d answers counted, want 1", n)
	}
}

func testEngagementInvitations(t *testing.T, s store.Store) {
	update(t, s, func(tx *store.Tx) error {
		for i, at := range []int64{30, 10, 20, 10} {
			one := pendingInvitation(fmt.Sprintf("engi-%d", i))
			one.InvitedAt, one.Receiver = at, fmt.Sprint(i)
			if err := tx.InsertInvitation(one); err != nil {
				return err
			}
		}
		other := pendingInvitation("engi-other")
		other.EngagementID = "eng-2"
		return tx.InsertInvitation(other)
	})
	view(t, s, func(tx *store.Tx) error {
		found, err := tx.EngagementInvitations(engagementKey("eng-1"))
		var ids []string
		for _, i := range found {
			ids = append(ids, i.ID)
		}
		if diff := cmp.Diff([]string{"engi-1", "engi-3", "engi-2", "engi-0"}, ids); diff != "" {
			t.Errorf("not oldest first (-want +got):\n%s", diff)
		}
		return err
	})
}

// Random filters and page sizes find what a scan of everything finds; what is
// pending past its time counts as expired.
func testInvitations(t *testing.T, s store.Store) {
	r := rand.New(rand.NewPCG(7, 8))
	accounts := []string{"1", "2", "aws"}
	states := []string{"PENDING", "ACCEPTED", "REJECTED", "EXPIRED"}
	kinds := []string{"LeadInvitation", "OpportunityInvitation"}
	all := map[string]*store.Invitation{}
	update(t, s, func(tx *store.Tx) error {
		for n := range 250 {
			i := pendingInvitation(fmt.Sprintf("engi-%03d", n))
			// One engagement each, so that two pending ones never meet.
			i.EngagementID = fmt.Sprintf("eng-%03d", n)
			i.Sender, i.Receiver = accounts[r.IntN(3)], accounts[r.IntN(3)]
			i.Status, i.PayloadType = states[r.IntN(4)], kinds[r.IntN(2)]
			i.InvitedAt, i.ExpiresAt = int64(r.IntN(30)), int64(r.IntN(3)*10)
			if r.IntN(10) == 0 {
				i.Catalog = "Sandbox"
			}
			if err := tx.InsertInvitation(i); err != nil {
				return err
			}
			all[i.ID] = i
		}
		return nil
	})
	for range 120 {
		q := store.InvitationQuery{
			Account: "1", Catalog: "AWS", Sent: r.IntN(2) == 0, Now: int64(8 + r.IntN(5)),
			Statuses: some(r, states), PayloadTypes: some(r, kinds), Senders: some(r, accounts),
			Descending: r.IntN(2) == 0, Limit: 1 + r.IntN(40),
		}
		if r.IntN(4) == 0 {
			q.EngagementIDs = some(r, []string{"eng-003", "eng-004", "eng-005", "eng-200"})
		}
		want := []string{}
		for id, i := range all {
			participant, status := i.Receiver, i.Status
			if q.Sent {
				participant = i.Sender
			}
			if status == "PENDING" && i.ExpiresAt != 0 && i.ExpiresAt <= q.Now {
				status = "EXPIRED"
			}
			if i.Catalog == q.Catalog && participant == q.Account && passes(q.Statuses, status) &&
				passes(q.PayloadTypes, i.PayloadType) && passes(q.EngagementIDs, i.EngagementID) && passes(q.Senders, i.Sender) {
				want = append(want, id)
			}
		}
		byTime(want, q.Descending, func(id string) int64 { return all[id].InvitedAt })
		got := walkPages(t, s, q.Limit, func(tx *store.Tx, after *store.Position) ([]store.Invitation, error) {
			q.After = after
			return tx.Invitations(&q)
		}, func(i store.Invitation) store.Position { return store.Position{Value: i.InvitedAt, ID: i.ID} })
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("query %+v (-want +got):\n%s", q, diff)
		}
	}
}

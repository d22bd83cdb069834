package storetest

import (
	"errors"
	"fmt"
	"math"
	"testing"

	"cosell/internal/store"
)

// testEventsOfAll follows all accounts: no event is missed, wherever it is committed
// late, and no two have one place.
func testEventsOfAll(t *testing.T, s store.Store) {
	note := func(account string, sequences ...int64) {
		update(t, s, func(tx *store.Tx) error {
			for _, n := range sequences {
				if err := tx.InsertEvent(store.Event{Account: account, Sequence: n, Envelope: fmt.Append(nil, account, n)}); err != nil {
					return err
				}
			}
			return nil
		})
	}
	note("1", 10, 30)
	note("2", 10, 20)
	first := Follow(t, s, store.AllAccounts, 0, 10)
	if got := envelopes(first); got != "110 210 220 130" {
		t.Errorf("all accounts saw %s", got)
	}
	note("3", 5) // committed late, by another account
	Follow(t, s, "3", 0, 10)
	note("2", 15)
	second := Follow(t, s, store.AllAccounts, first[len(first)-1].Sequence, 1)
	if got := envelopes(second); got != "35 215" {
		t.Errorf("all accounts then saw %s", got)
	}
}

func testEventFollowers(t *testing.T, s store.Store) {
	tell(t, s, 10, 20)
	start := func(account string) {
		update(t, s, func(tx *store.Tx) error { return tx.StartEventFollower("f", account) })
	}
	start("1")
	start("2")
	accounts := func() (found []string) {
		view(t, s, func(tx *store.Tx) (err error) {
			found, err = tx.FollowersWithEvents("f", "", 10)
			return err
		})
		return found
	}
	if got := accounts(); len(got) != 0 {
		t.Errorf("a new follower is behind in %v", got)
	}
	tell(t, s, 30, 40)
	start("1") // it is there
	if got := fmt.Sprint(accounts()); got != "[1]" {
		t.Errorf("accounts with events: %s", got)
	}
	view(t, s, func(tx *store.Tx) error {
		if n, ok, err := tx.NeededEvents(); n != 30 || !ok || err != nil {
			t.Errorf("needs %d, %v, %v", n, ok, err)
		}
		if at, err := tx.EventFollower("f", "1"); at != 20 || err != nil {
			t.Errorf("the follower is at %d, %v", at, err)
		}
		return nil
	})
	Follow(t, s, "1", 0, 10)
	update(t, s, func(tx *store.Tx) error {
		if err := tx.AdvanceEventFollower("f", "1", 10, 40); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("a follower that has moved: %v", err)
		}
		return tx.AdvanceEventFollower("f", "1", 20, 40)
	})
	view(t, s, func(tx *store.Tx) error {
		if n, ok, err := tx.NeededEvents(); ok || err != nil {
			t.Errorf("needs %d, %v", n, err)
		}
		return nil
	})
	update(t, s, func(tx *store.Tx) error { return tx.StopEventFollower("f", "1") })
	tell(t, s, 50)
	if got := accounts(); len(got) != 0 {
		t.Errorf("a follower that has stopped is behind in %v", got)
	}
}

func testEventDeliveries(t *testing.T, s store.Store) {
	insert := func(again bool, all ...store.EventDelivery) {
		for i := range all {
			all[i].Account, all[i].Target, all[i].Envelope, all[i].Log = "1", "t", []byte("{}"), []byte("[]")
		}
		update(t, s, func(tx *store.Tx) error { return tx.InsertEventDeliveries(all, again) })
	}
	due := func(now int64) (sequences []int64) {
		view(t, s, func(tx *store.Tx) error {
			found, err := tx.DueEventDeliveries("1", "t", now, 10)
			sequences = nil
			for _, d := range found {
				sequences = append(sequences, d.Sequence)
			}
			return err
		})
		return sequences
	}
	finish := func(d store.EventDelivery) {
		d.Account, d.Target = "1", "t"
		update(t, s, func(tx *store.Tx) error { return tx.UpdateEventDelivery(&d) })
	}
	var many []store.EventDelivery
	for i := range int64(60) {
		many = append(many, store.EventDelivery{Sequence: 100 + i, Resource: "far", DueAt: 1000})
	}
	insert(false, append(many, store.EventDelivery{Sequence: 1, Resource: "a"}, store.EventDelivery{Sequence: 2, Resource: "a"}, store.EventDelivery{Sequence: 3, Resource: "b"})...)
	insert(false, store.EventDelivery{Sequence: 1, Resource: "x"})
	if got := fmt.Sprint(due(5)); got != "[1 2 3]" {
		t.Errorf("due: %s", got)
	}
	finish(store.EventDelivery{Sequence: 1, Status: store.DeliveryPending, DueAt: 50, Attempts: 1})
	if got := fmt.Sprint(due(5)); got != "[3]" {
		t.Errorf("due behind a failure: %s", got)
	}
	if got := fmt.Sprint(due(50)); got != "[1 2 3]" {
		t.Errorf("due again: %s", got)
	}
	finish(store.EventDelivery{Sequence: 1, Status: store.DeliveryDelivered})
	finish(store.EventDelivery{Sequence: 2, Status: store.DeliveryDead, Envelope: []byte("{}")})
	finish(store.EventDelivery{Sequence: 1, Status: store.DeliveryDead}) // it has ended
	view(t, s, func(tx *store.Tx) error {
		if at, ok, err := tx.NextEventDelivery("1", "t", 5); at != 1000 || !ok || err != nil {
			t.Errorf("next behind those that are due: at %d, %v, %v", at, ok, err)
		}
		if at, ok, err := tx.NextEventDelivery("1", "t", 1000); ok || err != nil {
			t.Errorf("next behind all: at %d, %v, %v", at, ok, err)
		}
		dead, err := tx.EventDeliveries(store.EventDeliveryFilter{Account: "1", Status: store.DeliveryDead, Limit: 10})
		if len(dead) != 1 || dead[0].Sequence != 2 {
			t.Errorf("dead: %+v", dead)
		}
		return err
	})
	insert(true, store.EventDelivery{Sequence: 1, Resource: "a"})
	update(t, s, func(tx *store.Tx) error {
		n, err := tx.RedriveEventDeliveries("1", "t", 0, 7)
		if n != 1 {
			t.Errorf("redrove %d", n)
		}
		return err
	})
	if got := fmt.Sprint(due(7)); got != "[1 2 3]" {
		t.Errorf("due after a replay and a redrive: %s", got)
	}
	view(t, s, func(tx *store.Tx) error {
		backlogs, err := tx.EventBacklogs(10)
		if len(backlogs) != 1 || backlogs[0].Count != 63 {
			t.Errorf("backlog %+v", backlogs)
		}
		return err
	})
	finish(store.EventDelivery{Sequence: 2, Status: store.DeliveryPending, DueAt: 5000, Attempts: 1})
	if got := fmt.Sprint(due(20)); got != "[1 3]" {
		t.Errorf("due before it is hastened: %s", got)
	}
	update(t, s, func(tx *store.Tx) error { return tx.HastenEventDeliveries("1", "t", 20) })
	if got := fmt.Sprint(due(20)); got != "[1 2 3]" {
		t.Errorf("due after what waited for another attempt was hastened: %s", got)
	}
	update(t, s, func(tx *store.Tx) error { return tx.DropEventDeliveries("1", "t") })
	if got := due(5000); len(got) != 0 {
		t.Errorf("due after all were dropped: %v", got)
	}
}

func testEventLanes(t *testing.T, s store.Store) {
	// A time as servers have it: PostgreSQL must not take a parameter for a smaller number.
	const at, never = int64(1_795_865_321_515), int64(math.MaxInt64 / 2)
	wake := func(unblock bool) {
		update(t, s, func(tx *store.Tx) error { return tx.WakeEventLane("1", "t", unblock) })
	}
	claim := func(now int64) (lanes []store.EventLane) {
		update(t, s, func(tx *store.Tx) (err error) {
			some, err := tx.HasEventLane(now)
			if err != nil {
				return err
			}
			if lanes, err = tx.ClaimEventLanes(now, now+10, 5); some != (len(lanes) > 0) {
				t.Errorf("has a lane: %v, claimed %d", some, len(lanes))
			}
			return err
		})
		return lanes
	}
	wake(false)
	first := claim(at + 1)
	if len(first) != 1 || len(claim(at+5)) != 0 {
		t.Fatalf("claimed %+v", first)
	}
	second := claim(at + 20) // the lease has ended
	if len(second) != 1 {
		t.Fatal("a lease does not end")
	}
	update(t, s, func(tx *store.Tx) error {
		for what, err := range map[string]error{"renew": tx.RenewEventLane(&first[0], at+99), "release": tx.ReleaseEventLane(&first[0], never, 0)} {
			if !errors.Is(err, store.ErrNotFound) {
				t.Errorf("%s a lost lane: %v", what, err)
			}
		}
		if _, err := tx.EventLaneVersion(&first[0]); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("version of a lost lane: %v", err)
		}
		return tx.RenewEventLane(&second[0], at+40)
	})
	wake(false) // a delivery arrives meanwhile
	if len(claim(at+30)) != 0 {
		t.Error("a renewed lease was taken")
	}
	update(t, s, func(tx *store.Tx) error { return tx.ReleaseEventLane(&second[0], never, at+50) })
	if len(claim(at+49)) != 0 {
		t.Error("a paused lane was claimed")
	}
	third := claim(at + 50) // due at once, since it has a new delivery
	if len(third) != 1 {
		t.Fatal("a new delivery was overlooked")
	}
	update(t, s, func(tx *store.Tx) error { return tx.ReleaseEventLane(&third[0], at+1000, at+2000) })
	wake(true)
	if len(claim(at+51)) != 1 {
		t.Error("a pause was not ended")
	}
	update(t, s, (*store.Tx).ReleaseEventLanes)
	if len(claim(at+52)) != 1 {
		t.Error("leases were not ended")
	}
}

func testWebhooks(t *testing.T, s store.Store) {
	update(t, s, func(tx *store.Tx) error {
		for _, id := range []string{"b", "a"} {
			if err := tx.PutWebhook(&store.Webhook{Account: "1", ID: id, Document: []byte(`{"a":1}`)}); err != nil {
				return err
			}
		}
		return tx.PutWebhook(&store.Webhook{Account: "1", ID: "a", Document: []byte(`{"a":2}`)})
	})
	update(t, s, func(tx *store.Tx) error {
		all, err := tx.Webhooks("1", 10)
		if err != nil || len(all) != 2 || all[0].ID != "a" {
			t.Errorf("webhooks %+v, %v", all, err)
		}
		one, err := tx.Webhook("1", "a")
		if err != nil || string(one.Document) != `{"a":2}` {
			t.Errorf("webhook %+v, %v", one, err)
		}
		if err := tx.DeleteWebhook("1", "a"); err != nil {
			return err
		}
		return isNot(tx.DeleteWebhook("1", "a"), store.ErrNotFound)
	})
}

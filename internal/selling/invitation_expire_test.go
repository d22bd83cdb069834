package selling_test

import (
	"slices"
	"testing"
	"time"

	"cosell/internal/api"
	"cosell/internal/store"
)

func TestInvitationExpiry(t *testing.T) {
	expired := []string{"Engagement Invitation Expired"}

	t.Run("SeenAtItsTimeToldByTheWork", func(t *testing.T) {
		h := newHarness(t)
		id := h.invite(t, alice, h.sandboxEngagement(t, alice), bob)
		h.heard(t, alice)
		h.heard(t, bob)
		h.clock.Advance(lifetime - time.Millisecond)
		if done := h.work(t); done != 0 {
			t.Errorf("%d works were due before the time", done)
		}
		if got := *h.invitation(t, bob, id).Status; got != api.InvitationStatusPending {
			t.Errorf("is %s before its time", got)
		}
		h.clock.Advance(time.Millisecond)
		for range 2 { // before and after the work
			if i := h.invitation(t, alice, id); *i.Status != api.InvitationStatusExpired || i.Payload == nil || i.ExpirationDate == nil {
				t.Errorf("the sender reads %s, payload %v, expiring %v", *i.Status, i.Payload, i.ExpirationDate)
			}
			if i := h.invitation(t, bob, id); *i.Status != api.InvitationStatusExpired || i.Payload != nil || i.ExistingMembers != nil || i.InvitationMessage != nil {
				t.Errorf("the receiver reads %s, payload %v", *i.Status, i.Payload)
			}
			h.work(t)
		}
		for _, account := range []string{alice, bob} {
			if got := h.heard(t, account); !slices.Equal(got, expired) {
				t.Errorf("%s was told %q, want %q", account, got, expired)
			}
		}
	})

	t.Run("NotAfterAnAnswer", func(t *testing.T) {
		h := newHarness(t)
		e := h.sandboxEngagement(t, alice)
		accepted, rejected := h.invite(t, alice, e, bob), h.invite(t, alice, e, carol)
		h.accept(t, bob, accepted)
		h.reject(t, carol, rejected)
		h.clock.Advance(2 * lifetime)
		if done := h.work(t); done != 2 {
			t.Errorf("did %d works, want 2", done)
		}
		if got := *h.invitation(t, bob, accepted).Status; got != api.InvitationStatusAccepted {
			t.Errorf("accepted, then %s", got)
		}
		if got := *h.invitation(t, carol, rejected).Status; got != api.InvitationStatusRejected {
			t.Errorf("rejected, then %s", got)
		}
		for _, account := range []string{alice, bob, carol} {
			if slices.Contains(h.events(t, account), expired[0]) {
				t.Errorf("%s was told of an expiry", account)
			}
		}
	})

	t.Run("ToldOnceWhenInvitedAgainBeforeTheWork", func(t *testing.T) {
		h := newHarness(t)
		e := h.sandboxEngagement(t, alice)
		first := h.invite(t, alice, e, bob)
		h.clock.Advance(lifetime)
		h.heard(t, bob)
		second := h.invite(t, alice, e, bob)
		h.work(t)
		if got, want := h.heard(t, bob), []string{"Engagement Invitation Expired", "Engagement Invitation Created"}; !slices.Equal(got, want) {
			t.Errorf("told %q, want %q", got, want)
		}
		if got := *h.invitation(t, bob, first).Status; got != api.InvitationStatusExpired {
			t.Errorf("the first is %s", got)
		}
		if got := *h.invitation(t, bob, second).Status; got != api.InvitationStatusPending {
			t.Errorf("the second is %s", got)
		}
	})

	t.Run("WaitsWhenTheClockTurnsBack", func(t *testing.T) {
		h := newHarness(t)
		id := h.invite(t, alice, h.sandboxEngagement(t, alice), bob)
		h.clock.Advance(lifetime)
		w := h.claim(t)
		h.clock.Advance(-time.Hour)
		h.finish(t, w)
		if got := *h.invitation(t, bob, id).Status; got != api.InvitationStatusPending {
			t.Errorf("is %s an hour before its time", got)
		}
		h.clock.Advance(time.Hour)
		h.heard(t, bob)
		h.work(t)
		if got := h.heard(t, bob); !slices.Equal(got, expired) {
			t.Errorf("told %q, want %q", got, expired)
		}
	})

	t.Run("OfWhatIsGoneIsNothing", func(t *testing.T) {
		h := newHarness(t)
		err := h.store.Update(t.Context(), func(tx *store.Tx) error {
			return tx.Enqueue("expire-invitation", "Sandbox/engi-0000000000000", 0, []byte(`{"catalog": "Sandbox", "id": "engi-0000000000000"}`))
		})
		if err != nil {
			t.Fatal(err)
		}
		if done := h.work(t); done != 1 {
			t.Errorf("did %d works, want 1", done)
		}
	})
}

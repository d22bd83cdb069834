package selling_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"cosell/internal/api"
	"cosell/internal/auth"
	"cosell/internal/selling"
)

func TestApproval(t *testing.T) {
	h := newHarness(t)
	deal := h.underReview(t, alice)
	before := h.snapshot(t, alice, deal.engagement, deal.id, summaryView)
	h.heard(t, alice)
	h.heard(t, auth.AWSAccount)

	r := h.decide(t, alice, deal.id, selling.DecisionApprove, "Well done", "Complete")
	h.work(t)

	t.Run("TheStatusAndTheReviewersWords", func(t *testing.T) {
		life := h.opportunity(t, alice, deal.id).LifeCycle
		if *life.ReviewStatus != api.ReviewStatusApproved || *life.ReviewComments != "Well done" || *life.ReviewStatusReason != "Complete" {
			t.Errorf("got %s", encoded(t, life))
		}
		if r.ReviewStatus != api.ReviewStatusApproved || *r.CompanyName != "Acme Corp" {
			t.Errorf("the desk reads %+v", r)
		}
	})
	t.Run("AWSAcceptsAndJoins", func(t *testing.T) {
		if got := *h.invitation(t, alice, deal.invitation).Status; got != api.InvitationStatusAccepted {
			t.Errorf("the invitation is %s", got)
		}
		if got := *h.engagement(t, alice, deal.engagement).MemberCount; got != 2 {
			t.Errorf("%d members", got)
		}
		do[api.GetEngagementResponse](t, h, auth.AWSAccount, "GetEngagement", named(deal.engagement))
	})
	t.Run("TheEventsInOrder", func(t *testing.T) {
		want := []string{"Engagement Invitation Accepted", "Engagement Member Added", "Opportunity Updated", "Engagement Resource Snapshot Created"}
		if diff := cmp.Diff(want, h.heard(t, alice)); diff != "" {
			t.Error(diff)
		}
		want = []string{"Engagement Invitation Accepted", "Engagement Member Added", "Engagement Resource Snapshot Created"}
		if diff := cmp.Diff(want, h.heard(t, auth.AWSAccount)); diff != "" {
			t.Errorf("told AWS: %s", diff)
		}
	})
	t.Run("TheSnapshotFollows", func(t *testing.T) {
		after := h.snapshot(t, alice, deal.engagement, deal.id, summaryView)
		if *after.Revision != *before.Revision+1 || *after.Payload.OpportunitySummary.Lifecycle.ReviewStatus != api.ReviewStatusApproved {
			t.Errorf("revision %d shows %s", *after.Revision, *after.Payload.OpportunitySummary.Lifecycle.ReviewStatus)
		}
	})
	t.Run("NothingAwaitsReview", func(t *testing.T) {
		if got := h.waiting(t); len(got) != 0 {
			t.Errorf("waiting: %q", got)
		}
	})
}

func TestRejection(t *testing.T) {
	h := newHarness(t)
	deal := h.underReview(t, alice)
	h.heard(t, alice)

	h.decide(t, alice, deal.id, selling.DecisionReject, "Known to us", "Duplicate\nof another")
	h.work(t)

	want := []string{"Engagement Invitation Rejected", "Opportunity Updated", "Engagement Resource Snapshot Created"}
	if diff := cmp.Diff(want, h.heard(t, alice)); diff != "" {
		t.Error(diff)
	}
	i := h.invitation(t, alice, deal.invitation)
	if *i.Status != api.InvitationStatusRejected || *i.RejectionReason != "Duplicate of another" {
		t.Errorf("the invitation is %s: %q", *i.Status, api.Value(i.RejectionReason))
	}
	if got := *h.engagement(t, alice, deal.engagement).MemberCount; got != 1 {
		t.Errorf("%d members", got)
	}
	if got := h.waiting(t); len(got) != 0 {
		t.Errorf("waiting: %q", got)
	}
}

func TestActionRequiredLoopsUntilAVerdict(t *testing.T) {
	h := newHarness(t)
	deal := h.underReview(t, alice)
	for i := range 2 {
		h.decide(t, alice, deal.id, selling.DecisionStart)
		if got := h.waiting(t); len(got) != 1 {
			t.Errorf("round %d: in review, waiting: %q", i, got)
		}
		h.decide(t, alice, deal.id, selling.DecisionAsk, "When?", "Close date unclear")
		if got := h.waiting(t); len(got) != 0 {
			t.Errorf("round %d: the partner's turn, waiting: %q", i, got)
		}
		if got := *h.invitation(t, alice, deal.invitation).Status; got != api.InvitationStatusPending {
			t.Errorf("round %d: the invitation is %s", i, got)
		}
		h.edit(t, alice, deal.id, fmt.Sprintf("2027-07-%02d", i+1))
		life := h.opportunity(t, alice, deal.id).LifeCycle
		if *life.ReviewStatus != api.ReviewStatusSubmitted || api.Value(life.ReviewComments) != "When?" {
			t.Errorf("round %d: after the edit %s", i, encoded(t, life))
		}
		if got := h.waiting(t); len(got) != 1 {
			t.Errorf("round %d: submitted again, waiting: %q", i, got)
		}
	}
	h.decide(t, alice, deal.id, selling.DecisionApprove)
	if life := h.opportunity(t, alice, deal.id).LifeCycle; life.ReviewComments != nil || life.ReviewStatusReason != nil {
		t.Errorf("the verdict's own words: %s", encoded(t, life))
	}
}

// AWS answers an invitation about an opportunity under review by its decision, never
// by itself.
func TestAWSCannotAnswerAnInvitationUnderReview(t *testing.T) {
	for _, decision := range []selling.ReviewDecision{"", selling.DecisionStart, selling.DecisionAsk} {
		t.Run("after "+string(decision), func(t *testing.T) {
			h := newHarness(t)
			deal := h.underReview(t, alice)
			if decision != "" {
				h.decide(t, alice, deal.id, decision)
			}
			for _, operation := range []string{"AcceptEngagementInvitation", "RejectEngagementInvitation"} {
				_, err := try[struct{}](t, h, auth.AWSAccount, operation, named(deal.invitation))
				fails(t, err, api.TypeConflict)
				if !strings.Contains(err.Error(), deal.id) {
					t.Errorf("%s: %v does not name the opportunity", operation, err)
				}
			}
			task := h.accepting(t, auth.AWSAccount, deal.invitation)
			if *task.TaskStatus != api.TaskStatusFailed {
				t.Errorf("a task that accepts is %s", *task.TaskStatus)
			}
			if got := *h.invitation(t, alice, deal.invitation).Status; got != api.InvitationStatusPending {
				t.Errorf("the invitation is %s", got)
			}
			if decision == selling.DecisionAsk {
				h.edit(t, alice, deal.id, "2027-07-01")
			}
			h.decide(t, alice, deal.id, selling.DecisionApprove)
			if got := *h.invitation(t, alice, deal.invitation).Status; got != api.InvitationStatusAccepted {
				t.Errorf("after the approval the invitation is %s", got)
			}
		})
	}
	t.Run("a draft is not under review", func(t *testing.T) {
		h := newHarness(t)
		engagement := h.sandboxEngagement(t, alice)
		h.accept(t, auth.AWSAccount, h.invite(t, alice, engagement, auth.AWSAccount))
	})
}

// The first to decide wins; the second is told how things stand.
func TestTwoReviewersAtOnce(t *testing.T) {
	h := newHarness(t)
	for range 10 {
		deal := h.underReview(t, alice)
		decisions := []selling.ReviewDecision{selling.DecisionApprove, selling.DecisionReject, selling.DecisionAsk, selling.DecisionApprove}
		errs := make([]error, len(decisions))
		var both sync.WaitGroup
		for i, decision := range decisions {
			both.Go(func() {
				_, errs[i] = h.Review(t.Context(), keyOf(alice, deal.id), decision, nil, nil)
			})
		}
		both.Wait()
		won := slices.Index(errs, nil)
		for i, err := range errs {
			if i != won {
				fails(t, err, api.TypeConflict)
			}
		}
		wanted := map[selling.ReviewDecision]api.InvitationStatus{
			selling.DecisionApprove: api.InvitationStatusAccepted, selling.DecisionReject: api.InvitationStatusRejected,
			selling.DecisionAsk: api.InvitationStatusPending,
		}
		if got, want := *h.invitation(t, alice, deal.invitation).Status, wanted[decisions[won]]; got != want {
			t.Errorf("%s won, and the invitation is %s", decisions[won], got)
		}
	}
}

func TestDecisionsAtTheDeskRefused(t *testing.T) {
	h := newHarness(t)
	draft := *h.createOpportunity(t, alice).Id
	for _, decision := range []selling.ReviewDecision{selling.DecisionStart, selling.DecisionApprove, selling.DecisionReject, selling.DecisionAsk} {
		t.Run("of a draft/"+string(decision), func(t *testing.T) {
			_, err := h.Review(t.Context(), keyOf(alice, draft), decision, nil, nil)
			fails(t, err, api.TypeConflict)
			if got, want := err.(*api.Error).Message, string(decision)+" does not apply: the review status is Pending Submission"; got != want {
				t.Errorf("told %q", got)
			}
		})
	}
	t.Run("of what is not there", func(t *testing.T) {
		_, err := h.Review(t.Context(), keyOf(bob, draft), selling.DecisionApprove, nil, nil)
		fails(t, err, api.TypeResourceNotFound)
	})
	t.Run("of what the owner decides nothing about", func(t *testing.T) {
		_, err := h.Review(t.Context(), keyOf(alice, draft), "Follow", nil, nil)
		fails(t, err, api.TypeConflict)
		_, err = h.Review(t.Context(), keyOf(alice, draft), "Edit", nil, nil)
		fails(t, err, api.TypeConflict)
	})
}

// In Sandbox the partner's own verdict does all that a reviewer's does.
func TestPlayedVerdictsHaveEverythingFollow(t *testing.T) {
	for _, c := range []struct {
		verdict    string
		invitation api.InvitationStatus
		members    int32
	}{{"Approved", "ACCEPTED", 2}, {"Rejected", "REJECTED", 1}, {"Action Required", "PENDING", 1}} {
		t.Run(c.verdict, func(t *testing.T) {
			h := newHarness(t)
			deal := h.underReview(t, alice)
			update(t, h, alice, h.opportunity(t, alice, deal.id), fmt.Sprintf(verdictBody, c.verdict))
			if got := *h.invitation(t, alice, deal.invitation).Status; got != c.invitation {
				t.Errorf("the invitation is %s", got)
			}
			if got := *h.engagement(t, alice, deal.engagement).MemberCount; got != c.members {
				t.Errorf("%d members", got)
			}
			if got := h.waiting(t); len(got) != 0 {
				t.Errorf("waiting: %q", got)
			}
		})
	}
}

// A lead of AWS's: it is in the engagement before anything is submitted.
func TestApprovalWhereAWSIsAMember(t *testing.T) {
	h := newHarness(t)
	id := h.refer(t, alice)
	h.accept(t, alice, *h.invited(t, alice, "Sandbox").Id)
	if got := h.status(t, alice, id); got != api.ReviewStatusApproved {
		t.Fatalf("the referral is %s", got)
	}
	_, err := h.Review(t.Context(), keyOf(alice, id), selling.DecisionApprove, nil, nil)
	fails(t, err, api.TypeConflict)
}

// What was submitted without an engagement is approved without one.
func TestApprovalWithoutAnEngagement(t *testing.T) {
	h := newHarness(t)
	id := *h.createOpportunity(t, alice).Id
	h.submit(t, alice, id, "Co-Sell")
	h.heard(t, alice)
	h.decide(t, alice, id, selling.DecisionApprove)
	if diff := cmp.Diff([]string{"Opportunity Updated"}, h.heard(t, alice)); diff != "" {
		t.Error(diff)
	}
}

// copied makes the other partner's opportunity out of an engagement it was
// invited to.
func (h *harness) copied(t testing.TB, from, engagement, to string) string {
	t.Helper()
	task := do[api.StartEngagementByAcceptingInvitationTaskResponse](t, h, to, "StartEngagementByAcceptingInvitationTask",
		named(h.invite(t, from, engagement, to), h.token()))
	if *task.TaskStatus != api.TaskStatusComplete {
		t.Fatalf("the task is %s: %s", *task.TaskStatus, api.Value(task.Message))
	}
	h.work(t)
	return *task.OpportunityId
}

func TestCopiesFollowTheSendersReview(t *testing.T) {
	t.Run("Approval", func(t *testing.T) {
		h := newHarness(t)
		deal := h.underReview(t, alice)
		copied := h.copied(t, alice, deal.engagement, bob)
		if got := h.status(t, bob, copied); got != api.ReviewStatusSubmitted {
			t.Fatalf("the copy is %s", got)
		}
		if got := h.waiting(t); len(got) != 1 {
			t.Errorf("a copy awaits no review of its own: %q", got)
		}
		h.heard(t, bob)
		h.decide(t, alice, deal.id, selling.DecisionApprove)
		h.work(t)
		if got := h.status(t, bob, copied); got != api.ReviewStatusApproved {
			t.Errorf("the copy is %s", got)
		}
		if told := h.heard(t, bob); !slices.Contains(told, "Opportunity Updated") {
			t.Errorf("told %q", told)
		}
	})
	t.Run("ActionRequiredAndRejectionAreTheSendersAlone", func(t *testing.T) {
		h := newHarness(t)
		deal := h.underReview(t, alice)
		copied := h.copied(t, alice, deal.engagement, bob)
		h.decide(t, alice, deal.id, selling.DecisionAsk)
		if got := h.status(t, bob, copied); got != api.ReviewStatusSubmitted {
			t.Errorf("the copy is %s", got)
		}
		h.edit(t, alice, deal.id, "2027-07-01")
		h.decide(t, alice, deal.id, selling.DecisionReject)
		if got := h.status(t, bob, copied); got != api.ReviewStatusSubmitted {
			t.Errorf("the copy is %s", got)
		}
	})
	t.Run("ACopysOwnApprovalAnswersNoInvitationOfTheSenders", func(t *testing.T) {
		h := newHarness(t)
		deal := h.underReview(t, alice)
		h.decide(t, bob, h.copied(t, alice, deal.engagement, bob), selling.DecisionApprove)
		if got := *h.invitation(t, alice, deal.invitation).Status; got != api.InvitationStatusPending {
			t.Errorf("the invitation is %s", got)
		}
		if got := h.status(t, alice, deal.id); got != api.ReviewStatusSubmitted {
			t.Errorf("the sender's is %s", got)
		}
	})
	t.Run("OneThatWentItsOwnWayStays", func(t *testing.T) {
		h := newHarness(t)
		deal := h.underReview(t, alice)
		copied := h.copied(t, alice, deal.engagement, bob)
		h.decide(t, bob, copied, selling.DecisionReject)
		h.decide(t, alice, deal.id, selling.DecisionApprove)
		if got := h.status(t, bob, copied); got != api.ReviewStatusRejected {
			t.Errorf("the copy is %s", got)
		}
	})
}

func TestTheQueueIsInOrderAndCanBeNarrowed(t *testing.T) {
	h := newHarness(t)
	var want []string
	for _, account := range []string{bob, alice, bob} {
		want = append(want, h.underReview(t, account).id)
		h.clock.Advance(time.Minute)
	}
	if diff := cmp.Diff(want, h.waiting(t)); diff != "" {
		t.Error(diff)
	}
	for _, c := range []struct {
		catalog, account string
		limit            int
		want             []string
	}{
		{"", bob, 10, []string{want[0], want[2]}},
		{"Sandbox", "", 2, want[:2]},
		{"AWS", "", 10, nil},
	} {
		found, err := h.Reviews(t.Context(), c.catalog, c.account, c.limit)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, r := range found {
			got = append(got, r.ID)
			if *r.InvolvementType != api.SalesInvolvementTypeCoSell || r.SubmittedAt == 0 || *r.Title != "Data lake" {
				t.Errorf("the desk reads %+v", r)
			}
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%+v: %s", c, diff)
		}
	}
}

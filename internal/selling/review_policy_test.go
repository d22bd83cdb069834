package selling_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"cosell/internal/api"
	"cosell/internal/selling"
)

func (h *harness) policy(t testing.TB, catalog string, p selling.ReviewPolicy) {
	t.Helper()
	if err := h.PutReviewPolicy(t.Context(), catalog, p); err != nil {
		t.Fatal(err)
	}
}

// pass moves the clock on and does what is due.
func (h *harness) pass(t testing.TB, d time.Duration) {
	t.Helper()
	h.clock.Advance(d)
	h.work(t)
}

func (h *harness) expect(t testing.TB, id string, want api.ReviewStatus) {
	t.Helper()
	if got := h.status(t, alice, id); got != want {
		t.Errorf("the review status is %s, want %s", got, want)
	}
}

var afterTwoDays = selling.ReviewPolicy{Mode: selling.ReviewApprove, Delay: (48 * time.Hour).Milliseconds()}

func TestPolicyIsOffUntilItIsSet(t *testing.T) {
	h := newHarness(t)
	if p, err := h.ReviewPolicy(t.Context(), "Sandbox"); err != nil || p.Mode != selling.ReviewOff {
		t.Errorf("the policy is %+v, %v", p, err)
	}
	deal := h.underReview(t, alice)
	h.pass(t, 1000*time.Hour)
	h.expect(t, deal.id, api.ReviewStatusSubmitted)
}

func TestPolicyApprovesInItsTime(t *testing.T) {
	h := newHarness(t)
	h.policy(t, "Sandbox", afterTwoDays)
	deal := h.underReview(t, alice)
	h.pass(t, 48*time.Hour-time.Millisecond)
	h.expect(t, deal.id, api.ReviewStatusSubmitted)
	h.pass(t, time.Millisecond)
	h.expect(t, deal.id, api.ReviewStatusApproved)
	if got := *h.invitation(t, alice, deal.invitation).Status; got != api.InvitationStatusAccepted {
		t.Errorf("the invitation is %s", got)
	}
}

func TestPolicyIsOfOneCatalog(t *testing.T) {
	h := newHarness(t)
	h.policy(t, "AWS", selling.ReviewPolicy{Mode: selling.ReviewApprove})
	deal := h.underReview(t, alice)
	h.pass(t, time.Hour)
	h.expect(t, deal.id, api.ReviewStatusSubmitted)
}

func TestPolicyCountsForWhatWaitsAlready(t *testing.T) {
	h := newHarness(t)
	deal := h.underReview(t, alice)
	h.pass(t, 47*time.Hour)
	h.policy(t, "Sandbox", afterTwoDays)
	h.work(t)
	h.expect(t, deal.id, api.ReviewStatusSubmitted)
	h.pass(t, time.Hour)
	h.expect(t, deal.id, api.ReviewStatusApproved)
}

func TestPolicyIsTheOneOfTheTimeItActs(t *testing.T) {
	t.Run("SwitchedOff", func(t *testing.T) {
		h := newHarness(t)
		h.policy(t, "Sandbox", afterTwoDays)
		deal := h.underReview(t, alice)
		h.policy(t, "Sandbox", selling.ReviewPolicy{Mode: selling.ReviewOff})
		h.pass(t, 100*time.Hour)
		h.expect(t, deal.id, api.ReviewStatusSubmitted)
	})
	t.Run("MorePatient", func(t *testing.T) {
		h := newHarness(t)
		h.policy(t, "Sandbox", afterTwoDays)
		deal := h.underReview(t, alice)
		h.policy(t, "Sandbox", selling.ReviewPolicy{Mode: selling.ReviewApprove, Delay: 2 * afterTwoDays.Delay})
		h.pass(t, 48*time.Hour)
		h.expect(t, deal.id, api.ReviewStatusSubmitted)
		h.pass(t, 48*time.Hour)
		h.expect(t, deal.id, api.ReviewStatusApproved)
	})
	t.Run("LessPatient", func(t *testing.T) {
		h := newHarness(t)
		h.policy(t, "Sandbox", afterTwoDays)
		deal := h.underReview(t, alice)
		h.policy(t, "Sandbox", selling.ReviewPolicy{Mode: selling.ReviewApprove})
		h.work(t)
		h.expect(t, deal.id, api.ReviewStatusApproved)
	})
}

func TestPolicyLeavesPeopleAlone(t *testing.T) {
	for _, c := range []struct {
		decision selling.ReviewDecision
		status   api.ReviewStatus
	}{
		{selling.DecisionStart, api.ReviewStatusInReview},
		{selling.DecisionAsk, api.ReviewStatusActionRequired},
		{selling.DecisionReject, api.ReviewStatusRejected},
	} {
		t.Run(string(c.decision), func(t *testing.T) {
			h := newHarness(t)
			h.policy(t, "Sandbox", afterTwoDays)
			deal := h.underReview(t, alice)
			h.decide(t, alice, deal.id, c.decision)
			h.pass(t, 100*time.Hour)
			h.expect(t, deal.id, c.status)
		})
	}
}

func TestPolicyGivesAResubmissionItsFullTime(t *testing.T) {
	h := newHarness(t)
	h.policy(t, "Sandbox", afterTwoDays)
	deal := h.underReview(t, alice)
	h.pass(t, 24*time.Hour)
	h.decide(t, alice, deal.id, selling.DecisionAsk)
	h.edit(t, alice, deal.id, "2027-07-01")
	h.pass(t, 24*time.Hour)
	h.expect(t, deal.id, api.ReviewStatusSubmitted)
	h.pass(t, 24*time.Hour)
	h.expect(t, deal.id, api.ReviewStatusApproved)
}

func TestPolicyDecidesByTheFirstRuleThatFits(t *testing.T) {
	rules := selling.ReviewPolicy{Mode: selling.ReviewRules, Rules: []selling.ReviewRule{
		{Countries: []api.CountryCode{"DE"}, Decision: selling.DecisionReject, Reason: "Not there"},
		{MaxAmount: "1000", Currency: "USD", Decision: selling.DecisionApprove},
		{MaxAmount: "5000", Currency: "USD", Decision: selling.DecisionAsk, Comments: "Why so much?", Reason: "Amount"},
	}}
	for _, c := range []struct {
		amount, comments string
		status           api.ReviewStatus
		waiting          int
	}{
		{"999", "", api.ReviewStatusApproved, 0},
		{"4999", "Why so much?", api.ReviewStatusActionRequired, 0},
		{"5001", "", api.ReviewStatusSubmitted, 1},
	} {
		t.Run(c.amount, func(t *testing.T) {
			h := newHarness(t)
			h.policy(t, "Sandbox", rules)
			deal := h.underReview(t, alice, fmt.Sprintf(`"Project": {"Title": "Data lake", "CustomerBusinessProblem": "Their reports take a day too long.",
				"CustomerUseCase": "Security & Compliance", "DeliveryModels": ["SaaS or PaaS"], "SalesActivities": ["Conducted POC / Demo"],
				"OtherSolutionDescription": "Our lake", "ExpectedCustomerSpend": [{"Amount": %q, "CurrencyCode": "USD", "Frequency": "Monthly", "TargetCompany": "AWS"}]}`, c.amount))
			h.expect(t, deal.id, c.status)
			if got := api.Value(h.opportunity(t, alice, deal.id).LifeCycle.ReviewComments); got != c.comments {
				t.Errorf("comments %q", got)
			}
			if got := h.waiting(t); len(got) != c.waiting {
				t.Errorf("waiting: %q", got)
			}
		})
	}
}

func TestPolicyRejectsDuplicates(t *testing.T) {
	const acme, other = `"LifeCycle": {"Stage": "Prospect", "NextSteps": "Call", "TargetCloseDate": "2027-06-30"}`,
		`"Customer": {"Account": {"CompanyName": "Other Corp", "Industry": "Agriculture", "WebsiteUrl": "https://other.example.com",
			"Address": {"CountryCode": "DE", "PostalCode": "60311"}}}`
	for _, mode := range []selling.ReviewMode{selling.ReviewOff, selling.ReviewApprove} {
		untouched := map[selling.ReviewMode]api.ReviewStatus{
			selling.ReviewOff: api.ReviewStatusSubmitted, selling.ReviewApprove: api.ReviewStatusApproved,
		}[mode]
		t.Run(string(mode), func(t *testing.T) {
			h := newHarness(t)
			h.policy(t, "Sandbox", selling.ReviewPolicy{Mode: mode, RejectDuplicates: true})
			h.createOpportunity(t, alice, acme) // a draft is no duplicate
			first := h.underReview(t, alice, acme)
			h.expect(t, first.id, untouched)
			second := h.underReview(t, alice, acme)
			h.expect(t, second.id, api.ReviewStatusRejected)
			life := h.opportunity(t, alice, second.id).LifeCycle
			if api.Value(life.ReviewStatusReason) != "Duplicate" || !strings.Contains(api.Value(life.ReviewComments), first.id) {
				t.Errorf("rejected with %s", encoded(t, life))
			}
			h.expect(t, h.underReview(t, alice, other).id, untouched)
			third := h.underReview(t, bob, acme)
			if got := h.status(t, bob, third.id); got != untouched {
				t.Errorf("another account's is %s", got)
			}
		})
	}
	t.Run("a lost one is no duplicate", func(t *testing.T) {
		h := newHarness(t)
		lost := h.underReview(t, alice, acme)
		h.decide(t, alice, lost.id, selling.DecisionApprove)
		update(t, h, alice, h.opportunity(t, alice, lost.id),
			`"LifeCycle": {"Stage": "Closed Lost", "ClosedLostReason": "Price", "NextSteps": "Call", "TargetCloseDate": "2027-06-30"}`)
		h.policy(t, "Sandbox", selling.ReviewPolicy{Mode: selling.ReviewApprove, RejectDuplicates: true})
		h.expect(t, h.underReview(t, alice, acme).id, api.ReviewStatusApproved)
	})
	t.Run("off by default", func(t *testing.T) {
		h := newHarness(t)
		h.policy(t, "Sandbox", selling.ReviewPolicy{Mode: selling.ReviewApprove})
		h.underReview(t, alice, acme)
		h.expect(t, h.underReview(t, alice, acme).id, api.ReviewStatusApproved)
	})
}

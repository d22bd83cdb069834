package selling_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"cosell/internal/api"
	"cosell/internal/selling"
	"cosell/internal/store"
)

// modelRuns is how many random lives TestTheReviewAgainstItsModel leads;
// COSELL_MODEL_RUNS asks for another number.
const modelRuns = 300

// TestTheReviewAgainstItsModel has a partner, a reviewer and a second partner do
// things at random to one opportunity, and compares what they see with a model of
// the review that knows nothing of the service's table.
func TestTheReviewAgainstItsModel(t *testing.T) {
	runs := modelRuns
	if testing.Short() {
		runs /= 5
	}
	if asked := os.Getenv("COSELL_MODEL_RUNS"); asked != "" {
		var err error
		if runs, err = strconv.Atoi(asked); err != nil {
			t.Fatal(err)
		}
	}
	h := newHarness(t)
	for run := range runs {
		l := newLife(t, h, uint64(run))
		for range 4 + l.random.IntN(12) {
			action := actions[l.random.IntN(len(actions))]
			l.done = append(l.done, action.name)
			wantRefused := !action.model(&l.want)
			if refused := action.act(l); refused != wantRefused {
				t.Fatalf("run %d, after %s: refused %t, want %t", run, strings.Join(l.done, ", "), refused, wantRefused)
			}
			if got := l.look(); got != l.want {
				t.Fatalf("run %d, after %s:\ngot  %+v\nwant %+v", run, strings.Join(l.done, ", "), got, l.want)
			}
		}
		l.checkHistory()
	}
}

// modelled is all that the model knows of an opportunity.
type modelled struct {
	sandbox    bool
	status     string
	waiting    bool   // in the review queue
	invitation string // of AWS; empty is none
	members    int32  // of the engagement; 0 is none
	copied     string // the second partner's status; empty is no copy
	involved   bool   // it was submitted, so that an involvement is stored
	sentBack   bool   // the present submission is an edit
}

// submit is a submission by the partner, and reports whether it is let through. One
// that an edit has made already changes nothing.
func (m *modelled) submit() bool {
	switch {
	case m.status == "Submitted" && m.sentBack && m.involved:
		return true
	case m.status != "Pending Submission" && m.status != "Action Required":
		return false
	}
	m.status, m.waiting, m.involved, m.sentBack = "Submitted", true, true, false
	return true
}

// judge is what a verdict comes to, whoever gives it.
func (m *modelled) judge(status string) {
	m.status, m.waiting = status, false
	switch {
	case status == "Approved":
		if m.invitation == "PENDING" {
			m.invitation = "ACCEPTED"
			m.members++
		}
		if m.copied != "" && m.copied != "Rejected" {
			m.copied = "Approved"
		}
	case status == "Rejected" && m.invitation == "PENDING":
		m.invitation = "REJECTED"
	}
}

func (m *modelled) decided() bool { return m.status == "Approved" || m.status == "Rejected" }

// edit is an update; whether it changes anything makes no difference.
func (m *modelled) edit() bool {
	if m.status == "Submitted" || m.status == "In review" || m.status == "Rejected" {
		return false
	}
	if m.status == "Action Required" {
		m.status, m.waiting, m.sentBack = "Submitted", true, true
	}
	return true
}

// modelAction is something to do; model reports whether it is let through, and what
// it comes to; act does it and reports whether it was refused.
type modelAction struct {
	name  string
	model func(*modelled) bool
	act   func(*life) bool
}

var actions = []modelAction{
	{
		"edit", (*modelled).edit,
		func(l *life) bool {
			l.days++
			return l.update("", start.AddDate(1, 0, l.days).Format(time.DateOnly))
		},
	},
	{"echo", (*modelled).edit, func(l *life) bool { return l.update("", "") }},
	{
		"edit with an old lock", func(*modelled) bool { return false },
		func(l *life) bool { return l.update("", "", `"LastModifiedDate": "2026-11-21T09:00:00.000Z"`) },
	},
	{
		"submit", (*modelled).submit,
		func(l *life) bool {
			_, err := try[struct{}](l.t, l.h, l.account, "SubmitOpportunity", l.body(l.id, `"InvolvementType": "Co-Sell"`))
			return l.refused(err, api.TypeValidation)
		},
	},
	{
		"start the task", func(m *modelled) bool {
			if !m.submit() {
				return false
			}
			if m.members == 0 {
				m.invitation, m.members = "PENDING", 1
			}
			return true
		},
		func(l *life) bool {
			task := do[api.StartEngagementFromOpportunityTaskResponse](l.t, l.h, l.account, "StartEngagementFromOpportunityTask",
				l.body(l.id, l.h.token(), `"AwsSubmission": {"InvolvementType": "Co-Sell"}`))
			if *task.TaskStatus == api.TaskStatusFailed {
				return true
			}
			l.engagement, l.invitation = *task.EngagementId, *task.EngagementInvitationId
			return false
		},
	},
	desk(selling.DecisionStart, "In review", "Submitted"),
	desk(selling.DecisionApprove, "Approved", "Submitted", "In review"),
	desk(selling.DecisionReject, "Rejected", "Submitted", "In review"),
	desk(selling.DecisionAsk, "Action Required", "Submitted", "In review"),
	play("Approved"), play("Rejected"), play("Action Required"), play("Submitted"), play("In review"), play("Pending Submission"),
	{
		"AWS writes", func(*modelled) bool { return true },
		func(l *life) bool {
			_, err := l.h.ChangeAwsSummary(l.t.Context(), l.key(), []byte(`{"Insights": {"EngagementScore": "High"}}`))
			return l.refused(err)
		},
	},
	{
		"another partner joins", func(m *modelled) bool {
			if m.members == 0 || m.copied != "" {
				return false
			}
			m.members++
			m.copied = m.status
			if !m.decided() {
				m.copied = "Submitted"
			}
			return true
		},
		func(l *life) bool {
			if l.engagement == "" || l.copied != "" {
				return true
			}
			h := l.h
			invitation := do[api.CreateEngagementInvitationResponse](l.t, h, l.account, "CreateEngagementInvitation",
				h.invitationBody(l.engagement, bob, fmt.Sprintf(`"Catalog": %q`, l.catalog)))
			task := do[api.StartEngagementByAcceptingInvitationTaskResponse](l.t, h, bob, "StartEngagementByAcceptingInvitationTask",
				l.body(*invitation.Id, h.token()))
			l.copied = api.Value(task.OpportunityId)
			return *task.TaskStatus != api.TaskStatusComplete
		},
	},
	{"time passes", func(*modelled) bool { return true }, func(l *life) bool { l.h.clock.Advance(time.Minute); return false }},
}

// desk is a decision at the review desk.
func desk(decision selling.ReviewDecision, to string, from ...string) modelAction {
	return modelAction{
		string(decision), func(m *modelled) bool {
			if !slices.Contains(from, m.status) {
				return false
			}
			if to == "In review" {
				m.status = to
			} else {
				m.judge(to)
			}
			return true
		},
		func(l *life) bool {
			_, err := l.h.Review(l.t.Context(), l.key(), decision, nil, nil)
			return l.refused(err, api.TypeConflict)
		},
	}
}

// play is an update with a review status of the partner's choice.
func play(status string) modelAction {
	return modelAction{
		"play " + status, func(m *modelled) bool {
			switch {
			case status == m.status:
				return m.edit()
			case !m.sandbox || m.decided() || status != "Approved" && status != "Rejected" && status != "Action Required":
				return false
			default:
				m.judge(status)
				return true
			}
		},
		func(l *life) bool { return l.update(status, "") },
	}
}

// life is a run: an opportunity, and what its parties keep in mind.
type life struct {
	t                          *testing.T
	h                          *harness
	random                     *rand.Rand
	account, catalog           string
	id, engagement, invitation string
	copied                     string
	days                       int // how often the close date was moved
	done                       []string
	want                       modelled
}

func newLife(t *testing.T, h *harness, seed uint64) *life {
	l := &life{t: t, h: h, random: rand.New(rand.NewPCG(seed, 1)), account: fmt.Sprintf("2%011d", seed), catalog: "Sandbox"}
	if l.random.IntN(4) == 0 {
		l.catalog = "AWS"
	}
	l.id = *h.createOpportunity(t, l.account, fmt.Sprintf(`"Catalog": %q`, l.catalog)).Id
	l.want = modelled{sandbox: l.catalog == "Sandbox", status: "Pending Submission"}
	return l
}

func (l *life) key() (key store.OpportunityKey) {
	return store.OpportunityKey{Account: l.account, Catalog: l.catalog, ID: l.id}
}

// body names something in the catalog of this life.
func (l *life) body(id string, members ...string) string {
	return named(id, append(members, fmt.Sprintf(`"Catalog": %q`, l.catalog))...)
}

// refused reports whether an error is a refusal, which must be of one of the types.
func (l *life) refused(err error, types ...string) bool {
	l.t.Helper()
	if err == nil {
		return false
	}
	e, ok := err.(*api.Error)
	for _, accepted := range types {
		if ok && e.Type == accepted {
			return true
		}
	}
	l.t.Fatalf("after %s: %v", strings.Join(l.done, ", "), err)
	return true
}

func (l *life) read(account, id string) *api.GetOpportunityResponse {
	return do[api.GetOpportunityResponse](l.t, l.h, account, "GetOpportunity", l.body(id))
}

// update sends the opportunity back as it was read, but for the review status and
// the close date where they are given.
func (l *life) update(status, date string, members ...string) bool {
	o := l.read(l.account, l.id)
	if date != "" {
		o.LifeCycle.TargetCloseDate = &date
	}
	if status != "" {
		o.LifeCycle.ReviewStatus = new(api.ReviewStatus(status))
	}
	_, err := try[api.UpdateOpportunityResponse](l.t, l.h, l.account, "UpdateOpportunity",
		updateBody(l.t, o, `"LifeCycle": `+encoded(l.t, o.LifeCycle)+strings.Join(append([]string{""}, members...), ", ")))
	return l.refused(err, api.TypeValidation, api.TypeConflict)
}

// look is what the parties see now, in the model's terms.
func (l *life) look() modelled {
	h := l.h
	seen := modelled{sandbox: l.want.sandbox, involved: l.want.involved, sentBack: l.want.sentBack, status: string(*l.read(l.account, l.id).LifeCycle.ReviewStatus)}
	queue, err := h.Reviews(l.t.Context(), l.catalog, l.account, 10)
	if err != nil {
		l.t.Fatal(err)
	}
	seen.waiting = len(queue) > 0
	if l.engagement != "" {
		seen.members = *do[api.GetEngagementResponse](l.t, h, l.account, "GetEngagement", l.body(l.engagement)).MemberCount
		i := do[api.GetEngagementInvitationResponse](l.t, h, l.account, "GetEngagementInvitation", l.body(l.invitation))
		seen.invitation = string(*i.Status)
	}
	if l.copied != "" {
		seen.copied = string(*l.read(bob, l.copied).LifeCycle.ReviewStatus)
	}
	return seen
}

// checkHistory sees that the history has a change for each time that the owner was told of
// one, and that the review status of each is that of the one before.
func (l *life) checkHistory() {
	history, err := l.h.OpportunityHistory(l.t.Context(), l.key(), 0, 100)
	if err != nil {
		l.t.Fatal(err)
	}
	told := 0
	for _, name := range l.h.events(l.t, l.account) {
		if name == "Opportunity Updated" {
			told++
		}
	}
	if len(history.Changes) != told {
		l.t.Fatalf("after %s: the history has %d changes, %d were told", strings.Join(l.done, ", "), len(history.Changes), told)
	}
	status := "Pending Submission"
	for _, change := range slices.Backward(history.Changes) {
		var all []struct{ Path, Before, After any }
		if err := json.Unmarshal(change.Changes, &all); err != nil {
			l.t.Fatal(err)
		}
		for _, c := range all {
			if c.Path != "LifeCycle.ReviewStatus" {
				continue
			}
			if c.Before != status {
				l.t.Fatalf("after %s: the review status was %s, not %s", strings.Join(l.done, ", "), status, c.Before)
			}
			status, _ = c.After.(string)
		}
	}
	if status != l.want.status {
		l.t.Fatalf("after %s: the history ends with %s", strings.Join(l.done, ", "), status)
	}
}

package selling_test

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"cosell/internal/api"
	"cosell/internal/service"
)

// taskStory is a task that is ready to start, and everything that can be seen of
// what it made.
type taskStory struct {
	operation, account, body string
	seen                     func(testing.TB, *harness) string
}

// story prepares a task of each kind.
func story(t testing.TB, h *harness, operation string) taskStory {
	t.Helper()
	switch operation {
	case "StartEngagementFromOpportunityTask":
		id := *h.createOpportunity(t, alice).Id
		return taskStory{operation, alice, h.fromOpportunityBody(id, `"Tags": [{"Key": "a", "Value": "b"}]`), made(alice)}
	case "StartEngagementByAcceptingInvitationTask":
		_, invitation := h.offered(t)
		h.work(t) // alice's snapshots are up to date before bob comes
		return taskStory{operation, bob, named(invitation, h.token(), `"Tags": [{"Key": "a", "Value": "b"}]`), made(bob)}
	default:
		engagement := h.sandboxEngagement(t, alice, leadOf(farms, meeting("2026-11-01", oldProblem)))
		return taskStory{
			operation, alice,
			named(engagement, `"ContextIdentifier": "1"`, h.token(), `"Tags": [{"Key": "a", "Value": "b"}]`), made(alice),
		}
	}
}

// made counts what an account has: a step that happened twice shows.
func made(account string) func(testing.TB, *harness) string {
	return func(t testing.TB, h *harness) string {
		t.Helper()
		text := ""
		for _, id := range h.opportunities(t, account) {
			o := h.opportunity(t, account, id)
			text += fmt.Sprintln("opportunity", *o.Project.Title, *o.LifeCycle.ReviewStatus, h.tags(t, account, *o.Arn))
		}
		for _, id := range h.engagements(t, account) {
			e := h.engagement(t, account, id)
			text += fmt.Sprintln("engagement", *e.Title, *e.MemberCount, len(e.Contexts))
			snapshots := do[api.ListResourceSnapshotsResponse](t, h, account, "ListResourceSnapshots",
				fmt.Sprintf(`{"Catalog": "Sandbox", "EngagementIdentifier": %q}`, id)).ResourceSnapshotSummaries
			for _, s := range snapshots {
				text += fmt.Sprintln("snapshot", *s.CreatedBy, *s.Revision)
			}
		}
		for _, i := range h.sent(t, account) {
			text += fmt.Sprintln("invitation", *i.Status)
		}
		for _, j := range do[api.ListResourceSnapshotJobsResponse](t, h, account, "ListResourceSnapshotJobs", `{"Catalog": "Sandbox"}`).ResourceSnapshotJobSummaries {
			text += fmt.Sprintln("job", *j.Status, h.tags(t, account, *j.Arn))
		}
		// A worker that resumes a task lets other work in between its steps.
		events := h.events(t, account)
		slices.Sort(events)
		return text + fmt.Sprintln(events)
	}
}

// Whenever the process dies, before a step's commit or after it, another one
// finishes the task, and no step happens twice.
func TestTaskSurvivesACrashAtEveryStep(t *testing.T) {
	for operation, steps := range map[string]int{
		"StartEngagementFromOpportunityTask":       6,
		"StartEngagementByAcceptingInvitationTask": 6,
		"StartOpportunityFromEngagementTask":       5,
	} {
		undisturbed := newHarness(t)
		s := story(t, undisturbed, operation)
		do[struct{}](t, undisturbed, s.account, s.operation, s.body)
		undisturbed.clock.Advance(time.Minute)
		undisturbed.work(t)
		want := s.seen(t, undisturbed)

		for step := range steps {
			for _, committed := range []bool{false, true} {
				t.Run(fmt.Sprintf("%s, step %d, committed %t", operation, step+1, committed), func(t *testing.T) {
					h, process := crashes(t)
					s := story(t, h, operation)
					process.in, process.committed = step+2, committed // the first makes the task
					begun := do[taskState](t, h, s.account, s.operation, s.body)
					if last := committed && step == steps-1; (begun.TaskStatus == api.TaskStatusComplete) != last {
						t.Fatalf("the crash left the task %s", begun.TaskStatus)
					}
					h.clock.Advance(time.Minute)
					h.work(t)
					ended := do[taskState](t, h, s.account, s.operation, s.body)
					if ended.TaskStatus != api.TaskStatusComplete || ended.TaskID != begun.TaskID {
						t.Errorf("the task ended as %+v, began as %+v", ended, begun)
					}
					if got := s.seen(t, h); got != want {
						t.Errorf("a crash made\n%s\nwithout it there is\n%s", got, want)
					}
				})
			}
		}
	}
}

// taskState is what every answer about a task has.
type taskState struct {
	TaskID     string `json:"TaskId"`
	TaskStatus api.TaskStatus
	ReasonCode *api.ReasonCode
}

// The process dies between the request's commit and its answer, or before the
// task is there: the client asks again.
func TestTaskSurvivesACrashAtItsStart(t *testing.T) {
	for _, committed := range []bool{false, true} {
		t.Run(fmt.Sprintf("committed %t", committed), func(t *testing.T) {
			h, process := crashes(t)
			s := story(t, h, "StartEngagementFromOpportunityTask")
			process.in, process.committed = 1, committed
			if _, err := try[taskState](t, h, s.account, s.operation, s.body); err == nil {
				t.Fatal("the crash was not noticed")
			}
			out := do[taskState](t, h, s.account, s.operation, s.body)
			if list := h.fromOpportunityTasks(t, alice); out.TaskStatus != api.TaskStatusComplete || len(list) != 1 {
				t.Errorf("got %+v of %s", out, encoded(t, list))
			}
			if all := h.engagements(t, alice); len(all) != 1 {
				t.Errorf("made the engagements %q", all)
			}
		})
	}
}

// A client that repeats itself, its task's worker, and a second process with
// both: the steps still happen once.
func TestTaskRacedByTwoProcesses(t *testing.T) {
	for _, operation := range []string{
		"StartEngagementFromOpportunityTask", "StartEngagementByAcceptingInvitationTask", "StartOpportunityFromEngagementTask",
	} {
		t.Run(operation, func(t *testing.T) {
			alone := newHarness(t)
			s := story(t, alone, operation)
			do[struct{}](t, alone, s.account, s.operation, s.body)
			alone.clock.Advance(time.Minute)
			alone.work(t)
			want := s.seen(t, alone)

			h := newHarness(t)
			s = story(t, h, operation)
			second, err := service.New(t.Context(), service.Config{Store: h.store, Clock: h.clock, IDs: h.ids})
			if err != nil {
				t.Fatal(err)
			}
			other := &harness{Service: second, store: h.store, clock: h.clock, told: map[string]int{}}
			var clients sync.WaitGroup
			answers := make([]*taskState, 8)
			for i := range answers {
				clients.Go(func() {
					var err error
					if answers[i], err = try[taskState](t, []*harness{h, other}[i%2], s.account, s.operation, s.body); err != nil {
						t.Errorf("client %d: %v", i, err)
					}
				})
			}
			clients.Wait()
			for i, a := range answers {
				if a == nil || *a != *answers[0] || a.TaskStatus != api.TaskStatusComplete {
					t.Errorf("client %d was told %+v", i, a)
				}
			}
			h.clock.Advance(time.Minute)
			h.work(t)
			if got := s.seen(t, h); got != want {
				t.Errorf("a race made\n%s\nalone there is\n%s", got, want)
			}
		})
	}
}

// Two requests, each with a token of its own, to submit one opportunity: one of
// them does.
func TestTasksOfOneOpportunityRaced(t *testing.T) {
	h := newHarness(t)
	id := *h.createOpportunity(t, alice).Id
	bodies := []string{h.fromOpportunityBody(id), h.fromOpportunityBody(id), h.fromOpportunityBody(id)}
	var clients sync.WaitGroup
	answers := make([]*taskState, len(bodies))
	for i, body := range bodies {
		clients.Go(func() {
			var err error
			if answers[i], err = try[taskState](t, h, alice, "StartEngagementFromOpportunityTask", body); err != nil {
				t.Errorf("client %d: %v", i, err)
			}
		})
	}
	clients.Wait()
	complete := 0
	for _, a := range answers {
		if a.TaskStatus == api.TaskStatusComplete {
			complete++
		} else if *a.ReasonCode != api.ReasonCodeOpportunityConflict {
			t.Errorf("a loser was told %s", *a.ReasonCode)
		}
	}
	if all, sent := h.engagements(t, alice), h.sent(t, alice); complete != 1 || len(all) != 1 || len(sent) != 1 {
		t.Errorf("%d completed, with %d engagements and %d invitations", complete, len(all), len(sent))
	}
}

// While a task that has begun waits for a worker, another one for the same
// opportunity is refused, and the first is not disturbed.
func TestTaskRefusedBesideOneUnderWay(t *testing.T) {
	h, process := crashes(t)
	id := *h.createOpportunity(t, alice).Id
	process.in = 3 // the task is there, and one of its steps is done
	first := h.fromOpportunity(t, alice, id)
	second := h.fromOpportunity(t, alice, id)
	failed(t, second.TaskStatus, second.ReasonCode, second.Message, api.ReasonCodeOpportunityConflict,
		"The opportunity is being submitted by "+*first.TaskId)
	h.clock.Advance(time.Minute)
	h.work(t)
	if list := h.fromOpportunityTasks(t, alice, `"TaskStatus": ["COMPLETE"]`); len(list) != 1 || *list[0].TaskId != *first.TaskId {
		t.Errorf("completed %s", encoded(t, list))
	}
}

func TestTaskTokens(t *testing.T) {
	h := newHarness(t)
	id := *h.createOpportunity(t, alice, `"PrimaryNeedsFromAws": []`).Id
	body := h.fromOpportunityBody(id)
	first := do[api.StartEngagementFromOpportunityTaskResponse](t, h, alice, "StartEngagementFromOpportunityTask", body)

	// The same request answers the task's present state, also when it failed.
	o := h.opportunity(t, alice, id)
	do[struct{}](t, h, alice, "UpdateOpportunity", merge(opportunityBody("x"), named(id), `"LastModifiedDate": "`+o.LastModifiedDate.String()+`"`))
	h.clock.Advance(time.Hour)
	again := do[api.StartEngagementFromOpportunityTaskResponse](t, h, alice, "StartEngagementFromOpportunityTask", body)
	if *first.TaskStatus != api.TaskStatusFailed || encoded(t, again) != encoded(t, first) {
		t.Errorf("got %s, first %s", encoded(t, again), encoded(t, first))
	}

	// Another request with the token is a conflict.
	_, err := try[struct{}](t, h, alice, "StartEngagementFromOpportunityTask", merge(body, `"AwsSubmission": {"InvolvementType": "For Visibility Only"}`))
	fails(t, err, api.TypeConflict)

	// The token of another account or operation is another token.
	token := fmt.Sprintf(`"ClientToken": %q`, "shared")
	for _, account := range []string{alice, bob} {
		engagement := h.sandboxEngagement(t, account, leadOf(farms, meeting("2026-11-01", oldProblem)))
		if out := h.converting(t, account, engagement, token); *out.TaskStatus != api.TaskStatusComplete {
			t.Errorf("%s: %s", account, encoded(t, out))
		}
	}
	if out := h.fromOpportunity(t, alice, id, token); *out.TaskStatus != api.TaskStatusComplete {
		t.Errorf("another operation: %s", encoded(t, out))
	}
}

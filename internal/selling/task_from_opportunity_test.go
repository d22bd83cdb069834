package selling_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"cosell/internal/api"
	"cosell/internal/auth"
	"cosell/internal/store"
)

const longTitle = "A data lake that answers before anybody has asked it"

func TestFromOpportunity(t *testing.T) {
	h := newHarness(t)
	draft := h.createOpportunity(t, alice, `"Project": {"Title": "`+longTitle+`", "CustomerBusinessProblem": "Their reports take a day too long.",
		"CustomerUseCase": "Database", "DeliveryModels": ["SaaS or PaaS"], "SalesActivities": ["Conducted POC / Demo"], "OtherSolutionDescription": "Our lake",
		"ExpectedCustomerSpend": [{"Amount": "10", "CurrencyCode": "USD", "Frequency": "Monthly", "TargetCompany": "AWS"}]}`)
	h.heard(t, alice)

	out := h.fromOpportunity(t, alice, *draft.Id, `"Tags": [{"Key": "team", "Value": "west"}]`)

	if *out.TaskStatus != api.TaskStatusComplete || out.Message != nil || out.ReasonCode != nil || *out.OpportunityId != *draft.Id {
		t.Fatalf("got %s", encoded(t, out))
	}
	if want := "arn:aws:partnercentral:us-east-1::catalog/Sandbox/engagement-from-opportunity-task/" + *out.TaskId; *out.TaskArn != want {
		t.Errorf("the task's ARN is %s, want %s", *out.TaskArn, want)
	}
	if out.StartTime.Time() != start {
		t.Errorf("the task started at %s", out.StartTime)
	}

	e := h.engagement(t, alice, *out.EngagementId)
	if *e.Title != longTitle[:40] || *e.Description != "Their reports take a day too long." || *e.MemberCount != 1 {
		t.Errorf("the engagement is %s", encoded(t, e))
	}
	if project := e.Contexts[0].Payload.CustomerProject; len(e.Contexts) != 1 ||
		*project.Customer.CompanyName != "Acme Corp" || *project.Project.Title != longTitle {
		t.Errorf("its contexts are %s", encoded(t, e.Contexts))
	}

	i := h.invitation(t, alice, *out.EngagementInvitationId)
	if *i.Receiver.Account.AwsAccountId != auth.AWSAccount || *i.Status != api.InvitationStatusPending || i.ExpirationDate != nil {
		t.Errorf("AWS's invitation is %s", encoded(t, i))
	}
	if len(i.ExistingMembers) != 1 || *i.EngagementTitle != longTitle[:40] {
		t.Errorf("AWS's invitation is %s", encoded(t, i))
	}
	offered := i.Payload.OpportunityInvitation
	if *offered.Project.Title != longTitle || *offered.Customer.CompanyName != "Acme Corp" || len(offered.SenderContacts) != 2 {
		t.Errorf("it offers %s", encoded(t, offered))
	}

	if s := h.snapshot(t, alice, *out.EngagementId, *draft.Id, summaryView); *s.Revision != 1 {
		t.Errorf("the snapshot has revision %d", *s.Revision)
	}
	job := h.job(t, alice, *out.ResourceSnapshotJobId)
	if *job.Status != api.ResourceSnapshotJobStatusRunning || *job.EngagementId != *e.Id || *job.ResourceId != *draft.Id {
		t.Errorf("the job is %s", encoded(t, job))
	}
	if tags := h.tags(t, alice, *job.Arn); !slices.Equal(tags, []string{"team=west"}) {
		t.Errorf("the job's tags are %q", tags)
	}
	o := h.opportunity(t, alice, *draft.Id)
	if tags := h.tags(t, alice, *o.Arn); len(tags) != 0 {
		t.Errorf("the opportunity was there before, and got the tags %q", tags)
	}
	if *o.LifeCycle.ReviewStatus != api.ReviewStatusSubmitted {
		t.Errorf("the opportunity is %s", *o.LifeCycle.ReviewStatus)
	}
	if summary := h.awsSummary(t, alice, *o.Id); *summary.InvolvementType != "Co-Sell" || *summary.Visibility != "Full" {
		t.Errorf("AWS keeps %s", encoded(t, summary))
	}
	if got, want := h.heard(t, alice), []string{
		"Engagement Created", "Engagement Member Added", "Engagement Resource Snapshot Created",
		"Engagement Invitation Created", "Opportunity Updated",
	}; !slices.Equal(got, want) {
		t.Errorf("told %q, want %q", got, want)
	}

	// The job follows: the first pass finds the status of the submission.
	h.work(t)
	if s := h.snapshot(t, alice, *e.Id, *o.Id, summaryView); *s.Revision != 2 ||
		*s.Payload.OpportunitySummary.Lifecycle.ReviewStatus != api.ReviewStatusSubmitted {
		t.Errorf("the snapshot after the submission is %s", encoded(t, s))
	}
}

func TestFromOpportunityRefusesAtOnce(t *testing.T) {
	h := newHarness(t)
	id := *h.createOpportunity(t, alice).Id
	start := func(account string, members ...string) error {
		_, err := try[struct{}](t, h, account, "StartEngagementFromOpportunityTask", h.fromOpportunityBody(id, members...))
		return err
	}
	fails(t, start(bob), api.TypeResourceNotFound)
	fails(t, start(alice, `"Catalog": "AWS"`), api.TypeResourceNotFound)
	fails(t, start(alice, `"Tags": [{"Key": "aws:team", "Value": "west"}]`), api.TypeValidation, "tags[0].key INVALID_VALUE")
	if list := h.fromOpportunityTasks(t, alice); len(list) != 0 {
		t.Errorf("a refused request left tasks: %s", encoded(t, list))
	}
}

func TestFromOpportunityFails(t *testing.T) {
	const visibility = `"AwsSubmission": {"InvolvementType": "For Visibility Only"}`
	for _, c := range []struct {
		name, draft, members string
		prepare              func(testing.TB, *harness, string)
		reason               api.ReasonCode
		message              string
	}{
		{
			"a field is missing", `"Project": {"Title": "Data lake", "CustomerBusinessProblem": "Their reports take a day too long.",
				"CustomerUseCase": "Database", "DeliveryModels": ["SaaS or PaaS"], "OtherSolutionDescription": "Our lake",
				"ExpectedCustomerSpend": [{"Amount": "10", "CurrencyCode": "USD", "Frequency": "Monthly", "TargetCompany": "AWS"}]}`, `{}`, nil,
			api.ReasonCodeOpportunityValidationFailed, "OPPORTUNITY_VALIDATION_FAILED project.salesActivities is required",
		},
		{
			"the close date has passed", `{}`, visibility,
			func(_ testing.TB, h *harness, _ string) { h.clock.Advance(300 * 24 * time.Hour) },
			api.ReasonCodeOpportunityValidationFailed,
			"BUSINESS_VALIDATION_EXCEPTION lifeCycle.targetCloseDate:Invalid Data: Target Close Date should be a future date; " +
				"today is 2027-09-17 on the business clock",
		},
		{
			"limited visibility for co-selling", `{}`, `"AwsSubmission": {"InvolvementType": "Co-Sell", "Visibility": "Limited"}`, nil,
			api.ReasonCodeOpportunitySubmissionFailed,
			"BUSINESS_VALIDATION_EXCEPTION primaryNeedsFromAws:Cannot set visibility to limited on a Co-Sell opportunity;" +
				"ACTION_NOT_PERMITTED:You cannot perform Submit action. Opportunity cannot be submitted or updated to Limited Visibility",
		},
		{
			"submitted already", `{}`, `{}`,
			func(t testing.TB, h *harness, id string) { h.submit(t, alice, id, "Co-Sell") },
			api.ReasonCodeOpportunityConflict,
			"BUSINESS_VALIDATION_EXCEPTION lifeCycle.reviewStatus:Only an opportunity in Pending Submission or Action Required can be submitted; this one is Submitted",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := newHarness(t)
			id := *h.createOpportunity(t, alice, c.draft).Id
			if c.prepare != nil {
				c.prepare(t, h, id)
			}
			h.heard(t, alice)
			out := h.fromOpportunity(t, alice, id, c.members)
			failed(t, out.TaskStatus, out.ReasonCode, out.Message, c.reason, c.message)
			if out.EngagementId != nil || out.EngagementInvitationId != nil || out.ResourceSnapshotJobId != nil {
				t.Errorf("a failed task names what it made: %s", encoded(t, out))
			}
			// What cannot be submitted leaves nothing behind.
			if told, engagements := h.heard(t, alice), h.engagements(t, alice); len(told)+len(engagements) != 0 {
				t.Errorf("left %q, told %q", engagements, told)
			}
		})
	}
}

func TestFromOpportunityTakesTheEngagementThereIs(t *testing.T) {
	h := newHarness(t)
	engagement := h.sandboxEngagement(t, alice, `"Contexts": [`+customerProject+`]`)
	id := *h.createOpportunity(t, alice).Id
	h.publish(t, alice, engagement, id, summaryView)
	job := h.createJob(t, alice, engagement, id, summaryView)
	h.heard(t, alice)

	out := h.fromOpportunity(t, alice, id, `"Tags": [{"Key": "team", "Value": "west"}]`)

	if *out.TaskStatus != api.TaskStatusComplete || *out.EngagementId != engagement || *out.ResourceSnapshotJobId != job {
		t.Fatalf("got %s", encoded(t, out))
	}
	running := h.job(t, alice, job)
	if *running.Status != api.ResourceSnapshotJobStatusRunning || !slices.Equal(h.tags(t, alice, *running.Arn), []string{"team=west"}) {
		t.Errorf("the job that was there is %s", encoded(t, running))
	}
	if got, want := h.heard(t, alice), []string{
		"Engagement Resource Snapshot Created", "Engagement Invitation Created", "Opportunity Updated",
	}; !slices.Equal(got, want) {
		t.Errorf("told %q, want %q", got, want)
	}
}

func TestFromOpportunityNeedsACustomerProject(t *testing.T) {
	h := newHarness(t)
	bare := h.sandboxEngagement(t, alice)
	id := *h.createOpportunity(t, alice).Id
	h.publish(t, alice, bare, id, summaryView)

	out := h.fromOpportunity(t, alice, id)
	failed(t, out.TaskStatus, out.ReasonCode, out.Message, api.ReasonCodeEngagementValidationFailed,
		"BUSINESS_VALIDATION_EXCEPTION engagementIdentifier:the engagement "+bare+
			" must have a CustomerProject context; add one with CreateEngagementContext")

	// Of several engagements the task takes the one that has it.
	suited := h.sandboxEngagement(t, alice, `"Contexts": [`+customerProject+`]`)
	h.publish(t, alice, suited, id, summaryView)
	if out := h.fromOpportunity(t, alice, id); *out.TaskStatus != api.TaskStatusComplete || *out.EngagementId != suited {
		t.Errorf("got %s", encoded(t, out))
	}
}

func TestFromOpportunityInvitesAWSOnce(t *testing.T) {
	for _, c := range []struct {
		name    string
		prepare func(t testing.TB, h *harness, engagement string) (want *string)
	}{
		{"it is a member", func(t testing.TB, h *harness, engagement string) *string {
			h.accept(t, auth.AWSAccount, h.invite(t, alice, engagement, auth.AWSAccount))
			return nil
		}},
		{"it is invited", func(t testing.TB, h *harness, engagement string) *string {
			id := h.invite(t, alice, engagement, auth.AWSAccount)
			return &id
		}},
		{"another partner invited it", func(t testing.TB, h *harness, engagement string) *string {
			h.accept(t, bob, h.invite(t, alice, engagement, bob))
			h.invite(t, bob, engagement, auth.AWSAccount)
			return nil
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := newHarness(t)
			engagement := h.sandboxEngagement(t, alice, `"Contexts": [`+customerProject+`]`)
			want := c.prepare(t, h, engagement)
			sent := len(h.sent(t, alice)) + len(h.sent(t, bob))
			id := *h.createOpportunity(t, alice).Id
			h.publish(t, alice, engagement, id, summaryView)

			out := h.fromOpportunity(t, alice, id)

			if *out.TaskStatus != api.TaskStatusComplete || encoded(t, out.EngagementInvitationId) != encoded(t, want) {
				t.Errorf("got %s, want the invitation %s", encoded(t, out), encoded(t, want))
			}
			if now := len(h.sent(t, alice)) + len(h.sent(t, bob)); now != sent {
				t.Errorf("%d invitations, %d before", now, sent)
			}
		})
	}
}

// Editing is open until the submission itself.
func TestFromOpportunityRacedWithAnEdit(t *testing.T) {
	h, process := crashes(t)
	id := *h.createOpportunity(t, alice).Id
	body := h.fromOpportunityBody(id)
	process.in = 6 // the task is there, and four of its steps are done
	begun := do[api.StartEngagementFromOpportunityTaskResponse](t, h, alice, "StartEngagementFromOpportunityTask", body)
	if *begun.TaskStatus != api.TaskStatusInProgress || begun.EngagementId != nil {
		t.Fatalf("got %s", encoded(t, begun))
	}
	o := h.opportunity(t, alice, id)
	edit := merge(opportunityBody("x", `"Project": null`), fmt.Sprintf(`"Identifier": %q, "LastModifiedDate": %q`, id, o.LastModifiedDate))
	do[struct{}](t, h, alice, "UpdateOpportunity", edit)

	h.clock.Advance(time.Minute)
	h.work(t)

	out := do[api.StartEngagementFromOpportunityTaskResponse](t, h, alice, "StartEngagementFromOpportunityTask", body)
	if *out.TaskStatus != api.TaskStatusFailed || *out.ReasonCode != api.ReasonCodeOpportunityValidationFailed {
		t.Fatalf("got %s", encoded(t, out))
	}
	left, invited := h.engagements(t, alice), h.sent(t, alice)
	if len(left) != 1 || len(invited) != 1 {
		t.Fatalf("left the engagements %q and %d invitations", left, len(invited))
	}

	// The next task finds what this one left.
	o = h.opportunity(t, alice, id)
	do[struct{}](t, h, alice, "UpdateOpportunity",
		merge(opportunityBody("x"), fmt.Sprintf(`"Identifier": %q, "LastModifiedDate": %q`, id, o.LastModifiedDate)))
	again := h.fromOpportunity(t, alice, id)
	if *again.TaskStatus != api.TaskStatusComplete || *again.EngagementId != left[0] || *again.EngagementInvitationId != *invited[0].Id {
		t.Errorf("got %s", encoded(t, again))
	}
}

// A customer who is a secret has no name to put into contexts and invitations.
func TestFromOpportunityOfNationalSecurity(t *testing.T) {
	h := newHarness(t)
	id := *h.createOpportunity(t, alice, `"NationalSecurity": "Yes",
		"Customer": {"Account": {"CompanyName": "Acme", "Industry": "Government", "Address": {"CountryCode": "US"}}}`).Id
	out := h.fromOpportunity(t, alice, id)
	if *out.TaskStatus != api.TaskStatusComplete {
		t.Fatalf("got %s", encoded(t, out))
	}
	if i := h.invitation(t, alice, *out.EngagementInvitationId); i.Payload.OpportunityInvitation.Customer.WebsiteUrl != nil {
		t.Errorf("AWS is told %s", encoded(t, i.Payload))
	}
}

// What a step finds broken is a fault of ours: the task waits, and is given up
// when it lasts.
func TestFromOpportunityGivesUp(t *testing.T) {
	h, process := crashes(t)
	id := *h.createOpportunity(t, alice).Id
	body := h.fromOpportunityBody(id)
	process.in = 2 // the task is there, none of its steps is done
	do[struct{}](t, h, alice, "StartEngagementFromOpportunityTask", body)
	document := h.damage(t, id)
	for n := range 10 {
		h.clock.Advance(10 * time.Minute)
		for _, w := range h.claim(t) {
			h.fail(t, w)
		}
		if list := h.fromOpportunityTasks(t, alice); n < 9 && *list[0].TaskStatus != api.TaskStatusInProgress {
			t.Fatalf("given up after %d faults: %s", n+1, encoded(t, list))
		}
	}
	out := do[api.StartEngagementFromOpportunityTaskResponse](t, h, alice, "StartEngagementFromOpportunityTask", body)
	failed(t, out.TaskStatus, out.ReasonCode, out.Message, api.ReasonCodeInternalError, "The server could not complete the request")

	h.repair(t, id, document)
	h.clock.Advance(time.Hour)
	h.work(t)
	if list := h.fromOpportunityTasks(t, alice); *list[0].TaskStatus != api.TaskStatusFailed {
		t.Errorf("a task that was given up came back: %s", encoded(t, list))
	}
}

// damage makes an opportunity unreadable, and returns what it was.
func (h *harness) damage(t testing.TB, id string) (document []byte) {
	t.Helper()
	key := store.OpportunityKey{Account: alice, Catalog: "Sandbox", ID: id}
	err := h.store.Update(t.Context(), func(tx *store.Tx) (err error) {
		if _, document, err = tx.Opportunity(key); err != nil {
			return err
		}
		return tx.UpdateOpportunity(&store.Opportunity{
			OpportunityKey: key, LastModifiedAt: start.UnixMilli(), Document: []byte("broken"),
		}, start.UnixMilli())
	})
	if err != nil {
		t.Fatal(err)
	}
	return document
}

func (h *harness) repair(t testing.TB, id string, document []byte) {
	t.Helper()
	err := h.store.Update(t.Context(), func(tx *store.Tx) error {
		return tx.UpdateOpportunity(&store.Opportunity{
			OpportunityKey: store.OpportunityKey{Account: alice, Catalog: "Sandbox", ID: id},
			LastModifiedAt: start.UnixMilli(), Document: document,
		}, start.UnixMilli())
	})
	if err != nil {
		t.Fatal(err)
	}
}

// fail does work that must fail, and puts it off as a worker does.
func (h *harness) fail(t testing.TB, w store.Work) {
	t.Helper()
	cause := h.store.Update(t.Context(), func(tx *store.Tx) error { return h.Handle(tx, w) })
	if cause == nil || !strings.Contains(cause.Error(), "GetOpportunity") {
		t.Fatalf("%s %s: %v, want an error that names the step", w.Kind, w.Subject, cause)
	}
	err := h.store.Update(t.Context(), func(tx *store.Tx) error {
		if err := tx.Fail(&w, h.clock.Now().UnixMilli(), cause.Error()); err != nil {
			return err
		}
		return h.OnFailure(tx, w, cause)
	})
	if err != nil {
		t.Fatal(err)
	}
}

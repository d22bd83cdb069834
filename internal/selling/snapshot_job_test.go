package selling_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"cosell/internal/api"
	"cosell/internal/store"
)

const jobARN = "arn:aws:partnercentral:us-east-1:" + alice + ":catalog/Sandbox/resource-snapshot-job/"

func TestSnapshotJobIsBornStopped(t *testing.T) {
	h := newHarness(t)
	engagement, id := h.shared(t)
	created := do[api.CreateResourceSnapshotJobResponse](t, h, alice, "CreateResourceSnapshotJob",
		snapshotBody(engagement, id, summaryView, h.token(), `"Tags": [{"Key": "team", "Value": "blue"}]`))
	if *created.Arn != jobARN+*created.Id {
		t.Errorf("ARN %s", *created.Arn)
	}
	sameJSON(t, encoded(t, h.job(t, alice, *created.Id)), fmt.Sprintf(`{"Catalog": "Sandbox", "Id": %q, "Arn": %q, "EngagementId": %q,
		"ResourceType": "Opportunity", "ResourceId": %q, "ResourceArn": "arn:aws:partnercentral:us-east-1:111122223333:catalog/Sandbox/opportunity/%[4]s",
		"ResourceSnapshotTemplateName": "OpportunitySummaryView", "CreatedAt": "2026-11-21T10:00:00.000Z", "Status": "Stopped",
		"LastSuccessfulExecutionDate": null, "LastFailure": null}`, *created.Id, *created.Arn, engagement, id))
	if n := h.work(t); n != 0 {
		t.Errorf("%d pieces of work for a stopped job", n)
	}
	tags := do[api.ListTagsForResourceResponse](t, h, alice, "ListTagsForResource", fmt.Sprintf(`{"ResourceArn": %q}`, *created.Arn))
	if got := encoded(t, tags.Tags); got != `[{"Key":"team","Value":"blue"}]` {
		t.Errorf("tags %s", got)
	}
}

func TestOneSnapshotJobForTheSame(t *testing.T) {
	h := newHarness(t)
	engagement, id := h.shared(t)
	first := h.createJob(t, alice, engagement, id, summaryView)
	_, err := try[struct{}](t, h, alice, "CreateResourceSnapshotJob", snapshotBody(engagement, id, summaryView, h.token()))
	fails(t, err, api.TypeConflict)
	h.createJob(t, alice, engagement, id, awsView)
	h.createJob(t, alice, h.sandboxEngagement(t, alice), id, summaryView)
	do[struct{}](t, h, alice, "DeleteResourceSnapshotJob", jobBody(first))
	h.createJob(t, alice, engagement, id, summaryView)
}

// latest is the number of the latest revision, 0 where there is none.
func latest(t testing.TB, h *harness, engagement, id, template string) int32 {
	t.Helper()
	out, err := try[api.GetResourceSnapshotResponse](t, h, alice, "GetResourceSnapshot", snapshotBody(engagement, id, template))
	if err != nil {
		fails(t, err, api.TypeResourceNotFound)
		return 0
	}
	return *out.Revision
}

func TestRunningSnapshotJobFollowsChanges(t *testing.T) {
	h := newHarness(t)
	engagement, id := h.shared(t)
	stoppedOne := h.createJob(t, alice, engagement, id, "Opportunity")
	job := h.createJob(t, alice, engagement, id, summaryView)
	h.startJob(t, alice, job)
	if got := *h.job(t, alice, job).Status; got != "Running" {
		t.Errorf("status %s after start", got)
	}
	h.startJob(t, alice, job) // changes nothing
	if n := h.work(t); n != 1 {
		t.Errorf("%d passes after the start, want 1", n)
	}
	set := func(members ...string) func() error {
		return func() error {
			update(t, h, alice, h.opportunity(t, alice, id), members...)
			return nil
		}
	}
	link := func(kind, entity string) func() error {
		return func() error { return associate(t, h, id, kind, entity) }
	}
	want := int32(1) // of the initial pass
	for _, c := range []struct {
		name   string
		change func() error
		shown  bool
	}{
		{"Nothing", set(), false},
		{"Needs", set(`"PrimaryNeedsFromAws": ["Do Not Need Support from AWS Sales Rep"]`), true},
		{"NeedsAgain", set(`"PrimaryNeedsFromAws": ["Do Not Need Support from AWS Sales Rep"]`), false},
		{"Revenue", set(`"SoftwareRevenue": null`), false},
		{"PartnerIdentifier", set(`"PartnerOpportunityIdentifier": "CRM-1"`), false},
		{"Offer", link("AwsMarketplaceOffers", marketplace+"Offer/offer-abc"), false},
		{"Solution", link("Solutions", "S-1234567"), true},
		{"Product", link("AwsProducts", "AWSLambda"), true},
		{"Duration", set(contract), true},
		{"NextSteps", set(`"LifeCycle": {"Stage": "Prospect", "TargetCloseDate": "2027-06-30", "NextSteps": "Call again"}`), true},
		{"Review", set(`"LifeCycle": {"Stage": "Prospect", "TargetCloseDate": "2027-06-30", "NextSteps": "Call again", "ReviewStatus": "Approved"}`), true},
	} {
		t.Run(c.name, func(t *testing.T) {
			h.clock.Advance(time.Minute)
			if err := c.change(); err != nil {
				t.Fatal(err)
			}
			if c.shown {
				want++
			}
			h.work(t)
			if got := latest(t, h, engagement, id, summaryView); got != want {
				t.Errorf("revision %d, want %d", got, want)
			}
			j := h.job(t, alice, job)
			if *j.LastSuccessfulExecutionDate != api.NewTimestamp(h.clock.Now()) || j.LastFailure != nil {
				t.Errorf("the job says %s", encoded(t, j))
			}
		})
	}
	if got := latest(t, h, engagement, id, "Opportunity"); got != 0 {
		t.Errorf("the stopped job %s made revision %d", stoppedOne, got)
	}
}

// The initial pass adds nothing to a snapshot that shows the same.
func TestStartAddsNothingWhereNothingChanged(t *testing.T) {
	h := newHarness(t)
	engagement, id := h.shared(t)
	h.publish(t, alice, engagement, id, summaryView)
	h.startJob(t, alice, h.createJob(t, alice, engagement, id, summaryView))
	h.work(t)
	if got := latest(t, h, engagement, id, summaryView); got != 1 {
		t.Errorf("revision %d, want 1", got)
	}
}

func TestAWSViewJobFollowsWhatItShows(t *testing.T) {
	h := newHarness(t)
	engagement, id := h.shared(t)
	h.startJob(t, alice, h.createJob(t, alice, engagement, id, awsView))
	h.work(t)
	update(t, h, alice, h.opportunity(t, alice, id), `"PrimaryNeedsFromAws": ["Do Not Need Support from AWS Sales Rep"]`)
	h.work(t)
	if got := latest(t, h, engagement, id, awsView); got != 1 {
		t.Errorf("revision %d after a change it does not show", got)
	}
	if err := associate(t, h, id, "Solutions", "S-1234567"); err != nil {
		t.Fatal(err)
	}
	h.work(t)
	if got := latest(t, h, engagement, id, awsView); got != 2 {
		t.Errorf("revision %d after a change it shows", got)
	}
}

// Many changes between two passes make one revision, of the last.
func TestPassShowsTheLastChange(t *testing.T) {
	h := newHarness(t)
	engagement, id := h.shared(t)
	h.startJob(t, alice, h.createJob(t, alice, engagement, id, summaryView))
	o := h.opportunity(t, alice, id)
	for i := range 5 {
		o = update(t, h, alice, o, fmt.Sprintf(`"LifeCycle": {"Stage": "Prospect", "TargetCloseDate": "2027-06-30", "NextSteps": "Step %d"}`, i))
	}
	if n := h.work(t); n != 1 {
		t.Errorf("%d passes, want 1", n)
	}
	got := h.snapshot(t, bob, engagement, id, summaryView)
	if *got.Revision != 1 || *got.Payload.OpportunitySummary.Lifecycle.NextSteps != "Step 4" {
		t.Errorf("got %s", encoded(t, got))
	}
}

func TestStoppedSnapshotJobFollowsNoMore(t *testing.T) {
	h := newHarness(t)
	engagement, id := h.shared(t)
	job := h.createJob(t, alice, engagement, id, summaryView)
	h.stopJob(t, alice, job) // changes nothing
	h.startJob(t, alice, job)
	h.stopJob(t, alice, job)
	h.stopJob(t, alice, job)
	h.work(t) // the initial pass finds it stopped
	update(t, h, alice, h.opportunity(t, alice, id), `"PrimaryNeedsFromAws": ["Do Not Need Support from AWS Sales Rep"]`)
	if n := h.work(t); n != 0 {
		t.Errorf("%d passes of a stopped job", n)
	}
	if got := latest(t, h, engagement, id, summaryView); got != 0 {
		t.Errorf("revision %d of a stopped job", got)
	}
	h.startJob(t, alice, job)
	h.work(t)
	if got := latest(t, h, engagement, id, summaryView); got != 1 {
		t.Errorf("revision %d after it was started again", got)
	}
}

func TestDeleteSnapshotJob(t *testing.T) {
	h := newHarness(t)
	engagement, id := h.shared(t)
	job := h.createJob(t, alice, engagement, id, summaryView, `"Tags": [{"Key": "team", "Value": "blue"}]`)
	h.startJob(t, alice, job)
	_, err := try[struct{}](t, h, alice, "DeleteResourceSnapshotJob", jobBody(job))
	fails(t, err, api.TypeConflict)
	h.work(t)
	update(t, h, alice, h.opportunity(t, alice, id), `"PrimaryNeedsFromAws": ["Do Not Need Support from AWS Sales Rep"]`)
	claimed := h.claim(t) // a pass begins,
	h.stopJob(t, alice, job)
	do[struct{}](t, h, alice, "DeleteResourceSnapshotJob", jobBody(job))
	h.finish(t, claimed) // and finds the job gone
	if got := latest(t, h, engagement, id, summaryView); got != 1 {
		t.Errorf("revision %d after the job was deleted, want the 1 it had made", got)
	}
	for _, operation := range []string{
		"GetResourceSnapshotJob", "StartResourceSnapshotJob", "StopResourceSnapshotJob", "DeleteResourceSnapshotJob",
	} {
		_, err := try[struct{}](t, h, alice, operation, jobBody(job))
		fails(t, err, api.TypeResourceNotFound)
	}
	_, err = try[struct{}](t, h, alice, "ListTagsForResource", fmt.Sprintf(`{"ResourceArn": %q}`, jobARN+job))
	fails(t, err, api.TypeResourceNotFound)
	view(t, h, func(tx *store.Tx) error {
		tags, err := tx.Tags(alice, jobARN+job)
		if len(tags) != 0 {
			t.Errorf("its tags remain: %v", tags)
		}
		return err
	})
}

func view(t testing.TB, h *harness, fn func(*store.Tx) error) {
	t.Helper()
	if err := h.store.View(t.Context(), fn); err != nil {
		t.Fatal(err)
	}
}

func TestSnapshotJobIsItsAccountsAlone(t *testing.T) {
	h := newHarness(t)
	engagement, id := h.shared(t)
	job := h.createJob(t, alice, engagement, id, summaryView)
	for _, operation := range []string{
		"GetResourceSnapshotJob", "StartResourceSnapshotJob", "StopResourceSnapshotJob", "DeleteResourceSnapshotJob",
	} {
		t.Run(operation, func(t *testing.T) {
			for _, account := range []string{bob, carol, "aws"} {
				_, err := try[struct{}](t, h, account, operation, jobBody(job))
				fails(t, err, api.TypeResourceNotFound)
			}
			_, err := try[struct{}](t, h, alice, operation, merge(jobBody(job), `"Catalog": "AWS"`))
			fails(t, err, api.TypeResourceNotFound)
			_, err = try[struct{}](t, h, alice, operation, jobBody(jobARN+job))
			fails(t, err, api.TypeValidation, "resourceSnapshotJobIdentifier INVALID_STRING_FORMAT")
		})
	}
	for account, want := range map[string]string{alice: "", bob: api.TypeAccessDenied} {
		for operation, members := range map[string]string{
			"TagResource": `"Tags": [{"Key": "team", "Value": "blue"}]`, "ListTagsForResource": `"Tags": null`, "UntagResource": `"TagKeys": ["team"]`,
		} {
			_, err := try[struct{}](t, h, account, operation, merge(fmt.Sprintf(`{"ResourceArn": %q}`, jobARN+job), members))
			if want == "" && err != nil {
				t.Errorf("%s by the owner: %v", operation, err)
			}
			if want != "" {
				fails(t, err, want)
			}
		}
	}
}

func TestListResourceSnapshotJobs(t *testing.T) {
	h := newHarness(t)
	engagement, id := h.shared(t)
	other := h.sandboxEngagement(t, alice)
	var jobs []string
	for _, c := range []struct{ engagement, template string }{
		{engagement, summaryView}, {engagement, awsView}, {other, summaryView}, {other, awsView},
	} {
		h.clock.Advance(time.Second)
		jobs = append(jobs, h.createJob(t, alice, c.engagement, id, c.template))
	}
	h.startJob(t, alice, jobs[0])
	h.startJob(t, alice, jobs[3])
	h.createJob(t, bob, engagement, *h.createOpportunity(t, bob).Id, summaryView)
	show := func(out *api.ListResourceSnapshotJobsResponse) (shown []string, next *string) {
		for _, s := range out.ResourceSnapshotJobSummaries {
			i := slices.Index(jobs, *s.Id)
			if *s.Arn != jobARN+*s.Id || *s.EngagementId != []string{engagement, engagement, other, other}[i] {
				t.Errorf("summary %s", encoded(t, s))
			}
			shown = append(shown, fmt.Sprint(i, *s.Status))
		}
		return shown, out.NextToken
	}
	list := list[api.ListResourceSnapshotJobsResponse]{"ListResourceSnapshotJobs", show}
	for name, c := range map[string]struct{ query, want string }{
		"NewestFirst": {`{}`, "3Running 2Stopped 1Stopped 0Running"},
		"Descending":  {`{"Sort": {"SortBy": "CreatedDate", "SortOrder": "DESCENDING"}}`, "3Running 2Stopped 1Stopped 0Running"},
		"SortByAlone": {`{"Sort": {"SortBy": "CreatedDate"}}`, "3Running 2Stopped 1Stopped 0Running"},
		"Ascending":   {`{"Sort": {"SortBy": "CreatedDate", "SortOrder": "ASCENDING"}}`, "0Running 1Stopped 2Stopped 3Running"},
		"Status":      {`{"Status": "Running"}`, "3Running 0Running"},
		"Engagement":  {fmt.Sprintf(`{"EngagementIdentifier": %q}`, other), "3Running 2Stopped"},
		"Both":        {fmt.Sprintf(`{"EngagementIdentifier": %q, "Status": "Stopped"}`, other), "2Stopped"},
		"None":        {`{"EngagementIdentifier": "eng-00000000000000"}`, ""},
	} {
		for _, size := range []int{0, 1, 3} {
			t.Run(fmt.Sprint(name, size), func(t *testing.T) {
				got := pages(t, h, alice, list, c.query, size)
				if strings.Join(got, " ") != c.want {
					t.Errorf("got %q, want %q", got, c.want)
				}
			})
		}
	}
	for name, c := range map[string]struct{ members, field string }{
		"Status":        {`"Status": "Paused"`, "status INVALID_ENUM_VALUE"},
		"Sort":          {`"Sort": {"SortBy": "Status"}`, "sort.sortBy INVALID_ENUM_VALUE"},
		"PageOfNothing": {`"MaxResults": 0`, "maxResults VALUE_OUT_OF_RANGE"},
		"ForgedToken":   {`"NextToken": "forged"`, "nextToken INVALID_VALUE"},
	} {
		t.Run("Refuses"+name, func(t *testing.T) {
			_, err := try[struct{}](t, h, alice, "ListResourceSnapshotJobs", merge(`{"Catalog": "Sandbox"}`, c.members))
			fails(t, err, api.TypeValidation, c.field)
		})
	}
	empty := do[api.ListResourceSnapshotJobsResponse](t, h, alice, "ListResourceSnapshotJobs", `{"Catalog": "AWS"}`)
	if len(empty.ResourceSnapshotJobSummaries) != 0 {
		t.Errorf("the other catalog has %s", encoded(t, empty))
	}
}

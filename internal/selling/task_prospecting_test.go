package selling_test

import (
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"cosell/internal/api"
	"cosell/internal/service"
	"cosell/internal/store"
)

// prospectingBody is a request about engagements of Sandbox.
func prospectingBody(token, name string, engagements ...string) string {
	list, err := api.Marshal(append([]string{}, engagements...))
	if err != nil {
		panic(err)
	}
	return fmt.Sprintf(`{"Catalog": "Sandbox", "ClientToken": %q, "TaskName": %q, "Identifiers": %s}`, token, name, list)
}

// startProspecting starts a task and returns its identifier.
func (h *harness) startProspecting(t testing.TB, account, name string, engagements ...string) string {
	t.Helper()
	h.tokens++
	body := prospectingBody(fmt.Sprintf("token-%d", h.tokens), name, engagements...)
	return *do[api.StartProspectingFromEngagementTaskResponse](t, h, account, "StartProspectingFromEngagementTask", body).TaskId
}

// prospecting reads a task.
func (h *harness) prospecting(t testing.TB, account, id string) *api.GetProspectingFromEngagementTaskResponse {
	t.Helper()
	return do[api.GetProspectingFromEngagementTaskResponse](t, h, account, "GetProspectingFromEngagementTask",
		fmt.Sprintf(`{"Catalog": "Sandbox", "TaskIdentifier": %q}`, id))
}

// leadEngagement makes an engagement about a lead.
func (h *harness) leadEngagement(t testing.TB, account string, more ...string) string {
	t.Helper()
	return h.sandboxEngagement(t, account, `"Contexts": [`+strings.Join(append([]string{leadContext}, more...), ", ")+`]`)
}

// results are what became of a task's engagements, in the order of the request.
func results(task *api.GetProspectingFromEngagementTaskResponse) []string {
	found := []string{}
	for _, e := range task.Engagements {
		text := string(*e.Status)
		if e.ReasonCode != nil {
			text += " " + *e.ReasonCode
		}
		found = append(found, text)
	}
	return found
}

func TestProspectingTask(t *testing.T) {
	h := newHarness(t)
	first, second := h.leadEngagement(t, alice), h.leadEngagement(t, alice)
	h.clock.Advance(time.Hour)
	h.heard(t, alice)
	out := do[api.StartProspectingFromEngagementTaskResponse](t, h, alice, "StartProspectingFromEngagementTask",
		prospectingBody("a", "autumn", second, first))
	id := *out.TaskId

	t.Run("AnswersAtOnce", func(t *testing.T) {
		if *out.TaskStatus != api.ProspectingTaskStatusPending || *out.TaskName != "autumn" || !slices.Equal(out.Identifiers, []string{second, first}) {
			t.Errorf("got %+v", out)
		}
		if want := "arn:aws:partnercentral-selling:us-east-1::catalog/Sandbox/prospecting-from-engagement-task/" + id; *out.TaskArn != want {
			t.Errorf("ARN %s, want %s", *out.TaskArn, want)
		}
		if len(id) != len("task-")+14 {
			t.Errorf("identifier %s", id)
		}
		task := h.prospecting(t, alice, id)
		if task.EndTime != nil || !slices.Equal(results(task), []string{"PENDING", "PENDING"}) {
			t.Errorf("ended %v with %q", task.EndTime, results(task))
		}
	})
	t.Run("TakesOneEngagementATransaction", func(t *testing.T) {
		h.clock.Advance(time.Minute)
		h.finish(t, h.claim(t))
		task := h.prospecting(t, alice, id)
		if task.EndTime != nil || !slices.Equal(results(task), []string{"COMPLETED", "PENDING"}) {
			t.Errorf("ended %v with %q", task.EndTime, results(task))
		}
	})
	t.Run("EndsWithTheLast", func(t *testing.T) {
		h.clock.Advance(time.Minute)
		h.work(t)
		task := h.prospecting(t, alice, id)
		if !slices.Equal(results(task), []string{"COMPLETED", "COMPLETED"}) {
			t.Fatalf("got %q", results(task))
		}
		if task.EndTime.Time().Sub(task.StartTime.Time()) != 2*time.Minute {
			t.Errorf("from %s to %s", task.StartTime, task.EndTime)
		}
		for i, want := range []string{second, first} {
			e := task.Engagements[i]
			if *e.EngagementIdentifier != want || !strings.HasPrefix(*e.EngagementContextId, "ctx-") || len(*e.EngagementContextId) != len("ctx-")+14 || e.Message != nil {
				t.Errorf("result %d: %+v", i, e)
			}
		}
	})
	t.Run("WritesAContextInAWSsName", func(t *testing.T) {
		e := do[api.GetEngagementResponse](t, h, alice, "GetEngagement", named(first))
		if len(e.Contexts) != 2 || *e.Contexts[1].Id != "2" || *e.Contexts[1].Type != api.EngagementContextTypeProspectingResult || *e.ModifiedBy != "aws" {
			t.Fatalf("by %s: %+v", *e.ModifiedBy, e.Contexts)
		}
		result := e.Contexts[1].Payload.ProspectingResult.Aws
		if *result.TaskId != id || *result.TaskArn != *out.TaskArn || *result.TaskName != "autumn" || *result.StartTime != *out.StartTime ||
			result.EndTime.Time().Sub(result.StartTime.Time()) != 2*time.Minute {
			t.Errorf("result %+v", result)
		}
		if *result.Customer.AccountName != "Acme Farms" || result.Insights.SolutionScore == nil {
			t.Errorf("customer %+v, insights %+v", result.Customer, result.Insights)
		}
	})
	t.Run("TellsTheMembers", func(t *testing.T) {
		if got, want := h.heard(t, alice), []string{"Engagement Updated", "Engagement Updated"}; !slices.Equal(got, want) {
			t.Errorf("told %q", got)
		}
	})
	t.Run("ShowsInInvitations", func(t *testing.T) {
		h.invite(t, alice, first, bob)
		i := h.invitation(t, bob, *h.invited(t, bob, "Sandbox").Id)
		if i.EnrichmentContext == nil || *i.EnrichmentContext.ProspectingResultAws.Customer.AccountName != "Acme Farms" {
			t.Errorf("got %+v", i.EnrichmentContext)
		}
	})
	t.Run("LeavesNoWork", func(t *testing.T) {
		h.work(t)
		if n := h.work(t); n != 0 {
			t.Errorf("%d works remain", n)
		}
	})
}

func TestProspectingFailures(t *testing.T) {
	h := newHarness(t)
	foreign, plain := h.leadEngagement(t, bob), h.sandboxEngagement(t, alice, `"Contexts": [`+customerProject+`]`)
	full := h.leadEngagement(t, alice, leadContext, leadContext, leadContext, leadContext)
	fine := h.leadEngagement(t, alice)
	id := h.startProspecting(t, alice, "mixed", foreign, "eng-00000000000000", plain, full, fine)
	h.work(t)
	task := h.prospecting(t, alice, id)

	t.Run("AreEachEngagementsOwn", func(t *testing.T) {
		want := []string{
			"FAILED EngagementAccessDenied", "FAILED EngagementAccessDenied", "FAILED ContextNotFound",
			"FAILED ServiceQuotaExceeded", "COMPLETED",
		}
		if diff := cmp.Diff(want, results(task)); diff != "" {
			t.Error(diff)
		}
		for _, e := range task.Engagements[:4] {
			if *e.Message == "" || e.EngagementContextId != nil {
				t.Errorf("failed without words: %+v", e)
			}
		}
	})
	t.Run("ForeignAndMissingLookTheSame", func(t *testing.T) {
		if *task.Engagements[0].Message != *task.Engagements[1].Message {
			t.Errorf("%q and %q", *task.Engagements[0].Message, *task.Engagements[1].Message)
		}
	})
	t.Run("AreCounted", func(t *testing.T) {
		row := do[api.ListProspectingFromEngagementTasksResponse](t, h, alice, "ListProspectingFromEngagementTasks", `{"Catalog": "Sandbox"}`).TaskSummaries[0]
		if *row.TotalEngagementCount != 5 || *row.CompletedEngagementCount != 1 || *row.FailedEngagementCount != 4 || row.EndTime == nil {
			t.Errorf("row %+v", row)
		}
	})
	t.Run("LeaveTheForeignEngagementAlone", func(t *testing.T) {
		if e := do[api.GetEngagementResponse](t, h, bob, "GetEngagement", named(foreign)); len(e.Contexts) != 1 {
			t.Errorf("%d contexts", len(e.Contexts))
		}
	})
}

// silent knows nothing of anybody.
type silent struct{}

func (silent) Prospect(*api.LeadCustomer) (*api.ProspectingResultCustomer, *api.ProspectingInsights, error) {
	return nil, nil, errors.New("the line to oracle.internal is dead")
}

func TestProspectingWithoutInsights(t *testing.T) {
	h := newHarness(t, func(c *service.Config) { c.Selling.Insights, c.Log = silent{}, slog.New(slog.DiscardHandler) })
	id := h.startProspecting(t, alice, "quiet", h.leadEngagement(t, alice))
	h.work(t)
	task := h.prospecting(t, alice, id)
	if !slices.Equal(results(task), []string{"FAILED InternalError"}) || strings.Contains(*task.Engagements[0].Message, "oracle") {
		t.Errorf("got %q: %s", results(task), *task.Engagements[0].Message)
	}
}

// TestProspectingWorkRepeated does work again that was done: a worker that lost
// its lease may come late.
func TestProspectingWorkRepeated(t *testing.T) {
	h := newHarness(t)
	e := h.leadEngagement(t, alice)
	id := h.startProspecting(t, alice, "late", e)
	late := h.claim(t)
	h.finish(t, late)
	for _, w := range late {
		if err := h.store.Update(t.Context(), func(tx *store.Tx) error { return h.Handle(tx, w) }); err != nil {
			t.Fatal(err)
		}
	}
	if got := results(h.prospecting(t, alice, id)); !slices.Equal(got, []string{"COMPLETED"}) {
		t.Errorf("got %q", got)
	}
	if got := do[api.GetEngagementResponse](t, h, alice, "GetEngagement", named(e)); len(got.Contexts) != 2 {
		t.Errorf("%d contexts, want the lead and one result", len(got.Contexts))
	}
}

func TestInventedInsightsAreTheSameForTheSameCompany(t *testing.T) {
	customer := func(h *harness, account, lead string) *api.ProspectingResultAws {
		t.Helper()
		e := h.sandboxEngagement(t, account, `"Contexts": [`+lead+`]`)
		h.startProspecting(t, account, "again", e)
		h.work(t)
		result := do[api.GetEngagementResponse](t, h, account, "GetEngagement", named(e)).Contexts[1].Payload.ProspectingResult.Aws
		result.TaskId, result.TaskArn, result.StartTime, result.EndTime = nil, nil, nil, nil
		return result
	}
	first, second := newHarness(t), newHarness(t)
	want := customer(first, alice, leadContext)
	second.leadEngagement(t, carol) // other identifiers
	if diff := cmp.Diff(want, customer(second, bob, leadContext)); diff != "" {
		t.Errorf("another server, another account (-want +got):\n%s", diff)
	}
	if other := customer(second, bob, strings.Replace(leadContext, "Acme Farms", "Bolt Mills", 1)); cmp.Equal(want.Customer, other.Customer) {
		t.Error("two companies are one")
	}
	known := customer(second, bob, strings.NewReplacer(`"Address": {}`, `"Address": {"CountryCode": "DE"}, "Industry": "Agriculture", "MarketSegment": "Niche"`).Replace(leadContext)).Customer
	if *known.Country != "DE" || *known.Industry != "Agriculture" || *known.Segment != "Niche" {
		t.Errorf("what the lead says is lost: %+v", known)
	}
	unknown := customer(second, bob, strings.NewReplacer(`"Address": {}`, `"Address": {"CountryCode": "Bavaria"}, "Industry": "Beer"`).Replace(leadContext)).Customer
	if unknown.Country != nil || unknown.Industry != nil {
		t.Errorf("free text became a value of a list: %+v", unknown)
	}
}

func TestStartProspectingToken(t *testing.T) {
	h := newHarness(t)
	e := h.leadEngagement(t, alice)
	start := func(token, name string, engagements ...string) (*api.StartProspectingFromEngagementTaskResponse, error) {
		return try[api.StartProspectingFromEngagementTaskResponse](t, h, alice, "StartProspectingFromEngagementTask", prospectingBody(token, name, engagements...))
	}
	first, err := start("same", "one", e)
	if err != nil {
		t.Fatal(err)
	}
	h.work(t)
	t.Run("TheSameAnswersTheSameThoughTheTaskWentOn", func(t *testing.T) {
		again, err := start("same", "one", e)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(first, again); diff != "" {
			t.Error(diff)
		}
		if n := h.work(t); n != 0 {
			t.Errorf("%d works for nothing new", n)
		}
	})
	t.Run("AnotherRequestIsAConflict", func(t *testing.T) {
		_, err := start("same", "two", e)
		fails(t, err, api.TypeConflict)
	})
	t.Run("AnotherTokenIsAnotherTask", func(t *testing.T) {
		second, err := start("other", "one", e)
		if err != nil || *second.TaskId == *first.TaskId {
			t.Errorf("%v, %v", second, err)
		}
	})
}

func TestStartProspectingRequest(t *testing.T) {
	h := newHarness(t)
	e := h.leadEngagement(t, alice)
	many := make([]string, 101)
	for i := range many {
		many[i] = fmt.Sprintf("eng-%014d", i)
	}
	for name, row := range map[string]struct {
		body   string
		fields []string
	}{
		"NoEngagement":             {prospectingBody("a", "n"), []string{"identifiers NOT_ENOUGH_VALUES"}},
		"TooMany":                  {prospectingBody("a", "n", many...), []string{"identifiers TOO_MANY_VALUES"}},
		"TheSameTwice":             {prospectingBody("a", "n", e, many[0], e), []string{"identifiers[2] DUPLICATE_KEY_VALUE"}},
		"NoName":                   {prospectingBody("a", "", e), []string{"taskName INVALID_STRING_FORMAT"}},
		"AnArn":                    {prospectingBody("a", "n", "arn:aws:partnercentral:us-east-1::catalog/Sandbox/engagement/"+e), []string{"identifiers[0] INVALID_STRING_FORMAT"}},
		"NoToken":                  {merge(prospectingBody("a", "n", e), `"ClientToken": null`), []string{"clientToken REQUIRED_FIELD_MISSING"}},
		"NeitherNameNorEngagement": {`{"Catalog": "Sandbox", "ClientToken": "a"}`, []string{"identifiers REQUIRED_FIELD_MISSING", "taskName REQUIRED_FIELD_MISSING"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := try[struct{}](t, h, alice, "StartProspectingFromEngagementTask", row.body)
			fails(t, err, api.TypeValidation, row.fields...)
		})
	}
	if list := do[api.ListProspectingFromEngagementTasksResponse](t, h, alice, "ListProspectingFromEngagementTasks", `{"Catalog": "Sandbox"}`); len(list.TaskSummaries) > 0 {
		t.Error("a refused request left a task")
	}
}

func TestProspectingTaskIsItsAccountsInItsCatalog(t *testing.T) {
	h := newHarness(t)
	id := h.startProspecting(t, alice, "mine", h.leadEngagement(t, alice))
	for name, row := range map[string]struct{ account, catalog, id string }{
		"Stranger": {bob, "Sandbox", id}, "OtherCatalog": {alice, "AWS", id}, "Unknown": {alice, "Sandbox", "task-00000000000000"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := try[struct{}](t, h, row.account, "GetProspectingFromEngagementTask",
				fmt.Sprintf(`{"Catalog": %q, "TaskIdentifier": %q}`, row.catalog, row.id))
			fails(t, err, api.TypeResourceNotFound)
			list := do[api.ListProspectingFromEngagementTasksResponse](t, h, row.account, "ListProspectingFromEngagementTasks",
				fmt.Sprintf(`{"Catalog": %q, "TaskIdentifier": [%q]}`, row.catalog, row.id))
			if len(list.TaskSummaries) > 0 {
				t.Error("a list shows it")
			}
		})
	}
}

func TestListProspectingFromEngagementTasks(t *testing.T) {
	h := newHarness(t)
	ids := map[string]string{}
	lead := h.leadEngagement(t, alice)
	for i, name := range []string{"cedar", "ash", "birch", "dogwood"} {
		h.clock.Advance(time.Minute)
		engagements := []string{lead}
		for n := range 3 - i { // so many fail
			engagements = append(engagements, fmt.Sprintf("eng-%014d", n))
		}
		ids[name] = h.startProspecting(t, alice, name, engagements...)
		h.work(t)
	}
	at := func(minutes int) string {
		return api.NewTimestamp(start.Add(time.Duration(minutes) * time.Minute)).String()
	}
	for rule, row := range map[string]struct{ members, want string }{
		"LatestFirst":       {``, "dogwood birch ash cedar"},
		"ByStartTime":       {`"Sort": {"SortBy": "StartTime", "SortOrder": "ASCENDING"}`, "cedar ash birch dogwood"},
		"ByName":            {`"Sort": {"SortBy": "TaskName", "SortOrder": "ASCENDING"}`, "ash birch cedar dogwood"},
		"ByNameDown":        {`"Sort": {"SortBy": "TaskName", "SortOrder": "DESCENDING"}`, "dogwood cedar birch ash"},
		"ByFailures":        {`"Sort": {"SortBy": "FailedEngagementCount", "SortOrder": "ASCENDING"}`, "dogwood birch ash cedar"},
		"ByFailuresDown":    {`"Sort": {"SortBy": "FailedEngagementCount", "SortOrder": "DESCENDING"}`, "cedar ash birch dogwood"},
		"FilterNames":       {`"TaskName": ["ash", "cedar", "oak"]`, "ash cedar"},
		"FilterIdentifiers": {fmt.Sprintf(`"TaskIdentifier": [%q]`, ids["birch"]), "birch"},
		"StartAfterIsIn":    {fmt.Sprintf(`"StartAfter": %q`, at(2)), "dogwood birch ash"},
		"StartBeforeIsNot":  {fmt.Sprintf(`"StartBefore": %q`, at(2)), "cedar"},
		"FiltersAddUp":      {fmt.Sprintf(`"TaskName": ["ash", "cedar"], "StartAfter": %q`, at(2)), "ash"},
		"EmptyIsNone":       {`"TaskName": [], "TaskIdentifier": null`, "dogwood birch ash cedar"},
	} {
		for _, size := range []int{1, 3, 100} {
			t.Run(fmt.Sprintf("%s/PagesOf%d", rule, size), func(t *testing.T) {
				body := merge(fmt.Sprintf(`{"Catalog": "Sandbox", "MaxResults": %d}`, size), "{"+row.members+"}")
				var got []string
				for {
					page := do[api.ListProspectingFromEngagementTasksResponse](t, h, alice, "ListProspectingFromEngagementTasks", body)
					for _, task := range page.TaskSummaries {
						got = append(got, *task.TaskName)
						if *task.TaskId != ids[*task.TaskName] {
							t.Errorf("%s is %s", *task.TaskName, *task.TaskId)
						}
					}
					if page.NextToken == nil || len(got) > len(ids) {
						break
					}
					body = merge(body, fmt.Sprintf(`"NextToken": %q`, *page.NextToken))
				}
				if strings.Join(got, " ") != row.want {
					t.Errorf("got %q, want %q", got, row.want)
				}
			})
		}
	}
	t.Run("ATokenBelongsToItsQuestion", func(t *testing.T) {
		token := *do[api.ListProspectingFromEngagementTasksResponse](t, h, alice, "ListProspectingFromEngagementTasks", `{"Catalog": "Sandbox", "MaxResults": 1}`).NextToken
		_, err := try[struct{}](t, h, alice, "ListProspectingFromEngagementTasks", fmt.Sprintf(`{"Catalog": "Sandbox", "TaskName": ["ash"], "NextToken": %q}`, token))
		fails(t, err, api.TypeValidation, "nextToken INVALID_VALUE")
	})
}

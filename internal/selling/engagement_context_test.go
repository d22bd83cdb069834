package selling_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"cosell/internal/api"
	"cosell/internal/auth"
)

// contextBody is a request that adds a context, given as its type and payload.
func (h *harness) contextBody(engagement, context string) string {
	h.tokens++
	return merge(fmt.Sprintf(`{"Catalog": "Sandbox", "ClientToken": "token-%d", "EngagementIdentifier": %q}`, h.tokens, engagement), context)
}

// updateContext changes a context under the lock that its engagement has now.
func (h *harness) updateContext(t testing.TB, account, engagement, id, context string) (*api.UpdateEngagementContextResponse, error) {
	t.Helper()
	lock := h.engagement(t, account, engagement).ModifiedAt
	return try[api.UpdateEngagementContextResponse](t, h, account, "UpdateEngagementContext", changedBody(engagement, id, lock, context))
}

func changedBody(engagement, id string, lock *api.Timestamp, context string) string {
	return merge(fmt.Sprintf(`{"Catalog": "Sandbox", "EngagementIdentifier": %q, "ContextIdentifier": %q,
		"EngagementLastModifiedAt": %q}`, engagement, id, lock), context)
}

// The contents of updates. An interaction is numbered by its source.
const leadChange = `"Type": "Lead", "Payload": {"Lead": {"Customer": {"CompanyName": "New Farms"}}}`

func interaction(source int) string {
	return fmt.Sprintf(`"Type": "Lead", "Payload": {"Lead": {"Customer": {"CompanyName": "New Farms"}, "Interaction": {"SourceId": "%d",
		"Contact": {"BusinessTitle": "CTO", "Email": "secret@farms.example.com", "FirstName": "Sam", "LastName": "Hill"}}}}`, source)
}

func TestCreateEngagementContext(t *testing.T) {
	h := newHarness(t)
	id := h.sandboxEngagement(t, alice, `"Contexts": [`+leadContext+`]`)
	h.join(t, id, bob)
	before := h.engagement(t, alice, id)
	h.clock.Advance(time.Hour)
	// Any member may, the creator or not.
	out := do[api.CreateEngagementContextResponse](t, h, bob, "CreateEngagementContext", h.contextBody(*before.Arn, customerProject))
	after := h.engagement(t, alice, id)
	if diff := cmp.Diff(&api.CreateEngagementContextResponse{
		EngagementId: &id, EngagementArn: before.Arn, EngagementLastModifiedAt: after.ModifiedAt, ContextId: new("2"),
	}, out); diff != "" {
		t.Error(diff)
	}
	if *after.ModifiedAt != api.NewTimestamp(h.clock.Now()) || *after.ModifiedBy != bob {
		t.Errorf("modified at %s by %s", after.ModifiedAt, *after.ModifiedBy)
	}
	if diff := cmp.Diff(before.Contexts, after.Contexts[:1]); diff != "" || len(after.Contexts) != 2 {
		t.Errorf("the contexts there before changed:\n%s", diff)
	}
	for _, account := range []string{alice, bob} {
		if diff := cmp.Diff([]string{"Engagement Updated"}, h.heard(t, account)); diff != "" {
			t.Errorf("%s heard (-want +got):\n%s", account, diff)
		}
		event := h.detail(t, account)
		for _, part := range []string{
			`"resources":["` + *before.Arn + `"]`, `"LastModifiedAt":"2026-11-21T11:00:00.000Z"`,
			`"LastModifiedBy":"` + bob + `"`, `"ContextTypes":["Lead","CustomerProject"]`,
		} {
			if !strings.Contains(event, part) {
				t.Errorf("the event lacks %s: %s", part, event)
			}
		}
	}
	list := do[api.ListEngagementsResponse](t, h, alice, "ListEngagements", `{"Catalog": "Sandbox", "ContextTypes": ["CustomerProject"]}`)
	if len(list.EngagementSummaryList) != 1 {
		t.Error("the new kind of context is not found by its filter")
	}
}

func TestCreateEngagementContextRefuses(t *testing.T) {
	h := newHarness(t)
	id := h.sandboxEngagement(t, alice)
	for name, c := range map[string]struct {
		context string
		fields  []string
	}{
		"payload of another type":         {`"Type": "CustomerProject", "Payload": {"Lead": {"Customer": {"CompanyName": "A"}, "Interactions": [{"Contact": {"BusinessTitle": "C", "Email": "e", "FirstName": "F", "LastName": "L"}}]}}`, []string{"payload INVALID_VALUE"}},
		"no payload":                      {`"Type": "Lead"`, []string{"payload REQUIRED_FIELD_MISSING"}},
		"empty payload":                   {`"Type": "Lead", "Payload": {}`, []string{"payload REQUIRED_FIELD_MISSING"}},
		"unknown type":                    {`"Type": "Document", "Payload": {"CustomerProject": {}}`, []string{"type INVALID_ENUM_VALUE"}},
		"neither customer nor project":    {`"Type": "CustomerProject", "Payload": {"CustomerProject": {}}`, []string{"payload.customerProject REQUIRED_FIELD_MISSING"}},
		"prospecting result by a partner": {`"Type": "ProspectingResult", "Payload": {"ProspectingResult": {"Aws": {}}}`, []string{"type ACTION_NOT_PERMITTED"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := try[struct{}](t, h, alice, "CreateEngagementContext", h.contextBody(id, c.context))
			fails(t, err, api.TypeValidation, c.fields...)
		})
	}
	t.Run("by a stranger", func(t *testing.T) {
		_, err := try[struct{}](t, h, carol, "CreateEngagementContext", h.contextBody(id, leadContext))
		fails(t, err, api.TypeResourceNotFound)
	})
	t.Run("a sixth", func(t *testing.T) {
		for range 5 {
			do[api.CreateEngagementContextResponse](t, h, alice, "CreateEngagementContext", h.contextBody(id, leadContext))
		}
		_, err := try[struct{}](t, h, alice, "CreateEngagementContext", h.contextBody(id, leadContext))
		fails(t, err, api.TypeServiceQuotaExceeded)
	})
}

func TestUpdateCustomerProject(t *testing.T) {
	h := newHarness(t)
	id := h.sandboxEngagement(t, alice, `"Contexts": [`+leadContext+`,`+customerProject+`]`)
	h.join(t, id, bob)
	h.clock.Advance(time.Hour)
	out, err := h.updateContext(t, bob, id, "2", `"Type": "CustomerProject", "Payload": {"CustomerProject": {"Project":
		{"Title": "Harvest", "BusinessProblem": "They count their sheep by hand.", "TargetCompletionDate": "2027-10-04"}}}`)
	if err != nil {
		t.Fatal(err)
	}
	after := h.engagement(t, alice, id)
	if diff := cmp.Diff(&api.UpdateEngagementContextResponse{
		EngagementId: &id, EngagementArn: after.Arn, EngagementLastModifiedAt: after.ModifiedAt, ContextId: new("2"),
	}, out); diff != "" {
		t.Error(diff)
	}
	// All of it is replaced: the customer is gone.
	if diff := cmp.Diff(&api.CustomerProjectsContext{Project: &api.EngagementCustomerProjectDetails{
		Title: new("Harvest"), BusinessProblem: new("They count their sheep by hand."), TargetCompletionDate: new("2027-10-04"),
	}}, after.Contexts[1].Payload.CustomerProject); diff != "" {
		t.Error(diff)
	}
	if *after.ModifiedBy != bob || after.Contexts[0].Payload.Lead == nil {
		t.Errorf("modified by %s; the other context is %+v", *after.ModifiedBy, after.Contexts[0].Payload)
	}
	for _, account := range []string{alice, bob} {
		if diff := cmp.Diff([]string{"Engagement Updated"}, h.heard(t, account)); diff != "" {
			t.Errorf("%s heard (-want +got):\n%s", account, diff)
		}
	}
}

// A lead's customer and status are replaced, its interaction is added.
func TestUpdateLead(t *testing.T) {
	h := newHarness(t)
	id := h.sandboxEngagement(t, alice, `"Contexts": [`+leadContext+`]`)
	lead := func() *api.LeadContext { return h.engagement(t, alice, id).Contexts[0].Payload.Lead }
	change := func(context string) error {
		_, err := h.updateContext(t, alice, id, "1", context)
		return err
	}
	h.clock.Advance(time.Hour)
	if err := change(`"Type": "Lead", "Payload": {"Lead": {"QualificationStatus": "Hot", "Customer": {"CompanyName": "New Farms", "Industry": "Sheep"},
		"Interaction": {"SourceId": "2", "InteractionDate": "2026-09-08T13:26:51.645895823Z",
		"Contact": {"BusinessTitle": "CEO", "Email": "ceo@farms.example.com", "FirstName": "Kim", "LastName": "Hill"}}}}`); err != nil {
		t.Fatal(err)
	}
	got := lead()
	if *got.QualificationStatus != "Hot" || *got.Customer.CompanyName != "New Farms" || got.Customer.Address != nil {
		t.Errorf("got status %s and customer %+v", *got.QualificationStatus, got.Customer)
	}
	if len(got.Interactions) != 2 || *got.Interactions[0].SourceId != "e-1" || *got.Interactions[1].SourceId != "2" {
		t.Fatalf("interactions %+v, want the new one after the old", got.Interactions)
	}
	if date := got.Interactions[1].InteractionDate.String(); date != "2026-09-08T13:26:51.645Z" {
		t.Errorf("the interaction is of %s", date)
	}
	if err := change(leadChange); err != nil {
		t.Fatal(err)
	}
	if got := lead(); *got.QualificationStatus != "Unqualified" || len(got.Interactions) != 2 {
		t.Errorf("without them: status %s, %d interactions, want the default and no more", *got.QualificationStatus, len(got.Interactions))
	}
	for n := range 8 {
		if err := change(interaction(3 + n)); err != nil {
			t.Fatal(err)
		}
	}
	if last := lead().Interactions[9]; *last.InteractionDate != api.NewTimestamp(h.clock.Now()) {
		t.Errorf("the interaction without a date is of %s, want now", last.InteractionDate)
	}
	fails(t, change(interaction(11)), api.TypeValidation, "payload.lead.interaction TOO_MANY_VALUES")
	if err := change(leadChange); err != nil {
		t.Errorf("a full lead cannot be changed: %v", err)
	}
}

// How ready a lead is, AWS says; what a partner says of it is ignored.
func TestLeadInsights(t *testing.T) {
	h := newHarness(t)
	id := h.sandboxEngagement(t, alice, `"Contexts": [`+strings.Replace(leadContext, `"Lead": {`, `"Lead": {"Insights": {"LeadReadinessScore": "Low"}, `, 1)+`]`)
	h.join(t, id, auth.AWSAccount)
	score := func() string {
		insights := h.engagement(t, alice, id).Contexts[0].Payload.Lead.Insights
		if insights == nil {
			return ""
		}
		return *insights.LeadReadinessScore
	}
	if got := score(); got != "" {
		t.Errorf("a partner set it to %s at creation", got)
	}
	change := strings.Replace(leadChange, `"Lead": {`, `"Lead": {"Insights": {"LeadReadinessScore": "High"}, `, 1)
	for _, c := range []struct{ account, context, want string }{
		{alice, change, ""},
		{auth.AWSAccount, change, "High"},
		{alice, strings.Replace(change, "High", "Medium", 1), "High"},
		{alice, leadChange, "High"},
		{auth.AWSAccount, leadChange, "High"},
	} {
		if _, err := h.updateContext(t, c.account, id, "1", c.context); err != nil {
			t.Fatal(err)
		}
		if got := score(); got != c.want {
			t.Errorf("after an update by %s it is %q, want %q", c.account, got, c.want)
		}
	}
}

// Prospecting results are AWS's to write.
func TestProspectingResultContext(t *testing.T) {
	h := newHarness(t)
	id := h.sandboxEngagement(t, alice)
	h.join(t, id, auth.AWSAccount)
	const result = `"Type": "ProspectingResult", "Payload": {"ProspectingResult": {"Aws": {"TaskName": "search"}}}`
	do[api.CreateEngagementContextResponse](t, h, auth.AWSAccount, "CreateEngagementContext", h.contextBody(id, result))
	_, err := h.updateContext(t, alice, id, "1", result)
	fails(t, err, api.TypeValidation, "type ACTION_NOT_PERMITTED")
	if _, err := h.updateContext(t, auth.AWSAccount, id, "1", strings.Replace(result, "search", "again", 1)); err != nil {
		t.Fatal(err)
	}
	if got := h.engagement(t, alice, id).Contexts[0].Payload.ProspectingResult.Aws.TaskName; *got != "again" {
		t.Errorf("the result is of %s", *got)
	}
}

func TestUpdateEngagementContextRefuses(t *testing.T) {
	h := newHarness(t)
	id := h.sandboxEngagement(t, alice, `"Contexts": [`+leadContext+`]`)
	before := h.engagement(t, alice, id)
	const project = `"Type": "CustomerProject", "Payload": {"CustomerProject": {"Customer": {"Industry": "Agriculture",
		"CompanyName": "Acme", "WebsiteUrl": "https://farms.example.com", "CountryCode": "US"}}}`
	for name, c := range map[string]struct {
		account, body, wantType string
		fields                  []string
	}{
		"unknown context":         {alice, changedBody(id, "2", before.ModifiedAt, leadChange), api.TypeResourceNotFound, nil},
		"by a stranger":           {carol, changedBody(id, "1", before.ModifiedAt, leadChange), api.TypeResourceNotFound, nil},
		"another type":            {alice, changedBody(id, "1", before.ModifiedAt, project), api.TypeValidation, []string{"type INVALID_VALUE"}},
		"payload of another type": {alice, changedBody(id, "1", before.ModifiedAt, strings.Replace(project, "CustomerProject", "Lead", 1)), api.TypeValidation, []string{"payload INVALID_VALUE"}},
		"no lock": {
			alice, merge(changedBody(id, "1", before.ModifiedAt, leadChange), `"EngagementLastModifiedAt": null`),
			api.TypeValidation,
			[]string{"engagementLastModifiedAt REQUIRED_FIELD_MISSING"},
		},
		"stale lock":          {alice, changedBody(id, "1", new(*before.ModifiedAt-1), leadChange), api.TypeConflict, nil},
		"lock of the future":  {alice, changedBody(id, "1", new(*before.ModifiedAt+1), leadChange), api.TypeConflict, nil},
		"context id too long": {alice, changedBody(id, "1000", before.ModifiedAt, leadChange), api.TypeValidation, []string{"contextIdentifier INVALID_STRING_FORMAT"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := try[struct{}](t, h, c.account, "UpdateEngagementContext", c.body)
			fails(t, err, c.wantType, c.fields...)
			if diff := cmp.Diff(before, h.engagement(t, alice, id)); diff != "" {
				t.Errorf("a refused update changed the engagement:\n%s", diff)
			}
		})
	}
}

// Members and contexts share the engagement's lock, which moves even when the
// clock stands still.
func TestEngagementLock(t *testing.T) {
	h := newHarness(t)
	id := h.sandboxEngagement(t, alice, `"Contexts": [`+leadContext+`]`)
	for name, change := range map[string]func(){
		"a member joins": func() { h.join(t, id, bob) },
		"a context is added": func() {
			do[api.CreateEngagementContextResponse](t, h, alice, "CreateEngagementContext", h.contextBody(id, customerProject))
		},
		"another update": func() {
			if _, err := h.updateContext(t, alice, id, "1", leadChange); err != nil {
				t.Fatal(err)
			}
		},
	} {
		lock := h.engagement(t, alice, id).ModifiedAt
		change()
		_, err := try[struct{}](t, h, alice, "UpdateEngagementContext", changedBody(id, "1", lock, leadChange))
		if err == nil {
			t.Errorf("after %s the lock still fits", name)
			continue
		}
		fails(t, err, api.TypeConflict)
	}
	// A client that keeps microseconds or nanoseconds has the lock too.
	lock := h.engagement(t, alice, id).ModifiedAt.String()
	body := strings.Replace(changedBody(id, "1", h.engagement(t, alice, id).ModifiedAt, leadChange), lock, strings.TrimSuffix(lock, "Z")+"000Z", 1)
	do[api.UpdateEngagementContextResponse](t, h, alice, "UpdateEngagementContext", body)
}

// Of many updates under one lock, one counts.
func TestUpdateContextRace(t *testing.T) {
	h := newHarness(t)
	id := h.sandboxEngagement(t, alice, `"Contexts": [`+leadContext+`]`)
	lock := h.engagement(t, alice, id).ModifiedAt
	var won atomic.Int32
	var wg sync.WaitGroup
	for n := range 8 {
		wg.Go(func() {
			op, _ := api.Lookup("UpdateEngagementContext")
			in := op.NewInput()
			if err := api.Unmarshal([]byte(changedBody(id, "1", lock, interaction(n))), in); err != nil {
				t.Error(err)
			}
			_, err := h.Do(t.Context(), auth.Principal{Account: alice}, op, in)
			if e, ok := errors.AsType[*api.Error](err); err == nil {
				won.Add(1)
			} else if !ok || e.Type != api.TypeConflict {
				t.Errorf("got %v, want a conflict", err)
			}
		})
	}
	wg.Wait()
	if n := len(h.engagement(t, alice, id).Contexts[0].Payload.Lead.Interactions); won.Load() != 1 || n != 2 {
		t.Errorf("%d updates counted, and made %d interactions", won.Load(), n)
	}
}

// An engine may run an operation again after another transaction came between,
// so what it fills in must not stay in the request.
func TestContextRequestsStayAsTheyWere(t *testing.T) {
	h := newHarness(t)
	id := h.sandboxEngagement(t, alice, `"Contexts": [`+leadContext+`]`)
	for _, c := range []struct{ operation, body string }{
		{"CreateEngagement", `{"Catalog": "Sandbox", "ClientToken": "t", "Contexts": [` + leadContext + `]}`},
		{"UpdateEngagementContext", changedBody(id, "1", h.engagement(t, alice, id).ModifiedAt, interaction(1))},
		{"CreateEngagementContext", h.contextBody(id, leadContext)},
	} {
		op, _ := api.Lookup(c.operation)
		in, want := op.NewInput(), op.NewInput()
		if err := errors.Join(api.Unmarshal([]byte(c.body), in), api.Unmarshal([]byte(c.body), want)); err != nil {
			t.Fatal(err)
		}
		if _, err := h.Do(t.Context(), auth.Principal{Account: alice}, op, in); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, in); diff != "" {
			t.Errorf("%s changed its request:\n%s", c.operation, diff)
		}
	}
}

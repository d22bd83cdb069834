package selling_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"cosell/internal/api"
	"cosell/internal/auth"
	"cosell/internal/selling"
)

// engagement reads an engagement of Sandbox.
func (h *harness) engagement(t testing.TB, account, id string) *api.GetEngagementResponse {
	t.Helper()
	return do[api.GetEngagementResponse](t, h, account, "GetEngagement", named(id))
}

// join makes accounts members of an engagement of alice's, and forgets what was
// told of it.
func (h *harness) join(t testing.TB, engagement string, accounts ...string) {
	t.Helper()
	for _, account := range accounts {
		h.accept(t, account, h.invite(t, alice, engagement, account))
	}
	for _, account := range append(accounts, alice) {
		h.heard(t, account)
	}
}

// detail returns the last event that an account was told.
func (h *harness) detail(t testing.TB, account string) string {
	t.Helper()
	found, err := h.Events(t.Context(), account, 0, 1000)
	if err != nil || len(found) == 0 {
		t.Fatalf("events of %s: %v, %v", account, found, err)
	}
	return string(found[len(found)-1].Envelope)
}

func TestCreateEngagement(t *testing.T) {
	h := newHarness(t)
	created := do[api.CreateEngagementResponse](t, h, alice, "CreateEngagement", `{"Catalog": "Sandbox", "ClientToken": "t",
		"Title": "Farms", "Description": "Sheep and more", "Contexts": [`+leadContext+`,`+customerProject+`]}`)
	now := api.NewTimestamp(start)
	if want := "arn:aws:partnercentral:us-east-1::catalog/Sandbox/engagement/" + *created.Id; *created.Arn != want {
		t.Errorf("ARN %s, want %s", *created.Arn, want)
	}
	if *created.ModifiedAt != now {
		t.Errorf("modified at %s, want the time of creation", created.ModifiedAt)
	}
	got := h.engagement(t, alice, *created.Id)
	want := &api.GetEngagementResponse{
		Id: created.Id, Arn: created.Arn, Title: new("Farms"), Description: new("Sheep and more"),
		CreatedAt: &now, CreatedBy: new(alice), MemberCount: new(int32(1)), ModifiedAt: &now, ModifiedBy: new(alice),
		Contexts: []api.EngagementContextDetails{
			{Id: new("1"), Type: new(api.EngagementContextTypeLead), Payload: &api.EngagementContextPayload{Lead: &api.LeadContext{
				QualificationStatus: new("Unqualified"),
				Customer:            &api.LeadCustomer{CompanyName: new("Acme Farms"), Address: &api.LeadAddress{}},
				Interactions: []api.LeadInteraction{{
					SourceType: new("Event"), SourceId: new("e-1"), SourceName: new("Fair"), Usecase: new("Database"),
					CustomerAction: new("Asked"), InteractionDate: &now,
					Contact: &api.LeadContact{BusinessTitle: new("CTO"), Email: new("secret@farms.example.com"), FirstName: new("Sam"), LastName: new("Hill")},
				}},
			}}},
			{Id: new("2"), Type: new(api.EngagementContextTypeCustomerProject), Payload: &api.EngagementContextPayload{
				CustomerProject: &api.CustomerProjectsContext{Customer: &api.EngagementCustomer{
					Industry: new(api.IndustryAgriculture), CompanyName: new("Acme Farms"),
					WebsiteUrl: new("https://farms.example.com"), CountryCode: new(api.CountryCodeUS),
				}},
			}},
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"Engagement Created"}, h.heard(t, alice)); diff != "" {
		t.Error(diff)
	}
	event := h.detail(t, alice)
	for _, part := range []string{
		`"resources":["` + *created.Arn + `"]`, `"engagementId":"` + *created.Id + `"`, `"CreatedAt":"2026-11-21T10:00:00.000Z"`,
		`"CreatedBy":"` + alice + `"`, `"ContextTypes":["Lead","CustomerProject"]`,
	} {
		if !strings.Contains(event, part) {
			t.Errorf("the event lacks %s: %s", part, event)
		}
	}
}

// Nothing but catalog and client token is asked for; what is absent is null, and
// the list of contexts empty.
func TestCreateEngagementBare(t *testing.T) {
	h := newHarness(t)
	created := do[api.CreateEngagementResponse](t, h, alice, "CreateEngagement", `{"Catalog": "AWS", "ClientToken": "t"}`)
	got := do[api.GetEngagementResponse](t, h, alice, "GetEngagement", fmt.Sprintf(`{"Catalog": "AWS", "Identifier": %q}`, *created.Id))
	if got.Title != nil || got.Description != nil || got.Contexts == nil || len(got.Contexts) != 0 {
		t.Errorf("got %+v", got)
	}
}

func TestCreateEngagementOnceByToken(t *testing.T) {
	h := newHarness(t)
	body := `{"Catalog": "Sandbox", "ClientToken": "t", "Title": "Farms"}`
	first := do[api.CreateEngagementResponse](t, h, alice, "CreateEngagement", body)
	again := do[api.CreateEngagementResponse](t, h, alice, "CreateEngagement", body)
	if diff := cmp.Diff(first, again); diff != "" {
		t.Errorf("the same token made another engagement:\n%s", diff)
	}
	_, err := try[api.CreateEngagementResponse](t, h, alice, "CreateEngagement", merge(body, `"Title": "Fields"`))
	fails(t, err, api.TypeConflict)
	if other := do[api.CreateEngagementResponse](t, h, bob, "CreateEngagement", body); *other.Id == *first.Id {
		t.Error("another account's token gave this account's engagement")
	}
}

func TestCreateEngagementRefuses(t *testing.T) {
	h := newHarness(t)
	context := func(kind, payload string) string {
		return fmt.Sprintf(`"Contexts": [%s, {"Type": %q, "Payload": {%s}}]`, leadContext, kind, payload)
	}
	const (
		interaction = `{"Contact": {"BusinessTitle": "CTO", "Email": "a@b.example", "FirstName": "A", "LastName": "B"}}`
		customer    = `"Customer": {"CompanyName": "Acme"}`
		project     = `"Title": "P", "BusinessProblem": "They count their sheep by hand."`
	)
	for name, c := range map[string]struct {
		members string
		fields  []string
	}{
		"title of 41 characters": {`"Title": "` + strings.Repeat("x", 41) + `"`, []string{"title INVALID_STRING_FORMAT"}},
		"description of 256":     {`"Description": "` + strings.Repeat("x", 256) + `"`, []string{"description INVALID_STRING_FORMAT"}},
		"no client token":        {`"ClientToken": null`, []string{"clientToken REQUIRED_FIELD_MISSING"}},
		"unknown catalog":        {`"Catalog": "Nowhere"`, []string{"catalog INVALID_ENUM_VALUE"}},
		"six contexts": {
			`"Contexts": [` + strings.Repeat(leadContext+",", 5) + leadContext + `]`,
			[]string{"contexts TOO_MANY_VALUES"},
		},
		"context without payload": {
			`"Contexts": [{"Type": "Lead"}]`,
			[]string{"contexts[0].payload REQUIRED_FIELD_MISSING"},
		},
		"payload of another type": {
			context("Lead", `"CustomerProject": {"Project": {`+project+`, "TargetCompletionDate": "2027-01-01"}}`),
			[]string{"contexts[1].payload INVALID_VALUE"},
		},
		"two payloads": {
			context("Lead", `"CustomerProject": {}, "Lead": {`+customer+`, "Interactions": [`+interaction+`]}`),
			[]string{"contexts[1].payload TOO_MANY_VALUES"},
		},
		"lead without interactions": {
			context("Lead", `"Lead": {`+customer+`, "Interactions": []}`),
			[]string{"contexts[1].payload.lead.interactions NOT_ENOUGH_VALUES"},
		},
		"lead with eleven interactions": {
			context("Lead", `"Lead": {`+customer+`, "Interactions": [`+strings.Repeat(interaction+",", 10)+interaction+`]}`),
			[]string{"contexts[1].payload.lead.interactions TOO_MANY_VALUES"},
		},
		"lead without company": {
			context("Lead", `"Lead": {"Customer": {}, "Interactions": [`+interaction+`]}`),
			[]string{"contexts[1].payload.lead.customer.companyName REQUIRED_FIELD_MISSING"},
		},
		"lead without the contact's names": {
			context("Lead", `"Lead": {`+customer+`, "Interactions": [{"Contact": {"BusinessTitle": "CTO", "Email": "a@b.example"}}]}`),
			[]string{
				"contexts[1].payload.lead.interactions[0].contact.firstName REQUIRED_FIELD_MISSING",
				"contexts[1].payload.lead.interactions[0].contact.lastName REQUIRED_FIELD_MISSING",
			},
		},
		"neither customer nor project": {
			context("CustomerProject", `"CustomerProject": {}`),
			[]string{"contexts[1].payload.customerProject REQUIRED_FIELD_MISSING"},
		},
		"business problem of 19 characters": {
			context("CustomerProject", `"CustomerProject": {"Project": {"Title": "P", "BusinessProblem": "`+strings.Repeat("x", 19)+`", "TargetCompletionDate": "2027-01-01"}}`),
			[]string{"contexts[1].payload.customerProject.project.businessProblem INVALID_STRING_FORMAT"},
		},
		"completion on no day of the calendar": {
			context("CustomerProject", `"CustomerProject": {"Project": {`+project+`, "TargetCompletionDate": "2027-02-30"}}`),
			[]string{"contexts[1].payload.customerProject.project.targetCompletionDate INVALID_VALUE"},
		},
		"prospecting result by a partner": {
			context("ProspectingResult", `"ProspectingResult": {"Aws": {}}`),
			[]string{"contexts[1].type ACTION_NOT_PERMITTED"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := try[api.CreateEngagementResponse](t, h, alice, "CreateEngagement",
				merge(`{"Catalog": "Sandbox", "ClientToken": "t", "Title": "Farms"}`, c.members))
			fails(t, err, api.TypeValidation, c.fields...)
			if told := h.heard(t, alice); len(told) != 0 {
				t.Errorf("told of a refused engagement: %v", told)
			}
		})
	}
}

func TestEngagementIdentifiers(t *testing.T) {
	h := newHarness(t)
	id := h.sandboxEngagement(t, alice)
	const prefix = "arn:aws:partnercentral:us-east-1::catalog/"
	for name, c := range map[string]struct {
		account, identifier, wantType string
	}{
		"identifier":           {alice, id, ""},
		"ARN":                  {alice, prefix + "Sandbox/engagement/" + id, ""},
		"ARN of another kind":  {alice, prefix + "Sandbox/engagement-invitation/" + id, api.TypeValidation},
		"ARN in other catalog": {alice, prefix + "AWS/engagement/" + id, api.TypeValidation},
		"ARN of another thing": {alice, "arn:aws:s3:::bucket", api.TypeValidation},
		"unknown":              {alice, "eng-00000000000000", api.TypeResourceNotFound},
		"malformed":            {alice, "eng-1", api.TypeValidation},
		"by a stranger":        {carol, id, api.TypeResourceNotFound},
		"by AWS, no member":    {auth.AWSAccount, id, api.TypeResourceNotFound},
	} {
		t.Run(name, func(t *testing.T) {
			for _, operation := range []string{"GetEngagement", "ListEngagementMembers"} {
				_, err := try[struct{}](t, h, c.account, operation, named(c.identifier))
				switch c.wantType {
				case "":
					if err != nil {
						t.Errorf("%s: %v", operation, err)
					}
				case api.TypeValidation:
					fails(t, err, c.wantType)
					if e := err.(*api.Error).ErrorList[0]; *e.FieldName != "identifier" {
						t.Errorf("%s names %s", operation, *e.FieldName)
					}
				default:
					fails(t, err, c.wantType)
				}
			}
		})
	}
	_, err := try[struct{}](t, h, alice, "GetEngagement", fmt.Sprintf(`{"Catalog": "AWS", "Identifier": %q}`, id))
	fails(t, err, api.TypeResourceNotFound)
}

// A new member counts, moves the engagement's lock in its own name, and all
// members hear of it.
func TestEngagementMemberJoins(t *testing.T) {
	h := newHarness(t)
	id := h.sandboxEngagement(t, alice)
	h.join(t, id, bob)
	h.clock.Advance(time.Hour)
	before := h.engagement(t, alice, id)
	invitation := h.invite(t, bob, id, carol)
	h.heard(t, bob)
	h.heard(t, carol)
	h.accept(t, carol, invitation)
	after := h.engagement(t, carol, id)
	if *after.MemberCount != 3 || *after.ModifiedBy != carol || *after.ModifiedAt <= *before.ModifiedAt {
		t.Errorf("after joining: %d members, modified by %s at %s", *after.MemberCount, *after.ModifiedBy, after.ModifiedAt)
	}
	if *after.CreatedAt != *before.CreatedAt || *after.CreatedBy != alice {
		t.Errorf("joining changed the creation: %s by %s", after.CreatedAt, *after.CreatedBy)
	}
	for account, want := range map[string][]string{
		alice: {"Engagement Member Added"},
		bob:   {"Engagement Invitation Accepted", "Engagement Member Added"},
		carol: {"Engagement Invitation Accepted", "Engagement Member Added"},
	} {
		if diff := cmp.Diff(want, h.heard(t, account)); diff != "" {
			t.Errorf("%s heard (-want +got):\n%s", account, diff)
		}
	}
	if event, want := h.detail(t, alice), `"engagementMember":{"accountId":"`+carol+`","companyName":"Partner `+carol+`"}`; !strings.Contains(event, want) {
		t.Errorf("the event lacks %s: %s", want, event)
	}
}

func TestListEngagementMembers(t *testing.T) {
	h := newHarness(t)
	if err := h.PutAccount(t.Context(), bob, selling.AccountProfile{CompanyName: "Bob's Barns", WebsiteURL: "https://bob.example.com"}); err != nil {
		t.Fatal(err)
	}
	id := h.sandboxEngagement(t, alice)
	accounts := []string{alice}
	for i := range 7 {
		account := fmt.Sprintf("%012d", 9-i) // not in the order of their numbers
		if i == 3 {
			account = bob
		}
		accounts = append(accounts, account)
		h.join(t, id, account)
	}
	page := func(members ...string) ([]string, *string) {
		out := do[api.ListEngagementMembersResponse](t, h, alice, "ListEngagementMembers", named(id, members...))
		var got []string
		for _, m := range out.EngagementMemberList {
			got = append(got, *m.AccountId)
			if *m.AccountId == bob && (*m.CompanyName != "Bob's Barns" || *m.WebsiteUrl != "https://bob.example.com") {
				t.Errorf("bob is shown as %s, %s", *m.CompanyName, *m.WebsiteUrl)
			}
		}
		return got, out.NextToken
	}
	first, token := page()
	if diff := cmp.Diff(accounts[:5], first); diff != "" || token == nil {
		t.Fatalf("the first page is not the five who joined first (-want +got):\n%s", diff)
	}
	rest, end := page(fmt.Sprintf(`"NextToken": %q`, *token))
	if diff := cmp.Diff(accounts[5:], rest); diff != "" || end != nil {
		t.Errorf("the rest (-want +got):\n%s\nand then %v", diff, end)
	}
	if all, end := page(`"MaxResults": 8`); len(all) != 8 || end != nil {
		t.Errorf("all in one page: %v, and then %v", all, end)
	}
	if _, err := try[struct{}](t, h, alice, "ListEngagementMembers", named(id, `"MaxResults": 11`)); err == nil {
		t.Error("a page of eleven was given")
	}
	other := h.sandboxEngagement(t, alice)
	_, err := try[struct{}](t, h, alice, "ListEngagementMembers", named(other, fmt.Sprintf(`"NextToken": %q`, *token)))
	fails(t, err, api.TypeValidation, "nextToken INVALID_VALUE")
}

func TestListEngagements(t *testing.T) {
	h := newHarness(t)
	names := map[string]string{}
	create := func(name, creator, contexts string, members ...string) string {
		id := h.sandboxEngagement(t, creator, fmt.Sprintf(`"Title": %q, "Contexts": [%s]`, name, contexts))
		names[id] = name
		for _, member := range members {
			h.accept(t, member, h.invite(t, creator, id, member))
		}
		h.clock.Advance(time.Minute)
		return id
	}
	lead := create("lead", alice, leadContext, bob)
	project := create("project", bob, customerProject, alice)
	create("both", alice, leadContext+","+customerProject)
	create("aws", auth.AWSAccount, leadContext, alice, bob)
	create("bare", alice, "")
	create("foreign", bob, leadContext)
	do[api.CreateEngagementResponse](t, h, alice, "CreateEngagement", `{"Catalog": "AWS", "ClientToken": "t", "Title": "catalog"}`)

	list := func(members ...string) (string, *string) {
		t.Helper()
		out := do[api.ListEngagementsResponse](t, h, alice, "ListEngagements", merge(`{"Catalog": "Sandbox"}`, members...))
		found := make([]string, len(out.EngagementSummaryList))
		for i, summary := range out.EngagementSummaryList {
			found[i] = names[*summary.Id]
		}
		return strings.Join(found, " "), out.NextToken
	}
	for name, c := range map[string]struct{ members, want string }{
		"newest first":             {``, "bare aws both project lead"},
		"ascending":                {`"Sort": {"SortBy": "CreatedDate", "SortOrder": "ASCENDING"}`, "lead project both aws bare"},
		"created by":               {`"CreatedBy": ["` + alice + `"]`, "bare both lead"},
		"created by either":        {`"CreatedBy": ["` + bob + `", "aws"]`, "aws project"},
		"not created by":           {`"ExcludeCreatedBy": ["` + alice + `", "aws"]`, "project"},
		"by and not by":            {`"CreatedBy": ["` + alice + `"], "ExcludeCreatedBy": ["` + alice + `"]`, ""},
		"context":                  {`"ContextTypes": ["CustomerProject"]`, "both project"},
		"either context":           {`"ContextTypes": ["CustomerProject", "Lead"]`, "aws both project lead"},
		"not the context":          {`"ExcludeContextTypes": ["CustomerProject"]`, "bare aws lead"},
		"none of the contexts":     {`"ExcludeContextTypes": ["CustomerProject", "Lead"]`, "bare"},
		"one context, not another": {`"ContextTypes": ["Lead"], "ExcludeContextTypes": ["CustomerProject"]`, "aws lead"},
		"no such context":          {`"ContextTypes": ["ProspectingResult"]`, ""},
		"identifiers and ARNs": {
			`"EngagementIdentifier": ["` + lead + `", "arn:aws:partnercentral:us-east-1::catalog/Sandbox/engagement/` + project + `", "eng-00000000000000"]`,
			"project lead",
		},
		"filters add up": {`"CreatedBy": ["` + alice + `"], "ContextTypes": ["Lead"], "EngagementIdentifier": ["` + lead + `", "` + project + `"]`, "lead"},
	} {
		t.Run(name, func(t *testing.T) {
			members := []string{}
			if c.members != "" {
				members = append(members, c.members)
			}
			if got, _ := list(members...); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
			// The same, one by one.
			var pages []string
			var next []string
			for range 10 {
				got, token := list(slices.Concat(members, next, []string{`"MaxResults": 1`})...)
				if got != "" {
					pages = append(pages, got)
				}
				if token == nil {
					break
				}
				next = []string{fmt.Sprintf(`"NextToken": %q`, *token)}
			}
			if got := strings.Join(pages, " "); got != c.want {
				t.Errorf("page by page %q, want %q", got, c.want)
			}
		})
	}

	t.Run("Summary", func(t *testing.T) {
		out := do[api.ListEngagementsResponse](t, h, bob, "ListEngagements", `{"Catalog": "Sandbox", "EngagementIdentifier": ["`+project+`"]}`)
		whole := h.engagement(t, alice, project)
		if diff := cmp.Diff([]api.EngagementSummary{{
			Arn: whole.Arn, Id: whole.Id, Title: whole.Title, CreatedAt: whole.CreatedAt, CreatedBy: new(bob), MemberCount: new(int32(2)),
			ModifiedAt: whole.ModifiedAt, ModifiedBy: new(alice), ContextTypes: []api.EngagementContextType{api.EngagementContextTypeCustomerProject},
		}}, out.EngagementSummaryList); diff != "" {
			t.Error(diff)
		}
	})
	t.Run("Refuses", func(t *testing.T) {
		_, token := list(`"MaxResults": 1`)
		for members, field := range map[string]string{
			`"MaxResults": 101`: "maxResults VALUE_OUT_OF_RANGE",
			`"MaxResults": 0`:   "maxResults VALUE_OUT_OF_RANGE",
			fmt.Sprintf(`"NextToken": %q, "CreatedBy": ["aws"]`, *token):                                             "nextToken INVALID_VALUE",
			`"EngagementIdentifier": ["` + lead + `", "arn:aws:partnercentral:us-east-1::catalog/AWS/engagement/x"]`: "engagementIdentifier[1] INVALID_VALUE",
			`"ContextTypes": ["Document"]`:                          "contextTypes[0] INVALID_ENUM_VALUE",
			`"Sort": {"SortBy": "Title", "SortOrder": "ASCENDING"}`: "sort.sortBy INVALID_ENUM_VALUE",
		} {
			_, err := try[struct{}](t, h, alice, "ListEngagements", merge(`{"Catalog": "Sandbox"}`, members))
			fails(t, err, api.TypeValidation, field)
		}
		_, err := try[struct{}](t, h, bob, "ListEngagements", merge(`{"Catalog": "Sandbox"}`, fmt.Sprintf(`"NextToken": %q`, *token)))
		fails(t, err, api.TypeValidation, "nextToken INVALID_VALUE")
	})
}

package selling_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"cosell/internal/api"
	"cosell/internal/selling"
)

// submitBody submits an opportunity of Sandbox for an involvement.
func submitBody(id, involvement string, members ...string) string {
	return named(id, append(members, fmt.Sprintf(`"InvolvementType": %q`, involvement))...)
}

func (h *harness) submit(t testing.TB, account, id, involvement string, members ...string) {
	t.Helper()
	do[struct{}](t, h, account, "SubmitOpportunity", submitBody(id, involvement, members...))
}

// awsSummary reads AWS's side of an opportunity of Sandbox.
func (h *harness) awsSummary(t testing.TB, account, id string) *api.GetAwsOpportunitySummaryResponse {
	t.Helper()
	return do[api.GetAwsOpportunitySummaryResponse](t, h, account, "GetAwsOpportunitySummary",
		fmt.Sprintf(`{"Catalog": "Sandbox", "RelatedOpportunityIdentifier": %q}`, id))
}

func TestSubmissionAwaitsReview(t *testing.T) {
	for _, c := range []struct {
		name, involvement, members string
		visibility                 api.Visibility
		need                       api.PrimaryNeedFromAws
	}{
		{"co-selling", "Co-Sell", `{}`, "Full", "Co-Sell - Architectural Validation"},
		{"for visibility", "For Visibility Only", `{}`, "Full", "Do Not Need Support from AWS Sales Rep"},
		{"for limited visibility", "For Visibility Only", `{"Visibility": "Limited"}`, "Limited", "Do Not Need Support from AWS Sales Rep"},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := newHarness(t)
			id := *h.createOpportunity(t, alice).Id
			draft := h.opportunity(t, alice, id)
			h.heard(t, alice)

			h.submit(t, alice, id, c.involvement, c.members)

			o := h.opportunity(t, alice, id)
			if *o.LifeCycle.ReviewStatus != api.ReviewStatusSubmitted {
				t.Errorf("the review status is %s", *o.LifeCycle.ReviewStatus)
			}
			if len(o.PrimaryNeedsFromAws) != 1 || o.PrimaryNeedsFromAws[0] != c.need {
				t.Errorf("needs %q, want %q", o.PrimaryNeedsFromAws, c.need)
			}
			if *o.LastModifiedDate <= *draft.LastModifiedDate {
				t.Error("the time of modification did not move")
			}
			if told := h.heard(t, alice); len(told) != 1 || told[0] != "Opportunity Updated" {
				t.Errorf("told %q", told)
			}
			summary := h.awsSummary(t, alice, id)
			if string(*summary.InvolvementType) != c.involvement || *summary.Visibility != c.visibility {
				t.Errorf("AWS keeps %s, %s", *summary.InvolvementType, *summary.Visibility)
			}
			waiting, err := h.Reviews(t.Context(), "Sandbox", alice, 10)
			if err != nil || len(waiting) != 1 || waiting[0].ID != id {
				t.Errorf("awaiting review: %v, %v", waiting, err)
			}
		})
	}
}

func TestSubmissionRefused(t *testing.T) {
	without := func(object, member string) string {
		var all map[string]api.Raw
		if err := api.Unmarshal([]byte(opportunityBody("x")), &all); err != nil {
			panic(err)
		}
		var inner map[string]api.Raw
		if err := api.Unmarshal(all[object], &inner); err != nil {
			panic(err)
		}
		delete(inner, member)
		text, err := api.Marshal(inner)
		if err != nil {
			panic(err)
		}
		return fmt.Sprintf("%q: %s", object, text)
	}
	for _, c := range []struct {
		rule, draft, involvement, members string
		fields                            []string
	}{
		{
			"co-selling needs a sales activity", without("Project", "SalesActivities"), "Co-Sell", `{}`,
			[]string{"project.salesActivities REQUIRED_FIELD_MISSING"},
		},
		{
			"co-selling needs a need", `"PrimaryNeedsFromAws": []`, "Co-Sell", `{}`,
			[]string{"primaryNeedsFromAws REQUIRED_FIELD_MISSING"},
		},
		{
			"everything missing is named", without("Project", "Title") + `, "Customer": {"Account": {"CompanyName": "Acme",
			"Industry": "Agriculture", "Address": {"CountryCode": "DE"}}}`, "Co-Sell", `{}`,
			[]string{
				"customer.account.websiteUrl REQUIRED_FIELD_MISSING", "customer.account.address.postalCode REQUIRED_FIELD_MISSING",
				"project.title REQUIRED_FIELD_MISSING",
			},
		},
		{
			"visibility needs a title too", without("Project", "Title"), "For Visibility Only", `{}`,
			[]string{"project.title REQUIRED_FIELD_MISSING"},
		},
		{
			"a matter of national security is no matter of visibility", `"NationalSecurity": "Yes",
			"Customer": {"Account": {"CompanyName": "Acme", "Industry": "Government", "Address": {"CountryCode": "US"}}}`, "For Visibility Only", `{}`,
			[]string{"involvementType ACTION_NOT_PERMITTED"},
		},
	} {
		t.Run(c.rule, func(t *testing.T) {
			h := newHarness(t)
			id := *h.createOpportunity(t, alice, c.draft).Id
			before := encoded(t, h.opportunity(t, alice, id))
			_, err := try[struct{}](t, h, alice, "SubmitOpportunity", submitBody(id, c.involvement, c.members))
			fails(t, err, api.TypeValidation, c.fields...)
			if after := encoded(t, h.opportunity(t, alice, id)); after != before {
				t.Errorf("a refused submission changed the draft to %s", after)
			}
		})
	}
}

// What is complete without sales activities and needs is enough for visibility.
func TestSubmissionForVisibilityAsksForLess(t *testing.T) {
	h := newHarness(t)
	id := *h.createOpportunity(t, alice, `"PrimaryNeedsFromAws": []`, `"Project": {"Title": "Data lake",
		"CustomerBusinessProblem": "Their reports take a day too long.", "CustomerUseCase": "Database",
		"DeliveryModels": ["SaaS or PaaS"], "OtherSolutionDescription": "Our lake",
		"ExpectedCustomerSpend": [{"Amount": "10", "CurrencyCode": "USD", "Frequency": "Monthly", "TargetCompany": "AWS"}]}`).Id
	h.submit(t, alice, id, "For Visibility Only")
}

func TestSubmissionWithLimitedVisibilityIsForVisibilityOnly(t *testing.T) {
	h := newHarness(t)
	id := *h.createOpportunity(t, alice).Id
	_, err := try[struct{}](t, h, alice, "SubmitOpportunity", submitBody(id, "Co-Sell", `"Visibility": "Limited"`))
	e, ok := err.(*api.Error)
	if !ok || e.Type != api.TypeValidation || len(e.ErrorList) != 2 {
		t.Fatalf("got %v", err)
	}
	if e.ErrorList[1].FieldName != nil || *e.ErrorList[1].Code != api.ValidationExceptionErrorCodeActionNotPermitted {
		t.Errorf("got %s", encoded(t, e.ErrorList))
	}
}

// The date was in the future when the draft was written.
func TestSubmissionAfterTheCloseDate(t *testing.T) {
	for _, c := range []struct {
		name string
		now  string
		want []string
	}{
		{"the day before", "2027-06-29T23:59:59Z", nil},
		{"that day", "2027-06-30T00:00:00Z", []string{"lifeCycle.targetCloseDate INVALID_VALUE"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := newHarness(t)
			id := *h.createOpportunity(t, alice).Id
			now, err := time.Parse(time.RFC3339, c.now)
			if err != nil {
				t.Fatal(err)
			}
			h.clock.Set(now)
			_, err = try[struct{}](t, h, alice, "SubmitOpportunity", submitBody(id, "Co-Sell"))
			if c.want == nil {
				if err != nil {
					t.Fatal(err)
				}
				return
			}
			fails(t, err, api.TypeValidation, c.want...)
		})
	}
}

func TestSubmissionHappensOnce(t *testing.T) {
	h := newHarness(t)
	id := *h.createOpportunity(t, alice).Id
	h.submit(t, alice, id, "Co-Sell")
	_, err := try[struct{}](t, h, alice, "SubmitOpportunity", submitBody(id, "Co-Sell"))
	fails(t, err, api.TypeValidation, "lifeCycle.reviewStatus INVALID_RESOURCE_STATE")
	if !strings.Contains(err.Error(), "Submitted") {
		t.Errorf("%v does not say how the opportunity stands", err)
	}
}

// What AWS asked about can be submitted again without an edit, by both ways.
func TestSubmissionInActionRequired(t *testing.T) {
	for _, way := range []struct {
		name   string
		submit func(t testing.TB, h *harness, id string)
	}{
		{"SubmitOpportunity", func(t testing.TB, h *harness, id string) { h.submit(t, alice, id, "Co-Sell") }},
		{"StartEngagementFromOpportunityTask", func(t testing.TB, h *harness, id string) {
			task := h.fromOpportunity(t, alice, id, `"AwsSubmission": {"InvolvementType": "Co-Sell"}`)
			if *task.TaskStatus != api.TaskStatusComplete {
				t.Fatalf("the task is %s: %s", *task.TaskStatus, api.Value(task.Message))
			}
		}},
	} {
		t.Run(way.name, func(t *testing.T) {
			h := newHarness(t)
			deal := h.underReview(t, alice)
			h.decide(t, alice, deal.id, selling.DecisionAsk)
			way.submit(t, h, deal.id)
			if got := h.status(t, alice, deal.id); got != api.ReviewStatusSubmitted {
				t.Errorf("review status %s", got)
			}
			if got := h.waiting(t); len(got) != 1 {
				t.Errorf("waiting: %q", got)
			}
			if got := len(h.sent(t, alice)); got != 1 {
				t.Errorf("%d invitations", got)
			}
			_, err := try[struct{}](t, h, alice, "SubmitOpportunity", submitBody(deal.id, "Co-Sell"))
			fails(t, err, api.TypeValidation, "lifeCycle.reviewStatus INVALID_RESOURCE_STATE")
			h.decide(t, alice, deal.id, selling.DecisionApprove)
		})
		// A client may edit, which submits again, and then submit.
		t.Run(way.name+" after an edit", func(t *testing.T) {
			h := newHarness(t)
			deal := h.underReview(t, alice)
			h.decide(t, alice, deal.id, selling.DecisionAsk)
			h.edit(t, alice, deal.id, "2027-07-01")
			before := encoded(t, h.opportunity(t, alice, deal.id))
			way.submit(t, h, deal.id)
			if after := encoded(t, h.opportunity(t, alice, deal.id)); after != before {
				t.Errorf("it changed from %s to %s", before, after)
			}
			if got := h.waiting(t); len(got) != 1 {
				t.Errorf("waiting: %q", got)
			}
			_, err := try[struct{}](t, h, alice, "SubmitOpportunity", submitBody(deal.id, "For Visibility Only"))
			fails(t, err, api.TypeValidation, "lifeCycle.reviewStatus INVALID_RESOURCE_STATE")
			h.decide(t, alice, deal.id, selling.DecisionStart)
			_, err = try[struct{}](t, h, alice, "SubmitOpportunity", submitBody(deal.id, "Co-Sell"))
			fails(t, err, api.TypeValidation, "lifeCycle.reviewStatus INVALID_RESOURCE_STATE")
		})
	}
}

func TestSubmissionIsTheOwners(t *testing.T) {
	h := newHarness(t)
	id := *h.createOpportunity(t, alice).Id
	_, err := try[struct{}](t, h, bob, "SubmitOpportunity", submitBody(id, "Co-Sell"))
	fails(t, err, api.TypeResourceNotFound)
	_, err = try[struct{}](t, h, alice, "SubmitOpportunity", submitBody(id, "Co-Sell", `"Catalog": "AWS"`))
	fails(t, err, api.TypeResourceNotFound)
}

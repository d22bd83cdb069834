package selling_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cosell/internal/api"
	"cosell/internal/selling"
)

// contacts is the customer's, as in every opportunity here.
const contacts = `{"Contacts": [{"BusinessTitle": "CFO", "Email": "jane@acme.example.com", "FirstName": "Jane", "LastName": "Doe", "Phone": "+12125551234"}]}`

// mirrored is an opportunity's part in AWS's side that is always the partner's.
const mirrored = `"Customer": ` + contacts + `, "Origin": "Partner Referral", "Catalog": "Sandbox",
	"RelatedEntityIds": {"AwsMarketplaceProducts": [], "AwsMarketplaceSolutions": [], "AwsProducts": [], "Solutions": ["S-1234567"]},
	"Project": {"AwsPartition": null, "ExpectedCustomerSpend": [{"Amount": "12500.10", "CurrencyCode": "USD", "EstimationUrl": null, "Frequency": "Monthly", "TargetCompany": "AWS"}]},
	"CosellMotion": null, "CosellMotionReason": null, "Insights": null, "InvolvementTypeChangeReason": null, "SoftwareRevenue": null`

const partnerManager = `[{"BusinessTitle": "PDM", "Email": "partner.manager@aws.example.com", "FirstName": "Partner", "LastName": "Manager"}]`

func TestAwsSummaryThroughTheStagesOfLife(t *testing.T) {
	const (
		draft = `"InvolvementType": null, "Visibility": null, "OpportunityTeam": [],
			"LifeCycle": {"ClosedLostReason": null, "NextSteps": "Call them", "NextStepsHistory": null, "Stage": null, "TargetCloseDate": null}`
		submitted = `"InvolvementType": "Co-Sell", "Visibility": "Full", "OpportunityTeam": ` + partnerManager + `,
			"LifeCycle": {"ClosedLostReason": null, "NextSteps": "Call them", "NextStepsHistory": null, "Stage": null, "TargetCloseDate": null}`
		approved = `"InvolvementType": "Co-Sell", "Visibility": "Full", "OpportunityTeam": ` + partnerManager + `,
			"LifeCycle": {"ClosedLostReason": null, "NextSteps": "Call them", "NextStepsHistory": null, "Stage": "Prospect", "TargetCloseDate": "2027-06-30"}`
	)
	h := newHarness(t)
	id := *h.createOpportunity(t, alice).Id
	if err := associate(t, h, id, "Solutions", "S-1234567"); err != nil {
		t.Fatal(err)
	}
	check := func(name, stage string) {
		t.Helper()
		t.Run(name, func(t *testing.T) {
			sameJSON(t, encoded(t, h.awsSummary(t, alice, id)), fmt.Sprintf(`{"RelatedOpportunityId": %q, %s, %s}`, id, mirrored, stage))
		})
	}
	check("Draft", draft)
	h.submit(t, alice, id, "Co-Sell")
	check("Submitted", submitted)
	h.decide(t, alice, id, selling.DecisionStart)
	check("InReview", submitted)
	h.decide(t, alice, id, selling.DecisionAsk)
	check("ActionRequired", submitted)
	h.edit(t, alice, id, "2027-06-30")
	h.decide(t, alice, id, selling.DecisionApprove)
	check("Approved", approved)
	update(t, h, alice, h.opportunity(t, alice, id), `"LifeCycle": {"Stage": "Qualified", "NextSteps": "Sign", "TargetCloseDate": "2027-08-01"}`)
	check("NotThePartnersLifeCycle", approved)
}

func TestAwsSummaryWithoutNextStepsHasNoLifeCycle(t *testing.T) {
	h := newHarness(t)
	id := *h.createOpportunity(t, alice, `"LifeCycle": {"TargetCloseDate": "2027-06-30"}`).Id
	if got := h.awsSummary(t, alice, id); got.LifeCycle != nil || got.Insights != nil {
		t.Errorf("got %s", encoded(t, got))
	}
}

func TestAwsSummaryIsTheOwners(t *testing.T) {
	h := newHarness(t)
	id := *h.createOpportunity(t, alice).Id
	for _, c := range []struct{ account, catalog string }{{bob, "Sandbox"}, {alice, "AWS"}} {
		_, err := try[api.GetAwsOpportunitySummaryResponse](t, h, c.account, "GetAwsOpportunitySummary",
			fmt.Sprintf(`{"Catalog": %q, "RelatedOpportunityIdentifier": %q}`, c.catalog, id))
		fails(t, err, api.TypeResourceNotFound)
	}
}

func TestAwsTeamIsThatOfItsProfile(t *testing.T) {
	h := newHarness(t)
	id := *h.createOpportunity(t, alice).Id
	h.submit(t, alice, id, "Co-Sell")
	err := h.PutAccount(t.Context(), "aws", selling.AccountProfile{CompanyName: "AWS", Users: []selling.User{{Email: "pat@aws.example.com", FirstName: "Pat", LastName: "Roe"}}})
	if err != nil {
		t.Fatal(err)
	}
	if team := h.awsSummary(t, alice, id).OpportunityTeam; len(team) != 1 || *team[0].Email != "pat@aws.example.com" {
		t.Errorf("team %s", encoded(t, team))
	}
}

// change patches AWS's side of an opportunity of alice's.
func (h *harness) change(t testing.TB, id, patch string) *api.GetAwsOpportunitySummaryResponse {
	t.Helper()
	out, err := h.ChangeAwsSummary(t.Context(), keyOf(alice, id), []byte(patch))
	if err != nil {
		t.Fatalf("%v\n%s", err, patch)
	}
	return out
}

// insights has everything that AWS can write of them.
const insights = `{"NextBestActions": "Invite a specialist", "EngagementScore": "High", "OpportunityQuality": {"Score": 88, "Trend": "Improving"},
	"Recommendations": [{"Type": "SolutionRecommendation", "Details": "Look at lakes", "Attributes": {"solution": "S-1"}}],
	"AwsProductsSpendInsightsBySource": {"Partner": null, "AWS": {"CurrencyCode": "USD", "Frequency": "Monthly", "TotalAmount": "0", "TotalOptimizedAmount": null,
		"TotalPotentialSavingsAmount": null, "TotalAmountByCategory": {"MAP Eligible": "10.50"}, "AwsProducts": [{"ProductCode": "AWSLambda", "ServiceCode": null,
		"Categories": [], "Amount": null, "OptimizedAmount": null, "PotentialSavingsAmount": null, "Optimizations": []}]}}}`

func TestAwsWritesItsSide(t *testing.T) {
	for _, c := range []struct{ member, value string }{
		{"OpportunityTeam", `[{"BusinessTitle": "AWSSalesRep", "Email": "sal@aws.example.com", "FirstName": "Sal", "LastName": "Es"}]`},
		{"Insights", insights},
		{"CosellMotion", `"AWS Field-engaged"`},
		{"SoftwareRevenue", `{"Value": {"Amount": "5.50", "CurrencyCode": "USD"}, "Discount": "3", "EffectiveDate": "2027-01-01", "ExpirationDate": "2027-12-31"}`},
		{"Project", `{"AwsPartition": null, "ExpectedCustomerSpend": [{"Amount": "9000", "CurrencyCode": "USD", "Frequency": "Monthly", "TargetCompany": "AWS", "EstimationUrl": null}]}`},
		{"LifeCycle", `{"Stage": "Closed Lost", "ClosedLostReason": "Price", "TargetCloseDate": "2027-02-01", "NextSteps": "Call them", "NextStepsHistory": null}`},
	} {
		t.Run(c.member, func(t *testing.T) {
			h := newHarness(t)
			id := *h.createOpportunity(t, alice).Id
			h.change(t, id, fmt.Sprintf(`{%q: %s}`, c.member, c.value))
			var whole map[string]api.Raw
			if err := api.Unmarshal([]byte(encoded(t, h.awsSummary(t, alice, id))), &whole); err != nil {
				t.Fatal(err)
			}
			sameJSON(t, string(whole[c.member]), c.value)

			h.change(t, id, fmt.Sprintf(`{%q: null}`, c.member))
			if got := encoded(t, h.awsSummary(t, alice, id)); strings.Contains(got, "9000") || strings.Contains(got, "Price") ||
				strings.Contains(got, "High") || strings.Contains(got, "Field") || strings.Contains(got, "5.50") || strings.Contains(got, "Sal") {
				t.Errorf("null leaves %s", got)
			}
		})
	}
	t.Run("WhatIsLeftOutStays", func(t *testing.T) {
		h := newHarness(t)
		id := *h.createOpportunity(t, alice).Id
		h.change(t, id, `{"Insights": `+insights+`, "CosellMotion": "Partner-led"}`)
		got := h.change(t, id, `{"Insights": {"OpportunityQuality": {"Score": 90}}}`)
		if q := got.Insights.OpportunityQuality; *q.Score != 90 || *q.Trend != "Improving" || *got.CosellMotion != "Partner-led" || *got.Insights.EngagementScore != "High" {
			t.Errorf("got %s", encoded(t, got))
		}
	})
	t.Run("NothingIsNothing", func(t *testing.T) {
		h := newHarness(t)
		id := *h.createOpportunity(t, alice).Id
		before := encoded(t, h.awsSummary(t, alice, id))
		if got := encoded(t, h.change(t, id, `{}`)); got != before {
			t.Errorf("before %s\nafter %s", before, got)
		}
		update(t, h, alice, h.opportunity(t, alice, id), `"LifeCycle": {"Stage": "Prospect", "NextSteps": "Later", "TargetCloseDate": "2027-06-30"}`)
		if got := *h.awsSummary(t, alice, id).LifeCycle.NextSteps; got != "Later" {
			t.Errorf("next steps %q no longer mirror the partner's", got)
		}
	})
}

func TestAwsChangesAreTold(t *testing.T) {
	h := newHarness(t)
	deal := h.underReview(t, alice)
	h.startJob(t, alice, h.createJob(t, alice, deal.engagement, deal.id, awsView))
	h.work(t)
	before := h.opportunity(t, alice, deal.id)
	first := h.snapshot(t, alice, deal.engagement, deal.id, awsView)
	h.heard(t, alice)

	h.change(t, deal.id, `{"Insights": {"EngagementScore": "Medium"}}`)
	h.work(t)

	if diff := cmp.Diff([]string{"Opportunity Updated", "Engagement Resource Snapshot Created"}, h.heard(t, alice)); diff != "" {
		t.Error(diff)
	}
	second := h.snapshot(t, alice, deal.engagement, deal.id, awsView)
	if *second.Revision != *first.Revision+1 || *second.Payload.AwsOpportunitySummaryFullView.Insights.EngagementScore != "Medium" {
		t.Errorf("revision %d shows %s", *second.Revision, encoded(t, second.Payload))
	}
	if after := h.opportunity(t, alice, deal.id); encoded(t, after) != encoded(t, before) {
		t.Errorf("the partner's record became %s", encoded(t, after))
	}
}

func TestAwsNextStepsKeepTheirHistory(t *testing.T) {
	h := newHarness(t)
	id := *h.createOpportunity(t, alice).Id
	for i := range 55 {
		h.clock.Advance(1e9)
		h.change(t, id, fmt.Sprintf(`{"LifeCycle": {"NextSteps": "Step %d"}}`, i))
	}
	life := h.change(t, id, `{"LifeCycle": {"NextSteps": "Step 54", "Stage": "Engaged"}}`).LifeCycle
	if n := len(life.NextStepsHistory); n != 50 || *life.NextStepsHistory[0].Value != "Step 4" || *life.NextStepsHistory[49].Value != "Step 53" {
		t.Errorf("%d steps from %q to %q", n, *life.NextStepsHistory[0].Value, *life.NextStepsHistory[n-1].Value)
	}
	if last := *life.NextStepsHistory[49].Time; last != api.NewTimestamp(h.clock.Now()) {
		t.Errorf("replaced at %s", last)
	}
}

func TestInvolvementChangesWithAReason(t *testing.T) {
	h := newHarness(t)
	id := *h.createOpportunity(t, alice).Id
	h.submit(t, alice, id, "For Visibility Only", `"Visibility": "Limited"`)
	got := h.change(t, id, `{"InvolvementType": "Co-Sell", "Visibility": "Full", "InvolvementTypeChangeReason": "Customer Requested"}`)
	if *got.InvolvementType != "Co-Sell" || *got.InvolvementTypeChangeReason != "Customer Requested" {
		t.Errorf("got %s", encoded(t, got))
	}
	h.change(t, id, `{"InvolvementTypeChangeReason": "Risk Mitigation"}`)
}

func TestAwsChangesRefused(t *testing.T) {
	quality := func(quality string) string { return `{"Insights": {"OpportunityQuality": ` + quality + `}}` }
	for _, c := range []struct {
		rule, submitted, patch string
		fields                 []string
	}{
		{"the partner's is the partner's", "", `{"Customer": {"Contacts": []}, "Origin": "AWS Referral", "RelatedOpportunityId": "O1", "RelatedEntityIds": {"Solutions": []}, "Project": {"AwsPartition": "aws-eusc"}}`, []string{
			"relatedOpportunityId ACTION_NOT_PERMITTED", "origin ACTION_NOT_PERMITTED", "relatedEntityIds ACTION_NOT_PERMITTED",
			"customer ACTION_NOT_PERMITTED", "project.awsPartition ACTION_NOT_PERMITTED",
		}},
		{"everything wrong is named at once", "", `{"LifeCycle": {"Stage": "Sleeping", "TargetCloseDate": "soon"}, "OpportunityTeam": [{"Email": "UPPER@aws.example.com", "BusinessTitle": "Boss"}], "CosellMotion": "Sideways"}`, []string{
			"lifeCycle.targetCloseDate INVALID_STRING_FORMAT", "lifeCycle.stage INVALID_ENUM_VALUE", "opportunityTeam[0].email INVALID_STRING_FORMAT",
			"opportunityTeam[0].businessTitle INVALID_ENUM_VALUE", "lifeCycle.targetCloseDate INVALID_VALUE", "cosellMotion INVALID_ENUM_VALUE",
		}},
		{"days are of the calendar", "", `{"LifeCycle": {"TargetCloseDate": "2027-02-30"}}`, []string{"lifeCycle.targetCloseDate INVALID_VALUE"}},
		{"a lost one has a reason", "", `{"LifeCycle": {"Stage": "Closed Lost"}}`, []string{"lifeCycle.closedLostReason REQUIRED_FIELD_MISSING"}},
		{"only a lost one has a reason", "", `{"LifeCycle": {"ClosedLostReason": "Price"}}`, []string{"lifeCycle.closedLostReason INVALID_VALUE"}},
		{"the history is not written by hand", "", `{"LifeCycle": {"NextStepsHistory": [{"Value": "x", "Time": "2026-11-21T10:00:00.000Z"}]}}`, []string{"lifeCycle.nextStepsHistory ACTION_NOT_PERMITTED"}},
		{"a score has bounds", "", quality(`{"Score": 101}`), []string{"insights.opportunityQuality.score VALUE_OUT_OF_RANGE"}},
		{"a trend is known", "", quality(`{"Trend": "Sideways"}`), []string{"insights.opportunityQuality.trend INVALID_ENUM_VALUE"}},
		{"five recommendations", "", `{"Insights": {"Recommendations": [` + strings.Repeat(`{"Type": "OpportunityQuality", "Details": "d"},`, 5) + `{"Type": "OpportunityQuality", "Details": "d"}]}}`, []string{"insights.recommendations TOO_MANY_VALUES"}},
		{"a recommendation is of a kind", "", `{"Insights": {"Recommendations": [{"Type": "Other", "Details": "d"}]}}`, []string{"insights.recommendations[0].type INVALID_ENUM_VALUE"}},
		{"a contract ends after it begins", "", `{"SoftwareRevenue": {"EffectiveDate": "2027-02-01", "ExpirationDate": "2027-01-31"}}`, []string{"softwareRevenue.expirationDate INVALID_VALUE"}},
		{"the partner chooses the involvement", "", `{"InvolvementType": "Co-Sell", "Visibility": "Full"}`, []string{"involvementType ACTION_NOT_PERMITTED"}},
		{"co-selling is not taken back", "Co-Sell", `{"InvolvementType": "For Visibility Only"}`, []string{"involvementType ACTION_NOT_PERMITTED"}},
		{"nor forgotten", "Co-Sell", `{"InvolvementType": null, "Visibility": null}`, []string{"involvementType ACTION_NOT_PERMITTED", "visibility REQUIRED_FIELD_MISSING"}},
		{"a change of involvement has a reason", "For Visibility Only", `{"InvolvementType": "Co-Sell"}`, []string{"involvementTypeChangeReason REQUIRED_FIELD_MISSING"}},
		{"a reason goes with a change", "For Visibility Only", `{"InvolvementTypeChangeReason": "Risk Mitigation"}`, []string{"involvementTypeChangeReason ACTION_NOT_PERMITTED"}},
		{"co-selling is in full view", "Co-Sell", `{"Visibility": "Limited"}`, []string{"visibility ACTION_NOT_PERMITTED"}},
	} {
		t.Run(c.rule, func(t *testing.T) {
			h := newHarness(t)
			id := *h.createOpportunity(t, alice).Id
			if c.submitted != "" {
				h.submit(t, alice, id, c.submitted)
			}
			before := encoded(t, h.awsSummary(t, alice, id))
			_, err := h.ChangeAwsSummary(t.Context(), keyOf(alice, id), []byte(c.patch))
			fails(t, err, api.TypeValidation, c.fields...)
			if after := encoded(t, h.awsSummary(t, alice, id)); after != before {
				t.Errorf("a refused change made it %s", after)
			}
		})
	}
	t.Run("what is no patch", func(t *testing.T) {
		h := newHarness(t)
		id := *h.createOpportunity(t, alice).Id
		for _, patch := range []string{``, `{`, `null`, `[]`, `"x"`, `{"LifeCycle": 7}`} {
			_, err := h.ChangeAwsSummary(t.Context(), keyOf(alice, id), []byte(patch))
			if e, ok := errors.AsType[*api.Error](err); !ok || e.Type != api.TypeValidation {
				t.Errorf("%s: %v", patch, err)
			}
		}
	})
	t.Run("of what is not there", func(t *testing.T) {
		h := newHarness(t)
		_, err := h.ChangeAwsSummary(t.Context(), keyOf(alice, "O1"), []byte(`{}`))
		fails(t, err, api.TypeResourceNotFound)
		_, err = h.AwsSummary(t.Context(), keyOf(alice, "O1"))
		fails(t, err, api.TypeResourceNotFound)
	})
}

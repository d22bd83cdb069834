package selling_test

import (
	"fmt"
	"testing"

	"cosell/internal/api"
	"cosell/internal/customer"
	"cosell/internal/selling"
	"cosell/internal/store"
)

const (
	created     = "Opportunity Created"
	updated     = "Opportunity Updated"
	snapshotted = "Engagement Resource Snapshot Created"
	engaged     = "Engagement Created"
	changed     = "Engagement Updated"
	joined      = "Engagement Member Added"
	invited     = "Engagement Invitation Created"
	accepted    = "Engagement Invitation Accepted"
	rejected    = "Engagement Invitation Rejected"
	expired     = "Engagement Invitation Expired"
)

var triggers = []trigger{
	{
		"An opportunity is created", "documented", bare(func(t *testing.T, h *harness) { h.createOpportunity(t, alice) }), []tell{told(created, owner)}, nil,
	},
	{
		"An opportunity is updated, and no snapshot job runs for it", "documented", inEngagement(func(t *testing.T, h *harness, _, id string) {
			h.edit(t, alice, id, "2027-07-01")
		}), []tell{told(updated, owner)}, nil,
	},
	{
		"An opportunity is updated in a field of its running snapshot job's template", "documented", withJob(func(t *testing.T, h *harness, id string) {
			h.edit(t, alice, id, "2027-07-01")
		}), []tell{told(updated, owner), told(snapshotted, everyone)}, nil,
	},
	{
		"An opportunity is updated in another field", "documented", withJob(func(t *testing.T, h *harness, id string) {
			update(t, h, alice, h.opportunity(t, alice, id), `"PartnerOpportunityIdentifier": "CRM-1"`)
		}), []tell{told(updated, owner)}, nil,
	},
	{
		"An opportunity is assigned", "documented", inEngagement(func(t *testing.T, h *harness, _, id string) {
			do[struct{}](t, h, alice, "AssignOpportunity", named(id,
				`"Assignee": {"Email": "kim@example.com", "FirstName": "Kim", "LastName": "Ray", "BusinessTitle": "OpportunityOwner"}`))
		}), []tell{told(updated, owner)}, nil,
	},
	{
		"A solution, product or offer is linked to an opportunity", "documented", inEngagement(func(t *testing.T, h *harness, _, id string) {
			must(t, associate(t, h, id, "Solutions", "S-1234567"))
		}), []tell{told(updated, owner)}, nil,
	},
	{
		"One is unlinked", "documented", func(t *testing.T, h *harness) func() {
			_, id := h.shared(t)
			must(t, associate(t, h, id, "Solutions", "S-1234567"))
			return func() { must(t, disassociate(t, h, id, "Solutions", "S-1234567")) }
		}, []tell{told(updated, owner)}, nil,
	},
	{
		"A solution is linked while a snapshot job runs", "documented", withJob(func(t *testing.T, h *harness, id string) {
			must(t, associate(t, h, id, "Solutions", "S-1234567"))
		}), []tell{told(updated, owner), told(snapshotted, everyone)}, nil,
	},
	{
		"A Marketplace offer is linked while a snapshot job runs", "documented", withJob(func(t *testing.T, h *harness, id string) {
			must(t, associate(t, h, id, "AwsMarketplaceOffers", marketplace+"Offer/offer-abc"))
		}), []tell{told(updated, owner)}, nil,
	},
	{
		"A snapshot is published", "documented", inEngagement(func(t *testing.T, h *harness, e, id string) {
			h.publish(t, alice, e, id, summaryView)
		}), []tell{told(snapshotted, everyone)}, nil,
	},
	{
		"A snapshot of AWS's view is published", "documented", inEngagement(func(t *testing.T, h *harness, e, id string) {
			h.publish(t, alice, e, id, awsView)
		}), []tell{told(snapshotted, owner)}, nil,
	},
	{
		"A snapshot job is started, and its template shows something new", "inferred", func(t *testing.T, h *harness) func() {
			e, id := h.shared(t)
			job := h.createJob(t, alice, e, id, summaryView)
			return func() { h.startJob(t, alice, job) }
		}, []tell{told(snapshotted, everyone)}, nil,
	},
	{
		"A snapshot job is created, stopped, deleted", "inferred", inEngagement(func(t *testing.T, h *harness, e, id string) {
			job := h.createJob(t, alice, e, id, summaryView)
			h.stopJob(t, alice, job)
			do[struct{}](t, h, alice, "DeleteResourceSnapshotJob", jobBody(job))
		}), nil, nil,
	},
	{
		"An engagement is created", "documented", bare(func(t *testing.T, h *harness) { h.sandboxEngagement(t, alice) }), []tell{told(engaged, creator)}, nil,
	},
	{
		"A context is added to an engagement", "documented", inEngagement(func(t *testing.T, h *harness, e, _ string) {
			do[api.CreateEngagementContextResponse](t, h, alice, "CreateEngagementContext",
				merge(customerProject, h.token(), `"Catalog": "Sandbox"`, fmt.Sprintf(`"EngagementIdentifier": %q`, e)))
		}), []tell{told(changed, everyone)}, nil,
	},
	{
		"A context of an engagement is changed", "documented", func(t *testing.T, h *harness) func() {
			e := h.sandboxEngagement(t, alice, `"Contexts": [`+customerProject+`]`)
			h.accept(t, bob, h.invite(t, alice, e, bob))
			return func() {
				do[api.UpdateEngagementContextResponse](t, h, alice, "UpdateEngagementContext", merge(customerProject,
					`"Catalog": "Sandbox"`, fmt.Sprintf(`"EngagementIdentifier": %q, "ContextIdentifier": "1", "EngagementLastModifiedAt": %q`,
						e, h.engagement(t, alice, e).ModifiedAt.String())))
			}
		}, []tell{told(changed, everyone)}, nil,
	},
	{
		"A partner is invited", "documented", func(t *testing.T, h *harness) func() {
			e := h.sandboxEngagement(t, alice)
			return func() { h.invite(t, alice, e, bob) }
		}, []tell{told(invited, sender, receiver)}, nil,
	},
	{
		"An invitation is accepted", "documented", afterInvitation(func(t *testing.T, h *harness, id string) { h.accept(t, bob, id) }), []tell{told(accepted, sender, receiver), told(joined, everyone)}, nil,
	},
	{
		"An invitation is rejected", "documented", afterInvitation(func(t *testing.T, h *harness, id string) { h.reject(t, bob, id) }), []tell{told(rejected, sender, receiver)}, nil,
	},
	{
		"An invitation expires", "documented", afterInvitation(func(_ *testing.T, h *harness, _ string) { h.clock.Advance(lifetime) }), []tell{told(expired, sender, receiver)}, nil,
	},
	{
		"An invitation is accepted by [the task](behavior/tasks.md#startengagementbyacceptinginvitationtask)", "documented", func(t *testing.T, h *harness) func() {
			_, id := h.offered(t)
			return func() { h.accepting(t, bob, id) }
		}, []tell{told(accepted, sender, receiver), told(joined, everyone), told(created, receiver), told(updated, receiver), told(snapshotted, everyone)}, nil,
	},
	{
		"[The task](behavior/tasks.md#startengagementfromopportunitytask) submits an opportunity with a new engagement", "documented; AWS lists another order",
		func(t *testing.T, h *harness) func() {
			id := *h.createOpportunity(t, alice).Id
			return func() { h.fromOpportunity(t, alice, id) }
		},
		[]tell{told(engaged, creator), told(joined, owner), told(snapshotted, owner), told(invited, sender, receiver), told(updated, owner), told(snapshotted, owner)},
		toAWS,
	},
	{
		"[SubmitOpportunity](behavior/review.md) submits an opportunity", "documented", func(t *testing.T, h *harness) func() {
			e, id := h.shared(t)
			h.publish(t, alice, e, id, summaryView)
			return func() { h.submit(t, alice, id, "Co-Sell") }
		}, []tell{told(updated, owner)}, nil,
	},
	{
		"AWS begins its review", "inferred", afterSubmission(func(t *testing.T, h *harness, u underReview) {
			h.decide(t, alice, u.id, selling.DecisionStart)
		}), []tell{told(updated, owner), told(snapshotted, owner)}, nil,
	},
	{
		"AWS asks for changes", "inferred", afterSubmission(func(t *testing.T, h *harness, u underReview) {
			h.decide(t, alice, u.id, selling.DecisionAsk)
		}), []tell{told(updated, owner), told(snapshotted, owner)}, nil,
	},
	{
		"AWS approves, at the desk or by its policy", "documented", afterSubmission(func(t *testing.T, h *harness, u underReview) {
			h.decide(t, alice, u.id, selling.DecisionApprove)
		}), []tell{told(accepted, sender, receiver), told(joined, everyone), told(updated, owner), told(snapshotted, everyone)}, toAWS,
	},
	{
		"AWS rejects", "documented", afterSubmission(func(t *testing.T, h *harness, u underReview) {
			h.decide(t, alice, u.id, selling.DecisionReject)
		}), []tell{told(rejected, sender, receiver), told(updated, owner), told(snapshotted, owner)}, toAWS,
	},
	{
		"In Sandbox the partner plays AWS's approval", "ours", afterSubmission(func(t *testing.T, h *harness, u underReview) {
			h.play(t, u.id, api.ReviewStatusApproved)
		}), []tell{told(accepted, sender, receiver), told(joined, everyone), told(updated, owner), told(snapshotted, everyone)}, toAWS,
	},
	{
		"AWS changes its side of an approved opportunity", "documented", func(t *testing.T, h *harness) func() {
			u := h.underReview(t, alice)
			h.decide(t, alice, u.id, selling.DecisionApprove)
			return func() {
				_, err := h.ChangeAwsSummary(t.Context(), keyOf(alice, u.id), []byte(`{"Insights": {"EngagementScore": "High"}}`))
				must(t, err)
			}
		}, []tell{told(updated, owner)}, nil,
	},
	{
		"AWS changes its side while a snapshot job of AWS's view runs", "documented; AWS needs no job", func(t *testing.T, h *harness) func() {
			u := h.underReview(t, alice)
			h.decide(t, alice, u.id, selling.DecisionApprove)
			h.startJob(t, alice, h.createJob(t, alice, u.engagement, u.id, awsView))
			return func() {
				_, err := h.ChangeAwsSummary(t.Context(), keyOf(alice, u.id), []byte(`{"Insights": {"EngagementScore": "High"}}`))
				must(t, err)
			}
		}, []tell{told(updated, owner), told(snapshotted, owner)}, nil,
	},
	{
		"AWS refers an opportunity", "inferred", bare(func(t *testing.T, h *harness) { h.refer(t, bob) }), []tell{told(engaged, creator), told(invited, sender, receiver)}, fromAWS,
	},
	{
		"A referral is accepted", "inferred", afterReferral(func(t *testing.T, h *harness, id string) { h.accept(t, bob, id) }), []tell{told(accepted, sender, receiver), told(joined, everyone), told(created, owner)}, fromAWS,
	},
	{
		"A referral is accepted by the task", "inferred", afterReferral(func(t *testing.T, h *harness, id string) { h.accepting(t, bob, id) }), []tell{told(accepted, sender, receiver), told(joined, everyone), told(created, owner), told(updated, owner), told(snapshotted, everyone)}, fromAWS,
	},
	{
		"A referral is rejected", "inferred", afterReferral(func(t *testing.T, h *harness, id string) { h.reject(t, bob, id) }), []tell{told(rejected, sender, receiver)}, fromAWS,
	},
	{
		"A lead is converted by [the task](behavior/tasks.md#startopportunityfromengagementtask)", "inferred", func(t *testing.T, h *harness) func() {
			e := h.awsLead(t, "Sandbox", bob)
			h.qualify(t, bob, "Sandbox", e, "Qualified")
			return func() { h.convert(t, bob, "Sandbox", e) }
		}, []tell{told(created, owner), told(snapshotted, everyone), told(changed, everyone)}, fromAWS,
	},
	{
		"A prospecting task runs", "inferred", func(t *testing.T, h *harness) func() {
			e := h.leadEngagement(t, alice)
			return func() { h.startProspecting(t, alice, "spring", e) }
		}, []tell{told(changed, everyone)}, map[string][]string{everyone: {alice}},
	},
	{
		"Customer accounts are created, changed, matched, deleted", "inferred", bare(changeCustomers), nil, nil,
	},
	{
		"Tags, settings, solutions, profiles, groups and policies change", "inferred", afterCreation(changeSettings), nil, nil,
	},
	{
		"A bulk job runs whose file cannot be read", "ours", bare(func(t *testing.T, h *harness) {
			d := &deal{harness: h}
			for operation, body := range map[string]func(*deal, party) string{
				"StartOpportunityBulkJob": bulkJobBody, "StartCustomerAccountBulkJob": accountJobBody,
			} {
				do[api.Raw](t, h, alice, operation, merge(body(d, party{account: alice}), `"Catalog": "Sandbox"`))
			}
		}), nil, nil,
	},
	{
		"Anything is read, listed, searched", "inferred", func(t *testing.T, h *harness) func() {
			d := makeDeal(t, h)
			d.addTasks(t)
			return func() {
				for i := range questions {
					if op, _ := api.Lookup(questions[i].operation); op.ReadOnly {
						d.ask(t, &questions[i], d.parties[0])
					}
				}
			}
		}, nil, nil,
	},
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func changeCustomers(t *testing.T, h *harness) {
	id := *do[api.CreateCustomerAccountResponse](t, h, alice, "CreateCustomerAccount",
		`{"Catalog": "Sandbox", "Account": {"CompanyName": "Sheep and more"}}`).Id
	h.work(t)
	_, err := h.MatchCustomerAccount(t.Context(), store.CustomerAccountKey{Account: alice, Catalog: "Sandbox", ID: id},
		customer.Decision{Outcome: api.EnrichmentStatusNoMatchFound})
	must(t, err)
	read := do[api.GetCustomerAccountResponse](t, h, alice, "GetCustomerAccount", named(id))
	do[api.Raw](t, h, alice, "UpdateCustomerAccount", named(id,
		fmt.Sprintf(`"LastModifiedDate": %q, "Account": {"CompanyName": "Goats"}`, read.LastModifiedDate.String())))
	do[api.Raw](t, h, alice, "DeleteCustomerAccount", named(id))
}

func changeSettings(t *testing.T, h *harness, id string) {
	arn := "arn:aws:partnercentral:us-east-1:" + alice + ":catalog/Sandbox/opportunity/" + id
	do[struct{}](t, h, alice, "TagResource", fmt.Sprintf(`{"ResourceArn": %q, "Tags": [{"Key": "a", "Value": "b"}]}`, arn))
	do[struct{}](t, h, alice, "UntagResource", fmt.Sprintf(`{"ResourceArn": %q, "TagKeys": ["a"]}`, arn))
	do[struct{}](t, h, alice, "PutSellingSystemSettings", `{"Catalog": "Sandbox", "ResourceSnapshotJobRoleIdentifier": "role"}`)
	must(t, h.PutAccount(t.Context(), alice, selling.AccountProfile{CompanyName: "Alice Corp"}))
	must(t, h.PutSolution(t.Context(), alice, "Sandbox", api.SolutionBase{
		Id: new("S-7654321"), Name: new("Lake"), Category: new("Software Product"), Status: new(api.SolutionStatusActive),
	}))
	_, err := h.PutEngagementGroup(t.Context(), selling.EngagementGroup{Name: "farms", Catalog: "Sandbox", ReadinessLevel: api.ReadinessLevelSalesReady, Active: true})
	must(t, err)
	must(t, h.PutReviewPolicy(t.Context(), "Sandbox", selling.ReviewPolicy{Mode: selling.ReviewOff}))
}

// afterCreation has alice create an opportunity before.
func afterCreation(act func(t *testing.T, h *harness, id string)) func(*testing.T, *harness) func() {
	return func(t *testing.T, h *harness) func() {
		id := *h.createOpportunity(t, alice).Id
		return func() { act(t, h, id) }
	}
}

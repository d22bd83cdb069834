package selling_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"cosell/internal/access"
	"cosell/internal/api"
	"cosell/internal/audit"
	"cosell/internal/auth"
	"cosell/internal/operation"
	"cosell/internal/selling"
	"cosell/internal/store"
)

const janesARN = "arn:aws:iam::" + alice + ":user/jane"

// kept returns the changes of an opportunity as "operation, who: differences", the oldest
// first.
func (h *harness) kept(t testing.TB, account, id string) (all []string) {
	t.Helper()
	history, err := h.OpportunityHistory(t.Context(), keyOf(account, id), 0, 100)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range history.Changes {
		var who []string
		for _, name := range []string{c.Principal, c.Operator, c.Process} {
			if name != "" {
				who = append(who, name)
			}
		}
		line := c.Operation + ", " + strings.Join(who, " + ") + ": " + string(c.Changes)
		all = append([]string{line}, all...)
	}
	return all
}

// as answers an operation for a principal.
func (h *harness) as(ctx context.Context, t testing.TB, arn, name, body string) error {
	t.Helper()
	op, _ := api.Lookup(name)
	in := op.NewInput()
	if err := api.Unmarshal([]byte(body), in); err != nil {
		t.Fatal(err)
	}
	_, err := h.Do(ctx, auth.Principal{Account: strings.Split(arn, ":")[4], ARN: arn}, op, in)
	return err
}

func wantHistory(t testing.TB, got []string, want ...string) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the history differs (-want +got):\n%s", diff)
	}
}

// Each way to change an opportunity leaves one change with its author and its difference.
func TestHistoryOfEachKindOfChange(t *testing.T) {
	submitted := func(t *testing.T, h *harness) string {
		id := *h.createOpportunity(t, alice).Id
		if err := h.as(t.Context(), t, janesARN, "SubmitOpportunity", named(id, `"InvolvementType": "Co-Sell"`)); err != nil {
			t.Fatal(err)
		}
		return id
	}
	const submission = `SubmitOpportunity, ` + janesARN + `: [{"path":"LifeCycle.ReviewStatus","before":"Pending Submission","after":"Submitted"},` +
		`{"path":"AwsOpportunitySummary.InvolvementType","after":"Co-Sell"},{"path":"AwsOpportunitySummary.Visibility","after":"Full"}]`
	for name, c := range map[string]struct {
		change func(t *testing.T, h *harness) string
		want   []string
	}{
		"a creation leaves none": {func(t *testing.T, h *harness) string { return *h.createOpportunity(t, alice).Id }, nil},
		"an update": {
			func(t *testing.T, h *harness) string {
				id := *h.createOpportunity(t, alice).Id
				body := updateBody(t, h.opportunity(t, alice, id), `"LifeCycle": {"Stage": "Prospect", "NextSteps": "Write", "TargetCloseDate": "2027-07-01"}`, `"Marketing": {"Source": "None"}`)
				if err := h.as(t.Context(), t, janesARN, "UpdateOpportunity", body); err != nil {
					t.Fatal(err)
				}
				return id
			},
			[]string{
				`UpdateOpportunity, ` + janesARN + `: [{"path":"Marketing.CampaignName","before":"Spring"},{"path":"Marketing.Source","before":"Marketing Activity","after":"None"},` +
					`{"path":"Marketing.UseCases","before":["Analytics"]},{"path":"Marketing.Channels","before":["Content Syndication"]},{"path":"Marketing.AwsFundingUsed","before":"Yes"},` +
					`{"path":"LifeCycle.NextSteps","before":"Call them","after":"Write"},{"path":"LifeCycle.TargetCloseDate","before":"2027-06-30","after":"2027-07-01"}]`,
			},
		},
		"an update that changes nothing": {
			func(t *testing.T, h *harness) string {
				id := *h.createOpportunity(t, alice).Id
				if err := h.as(t.Context(), t, janesARN, "UpdateOpportunity", updateBody(t, h.opportunity(t, alice, id))); err != nil {
					t.Fatal(err)
				}
				return id
			},
			[]string{`UpdateOpportunity, ` + janesARN + `: []`},
		},
		"an update that is refused leaves none": {
			func(t *testing.T, h *harness) string {
				id := *h.createOpportunity(t, alice).Id
				body := updateBody(t, h.opportunity(t, alice, id), `"LastModifiedDate": "2020-01-01T00:00:00Z"`)
				if err := h.as(t.Context(), t, janesARN, "UpdateOpportunity", body); err == nil {
					t.Error("it was taken")
				}
				return id
			}, nil,
		},
		"an assignment": {
			func(t *testing.T, h *harness) string {
				id := *h.createOpportunity(t, alice).Id
				err := h.as(t.Context(), t, janesARN, "AssignOpportunity", named(id, `"Assignee": {"Email": "kim@partner.example.com", "FirstName": "Kim", "LastName": "Poe", "BusinessTitle": "OpportunityOwner"}`))
				if err != nil {
					t.Fatal(err)
				}
				return id
			},
			[]string{`AssignOpportunity, ` + janesARN + `: [{"path":"OpportunityTeam[0]",` +
				`"before":{"Email":"alliance.lead@example.com","FirstName":"Partner 111122223333","LastName":"Alliance Lead","BusinessTitle":"OpportunityOwner","Phone":null},` +
				`"after":{"Email":"kim@partner.example.com","FirstName":"Kim","LastName":"Poe","BusinessTitle":"OpportunityOwner","Phone":null}}]`},
		},
		"an association": {
			func(t *testing.T, h *harness) string {
				id := *h.createOpportunity(t, alice).Id
				body := fmt.Sprintf(`{"Catalog": "Sandbox", "OpportunityIdentifier": %q, "RelatedEntityType": "AwsProducts", "RelatedEntityIdentifier": "AWSLambda"}`, id)
				for _, name := range []string{"AssociateOpportunity", "AssociateOpportunity", "DisassociateOpportunity"} { // the second changes nothing
					if err := h.as(t.Context(), t, janesARN, name, body); err != nil {
						t.Fatal(err)
					}
				}
				return id
			},
			[]string{
				`AssociateOpportunity, ` + janesARN + `: [{"path":"RelatedEntityIdentifiers.AwsProducts","after":["AWSLambda"]}]`,
				`DisassociateOpportunity, ` + janesARN + `: [{"path":"RelatedEntityIdentifiers.AwsProducts","before":["AWSLambda"]}]`,
			},
		},
		"a submission": {submitted, []string{submission}},
		"a submission by a task": {
			func(t *testing.T, h *harness) string {
				id := *h.createOpportunity(t, alice).Id
				if err := h.as(t.Context(), t, janesARN, "StartEngagementFromOpportunityTask", h.fromOpportunityBody(id)); err != nil {
					t.Fatal(err)
				}
				return id
			},
			[]string{strings.Replace(submission, janesARN, janesARN+" + TASK", 1)},
		},
		"decisions of operators": {
			func(t *testing.T, h *harness) string {
				id := submitted(t, h)
				ctx := access.With(t.Context(), &access.Identity{Name: "desk"})
				if _, err := h.Review(ctx, keyOf(alice, id), selling.DecisionStart, nil, nil); err != nil {
					t.Fatal(err)
				}
				if _, err := h.Review(ctx, keyOf(alice, id), selling.DecisionReject, new("No budget."), new("Budget")); err != nil {
					t.Fatal(err)
				}
				return id
			},
			[]string{
				submission,
				`StartReview, desk: [{"path":"LifeCycle.ReviewStatus","before":"Submitted","after":"In review"}]`,
				`Reject, desk: [{"path":"LifeCycle.ReviewStatus","before":"In review","after":"Rejected"},{"path":"LifeCycle.ReviewComments","after":"No budget."},{"path":"LifeCycle.ReviewStatusReason","after":"Budget"}]`,
			},
		},
		"a decision of the policy, in its time": {
			func(t *testing.T, h *harness) string {
				h.policy(t, "Sandbox", afterTwoDays)
				id := submitted(t, h)
				h.pass(t, 48*time.Hour)
				return id
			},
			[]string{
				submission,
				`Approve, review policy: [{"path":"LifeCycle.ReviewStatus","before":"Submitted","after":"Approved"},` +
					`{"path":"AwsOpportunitySummary.LifeCycle.TargetCloseDate","after":"2027-06-30"},{"path":"AwsOpportunitySummary.LifeCycle.Stage","after":"Prospect"},` +
					`{"path":"AwsOpportunitySummary.LifeCycle.NextSteps","after":"Call them"}]`,
			},
		},
		"AWS's side, changed by an operator": {
			func(t *testing.T, h *harness) string {
				id := *h.createOpportunity(t, alice).Id
				ctx := access.With(t.Context(), &access.Identity{Name: "desk"})
				for _, amount := range []string{"1", "2"} {
					patch := `{"Project": {"ExpectedCustomerSpend": [{"Amount": "` + amount + `", "CurrencyCode": "USD", "Frequency": "Monthly", "TargetCompany": "AWS"}]}}`
					if _, err := h.ChangeAwsSummary(ctx, keyOf(alice, id), []byte(patch)); err != nil {
						t.Fatal(err)
					}
				}
				return id
			},
			[]string{
				`UpdateAwsOpportunitySummary, desk: [{"path":"AwsOpportunitySummary.Project.ExpectedCustomerSpend[0]","after":{"Amount":"1","CurrencyCode":"USD","Frequency":"Monthly","TargetCompany":"AWS","EstimationUrl":null}}]`,
				`UpdateAwsOpportunitySummary, desk: [{"path":"AwsOpportunitySummary.Project.ExpectedCustomerSpend[0].Amount","before":"1","after":"2"}]`,
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHarness(t)
			id := c.change(t, h)
			got := h.kept(t, alice, id)
			for i := range got {
				if before, after, ok := strings.Cut(got[i], " + task-"); ok {
					_, after, _ = strings.Cut(after, ":")
					got[i] = before + " + TASK:" + after
				}
			}
			wantHistory(t, got, c.want...)
		})
	}
}

// A change that follows from another account's request does not tell who sent that.
func TestAttackHistoryTellsWhoActsForOthers(t *testing.T) {
	h := newHarness(t)
	sender, invitation := h.offered(t)
	copied := *h.accepting(t, bob, invitation).OpportunityId
	o := h.opportunity(t, alice, sender)
	body := updateBody(t, o, `"LifeCycle": {"Stage": "Prospect", "NextSteps": "Call them", "TargetCloseDate": "2027-06-30", "ReviewStatus": "Approved"}`)
	if err := h.as(t.Context(), t, janesARN, "UpdateOpportunity", body); err != nil {
		t.Fatal(err)
	}
	if h.opportunity(t, bob, copied).LifeCycle.ReviewStatus == nil || h.status(t, alice, sender) != api.ReviewStatusApproved {
		t.Fatal("nothing was approved")
	}
	got := h.kept(t, bob, copied)
	if last := got[len(got)-1]; !strings.HasPrefix(last, `UpdateOpportunity, account `+alice+`: [{"path":"LifeCycle.ReviewStatus"`) || strings.Contains(last, "jane") {
		t.Errorf("the last change is %s", last)
	}
	for _, key := range []string{sender, copied} {
		owner := map[string]string{sender: bob, copied: alice}[key]
		if _, err := h.OpportunityHistory(t.Context(), keyOf(owner, key), 0, 10); !errors.As(err, new(*api.Error)) {
			t.Errorf("%s reads the history of %s, which is another account's: %v", owner, key, err)
		}
	}
}

func TestHistoryPages(t *testing.T) {
	h := newHarness(t)
	made := h.createOpportunity(t, alice)
	for day := range 5 {
		h.edit(t, alice, *made.Id, fmt.Sprintf("2027-07-%02d", day+1))
	}
	var days []string
	for next := int64(0); ; {
		page, err := h.OpportunityHistory(t.Context(), keyOf(alice, *made.Id), next, 2)
		if err != nil {
			t.Fatal(err)
		}
		if page.CreatedAt != *h.opportunity(t, alice, *made.Id).CreatedDate || page.Origin != string(api.OpportunityOriginPartnerReferral) {
			t.Errorf("the creation is %v, %s", page.CreatedAt, page.Origin)
		}
		for _, c := range page.Changes {
			days = append(days, string(c.Changes[len(c.Changes)-5:len(c.Changes)-3]))
		}
		if next = page.Next; next == 0 {
			break
		}
	}
	if got := strings.Join(days, " "); got != "05 04 03 02 01" {
		t.Errorf("the days are %s", got)
	}
}

// The change names the request as the audit does.
func TestHistoryNamesTheRequest(t *testing.T) {
	h := newHarness(t)
	id := *h.createOpportunity(t, alice).Id
	ctx := audit.With(t.Context(), &audit.Entry{RequestID: "r-1"})
	if err := h.as(ctx, t, janesARN, "UpdateOpportunity", updateBody(t, h.opportunity(t, alice, id))); err != nil {
		t.Fatal(err)
	}
	history, err := h.OpportunityHistory(t.Context(), keyOf(alice, id), 0, 10)
	if err != nil || len(history.Changes) != 1 {
		t.Fatal(history, err)
	}
	if got, want := history.Changes[0].RequestID, "r-1"; got != want {
		t.Errorf("the request is %q, want %q", got, want)
	}
	if got, want := history.Changes[0].Author, (operation.Author{Principal: janesARN}); got != want {
		t.Errorf("the author is %+v", got)
	}
}

// sharedChanges returns the changes of an engagement as an account reads them: "operation,
// who: differences", the oldest first.
func (h *harness) sharedChanges(t testing.TB, account, id string) (all []string) {
	t.Helper()
	history, err := h.EngagementHistory(t.Context(), account, "Sandbox", id, 0, 100)
	if err != nil {
		t.Fatal(err)
	}
	if history.CreatedBy != alice || history.CreatedAt != *h.engagement(t, account, id).CreatedAt {
		t.Errorf("created at %v by %s", history.CreatedAt, history.CreatedBy)
	}
	for _, c := range history.Changes {
		all = append([]string{c.Operation + ", " + c.Principal + c.Operator + c.Process + ": " + string(c.Changes)}, all...)
	}
	return all
}

// TestAttackHistoryOfEngagementTellsWhoActsForOthers sees that every change of an engagement
// is kept once for all members, and that each is told the principals of its own account
// alone.
func TestAttackHistoryOfEngagementTellsWhoActsForOthers(t *testing.T) {
	const bobs = "arn:aws:iam::" + bob + ":role/seller"
	h := newHarness(t)
	lead := func(status string) string {
		return `"Type": "Lead", "Payload": {"Lead": {"QualificationStatus": "` + status + `", "Customer": {"CompanyName": "Example Corp", "AwsMaturity": "Evaluating"}, "Interactions": []}}`
	}
	created := do[api.CreateEngagementResponse](t, h, alice, "CreateEngagement", `{"Catalog": "Sandbox", "ClientToken": "1", "Title": "A plan", "Description": "What it is about"}`)
	id := *created.Id
	invitation := h.invite(t, alice, id, bob)
	if err := h.as(t.Context(), t, bobs, "AcceptEngagementInvitation", named(invitation)); err != nil {
		t.Fatal(err)
	}
	if err := h.as(t.Context(), t, janesARN, "CreateEngagementContext", fmt.Sprintf(`{"Catalog": "Sandbox", "ClientToken": "2", "EngagementIdentifier": %q, %s}`, id, lead("Qualified"))); err != nil {
		t.Fatal(err)
	}
	const accepted, added = `: [{"path":"Members","after":"` + bob + `"}]`, `: [{"path":"Contexts[0]","after":{"Id":"1","Type":"Lead"`
	for account, want := range map[string][2]string{
		alice: {"AcceptEngagementInvitation, account " + bob + accepted, "CreateEngagementContext, " + janesARN + added},
		bob:   {"AcceptEngagementInvitation, " + bobs + accepted, "CreateEngagementContext, account " + alice + added},
	} {
		got := h.sharedChanges(t, account, id)
		if len(got) != len(want) || got[0] != want[0] || !strings.HasPrefix(got[1], want[1]) {
			t.Errorf("%s reads %q\nwant %q", account, got, want)
		}
	}
	if _, err := h.EngagementHistory(t.Context(), "999988887777", "Sandbox", id, 0, 10); !errors.As(err, new(*api.Error)) {
		t.Errorf("an account that is no member reads it: %v", err)
	}
	// What is left of it goes with the engagement, when its last partner is reset.
	for _, account := range []string{alice, bob} {
		if _, err := h.ResetAccount(t.Context(), account); err != nil {
			t.Fatal(err)
		}
		err := h.store.View(t.Context(), func(tx *store.Tx) error {
			left, _, err := tx.History(store.HistoryKey{Catalog: "Sandbox", Kind: selling.KindEngagement, Record: id}, 0, 10, 10_000)
			if want := map[string]int{alice: 2, bob: 0}[account]; len(left) != want {
				t.Errorf("after the reset of %s %d changes are left, want %d", account, len(left), want)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

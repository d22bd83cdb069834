package selling_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"cosell/internal/api"
	"cosell/internal/auth"
	"cosell/internal/notice"
	"cosell/internal/selling"
)

func TestCreateOpportunity(t *testing.T) {
	h := newHarness(t)
	created := h.createOpportunity(t, alice, `"PartnerOpportunityIdentifier": "CRM-7"`)
	o := h.opportunity(t, alice, *created.Id)

	t.Run("IsADraft", func(t *testing.T) {
		if *o.LifeCycle.ReviewStatus != api.ReviewStatusPendingSubmission {
			t.Errorf("review status %s", *o.LifeCycle.ReviewStatus)
		}
		if o.LifeCycle.NextStepsHistory != nil {
			t.Error("the first next steps are no history")
		}
	})
	t.Run("KeepsAmountsToTheDigit", func(t *testing.T) {
		if got := *o.Project.ExpectedCustomerSpend[0].Amount; got != "12500.10" {
			t.Errorf("amount %s", got)
		}
		if got := *o.SoftwareRevenue.Value.Amount; got != "10000.0" {
			t.Errorf("revenue %s", got)
		}
	})
	t.Run("HasAnOwnerFirst", func(t *testing.T) {
		var titles []string
		for _, member := range o.OpportunityTeam {
			titles = append(titles, *member.BusinessTitle)
		}
		if diff := cmp.Diff([]string{"OpportunityOwner", "PartnerAccountManager"}, titles); diff != "" {
			t.Error(diff)
		}
	})
	t.Run("HasTheNamedOwnerFirst", func(t *testing.T) {
		named := h.opportunity(t, bob, *h.createOpportunity(t, bob, `"OpportunityTeam": [
			{"BusinessTitle": "PartnerAccountManager", "Email": "pam@partner.example.com"},
			{"BusinessTitle": "OpportunityOwner", "Email": "ann@partner.example.com"}]`).Id)
		var emails []string
		for _, member := range named.OpportunityTeam {
			emails = append(emails, *member.Email)
		}
		if diff := cmp.Diff([]string{"ann@partner.example.com", "pam@partner.example.com"}, emails); diff != "" {
			t.Error(diff)
		}
	})
	t.Run("Answers", func(t *testing.T) {
		if *created.LastModifiedDate != *o.CreatedDate || *o.CreatedDate != *o.LastModifiedDate {
			t.Error("created and last modified differ")
		}
		if *created.PartnerOpportunityIdentifier != "CRM-7" {
			t.Error("no PartnerOpportunityIdentifier")
		}
		if want := "arn:aws:partnercentral:us-east-1:111122223333:catalog/Sandbox/opportunity/" + *o.Id; *o.Arn != want {
			t.Errorf("ARN %s, want %s", *o.Arn, want)
		}
	})
	t.Run("HasEmptyRelatedEntities", func(t *testing.T) {
		encoded, err := api.Marshal(o.RelatedEntityIdentifiers)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(encoded), "null") {
			t.Errorf("got %s, want empty lists", encoded)
		}
	})
	t.Run("TellsItsOwner", func(t *testing.T) {
		if diff := cmp.Diff([]string{"Opportunity Created"}, h.events(t, alice)); diff != "" {
			t.Error(diff)
		}
	})
}

func TestCreateOpportunityThinDraft(t *testing.T) {
	h := newHarness(t)
	created := do[api.CreateOpportunityResponse](t, h, alice, "CreateOpportunity", `{"Catalog": "AWS", "ClientToken": "t"}`)
	o := do[api.GetOpportunityResponse](t, h, alice, "GetOpportunity", fmt.Sprintf(`{"Catalog": "AWS", "Identifier": %q}`, *created.Id))
	if *o.LifeCycle.Stage != api.StageProspect || *o.OpportunityType != api.OpportunityTypeNetNewBusiness ||
		*o.NationalSecurity != api.NationalSecurityNo || *o.Marketing.Source != api.MarketingSourceNone {
		t.Errorf("defaults are missing: %+v", o)
	}
	if created.PartnerOpportunityIdentifier != nil {
		t.Error("PartnerOpportunityIdentifier is not null")
	}
}

func TestCreateOpportunityRefuses(t *testing.T) {
	for _, c := range []struct {
		rule    string
		members string
		fields  []string
	}{
		{"only partner referrals in catalog AWS", `"Catalog": "AWS", "Origin": "AWS Referral"`, []string{"origin ACTION_NOT_PERMITTED"}},
		{"a team has owners and managers", `"OpportunityTeam": [{"BusinessTitle": "Boss"}]`, []string{"partnerOpportunityTeam[0].member.businessTitle INVALID_VALUE"}},
		{"a related opportunity is one's own", `"Project": {"RelatedOpportunityIdentifier": "O1"}`, []string{"project.relatedOpportunityIdentifier INVALID_VALUE"}},
		{"tags are not reserved and not twice", `"Tags": [{"Key": "AWS:x", "Value": "1"}, {"Key": "a", "Value": "1"}, {"Key": "a", "Value": "2"}]`, []string{"tags[0].key INVALID_VALUE", "tags[2].key DUPLICATE_KEY_VALUE"}},
		{"the catalogs are two", `"Catalog": "Production"`, []string{"catalog INVALID_ENUM_VALUE"}},
	} {
		t.Run(c.rule, func(t *testing.T) {
			h := newHarness(t)
			_, err := try[api.CreateOpportunityResponse](t, h, alice, "CreateOpportunity", opportunityBody("t", c.members))
			fails(t, err, api.TypeValidation, c.fields...)
			if events := h.events(t, alice); len(events) > 0 {
				t.Errorf("a refused creation told %q", events)
			}
		})
	}
}

func TestClientToken(t *testing.T) {
	h := newHarness(t)
	body := opportunityBody("once")
	first := do[api.CreateOpportunityResponse](t, h, alice, "CreateOpportunity", body)

	t.Run("SameBodyOriginalAnswer", func(t *testing.T) {
		h.clock.Advance(time.Hour)
		// Order, nulls and unknown members make no difference.
		again := do[api.CreateOpportunityResponse](t, h, alice, "CreateOpportunity", merge(body, `"PartnerOpportunityIdentifier": null, "CreatedDate": "2026-01-01T00:00:00Z"`))
		if diff := cmp.Diff(first, again); diff != "" {
			t.Error(diff)
		}
		if events := h.events(t, alice); len(events) != 1 {
			t.Errorf("events %q, want one", events)
		}
	})
	t.Run("OtherBodyConflicts", func(t *testing.T) {
		_, err := try[api.CreateOpportunityResponse](t, h, alice, "CreateOpportunity", merge(body, `"NationalSecurity": null`))
		fails(t, err, api.TypeConflict)
		if got := err.(*api.Error).Message; got != "Conflicting client token submitted for a new request body." {
			t.Errorf("message %q", got)
		}
	})
	t.Run("OtherAccountAndCatalogAreOthers", func(t *testing.T) {
		ids := []string{*first.Id}
		for _, c := range []struct{ account, catalog string }{{bob, "Sandbox"}, {alice, "AWS"}} {
			other := do[api.CreateOpportunityResponse](t, h, c.account, "CreateOpportunity", merge(body, fmt.Sprintf(`"Catalog": %q`, c.catalog)))
			if slices.Contains(ids, *other.Id) {
				t.Errorf("%s in %s got the same opportunity", c.account, c.catalog)
			}
			ids = append(ids, *other.Id)
		}
	})
	t.Run("RefusedRequestLeavesTheTokenFree", func(t *testing.T) {
		_, err := try[api.CreateOpportunityResponse](t, h, alice, "CreateOpportunity", opportunityBody("free", `"Origin": "AWS Referral", "Catalog": "AWS"`))
		fails(t, err, api.TypeValidation)
		do[api.CreateOpportunityResponse](t, h, alice, "CreateOpportunity", opportunityBody("free", `"Catalog": "AWS"`))
	})
}

// updateBody turns what GetOpportunity answered into a request, as the
// documented flow does.
func updateBody(t testing.TB, o *api.GetOpportunityResponse, members ...string) string {
	t.Helper()
	encoded, err := api.Marshal(o)
	if err != nil {
		t.Fatal(err)
	}
	object := map[string]api.Raw{}
	if err := api.Unmarshal(encoded, &object); err != nil {
		t.Fatal(err)
	}
	object["Identifier"] = object["Id"]
	for _, name := range []string{"Id", "Arn", "CreatedDate", "OpportunityTeam", "RelatedEntityIdentifiers"} {
		delete(object, name)
	}
	if encoded, err = api.Marshal(object); err != nil {
		t.Fatal(err)
	}
	return merge(string(encoded), members...)
}

func update(t testing.TB, h *harness, account string, o *api.GetOpportunityResponse, members ...string) *api.GetOpportunityResponse {
	t.Helper()
	do[api.UpdateOpportunityResponse](t, h, account, "UpdateOpportunity", updateBody(t, o, members...))
	return h.opportunity(t, account, *o.Id)
}

func TestUpdateOpportunity(t *testing.T) {
	h := newHarness(t)
	before := h.opportunity(t, alice, *h.createOpportunity(t, alice, `"Tags": [{"Key": "a", "Value": "1"}]`).Id)

	t.Run("EchoChangesNothingButTheTime", func(t *testing.T) {
		after := update(t, h, alice, before)
		if *after.LastModifiedDate <= *before.LastModifiedDate {
			t.Error("LastModifiedDate did not rise, though the clock stands still")
		}
		after.LastModifiedDate = before.LastModifiedDate
		if diff := cmp.Diff(before, after); diff != "" {
			t.Error(diff)
		}
	})
	t.Run("StaleLockConflicts", func(t *testing.T) {
		_, err := try[api.UpdateOpportunityResponse](t, h, alice, "UpdateOpportunity", updateBody(t, before))
		fails(t, err, api.TypeConflict)
		if got, want := err.(*api.Error).Message, "Conflicting error, last modified date is not the latest: it is 2026-11-21T10:00:00.001Z, "+
			"the request has 2026-11-21T10:00:00.000Z; read the record again and repeat the change"; got != want {
			t.Errorf("message %q", got)
		}
	})
	t.Run("ReplacesWhole", func(t *testing.T) {
		o := h.opportunity(t, alice, *before.Id)
		after := update(t, h, alice, o, `"PrimaryNeedsFromAws": null, "Customer": {"Account": {"CompanyName": "Other"}}, "SoftwareRevenue": null`)
		if after.PrimaryNeedsFromAws != nil || after.SoftwareRevenue != nil || after.Customer.Contacts != nil || after.Customer.Account.Industry != nil {
			t.Errorf("left-out members survived: %+v", after)
		}
		if len(after.OpportunityTeam) != 2 || *after.CreatedDate != *before.CreatedDate {
			t.Error("team or creation date changed")
		}
	})
	t.Run("Tells", func(t *testing.T) {
		if diff := cmp.Diff([]string{"Opportunity Created", "Opportunity Updated", "Opportunity Updated"}, h.events(t, alice)); diff != "" {
			t.Error(diff)
		}
	})
}

func TestNextStepsHistory(t *testing.T) {
	h := newHarness(t)
	o := h.opportunity(t, alice, *h.createOpportunity(t, alice, `"LifeCycle": {"TargetCloseDate": "2027-06-30"}`).Id)
	set := func(text string) {
		h.clock.Advance(time.Minute)
		o = update(t, h, alice, o, fmt.Sprintf(`"LifeCycle": {"Stage": "Prospect", "TargetCloseDate": "2027-06-30", "NextSteps": %q}`, text))
	}
	set("")
	set("step 0")
	if o.LifeCycle.NextStepsHistory != nil {
		t.Fatal("the first next steps made a history")
	}
	set("step 0")
	if o.LifeCycle.NextStepsHistory != nil {
		t.Fatal("the same next steps made a history")
	}
	for i := range 60 {
		set(fmt.Sprintf("step %d", i+1))
	}
	history := o.LifeCycle.NextStepsHistory
	if len(history) != 50 || *history[0].Value != "step 10" || *history[49].Value != "step 59" {
		t.Fatalf("history of %d, %s to %s; want the last 50, step 10 to step 59", len(history), *history[0].Value, *history[len(history)-1].Value)
	}
	if want := api.NewTimestamp(h.clock.Now()); *history[49].Time != want {
		t.Errorf("changed at %s, want %s", history[49].Time, want)
	}
}

func TestReviewStatusIsAWSs(t *testing.T) {
	for _, c := range []struct {
		name, catalog, asked string
		refused              bool
	}{
		{"left out", "AWS", `null`, false},
		{"echoed", "AWS", `"Pending Submission"`, false},
		{"decided by a partner in catalog AWS", "AWS", `"Approved"`, true},
		{"decided in Sandbox", "Sandbox", `"Approved"`, false},
		{"action required in Sandbox", "Sandbox", `"Action Required"`, false},
		{"rejected in Sandbox", "Sandbox", `"Rejected"`, false},
		{"submitted by hand in Sandbox", "Sandbox", `"Submitted"`, true},
		{"in review by hand in Sandbox", "Sandbox", `"In review"`, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := newHarness(t)
			id := *h.createOpportunity(t, alice, fmt.Sprintf(`"Catalog": %q`, c.catalog)).Id
			get := fmt.Sprintf(`{"Catalog": %q, "Identifier": %q}`, c.catalog, id)
			o := do[api.GetOpportunityResponse](t, h, alice, "GetOpportunity", get)
			_, err := try[api.UpdateOpportunityResponse](t, h, alice, "UpdateOpportunity",
				updateBody(t, o, `"LifeCycle": {"Stage": "Prospect", "NextSteps": "Call them", "TargetCloseDate": "2027-06-30", "ReviewComments": "c", "ReviewStatus": `+c.asked+`}`))
			if c.refused {
				fails(t, err, api.TypeValidation, "lifeCycle.reviewStatus ACTION_NOT_PERMITTED")
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			after := do[api.GetOpportunityResponse](t, h, alice, "GetOpportunity", get)
			want, comments := c.asked, false
			switch c.asked {
			case `null`:
				want = `"Pending Submission"`
			case `"Pending Submission"`:
			default:
				comments = true
			}
			if got := fmt.Sprintf("%q", *after.LifeCycle.ReviewStatus); got != want {
				t.Errorf("review status %s, want %s", got, want)
			}
			if (after.LifeCycle.ReviewComments != nil) != comments {
				t.Errorf("review comments %v: only a reviewer writes them", after.LifeCycle.ReviewComments)
			}
		})
	}
}

const verdictBody = `"LifeCycle": {"Stage": "Prospect", "NextSteps": "Call them", "TargetCloseDate": "2027-06-30", "ReviewStatus": %q}`

func TestUpdateAfterReview(t *testing.T) {
	h := newHarness(t)
	judged := func(status string) *api.GetOpportunityResponse {
		o := h.opportunity(t, alice, *h.createOpportunity(t, alice).Id)
		return update(t, h, alice, o, fmt.Sprintf(verdictBody, status))
	}
	t.Run("ApprovedLocksTheTitle", func(t *testing.T) {
		o := judged("Approved")
		o.Project.Title = new("Another")
		_, err := try[api.UpdateOpportunityResponse](t, h, alice, "UpdateOpportunity", updateBody(t, o))
		fails(t, err, api.TypeValidation, "project.title ACTION_NOT_PERMITTED")
	})
	t.Run("ApprovedIsFinalForTheReview", func(t *testing.T) {
		_, err := try[api.UpdateOpportunityResponse](t, h, alice, "UpdateOpportunity", updateBody(t, judged("Approved"), fmt.Sprintf(verdictBody, "Rejected")))
		fails(t, err, api.TypeValidation, "lifeCycle.reviewStatus ACTION_NOT_PERMITTED")
	})
	t.Run("RejectedCannotBeModified", func(t *testing.T) {
		o := judged("Rejected")
		o.Project.AdditionalComments = new("please")
		_, err := try[api.UpdateOpportunityResponse](t, h, alice, "UpdateOpportunity", updateBody(t, o))
		fails(t, err, api.TypeValidation, "lifeCycle.reviewStatus ACTION_NOT_PERMITTED", "project.additionalComments ACTION_NOT_PERMITTED")
	})
	t.Run("ActionRequiredGoesBackToReview", func(t *testing.T) {
		o := judged("Action Required")
		o.Customer.Account.Address.City = new("Albany")
		after := update(t, h, alice, o)
		if *after.LifeCycle.ReviewStatus != api.ReviewStatusSubmitted {
			t.Errorf("review status %s, want Submitted", *after.LifeCycle.ReviewStatus)
		}
		after.Customer.Account.Address.City = new("Troy")
		_, err := try[api.UpdateOpportunityResponse](t, h, alice, "UpdateOpportunity", updateBody(t, after))
		fails(t, err, api.TypeValidation, "lifeCycle.reviewStatus ACTION_NOT_PERMITTED", "customer.account.address.city ACTION_NOT_PERMITTED")
	})
}

func TestContractDurationOnUpdate(t *testing.T) {
	contract := `"Project": {"Title": "Data lake", "CustomerBusinessProblem": "Their reports take a day too long.",
		"ExpectedContractDuration": %s,
		"ExpectedCustomerSpend": [{"Amount": "1200", "CurrencyCode": "USD", "Frequency": "None", "TargetCompany": "Self"}]}`
	h := newHarness(t)
	o := h.opportunity(t, alice, *h.createOpportunity(t, alice, fmt.Sprintf(contract, `{"Term": "Months", "Value": "12"}`)).Id)
	spend := o.Project.ExpectedCustomerSpend
	if len(spend) != 2 || *spend[0].TargetCompany != "AWS" || *spend[0].Amount != "100.00" || *spend[1].TargetCompany != "Self" {
		t.Fatalf("read back %+v, want AWS's monthly entry, then Self", spend)
	}
	omitted := update(t, h, alice, o, `"Project": {"Title": "Data lake", "CustomerBusinessProblem": "Their reports take a day too long."}`)
	if omitted.Project.ExpectedContractDuration.Value == nil {
		t.Error("leaving the duration out cleared it")
	}
	cleared := update(t, h, alice, omitted, `"Project": {"Title": "Data lake", "CustomerBusinessProblem": "Their reports take a day too long.", "ExpectedContractDuration": null}`)
	if cleared.Project.ExpectedContractDuration.Value != nil {
		t.Error("an explicit null left the duration")
	}
}

func TestAssignOpportunity(t *testing.T) {
	h := newHarness(t)
	id := *h.createOpportunity(t, alice).Id
	assign := `{"Catalog": "Sandbox", "Identifier": %q, "Assignee": {"Email": %q, "FirstName": "As", "LastName": "Typed", "BusinessTitle": "OpportunityOwner"}}`
	do[struct{}](t, h, alice, "AssignOpportunity", fmt.Sprintf(assign, id, "ann@partner.example.com"))
	owner := h.opportunity(t, alice, id).OpportunityTeam[0]
	if *owner.Email != "ann@partner.example.com" || *owner.FirstName != "As" || *owner.BusinessTitle != "OpportunityOwner" {
		t.Errorf("owner %+v", owner)
	}
	if team := h.opportunity(t, alice, id).OpportunityTeam; len(team) != 2 {
		t.Errorf("team of %d, want the owner replaced", len(team))
	}
	if err := h.PutAccount(t.Context(), alice, selling.AccountProfile{Users: []selling.User{{Email: "ben@partner.example.com", FirstName: "Ben", LastName: "Profile"}}}); err != nil {
		t.Fatal(err)
	}
	t.Run("NamesComeFromTheProfile", func(t *testing.T) {
		do[struct{}](t, h, alice, "AssignOpportunity", fmt.Sprintf(assign, id, "ben@partner.example.com"))
		if owner := h.opportunity(t, alice, id).OpportunityTeam[0]; *owner.LastName != "Profile" {
			t.Errorf("owner %+v", owner)
		}
	})
	t.Run("StrangersAreRefused", func(t *testing.T) {
		_, err := try[struct{}](t, h, alice, "AssignOpportunity", fmt.Sprintf(assign, id, "ann@partner.example.com"))
		fails(t, err, api.TypeValidation, "assignee.email INVALID_VALUE")
	})
	t.Run("OwnersComeFromTheProfile", func(t *testing.T) {
		if owner := h.opportunity(t, alice, *h.createOpportunity(t, alice).Id).OpportunityTeam[0]; *owner.Email != "ben@partner.example.com" {
			t.Errorf("owner %+v", owner)
		}
	})
}

// Each operation on another account's or catalog's opportunity answers as if
// there were none.
func TestOpportunitiesOfOthersDoNotExist(t *testing.T) {
	h := newHarness(t)
	o := h.opportunity(t, alice, *h.createOpportunity(t, alice).Id)
	id, at := *o.Id, *o.LastModifiedDate
	bodies := map[string]string{
		"GetOpportunity":          `{"Catalog": "CATALOG", "Identifier": "ID"}`,
		"UpdateOpportunity":       `{"Catalog": "CATALOG", "Identifier": "ID", "LastModifiedDate": "AT"}`,
		"AssignOpportunity":       `{"Catalog": "CATALOG", "Identifier": "ID", "Assignee": {"Email": "a@b.example", "FirstName": "A", "LastName": "B", "BusinessTitle": "OpportunityOwner"}}`,
		"AssociateOpportunity":    `{"Catalog": "CATALOG", "OpportunityIdentifier": "ID", "RelatedEntityType": "AwsProducts", "RelatedEntityIdentifier": "AWSLambda"}`,
		"DisassociateOpportunity": `{"Catalog": "CATALOG", "OpportunityIdentifier": "ID", "RelatedEntityType": "AwsProducts", "RelatedEntityIdentifier": "AWSLambda"}`,
	}
	for operation, body := range bodies {
		for _, c := range []struct{ account, catalog string }{{bob, "Sandbox"}, {alice, "AWS"}, {bob, "AWS"}} {
			t.Run(operation+"/"+c.account+"/"+c.catalog, func(t *testing.T) {
				body := strings.NewReplacer("CATALOG", c.catalog, "ID", id, "AT", at.String()).Replace(body)
				_, err := try[struct{}](t, h, c.account, operation, body)
				fails(t, err, api.TypeResourceNotFound)
				want := "Resource not found"
				if c.account == alice {
					want = "Opportunity " + id + " is in catalog Sandbox, not in AWS"
				}
				if got := err.(*api.Error).Message; got != want {
					t.Errorf("message %q", got)
				}
			})
		}
	}
	for operation, body := range map[string]string{
		"ListTagsForResource": `{"ResourceArn": %q}`,
		"TagResource":         `{"ResourceArn": %q, "Tags": [{"Key": "a", "Value": "1"}]}`,
		"UntagResource":       `{"ResourceArn": %q, "TagKeys": ["a"]}`,
	} {
		t.Run(operation, func(t *testing.T) {
			_, err := try[struct{}](t, h, bob, operation, fmt.Sprintf(body, *o.Arn))
			fails(t, err, api.TypeAccessDenied)
		})
	}
	list := do[api.ListOpportunitiesResponse](t, h, bob, "ListOpportunities", `{"Catalog": "Sandbox"}`)
	if len(list.OpportunitySummaries) != 0 {
		t.Errorf("another account's list shows %d", len(list.OpportunitySummaries))
	}
}

// The contract sets no limit to the length of some texts.
func TestAnOpportunityHasASize(t *testing.T) {
	h := newHarness(t)
	campaign := func(length int) string {
		return fmt.Sprintf(`"LifeCycle": {"Stage": "Prospect"}, "Marketing": {"Source": "Marketing Activity", "AwsFundingUsed": "No", "CampaignName": %q}}`, strings.Repeat("x", length))
	}
	const head = `{"Catalog": "AWS", "ClientToken": "t", `
	_, err := try[api.CreateOpportunityResponse](t, h, alice, "CreateOpportunity", head+campaign(1<<20))
	fails(t, err, api.TypeValidation, " TOO_MANY_VALUES")
	o := do[api.CreateOpportunityResponse](t, h, alice, "CreateOpportunity", head+campaign(1000))
	_, err = try[api.UpdateOpportunityResponse](t, h, alice, "UpdateOpportunity", fmt.Sprintf(
		`{"Catalog": "AWS", "Identifier": %q, "LastModifiedDate": %q, %s`, *o.Id, *o.LastModifiedDate, campaign(1<<20)))
	fails(t, err, api.TypeValidation, " TOO_MANY_VALUES")
}

// An update that leaves parts out removes them, and says so.
func TestUpdateTellsWhatItRemoves(t *testing.T) {
	h := newHarness(t)
	o := h.opportunity(t, alice, *h.createOpportunity(t, alice).Id)
	for _, c := range []struct {
		name    string
		members string
		want    []string
	}{
		{"nothing", `{}`, nil},
		{
			"parts", `"Project": null, "SoftwareRevenue": null, "LifeCycle": {"Stage": "Prospect"}`,
			[]string{"this update removed what it left out: Project, SoftwareRevenue, LifeCycle.NextSteps, LifeCycle.TargetCloseDate"},
		},
		{"what was not there", `"Project": null`, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			list := new(notice.List)
			op, _ := api.Lookup("UpdateOpportunity")
			in := op.NewInput()
			if err := api.Unmarshal([]byte(updateBody(t, o, c.members)), in); err != nil {
				t.Fatal(err)
			}
			if _, err := h.Do(context.WithValue(t.Context(), notice.Key{}, list), auth.Principal{Account: alice}, op, in); err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(list.Texts(), c.want) {
				t.Errorf("notices %q, want %q", list.Texts(), c.want)
			}
			o = h.opportunity(t, alice, *o.Id)
		})
	}
}

// The lists of a request are bounded, so that what is stored stays near the size of
// what was sent: each empty contact is stored with all of its members.
func TestAnOpportunitysListsAreBounded(t *testing.T) {
	h := newHarness(t)
	contacts := func(n int) string {
		return `"LifeCycle":{"Stage":"Prospect"},"Marketing":{"Source":"None"},"Customer":{"Contacts":[{}` + strings.Repeat(",{}", n-1) + `]}}`
	}
	const head = `{"Catalog":"AWS","ClientToken":"t",`
	_, err := try[api.CreateOpportunityResponse](t, h, alice, "CreateOpportunity", head+contacts(101))
	fails(t, err, api.TypeValidation, "customer.contacts TOO_MANY_VALUES")
	o := do[api.CreateOpportunityResponse](t, h, alice, "CreateOpportunity", head+contacts(100))
	update := func(n int) error {
		_, err = try[api.UpdateOpportunityResponse](t, h, alice, "UpdateOpportunity", fmt.Sprintf(
			`{"Catalog":"AWS","Identifier":%q,"LastModifiedDate":%q,%s`, *o.Id, *o.LastModifiedDate, contacts(n)))
		return err
	}
	fails(t, update(101), api.TypeValidation, "customer.contacts TOO_MANY_VALUES")
	if err := update(100); err != nil {
		t.Error(err)
	}
}

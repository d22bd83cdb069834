package selling_test

import (
	"slices"
	"strings"
	"testing"

	"cosell/internal/api"
)

// leadOf is a Lead context about a customer, with interactions; both as JSON.
func leadOf(customer, interactions string, members ...string) string {
	return `"Contexts": [{"Type": "Lead", "Payload": {"Lead": ` +
		merge(`{"Customer": `+customer+`, "Interactions": [`+interactions+`]}`, members...) + `}}]`
}

// meeting is a lead's interaction on a day, telling of a problem.
func meeting(day, problem string) string {
	return `{"SourceType": "Event", "SourceId": "e-1", "SourceName": "Fair", "Usecase": "Database", "CustomerAction": "Asked",
		"InteractionDate": "` + day + `T00:00:00Z", "BusinessProblem": "` + problem + `",
		"Contact": {"BusinessTitle": "CTO", "Email": "sam@farms.example.com", "FirstName": "Sam", "LastName": "Hill"}}`
}

const (
	farms = `{"CompanyName": "Acme Farms", "Industry": "Agriculture", "WebsiteUrl": "https://farms.example.com",
		"Address": {"CountryCode": "US", "City": "Tucson", "StateOrRegion": "Arizona"}}`
	oldProblem   = "They count their sheep by hand."
	freshProblem = "They lose one sheep in ten to wolves."
)

func TestFromEngagement(t *testing.T) {
	h := newHarness(t)
	engagement := h.sandboxEngagement(t, alice, leadOf(farms,
		meeting("2026-11-10", freshProblem)+","+meeting("2026-11-01", oldProblem)))
	h.heard(t, alice)

	out := h.converting(t, alice, engagement, `"Tags": [{"Key": "Source", "Value": "LeadConversion"}]`)

	if *out.TaskStatus != api.TaskStatusComplete || *out.EngagementId != engagement || *out.ContextId != "2" {
		t.Fatalf("got %s", encoded(t, out))
	}
	if want := "arn:aws:partnercentral:us-east-1::catalog/Sandbox/opportunity-from-engagement-task/" + *out.TaskId; *out.TaskArn != want {
		t.Errorf("the task's ARN is %s, want %s", *out.TaskArn, want)
	}
	o := h.opportunity(t, alice, *out.OpportunityId)
	sameJSON(t, encoded(t, []any{o.Customer, o.LifeCycle, o.Marketing, o.NationalSecurity, o.OpportunityType, o.PrimaryNeedsFromAws, o.Project}), `[
		{"Account": {"CompanyName": "Acme Farms", "Industry": "Agriculture", "WebsiteUrl": "https://farms.example.com",
			"Address": {"CountryCode": "US", "City": null, "PostalCode": null, "StateOrRegion": null, "StreetAddress": null},
			"AwsAccountId": null, "Duns": null, "OtherIndustry": null}, "Contacts": []},
		{"Stage": "Prospect", "TargetCloseDate": "2027-02-19", "ReviewStatus": "Pending Submission", "ClosedLostReason": null,
			"NextSteps": null, "NextStepsHistory": null, "ReviewComments": null, "ReviewStatusReason": null},
		{"Source": "None", "AwsFundingUsed": null, "CampaignName": null, "Channels": null, "UseCases": null},
		"No", "Net New Business", null,
		{"Title": "Converted from Lead", "CustomerBusinessProblem": "`+freshProblem+`", "ExpectedCustomerSpend": [],
			"AdditionalComments": null, "ApnPrograms": null, "AwsPartition": null, "CompetitorName": null, "CustomerUseCase": null,
			"DeliveryModels": null, "ExpectedContractDuration": null, "OtherCompetitorNames": null, "OtherSolutionDescription": null,
			"RelatedOpportunityIdentifier": null, "SalesActivities": null}]`)

	e := h.engagement(t, alice, engagement)
	if len(e.Contexts) != 2 || *e.Contexts[1].Id != "2" || *e.Contexts[1].Payload.CustomerProject.Customer.CompanyName != "Acme Farms" ||
		*e.Contexts[1].Payload.CustomerProject.Project.BusinessProblem != freshProblem {
		t.Errorf("the contexts are %s", encoded(t, e.Contexts))
	}
	job := h.job(t, alice, *out.ResourceSnapshotJobId)
	for _, arn := range []string{*o.Arn, *job.Arn} {
		if tags := h.tags(t, alice, arn); !slices.Equal(tags, []string{"Source=LeadConversion"}) {
			t.Errorf("%s has the tags %q", arn, tags)
		}
	}
	if got, want := h.heard(t, alice), []string{
		"Opportunity Created", "Engagement Resource Snapshot Created", "Engagement Updated",
	}; !slices.Equal(got, want) {
		t.Errorf("told %q, want %q", got, want)
	}

	// The draft, completed, is submitted in the lead's engagement.
	do[struct{}](t, h, alice, "UpdateOpportunity", merge(opportunityBody("x"), named(*o.Id), `"LastModifiedDate": "`+o.LastModifiedDate.String()+`"`))
	submitted := h.fromOpportunity(t, alice, *o.Id)
	if *submitted.TaskStatus != api.TaskStatusComplete || *submitted.EngagementId != engagement || *submitted.ResourceSnapshotJobId != *job.Id {
		t.Errorf("the submission is %s", encoded(t, submitted))
	}
}

// A lead is free text; an opportunity is not.
func TestFromEngagementOfALooseLead(t *testing.T) {
	for _, c := range []struct {
		name, customer, interactions string
		account, problem, project    string
	}{
		{
			"an industry that is not listed", `{"CompanyName": "Acme Farms", "Industry": "Sheep", "Address": {"CountryCode": "US"}}`,
			meeting("2026-11-01", oldProblem),
			`{"CompanyName": "Acme Farms", "Industry": "Other", "OtherIndustry": "Sheep", "WebsiteUrl": null, "AwsAccountId": null, "Duns": null,
				"Address": {"CountryCode": "US", "City": null, "PostalCode": null, "StateOrRegion": null, "StreetAddress": null}}`,
			`"` + oldProblem + `"`,
			`{"Customer": null, "Project": {"Title": "Converted from Lead", "BusinessProblem": "` + oldProblem + `", "TargetCompletionDate": "2027-02-19"}}`,
		},
		{
			"a country and a site that are none", `{"CompanyName": "Acme Farms", "WebsiteUrl": "-", "Address": {"CountryCode": "Oz"}}`,
			meeting("2026-11-01", oldProblem) + "," + meeting("2026-11-02", "Wolves"),
			`{"CompanyName": "Acme Farms", "Industry": null, "OtherIndustry": null, "WebsiteUrl": null, "AwsAccountId": null, "Duns": null,
				"Address": {"CountryCode": null, "City": null, "PostalCode": null, "StateOrRegion": null, "StreetAddress": null}}`,
			`"` + oldProblem + `"`,
			`{"Customer": null, "Project": {"Title": "Converted from Lead", "BusinessProblem": "` + oldProblem + `", "TargetCompletionDate": "2027-02-19"}}`,
		},
		{
			"hardly anything", `{"CompanyName": "Acme Farms"}`, meeting("2026-11-02", "Wolves"),
			`{"CompanyName": "Acme Farms", "Industry": null, "OtherIndustry": null, "WebsiteUrl": null, "AwsAccountId": null, "Duns": null,
				"Address": {"CountryCode": null, "City": null, "PostalCode": null, "StateOrRegion": null, "StreetAddress": null}}`,
			`null`,
			`{"Customer": {"CompanyName": "Acme Farms", "Industry": null, "WebsiteUrl": null, "CountryCode": null}, "Project": null}`,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := newHarness(t)
			engagement := h.sandboxEngagement(t, alice, leadOf(c.customer, c.interactions))
			out := h.converting(t, alice, engagement)
			if *out.TaskStatus != api.TaskStatusComplete {
				t.Fatalf("got %s", encoded(t, out))
			}
			o := h.opportunity(t, alice, *out.OpportunityId)
			sameJSON(t, encoded(t, o.Customer.Account), c.account)
			sameJSON(t, encoded(t, o.Project.CustomerBusinessProblem), c.problem)
			sameJSON(t, encoded(t, h.engagement(t, alice, engagement).Contexts[1].Payload.CustomerProject), c.project)
		})
	}
}

func TestFromEngagementFails(t *testing.T) {
	lead := leadOf(farms, meeting("2026-11-01", oldProblem))
	for _, c := range []struct {
		name, engagement, members string
		reason                    api.ReasonCode
		message                   string
	}{
		{"no such context", lead, `"ContextIdentifier": "2"`, api.ReasonCodeContextNotFound, "The engagement has no such context"},
		{
			"not a lead", `"Contexts": [` + customerProject + `]`, `{}`, api.ReasonCodeCustomerProjectContextNotPermitted,
			"BUSINESS_VALIDATION_EXCEPTION contextIdentifier:only a Lead context can be converted; this one is a CustomerProject",
		},
		{
			"a disqualified lead", leadOf(farms, meeting("2026-11-01", oldProblem), `"QualificationStatus": "Disqualified"`), `{}`,
			api.ReasonCodeDisqualifiedLeadNotPermitted,
			"BUSINESS_VALIDATION_EXCEPTION contextIdentifier:the lead is Disqualified; change its QualificationStatus before you convert it",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := newHarness(t)
			engagement := h.sandboxEngagement(t, alice, c.engagement)
			h.heard(t, alice)
			out := h.converting(t, alice, engagement, c.members)
			failed(t, out.TaskStatus, out.ReasonCode, out.Message, c.reason, c.message)
			if told := h.heard(t, alice); len(told) != 0 || out.OpportunityId != nil || out.ContextId != nil {
				t.Errorf("a failed task told %q: %s", told, encoded(t, out))
			}
		})
	}
}

// The engagement is full: what was made before that step stays, and is named.
func TestFromEngagementWithoutRoom(t *testing.T) {
	h := newHarness(t)
	lead := strings.TrimSuffix(strings.TrimPrefix(leadOf(farms, meeting("2026-11-01", oldProblem)), `"Contexts": [`), "]")
	engagement := h.sandboxEngagement(t, alice, `"Contexts": [`+strings.Join(slices.Repeat([]string{lead}, 5), ",")+`]`)
	out := h.converting(t, alice, engagement)
	failed(t, out.TaskStatus, out.ReasonCode, out.Message, api.ReasonCodeServiceQuotaExceeded, "An engagement has at most 5 contexts")
	if all := h.opportunities(t, alice); len(all) != 1 || *out.OpportunityId != all[0] {
		t.Errorf("made %q, told of %s", all, encoded(t, out))
	}
}

func TestFromEngagementRefusesAtOnce(t *testing.T) {
	h := newHarness(t)
	engagement := h.sandboxEngagement(t, alice, leadOf(farms, meeting("2026-11-01", oldProblem)))
	start := func(account, id string, members ...string) error {
		_, err := try[struct{}](t, h, account, "StartOpportunityFromEngagementTask",
			named(id, append([]string{`"ContextIdentifier": "1"`, h.token()}, members...)...))
		return err
	}
	fails(t, start(bob, engagement), api.TypeResourceNotFound)
	fails(t, start(alice, engagement, `"Catalog": "AWS"`), api.TypeResourceNotFound)
	fails(t, start(alice, "arn:aws:partnercentral:us-east-1::catalog/AWS/engagement/"+engagement), api.TypeValidation, "identifier INVALID_VALUE")
	if out := h.converting(t, alice, *h.engagement(t, alice, engagement).Arn); *out.TaskStatus != api.TaskStatusComplete {
		t.Errorf("by ARN: %s", encoded(t, out))
	}
}

package selling_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"cosell/internal/api"
)

// contract gives an opportunity a duration and a spend over the whole of it.
const contract = `"Project": {"Title": "Data lake", "CustomerBusinessProblem": "Their reports take a day too long.",
	"CustomerUseCase": "Security & Compliance", "DeliveryModels": ["SaaS or PaaS"], "SalesActivities": ["Conducted POC / Demo"],
	"CompetitorName": "On-Prem", "OtherSolutionDescription": "Our lake", "AdditionalComments": "For us alone",
	"ExpectedContractDuration": {"Term": "Months", "Value": "12"},
	"ExpectedCustomerSpend": [{"Amount": "1200.00", "CurrencyCode": "USD", "Frequency": "None", "TargetCompany": "Self"}]}`

// spend is what is made of it.
const spend = `[{"Amount": "100.00", "CurrencyCode": "USD", "EstimationUrl": null, "Frequency": "Monthly", "TargetCompany": "AWS"},
	{"Amount": "1200.00", "CurrencyCode": "USD", "EstimationUrl": null, "Frequency": "None", "TargetCompany": "Self"}]`

// summary is what the partner's view shows of the opportunity with contract.
const summary = `{"OpportunityType": "Net New Business",
	"Lifecycle": {"TargetCloseDate": "2027-06-30", "ReviewStatus": "Pending Submission", "Stage": "Prospect", "NextSteps": "Call them"},
	"OpportunityTeam": [
		{"BusinessTitle": "OpportunityOwner", "Email": "alliance.lead@example.com", "FirstName": "Partner 111122223333", "LastName": "Alliance Lead", "Phone": null},
		{"BusinessTitle": "PartnerAccountManager", "Email": "pam@partner.example.com", "FirstName": "Pam", "LastName": "Lee", "Phone": "+14155559876"}],
	"PrimaryNeedsFromAws": ["Co-Sell - Architectural Validation"],
	"Customer": {
		"Account": {"CompanyName": "Acme Corp", "Industry": "Financial Services", "OtherIndustry": null, "WebsiteUrl": "https://acme.example.com",
			"AwsAccountId": "123456789012", "Duns": "987654321",
			"Address": {"City": "New York", "CountryCode": "US", "PostalCode": "10001", "StateOrRegion": "New York", "StreetAddress": "1 Main St"}},
		"Contacts": [{"BusinessTitle": "CFO", "Email": "jane@acme.example.com", "FirstName": "Jane", "LastName": "Doe", "Phone": "+12125551234"}]},
	"Project": {"DeliveryModels": ["SaaS or PaaS"], "CustomerUseCase": "Security & Compliance", "SalesActivities": ["Conducted POC / Demo"],
		"OtherSolutionDescription": "Our lake", "ExpectedContractDuration": {"Term": "Months", "Value": "12"},
		"ExpectedCustomerSpend": ` + spend + `},
	"RelatedEntityIdentifiers": {"AwsMarketplaceOffers": [], "AwsMarketplaceOfferSets": [], "Solutions": ["S-1234567"],
		"AwsProducts": [], "AwsMarketplaceSolutions": [], "AwsMarketplaceProducts": []}}`

// awsSummary is what AWS's view shows of the same before AWS acts.
const awsSummary = `{"RelatedOpportunityId": %q, "Origin": "Partner Referral", "InvolvementType": null, "Visibility": null,
	"LifeCycle": {"TargetCloseDate": null, "ClosedLostReason": null, "Stage": null, "NextSteps": "Call them", "NextStepsHistory": null},
	"OpportunityTeam": [], "Insights": null, "InvolvementTypeChangeReason": null,
	"RelatedEntityIds": {"AwsProducts": [], "Solutions": ["S-1234567"], "AwsMarketplaceSolutions": [], "AwsMarketplaceProducts": []},
	"Customer": {"Contacts": [{"BusinessTitle": "CFO", "Email": "jane@acme.example.com", "FirstName": "Jane", "LastName": "Doe", "Phone": "+12125551234"}]},
	"Project": {"AwsPartition": null, "ExpectedCustomerSpend": ` + spend + `},
	"CosellMotion": null, "CosellMotionReason": null, "SoftwareRevenue": null}`

func TestSnapshotShowsExactlyItsTemplate(t *testing.T) {
	h := newHarness(t)
	engagement := h.sandboxEngagement(t, alice)
	h.accept(t, bob, h.invite(t, alice, engagement, bob))
	id := *h.createOpportunity(t, alice, contract).Id
	if err := associate(t, h, id, "Solutions", "S-1234567"); err != nil {
		t.Fatal(err)
	}
	for template, c := range map[string]struct{ payload, targets string }{
		summaryView:   {`{"OpportunitySummary": ` + summary + `, "AwsOpportunitySummaryFullView": null}`, `["111122223333", "444455556666"]`},
		"Opportunity": {`{"OpportunitySummary": ` + summary + `, "AwsOpportunitySummaryFullView": null}`, `["111122223333", "444455556666"]`},
		awsView:       {`{"OpportunitySummary": null, "AwsOpportunitySummaryFullView": ` + fmt.Sprintf(awsSummary, id) + `}`, `["111122223333", "aws"]`},
	} {
		t.Run(template, func(t *testing.T) {
			created := do[api.CreateResourceSnapshotResponse](t, h, alice, "CreateResourceSnapshot",
				snapshotBody(engagement, id, template, h.token()))
			arn := "arn:aws:partnercentral:us-east-1::catalog/Sandbox/engagement/" + engagement +
				"/resource/Opportunity/" + id + "/template/" + template + "/snapshot/1"
			if *created.Arn != arn || *created.Revision != 1 {
				t.Errorf("created %s, revision %d", *created.Arn, *created.Revision)
			}
			got := h.snapshot(t, alice, engagement, id, template)
			sameJSON(t, encoded(t, got), fmt.Sprintf(`{"Catalog": "Sandbox", "Arn": %q, "CreatedBy": %q, "CreatedAt": "2026-11-21T10:00:00.000Z",
				"EngagementId": %q, "ResourceType": "Opportunity", "ResourceId": %q, "ResourceSnapshotTemplateName": %q, "Revision": 1,
				"Payload": %s, "TargetMemberAccounts": %s}`, arn, alice, engagement, id, template, c.payload, c.targets))
		})
	}
}

// The barest opportunity has a snapshot by every template too.
func TestSnapshotOfBareOpportunity(t *testing.T) {
	h := newHarness(t)
	engagement := h.sandboxEngagement(t, alice)
	id := *do[api.CreateOpportunityResponse](t, h, alice, "CreateOpportunity",
		fmt.Sprintf(`{"Catalog": "Sandbox", %s, "LifeCycle": {"Stage": "Prospect"}}`, h.token())).Id
	for _, template := range []string{summaryView, awsView} {
		h.publish(t, alice, engagement, id, template)
		h.snapshot(t, alice, engagement, id, template)
	}
}

func TestSnapshotRevisions(t *testing.T) {
	h := newHarness(t)
	engagement, id := h.shared(t)
	for want := range int32(3) {
		if got := h.publish(t, alice, engagement, id, summaryView); got != want+1 {
			t.Errorf("revision %d, want %d", got, want+1)
		}
	}
	if got := h.publish(t, alice, engagement, id, awsView); got != 1 {
		t.Errorf("another template begins with revision %d", got)
	}
	other := h.sandboxEngagement(t, alice)
	if got := h.publish(t, alice, other, id, summaryView); got != 1 {
		t.Errorf("another engagement begins with revision %d", got)
	}
}

func TestSnapshotIsImmutable(t *testing.T) {
	h := newHarness(t)
	engagement, id := h.shared(t)
	h.publish(t, alice, engagement, id, summaryView)
	before := h.snapshot(t, bob, engagement, id, summaryView)
	o := update(t, h, alice, h.opportunity(t, alice, id), `"PrimaryNeedsFromAws": ["Do Not Need Support from AWS Sales Rep"]`)
	if got := h.publish(t, alice, engagement, id, summaryView); got != 2 {
		t.Fatalf("revision %d, want 2", got)
	}
	first := h.snapshot(t, bob, engagement, id, summaryView, `"Revision": 1`)
	sameJSON(t, encoded(t, first), encoded(t, before))
	latest := h.snapshot(t, bob, engagement, id, summaryView)
	if *latest.Revision != 2 || !slices.Equal(latest.Payload.OpportunitySummary.PrimaryNeedsFromAws, o.PrimaryNeedsFromAws) {
		t.Errorf("the latest is %s", encoded(t, latest))
	}
}

// Members who come later are no targets of what was there, but may read it.
func TestSnapshotOfBeforeAMemberJoined(t *testing.T) {
	h := newHarness(t)
	engagement, id := h.shared(t)
	h.publish(t, alice, engagement, id, summaryView)
	h.accept(t, carol, h.invite(t, alice, engagement, carol))
	got := h.snapshot(t, carol, engagement, id, summaryView)
	if !slices.Equal(got.TargetMemberAccounts, []string{alice, bob}) {
		t.Errorf("targets %v", got.TargetMemberAccounts)
	}
}

func TestSnapshotClientToken(t *testing.T) {
	h := newHarness(t)
	engagement, id := h.shared(t)
	body := snapshotBody(engagement, id, summaryView, `"ClientToken": "once"`)
	for range 2 {
		out := do[api.CreateResourceSnapshotResponse](t, h, alice, "CreateResourceSnapshot", body)
		if *out.Revision != 1 {
			t.Errorf("revision %d, want the first one's answer", *out.Revision)
		}
	}
	_, err := try[struct{}](t, h, alice, "CreateResourceSnapshot", snapshotBody(engagement, id, awsView, `"ClientToken": "once"`))
	fails(t, err, api.TypeConflict)
}

func TestSnapshotRevisionsUnderConcurrency(t *testing.T) {
	h := newHarness(t)
	engagement, id := h.shared(t)
	const clients, each = 8, 8
	bodies := make(chan string, clients*each)
	for range clients * each {
		bodies <- snapshotBody(engagement, id, summaryView, h.token())
	}
	close(bodies)
	var mu sync.Mutex
	var got []int32
	var wg sync.WaitGroup
	for range clients {
		wg.Go(func() {
			for body := range bodies {
				out, err := try[api.CreateResourceSnapshotResponse](t, h, alice, "CreateResourceSnapshot", body)
				if err != nil {
					t.Error(err)
					return
				}
				mu.Lock()
				got = append(got, *out.Revision)
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	slices.Sort(got)
	for i, revision := range got {
		if revision != int32(i+1) {
			t.Fatalf("revisions %v have a gap or a double", got)
		}
	}
}

func TestCreateResourceSnapshotRefuses(t *testing.T) {
	h := newHarness(t)
	engagement, id := h.shared(t)
	foreign := *h.createOpportunity(t, bob).Id
	strange := h.sandboxEngagement(t, carol)
	const arn = "arn:aws:partnercentral:us-east-1::catalog/Sandbox/engagement/"
	for name, c := range map[string]struct {
		account, body, want string
		fields              []string
	}{
		"ByAStranger":          {carol, snapshotBody(engagement, id, summaryView), api.TypeResourceNotFound, nil},
		"InAStrangeEngagement": {alice, snapshotBody(strange, id, summaryView), api.TypeResourceNotFound, nil},
		"OfAnothersOpportunity": {
			alice, snapshotBody(engagement, foreign, summaryView), api.TypeResourceNotFound, nil,
		},
		"OfNoOpportunity": {alice, snapshotBody(engagement, "O404", summaryView), api.TypeResourceNotFound, nil},
		"InNoEngagement":  {alice, snapshotBody("eng-00000000000000", id, summaryView), api.TypeResourceNotFound, nil},
		"InAnotherCatalog": {
			alice, snapshotBody(engagement, id, summaryView, `"Catalog": "AWS"`), api.TypeResourceNotFound, nil,
		},
		"ByAnUnknownTemplate": {
			alice, snapshotBody(engagement, id, "SolutionView"), api.TypeValidation,
			[]string{"resourceSnapshotTemplateIdentifier INVALID_VALUE"},
		},
		"WithATemplateTooShort": {
			alice, snapshotBody(engagement, id, "ab"), api.TypeValidation,
			[]string{"resourceSnapshotTemplateIdentifier INVALID_STRING_FORMAT"},
		},
		"WithAnARN": {
			alice, snapshotBody(arn+engagement, id, summaryView), api.TypeValidation,
			[]string{"engagementIdentifier INVALID_STRING_FORMAT"},
		},
		"OfAnotherKind": {
			alice, snapshotBody(engagement, id, summaryView, `"ResourceType": "Solution"`), api.TypeValidation,
			[]string{"resourceType INVALID_ENUM_VALUE"},
		},
		"OfASolution": {
			alice, snapshotBody(engagement, "S-1234567", summaryView), api.TypeValidation,
			[]string{"resourceIdentifier INVALID_STRING_FORMAT"},
		},
	} {
		for _, operation := range []string{"CreateResourceSnapshot", "CreateResourceSnapshotJob"} {
			t.Run(operation+name, func(t *testing.T) {
				_, err := try[struct{}](t, h, c.account, operation, merge(c.body, h.token()))
				fails(t, err, c.want, c.fields...)
			})
		}
	}
	for _, operation := range []string{"CreateResourceSnapshot", "CreateResourceSnapshotJob"} {
		t.Run(operation+"WithoutAnything", func(t *testing.T) {
			_, err := try[struct{}](t, h, alice, operation, `{}`)
			e, ok := err.(*api.Error)
			if !ok || len(e.ErrorList) != 6 {
				t.Errorf("got %v, want all six members missed", err)
			}
		})
	}
}

func TestGetResourceSnapshotRefuses(t *testing.T) {
	h := newHarness(t)
	engagement, id := h.shared(t)
	h.publish(t, alice, engagement, id, summaryView)
	h.publish(t, alice, engagement, id, awsView)
	for name, c := range map[string]struct {
		account, body, want string
		fields              []string
	}{
		"Stranger":           {carol, snapshotBody(engagement, id, summaryView), api.TypeResourceNotFound, nil},
		"AnotherCatalog":     {alice, snapshotBody(engagement, id, summaryView, `"Catalog": "AWS"`), api.TypeResourceNotFound, nil},
		"MissingRevision":    {alice, snapshotBody(engagement, id, summaryView, `"Revision": 2`), api.TypeResourceNotFound, nil},
		"OtherTemplate":      {alice, snapshotBody(engagement, id, "Opportunity"), api.TypeResourceNotFound, nil},
		"AWSViewByAMember":   {bob, snapshotBody(engagement, id, awsView), api.TypeResourceNotFound, nil},
		"AWSRevisionByOther": {bob, snapshotBody(engagement, id, awsView, `"Revision": 1`), api.TypeResourceNotFound, nil},
		"RevisionZero": {
			alice, snapshotBody(engagement, id, summaryView, `"Revision": 0`), api.TypeValidation,
			[]string{"revision VALUE_OUT_OF_RANGE"},
		},
		"UnknownTemplate": {
			alice, snapshotBody(engagement, id, "Nothing"), api.TypeValidation,
			[]string{"resourceSnapshotTemplateIdentifier INVALID_VALUE"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := try[struct{}](t, h, c.account, "GetResourceSnapshot", c.body)
			fails(t, err, c.want, c.fields...)
		})
	}
	h.accept(t, "aws", h.invite(t, alice, engagement, "aws"))
	h.snapshot(t, "aws", engagement, id, awsView)
}

func TestSnapshotEvents(t *testing.T) {
	h := newHarness(t)
	engagement, id := h.shared(t)
	h.heard(t, alice)
	h.heard(t, bob)
	const created = "Engagement Resource Snapshot Created"
	h.publish(t, alice, engagement, id, summaryView)
	for _, account := range []string{alice, bob} {
		if got := h.heard(t, account); !slices.Equal(got, []string{created}) {
			t.Errorf("%s heard %q of the partner's view", account, got)
		}
	}
	found, err := h.Events(t.Context(), bob, 0, 1000)
	if err != nil {
		t.Fatal(err)
	}
	var envelope struct {
		Resources []string `json:"resources"`
		Detail    api.Raw  `json:"detail"`
	}
	if err := api.Unmarshal(found[len(found)-1].Envelope, &envelope); err != nil {
		t.Fatal(err)
	}
	arn := "arn:aws:partnercentral:us-east-1::catalog/Sandbox/engagement/" + engagement
	if !slices.Equal(envelope.Resources, []string{arn}) {
		t.Errorf("resources %q", envelope.Resources)
	}
	sameJSON(t, string(envelope.Detail), fmt.Sprintf(`{"schemaVersion": "1", "catalog": "Sandbox", "resourceSnapshot": {
		"arn": %q, "engagementId": %q, "resourceType": "Opportunity", "resourceId": %q, "createdBy": %q,
		"targetMemberAccounts": [%q, %q], "resourceSnapshotTemplateName": %q}}`,
		arn+"/resource/Opportunity/"+id+"/template/"+summaryView+"/snapshot/1", engagement, id, alice, alice, bob, summaryView))

	h.publish(t, alice, engagement, id, awsView)
	if got := h.heard(t, alice); !slices.Equal(got, []string{created}) {
		t.Errorf("the owner heard %q of AWS's view", got)
	}
	if got := h.heard(t, bob); len(got) != 0 {
		t.Errorf("a member heard %q of AWS's view", got)
	}
}

func TestSnapshotTurnsALeadIntoAProject(t *testing.T) {
	lead := `"Contexts": [` + leadContext + `]`
	project := `"Contexts": [` + customerProject + `]`
	both := `"Contexts": [` + leadContext + `, ` + customerProject + `]`
	const whole = `{"Customer": {"Industry": "Financial Services", "CompanyName": "Acme Corp", "WebsiteUrl": "https://acme.example.com", "CountryCode": "US"},
		"Project": {"Title": "Data lake", "BusinessProblem": "Their reports take a day too long.", "TargetCompletionDate": "2027-06-30"}}`
	bare := []string{`"Customer": null`, `"Project": null`}
	for name, c := range map[string]struct {
		contexts    string
		opportunity []string
		want        string // the context that is added
	}{
		"Lead":             {lead, nil, whole},
		"LeadAndProject":   {both, nil, ""},
		"Project":          {project, nil, ""},
		"NoContext":        {`"Contexts": []`, nil, ""},
		"NothingToTell":    {lead, bare, ""},
		"NoCustomerToTell": {lead, bare[:1], strings.Replace(whole, whole[1:strings.Index(whole, `"Project"`)], `"Customer": null,`, 1)},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHarness(t)
			engagement := h.sandboxEngagement(t, alice, c.contexts)
			id := *h.createOpportunity(t, alice, c.opportunity...).Id
			before := do[api.GetEngagementResponse](t, h, alice, "GetEngagement", named(engagement))
			h.heard(t, alice)
			for range 2 { // the second time there is nothing to add
				h.publish(t, alice, engagement, id, summaryView)
			}
			after := do[api.GetEngagementResponse](t, h, alice, "GetEngagement", named(engagement))
			added := after.Contexts[len(before.Contexts):]
			updated := slices.Contains(h.heard(t, alice), "Engagement Updated")
			if c.want == "" {
				if len(added) != 0 || updated || *after.ModifiedAt != *before.ModifiedAt {
					t.Fatalf("added %s", encoded(t, added))
				}
				return
			}
			if len(added) != 1 || !updated || *added[0].Id != "2" || *added[0].Type != api.EngagementContextTypeCustomerProject {
				t.Fatalf("added %s, told: %t", encoded(t, added), updated)
			}
			sameJSON(t, encoded(t, added[0].Payload.CustomerProject), c.want)
		})
	}
}

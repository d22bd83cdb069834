package coselltest_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"cosell/coselltest"
)

// Sections beside those of opportunities and engagements.
func TestFixtureSections(t *testing.T) {
	s := coselltest.Start(t)
	ids := s.Load("sections.yaml", `
accounts:
  acme: {id: "111122223333", companyName: Acme}
opportunities:
  deal: {account: $acme, created: -3d, products: [AWSLambda, AmazonBedrock], request: `+fixtureRequest+`}
referrals:
  refused: {account: $acme, created: -2d, updated: -1d, state: Rejected, rejectionReason: Customer problem unclear, request: `+fixtureRequest+`}
  taken: {account: $acme, state: Accepted, request: `+fixtureRequest+`}
snapshots:
  picture:
    account: $acme
    request: {EngagementIdentifier: $taken.EngagementId, ResourceIdentifier: $taken.OpportunityId, ResourceType: Opportunity,
      ResourceSnapshotTemplateIdentifier: OpportunitySummaryView}
customerAccounts:
  known: {account: $acme, request: {Account: {CompanyName: Example Corp, Domain: example.com}}}
  bare: {account: $acme, request: {Account: {CompanyName: Example Bakery}}}
groups:
  all-leads: {description: Every engagement, readinessLevel: SalesReady, accounts: [$acme], rank: 2}
connections:
  crm: {account: $acme, request: {AuthorizationType: API_KEY, AuthParameters: {ApiKeyAuthParameters: {ApiKeyName: key, ApiKeyValue: "1"}}}}
apiDestinations:
  hook: {account: $acme, request: {ConnectionArn: $crm.ConnectionArn, InvocationEndpoint: "http://127.0.0.1:9/", HttpMethod: POST}}
rules:
  created:
    account: $acme
    request: {EventPattern: '{"source":["aws.partnercentral-selling"]}', State: DISABLED}
    targets: [{Id: hook, Arn: $hook.ApiDestinationArn, RoleArn: "arn:aws:iam::111122223333:role/events"}]
`)
	s.Settle()
	const account = "111122223333"
	var deal struct {
		CreatedDate              time.Time
		RelatedEntityIdentifiers struct{ AwsProducts []string }
	}
	as(t, s, account, "GetOpportunity", map[string]any{"Catalog": "Sandbox", "Identifier": ids["deal"]}, &deal)
	if age := s.Now().Sub(deal.CreatedDate).Round(time.Hour); age != 72*time.Hour || strings.Join(deal.RelatedEntityIdentifiers.AwsProducts, " ") != "AWSLambda AmazonBedrock" {
		t.Errorf("the opportunity is %v old and has the products %v", age, deal.RelatedEntityIdentifiers.AwsProducts)
	}
	for name, want := range map[string]string{"refused": "REJECTED", "taken": "ACCEPTED"} {
		var invitation struct{ Status string }
		as(t, s, account, "GetEngagementInvitation", map[string]any{"Catalog": "Sandbox", "Identifier": ids[name]}, &invitation)
		if invitation.Status != want {
			t.Errorf("%s is %s", name, invitation.Status)
		}
	}
	for name, want := range map[string]string{"known": "ENRICHED", "bare": "NO_MATCH_FOUND"} {
		var customer struct{ EnrichmentStatus string }
		as(t, s, account, "GetCustomerAccount", map[string]any{"Catalog": "Sandbox", "Identifier": ids[name]}, &customer)
		if customer.EnrichmentStatus != want {
			t.Errorf("%s is %s", name, customer.EnrichmentStatus)
		}
	}
	for name, prefix := range map[string]string{"all-leads": "eng-grp-"} {
		if !strings.HasPrefix(ids[name], prefix) {
			t.Errorf("%s is %q", name, ids[name])
		}
	}
	before := exported(t, s, account)
	for table, want := range map[string]int{"event_rules": 1, "event_targets": 1, "event_connections": 1, "event_api_destinations": 1} {
		if got := len(before[table]); got != want {
			t.Errorf("%s has %d rows, want %d", table, got, want)
		}
	}
	var group struct{ ReadinessLevel string }
	s.Operator(http.MethodGet, "/engagement-groups/all-leads", nil, &group)
	if group.ReadinessLevel != "SalesReady" {
		t.Errorf("the group is %+v", group)
	}
}

// What is wrong with times, states and the newer sections is told with its place.
func TestFixtureSectionsThatAreWrong(t *testing.T) {
	const account = "accounts:\n  acme: {id: \"111122223333\"}\n"
	for _, c := range []struct{ name, text, want string }{
		{"TimeForm", account + "engagements:\n  a: {account: $acme, created: yesterday}", `w.yaml:4:23 a.created: is "yesterday"; must be a time before the load`},
		{"TimeToCome", account + "engagements:\n  a: {account: $acme, created: \"2099-01-01T00:00:00Z\"}", "w.yaml:4:23 a.created: is 2099-01-01T00:00:00Z; must be a time that has passed"},
		{"Order", account + "opportunities:\n  a: {account: $acme, created: -1d, updated: -2d, stage: Qualified, request: " + fixtureRequest + "}", "a.updated: is -2d, before what happened earlier"},
		{"State", account + "referrals:\n  a: {account: $acme, state: Won}", `w.yaml:4:23 a.state: is "Won"; must be one of Accepted, Pending, Rejected`},
		{"List", account + "rules:\n  a: {account: $acme, targets: {}}", "w.yaml:4:23 a.targets: must be a list"},
		{"Pattern", account + "rules:\n  a: {account: $acme, request: {EventPattern: \"{\"}}", "w.yaml:4:"},
		{"GroupFilter", "groups:\n  a: {readinessLevel: SalesReady, filter: {EqualsTo: {Key: Nothing, Value: {StringValue: x}}}}", "w.yaml:2:"},
		{"DateName", "engagements:\n  today: {account: \"111122223333\"}", "w.yaml:2:3 today: is what dates are called"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := coselltest.Start(t)
			body := map[string]any{"files": []map[string]string{{"name": "w.yaml", "content": c.text}}}
			err := coselltest.OperatorError(s, "POST", "/fixtures", body)
			if err == nil || !strings.Contains(strings.ReplaceAll(err.Error(), `\"`, `"`), c.want) {
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
}

// A partner may have played the review, moved a referral on, and have users.
func TestFixturesOfWhatPartnersDidLater(t *testing.T) {
	s := coselltest.Start(t)
	ids := s.Load("later.yaml", `
accounts:
  acme: {id: "111122223333", alias: Acme East, users: [{email: "a@example.com", firstName: A, lastName: B}]}
solutions:
  orders: {account: $acme, id: S-7654321, awsMarketplaceSolutionArn: "arn:aws:aws-marketplace:us-east-1:111122223333:AWSMarketplace/Solution/soln-1"}
opportunities:
  played: {account: $acme, state: Action Required, playedReview: true, comments: Say more, request: `+fixtureRequest+`}
  edited: {account: $acme, created: -5d, updated: -2d3h4m5.678s, request: `+fixtureRequest+`}
referrals:
  taken: {account: $acme, created: -3d, updated: -1d, state: Accepted, solutions: [$orders], products: [AWSLambda], stage: Closed Lost,
    closedLostReason: Price, request: `+fixtureRequest+`}
`)
	var got struct {
		LifeCycle                struct{ ReviewStatus, ReviewComments, Stage, ClosedLostReason string }
		RelatedEntityIdentifiers struct{ AwsProducts, Solutions []string }
		LastModifiedDate         time.Time
	}
	as(t, s, partner, "GetOpportunity", map[string]any{"Catalog": "Sandbox", "Identifier": ids["played"]}, &got)
	if got.LifeCycle.ReviewStatus != "Action Required" || got.LifeCycle.ReviewComments != "Say more" {
		t.Errorf("the played review gives %+v", got.LifeCycle)
	}
	as(t, s, partner, "GetOpportunity", map[string]any{"Catalog": "Sandbox", "Identifier": ids["edited"]}, &got)
	want := s.Now().Add(-(2*24*time.Hour + 3*time.Hour + 4*time.Minute + 5678*time.Millisecond))
	if late := want.Sub(got.LastModifiedDate); late < 0 || late > time.Minute {
		t.Errorf("the edit was at %s, %s before its time", got.LastModifiedDate, late)
	}
	var invitation struct{ Payload any }
	as(t, s, partner, "GetEngagementInvitation", map[string]any{"Catalog": "Sandbox", "Identifier": ids["taken"]}, &invitation)
	var list struct {
		OpportunitySummaries []struct {
			ID string `json:"Id"`
		}
	}
	as(t, s, partner, "ListOpportunities", map[string]any{"Catalog": "Sandbox", "LifeCycleStage": []string{"Closed Lost"}}, &list)
	if len(list.OpportunitySummaries) != 1 {
		t.Fatalf("%d opportunities are lost", len(list.OpportunitySummaries))
	}
	as(t, s, partner, "GetOpportunity", map[string]any{"Catalog": "Sandbox", "Identifier": list.OpportunitySummaries[0].ID}, &got)
	if got.LifeCycle.ClosedLostReason != "Price" || len(got.RelatedEntityIdentifiers.Solutions) != 1 || len(got.RelatedEntityIdentifiers.AwsProducts) != 1 {
		t.Errorf("the referral is %+v", got)
	}
	var profile struct {
		Alias string
		Users []struct{ Email string }
	}
	s.Operator(http.MethodGet, "/accounts/111122223333", nil, &profile)
	if profile.Alias != "Acme East" || len(profile.Users) != 1 {
		t.Errorf("the profile is %+v", profile)
	}
}

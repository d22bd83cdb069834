package coselltest_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"cosell/coselltest"
	"cosell/internal/store"
	"cosell/internal/store/pgtest"
	"cosell/internal/store/postgres"
)

// capture is what GET /operator/v1/fixtures answers.
type capture struct {
	Content string
	Left    []struct {
		What    string
		Records []string
	}
}

func captured(s *coselltest.Server, query url.Values) (c capture) {
	s.Settle()
	s.Operator(http.MethodGet, "/fixtures?"+query.Encode(), nil, &c)
	return c
}

// again loads a capture into an empty server and captures that.
func again(t *testing.T, c capture, query url.Values, options ...coselltest.Option) (*coselltest.Server, capture) {
	t.Helper()
	s := coselltest.Start(t, options...)
	s.Load("capture.yaml", c.Content)
	return s, captured(s, query)
}

// states are the opportunities of an account, by title: stage, review status and more.
func states(t *testing.T, s *coselltest.Server, account string) []string {
	t.Helper()
	var list struct {
		OpportunitySummaries []struct {
			ID               string `json:"Id"`
			CreatedDate      string
			LastModifiedDate string
			LifeCycle        json.RawMessage
			Project          struct{ Title string }
			Customer         json.RawMessage
		}
	}
	as(t, s, account, "ListOpportunities", map[string]any{"Catalog": "Sandbox", "MaxResults": 100}, &list)
	var all []string
	for _, o := range list.OpportunitySummaries {
		all = append(all, strings.Join([]string{o.Project.Title, o.CreatedDate, string(o.LifeCycle), string(o.Customer)}, " "))
	}
	slices.Sort(all)
	return all
}

// The world of the demonstration, captured, loaded into an empty server and captured again,
// gives the same file, and the same world.
func TestACaptureLoadsAsItWas(t *testing.T) {
	s := coselltest.Start(t)
	for _, file := range demoFiles(t) {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		s.Load(file, string(text))
	}
	first := captured(s, nil)
	if os.Getenv("SHOW") != "" {
		_ = os.WriteFile(os.Getenv("SHOW"), []byte(first.Content), 0o600)
	}
	loaded, second := again(t, first, nil)
	if d := cmp.Diff(strings.Split(first.Content, "\n"), strings.Split(second.Content, "\n")); d != "" {
		t.Errorf("the second capture is another:\n%s", d)
	}
	for _, want := range []string{
		"freight-lake:", "state: Submitted", "state: In review", "state: Action Required", "state: Approved", "state: Rejected",
		"stage: Launched", "stage: Closed Lost", "closedLostReason:", "account: $larkspur", "EngagementIdentifier: $rollout-rheintal",
		"solutions: [$data-platform]", "groups:", "customerAccounts:", "referrals:", "invitations:",
	} {
		if !strings.Contains(first.Content, want) {
			t.Errorf("the capture does not have %s", want)
		}
	}
	for _, account := range []string{"000000000000", "111122223333"} {
		if d := cmp.Diff(states(t, s, account), states(t, loaded, account)); d != "" {
			t.Errorf("account %s: %s", account, d)
		}
	}
}

// A capture is the same file on both engines, and on PostgreSQL it loads as it was too.
func TestACaptureOnPostgres(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a database")
	}
	frozen := coselltest.WithFrozenClock(time.Date(2031, 5, 1, 12, 0, 0, 0, time.UTC))
	onPostgres := func() coselltest.Option {
		url := pgtest.MigratedURL(t)
		return coselltest.WithStore(func(ctx context.Context) (store.Store, error) {
			return postgres.Open(ctx, url, postgres.Options{})
		})
	}
	demo := coselltest.WithFixtures(demoFiles(t)...)
	want := captured(coselltest.Start(t, frozen, demo), nil)
	first := captured(coselltest.Start(t, frozen, demo, onPostgres()), nil)
	if d := cmp.Diff(strings.Split(want.Content, "\n"), strings.Split(first.Content, "\n")); d != "" {
		t.Errorf("the capture on PostgreSQL is another than on the embedded store:\n%s", d)
	}
	if d := cmp.Diff(want.Left, first.Left); d != "" {
		t.Errorf("what was not captured is other:\n%s", d)
	}
	_, second := again(t, first, nil, frozen, onPostgres())
	if d := cmp.Diff(strings.Split(first.Content, "\n"), strings.Split(second.Content, "\n")); d != "" {
		t.Errorf("the second capture is another:\n%s", d)
	}
}

// everything has what the demonstration does not: secrets, rules, played reviews, links,
// tags, users, and what tasks make.
const everything = `
accounts:
  acme: {id: "111122223333", companyName: Acme, alias: East, users: [{email: "a@example.com", firstName: A, lastName: B, phone: "+14155550100"}]}
  beta: {id: "444455556666", companyName: Beta}
solutions:
  orders: {account: $acme, id: S-7654321, name: "$$Orders: a, b"}
  old: {account: $acme, id: S-7654322, name: Old, status: Inactive}
opportunities:
  first: {account: $acme, created: -9d, solutions: [$orders, S-1234567], state: Submitted, submitted: -8d, involvementType: For Visibility Only,
    request: REQUEST}
  played: {account: $acme, state: Rejected, playedReview: true, comments: "$$ no", reason: Other, request: REQUEST}
  market: {account: $acme, awsMarketplaceProducts: ["arn:aws:aws-marketplace:us-east-1:111122223333:AWSMarketplace/SaaSProduct/prod-1"],
    state: Approved, stage: Launched, created: -3d, updated: -2d, request: REQUEST}
referrals:
  taken: {account: $beta, created: -7d, updated: -6d, state: Accepted, products: [AWSLambda], stage: Qualified, request: REQUEST}
  refused: {account: $beta, created: -7d, updated: -6d, state: Rejected, rejectionReason: Customer problem unclear, request: REQUEST}
engagements:
  lead: {account: aws, created: -6d, request: {Title: Talk, Description: About orders}}
customerAccounts:
  known: {account: $acme, created: -5d, request: {Account: {CompanyName: Example Corp, Domain: example.com}, Tags: [{Key: a, Value: "on"}]}}
connections:
  crm: {account: $acme, request: {AuthorizationType: API_KEY, AuthParameters: {ApiKeyAuthParameters: {ApiKeyName: key, ApiKeyValue: hidden-1},
    InvocationHttpParameters: {HeaderParameters: [{Key: X-Key, Value: hidden-2, IsValueSecret: true}, {Key: X-Kind, Value: shown}]}}}}
  oauth: {account: $acme, request: {Name: other, Description: OAuth, AuthorizationType: OAUTH_CLIENT_CREDENTIALS, AuthParameters: {OAuthParameters: {
    ClientParameters: {ClientID: me, ClientSecret: hidden-3}, AuthorizationEndpoint: "https://example.com/token", HttpMethod: POST}}}}
apiDestinations:
  hook: {account: $acme, request: {ConnectionArn: $crm.ConnectionArn, InvocationEndpoint: "http://127.0.0.1:9/", HttpMethod: POST, InvocationRateLimitPerSecond: 5}}
rules:
  created: {account: $acme, request: {EventPattern: '{"source":["aws.partnercentral-selling"]}', State: DISABLED, Description: All},
    targets: [{Id: hook, Arn: $hook.ApiDestinationArn, RoleArn: "arn:aws:iam::111122223333:role/events"}]}
webhooks:
  crm-2: {account: $acme, url: "https://example.com/a", secret: whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo=, enabled: false, pattern: {detail: {catalog: [AWS]}}}
groups:
  all-leads: {description: Every engagement, readinessLevel: SalesReady, accounts: [$acme], rank: 2, active: false}
`

// What software makes by the API is captured: here everything happens at one time.
func TestACaptureHasEverything(t *testing.T) {
	for _, c := range []struct {
		name    string
		query   url.Values
		options []coselltest.Option
	}{
		{"Running", nil, nil},
		{"Relative", url.Values{"relative": {"true"}}, []coselltest.Option{coselltest.WithFrozenClock(time.Date(2027, 3, 1, 9, 0, 0, 5e6, time.UTC))}},
		{"Frozen", nil, []coselltest.Option{coselltest.WithFrozenClock(time.Date(2027, 3, 1, 9, 0, 0, 5e6, time.UTC))}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := coselltest.Start(t, c.options...)
			s.Load("everything.yaml", strings.ReplaceAll(everything, "REQUEST", fixtureRequest))
			var deals [3]string
			for i, token := range []string{"a", "b", "c"} {
				in := deal()
				in["ClientToken"] = token
				in["Tags"] = []map[string]string{{"Key": "team", "Value": "east"}}
				var made struct{ Id string } //nolint:revive // the member's name
				call(t, s, "CreateOpportunity", in, &made)
				deals[i] = made.Id
				call(t, s, "AssociateOpportunity", map[string]any{
					"Catalog": "Sandbox", "OpportunityIdentifier": made.Id, "RelatedEntityType": "Solutions", "RelatedEntityIdentifier": "S-7654321",
				}, nil)
				call(t, s, "StartEngagementFromOpportunityTask", map[string]any{
					"Catalog": "Sandbox", "ClientToken": "submit " + token, "Identifier": made.Id,
					"AwsSubmission": map[string]any{"InvolvementType": "Co-Sell", "Visibility": "Full"},
				}, nil)
			}
			s.Settle()
			s.Approve(partner, "Sandbox", deals[0])
			s.Review(partner, "Sandbox", deals[1], "Reject", "No")
			first := captured(s, c.query)
			if os.Getenv("SHOW") != "" {
				_ = os.WriteFile(os.Getenv("SHOW"), []byte(first.Content), 0o600)
			}
			_, second := again(t, first, c.query, c.options...)
			_, third := again(t, second, c.query, c.options...)
			if d := cmp.Diff(strings.Split(second.Content, "\n"), strings.Split(third.Content, "\n")); d != "" {
				t.Errorf("the third capture is another:\n%s", d)
			}
			if d := cmp.Diff(strings.Split(first.Content, "\n"), strings.Split(second.Content, "\n")); d != "" {
				t.Errorf("the second capture is another:\n%s", d)
			}
			for _, hidden := range []string{"hidden", "whsec", "MfKQ9r8"} {
				if strings.Contains(first.Content, hidden) {
					t.Errorf("the capture has the secret %s", hidden)
				}
			}
			for _, want := range []string{"ApiKeyValue: $generated", "ClientSecret: $generated", "playedReview: true", "AwsAccountId: aws", "$hook.ApiDestinationArn"} {
				if !strings.Contains(first.Content, want) {
					t.Errorf("the capture does not have %s", want)
				}
			}
			if len(first.Left) == 0 || !strings.HasPrefix(first.Left[len(first.Left)-1].What, "tasks: ") {
				t.Errorf("left: %+v", first.Left)
			}
		})
	}
}

// A capture of one account has what it takes part in, and says what it has not.
func TestACaptureOfAnAccount(t *testing.T) {
	s := coselltest.Start(t, coselltest.WithFixtures(demoFiles(t)...))
	c := captured(s, url.Values{"account": {"111122223333"}, "catalog": {"Sandbox"}})
	_, second := again(t, c, url.Values{"account": {"111122223333"}})
	if c.Content != second.Content || strings.Contains(c.Content, "larkspur") {
		t.Errorf("captures %d and %d bytes", len(c.Content), len(second.Content))
	}
	if len(c.Left) != 1 || c.Left[0].What != "engagements of accounts that are not captured" || len(c.Left[0].Records) != 2 {
		t.Errorf("left: %+v", c.Left)
	}
	for path, want := range map[string]string{
		"/fixtures?account=999999999999": "query.account",
		"/fixtures?catalog=Elsewhere":    "query.catalog",
	} {
		if err := coselltest.OperatorError(s, "GET", path, nil); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", path, err)
		}
	}
}

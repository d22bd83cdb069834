package selling_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"cosell/internal/api"
	"cosell/internal/clock"
	"cosell/internal/ids"
	"cosell/internal/service"
	"cosell/internal/service/servicetest"
	"cosell/internal/store"
	"cosell/internal/store/enginetest"
)

// The accounts that tests play.
const (
	alice = "111122223333"
	bob   = "444455556666"
)

// start is when every test begins.
var start = time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC)

// stopped is a clock that stands still until a test turns it.
type stopped struct{ now time.Time }

func (c *stopped) Now() time.Time { return c.now }

// harness is a Service on an empty embedded store, a business clock that only
// the test moves, and identifiers that are the same in every run.
type harness struct {
	*service.Service
	store store.Store
	clock *clock.Adjustable
	ids   *ids.Source
	// tokens counts the client tokens given out.
	tokens int
	// told is how many events of each account heard has returned.
	told map[string]int
	// asked notes the operations that were asked for, if it is given.
	asked map[string]bool
}

func newHarness(t testing.TB, options ...func(*service.Config)) *harness {
	t.Helper()
	s := enginetest.Open(t)
	business := clock.Over(&stopped{start})
	config := service.Config{Store: s, Clock: business, IDs: ids.New(business.Now, rand.NewChaCha8([32]byte{7}))}
	for _, option := range options {
		option(&config)
	}
	service, err := service.New(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	return &harness{Service: service, store: s, clock: business, ids: config.IDs, told: map[string]int{}}
}

// try answers an operation as the wire does.
func try[O any](t testing.TB, h *harness, account, operation, body string) (*O, error) {
	t.Helper()
	if h.asked != nil {
		h.asked[operation] = true
	}
	return servicetest.AskJSON[O](t, h, account, operation, body)
}

// do answers an operation that must succeed.
func do[O any](t testing.TB, h *harness, account, operation, body string) *O {
	t.Helper()
	out, err := try[O](t, h, account, operation, body)
	if err != nil {
		t.Fatalf("%s by %s: %v\n%s", operation, account, err, body)
	}
	return out
}

// fails checks that an error has a type and, where fields are given, names exactly
// those, each as "field CODE".
func fails(t testing.TB, err error, wantType string, fields ...string) {
	t.Helper()
	servicetest.Fails(t, err, wantType, fields...)
}

// events returns the detail types that an account was told, oldest first.
func (h *harness) events(t testing.TB, account string) []string {
	t.Helper()
	found, err := h.Events(t.Context(), account, 0, 1000)
	if err != nil {
		t.Fatal(err)
	}
	names := make([]string, len(found))
	for i, e := range found {
		var envelope struct {
			DetailType string `json:"detail-type"`
		}
		if err := api.Unmarshal(e.Envelope, &envelope); err != nil {
			t.Fatal(err)
		}
		names[i] = envelope.DetailType
	}
	return names
}

// opportunityBody is a complete creation request; members replace or add to it
// at the top level, as JSON.
func opportunityBody(token string, members ...string) string {
	body := fmt.Sprintf(`"ClientToken": %q, "Catalog": "Sandbox", "Origin": "Partner Referral",
		"Customer": {
			"Account": {"CompanyName": "Acme Corp", "Industry": "Financial Services", "WebsiteUrl": "https://acme.example.com",
				"AwsAccountId": "123456789012", "Duns": "987654321",
				"Address": {"City": "New York", "CountryCode": "US", "PostalCode": "10001", "StateOrRegion": "New York", "StreetAddress": "1 Main St"}},
			"Contacts": [{"BusinessTitle": "CFO", "Email": "jane@acme.example.com", "FirstName": "Jane", "LastName": "Doe", "Phone": "+12125551234"}]},
		"LifeCycle": {"Stage": "Prospect", "NextSteps": "Call them", "TargetCloseDate": "2027-06-30"},
		"Marketing": {"Source": "Marketing Activity", "AwsFundingUsed": "Yes", "CampaignName": "Spring", "Channels": ["Content Syndication"], "UseCases": ["Analytics"]},
		"NationalSecurity": "No", "OpportunityType": "Net New Business",
		"OpportunityTeam": [{"BusinessTitle": "PartnerAccountManager", "Email": "pam@partner.example.com", "FirstName": "Pam", "LastName": "Lee", "Phone": "+14155559876"}],
		"PrimaryNeedsFromAws": ["Co-Sell - Architectural Validation"],
		"Project": {"Title": "Data lake", "CustomerBusinessProblem": "Their reports take a day too long.", "CustomerUseCase": "Security & Compliance",
			"DeliveryModels": ["SaaS or PaaS"], "SalesActivities": ["Conducted POC / Demo"], "CompetitorName": "On-Prem", "OtherSolutionDescription": "Our lake",
			"ExpectedCustomerSpend": [{"Amount": "12500.10", "CurrencyCode": "USD", "Frequency": "Monthly", "TargetCompany": "AWS"}]},
		"SoftwareRevenue": {"DeliveryModel": "Pay-as-you-go", "EffectiveDate": "2027-01-01", "ExpirationDate": "2027-12-31", "Value": {"Amount": "10000.0", "CurrencyCode": "USD"}}`, token)
	return merge("{"+body+"}", members...)
}

// merge sets top-level members of a JSON object, each given as "Name": value.
func merge(body string, members ...string) string {
	object := map[string]api.Raw{}
	for _, text := range append([]string{body}, members...) {
		if !strings.HasPrefix(text, "{") {
			text = "{" + text + "}"
		}
		if err := api.Unmarshal([]byte(text), &object); err != nil {
			panic(err)
		}
	}
	merged, err := api.Marshal(object)
	if err != nil {
		panic(err)
	}
	return string(merged)
}

// createOpportunity makes a complete opportunity in Sandbox.
func (h *harness) createOpportunity(t testing.TB, account string, members ...string) *api.CreateOpportunityResponse {
	t.Helper()
	h.tokens++
	return do[api.CreateOpportunityResponse](t, h, account, "CreateOpportunity", opportunityBody(fmt.Sprintf("token-%d", h.tokens), members...))
}

// opportunity reads an opportunity of Sandbox.
func (h *harness) opportunity(t testing.TB, account, id string) *api.GetOpportunityResponse {
	t.Helper()
	return do[api.GetOpportunityResponse](t, h, account, "GetOpportunity", fmt.Sprintf(`{"Catalog": "Sandbox", "Identifier": %q}`, id))
}

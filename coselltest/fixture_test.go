package coselltest_test

import (
	"encoding/json"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"cosell/coselltest"
)

const fixtureWorld = `
accounts:
  acme: {id: "111122223333", companyName: Acme}
solutions:
  orders: {account: $acme, id: S-7654321, name: Orders}
opportunities:
  won:
    account: $acme
    solutions: [$orders]
    state: Approved
    stage: Committed
    request: &REQUEST
`

const fixtureRequest = `{Origin: Partner Referral, PartnerOpportunityIdentifier: NAME, PrimaryNeedsFromAws: [Co-Sell - Architectural Validation],
      Customer: {Account: {CompanyName: Example Corp, Industry: Retail, WebsiteUrl: "https://www.example.com",
        Address: {CountryCode: US, PostalCode: "98109", StateOrRegion: Washington}}},
      LifeCycle: {Stage: Prospect, TargetCloseDate: "2031-06-30"},
      Project: {Title: Migrate the order system, CustomerUseCase: Migration / Database Migration, DeliveryModels: [SaaS or PaaS],
        CustomerBusinessProblem: The order system is at the end of what its data center can carry.,
        SalesActivities: [Initialized discussions with customer],
        ExpectedCustomerSpend: [{Amount: "2500.00", CurrencyCode: USD, Frequency: Monthly, TargetCompany: AWS}]}}`

func world() string {
	text := strings.Replace(fixtureWorld, "&REQUEST", fixtureRequest, 1)
	for name, state := range map[string]string{
		"draft": "Pending Submission", "sent": "Submitted", "looked": "In review", "back": "Action Required", "no": "Rejected",
	} {
		text += "  " + name + ": {account: $acme, solutions: [S-1234567], state: " + state + ",\n    request: " + fixtureRequest + "}\n"
	}
	return text + `
engagements:
  talk: {account: $acme, request: {Title: Talk, Description: About the order system}}
invitations:
  ask:
    account: $acme
    request:
      EngagementIdentifier: $talk
      Invitation:
        Message: Join us
        Receiver: {Account: {AwsAccountId: "444455556666"}}
        Payload: {OpportunityInvitation: {SenderContacts: [{Email: a@example.com, FirstName: A, LastName: B}], ReceiverResponsibilities: [Reseller],
          Project: {Title: Talk, BusinessProblem: The order system is at the end of what it can carry., TargetCompletionDate: "2031-06-30",
            ExpectedCustomerSpend: [{Amount: "1", CurrencyCode: USD, Frequency: Monthly, TargetCompany: AWS}]},
          Customer: {CompanyName: Example Corp, Industry: Retail, WebsiteUrl: "https://www.example.com", CountryCode: US}}}
referrals:
  lead: {account: $acme, request: ` + fixtureRequest + `}
`
}

func TestFixturesReachEveryState(t *testing.T) {
	s := coselltest.Start(t)
	ids := s.Load("world.yaml", world())
	for name, want := range map[string]string{
		"won": "Approved Committed", "draft": "Pending Submission Prospect", "sent": "Submitted Prospect", "looked": "In review Prospect",
		"back": "Action Required Prospect", "no": "Rejected Prospect",
	} {
		var got struct {
			LifeCycle struct{ ReviewStatus, Stage string }
		}
		call(t, s, "GetOpportunity", map[string]any{"Catalog": "Sandbox", "Identifier": ids[name]}, &got)
		if is := got.LifeCycle.ReviewStatus + " " + got.LifeCycle.Stage; is != want {
			t.Errorf("%s is %s, want %s", name, is, want)
		}
	}
	for name, prefix := range map[string]string{"talk": "eng-", "ask": "engi-", "lead": "engi-", "orders": "S-7654321"} {
		if !strings.HasPrefix(ids[name], prefix) {
			t.Errorf("%s is %q", name, ids[name])
		}
	}
	again := s.Load("world.yaml", world())
	for name, id := range ids {
		if again[name] != id {
			t.Errorf("loading again makes another %s", name)
		}
	}
}

// Nothing of a file with a mistake is made, and the error names its place.
func TestFixturesThatAreWrong(t *testing.T) {
	const account = "accounts:\n  acme: {id: \"111122223333\"}\n"
	for _, c := range []struct{ name, text, want string }{
		{"NotYAML", "a: [", "w.yaml:1:1 file: is neither"},
		{"NoSection", "things: {}", "w.yaml:1:1 things: is no section"},
		{"Twice", account + "solutions:\n  acme: {account: $acme, id: S-1}", "w.yaml:4:3 acme: another record has this name"},
		{"MissingReference", "opportunities:\n  a: {account: $nobody}", "w.yaml:2:7 a: refers to $nobody"},
		{"Cycle", "engagements:\n  a: {account: $b}\n  b: {account: $a}", "refers to itself"},
		{"UnknownMember", "opportunities:\n  a: {acount: x}", "w.yaml:2:7 a.acount: is no member"},
		{"UnknownState", account + "opportunities:\n  a: {account: $acme, state: Great}", "a.state: is \"Great\""},
		{"UnknownOperation", account + "calls:\n  a: {account: $acme, operation: Nothing}", "a.operation: Nothing makes no record"},
		{"Anchor", "accounts: &x {}", "anchor"},
		{"BrokenRule", account + "opportunities:\n  a:\n    account: $acme\n    request:\n      LifeCycle:\n        Stage: Nowhere", "w.yaml:8:9 a.lifeCycle.stage"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := coselltest.Start(t)
			body := map[string]any{"files": []map[string]string{{"name": "w.yaml", "content": c.text}}}
			err := coselltest.OperatorError(s, "POST", "/fixtures", body)
			if err == nil || !strings.Contains(strings.ReplaceAll(err.Error(), `\"`, `"`), c.want) {
				t.Errorf("got %v, want %s", err, c.want)
			}
			var list struct{ Accounts []any }
			s.Operator("GET", "/accounts", nil, &list)
			if len(list.Accounts) != 0 {
				t.Errorf("%d accounts are left", len(list.Accounts))
			}
		})
	}
}

// A server that starts with files has their records, and refers and logs as any other.
func TestFixturesAtTheStart(t *testing.T) {
	file := filepath.Join(t.TempDir(), "world.yaml")
	if err := os.WriteFile(file, []byte("accounts:\n  acme: {id: \"111122223333\", companyName: Acme}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	var log lines
	s := coselltest.Start(t, coselltest.WithFixtures(file), coselltest.WithLog(slog.New(slog.NewTextHandler(&log, nil))))
	var profile struct {
		CompanyName string `json:"companyName"`
	}
	s.Operator(http.MethodGet, "/accounts/111122223333", nil, &profile)
	if profile.CompanyName != "Acme" {
		t.Errorf("the account of the file is %+v", profile)
	}
	var opportunity map[string]any
	if err := json.Unmarshal([]byte(`{"Customer":{"Account":{"CompanyName":"Example Corp","Industry":"Retail","WebsiteUrl":"https://www.example.com",
			"Address":{"CountryCode":"US","PostalCode":"98109","StateOrRegion":"Washington"}}},
		"LifeCycle":{"Stage":"Prospect","TargetCloseDate":"2031-06-30"},
		"Project":{"Title":"Orders","CustomerBusinessProblem":"The order system is at the end of what it can carry.",
			"ExpectedCustomerSpend":[{"Amount":"2500.00","CurrencyCode":"USD","Frequency":"Monthly","TargetCompany":"AWS"}]}}`), &opportunity); err != nil {
		t.Fatal(err)
	}
	if made := s.Refer("111122223333", "Sandbox", opportunity); !strings.HasPrefix(made.OpportunityID, "O") {
		t.Errorf("the referral is %+v", made)
	}
	if environ := s.Environ("111122223333"); !slices.Contains(environ, "AWS_ENDPOINT_URL_PARTNERCENTRAL_SELLING="+s.Endpoint) {
		t.Errorf("the environment is %q", environ)
	}
	if log.n.Load() == 0 {
		t.Error("the log has no line")
	}
}

// lines counts the lines of a log.
type lines struct{ n atomic.Int64 }

func (l *lines) Write(line []byte) (int, error) {
	l.n.Add(1)
	return len(line), nil
}

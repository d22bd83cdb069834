package coselltest_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"cosell/coselltest"
	"cosell/internal/store/pgtest"
)

const partner = "111122223333"

func TestMain(m *testing.M) { goleak.VerifyTestMain(tests{m}) }

// tests are those of the package, some of which start a database.
type tests struct{ m *testing.M }

func (t tests) Run() int { return pgtest.Run(t.m) }

func deal() map[string]any {
	return map[string]any{
		"Catalog": "Sandbox", "ClientToken": "deal", "Origin": "Partner Referral",
		"Customer": map[string]any{"Account": map[string]any{
			"CompanyName": "Example Corp", "Industry": "Retail", "WebsiteUrl": "https://www.example.com",
			"Address": map[string]any{"CountryCode": "US", "PostalCode": "98109", "StateOrRegion": "Washington"},
		}},
		"LifeCycle": map[string]any{"Stage": "Prospect", "TargetCloseDate": "2031-06-30"},
		"Project": map[string]any{
			"Title": "Migrate the order system", "CustomerUseCase": "Migration / Database Migration",
			"CustomerBusinessProblem": "The order system is at the end of what its data center can carry.",
			"DeliveryModels":          []string{"SaaS or PaaS"}, "SalesActivities": []string{"Initialized discussions with customer"},
			"ExpectedCustomerSpend": []map[string]any{{"Amount": "2500.00", "CurrencyCode": "USD", "Frequency": "Monthly", "TargetCompany": "AWS"}},
		},
		"PrimaryNeedsFromAws": []string{"Co-Sell - Architectural Validation"},
	}
}

// submit makes and submits an opportunity and returns its identifier.
func submit(t *testing.T, s *coselltest.Server) string {
	t.Helper()
	var made struct{ Id string } //nolint:revive // the member's name
	call(t, s, "CreateOpportunity", deal(), &made)
	call(t, s, "AssociateOpportunity", map[string]any{
		"Catalog": "Sandbox", "OpportunityIdentifier": made.Id, "RelatedEntityType": "Solutions", "RelatedEntityIdentifier": "S-1234567",
	}, nil)
	call(t, s, "StartEngagementFromOpportunityTask", map[string]any{
		"Catalog": "Sandbox", "ClientToken": "submit", "Identifier": made.Id,
		"AwsSubmission": map[string]any{"InvolvementType": "Co-Sell", "Visibility": "Full"},
	}, nil)
	s.Settle()
	return made.Id
}

func call(t *testing.T, s *coselltest.Server, operation string, in, out any) {
	t.Helper()
	if err := s.Call(partner, operation, in, out); err != nil {
		t.Fatal(operation, err)
	}
}

func solution(s *coselltest.Server) {
	s.Operator(http.MethodPut, "/accounts/"+partner+"/catalogs/Sandbox/solutions/S-1234567", map[string]string{"name": "Orders"}, nil)
}

func TestAnOpportunityIsApproved(t *testing.T) {
	s := coselltest.Start(t)
	solution(s)
	id := submit(t, s)
	s.Approve(partner, "Sandbox", id)
	var got struct{ LifeCycle struct{ ReviewStatus string } }
	call(t, s, "GetOpportunity", map[string]any{"Catalog": "Sandbox", "Identifier": id}, &got)
	if got.LifeCycle.ReviewStatus != "Approved" {
		t.Errorf("the review status is %s", got.LifeCycle.ReviewStatus)
	}
	s.Reset()
	if err := s.Call(partner, "GetOpportunity", map[string]any{"Catalog": "Sandbox", "Identifier": id}, nil); err == nil {
		t.Error("the opportunity is there after a reset")
	}
}

// failing is a test that notes its errors.
type failing struct {
	testing.TB

	errors []string
}

func (f *failing) Errorf(format string, args ...any) {
	f.errors = append(f.errors, fmt.Sprintf(format, args...))
}

func TestEventsAreExactlyThese(t *testing.T) {
	noted := &failing{TB: t}
	s := coselltest.Start(noted)
	call(t, s, "CreateOpportunity", deal(), nil)
	s.Events(partner, "Opportunity Created")
	s.Events(partner)
	if len(noted.errors) != 0 {
		t.Fatalf("the events are refused: %v", noted.errors)
	}
	in := deal()
	in["ClientToken"] = "other"
	call(t, s, "CreateOpportunity", in, nil)
	s.Events(partner) // the event is one too many
	if len(noted.errors) != 1 || !strings.Contains(noted.errors[0], "Opportunity Created") {
		t.Errorf("the event that is too many gives %v", noted.errors)
	}
}

func TestFaultsStrike(t *testing.T) {
	s := coselltest.Start(t, coselltest.WithFaults(coselltest.Fault{Operation: "ListOpportunities", Error: "ThrottlingException", Times: 1}))
	in := map[string]string{"Catalog": "Sandbox"}
	if err := s.Call(partner, "ListOpportunities", in, nil); err == nil || !strings.Contains(err.Error(), "ThrottlingException") {
		t.Errorf("the first request gives %v", err)
	}
	if err := s.Call(partner, "ListOpportunities", in, nil); err != nil {
		t.Errorf("the second request gives %v", err)
	}
	s.SetFaults(coselltest.Fault{Error: "InternalServerException"})
	if err := s.Call(partner, "ListOpportunities", in, nil); err == nil {
		t.Error("the fault does not strike")
	}
	s.SetFaults()
	if err := s.Call(partner, "ListOpportunities", in, nil); err != nil {
		t.Errorf("without faults: %v", err)
	}
}

func TestTheClockIsTheTests(t *testing.T) {
	at := time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)
	s := coselltest.Start(t, coselltest.WithFrozenClock(at))
	if got := s.Now(); !got.Equal(at) {
		t.Errorf("the clock shows %s", got)
	}
	s.Advance(36 * time.Hour)
	if got := s.Now(); !got.Equal(at.Add(36 * time.Hour)) {
		t.Errorf("the advanced clock shows %s", got)
	}
	s.SetClock(at.AddDate(1, 0, 0))
	s.Reset()
	if got := s.Now(); !got.Equal(at) {
		t.Errorf("after the reset the clock shows %s", got)
	}
	running := coselltest.Start(t, coselltest.WithClock(at))
	if got := running.Now(); got.Before(at) || got.After(at.Add(time.Hour)) {
		t.Errorf("the running clock shows %s", got)
	}
}

// The same script gives the same bytes, whatever the machine does meanwhile.
func TestTheSameScriptGivesTheSameBytes(t *testing.T) {
	script := func(seed uint64) string {
		s := coselltest.Start(t, coselltest.WithSeed(seed), coselltest.WithFrozenClock(time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)))
		solution(s)
		id := submit(t, s)
		s.Approve(partner, "Sandbox", id)
		var out strings.Builder
		for operation, in := range map[string]any{
			"GetOpportunity":    map[string]any{"Catalog": "Sandbox", "Identifier": id},
			"ListOpportunities": map[string]any{"Catalog": "Sandbox"},
		} {
			var got json.RawMessage
			call(t, s, operation, in, &got)
			fmt.Fprintf(&out, "%s\n", got)
		}
		lines := strings.Split(out.String(), "\n")
		slices.Sort(lines) // of a map
		var events struct{ Events json.RawMessage }
		s.Operator(http.MethodGet, "/events?account="+partner, nil, &events)
		return strings.Join(lines, "\n") + string(events.Events)
	}
	first, again, other := script(7), script(7), script(8)
	if first != again {
		t.Errorf("the second run differs:\n%s\n%s", first, again)
	}
	if first == other {
		t.Error("another seed gives the same")
	}
}

func TestManyServersRunSideBySide(t *testing.T) {
	const servers = 100
	for i := range servers {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			t.Parallel()
			s := coselltest.Start(t)
			call(t, s, "CreateOpportunity", deal(), nil)
			var list struct{ OpportunitySummaries []any }
			call(t, s, "ListOpportunities", map[string]string{"Catalog": "Sandbox"}, &list)
			if len(list.OpportunitySummaries) != 1 {
				t.Errorf("the server has %d opportunities", len(list.OpportunitySummaries))
			}
		})
	}
}

func TestNothingIsLeftBehind(t *testing.T) {
	before, _ := os.ReadDir("/dev/shm")
	t.Run("server", func(t *testing.T) { coselltest.Start(t).Now() })
	after, _ := os.ReadDir("/dev/shm")
	if len(after) > len(before) {
		t.Errorf("%d files are left", len(after)-len(before))
	}
}

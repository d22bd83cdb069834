package coselltest_test

import (
	"net/http"
	"testing"
	"time"

	"cosell/coselltest"
)

// t is the test that the examples are part of.
var t *testing.T

// An opportunity is submitted, and AWS approves it.
func Example() { //nolint:testableexamples // it needs a test around it
	s := coselltest.Start(t)
	// Give s.Endpoint, coselltest.Region and s.Credentials to the AWS client of the software under test.
	var made struct{ Id string } //nolint:revive // the member's name
	if err := s.Call("111122223333", "CreateOpportunity", map[string]any{
		"Catalog": "Sandbox", "ClientToken": "1",
		"Customer": map[string]any{"Account": map[string]any{"CompanyName": "Example Corp"}},
	}, &made); err != nil {
		t.Fatal(err)
	}
	s.Events("111122223333", "Opportunity Created")
}

// The first two requests are throttled; a client that retries does not notice.
func ExampleWithFaults() { //nolint:testableexamples // it needs a test around it
	coselltest.Start(t, coselltest.WithFaults(
		coselltest.Fault{Operation: "CreateOpportunity", Error: "ThrottlingException", Times: 2},
	))
}

// Identifiers and times are the same in each run.
func ExampleWithSeed() { //nolint:testableexamples // it needs a test around it
	coselltest.Start(t, coselltest.WithSeed(1), coselltest.WithFrozenClock(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)))
}

// An invitation that AWS sent expires.
func ExampleServer_Advance() { //nolint:testableexamples // it needs a test around it
	s := coselltest.Start(t)
	s.Refer("111122223333", "Sandbox", map[string]any{"Customer": map[string]any{"Account": map[string]any{"CompanyName": "Example Corp"}}})
	s.Advance(16 * 24 * time.Hour)
}

// Everything of the operator API can be asked for.
func ExampleServer_Operator() { //nolint:testableexamples // it needs a test around it
	s := coselltest.Start(t)
	s.Operator(http.MethodPut, "/accounts/111122223333/catalogs/Sandbox/solutions/S-1234567", map[string]string{"name": "Orders"}, nil)
}

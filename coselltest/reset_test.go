package coselltest_test

import (
	"bufio"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cosell/coselltest"
	"cosell/internal/quota"
)

// exported returns the lines of an export that name an account, by table.
func exported(t *testing.T, s *coselltest.Server, account string) map[string][]string {
	t.Helper()
	answer, err := http.Get(s.Endpoint + "/operator/v1/export?secrets=false")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	lines := map[string][]string{}
	in := bufio.NewReader(answer.Body)
	for {
		text, err := in.ReadString('\n')
		if err == io.EOF {
			return lines
		}
		var line struct {
			Table string
			Row   map[string]json.RawMessage
		}
		if err := json.Unmarshal([]byte(text), &line); err != nil {
			t.Fatal(err)
		}
		if string(line.Row["account"]) == `"`+account+`"` {
			lines[line.Table] = append(lines[line.Table], text)
		}
	}
}

// A reset of one account removes all that it has and leaves the other one, which shares an
// engagement with it, as it was; then the same fixtures make it again.
func TestResetOfOneAccount(t *testing.T) {
	const reset, other = "000000000000", "111122223333"
	s := coselltest.Start(t)
	var ids map[string]string
	load := func() {
		for _, file := range demoFiles(t) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if made := s.Load(file, string(text)); strings.Contains(file, "larkspur") {
				ids = made
			}
		}
		s.Settle()
	}
	load()
	first := ids
	before := exported(t, s, other)
	if len(before["opportunities"]) == 0 || len(exported(t, s, reset)["opportunities"]) == 0 {
		t.Fatal("there is nothing to reset")
	}
	s.ResetAccount(reset)
	for table, rows := range exported(t, s, reset) {
		t.Errorf("%s: %d rows remained", table, len(rows))
	}
	if d := cmp.Diff(before, exported(t, s, other)); d != "" {
		t.Errorf("the other account: %s", d)
	}
	for _, search := range []string{"SearchOpportunities", "SearchEngagements", "ListOpportunities", "ListEngagements"} {
		var found map[string]json.RawMessage
		as(t, s, reset, search, map[string]any{"Catalog": "Sandbox"}, &found)
		for name, value := range found {
			if strings.HasSuffix(name, "ies") || strings.HasSuffix(name, "List") {
				if string(value) != "[]" && string(value) != "null" {
					t.Errorf("%s: %s is %s", search, name, value)
				}
			}
		}
	}
	var engagement struct{ Title string }
	as(t, s, other, "GetEngagement", map[string]any{"Catalog": "Sandbox", "Identifier": first["rollout-rheintal"]}, &engagement)
	if engagement.Title == "" {
		t.Error("the shared engagement is gone")
	}
	load()
	if ids["credit-score"] == first["credit-score"] || ids["credit-score"] == "" {
		t.Error("the fixtures are not loaded again")
	}
	if d := cmp.Diff(before["opportunities"], exported(t, s, other)["opportunities"]); d != "" {
		t.Errorf("the other account after the second load: %s", d)
	}
}

// Faults and requests that name the account are gone, those of others stay; the clock stays.
func TestResetOfOneAccountInMemory(t *testing.T) {
	s := coselltest.Start(t, coselltest.WithFaults(
		coselltest.Fault{Operation: "ListSolutions", Account: "111122223333", Error: "ThrottlingException"},
		coselltest.Fault{Operation: "ListSolutions", Account: "444455556666", Error: "ThrottlingException"}))
	s.Advance(48 * 60 * 60 * 1e9)
	at := s.Now()
	s.ResetAccount("111122223333")
	if err := s.Call("111122223333", "ListSolutions", map[string]any{"Catalog": "Sandbox"}, nil); err != nil {
		t.Error(err)
	}
	if err := s.Call("444455556666", "ListSolutions", map[string]any{"Catalog": "Sandbox"}, nil); err == nil {
		t.Error("the fault of the other account is gone")
	}
	if s.Now().Before(at) {
		t.Error("the clock was moved")
	}
	if err := coselltest.OperatorError(s, "POST", "/reset?account=aws", nil); err == nil {
		t.Error("AWS was reset")
	}
}

// A reset also forgets what an account has used of its quotas.
func TestAResetForgetsQuotas(t *testing.T) {
	limits := &quota.Limits{Groups: []quota.Group{{Name: "writes", PerSecond: 10, PerDay: 1, Operations: []string{"CreateOpportunity"}}}}
	s := coselltest.Start(t, coselltest.WithLimits(limits))
	create := func(account string) error {
		return s.Call(account, "CreateOpportunity", map[string]any{"Catalog": "Sandbox", "ClientToken": t.Name()}, nil)
	}
	const reset, other = "000000000000", "111122223333"
	for _, account := range []string{reset, other} {
		if err := create(account); err != nil {
			t.Fatal(err)
		}
	}
	s.ResetAccount(reset)
	if err := create(reset); err != nil {
		t.Errorf("after the reset of the account: %v", err)
	}
	if err := create(other); err == nil || !strings.Contains(err.Error(), "ThrottlingException") {
		t.Errorf("the other account: %v, want a ThrottlingException", err)
	}
	s.Reset()
	if err := create(other); err != nil {
		t.Errorf("after the reset of everything: %v", err)
	}
}

// The quotas of AWS throttle the second write of a second.
func TestQuotasOfAWS(t *testing.T) {
	s := coselltest.Start(t, coselltest.WithQuotas())
	var throttled error
	for i := range 20 {
		if throttled = s.Call(partner, "CreateOpportunity", map[string]any{"Catalog": "Sandbox", "ClientToken": strconv.Itoa(i)}, nil); throttled != nil {
			break
		}
	}
	if throttled == nil || !strings.Contains(throttled.Error(), "ThrottlingException") {
		t.Errorf("20 writes at once give %v", throttled)
	}
}

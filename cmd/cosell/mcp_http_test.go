package main

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"cosell/internal/agent"
	"cosell/internal/operator"
)

// bearer sends each request with the token of an operator, "" for none.
type bearer string

// RoundTrip implements [http.RoundTripper].
func (b bearer) RoundTrip(r *http.Request) (*http.Response, error) {
	if b != "" {
		r = r.Clone(r.Context())
		r.Header.Set("Authorization", "Bearer "+string(b))
	}
	return http.DefaultTransport.RoundTrip(r)
}

// agentOver returns a client of the tools that a server has over HTTP.
func agentOver(t *testing.T, address, query, token string) (*mcp.ClientSession, error) {
	t.Helper()
	client, err := mcp.NewClient(&mcp.Implementation{Name: "test", Version: "1"}, nil).Connect(t.Context(), &mcp.StreamableClientTransport{
		Endpoint: address + agent.Path + query, HTTPClient: &http.Client{Transport: bearer(token)}, MaxRetries: -1,
	}, nil)
	if err == nil {
		t.Cleanup(func() { _ = client.Close() })
	}
	return client, err
}

// draftToPropose is a new opportunity of a company.
func draftToPropose(company string) map[string]any {
	return map[string]any{
		"Catalog": "Sandbox", "Origin": "Partner Referral",
		"Customer": map[string]any{"Account": map[string]any{"CompanyName": company}},
	}
}

// In development mode an agent of this machine needs no token.
func TestAgentsOverHTTP(t *testing.T) {
	s := listening(t, t.Output())
	end := running(t, s)
	a, err := agentOver(t, s.URL(), "?account=111122223333&simulate=true", "")
	if err != nil {
		t.Fatal(err)
	}
	var made receipt
	if refusal := use(t, a, "propose_CreateOpportunity", draftToPropose("Example Corp"), &made); refusal != "" {
		t.Fatal(refusal)
	}
	if refusal := use(t, a, "propose_CreateOpportunity", map[string]any{"Catalog": "Sandbox", "Origin": "Sideways"}, nil); !strings.Contains(refusal, "ValidationException") {
		t.Errorf("refused with %q", refusal)
	}
	if refusal := use(t, a, "operator_advance_clock", map[string]any{"advance": "soon"}, nil); !strings.Contains(refusal, "advance: must be a duration") {
		t.Errorf("refused with %q", refusal)
	}
	if refusal := use(t, a, "operator_advance_clock", map[string]any{"advance": "1h"}, nil); refusal != "" {
		t.Error(refusal)
	}
	referral := map[string]any{"account": "111122223333", "catalog": "Sandbox", "opportunity": map[string]any{
		"Customer":  map[string]any{"Account": map[string]any{"CompanyName": "Fabrikam", "Industry": "Retail", "WebsiteUrl": "https://www.example.com", "Address": map[string]any{"CountryCode": "DE", "PostalCode": "10115"}}},
		"LifeCycle": map[string]any{"Stage": "Qualified", "TargetCloseDate": "2090-01-01"},
		"Project": map[string]any{
			"Title": "Core banking", "CustomerBusinessProblem": "They need a partner who knows the industry.",
			"ExpectedCustomerSpend": []map[string]any{{"Amount": "1", "CurrencyCode": "USD", "Frequency": "Monthly", "TargetCompany": "AWS"}},
		},
	}}
	var referred struct{ EngagementInvitationID string }
	if refusal := use(t, a, "operator_refer", referral, &referred); refusal != "" || referred.EngagementInvitationID == "" {
		t.Errorf("referred %+v: %s", referred, refusal)
	}
	if refusal := use(t, a, "operator_inject_fault", map[string]any{"operation": "GetOpportunity", "error": "ThrottlingException"}, nil); refusal != "" {
		t.Error(refusal)
	}
	if refusal := use(t, a, "GetOpportunity", map[string]any{"Catalog": "Sandbox", "Identifier": "O1"}, nil); !strings.Contains(refusal, "ThrottlingException") {
		t.Errorf("a fault gave %q", refusal)
	}
	if refusal := use(t, a, "operator_clear_faults", nil, nil); refusal != "" {
		t.Error(refusal)
	}
	client := operatorClient{Endpoint: s.URL()}
	answer, err := client.send(http.MethodPost, "/proposals/"+made.Token+"/approve", map[string]string{})
	if err != nil {
		t.Fatal(err)
	}
	var p struct{ Status, Account, Operator string }
	if err := json.Unmarshal(answer, &p); err != nil || p.Status != "APPROVED" || p.Account != "111122223333" || p.Operator != "local" {
		t.Errorf("%s, %v", answer, err)
	}
	var list struct{ OpportunitySummaries []json.RawMessage }
	if refusal := use(t, a, "ListOpportunities", map[string]any{"Catalog": "Sandbox"}, &list); refusal != "" || len(list.OpportunitySummaries) != 1 {
		t.Errorf("%s; there are %d", refusal, len(list.OpportunitySummaries))
	}
	if err := end(); err != nil {
		t.Error(err)
	}
}

// TestAttackAgents tries to reach more with the tools over HTTP than a token gives: without
// one, at another account, from a web page of elsewhere, and approving what it proposed.
func TestAttackAgents(t *testing.T) {
	address := serveStrict(t, nil)
	const account, foreign = "111122223333", "444455556666"
	tokenOf := func(body string) string {
		t.Helper()
		var made struct{ Token string }
		operate(t, address, http.MethodPost, "/tokens", body, &made)
		return made.Token
	}
	const list = `{"jsonrpc":"2.0","id":1,"method":"tools/list"}`
	const get = `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"ListOpportunities","arguments":{"Catalog":"Sandbox"}}}`
	reviewer := tokenOf(`{"name":"agent","role":"reviewer","accounts":["` + account + `"]}`)
	administrator := tokenOf(`{"name":"agent-of-all","role":"administrator"}`)
	auditor := tokenOf(`{"name":"auditor","role":"auditor","accounts":["` + account + `"]}`)
	for name, c := range map[string]struct {
		query, token, body string
		header             []string
		status             int
	}{
		"no token":                     {"?account=" + account, "", list, nil, http.StatusUnauthorized},
		"a wrong token":                {"?account=" + account, "cosell_wrong", list, nil, http.StatusUnauthorized},
		"the token in the address":     {"?account=" + account + "&token=" + reviewer, "", list, nil, http.StatusUnauthorized},
		"another account":              {"?account=" + foreign, reviewer, get, nil, http.StatusForbidden},
		"all accounts":                 {"?account=*", reviewer, get, nil, http.StatusBadRequest},
		"a page from elsewhere":        {"", reviewer, get, []string{"Origin", "https://evil.example"}, http.StatusForbidden},
		"a page of nowhere":            {"", reviewer, get, []string{"Origin", "null"}, http.StatusForbidden},
		"the session of another agent": {"", "", get, []string{"Mcp-Session-Id", "1"}, http.StatusUnauthorized},
		"acting as AWS":                {"?simulate=true", reviewer, list, nil, http.StatusForbidden},
	} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, address+agent.Path+c.query, strings.NewReader(c.body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Accept", "application/json, text/event-stream")
		for i := 0; i+1 < len(c.header); i += 2 {
			r.Header.Set(c.header[i], c.header[i+1])
		}
		status, text := answerOf(t, &http.Client{Transport: bearer(c.token)}, r)
		if status != c.status || strings.Contains(text, "OpportunitySummaries") || strings.Contains(text, "inputSchema") {
			t.Errorf("%s: got %d %.300s", name, status, text)
		}
	}

	// The account is that of the token; the operator's tools reach no other one either.
	a, err := agentOver(t, address, "", reviewer)
	if err != nil {
		t.Fatal(err)
	}
	for tool, arguments := range map[string]map[string]any{
		"operator_pipeline": {"account": foreign, "catalog": "Sandbox"},
		"operator_reviews":  {"account": foreign},
		"operator_requests": {"account": "*"},
	} {
		if refusal := use(t, a, tool, arguments, nil); !strings.Contains(refusal, "account: is none of the operator's") {
			t.Errorf("%s of another account: %q", tool, refusal)
		}
	}
	var made receipt
	if refusal := use(t, a, "propose_CreateOpportunity", draftToPropose("Example Corp"), &made); refusal != "" {
		t.Fatal(refusal)
	}
	elsewhere, err := agentOver(t, address, "?account="+foreign, administrator)
	if err != nil {
		t.Fatal(err)
	}
	if refusal := use(t, elsewhere, "get_proposal", map[string]any{"Token": made.Token}, nil); !strings.Contains(refusal, "ResourceNotFoundException") {
		t.Errorf("another account reads the proposal: %q", refusal)
	}
	reader, err := agentOver(t, address, "", auditor)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := reader.CallTool(t.Context(), &mcp.CallToolParams{Name: "propose_CreateOpportunity", Arguments: draftToPropose("Example Corp")}); err == nil {
		t.Error("an auditor proposes")
	}

	// A token that proposes does not approve it; nor does a reviewer, who may not act for accounts.
	approve := func(by, token string) (int, string) {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, address+operator.Prefix+"/proposals/"+token+"/approve", strings.NewReader("{}"))
		if err != nil {
			t.Fatal(err)
		}
		return answerOf(t, &http.Client{Transport: bearer(by)}, r)
	}
	if status, text := approve(reviewer, made.Token); status != http.StatusForbidden || !strings.Contains(text, "must be an administrator") {
		t.Errorf("the reviewer approves what it proposed: %d %s", status, text)
	}
	own, err := agentOver(t, address, "?account="+account, administrator)
	if err != nil {
		t.Fatal(err)
	}
	var second receipt
	if refusal := use(t, own, "propose_CreateOpportunity", draftToPropose("Second Corp"), &second); refusal != "" {
		t.Fatal(refusal)
	}
	if status, text := approve(administrator, second.Token); status != http.StatusForbidden || !strings.Contains(text, "proposed this itself") {
		t.Errorf("the administrator approves what it proposed: %d %s", status, text)
	}
	if status, text := approve(administrator, made.Token); status != http.StatusOK {
		t.Errorf("another administrator approves: %d %s", status, text)
	}

	// The audit names the operator beside the account, from the proposal on.
	for event, want := range map[string]string{"ProposeCreateOpportunity": "agent", "CreateOpportunity": "agent-of-all"} {
		found := records(t, address, "account="+account+"&eventName="+event)
		if len(found) == 0 {
			t.Errorf("%s is not in the audit", event)
			continue
		}
		wantRecord(t, found[0], map[string]any{"userIdentity.arn": "arn:aws:iam::" + account + ":root", "userIdentity.invokedBy": want})
	}
	// A revoked token is refused at once, however long its agent was there.
	operate(t, address, http.MethodDelete, "/tokens/agent", "", nil)
	if _, err := a.CallTool(t.Context(), &mcp.CallToolParams{Name: "ListOpportunities", Arguments: map[string]any{"Catalog": "Sandbox"}}); err == nil {
		t.Error("a revoked token reads")
	}
}

// TestAttackAgentsByRebinding has a web page reach the tools of a server in development mode:
// with a name that leads to this machine, and with its origin.
func TestAttackAgentsByRebinding(t *testing.T) {
	s := listening(t, t.Output())
	end := running(t, s)
	for name, change := range map[string]func(*http.Request){
		"a name that leads here": func(r *http.Request) { r.Host = "attacker.example:8787" },
		"a page from elsewhere":  func(r *http.Request) { r.Header.Set("Origin", "http://attacker.example") },
		"a page of nowhere":      func(r *http.Request) { r.Header.Set("Origin", "null") },
	} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL()+agent.Path, strings.NewReader(`{"jsonrpc":"2.0","id":1,"method":"tools/list"}`))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Accept", "application/json, text/event-stream")
		change(r)
		if status, text := answerOf(t, http.DefaultClient, r); status != http.StatusForbidden || strings.Contains(text, "inputSchema") {
			t.Errorf("%s: got %d %.200s", name, status, text)
		}
	}
	if err := end(); err != nil {
		t.Error(err)
	}
}

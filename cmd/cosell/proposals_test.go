package main

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/modelcontextprotocol/go-sdk/mcp"
)

// agentOf returns a client of the tools that a command offers.
func agentOf(t *testing.T, c mcpCommand) *mcp.ClientSession {
	t.Helper()
	tools, err := c.server()
	if err != nil {
		t.Fatal(err)
	}
	near, far := mcp.NewInMemoryTransports()
	serving, err := tools.Connect(t.Context(), far, nil)
	if err != nil {
		t.Fatal(err)
	}
	client, err := mcp.NewClient(&mcp.Implementation{Name: "test", Version: "1"}, nil).Connect(t.Context(), near, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := errors.Join(client.Close(), serving.Wait()); err != nil {
			t.Error(err)
		}
	})
	return client
}

// use calls a tool and decodes its answer; it returns the refusal.
func use(t *testing.T, s *mcp.ClientSession, tool string, in map[string]any, out any) (refusal string) {
	t.Helper()
	r, err := s.CallTool(t.Context(), &mcp.CallToolParams{Name: tool, Arguments: in})
	if err != nil {
		t.Fatal(err)
	}
	text, _ := r.Content[0].(*mcp.TextContent)
	if r.IsError {
		return text.Text
	}
	if out != nil {
		if err := json.Unmarshal([]byte(text.Text), out); err != nil {
			t.Fatal(err)
		}
	}
	return ""
}

type receipt struct {
	Token, Status, Record, Comments, Error string
	Changes                                []struct{ Field, Before, After string }
	Answer                                 json.RawMessage
}

// An agent proposes, a person decides, and what was approved is there, once.
func TestProposals(t *testing.T) {
	s := listening(t, t.Output())
	end := running(t, s)
	const account = "111122223333"
	a := agentOf(t, mcpCommand{signedClient: signedClient{Endpoint: s.URL(), Account: account, Secret: "test"}, Propose: true})
	other := agentOf(t, mcpCommand{signedClient: signedClient{Endpoint: s.URL(), Account: "444455556666", Secret: "test"}, Propose: true})
	client := operatorClient{Endpoint: s.URL()}
	decide := func(decision, token string) (p proposed, err error) {
		answer, err := client.send(http.MethodPost, "/proposals/"+token+"/"+decision, map[string]string{"comments": "why"})
		if err == nil {
			err = json.Unmarshal(answer, &p)
		}
		return p, err
	}
	count := func() int {
		var list struct{ OpportunitySummaries []json.RawMessage }
		if refusal := use(t, a, "ListOpportunities", map[string]any{"Catalog": "Sandbox"}, &list); refusal != "" {
			t.Fatal(refusal)
		}
		return len(list.OpportunitySummaries)
	}

	// A wrong proposal names its field, and is none.
	draft := map[string]any{"Catalog": "Sandbox", "Marketing": map[string]any{"Source": "None"}, "Origin": "Partner Referral", "Customer": map[string]any{"Account": map[string]any{"CompanyName": "Example Corp"}}}
	wrong := map[string]any{"Catalog": "Sandbox", "Origin": "Partner Referral", "Project": map[string]any{"DeliveryModels": []string{"Pigeon"}}}
	if refusal := use(t, a, "propose_CreateOpportunity", wrong, nil); !strings.Contains(refusal, "eliveryModels") {
		t.Errorf("refused with %q", refusal)
	}

	var made receipt
	if refusal := use(t, a, "propose_CreateOpportunity", draft, &made); refusal != "" {
		t.Fatal(refusal)
	}
	if made.Status != "PENDING" || count() != 0 {
		t.Fatalf("proposed %+v, and there are %d", made, count())
	}
	if len(made.Changes) == 0 || made.Changes[0].Field != "Customer.Account.CompanyName" || made.Changes[0].After != "Example Corp" {
		t.Errorf("changes %+v", made.Changes)
	}
	if refusal := use(t, other, "get_proposal", map[string]any{"Token": made.Token}, nil); !strings.Contains(refusal, "ResourceNotFoundException") {
		t.Errorf("another account reads it: %q", refusal)
	}
	approved, err := decide("approve", made.Token)
	if err != nil || approved.Status != "APPROVED" || count() != 1 {
		t.Fatalf("approved %+v, %v; there are %d", approved, err, count())
	}
	if _, err := decide("approve", made.Token); err == nil || !strings.Contains(err.Error(), "APPROVED already") || count() != 1 {
		t.Errorf("approved twice: %v; there are %d", err, count())
	}
	var became receipt
	use(t, a, "get_proposal", map[string]any{"Token": made.Token}, &became)
	var created struct {
		ID               string `json:"Id"`
		LastModifiedDate string
	}
	if err := json.Unmarshal(became.Answer, &created); err != nil || created.ID == "" || became.Comments != "why" {
		t.Fatalf("became %+v, %v", became, err)
	}

	// Two updates of one state: the second cannot be approved after the first.
	update := func(title string) map[string]any {
		return map[string]any{
			"Catalog": "Sandbox", "Identifier": created.ID, "LastModifiedDate": created.LastModifiedDate, "Customer": draft["Customer"],
			"Project": map[string]any{"Title": title}, "LifeCycle": map[string]any{"Stage": "Prospect"}, "Marketing": map[string]any{"Source": "None"}, "OpportunityType": "Net New Business",
		}
	}
	var first, second, third receipt
	if refusal := use(t, a, "propose_UpdateOpportunity", update("First"), &first); refusal != "" {
		t.Fatal(refusal)
	}
	use(t, a, "propose_UpdateOpportunity", update("Second"), &second)
	use(t, a, "propose_AssignOpportunity", map[string]any{"Catalog": "Sandbox", "Identifier": created.ID, "Assignee": map[string]any{
		"Email": "a@example.com", "FirstName": "A", "LastName": "B", "BusinessTitle": "Sales",
	}}, &third)
	if len(first.Changes) != 1 || first.Record != created.ID || first.Changes[0].Field != "Project.Title" || first.Changes[0].After != "First" {
		t.Errorf("changes %+v", first.Changes)
	}
	if refusal := use(t, other, "propose_UpdateOpportunity", update("Theft"), nil); !strings.Contains(refusal, "ResourceNotFoundException") {
		t.Errorf("another account proposes: %q", refusal)
	}
	if p, err := decide("approve", first.Token); err != nil || p.Status != "APPROVED" {
		t.Fatalf("%+v, %v", p, err)
	}
	for _, changed := range []receipt{second, third} {
		if _, err := decide("approve", changed.Token); err == nil || !strings.Contains(err.Error(), "was changed since") {
			t.Errorf("changed meanwhile: %v", err)
		}
		use(t, a, "get_proposal", map[string]any{"Token": changed.Token}, &changed)
		if changed.Status != "FAILED" || !strings.Contains(changed.Error, "was changed since") {
			t.Errorf("became %+v", changed)
		}
	}
	var record struct{ Project struct{ Title string } }
	use(t, a, "GetOpportunity", map[string]any{"Catalog": "Sandbox", "Identifier": created.ID}, &record)
	if record.Project.Title != "First" {
		t.Errorf("the title is %q", record.Project.Title)
	}

	// Rejected and expired ones are not carried out.
	var rejected, expired receipt
	use(t, a, "propose_CreateOpportunity", draft, &rejected)
	use(t, a, "propose_CreateOpportunity", draft, &expired)
	if p, err := decide("reject", rejected.Token); err != nil || p.Status != "REJECTED" {
		t.Errorf("%+v, %v", p, err)
	}
	if _, err := client.send(http.MethodPost, "/clock", map[string]string{"advance": "169h"}); err != nil {
		t.Fatal(err)
	}
	for token, want := range map[string]string{rejected.Token: "REJECTED already", expired.Token: "expired"} {
		if _, err := decide("approve", token); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("approved %v, want %s", err, want)
		}
	}
	if count() != 1 {
		t.Errorf("there are %d", count())
	}
	if _, err := decide("approve", "prop-"+strings.Repeat("a", 24)); err == nil {
		t.Error("an unknown one was approved")
	}
	var listed, shown strings.Builder
	if err := errors.Join((proposalList{operatorClient: client, Limit: 10}).Run(output(&listed)), (proposalShow{client, first.Token}).Run(output(&shown))); err != nil {
		t.Error(err)
	}
	for _, want := range []string{"EXPIRED", "REJECTED", "FAILED", "APPROVED"} {
		if !strings.Contains(listed.String(), want) {
			t.Errorf("%s is not in\n%s", want, &listed)
		}
	}
	if !strings.Contains(shown.String(), "Project.Title") {
		t.Errorf("shown as\n%s", &shown)
	}
	if err := (proposalReject{proposalDecision{operatorClient: client, Token: first.Token}}).Run(output(io.Discard)); err == nil {
		t.Error("an approved one was rejected")
	}
	if err := end(); err != nil {
		t.Error(err)
	}
}

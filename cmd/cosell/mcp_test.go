package main

import (
	"strings"
	"testing"

	"github.com/modelcontextprotocol/go-sdk/mcp"
)

// An agent reads as the account whose keys it has, and acts as an operator where it was
// allowed to.
func TestAgentsReachTheServer(t *testing.T) {
	s := listening(t, t.Output())
	end := running(t, s)
	client := agentOf(t, mcpCommand{signedClient: signedClient{Endpoint: s.URL(), Account: "111122223333", Secret: "test"}, Simulate: true})
	for _, c := range []struct {
		tool      string
		arguments map[string]any
		failed    bool
		want      string
	}{
		{"ListOpportunities", map[string]any{"Catalog": "Sandbox"}, false, `"OpportunitySummaries":[]`},
		{"GetOpportunity", map[string]any{"Catalog": "Sandbox", "Identifier": "O1234567"}, true, "ResourceNotFoundException"},
		{"operator_reviews", map[string]any{"account": "111122223333"}, false, `"reviews":[]`},
		{"operator_advance_clock", map[string]any{"advance": "360h"}, false, `"adjusted":true`},
		{"operator_advance_clock", map[string]any{"advance": "soon"}, true, "advance: must be a duration"},
	} {
		r, err := client.CallTool(t.Context(), &mcp.CallToolParams{Name: c.tool, Arguments: c.arguments})
		if err != nil {
			t.Fatal(err)
		}
		if text, _ := r.Content[0].(*mcp.TextContent); r.IsError != c.failed || !strings.Contains(text.Text, c.want) {
			t.Errorf("%s: failed %v: %s", c.tool, r.IsError, text.Text)
		}
	}
	if err := end(); err != nil {
		t.Error(err)
	}
}

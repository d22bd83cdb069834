package agent_test

import (
	"context"
	"encoding/json"
	"errors"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/modelcontextprotocol/go-sdk/mcp"

	"cosell/internal/agent"
	"cosell/internal/api"
	"cosell/model/smithy"
)

// session returns a client of a server, and the requests that the server sends on.
func session(t *testing.T, operate, simulate bool) (*mcp.ClientSession, *[]string) {
	t.Helper()
	var sent []string
	config := agent.Config{
		Version: "1", MaySimulate: simulate,
		Call: func(_ context.Context, operation string, in json.RawMessage) (json.RawMessage, error) {
			sent = append(sent, operation+" "+string(in))
			if operation == "GetOpportunity" {
				return nil, errors.New("GetOpportunity: ResourceNotFoundException: there is none")
			}
			return json.RawMessage(`{"Done":true}`), nil
		},
	}
	config.Propose = config.Call
	if operate {
		config.Operate = func(_ context.Context, method, path string, in any) (json.RawMessage, error) {
			body, err := json.Marshal(in)
			sent = append(sent, method+" "+path+" "+string(body))
			return json.RawMessage(`{}`), err
		}
	}
	server, err := agent.New(config)
	if err != nil {
		t.Fatal(err)
	}
	near, far := mcp.NewInMemoryTransports()
	serving, err := server.Connect(t.Context(), far, nil)
	if err != nil {
		t.Fatal(err)
	}
	client, err := mcp.NewClient(&mcp.Implementation{Name: "test", Version: "1"}, nil).Connect(t.Context(), near, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = errors.Join(client.Close(), serving.Wait()) })
	return client, &sent
}

func tools(t *testing.T, s *mcp.ClientSession) map[string]*mcp.Tool {
	t.Helper()
	all := map[string]*mcp.Tool{}
	for tool, err := range s.Tools(t.Context(), nil) {
		if err != nil {
			t.Fatal(err)
		}
		all[tool.Name] = tool
	}
	return all
}

// Every operation that reads is a tool, and each that writes is proposed.
func TestOperationsThatReadAreTools(t *testing.T) {
	s, _ := session(t, false, false)
	all := tools(t, s)
	for _, op := range api.Operations {
		tool, offered := all[op.Name]
		if _, proposed := all["propose_"+op.Name]; offered != op.ReadOnly || proposed == op.ReadOnly {
			t.Errorf("%s: offered %v, proposed %v, reads only %v", op.Name, offered, proposed, op.ReadOnly)
		}
		delete(all, "propose_"+op.Name)
		if offered && (tool.Description == "" || !tool.Annotations.ReadOnlyHint) {
			t.Errorf("%s: description %q, annotations %+v", op.Name, tool.Description, tool.Annotations)
		}
		delete(all, op.Name)
	}
	delete(all, "get_proposal")
	if len(all) > 0 {
		t.Errorf("more tools than operations: %v", all)
	}
}

func TestInputSchema(t *testing.T) {
	s, _ := session(t, false, false)
	got, err := json.Marshal(tools(t, s)["GetOpportunity"].InputSchema)
	if err != nil {
		t.Fatal(err)
	}
	var schema struct {
		Type       string                                        `json:"type"`
		Required   []string                                      `json:"required"`
		Additional bool                                          `json:"additionalProperties"`
		Properties map[string]struct{ Type, Description string } `json:"properties"`
	}
	if err := json.Unmarshal(got, &schema); err != nil {
		t.Fatal(err)
	}
	slices.Sort(schema.Required)
	if schema.Type != "object" || !cmp.Equal(schema.Required, []string{"Catalog", "Identifier"}) || schema.Properties["Identifier"].Type != "string" || schema.Properties["Catalog"].Description == "" {
		t.Errorf("got %s", got)
	}
}

// An agent is told the limits that the contract has, so that it need not find them out by
// being refused.
func TestSchemasHaveTheLimitsOfTheContract(t *testing.T) {
	s, _ := session(t, false, false)
	all := tools(t, s)
	for name, c := range map[string]struct {
		tool string
		at   []string // names of members; "" is the element of a list or map
		want map[string]any
	}{
		"a length":        {"propose_CreateOpportunity", []string{"Project", "CustomerBusinessProblem"}, map[string]any{"minLength": 20., "maxLength": 2000.}},
		"a pattern":       {"GetOpportunity", []string{"Identifier"}, map[string]any{"pattern": "^(?:O[0-9]{1,19})$"}},
		"what is meant":   {"GetOpportunity", []string{"Identifier"}, map[string]any{"description": "Must be O followed by 1 to 19 digits."}},
		"values":          {"propose_CreateOpportunity", []string{"LifeCycle", "Stage"}, map[string]any{"enum": []any{"Prospect", "Qualified", "Technical Validation", "Business Validation", "Committed", "Launched", "Closed Lost"}}},
		"the catalogs":    {"GetOpportunity", []string{"Catalog"}, map[string]any{"enum": []any{"AWS", "Sandbox"}}},
		"a range":         {"ListOpportunities", []string{"MaxResults"}, map[string]any{"minimum": 1., "maximum": 100.}},
		"entries":         {"propose_CreateOpportunity", []string{"OpportunityTeam"}, map[string]any{"maxItems": 10.}},
		"our own entries": {"propose_CreateOpportunity", []string{"PrimaryNeedsFromAws"}, map[string]any{"maxItems": 100.}},
		"in a list":       {"propose_CreateOpportunity", []string{"Customer", "Contacts", "", "FirstName"}, map[string]any{"maxLength": 80.}},
		"no wide pattern": {"propose_TagResource", []string{"Tags", "", "Value"}, map[string]any{"pattern": nil, "maxLength": 256.}},
	} {
		t.Run(name, func(t *testing.T) {
			encoded, err := json.Marshal(all[c.tool].InputSchema)
			if err != nil {
				t.Fatal(err)
			}
			var at map[string]any
			if err := json.Unmarshal(encoded, &at); err != nil {
				t.Fatal(err)
			}
			for _, member := range c.at {
				if member == "" {
					at, _ = at["items"].(map[string]any)
					continue
				}
				properties, _ := at["properties"].(map[string]any)
				at, _ = properties[member].(map[string]any)
			}
			for limit, want := range c.want {
				if !cmp.Equal(at[limit], want) {
					t.Errorf("%s is %v, want %v; in %v", limit, at[limit], want, at)
				}
			}
		})
	}
}

// Patterns are those that every client's regular expressions have: no class or group of one
// language alone.
func TestPatternsArePortable(t *testing.T) {
	s, _ := session(t, false, false)
	found := 0
	var walk func(tool string, v any)
	walk = func(tool string, v any) {
		switch v := v.(type) {
		case map[string]any:
			if pattern, ok := v["pattern"].(string); ok {
				found++
				if _, err := regexp.Compile(smithy.RE2(pattern)); err != nil {
					t.Errorf("%s: %s: %v", tool, pattern, err)
				}
				if foreign := regexp.MustCompile(`\\[^dwu.?+*/\-\[\](){}|^$\\]|\(\?[^:]`).FindString(pattern); foreign != "" {
					t.Errorf("%s: %s has %s", tool, pattern, foreign)
				}
			}
			for _, inner := range v {
				walk(tool, inner)
			}
		case []any:
			for _, inner := range v {
				walk(tool, inner)
			}
		}
	}
	for name, tool := range tools(t, s) {
		walk(name, tool.InputSchema)
	}
	if found < 100 {
		t.Errorf("%d patterns", found)
	}
}

func TestOperatorTools(t *testing.T) {
	for name, c := range map[string]struct {
		operate, simulate bool
		want              []string
	}{
		"none":    {false, true, nil},
		"reading": {true, false, []string{"operator_pipeline", "operator_requests", "operator_resource", "operator_reviews", "operator_submission_check"}},
		"acting":  {true, true, []string{"operator_advance_clock", "operator_clear_faults", "operator_inject_fault", "operator_pipeline", "operator_refer", "operator_requests", "operator_resource", "operator_review", "operator_reviews", "operator_submission_check"}},
	} {
		t.Run(name, func(t *testing.T) {
			s, _ := session(t, c.operate, c.simulate)
			var got []string
			for tool := range tools(t, s) {
				if strings.HasPrefix(tool, "operator_") {
					got = append(got, tool)
				}
			}
			slices.Sort(got)
			if !cmp.Equal(got, c.want) {
				t.Error(cmp.Diff(c.want, got))
			}
		})
	}
}

func TestCalls(t *testing.T) {
	for name, c := range map[string]struct {
		tool      string
		arguments map[string]any
		sent      string // "" for none
		failed    bool
		text      string
	}{
		"an operation":         {"ListOpportunities", map[string]any{"Catalog": "Sandbox"}, `ListOpportunities {"Catalog":"Sandbox"}`, false, `{"Done":true}`},
		"a refusal":            {"GetOpportunity", map[string]any{"Catalog": "Sandbox", "Identifier": "O1"}, `GetOpportunity {"Catalog":"Sandbox","Identifier":"O1"}`, true, "there is none"},
		"a path and a query":   {"operator_submission_check", map[string]any{"id": "O1/..", "account": "111111111111", "catalog": "Sandbox"}, `GET /opportunities/O1%2F../submission?account=111111111111&catalog=Sandbox null`, false, "{}"},
		"a body":               {"operator_review", map[string]any{"id": "O1", "account": "111111111111", "catalog": "Sandbox", "decision": "Approve"}, `POST /opportunities/O1/review?account=111111111111&catalog=Sandbox {"decision":"Approve"}`, false, "{}"},
		"a list of one":        {"operator_inject_fault", map[string]any{"error": "ThrottlingException", "rate": 0.5}, `PUT /faults [{"error":"ThrottlingException","rate":0.5}]`, false, "{}"},
		"no arguments":         {"operator_clear_faults", nil, `DELETE /faults null`, false, "{}"},
		"an object":            {"operator_refer", map[string]any{"account": "111111111111", "catalog": "Sandbox", "opportunity": map[string]any{"Project": map[string]any{"Title": "T"}}}, `POST /referrals {"account":"111111111111","catalog":"Sandbox","opportunity":{"Project":{"Title":"T"}}}`, false, "{}"},
		"a missing argument":   {"operator_advance_clock", nil, "", true, "argument advance: is missing; must be given"},
		"an unknown argument":  {"operator_advance_clock", map[string]any{"advance": "1h", "by": "x"}, "", true, "argument by: is unknown; must be one of advance"},
		"a wrong argument":     {"operator_review", map[string]any{"id": "O1", "account": "1", "catalog": "Sandbox", "decision": "Yes"}, "", true, "argument decision: must be one of StartReview, Approve, Reject, RequestAction"},
		"an argument not text": {"operator_resource", map[string]any{"id": 1}, "", true, "argument id: must be a text"},
	} {
		t.Run(name, func(t *testing.T) {
			s, sent := session(t, true, true)
			r, err := s.CallTool(t.Context(), &mcp.CallToolParams{Name: c.tool, Arguments: c.arguments})
			if err != nil {
				t.Fatal(err)
			}
			text, _ := r.Content[0].(*mcp.TextContent)
			if r.IsError != c.failed || !strings.Contains(text.Text, c.text) {
				t.Errorf("failed %v: %s", r.IsError, text.Text)
			}
			if got := strings.Join(*sent, "\n"); got != c.sent {
				t.Errorf("sent %s\nwant %s", got, c.sent)
			}
		})
	}
}

// Package agent offers the API to AI agents as tools of the Model Context Protocol:
// each operation that only reads, each other one as a proposal, and on request what an operator may do. It is a client
// like others, and its caller may do no more than its keys allow.
package agent

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"cosell/internal/api"
	"cosell/model"
)

// Config configures a server. Call and Version are required.
type Config struct {
	Version string
	// Call sends an operation to the API and returns its answer.
	Call func(ctx context.Context, operation string, in json.RawMessage) (json.RawMessage, error)
	// Propose sends what would be changed, and returns the proposal, or the one that
	// GetProposal names; nil leaves out these tools.
	Propose func(ctx context.Context, operation string, in json.RawMessage) (json.RawMessage, error)
	// Operate calls a route of the operator API; nil leaves out the operator's tools.
	Operate func(ctx context.Context, method, path string, in any) (json.RawMessage, error)
	// MaySimulate offers the tools that act as AWS and move the clock.
	MaySimulate bool
}

const instructions = `Cosell answers the AWS Partner Central Selling API. Identifiers begin with O (opportunity), eng- (engagement), engi- (invitation). ` +
	`Every call needs the catalog: "Sandbox" for tests, "AWS" for production. Lists come in pages; pass NextToken for the next one. ` +
	`Nothing is changed directly: a propose_ tool checks a change, shows what would be different and returns a token. ` +
	`A person must approve it; tell the user the token and the command "cosell approve TOKEN". get_proposal tells what became of it.`

// New returns a server that offers the tools.
func New(c Config) (*mcp.Server, error) {
	contract, err := model.Load()
	if err != nil {
		return nil, err
	}
	s := mcp.NewServer(&mcp.Implementation{Name: "cosell", Title: "Cosell", Version: c.Version}, &mcp.ServerOptions{Instructions: instructions})
	for i := range api.Operations {
		if op := &api.Operations[i]; op.ReadOnly {
			shape := contract.Shapes[op.Name]
			s.AddTool(&mcp.Tool{
				Name: op.Name, Description: shape.Doc, InputSchema: inputSchema(contract, shape.Input),
				Annotations: &mcp.ToolAnnotations{ReadOnlyHint: true},
			}, c.read(op.Name))
		}
	}
	if c.Propose != nil {
		c.addProposals(s, contract)
	}
	if c.Operate == nil {
		return s, nil
	}
	for _, t := range operatorTools(contract) {
		if t.readOnly || c.MaySimulate {
			s.AddTool(&mcp.Tool{
				Name: t.name, Description: t.description, InputSchema: t.schema(),
				Annotations: &mcp.ToolAnnotations{ReadOnlyHint: t.readOnly},
			}, c.operate(t))
		}
	}
	return s, nil
}

func (c Config) read(operation string) mcp.ToolHandler {
	return func(ctx context.Context, r *mcp.CallToolRequest) (*mcp.CallToolResult, error) {
		return result(c.Call(ctx, operation, arguments(r))), nil
	}
}

// result returns an answer or a refusal as agents read it. A refusal is a result, since
// the agent can mend its call.
func result(answer json.RawMessage, err error) *mcp.CallToolResult {
	if err != nil {
		return &mcp.CallToolResult{IsError: true, Content: []mcp.Content{&mcp.TextContent{Text: err.Error()}}}
	}
	out := &mcp.CallToolResult{Content: []mcp.Content{&mcp.TextContent{Text: string(answer)}}}
	if strings.HasPrefix(string(answer), "{") {
		out.StructuredContent = answer
	}
	return out
}

// errArgument reports an argument that a tool does not have or needs.
var errArgument = errors.New("argument")

func (c Config) operate(t operatorTool) mcp.ToolHandler {
	return func(ctx context.Context, r *mcp.CallToolRequest) (*mcp.CallToolResult, error) {
		arguments := map[string]json.RawMessage{}
		if len(r.Params.Arguments) > 0 {
			if err := json.Unmarshal(r.Params.Arguments, &arguments); err != nil {
				return result(nil, fmt.Errorf("%w: must be an object: %w", errArgument, err)), nil
			}
		}
		path, in, err := t.request(arguments)
		if err != nil {
			return result(nil, err), nil
		}
		return result(c.Operate(ctx, t.method, path, in)), nil
	}
}

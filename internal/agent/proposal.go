package agent

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"slices"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"cosell/internal/api"
	"cosell/internal/proposal"
	"cosell/model/smithy"
)

// clientToken is the member that makes requests repeatable, which agents need not know.
const clientToken = "ClientToken"

// addProposals adds a tool for each operation that writes, and one that tells what became
// of a proposal.
func (c Config) addProposals(s *mcp.Server, contract *smithy.Model) {
	for i := range api.Operations {
		op := &api.Operations[i]
		if op.ReadOnly {
			continue
		}
		shape := contract.Shapes[op.Name]
		s.AddTool(&mcp.Tool{
			Name: "propose_" + op.Name,
			Description: "Proposes: " + shape.Doc + " Nothing is changed until a person approves the proposal. " +
				"The answer has its Token and the Changes that it would make, field by field.",
			InputSchema: proposalSchema(contract, shape.Input),
			Annotations: &mcp.ToolAnnotations{DestructiveHint: new(false)},
		}, c.propose(op, contract.Shapes[shape.Input].Member(clientToken) != nil))
	}
	token := ofType(typeString)
	token["description"] = "Token of a proposal, such as prop-k5cwqz2vbnuyhm6a3ejrt7xd, which a propose_ tool returned"
	in := ofType(typeObject)
	in["properties"], in["required"], in["additionalProperties"] = object{"Token": token}, []string{"Token"}, false
	s.AddTool(&mcp.Tool{
		Name:        "get_proposal",
		Description: "What became of a proposal: PENDING until a person decides, then APPROVED (with the Answer of the operation), REJECTED (Comments say why), FAILED (Error says why) or EXPIRED.",
		InputSchema: in, Annotations: &mcp.ToolAnnotations{ReadOnlyHint: true},
	}, func(ctx context.Context, r *mcp.CallToolRequest) (*mcp.CallToolResult, error) {
		return result(c.Propose(ctx, "GetProposal", arguments(r))), nil
	})
}

// proposalSchema is the schema of an operation's input without the client token.
func proposalSchema(m *smithy.Model, input string) object {
	out := inputSchema(m, input)
	if properties, ok := out["properties"].(object); ok {
		delete(properties, clientToken)
	}
	if required, ok := out["required"].([]string); ok {
		out["required"] = slices.DeleteFunc(required, func(name string) bool { return name == clientToken })
	}
	return out
}

var errObject = errors.New("arguments: must be an object")

func (c Config) propose(op *api.Operation, repeatable bool) mcp.ToolHandler {
	return func(ctx context.Context, r *mcp.CallToolRequest) (*mcp.CallToolResult, error) {
		in := arguments(r)
		if repeatable {
			var members map[string]json.RawMessage
			if json.Unmarshal(in, &members) != nil || members == nil {
				return result(nil, errObject), nil //nolint:nilerr // the result tells what is wrong
			}
			if _, given := members[clientToken]; !given {
				members[clientToken] = json.RawMessage(`"` + rand.Text() + `"`)
			}
			var err error
			if in, err = json.Marshal(members); err != nil {
				return result(nil, err), nil
			}
		}
		return result(c.Propose(ctx, proposal.Prefix+op.Name, in)), nil
	}
}

// arguments returns the arguments of a call, which may be left out.
func arguments(r *mcp.CallToolRequest) json.RawMessage {
	if len(r.Params.Arguments) == 0 {
		return json.RawMessage("{}")
	}
	return r.Params.Arguments
}

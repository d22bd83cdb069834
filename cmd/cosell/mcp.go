package main

import (
	"context"
	"encoding/json"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"cosell/internal/agent"
	"cosell/internal/proposal"
)

// mcpCommand serves tools for AI agents.
type mcpCommand struct {
	signedClient

	OperatorToken string `placeholder:"TOKEN" help:"Operator token, which servers with strict auth ask for. Prefer the variable."`
	Propose       bool   `env:"-" default:"true" negatable:"" help:"Offer tools that propose changes, which a person approves (on)."`
	Operator      bool   `env:"-" help:"Offer tools that read the operator API, too."`
	Simulate      bool   `env:"-" help:"Offer tools that review as AWS and move the clock, too. Implies --operator."`
}

// Help implements [kong.HelpProvider].
func (mcpCommand) Help() string {
	return "The protocol is spoken on standard input and output; an agent starts the command. Its tools read, and propose changes that a person approves, as the account whose keys are given.\n\n" +
		examples("cosell mcp --account 123456789012", "cosell mcp --simulate")
}

// Run serves until standard input ends.
func (c mcpCommand) Run() error {
	s, err := c.server()
	if err != nil {
		return err
	}
	return s.Run(context.Background(), &mcp.StdioTransport{})
}

func (c mcpCommand) server() (*mcp.Server, error) {
	config := agent.Config{
		Version: currentBuild().version, MaySimulate: c.Simulate,
		Call: func(_ context.Context, operation string, in json.RawMessage) (answer json.RawMessage, err error) {
			err = c.call(operation, in, &answer) //nolint:contextcheck // it has a time limit of its own
			return answer, err
		},
	}
	if c.Propose {
		config.Propose = func(_ context.Context, operation string, in json.RawMessage) (answer json.RawMessage, err error) {
			err = c.send("application/x-amz-json-1.1", proposal.TargetPrefix, operation, in, &answer) //nolint:contextcheck // it has a time limit of its own
			return answer, err
		}
	}
	if c.Operator || c.Simulate {
		operators := operatorClient{Endpoint: c.Endpoint, OperatorToken: c.OperatorToken}
		config.Operate = func(_ context.Context, method, path string, in any) (json.RawMessage, error) {
			return operators.send(method, path, in) //nolint:contextcheck // it has a time limit of its own
		}
	}
	return agent.New(config)
}

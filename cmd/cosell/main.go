// Command cosell runs and administers a server that implements the AWS Partner
// Central Selling API. This package holds the command line and wires the server
// together.
package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/alecthomas/kong"
)

// Exit statuses.
const (
	exitOK    = 0
	exitError = 1
	exitUsage = 2
)

type program struct {
	VersionFlag versionFlag `name:"version" env:"-" help:"Print the version."`

	Serve     serve            `cmd:"" help:"Run the server."`
	Init      initCommand      `cmd:"" help:"Set up a server with strict authentication: first account, user, key, operator token and certificate."`
	Review    reviewCommand    `cmd:"" help:"Review opportunities as AWS, on a running server."`
	Refer     refer            `cmd:"" help:"Refer an opportunity from AWS to a partner, on a running server."`
	Clock     clockCommand     `cmd:"" help:"Read or move the business clock of a running server."`
	Solutions solutionsCommand `cmd:"" help:"List or add the solutions of an account, on a running server."`
	Customers customersCommand `cmd:"" help:"List or match customer accounts, on a running server."`
	Faults    faultsCommand    `cmd:"" help:"List, set or clear faults that let requests fail on purpose, on a running server."`
	Quotas    quotasCommand    `cmd:"" help:"Show, set or clear how often an account may call operations, on a running server."`
	Fixtures  fixturesCommand  `cmd:"" help:"Check files of records, or load them into a running server."`
	Requests  requestsCommand  `cmd:"" help:"List, follow or show the last requests to the API, on a running server."`
	Groups    groupsCommand    `cmd:"" help:"List, put or delete engagement groups, on a running server."`
	Account   accountCommand   `cmd:"" help:"Show or set the profile of an account, on a running server."`
	User      userCommand      `cmd:"" help:"Make, list or delete users of an account and their groups, on a running server."`
	Role      roleCommand      `cmd:"" help:"Make, list or delete roles of an account, on a running server."`
	Key       keyCommand       `cmd:"" help:"Make, list, deactivate or delete access keys of users, on a running server."`
	Token     tokenCommand     `cmd:"" help:"Make, list or revoke tokens of operators, on a running server."`
	Audit     auditCommand     `cmd:"" help:"List, export or verify the audit of a running server."`
	Files     filesCommand     `cmd:"" help:"Upload files for bulk jobs to a running server."`
	Bulk      bulkCommand      `cmd:"" help:"Run bulk jobs on a running server, and print templates."`
	Export    exportCommand    `cmd:"" help:"Export a whole store to a file."`
	Import    importCommand    `cmd:"" help:"Import an exported file into a store."`
	Backup    backupCommand    `cmd:"" help:"Copy an embedded store, which may be in use."`
	Check     checkCommand     `cmd:"" help:"Check a whole store, which may be in use, and name what is damaged."`
	Storage   storageCommand   `cmd:"" help:"Show the rows and bytes of a store by table and account."`
	Migrate   migrateCommand   `cmd:"" help:"Show or migrate the schema of a store."`
	Model     modelCommand     `cmd:"" help:"Compare the API model with another one."`
	Policy    policyCommand    `cmd:"" help:"Check IAM policies, try them on requests, and give them to users, groups and roles."`
	Health    healthCommand    `cmd:"" help:"Ask a running server whether it is ready."`
	Reset     resetCommand     `cmd:"" help:"Remove everything, or one account, from a running server."`
	Accounts  accountsCommand  `cmd:"" help:"List the accounts of a running server."`
	Conform   conformCommand   `cmd:"" help:"Check a running server, or AWS, against the documented behavior."`
	Record    recordCommand    `cmd:"" help:"Keep the exchanges between a client and an endpoint in a file."`
	Replay    replayCommand    `cmd:"" help:"Send recorded requests to an endpoint and show what answers differently."`
	Events    eventsCommand    `cmd:"" help:"List, follow or replay events, on a running server."`
	Webhook   webhookCommand   `cmd:"" help:"List, add, rotate, test or remove webhook endpoints, on a running server."`

	Deliveries deliveriesCommand `cmd:"" help:"List deliveries of events and redrive dead letters, on a running server."`

	Proposals proposalsCommand `cmd:"" help:"List, show, approve or reject what agents propose, on a running server."`
	Approve   proposalApprove  `cmd:"" help:"Approve what an agent proposes, which carries it out; short for proposals approve."`

	MCP mcpCommand `cmd:"" name:"mcp" help:"Serve tools for AI agents by the Model Context Protocol."`

	History historyCommand `cmd:"" help:"List every change of an opportunity, customer account or engagement with its author, on a running server."`

	Completion completionCommand `cmd:"" help:"Print the completion script of a shell."`
	Complete   completeCommand   `cmd:"" hidden:"" help:"Print what can follow words of a command line."`
	Version    showVersion       `cmd:"" help:"Print the version."`
}

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

// run runs the program and returns its exit status.
func run(args []string, stdout, stderr io.Writer) int {
	parser := newParser(stdout, stderr)
	command, err := parser.Parse(askedForHelp(args))
	if err != nil {
		fmt.Fprintf(stderr, "cosell: %v\n", err)
		if wrong, ok := errors.AsType[*kong.ParseError](err); ok {
			parser.Stdout = stderr
			_ = wrong.Context.PrintUsage(true) // it only writes
		}
		return exitUsage
	}
	if err := command.Run(flagsOf(command)); err != nil {
		fmt.Fprintf(stderr, "cosell: %v\n", err)
		return exitError
	}
	return exitOK
}

// newParser returns the parser of the command line.
func newParser(stdout, stderr io.Writer) *kong.Kong {
	parser := kong.Must(new(program),
		kong.Name("cosell"),
		kong.Description("A server for the AWS Partner Central Selling API. The environment variable of a flag is shown beside it; a flag wins over it.\n\n"+
			examples("cosell serve", "cosell serve --listen 127.0.0.1:0 --data /tmp/cosell", "cosell review list", "cosell clock advance 360h")),
		kong.DefaultEnvars("COSELL"),
		kong.Vars{"data": defaultData(), "version": currentBuild().version},
		kong.Writers(stdout, stderr),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
		kong.BindTo(stdout, (*output)(nil)),
		kong.BindTo(stderr, (*diagnostics)(nil)),
	)
	addExamples(parser.Model)
	return parser
}

// askedForHelp turns the ways to ask for help into --help: no arguments at all, and
// "cosell help COMMAND".
func askedForHelp(args []string) []string {
	switch {
	case len(args) == 0:
		return []string{"--help"}
	case args[0] == "help":
		return append(slices.Clone(args[1:]), "--help")
	}
	return args
}

// flagsGiven are the flags of a command line, without those whose value comes from the
// environment.
type flagsGiven map[string]bool

func flagsOf(command *kong.Context) flagsGiven {
	given := flagsGiven{}
	for _, part := range command.Path {
		if part.Flag != nil && !part.Resolved {
			given[part.Flag.Name] = true
		}
	}
	return given
}

// versionFlag prints the version and ends the program.
type versionFlag bool

// BeforeReset implements the hook of kong that comes before all else.
func (versionFlag) BeforeReset(app *kong.Kong) error {
	if err := (showVersion{}).Run(app.Stdout); err != nil {
		return err
	}
	app.Exit(exitOK)
	return nil
}

// examples is the help of a command that shows how it is used.
func examples(lines ...string) string { return "Examples:\n  " + strings.Join(lines, "\n  ") }

// Commands receive the two streams by type.
type (
	output      io.Writer // for results
	diagnostics io.Writer // for everything else
)

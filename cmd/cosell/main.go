// Command cosell runs and administers a server that implements the AWS Partner
// Central Selling API. This package holds the command line and wires the server
// together.
package main

import (
	"fmt"
	"io"
	"os"

	"github.com/alecthomas/kong"
)

// Exit statuses.
const (
	exitOK    = 0
	exitError = 1
	exitUsage = 2
)

type program struct {
	Serve     serve            `cmd:"" help:"Run the server."`
	Review    reviewCommand    `cmd:"" help:"Review opportunities as AWS, on a running server."`
	Refer     refer            `cmd:"" help:"Refer an opportunity from AWS to a partner, on a running server."`
	Clock     clockCommand     `cmd:"" help:"Read or move the business clock of a running server."`
	Solutions solutionsCommand `cmd:"" help:"List or add the solutions of an account, on a running server."`
	Customers customersCommand `cmd:"" help:"List or match customer accounts, on a running server."`
	Export    exportCommand    `cmd:"" help:"Export a whole store to a file."`
	Import    importCommand    `cmd:"" help:"Import an exported file into a store."`
	Backup    backupCommand    `cmd:"" help:"Copy an embedded store, which may be in use."`
	Migrate   migrateCommand   `cmd:"" help:"Show or migrate the schema of a store."`
	Model     modelCommand     `cmd:"" help:"Compare the API model with another one."`
	Version   showVersion      `cmd:"" help:"Print the version."`
}

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

// run runs the program and returns its exit status.
func run(args []string, stdout, stderr io.Writer) int {
	parser := kong.Must(new(program),
		kong.Name("cosell"),
		kong.Description("A server for the AWS Partner Central Selling API. Every flag has an environment variable."),
		kong.DefaultEnvars("COSELL"),
		kong.Vars{"data": defaultData(), "version": currentBuild().version},
		kong.Writers(stdout, stderr),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
		kong.BindTo(stdout, (*output)(nil)),
		kong.BindTo(stderr, (*diagnostics)(nil)),
	)
	command, err := parser.Parse(args)
	if err != nil {
		fmt.Fprintf(stderr, "cosell: %v\nTry 'cosell --help'.\n", err)
		return exitUsage
	}
	if err := command.Run(); err != nil {
		fmt.Fprintf(stderr, "cosell: %v\n", err)
		return exitError
	}
	return exitOK
}

// Commands receive the two streams by type.
type (
	output      io.Writer // for results
	diagnostics io.Writer // for everything else
)

// Command cosell is a server that speaks the Partner Central Selling API and
// holds the whole co-sell story behind it. This package is flags and wiring,
// nothing else.
package main

import (
	"fmt"
	"io"
	"os"
	"runtime"

	"github.com/alecthomas/kong"
)

const version = "0.1.0"

// What the program ends with.
const (
	exitOK    = 0
	exitError = 1
	exitUsage = 2
)

type program struct {
	Serve     serve            `cmd:"" help:"Run the server."`
	Review    reviewCommand    `cmd:"" help:"Play AWS's reviewer on a running server."`
	Refer     refer            `cmd:"" help:"Have AWS refer an opportunity to a partner, on a running server."`
	Clock     clockCommand     `cmd:"" help:"Read or move the business clock of a running server."`
	Solutions solutionsCommand `cmd:"" help:"List or add the solutions of an account, on a running server."`
	Export    exportCommand    `cmd:"" help:"Write everything that a store holds to a file."`
	Import    importCommand    `cmd:"" help:"Read what was exported into a store."`
	Backup    backupCommand    `cmd:"" help:"Copy an embedded store, also while a server runs on it."`
	Migrate   migrateCommand   `cmd:"" help:"Look after the schema of a store."`
	Model     modelCommand     `cmd:"" help:"Look at the contract of the API."`
	Version   showVersion      `cmd:"" help:"Print the version."`
}

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

// run is the program but for the end of its process.
func run(args []string, stdout, stderr io.Writer) int {
	parser := kong.Must(new(program),
		kong.Name("cosell"),
		kong.Description("A server that speaks the Partner Central Selling API. Every flag has an environment variable."),
		kong.DefaultEnvars("COSELL"),
		kong.Vars{"data": defaultData(), "version": version},
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

// Commands are handed the two streams by type.
type (
	output      io.Writer // for what was asked for
	diagnostics io.Writer // for everything else
)

type showVersion struct{}

// Run prints the version.
func (showVersion) Run(out output) error {
	_, err := fmt.Fprintf(out, "cosell %s (%s %s/%s)\n", version, runtime.Version(), runtime.GOOS, runtime.GOARCH)
	return err
}

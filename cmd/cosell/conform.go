package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/signal"
	"regexp"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"cosell/internal/conform"
)

// conformCommand checks whether an endpoint behaves as the documentation says.
type conformCommand struct {
	Endpoint string   `placeholder:"URL" default:"http://127.0.0.1:8787" help:"Address of the server (${default})."`
	Region   string   `default:"us-east-1" env:"AWS_REGION" help:"Region of the signatures (${default})."`
	Only     string   `env:"-" placeholder:"PATTERN" help:"Only cases whose name matches this regular expression, such as ^CreateOpportunity/."`
	List     bool     `env:"-" help:"Print the cases and stop."`
	Yes      bool     `env:"-" help:"Create records at an endpoint that is not on this machine."`
	Rate     float64  `env:"-" default:"1" placeholder:"N" help:"Requests a second to an endpoint that is not on this machine (${default})."`
	Format   string   `env:"-" enum:"table,json,junit" default:"table" help:"Form of the report: table, json or junit (${default})."`
	Output   string   `env:"-" short:"o" placeholder:"FILE" help:"File that gets the report instead of standard output."`
	Compare  []string `env:"-" type:"existingfile" placeholder:"A,B" help:"Compare two reports in JSON and stop."`
}

// Help implements [kong.HelpProvider].
func (*conformCommand) Help() string {
	return "Sends requests in catalog Sandbox with the credentials of AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and " +
		"AWS_SESSION_TOKEN, by default those of the development account 111122223333. Cases about two partners need a second " +
		"account: COSELL_SECOND_ACCESS_KEY_ID, COSELL_SECOND_SECRET_ACCESS_KEY, COSELL_SECOND_SESSION_TOKEN.\n\n" +
		"Ends with status 1 if a case fails.\n\n" +
		examples("cosell conform", "cosell conform --only '^SubmitOpportunity/' --format junit --output report.xml",
			"cosell conform --endpoint https://partnercentral-selling.us-east-1.api.aws --yes --format json --output aws.json",
			"cosell conform --compare aws.json,cosell.json")
}

// Run runs the cases and writes the report.
func (c *conformCommand) Run(out output, errs diagnostics) error {
	if len(c.Compare) > 0 {
		return c.compare(out)
	}
	cases, err := c.cases()
	if err != nil {
		return err
	}
	if c.List {
		for _, one := range cases {
			fmt.Fprintf(out, "%-70s %-10s %s\n", one.Name, one.Certainty, one.Rule)
		}
		return nil
	}
	local := conform.Local(c.Endpoint)
	fmt.Fprintln(errs, conform.Plan(cases))
	if !local && !c.Yes {
		return fmt.Errorf("%s is not on this machine: repeat the command with --yes to create these records there", c.Endpoint)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	runner := &conform.Runner{Client: c.client("AWS_", "111122223333", local), Version: currentBuild().version, Progress: c.progress(errs)}
	if second := c.client("COSELL_SECOND_", "444455556666", local); second.Credentials.AccessKeyID != "" {
		runner.Second = second
	}
	if runner.Client.Credentials.AccessKeyID == "" {
		return errors.New("AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY: must be set for an endpoint that is not on this machine")
	}
	report, err := runner.Run(ctx, cases)
	if err != nil && report == nil {
		return err
	}
	if err := errors.Join(err, c.write(out, report)); err != nil {
		return err
	}
	if n := report.Count(conform.Fail); n > 0 {
		return fmt.Errorf("%d of %d cases failed", n, len(report.Results))
	}
	return nil
}

func (c *conformCommand) cases() ([]conform.Case, error) {
	var only *regexp.Regexp
	if c.Only != "" {
		var err error
		if only, err = regexp.Compile(c.Only); err != nil {
			return nil, fmt.Errorf("--only: %w", err)
		}
	}
	cases, err := conform.Cases(only)
	if err == nil && len(cases) == 0 {
		err = fmt.Errorf("--only: no case matches %q; 'cosell conform --list' prints them all", c.Only)
	}
	return cases, err
}

// client returns a client with the credentials of the environment, or a development account of this machine.
func (c *conformCommand) client(prefix, development string, local bool) *conform.Client {
	const timeout = 30 * time.Second
	client := &conform.Client{
		Endpoint: c.Endpoint, Region: c.Region, HTTP: &http.Client{Timeout: timeout},
		Credentials: aws.Credentials{
			AccessKeyID: os.Getenv(prefix + "ACCESS_KEY_ID"), SecretAccessKey: os.Getenv(prefix + "SECRET_ACCESS_KEY"),
			SessionToken: os.Getenv(prefix + "SESSION_TOKEN"),
		},
	}
	if client.Credentials.AccessKeyID == "" && local {
		client.Credentials = aws.Credentials{AccessKeyID: development, SecretAccessKey: "test"}
	}
	if !local && c.Rate > 0 {
		client.Interval = time.Duration(float64(time.Second) / c.Rate)
	}
	return client
}

// progress tells failures as they come, and now and then how far the run is.
func (*conformCommand) progress(errs io.Writer) func(done, total int, result conform.Result) {
	const step = 200
	return func(done, total int, result conform.Result) {
		if result.Status == conform.Fail {
			fmt.Fprintf(errs, "FAILED %s: %s\n", result.Name, result.Detail)
		}
		if done%step == 0 {
			fmt.Fprintf(errs, "%d of %d\n", done, total)
		}
	}
}

func (c *conformCommand) write(out output, report *conform.Report) error {
	if c.Output == "" {
		return report.Write(out, c.Format)
	}
	f, err := os.Create(c.Output)
	if err != nil {
		return err
	}
	if err := errors.Join(report.Write(f, c.Format), f.Close()); err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "%s: %d passed, %d failed, %d skipped\n", c.Output, report.Count(conform.Pass), report.Count(conform.Fail), report.Count(conform.Skip))
	return err
}

func (c *conformCommand) compare(out output) error {
	const two = 2
	if len(c.Compare) != two {
		return fmt.Errorf("--compare: must name two reports, such as --compare aws.json,cosell.json; has %d", len(c.Compare))
	}
	var reports []*conform.Report
	for _, name := range c.Compare {
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		report, err := conform.ReadReport(strings.NewReader(string(text)))
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		reports = append(reports, report)
	}
	if n := conform.Compare(out, reports[0], reports[1]); n > 0 {
		return fmt.Errorf("%d cases differ", n)
	}
	return nil
}

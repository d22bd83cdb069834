package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// healthCommand asks a server whether it is ready.
type healthCommand struct {
	Endpoint string        `default:"http://127.0.0.1:8787" placeholder:"URL" help:"Address of the server (${default})."`
	Timeout  time.Duration `default:"5s" help:"How long to wait for the answer (${default})."`
}

// Help implements [kong.HelpProvider].
func (healthCommand) Help() string {
	return "Ends with status 0 if the server and its store answer, and with 1 otherwise."
}

// Run asks and prints the answer.
func (c healthCommand) Run(out output) error {
	ctx, cancel := context.WithTimeout(context.Background(), c.Timeout)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimSuffix(c.Endpoint, "/")+"/readyz", nil)
	if err != nil {
		return fmt.Errorf("--endpoint: %w", err)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return fmt.Errorf("no answer from %s: %w", c.Endpoint, errors.Unwrap(err))
	}
	defer func() { _ = answer.Body.Close() }()
	const most = 1 << 10
	text, err := io.ReadAll(io.LimitReader(answer.Body, most))
	switch {
	case err != nil:
		return fmt.Errorf("read answer: %w", err)
	case answer.StatusCode != http.StatusOK:
		return fmt.Errorf("%s answered %s: %s", c.Endpoint, answer.Status, strings.TrimSpace(string(text)))
	}
	_, err = fmt.Fprintf(out, "%s is %s\n", c.Endpoint, strings.TrimSpace(string(text)))
	return err
}

// resetCommand removes everything from a running server.
type resetCommand struct {
	operatorClient

	Account string `env:"-" placeholder:"ACCOUNT" help:"Remove the records of this account only."`
}

// Help implements [kong.HelpProvider].
func (resetCommand) Help() string {
	return "Removes all records, events, profiles and policies of all accounts, and returns the clock to the real time. " +
		"The secrets of the installation are kept. With --account all records of that account are removed; its users, keys and " +
		"policies, the clock, and what it shares with other partners stay."
}

// Run resets the server.
func (c resetCommand) Run(out output) error {
	var result struct{ Rows int64 }
	path := "/reset"
	if c.Account != "" {
		path += "?" + url.Values{"account": {c.Account}}.Encode()
	}
	return c.ask(out, http.MethodPost, path, nil, &result, func(w io.Writer) {
		fmt.Fprintf(w, "Removed %d rows.\n", result.Rows)
	})
}

// accountsCommand lists the accounts of a running server.
type accountsCommand struct{ operatorClient }

// Run prints the accounts.
func (c accountsCommand) Run(out output) error {
	var list struct {
		Accounts []struct{ Account, CompanyName string }
	}
	return c.ask(out, http.MethodGet, "/accounts", nil, &list, func(w io.Writer) {
		fmt.Fprintln(w, "ACCOUNT\tCOMPANY")
		for _, a := range list.Accounts {
			fmt.Fprintf(w, "%s\t%s\n", a.Account, a.CompanyName)
		}
	})
}

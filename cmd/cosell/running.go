package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
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
type resetCommand struct{ operatorClient }

// Help implements [kong.HelpProvider].
func (resetCommand) Help() string {
	return "Removes all records, events, profiles and policies of all accounts, and returns the clock to the real time. " +
		"The secrets of the installation are kept."
}

// Run resets the server.
func (c resetCommand) Run(out output) error {
	var result struct{ Rows int64 }
	return c.ask(out, http.MethodPost, "/reset", nil, &result, func(w io.Writer) {
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

// eventsCommand lists the events of an account.
type eventsCommand struct {
	operatorClient

	Account string `default:"000000000000" placeholder:"ACCOUNT" help:"Account of twelve digits, or aws (${default}, the account of the access key test)."`
	After   string `default:"0" env:"-" placeholder:"SEQUENCE" help:"Only events after this sequence (${default})."`
	Limit   int    `default:"100" env:"-" help:"Maximum number of events (${default})."`
	Follow  bool   `short:"f" env:"-" help:"Wait for more events until interrupted."`
}

// Help implements [kong.HelpProvider].
func (eventsCommand) Help() string {
	return examples("cosell events --account 123456789012", "cosell events --follow --json | jq .event.detail")
}

type listedEvent struct {
	Sequence string          `json:"sequence"`
	Event    json.RawMessage `json:"event"`
}

type eventPage struct {
	Events []listedEvent `json:"events"`
	Next   string        `json:"next"`
}

// eventSummary is what a line shows of an envelope.
type eventSummary struct {
	Time   string `json:"time"`
	Kind   string `json:"detail-type"`
	Detail struct {
		Catalog     string       `json:"catalog"`
		Opportunity eventSubject `json:"opportunity"`
		Engagement  eventSubject `json:"engagement"`
		Invitation  eventSubject `json:"engagementInvitation"`
	} `json:"detail"`
}

type eventSubject struct {
	Identifier string `json:"identifier"`
	ID         string `json:"id"`
}

// followWait is how long the server may keep a request for events waiting.
const followWait = "20s"

// Run prints the events.
func (c eventsCommand) Run(out output) error {
	after := c.After
	for wait := ""; ; wait = followWait {
		query := url.Values{"account": {c.Account}, "after": {after}, "limit": {strconv.Itoa(c.Limit)}}
		if wait != "" {
			query.Set("wait", wait)
		}
		answer, err := c.send(http.MethodGet, "/events?"+query.Encode(), nil)
		if err != nil {
			return err
		}
		var list eventPage
		if err := json.Unmarshal(answer, &list); err != nil {
			return fmt.Errorf("read answer: %w", err)
		}
		for _, e := range list.Events {
			if err := c.print(out, e); err != nil {
				return err
			}
		}
		if !c.Follow {
			return nil
		}
		after = list.Next
	}
}

// print prints an event on a line.
func (c eventsCommand) print(out output, e listedEvent) error {
	if c.JSON {
		line, err := json.Marshal(e)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(out, "%s\n", line)
		return err
	}
	var envelope eventSummary
	if err := json.Unmarshal(e.Event, &envelope); err != nil {
		return fmt.Errorf("read event: %w", err)
	}
	subject := ""
	for _, s := range []eventSubject{envelope.Detail.Opportunity, envelope.Detail.Invitation, envelope.Detail.Engagement} {
		if subject == "" {
			subject = s.Identifier + s.ID
		}
	}
	_, err := fmt.Fprintf(out, "%s  %s  %-34s %-8s %s\n", e.Sequence, envelope.Time, envelope.Kind, envelope.Detail.Catalog, subject)
	return err
}

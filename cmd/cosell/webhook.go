package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
)

// webhookCommand keeps the webhook endpoints of an account on a running server.
type webhookCommand struct {
	List   listWebhooks  `cmd:"" default:"withargs" help:"List the webhook endpoints of an account."`
	Add    addWebhook    `cmd:"" help:"Add or change a webhook endpoint and print its secret."`
	Rotate rotateWebhook `cmd:"" help:"Give a webhook endpoint a new secret and print it."`
	Test   testWebhook   `cmd:"" help:"Send a test message to a webhook endpoint."`
	Remove removeWebhook `cmd:"" help:"Remove a webhook endpoint."`
}

// accountOption names the account that a command concerns.
type accountOption struct {
	Account string `default:"000000000000" placeholder:"ACCOUNT" help:"Account of twelve digits, or aws (${default}, the account of the access key test)."`
}

func (o accountOption) path(kind string) string {
	return "/accounts/" + url.PathEscape(o.Account) + "/" + kind
}

type webhookID struct {
	accountOption

	ID string `arg:"" placeholder:"ID" help:"Name of the endpoint, such as crm."`
}

func (w webhookID) path() string {
	return w.accountOption.path("webhooks") + "/" + url.PathEscape(w.ID)
}

type shownWebhook struct {
	ID, URL, Reason, Secret, OldSecretEnds string
	Pattern                                json.RawMessage
	Enabled                                bool
}

func (w *shownWebhook) print(to io.Writer) {
	state := "enabled"
	if !w.Enabled {
		state = w.Reason
	}
	fmt.Fprintf(to, "%s\t%s\t%s\t%s\n", w.ID, w.URL, state, w.Pattern)
}

// printSecret prints what is shown once.
func (w *shownWebhook) printSecret(to io.Writer) {
	if w.Secret != "" {
		fmt.Fprintf(to, "Secret, shown once: %s\n", w.Secret)
	}
	if w.OldSecretEnds != "" {
		fmt.Fprintf(to, "The old secret signs too until %s.\n", w.OldSecretEnds)
	}
}

type listWebhooks struct {
	operatorClient
	accountOption
}

// Run prints the endpoints.
func (c listWebhooks) Run(out output) error {
	var list struct{ Webhooks []shownWebhook }
	return c.ask(out, http.MethodGet, c.path("webhooks"), nil, &list, func(w io.Writer) {
		fmt.Fprintln(w, "WEBHOOK\tURL\tSTATE\tPATTERN")
		for _, one := range list.Webhooks {
			one.print(w)
		}
	})
}

type addWebhook struct {
	operatorClient
	webhookID

	URL     string `arg:"" name:"url" placeholder:"URL" help:"Where events are sent: https://, file:NAME, stdout: or eventbridge:BUS."`
	Pattern string `placeholder:"JSON" help:"EventBridge pattern that events must match; without it, all."`
	Disable bool   `help:"Send it nothing for now."`
}

// Help implements [kong.HelpProvider].
func (addWebhook) Help() string {
	return examples("cosell webhook add crm https://example.com/events --account 123456789012",
		`cosell webhook add crm http://127.0.0.1:9000/ --pattern '{"detail":{"catalog":["AWS"]}}'`)
}

// Run stores the endpoint and prints it.
func (c addWebhook) Run(out output) error {
	in := map[string]any{"url": c.URL, "enabled": !c.Disable}
	if c.Pattern != "" {
		if !json.Valid([]byte(c.Pattern)) {
			return errors.New("--pattern: must be JSON")
		}
		in["pattern"] = json.RawMessage(c.Pattern)
	}
	var put shownWebhook
	return c.ask(out, http.MethodPut, c.path(), in, &put, func(w io.Writer) {
		fmt.Fprintln(w, "WEBHOOK\tURL\tSTATE\tPATTERN")
		put.print(w)
		put.printSecret(w)
	})
}

type rotateWebhook struct {
	operatorClient
	webhookID

	Overlap string `default:"24h" placeholder:"DURATION" help:"How long the old secret signs too (${default})."`
}

// Run makes the secret and prints it.
func (c rotateWebhook) Run(out output) error {
	var put shownWebhook
	return c.ask(out, http.MethodPost, c.path()+"/rotate", map[string]string{"overlap": c.Overlap}, &put, put.printSecret)
}

type testWebhook struct {
	operatorClient
	webhookID
}

// Run sends a message and prints how it went.
func (c testWebhook) Run(out output) error {
	var result struct {
		Delivered     bool
		Status        int
		Answer, Error string
	}
	err := c.ask(out, http.MethodPost, c.path()+"/test", nil, &result, func(w io.Writer) {
		if result.Delivered {
			fmt.Fprintf(w, "Delivered: the endpoint answered %d.\n", result.Status)
		}
	})
	if err == nil && !c.JSON && !result.Delivered {
		return fmt.Errorf("not delivered: %s", result.Error)
	}
	return err
}

type removeWebhook struct {
	operatorClient
	webhookID
}

// Run removes the endpoint.
func (c removeWebhook) Run() error {
	_, err := c.send(http.MethodDelete, c.path(), nil)
	return err
}

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"cosell/internal/operator"
)

// operatorClient calls the operator API of a running server.
type operatorClient struct {
	Endpoint      string `default:"http://127.0.0.1:8787" placeholder:"URL" help:"Address of the server (${default})."`
	OperatorToken string `placeholder:"TOKEN" help:"Operator token, which servers with strict auth ask for. Prefer the variable."`
	JSON          bool   `name:"json" help:"Print the answer as JSON."`
}

// owner names the account and catalog of the records that a command concerns.
type owner struct {
	Account string `default:"000000000000" placeholder:"ACCOUNT" help:"Account of twelve digits (${default}, the account of the access key test)."`
	Catalog string `default:"Sandbox" enum:"AWS,Sandbox" placeholder:"CATALOG" help:"AWS or Sandbox (${default})."`
}

// Names in queries and bodies.
const (
	accountMember = "account"
	catalogMember = "catalog"
	statusMember  = "status"
)

func (o owner) query() url.Values {
	return url.Values{accountMember: {o.Account}, catalogMember: {o.Catalog}}
}

// listQuery returns the parameters of a list: how many entries at most, and the filters that are not empty.
func listQuery(limit int, filters map[string]string) url.Values {
	query := url.Values{"limit": {strconv.Itoa(limit)}}
	for name, value := range filters {
		if value != "" {
			query.Set(name, value)
		}
	}
	return query
}

// operatorTimeout is how long a server may take to answer.
const operatorTimeout = 30 * time.Second

// ask sends a request and decodes the answer into out. With --json it prints the
// answer, otherwise show prints it.
func (c operatorClient) ask(to output, method, path string, in, out any, show func(io.Writer)) error {
	answer, err := c.send(method, path, in)
	if err != nil {
		return err
	}
	if c.JSON {
		var indented bytes.Buffer
		if err := json.Indent(&indented, bytes.TrimSpace(answer), "", "  "); err != nil {
			return fmt.Errorf("read answer: %w", err)
		}
		_, err := fmt.Fprintln(to, indented.String())
		return err
	}
	if err := json.Unmarshal(answer, out); err != nil {
		return fmt.Errorf("read answer: %w", err)
	}
	table := tabwriter.NewWriter(to, 0, 0, 2, ' ', 0)
	show(table)
	return table.Flush()
}

// read asks for what is at a path and decodes it into out.
func (c operatorClient) read(path string, out any) error {
	answer, err := c.send(http.MethodGet, path, nil)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(answer, out); err != nil {
		return fmt.Errorf("read answer: %w", err)
	}
	return nil
}

// send sends a request and returns the answer, or an error that explains a refusal.
func (c operatorClient) send(method, path string, in any) ([]byte, error) {
	var body io.Reader
	if in != nil {
		encoded, err := json.Marshal(in)
		if err != nil {
			return nil, err
		}
		body = bytes.NewReader(encoded)
	}
	ctx, cancel := context.WithTimeout(context.Background(), operatorTimeout)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, method, strings.TrimSuffix(c.Endpoint, "/")+operator.Prefix+path, body)
	if err != nil {
		return nil, fmt.Errorf("--endpoint: %w", err)
	}
	if in != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	authorize(r, c.OperatorToken)
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return nil, fmt.Errorf("no answer from %s: %w\nIs it running? Start a server with 'cosell serve', or name another with --endpoint", c.Endpoint, errors.Unwrap(err))
	}
	defer func() { _ = answer.Body.Close() }()
	text, err := io.ReadAll(answer.Body)
	switch {
	case err != nil:
		return nil, fmt.Errorf("read answer: %w", err)
	case answer.StatusCode != http.StatusOK && answer.StatusCode != http.StatusNoContent:
		return nil, problem(answer.Status, text)
	}
	return text, nil
}

// authorize adds the token of an operator, if there is one, to a request.
func authorize(r *http.Request, token string) {
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
}

// problem returns the error for a refusal, with a line for each violation.
func problem(status string, text []byte) error {
	var p struct {
		Detail string `json:"detail"`
		Errors []struct {
			Message  string `json:"message"`
			Location string `json:"location"`
		} `json:"errors"`
	}
	if json.Unmarshal(text, &p) != nil || p.Detail == "" {
		return fmt.Errorf("the server answered %s", status)
	}
	for _, e := range p.Errors {
		p.Detail += fmt.Sprintf("\n  %s: %s", strings.TrimPrefix(e.Location, "body."), e.Message)
	}
	return errors.New(p.Detail)
}

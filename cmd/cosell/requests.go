package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// requestsCommand looks at the last requests to the API of a running server.
type requestsCommand struct {
	List  listRequests  `cmd:"" default:"withargs" help:"List the last requests."`
	Tail  tailRequests  `cmd:"" help:"Print requests as they come."`
	Show  showRequest   `cmd:"" help:"Show one request and its answer whole."`
	Clear clearRequests `cmd:"" help:"Forget the last requests."`
}

const requestsPath = "/requests"

// loggedRequest is a request that the server answered.
type loggedRequest struct {
	Sequence   string          `json:"sequence"`
	Time       time.Time       `json:"time"`
	DurationMs float64         `json:"durationMs"`
	Account    string          `json:"account"`
	Operation  string          `json:"operation"`
	Status     int             `json:"status"`
	Error      *loggedError    `json:"error"`
	Fault      string          `json:"fault"`
	Notices    []string        `json:"notices"`
	Request    json.RawMessage `json:"request"`
	Answer     json.RawMessage `json:"answer"`
	AWSCLI     string          `json:"awsCli"`
}

type loggedError struct {
	Type    string        `json:"type"`
	Message string        `json:"message"`
	Reason  string        `json:"reason"`
	Fields  []loggedField `json:"fields"`
}

type loggedField struct {
	Field   string `json:"field"`
	Code    string `json:"code"`
	Message string `json:"message"`
}

type requestPage struct {
	Requests []json.RawMessage `json:"requests"`
	Next     string            `json:"next"`
}

// summary is one line on a request.
func (r *loggedRequest) summary() string {
	line := fmt.Sprintf("%s  %s  %-12s  %-34s  %d  %5.1f ms", r.Sequence, r.Time.Local().Format("15:04:05.000"), dash(r.Account), dash(r.Operation), r.Status, r.DurationMs)
	if r.Error != nil {
		line += "  " + r.Error.Type
		if r.Error.Reason != "" {
			line += " " + r.Error.Reason
		}
		message, _, _ := strings.Cut(r.Error.Message, "\n")
		line += ": " + message
	}
	if r.Fault != "" {
		line += "  (fault " + r.Fault + ")"
	}
	return line
}

func dash(text string) string {
	if text == "" {
		return "-"
	}
	return text
}

// requestFilter says which requests are meant.
type requestFilter struct {
	Account   string `default:"*" env:"-" placeholder:"ACCOUNT" help:"Account of twelve digits, aws, or * for all (${default})."`
	Operation string `env:"-" placeholder:"NAME" help:"Only requests of this operation."`
	Failed    bool   `env:"-" help:"Only requests that were answered with an error."`
	AWSCLI    bool   `name:"aws-cli" env:"-" help:"Print the commands of the AWS CLI that send the requests again."`
}

// path returns the path of the last requests that are meant.
func (f requestFilter) path(limit int) string {
	return fmt.Sprintf("%s?account=%s&operation=%s&failed=%t&limit=%d", requestsPath, url.QueryEscape(f.Account), url.QueryEscape(f.Operation), f.Failed, limit)
}

// printPage prints the requests of a page.
func (f requestFilter) printPage(w io.Writer, page requestPage, raw bool) error {
	for _, text := range page.Requests {
		if raw {
			fmt.Fprintln(w, string(text))
			continue
		}
		var r loggedRequest
		if err := json.Unmarshal(text, &r); err != nil {
			return err
		}
		switch {
		case !f.AWSCLI:
			fmt.Fprintln(w, r.summary())
		case r.AWSCLI != "":
			fmt.Fprintln(w, r.AWSCLI)
		}
	}
	return nil
}

type listRequests struct {
	operatorClient
	requestFilter

	Limit int `env:"-" default:"20" help:"Maximum number of requests (${default})."`
}

// Help implements [kong.HelpProvider].
func (listRequests) Help() string {
	return examples("cosell requests --failed", "cosell requests --account 123456789012 --aws-cli", "cosell requests tail", "cosell requests show 17")
}

// Run prints the requests.
func (c listRequests) Run(out output) error {
	var page requestPage
	if err := c.read(c.path(c.Limit), &page); err != nil {
		return err
	}
	return c.printPage(out, page, c.JSON)
}

type tailRequests struct {
	operatorClient
	requestFilter
}

// Run prints requests until it is interrupted.
func (c tailRequests) Run(out output) error {
	var page requestPage
	if err := c.read(c.path(1), &page); err != nil {
		return err
	}
	for {
		after := page.Next
		page = requestPage{}
		if err := c.read(c.path(tailPage)+"&wait=20s&after="+after, &page); err != nil {
			return err
		}
		if err := c.printPage(out, page, c.JSON); err != nil {
			return err
		}
	}
}

type showRequest struct {
	operatorClient

	Sequence int64 `arg:"" placeholder:"SEQUENCE" help:"Sequence of the request, the first column of the list."`
}

// Run prints the request and its answer.
func (c showRequest) Run(out output) error {
	var page requestPage
	if err := c.read(fmt.Sprintf("%s?after=%d&limit=1000", requestsPath, c.Sequence-1), &page); err != nil {
		return err
	}
	for _, text := range page.Requests {
		var r loggedRequest
		if err := json.Unmarshal(text, &r); err != nil {
			return err
		}
		if r.Sequence == strconv.FormatInt(c.Sequence, 10) {
			return c.show(out, text, &r)
		}
	}
	return fmt.Errorf("request %d: is not kept; the server keeps the last ones only", c.Sequence)
}

func (c showRequest) show(w io.Writer, text json.RawMessage, r *loggedRequest) error {
	if c.JSON {
		_, err := fmt.Fprintln(w, string(text))
		return err
	}
	fmt.Fprintln(w, r.summary())
	if r.Error != nil {
		for _, f := range r.Error.Fields {
			fmt.Fprintf(w, "  %s  %s  %s\n", f.Field, f.Code, f.Message)
		}
	}
	for _, notice := range r.Notices {
		fmt.Fprintln(w, "Notice:", notice)
	}
	for _, part := range []struct {
		name string
		body json.RawMessage
	}{{"Request", r.Request}, {"Answer", r.Answer}} {
		if len(part.body) == 0 {
			continue
		}
		var indented bytes.Buffer
		if err := json.Indent(&indented, part.body, "", "  "); err != nil {
			return err
		}
		fmt.Fprintf(w, "\n%s:\n%s\n", part.name, &indented)
	}
	if r.AWSCLI != "" {
		fmt.Fprintf(w, "\nAgain:\n%s\n", r.AWSCLI)
	}
	return nil
}

type clearRequests struct {
	operatorClient

	Account string `default:"*" env:"-" placeholder:"ACCOUNT" help:"Account of twelve digits, aws, or * for all (${default})."`
}

// Run forgets the requests.
func (c clearRequests) Run(output) error {
	_, err := c.send(http.MethodDelete, requestsPath+"?account="+url.QueryEscape(c.Account), nil)
	return err
}

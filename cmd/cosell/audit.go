package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"text/tabwriter"
	"time"

	"cosell/internal/audit"
)

type auditCommand struct {
	List   listAudit   `cmd:"" default:"withargs" help:"List what callers and operators did, the latest first."`
	Export exportAudit `cmd:"" help:"Write all records as lines of JSON, the latest first."`
	Verify verifyAudit `cmd:"" help:"Check that the audit was not changed."`
}

// Help implements [kong.HelpProvider].
func (*auditCommand) Help() string {
	return examples("cosell audit list --account 123456789012 --failed", "cosell audit export --from 2026-11-01T00:00:00Z -o audit.jsonl",
		"cosell audit verify")
}

// auditFilter narrows a list of records.
type auditFilter struct {
	Account string    `placeholder:"ACCOUNT" help:"Only what concerns this account."`
	Event   string    `placeholder:"NAME" help:"Only this event, such as CreateOpportunity."`
	User    string    `placeholder:"USER" help:"Only this user: ARN, name, access key, or name of an operator."`
	Failed  bool      `help:"Only what was refused."`
	From    time.Time `placeholder:"TIME" help:"Only since this time."`
	To      time.Time `placeholder:"TIME" help:"Only before this time."`
}

func (f *auditFilter) query() url.Values {
	q := url.Values{}
	for name, value := range map[string]string{accountMember: f.Account, "eventName": f.Event, "user": f.User} {
		if value != "" {
			q.Set(name, value)
		}
	}
	if f.Failed {
		q.Set("failed", "true")
	}
	for name, value := range map[string]time.Time{"from": f.From, "to": f.To} {
		if !value.IsZero() {
			q.Set(name, value.Format(time.RFC3339Nano))
		}
	}
	return q
}

// auditPage is a page of records as the operator API gives it.
type auditPage struct {
	Records []json.RawMessage `json:"records"`
	Next    string            `json:"next"`
}

// page asks for the page after another one.
func (c operatorClient) auditPage(q url.Values, after string, limit int) (*auditPage, error) {
	q.Set("limit", strconv.Itoa(limit))
	if after != "" {
		q.Set("after", after)
	}
	page := new(auditPage)
	return page, c.read("/audit?"+q.Encode(), page)
}

type listAudit struct {
	operatorClient
	auditFilter

	Limit int `default:"50" help:"How many records to list at most (${default})."`
}

// Run lists records.
func (c *listAudit) Run(out output) error {
	var shown []json.RawMessage
	for after := ""; len(shown) < c.Limit; {
		page, err := c.auditPage(c.query(), after, min(c.Limit-len(shown), auditPageSize))
		if err != nil {
			return err
		}
		shown = append(shown, page.Records...)
		if after = page.Next; after == "" {
			break
		}
	}
	if c.JSON {
		encoded, err := json.MarshalIndent(map[string]any{"Records": shown}, "", "  ")
		if err != nil {
			return err
		}
		_, err = fmt.Fprintln(out, string(encoded))
		return err
	}
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "TIME\tACCOUNT\tEVENT\tUSER\tFROM\tERROR")
	for _, text := range shown {
		var r audit.Record
		if err := json.Unmarshal(text, &r); err != nil {
			return fmt.Errorf("read answer: %w", err)
		}
		user := cmp.Or(r.UserIdentity.ARN, r.UserIdentity.UserName)
		if by := r.UserIdentity.InvokedBy; by != "" {
			user += " by " + by
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\n",
			r.EventTime.Format(time.RFC3339), r.RecipientAccountID, r.EventName, user, r.SourceIPAddress, r.ErrorCode)
	}
	return table.Flush()
}

const auditPageSize = 1000

type exportAudit struct {
	operatorClient
	auditFilter

	Output string `short:"o" placeholder:"FILE" help:"File to write (default: standard output)."`
}

// Run writes all records.
func (c *exportAudit) Run(out output) error {
	return writeOutput(c.Output, out, c.write)
}

func (c *exportAudit) write(to io.Writer) error {
	for after := ""; ; {
		page, err := c.auditPage(c.query(), after, auditPageSize)
		if err != nil {
			return err
		}
		for _, record := range page.Records {
			var line bytes.Buffer
			if err := json.Compact(&line, record); err != nil {
				return fmt.Errorf("read answer: %w", err)
			}
			line.WriteByte('\n')
			if _, err := to.Write(line.Bytes()); err != nil {
				return err
			}
		}
		if after = page.Next; after == "" {
			return nil
		}
	}
}

type verifyAudit struct {
	operatorClient

	Number int64  `placeholder:"N" help:"Last link of an earlier check; finds a chain that was cut off."`
	Hash   string `placeholder:"HASH" help:"Hash that it had."`
}

// Run checks the chain.
func (c *verifyAudit) Run(out output) error {
	q := url.Values{}
	if c.Number != 0 || c.Hash != "" {
		q = url.Values{"number": {strconv.FormatInt(c.Number, 10)}, "hash": {c.Hash}}
	}
	var v struct {
		OK      bool       `json:"ok"`
		Problem string     `json:"problem"`
		Hash    string     `json:"hash"`
		Links   int64      `json:"links"`
		Entries int64      `json:"entries"`
		Open    int64      `json:"open"`
		Removed int64      `json:"removed"`
		Number  int64      `json:"number"`
		Through *time.Time `json:"through"`
	}
	answer, err := c.send(http.MethodGet, "/audit/verification?"+q.Encode(), nil)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(answer, &v); err != nil {
		return fmt.Errorf("read answer: %w", err)
	}
	if c.JSON {
		fmt.Fprintln(out, string(bytes.TrimSpace(answer)))
	} else {
		fmt.Fprintf(out, "%d entries in %d links are as they were written, %d more are not in the chain yet.\n", v.Entries, v.Links, v.Open)
		if v.Removed > 0 {
			fmt.Fprintf(out, "Entries of %d links were removed because of their age.\n", v.Removed)
		}
		if v.Number > 0 && v.OK {
			fmt.Fprintf(out, "Keep this elsewhere, for a later check: --number %d --hash %s\n", v.Number, v.Hash)
		}
	}
	if !v.OK {
		return errors.New("the audit was changed: " + v.Problem)
	}
	return nil
}

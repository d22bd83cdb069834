package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// historyCommand lists the changes of a record.
type historyCommand struct {
	operatorClient

	Account string `env:"-" placeholder:"ACCOUNT" help:"Account of twelve digits, or aws (default: the owner of the record)."`
	Catalog string `env:"-" enum:",AWS,Sandbox" default:"" placeholder:"CATALOG" help:"AWS or Sandbox (default: the catalog of the record)."`

	ID string `arg:"" placeholder:"RECORD" help:"Identifier of an opportunity, a customer account or an engagement."`

	Limit int    `default:"50" env:"-" help:"Maximum number of changes, up to 100 (${default})."`
	After string `env:"-" placeholder:"NEXT" help:"The next of the page before."`
}

// historyPage is a page of changes as the operator API gives it.
type historyPage struct {
	Changes []struct {
		Time                         time.Time
		Operation                    string
		Principal, Operator, Process string
		Changes                      []struct {
			Path          string
			Before, After json.RawMessage
		}
	}
	Next      string
	CreatedAt time.Time
	CreatedBy string
	Origin    string
}

// Run prints the changes, the newest first.
func (c historyCommand) Run(out output) error {
	at, err := ownerOf(c.operatorClient, c.ID, c.Account, c.Catalog)
	if err != nil {
		return err
	}
	query := listQuery(c.Limit, map[string]string{accountMember: at.Account, catalogMember: at.Catalog, "after": c.After})
	var page historyPage
	return c.ask(out, http.MethodGet, "/resources/"+url.PathEscape(c.ID)+"/history?"+query.Encode(), nil, &page, page.print)
}

func (p *historyPage) print(w io.Writer) {
	fmt.Fprintln(w, "TIME\tAUTHOR\tOPERATION\tFIELD\tBEFORE\tAFTER")
	for _, change := range p.Changes {
		author := cmp.Or(change.Principal, change.Operator, change.Process)
		switch {
		case change.Principal != "" && change.Operator != "":
			author += " by " + change.Operator
		case author != change.Process && change.Process != "":
			author += ", " + change.Process
		}
		head := change.Time.Format(time.DateTime) + "\t" + author + "\t" + change.Operation
		if len(change.Changes) == 0 {
			fmt.Fprintf(w, "%s\t(none)\t-\t-\n", head)
		}
		for _, difference := range change.Changes {
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", head, difference.Path, brief(difference.Before), brief(difference.After))
			head = "\t\t"
		}
	}
	if p.Next != "" {
		fmt.Fprintf(w, "older changes: --after %s\n", p.Next)
		return
	}
	created := "created"
	if p.Origin != "" {
		created += ": " + p.Origin
	}
	author := "-"
	if p.CreatedBy != "" {
		author = "account " + p.CreatedBy
	}
	fmt.Fprintf(w, "%s\t%s\t%s\n", p.CreatedAt.Format(time.DateTime), author, created)
}

// brief returns a value on one line of a table.
func brief(value json.RawMessage) string {
	const most = 60
	text := string(value)
	if unquoted := ""; json.Unmarshal(value, &unquoted) == nil {
		text = unquoted
	}
	text = strings.Join(strings.Fields(text), " ")
	if runes := []rune(text); len(runes) > most {
		text = string(runes[:most-1]) + "…"
	}
	return cmp.Or(text, "-")
}

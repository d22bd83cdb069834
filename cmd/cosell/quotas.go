package main

import (
	"cmp"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"

	"cosell/internal/quota"
)

// quotasCommand keeps the quotas of accounts.
type quotasCommand struct {
	Show  showQuotas  `cmd:"" default:"withargs" help:"Show the quotas that an account is held to, and who set them."`
	Set   setQuotas   `cmd:"" help:"Set the quotas of an account, in place of those of the server."`
	Clear clearQuotas `cmd:"" help:"Remove the quotas of an account: those of the server are in force again."`
}

// quotasOf names the account whose quotas a command concerns.
type quotasOf struct {
	operatorClient

	Account string `default:"000000000000" placeholder:"ACCOUNT" help:"Account of twelve digits (${default}, the account of the access key test)."`
}

func (c quotasOf) path() string { return "/accounts/" + url.PathEscape(c.Account) + "/quotas" }

// quotasInForce are the quotas as the operator API gives them.
type quotasInForce struct {
	Source string
	Mode   quota.Mode
	Limits *quota.Limits
}

// Where quotas come from.
var quotaSources = map[string]string{"account": "set for the account", "server": "of the server (--quotas)"}

func (q *quotasInForce) table(w io.Writer) {
	fmt.Fprintf(w, "quotas: %s, %s\n", q.Mode, cmp.Or(quotaSources[q.Source], q.Source))
	if q.Limits == nil {
		return
	}
	fmt.Fprintln(w, "GROUP\tA SECOND\tIN 24 HOURS\tOPERATIONS")
	for _, g := range q.Limits.Groups {
		operations := g.Operations
		if g.Name == q.Limits.OtherReads {
			operations = append(operations, "all other reads")
		}
		if g.Name == q.Limits.OtherWrites {
			operations = append(operations, "all other writes")
		}
		day := "-"
		if g.PerDay > 0 {
			day = strconv.Itoa(g.PerDay)
		}
		fmt.Fprintf(w, "%s\t%g\t%s\t%s\n", g.Name, g.PerSecond, day, strings.Join(operations, ", "))
	}
}

type showQuotas struct{ quotasOf }

// Run prints the quotas in force.
func (c showQuotas) Run(out output) error {
	var q quotasInForce
	return c.ask(out, http.MethodGet, c.path(), nil, &q, q.table)
}

type setQuotas struct {
	quotasOf

	Quotas string `arg:"" placeholder:"off|aws|FILE" help:"off, aws for those that AWS publishes, or a file in the form that --quotas of cosell serve takes."`
}

// Run sets the quotas and prints them.
func (c setQuotas) Run(out output) error {
	setting := quota.Setting{Mode: quota.Mode(c.Quotas)}
	if setting.Mode != quota.ModeOff && setting.Mode != quota.ModeAWS {
		text, err := os.ReadFile(c.Quotas)
		if err != nil {
			return fmt.Errorf("quotas: must be off, aws or a file: %w", err)
		}
		limits, err := quota.Parse(text)
		if err != nil {
			return fmt.Errorf("%s: %w", c.Quotas, err)
		}
		setting = quota.Setting{Mode: quota.ModeCustom, Limits: limits}
	}
	var q quotasInForce
	return c.ask(out, http.MethodPut, c.path(), setting, &q, q.table)
}

type clearQuotas struct{ quotasOf }

// Run removes the quotas of the account and prints those in force.
func (c clearQuotas) Run(out output) error {
	if _, err := c.send(http.MethodDelete, c.path(), nil); err != nil {
		return err
	}
	var q quotasInForce
	return c.ask(out, http.MethodGet, c.path(), nil, &q, q.table)
}

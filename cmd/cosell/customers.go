package main

import (
	"cmp"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"
)

// customersCommand lists customer accounts and decides how they are matched.
type customersCommand struct {
	List   listCustomers  `cmd:"" default:"withargs" help:"List the customer accounts of an account."`
	Match  matchCustomer  `cmd:"" help:"Decide the matching of a customer account."`
	Policy customerPolicy `cmd:"" help:"Show or set how the customer accounts of a catalog are matched."`
}

type customerAccount struct {
	ID, CompanyName, Status, ReasonCode string
	LastModifiedDate                    time.Time
}

func (o owner) customers() string {
	return "/accounts/" + url.PathEscape(o.Account) + "/catalogs/" + url.PathEscape(o.Catalog) + "/customer-accounts"
}

func customerTable(w io.Writer, accounts ...customerAccount) {
	fmt.Fprintln(w, "CUSTOMER ACCOUNT\tCOMPANY\tSTATUS\tREASON\tMODIFIED")
	for _, a := range accounts {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", a.ID, a.CompanyName, a.Status, cmp.Or(a.ReasonCode, "-"), a.LastModifiedDate.Format(time.DateTime))
	}
}

type listCustomers struct {
	operatorClient
	owner

	Status string `placeholder:"STATUS" help:"Only this status: PENDING, ENRICHED, NO_MATCH_FOUND or ACTION_REQUIRED."`
	After  string `placeholder:"ID" help:"Begin behind this customer account."`
	Limit  int    `default:"100" help:"Maximum number of entries (${default})."`
}

// Run prints the customer accounts.
func (c listCustomers) Run(out output) error {
	query := listQuery(c.Limit, map[string]string{statusMember: c.Status, "after": c.After})
	var list struct{ CustomerAccounts []customerAccount }
	return c.ask(out, http.MethodGet, c.customers()+"?"+query.Encode(), nil, &list, func(w io.Writer) {
		customerTable(w, list.CustomerAccounts...)
	})
}

type matchCustomer struct {
	operatorClient
	owner

	ID       string `arg:"" placeholder:"CUSTOMER-ACCOUNT" help:"Identifier, such as cust-acc-0123456789abc."`
	Outcome  string `arg:"" placeholder:"OUTCOME" help:"ENRICHED, NO_MATCH_FOUND or ACTION_REQUIRED."`
	Existing string `placeholder:"ID" help:"Customer account that is mapped to the customer already, for ACTION_REQUIRED."`
	Message  string `help:"The Message that the partner reads, for ACTION_REQUIRED."`
}

// Run stores the decision and prints the account.
func (c matchCustomer) Run(out output) error {
	body := map[string]string{"outcome": c.Outcome}
	for name, v := range map[string]string{"existing": c.Existing, "message": c.Message} {
		if v != "" {
			body[name] = v
		}
	}
	var matched customerAccount
	return c.ask(out, http.MethodPost, c.customers()+"/"+url.PathEscape(c.ID)+"/match", body, &matched, func(w io.Writer) {
		customerTable(w, matched)
	})
}

type customerPolicy struct {
	operatorClient

	Mode    string `arg:"" optional:"" placeholder:"MODE" help:"Set this mode: synthetic, directory or manual."`
	Catalog string `default:"Sandbox" enum:"AWS,Sandbox" placeholder:"CATALOG" help:"AWS or Sandbox (${default})."`
	Delay   string `placeholder:"DURATION" help:"With a mode: time an account stays PENDING on the business clock, such as 30s."`
}

// Run prints the policy, after setting it where a mode is given.
func (c customerPolicy) Run(out output) error {
	method, body := http.MethodGet, any(nil)
	if c.Mode != "" {
		policy := map[string]string{"mode": c.Mode}
		if c.Delay != "" {
			policy["delay"] = c.Delay
		}
		method, body = http.MethodPut, policy
	}
	var stored struct{ Mode, Delay string }
	return c.ask(out, method, "/catalogs/"+url.PathEscape(c.Catalog)+"/matching", body, &stored, func(w io.Writer) {
		fmt.Fprintf(w, "CATALOG\tMODE\tDELAY\n%s\t%s\t%s\n", c.Catalog, stored.Mode, cmp.Or(stored.Delay, "-"))
	})
}

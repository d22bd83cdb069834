package main

import (
	"cmp"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"
)

// proposalsCommand decides on what agents propose.
type proposalsCommand struct {
	List    proposalList    `cmd:"" help:"List proposals, the newest first."`
	Show    proposalShow    `cmd:"" help:"Show a proposal, with what it would change."`
	Approve proposalApprove `cmd:"" help:"Approve a proposal, which carries it out."`
	Reject  proposalReject  `cmd:"" help:"Reject a proposal."`
}

// proposed is a proposal in the answers of the operator API.
type proposed struct {
	Token, Status, Account, Principal string
	Operation, Catalog, Record        string
	CreatedAt, ExpiresAt              time.Time
	Changes                           []struct{ Field, Before, After string }
	Omitted                           int
	DecidedBy, Comments, Error        string
}

func (p proposed) print(w io.Writer) {
	fmt.Fprintf(w, "%s %s: %s %s in %s of %s\n", p.Token, p.Status, p.Operation, cmp.Or(p.Record, "(new)"), cmp.Or(p.Catalog, "-"), p.Account)
	fmt.Fprintf(w, "proposed by %s at %s, expires at %s\n", p.Principal, p.CreatedAt.Format(time.DateTime), p.ExpiresAt.Format(time.DateTime))
	if p.DecidedBy != "" {
		fmt.Fprintf(w, "decided by %s. %s\n", p.DecidedBy, p.Comments)
	}
	if p.Error != "" {
		fmt.Fprintf(w, "not carried out: %s\n", p.Error)
	}
	if len(p.Changes) > 0 {
		fmt.Fprintln(w, "FIELD\tBEFORE\tAFTER")
	}
	for _, c := range p.Changes {
		fmt.Fprintf(w, "%s\t%s\t%s\n", c.Field, cmp.Or(c.Before, "-"), cmp.Or(c.After, "-"))
	}
	if p.Omitted > 0 {
		fmt.Fprintf(w, "and %d more\n", p.Omitted)
	}
}

type proposalList struct {
	operatorClient

	Account string `placeholder:"ACCOUNT" help:"Only this account."`
	Status  string `env:"-" enum:",PENDING,APPROVED,REJECTED,FAILED,EXPIRED" default:"" placeholder:"STATUS" help:"Only PENDING, APPROVED, REJECTED, FAILED or EXPIRED."`
	Limit   int    `default:"100" env:"-" help:"Maximum number of entries (${default})."`
}

// Run prints the proposals.
func (c proposalList) Run(out output) error {
	query := listQuery(c.Limit, map[string]string{accountMember: c.Account, statusMember: c.Status})
	var list struct{ Proposals []proposed }
	return c.ask(out, http.MethodGet, "/proposals?"+query.Encode(), nil, &list, func(w io.Writer) {
		if len(list.Proposals) == 0 {
			fmt.Fprintln(w, "No proposals.")
			return
		}
		fmt.Fprintln(w, "TOKEN\tSTATUS\tACCOUNT\tCATALOG\tOPERATION\tRECORD\tCHANGES\tEXPIRES")
		for _, p := range list.Proposals {
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%d\t%s\n", p.Token, p.Status, p.Account, cmp.Or(p.Catalog, "-"), p.Operation,
				cmp.Or(p.Record, "(new)"), len(p.Changes)+p.Omitted, p.ExpiresAt.Format(time.DateTime))
		}
	})
}

type proposalShow struct {
	operatorClient

	Token string `arg:"" help:"Token of the proposal."`
}

// Run prints a proposal.
func (c proposalShow) Run(out output) error {
	var p proposed
	return c.ask(out, http.MethodGet, "/proposals/"+url.PathEscape(c.Token), nil, &p, func(w io.Writer) { p.print(w) })
}

// proposalDecision has the flags of the commands that decide.
type proposalDecision struct {
	operatorClient

	Token    string `arg:"" help:"Token of the proposal."`
	Comments string `env:"-" help:"What the agent that proposed it reads."`
}

func (c proposalDecision) decide(out output, decision string) error {
	body := map[string]string{}
	if c.Comments != "" {
		body["comments"] = c.Comments
	}
	var p proposed
	return c.ask(out, http.MethodPost, "/proposals/"+url.PathEscape(c.Token)+"/"+decision, body, &p, func(w io.Writer) {
		fmt.Fprintf(w, "%s is %s: %s %s\n", p.Token, p.Status, p.Operation, p.Record)
	})
}

type (
	proposalApprove struct{ proposalDecision }
	proposalReject  struct{ proposalDecision }
)

// Run approves the proposal.
func (c proposalApprove) Run(out output) error { return c.decide(out, "approve") }

// Run rejects the proposal.
func (c proposalReject) Run(out output) error { return c.decide(out, "reject") }

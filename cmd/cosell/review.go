package main

import (
	"cmp"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"
)

// reviewCommand reviews opportunities as AWS.
type reviewCommand struct {
	List          reviewList    `cmd:"" help:"List opportunities that await review, longest waiting first."`
	Start         startReview   `cmd:"" help:"Start the review of an opportunity."`
	Approve       approve       `cmd:"" help:"Approve an opportunity; AWS joins its engagement."`
	Reject        reject        `cmd:"" help:"Reject an opportunity, which is final."`
	RequestAction requestAction `cmd:"" help:"Return an opportunity to its partner, whose next edit submits it again."`
}

// reviewed is an opportunity in the answers of the review API.
type reviewed struct {
	Account, Catalog, ID string
	SubmittedAt          time.Time
	ReviewStatus, Stage  string
	CompanyName, Title   string
	InvolvementType      string
	Comments, Reason     string
	TargetCloseDate      string
	ExpectedSpend        []struct{ Amount, Currency, Target string }
}

type reviewList struct {
	operatorClient

	Account string `placeholder:"ACCOUNT" help:"Only this account."`
	Catalog string `placeholder:"CATALOG" help:"Only this catalog, AWS or Sandbox."`
	Limit   int    `default:"100" env:"-" help:"Maximum number of entries (${default})."`
}

// Run prints the queue.
func (c reviewList) Run(out output) error {
	query := listQuery(c.Limit, map[string]string{accountMember: c.Account, catalogMember: c.Catalog})
	var list struct{ Reviews []reviewed }
	return c.ask(out, http.MethodGet, "/reviews?"+query.Encode(), nil, &list, func(w io.Writer) {
		if len(list.Reviews) == 0 {
			fmt.Fprintln(w, "Nothing awaits review.")
			return
		}
		fmt.Fprintln(w, "OPPORTUNITY\tACCOUNT\tCATALOG\tSTATUS\tSINCE\tINVOLVEMENT\tCUSTOMER\tSPEND\tCLOSES")
		for _, r := range list.Reviews {
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", r.ID, r.Account, r.Catalog, r.ReviewStatus,
				r.SubmittedAt.Format(time.DateTime), r.InvolvementType, r.CompanyName, r.spend(), r.TargetCloseDate)
		}
	})
}

// spend returns the expected monthly spend at AWS, "-" if there is none.
func (r reviewed) spend() string {
	for _, s := range r.ExpectedSpend {
		if s.Target != "Self" && s.Amount != "" {
			return s.Amount + " " + s.Currency
		}
	}
	return "-"
}

// recordOwner names an opportunity and its owner.
type recordOwner struct {
	operatorClient

	Account string `env:"-" placeholder:"ACCOUNT" help:"Account of twelve digits (default: the owner of the opportunity)."`
	Catalog string `env:"-" enum:",AWS,Sandbox" default:"" placeholder:"CATALOG" help:"AWS or Sandbox (default: the catalog of the opportunity)."`

	ID string `arg:"" placeholder:"OPPORTUNITY" help:"Identifier of the opportunity."`
}

// decision has the flags common to the commands that decide.
type decision struct {
	recordOwner

	Comments string `env:"-" help:"The ReviewComments that the partner reads."`
	Reason   string `env:"-" help:"The ReviewStatusReason that the partner reads."`
}

// owner is the account and catalog of the flags, or else those of the opportunity.
func (c recordOwner) owner() (owner, error) {
	return ownerOf(c.operatorClient, c.ID, c.Account, c.Catalog)
}

// ownerOf is the given account and catalog, or else those of a record.
func ownerOf(c operatorClient, id, account, catalog string) (owner, error) {
	at := owner{Account: account, Catalog: catalog}
	if at.Account != "" && at.Catalog != "" {
		return at, nil
	}
	var found struct {
		Account string `json:"account"`
		Catalog string `json:"catalog"`
	}
	if err := c.read("/resources/"+url.PathEscape(id), &found); err != nil {
		return at, err
	}
	return owner{Account: cmp.Or(at.Account, found.Account), Catalog: cmp.Or(at.Catalog, found.Catalog)}, nil
}

func (c decision) decide(out output, decision string) error {
	body := map[string]string{"decision": decision}
	for name, v := range map[string]string{"comments": c.Comments, "reason": c.Reason} {
		if v != "" {
			body[name] = v
		}
	}
	at, err := c.owner()
	if err != nil {
		return err
	}
	var r reviewed
	path := "/opportunities/" + url.PathEscape(c.ID) + "/review?" + at.query().Encode()
	return c.ask(out, http.MethodPost, path, body, &r, func(w io.Writer) {
		fmt.Fprintf(w, "%s is %s.\n", r.ID, r.ReviewStatus)
	})
}

type (
	startReview   struct{ decision }
	approve       struct{ decision }
	reject        struct{ decision }
	requestAction struct{ decision }
)

// Run starts the review.
func (c startReview) Run(out output) error { return c.decide(out, "StartReview") }

// Run approves the opportunity.
func (c approve) Run(out output) error { return c.decide(out, "Approve") }

// Run rejects the opportunity.
func (c reject) Run(out output) error { return c.decide(out, "Reject") }

// Run returns the opportunity to its partner.
func (c requestAction) Run(out output) error { return c.decide(out, "RequestAction") }

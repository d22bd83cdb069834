package main

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// reviewCommand plays AWS's reviewer.
type reviewCommand struct {
	List          reviewList    `cmd:"" help:"List what awaits review, the longest waiting first."`
	Start         startReview   `cmd:"" help:"Take an opportunity into review."`
	Approve       approve       `cmd:"" help:"Approve an opportunity: AWS joins its engagement."`
	Reject        reject        `cmd:"" help:"Reject an opportunity for good."`
	RequestAction requestAction `cmd:"" help:"Send an opportunity back to its partner, who edits it and so submits it again."`
}

// reviewed is an opportunity as reviewers see it.
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
	desk

	Account string `placeholder:"ACCOUNT" help:"Only of this account."`
	Catalog string `placeholder:"CATALOG" help:"Only of this catalog, AWS or Sandbox."`
	Limit   int    `default:"100" help:"At most so many (${default})."`
}

// Run prints the queue.
func (c reviewList) Run(out output) error {
	query := url.Values{"limit": {strconv.Itoa(c.Limit)}}
	for name, v := range map[string]string{"account": c.Account, "catalog": c.Catalog} {
		if v != "" {
			query.Set(name, v)
		}
	}
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

// spend is what AWS may earn in a month.
func (r reviewed) spend() string {
	for _, s := range r.ExpectedSpend {
		if s.Target != "Self" && s.Amount != "" {
			return s.Amount + " " + s.Currency
		}
	}
	return "-"
}

// decision is what the commands that decide have in common.
type decision struct {
	desk
	owner

	ID       string `arg:"" placeholder:"OPPORTUNITY" help:"Identifier of the opportunity."`
	Comments string `help:"What the partner reads as ReviewComments."`
	Reason   string `help:"What the partner reads as ReviewStatusReason."`
}

func (c decision) decide(out output, decision string) error {
	body := map[string]string{"decision": decision}
	for name, v := range map[string]string{"comments": c.Comments, "reason": c.Reason} {
		if v != "" {
			body[name] = v
		}
	}
	var r reviewed
	path := "/opportunities/" + url.PathEscape(c.ID) + "/review?" + c.query().Encode()
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

// Run starts a review.
func (c startReview) Run(out output) error { return c.decide(out, "StartReview") }

// Run approves.
func (c approve) Run(out output) error { return c.decide(out, "Approve") }

// Run rejects.
func (c reject) Run(out output) error { return c.decide(out, "Reject") }

// Run asks the partner for something.
func (c requestAction) Run(out output) error { return c.decide(out, "RequestAction") }

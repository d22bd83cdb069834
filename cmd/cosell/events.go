package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"cosell/internal/events/pattern"
	"cosell/internal/ids"
)

// eventsCommand reads the events of a running server.
type eventsCommand struct {
	List   listEvents   `cmd:"" default:"withargs" help:"List or follow the events of an account."`
	Tail   tailEvents   `cmd:"" help:"Print events as they come, of one account or all."`
	Replay replayEvents `cmd:"" help:"Send events to a target again."`
}

type tailEvents struct {
	operatorClient

	Account string `default:"*" env:"-" placeholder:"ACCOUNT" help:"Account of twelve digits, aws, or * for all (${default})."`
	Pattern string `env:"-" placeholder:"JSON" help:"EventBridge pattern that events must match; without it, all."`
	After   string `env:"-" placeholder:"SEQUENCE" help:"Begin after this sequence; without it, now."`
}

// Help implements [kong.HelpProvider].
func (tailEvents) Help() string {
	return examples("cosell events tail", `cosell events tail --account 123456789012 --pattern '{"detail-type":["Opportunity Updated"]}'`)
}

// tailPage is how many events one request returns.
const tailPage = 100

// Run prints events until it is interrupted.
func (c tailEvents) Run(out output) error {
	var wanted *pattern.Pattern
	if c.Pattern != "" {
		var err error
		if wanted, err = pattern.Parse(c.Pattern); err != nil {
			return fmt.Errorf("--pattern: %w", err)
		}
	}
	after := c.After
	if after == "" {
		after = strconv.FormatInt(ids.FirstSequence(time.Now()), 10)
	}
	f := eventFollower{operatorClient: c.operatorClient, account: c.Account, limit: tailPage, follow: true}
	return f.run(after, func(e listedEvent) error {
		if wanted != nil {
			event, err := pattern.ParseEvent(e.Event)
			if err != nil || !wanted.Match(event) {
				return err
			}
		}
		if !c.JSON {
			fmt.Fprintf(out, "%s  ", e.Account)
		}
		return c.print(out, e)
	})
}

type replayEvents struct {
	operatorClient
	accountOption

	Target  string `arg:"" placeholder:"TARGET" help:"Target, such as webhook/crm or rule/NAME/ID."`
	After   string `env:"-" default:"0" placeholder:"SEQUENCE" help:"Events after this sequence (${default})."`
	Through string `env:"-" placeholder:"SEQUENCE" help:"Up to this sequence; without it, to the last."`
}

// Run sends the events again.
func (c replayEvents) Run(out output) error {
	in := map[string]string{"target": c.Target, "after": c.After}
	if c.Through != "" {
		in["through"] = c.Through
	}
	var result struct{ Deliveries int64 }
	return c.ask(out, http.MethodPost, c.path("deliveries")+"/replay", in, &result, func(w io.Writer) {
		fmt.Fprintf(w, "%d deliveries are pending.\n", result.Deliveries)
	})
}

// listEvents lists the events of an account.
type listEvents struct {
	operatorClient

	Account string `default:"000000000000" placeholder:"ACCOUNT" help:"Account of twelve digits, aws, or * for all (${default}, the account of the access key test)."`
	After   string `default:"0" env:"-" placeholder:"SEQUENCE" help:"Only events after this sequence (${default})."`
	Limit   int    `default:"100" env:"-" help:"Maximum number of events (${default})."`
	Follow  bool   `short:"f" env:"-" help:"Wait for more events until interrupted."`
}

// Help implements [kong.HelpProvider].
func (listEvents) Help() string {
	return examples("cosell events --account 123456789012", "cosell events --follow --json | jq .event.detail")
}

type listedEvent struct {
	Sequence string          `json:"sequence"`
	Account  string          `json:"account"`
	Event    json.RawMessage `json:"event"`
}

type eventPage struct {
	Events []listedEvent `json:"events"`
	Next   string        `json:"next"`
}

// eventSummary is what a line shows of an envelope.
type eventSummary struct {
	Time   string `json:"time"`
	Kind   string `json:"detail-type"`
	Detail struct {
		Catalog     string       `json:"catalog"`
		Opportunity eventSubject `json:"opportunity"`
		Engagement  eventSubject `json:"engagement"`
		Invitation  eventSubject `json:"engagementInvitation"`
	} `json:"detail"`
}

type eventSubject struct {
	Identifier string `json:"identifier"`
	ID         string `json:"id"`
}

// followWait is how long the server may keep a request for events waiting.
const followWait = "20s"

// Run prints the events.
func (c listEvents) Run(out output) error {
	f := eventFollower{operatorClient: c.operatorClient, account: c.Account, limit: c.Limit, follow: c.Follow}
	return f.run(c.After, func(e listedEvent) error { return c.print(out, e) })
}

// eventFollower reads the events of an account.
type eventFollower struct {
	operatorClient

	account string
	limit   int
	follow  bool // wait for more, without end
}

func (f eventFollower) run(after string, each func(listedEvent) error) error {
	for wait := ""; ; wait = followWait {
		query := url.Values{accountMember: {f.account}, "after": {after}, "limit": {strconv.Itoa(f.limit)}}
		if wait != "" {
			query.Set("wait", wait)
		}
		var list eventPage
		if err := f.read("/events?"+query.Encode(), &list); err != nil {
			return err
		}
		for _, e := range list.Events {
			if err := each(e); err != nil {
				return err
			}
		}
		if !f.follow {
			return nil
		}
		after = list.Next
	}
}

// print prints an event on a line.
func (c operatorClient) print(out output, e listedEvent) error {
	if c.JSON {
		line, err := json.Marshal(e)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(out, "%s\n", line)
		return err
	}
	var envelope eventSummary
	if err := json.Unmarshal(e.Event, &envelope); err != nil {
		return fmt.Errorf("read event: %w", err)
	}
	subject := ""
	for _, s := range []eventSubject{envelope.Detail.Opportunity, envelope.Detail.Invitation, envelope.Detail.Engagement} {
		if subject == "" {
			subject = s.Identifier + s.ID
		}
	}
	_, err := fmt.Fprintf(out, "%s  %s  %-34s %-8s %s\n", e.Sequence, envelope.Time, envelope.Kind, envelope.Detail.Catalog, subject)
	return err
}

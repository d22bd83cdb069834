package main

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
)

// deliveriesCommand looks at deliveries of events on a running server.
type deliveriesCommand struct {
	List    listDeliveries `cmd:"" default:"withargs" help:"List deliveries of an account's events."`
	Show    showDelivery   `cmd:"" help:"Show the deliveries of one event with their log."`
	Redrive redriveCommand `cmd:"" help:"Send dead letters again."`
}

type shownDelivery struct {
	Sequence, Target, Resource, Status, CreatedAt string
	NextAttemptAt                                 string
	Attempts                                      int
	Log                                           []struct {
		At            string
		Milliseconds  int64
		Status        int
		Answer, Error string
	}
	DeadLetter map[string]any
}

type deliveryList struct{ Deliveries []shownDelivery }

func (l *deliveryList) print(w io.Writer) {
	fmt.Fprintln(w, "SEQUENCE\tTARGET\tRESOURCE\tSTATUS\tATTEMPTS\tLAST")
	for _, d := range l.Deliveries {
		last := ""
		if n := len(d.Log); n > 0 {
			last = d.Log[n-1].Error
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%d\t%s\n", d.Sequence, d.Target, d.Resource, d.Status, d.Attempts, last)
	}
}

type listDeliveries struct {
	operatorClient
	accountOption

	Target string `env:"-" placeholder:"TARGET" help:"Only this target, such as webhook/crm."`
	Status string `env:"-" enum:",PENDING,DELIVERED,DEAD" default:"" placeholder:"STATUS" help:"Only PENDING, DELIVERED or DEAD."`
	Limit  int    `env:"-" default:"100" help:"Maximum number of deliveries (${default})."`
}

// Help implements [kong.HelpProvider].
func (listDeliveries) Help() string {
	return examples("cosell deliveries --status DEAD", "cosell deliveries redrive webhook/crm")
}

// Run prints the deliveries.
func (c listDeliveries) Run(out output) error {
	query := listQuery(c.Limit, map[string]string{"target": c.Target, statusMember: c.Status})
	var list deliveryList
	return c.ask(out, http.MethodGet, c.path("deliveries")+"?"+query.Encode(), nil, &list, list.print)
}

type showDelivery struct {
	operatorClient
	accountOption

	Sequence string `arg:"" placeholder:"SEQUENCE" help:"Sequence of the event."`
}

// Run prints the deliveries of the event with their attempts.
func (c showDelivery) Run(out output) error {
	var list deliveryList
	return c.ask(out, http.MethodGet, c.path("deliveries")+"?"+url.Values{"sequence": {c.Sequence}}.Encode(), nil, &list, func(w io.Writer) {
		list.print(w)
		for _, d := range list.Deliveries {
			for _, try := range d.Log {
				fmt.Fprintf(w, "  %s\t%s\t%d ms\t%d\t%s\t%s\n", try.At, d.Target, try.Milliseconds, try.Status, try.Error, try.Answer)
			}
			for _, name := range []string{"ERROR_CODE", "ERROR_MESSAGE", "EXHAUSTED_RETRY_CONDITION", "RETRY_ATTEMPTS", "RULE_ARN", "TARGET_ARN"} {
				if value, ok := d.DeadLetter[name]; ok {
					fmt.Fprintf(w, "  %s\t%v\n", name, value)
				}
			}
		}
	})
}

type redriveCommand struct {
	operatorClient
	accountOption

	Target   string `arg:"" placeholder:"TARGET" help:"Target, such as webhook/crm or rule/NAME/ID."`
	Sequence string `env:"-" placeholder:"SEQUENCE" help:"Only this event; without it, all dead letters of the target."`
}

// Run sends the dead letters again.
func (c redriveCommand) Run(out output) error {
	in := map[string]string{"target": c.Target}
	if c.Sequence != "" {
		in["sequence"] = c.Sequence
	}
	var result struct{ Deliveries int64 }
	return c.ask(out, http.MethodPost, c.path("deliveries")+"/redrive", in, &result, func(w io.Writer) {
		fmt.Fprintf(w, "%d deliveries are pending again.\n", result.Deliveries)
	})
}

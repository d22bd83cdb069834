package main

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"cosell/internal/fault"
)

// faultsCommand keeps the faults of a running server.
type faultsCommand struct {
	List  listFaults  `cmd:"" default:"withargs" help:"List the faults in force."`
	Set   setFaults   `cmd:"" help:"Replace the faults, in order to test clients."`
	Clear clearFaults `cmd:"" help:"Remove all faults."`
	Fired firedFaults `cmd:"" help:"List the requests and events that faults struck, the latest first."`
}

const faultsPath = "/faults"

type faultList struct{ Faults []fault.Fault }

func (l *faultList) table(w io.Writer) {
	fmt.Fprintln(w, "OPERATION OR EVENT\tACCOUNT\tRESOURCE\tEFFECT\tWHEN")
	for _, f := range l.Faults {
		effects := slices.DeleteFunc([]string{
			string(f.Error), f.Reason, f.Connection, f.Event, f.Latency, named("readLag", f.ReadLag), named("clockSkew", f.ClockSkew),
		}, func(s string) bool { return s == "" })
		var when []string
		if f.Rate != nil {
			when = append(when, fmt.Sprintf("rate %g", *f.Rate))
		}
		if f.Times > 0 {
			when = append(when, fmt.Sprintf("at most %d", f.Times))
		}
		if s := f.Sequence; s != nil {
			when = append(when, fmt.Sprintf("fail %d, pass %d", s.Fail, s.Pass))
		}
		if when == nil {
			when = []string{"always"}
		}
		of := f.Operation
		if f.Event != "" {
			of = cmp.Or(f.DetailType, "every event")
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", of, f.Account, cmp.Or(f.Resource, "-"), strings.Join(effects, ", "), strings.Join(when, ", "))
	}
}

// named returns a value with its member's name, or "" without a value.
func named(member, value string) string {
	if value == "" {
		return ""
	}
	return member + " " + value
}

type listFaults struct{ operatorClient }

// Run prints the faults.
func (c listFaults) Run(out output) error {
	var list faultList
	return c.ask(out, http.MethodGet, faultsPath, nil, &list, list.table)
}

type setFaults struct {
	operatorClient

	Faults string `arg:"" placeholder:"FILE|PRESET" help:"File with a list of faults in JSON, or one of: throttle, flaky, outage, stale-reads, clock-skew, expired-token, events."`
	Seed   uint64 `help:"The same seed and the same requests in the same order give the same faults (${default})." default:"0"`
}

// Run replaces the faults and prints them.
func (c setFaults) Run(out output) error {
	faults, ok := fault.Presets()[c.Faults]
	if !ok {
		text, err := os.ReadFile(c.Faults)
		if err != nil {
			return fmt.Errorf("faults: must be a file or one of %s: %w",
				strings.Join(slices.Sorted(maps.Keys(fault.Presets())), ", "), err)
		}
		if faults, err = fault.Parse(text); err != nil {
			return fmt.Errorf("%s: %w", c.Faults, err)
		}
	}
	var list faultList
	query := url.Values{"seed": {strconv.FormatUint(c.Seed, 10)}}
	return c.ask(out, http.MethodPut, faultsPath+"?"+query.Encode(), faults, &list, list.table)
}

type clearFaults struct{ operatorClient }

// Run removes the faults.
func (c clearFaults) Run() error {
	_, err := c.send(http.MethodDelete, faultsPath, nil)
	return err
}

type firedFaults struct{ operatorClient }

// Run prints the requests that were struck.
func (c firedFaults) Run(out output) error {
	var list struct{ Fired []fault.Fired }
	return c.ask(out, http.MethodGet, faultsPath+"/fired", nil, &list, func(w io.Writer) {
		fmt.Fprintln(w, "TIME\tOPERATION OR EVENT\tACCOUNT\tFAULT\tREQUEST OR EVENT")
		for _, f := range list.Fired {
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", f.At.Format(time.RFC3339), cmp.Or(f.Operation, f.DetailType), f.Account, f.Fault, cmp.Or(f.RequestID, f.EventID))
		}
	})
}

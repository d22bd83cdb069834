package main

import (
	"fmt"
	"io"
	"net/http"
	"time"

	"cosell/internal/clock"
)

// clockCommand reads and moves the business clock.
type clockCommand struct {
	Show    showClock    `cmd:"" default:"withargs" help:"Print the business time."`
	Advance advanceClock `cmd:"" help:"Move the business time forward, or back by a negative duration."`
	Set     setClock     `cmd:"" help:"Set the business time."`
	Reset   resetClock   `cmd:"" help:"Return to the real time."`
}

// clock reads or changes the clock and prints its state.
func (c operatorClient) clock(out output, method string, change any) error {
	var state struct {
		Now      time.Time
		Adjusted bool
	}
	return c.ask(out, method, "/clock", change, &state, func(w io.Writer) {
		kind := "the real time"
		if state.Adjusted {
			kind = "adjusted"
		}
		fmt.Fprintf(w, "%s (%s)\n", state.Now.Format(time.RFC3339), kind)
		if state.Adjusted {
			fmt.Fprintln(w, "Return to the real time with: cosell clock reset")
		}
	})
}

type showClock struct{ operatorClient }

// Run prints the business time.
func (c showClock) Run(out output) error { return c.clock(out, http.MethodGet, nil) }

// Help implements [kong.HelpProvider].
func (advanceClock) Help() string {
	return examples("cosell clock advance 360h", "cosell clock advance 1h30m", "cosell clock advance -- -24h")
}

type advanceClock struct {
	operatorClient

	By string `arg:"" placeholder:"DURATION" help:"Duration in hours, minutes and seconds, such as 360h."`
}

// Run moves the business time.
func (c advanceClock) Run(out output) error {
	by, err := clock.ParseDuration(c.By)
	if err != nil {
		return fmt.Errorf("DURATION: %w", err)
	}
	return c.clock(out, http.MethodPost, map[string]string{"advance": by.String()})
}

// Help implements [kong.HelpProvider].
func (setClock) Help() string {
	return examples("cosell clock set 2027-01-01", "cosell clock set 2027-01-01T09:00:00+01:00")
}

type setClock struct {
	operatorClient

	To string `arg:"" placeholder:"TIME" help:"Time to show now, such as 2027-01-01T00:00:00Z."`
}

// Run sets the business time.
func (c setClock) Run(out output) error {
	to, err := clock.ParseTime(c.To)
	if err != nil {
		return fmt.Errorf("TIME: %w", err)
	}
	return c.clock(out, http.MethodPost, map[string]time.Time{"set": to})
}

type resetClock struct{ operatorClient }

// Run returns to the real time.
func (c resetClock) Run(out output) error {
	return c.clock(out, http.MethodPost, map[string]bool{"reset": true})
}

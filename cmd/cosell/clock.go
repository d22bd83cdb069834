package main

import (
	"fmt"
	"io"
	"net/http"
	"time"
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
	})
}

type showClock struct{ operatorClient }

// Run prints the business time.
func (c showClock) Run(out output) error { return c.clock(out, http.MethodGet, nil) }

type advanceClock struct {
	operatorClient

	By time.Duration `arg:"" placeholder:"DURATION" help:"Duration in hours, minutes and seconds, such as 360h."`
}

// Run moves the business time.
func (c advanceClock) Run(out output) error {
	return c.clock(out, http.MethodPost, map[string]string{"advance": c.By.String()})
}

type setClock struct {
	operatorClient

	To time.Time `arg:"" placeholder:"TIME" help:"Time to show now, such as 2027-01-01T00:00:00Z."`
}

// Run sets the business time.
func (c setClock) Run(out output) error {
	return c.clock(out, http.MethodPost, map[string]time.Time{"set": c.To})
}

type resetClock struct{ operatorClient }

// Run returns to the real time.
func (c resetClock) Run(out output) error {
	return c.clock(out, http.MethodPost, map[string]bool{"reset": true})
}

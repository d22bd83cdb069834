package main

import (
	"errors"
	"fmt"
	"time"

	"cosell/internal/clock"
	"cosell/internal/server"
)

// determinismFlags are the flags of serve with which the same script gets the same answers.
type determinismFlags struct {
	Seed        *uint64 `placeholder:"N" help:"Make identifiers and faults repeat: the same requests in the same order get the same ones. For tests only, since they can be foretold."`
	Clock       string  `placeholder:"TIME" help:"Time that the business clock shows at the start, such as 2026-01-01T00:00:00Z; it runs on from there."`
	ClockFrozen bool    `help:"Stop the business clock: it moves only when it is moved."`
}

// determinism returns what the flags ask for.
func (f determinismFlags) determinism() (d server.Determinism, err error) {
	d = server.Determinism{Seed: f.Seed, Frozen: f.ClockFrozen}
	if f.Clock == "" {
		return d, nil
	}
	if d.Start, err = time.Parse(time.RFC3339, f.Clock); err != nil {
		return d, fmt.Errorf("--clock: is %.40q; must be a time such as 2026-01-01T00:00:00Z", f.Clock)
	}
	if !clock.InRange(d.Start) {
		return d, errors.New("--clock: must be between 1970-01-01 and 9000-01-01")
	}
	return d, nil
}

// checkDeterminism refuses flags that servers on one database could not share, and a seed
// that would let outsiders foretell secrets.
func (c *serve) checkDeterminism() error {
	switch {
	case c.DatabaseURL != "" && (c.Seed != nil || c.Clock != "" || c.ClockFrozen):
		return errors.New("--seed, --clock and --clock-frozen: must not be given with --database-url, whose servers share one clock; move it with cosell clock set")
	case c.strict() && c.Seed != nil:
		return errors.New("--seed: must not be given with --auth strict, since identifiers and keys could be foretold")
	}
	_, err := c.determinism()
	return err
}

package main

import (
	"fmt"
	"net/netip"
	"os"

	"cosell/internal/api"
	"cosell/internal/clock"
	"cosell/internal/events/bus"
	"cosell/internal/events/delivery"
	"cosell/internal/outbound"
	"cosell/internal/secrets"
	"cosell/internal/store"
)

// eventFlags are the flags of serve about where events may go.
type eventFlags struct {
	EventFiles    string   `type:"existingdir" placeholder:"DIR" help:"Directory in which webhooks with the URL file:NAME append events as lines of JSON."`
	EventOutput   bool     `help:"Allow webhooks with the URL stdout:, which print events as lines of JSON on standard output."`
	EventNetworks []string `placeholder:"CIDR" help:"Private networks that webhooks and API destinations may be in, such as 10.0.0.0/8; without it, public addresses only, and with development keys this machine."`
}

// outbound returns the addresses that targets may have.
func (f *eventFlags) outbound(dev bool) (outbound.Policy, error) {
	policy := outbound.Policy{Loopback: dev}
	for _, text := range f.EventNetworks {
		network, err := netip.ParsePrefix(text)
		if err != nil {
			return policy, fmt.Errorf("--event-networks: must be networks such as 10.0.0.0/8: %w", err)
		}
		policy.Networks = append(policy.Networks, network.Masked())
	}
	return policy, nil
}

// openEvents makes the engine that delivers events.
func (c *serve) openEvents(s *server, keeper *secrets.Keeper, rules *bus.Service) error {
	policy, err := c.outbound(c.Auth == "dev")
	if err != nil {
		return err
	}
	sinks := delivery.Sinks{Directory: c.EventFiles}
	if c.EventOutput {
		sinks.Output = os.Stdout
	}
	s.events = delivery.New(delivery.Config{
		Store: s.store, Secrets: keeper, Outbound: outbound.New(policy), Sinks: sinks, Log: s.log,
		Alone: c.DatabaseURL == "", Real: clock.System(), Sent: s.observer.Deliveries(s.store), Faults: s.faults,
		OpenConnection: func(connection *store.EventConnection) ([]byte, error) {
			parameters, err := rules.OpenConnection(connection)
			if err != nil {
				return nil, err
			}
			return api.Marshal(parameters)
		},
	})
	return nil
}

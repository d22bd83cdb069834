package main

import (
	"fmt"
	"net/netip"
	"os"

	"cosell/internal/events/delivery"
	"cosell/internal/outbound"
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

// sinks returns where else events may go.
func (f *eventFlags) sinks() delivery.Sinks {
	sinks := delivery.Sinks{Directory: f.EventFiles}
	if f.EventOutput {
		sinks.Output = os.Stdout
	}
	return sinks
}

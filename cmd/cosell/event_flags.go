package main

import (
	"errors"
	"fmt"
	"net/netip"
	"os"
	"strings"

	"cosell/internal/events/delivery"
	"cosell/internal/outbound"
)

// eventFlags are the flags of serve about where events may go.
type eventFlags struct {
	EventFiles     string   `type:"existingdir" placeholder:"DIR" help:"Directory in which webhooks with the URL file:NAME append events as lines of JSON."`
	EventOutput    bool     `help:"Allow webhooks with the URL stdout:, which print events as lines of JSON on standard output."`
	EventBusRegion string   `placeholder:"REGION" help:"Allow webhooks with the URL eventbridge:BUS, which put events on a bus of EventBridge in this region, with the credentials AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN of the environment."`
	EventBusURL    string   `placeholder:"URL" help:"Address of that EventBridge, where it is not AWS's."`
	EventBusSource string   `default:"cosell.partnercentral-selling" placeholder:"SOURCE" help:"Source of the events there, since AWS takes none with its own (${default})."`
	EventNetworks  []string `placeholder:"CIDR" help:"Private networks that webhooks and API destinations may be in, such as 10.0.0.0/8; without it, public addresses only, and with development keys this machine."`
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
func (f *eventFlags) sinks() (delivery.Sinks, error) {
	sinks := delivery.Sinks{Directory: f.EventFiles}
	if f.EventOutput {
		sinks.Output = os.Stdout
	}
	if f.EventBusRegion == "" {
		return sinks, nil
	}
	b := &delivery.Bus{
		Region: f.EventBusRegion, Endpoint: f.EventBusURL, Source: f.EventBusSource,
		AccessKeyID: os.Getenv("AWS_ACCESS_KEY_ID"), SecretAccessKey: os.Getenv("AWS_SECRET_ACCESS_KEY"), SessionToken: os.Getenv("AWS_SESSION_TOKEN"),
	}
	switch {
	case b.AccessKeyID == "" || b.SecretAccessKey == "":
		return sinks, errors.New("--event-bus-region: needs AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY in the environment")
	case b.Source == "" || strings.HasPrefix(b.Source, "aws."):
		return sinks, fmt.Errorf("--event-bus-source: must not be empty or begin with aws., is %q", b.Source)
	}
	sinks.Bus = b
	return sinks, nil
}

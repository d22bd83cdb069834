package bus

import (
	"errors"
	"net/url"

	"cosell/internal/api"
	"cosell/internal/events/eventsapi"
	"cosell/internal/store"
)

// usualRate is how many invocations per second an API destination gets, unless it says
// otherwise; it is also the most.
const usualRate = 300

// checkEndpoint checks what the contract's pattern lets pass. Path parameters are
// written as *.
func checkEndpoint(endpoint string) error {
	u, err := url.Parse(endpoint)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" || u.User != nil {
		return invalid("invocationEndpoint: must be a URL with https, or http to a local address, and without credentials")
	}
	return nil
}

// usable returns the connection that an ARN names.
func (c *Call) usable(arn string) (*store.EventConnection, error) {
	name, id, ok := c.named(arn, "connection")
	x, err := c.Tx.EventConnection(c.Caller.Account, name)
	if !ok || errors.Is(err, store.ErrNotFound) || err == nil && x.ID != id {
		return nil, found(store.ErrNotFound, "Connection '%s' does not exist.", arn)
	}
	return x, err
}

// stateWith returns the state of an API destination with a connection.
func stateWith(x *store.EventConnection) string {
	if x.State == string(eventsapi.ConnectionStateAuthorized) {
		return string(eventsapi.ApiDestinationStateActive)
	}
	return string(eventsapi.ApiDestinationStateInactive)
}

// destination returns the API destination that a request means, or the error where
// there is none.
func (c *Call) destination(name string) (*store.EventAPIDestination, error) {
	d, err := c.Tx.EventAPIDestination(c.Caller.Account, name)
	return d, found(err, "Failed to describe the api-destination(s). An api-destination '%s' does not exist.", name)
}

// CreateApiDestination makes an API destination.
func (c *Call) CreateApiDestination( //nolint:revive // the name is EventBridge's
	in *eventsapi.CreateApiDestinationRequest,
) (*eventsapi.CreateApiDestinationResponse, error) {
	if err := checkEndpoint(*in.InvocationEndpoint); err != nil {
		return nil, err
	}
	if err := c.Tx.ChangeEventRules(c.Caller.Account); err != nil {
		return nil, err
	}
	x, err := c.usable(*in.ConnectionArn)
	if err != nil {
		return nil, err
	}
	n, err := c.Tx.CountEventAPIDestinations(c.Caller.Account)
	if err != nil {
		return nil, err
	}
	if n >= maxConnections {
		return nil, limitExceeded()
	}
	rate, err := rateLimit(in.InvocationRateLimitPerSecond)
	if err != nil {
		return nil, err
	}
	d := &store.EventAPIDestination{
		Account: c.Caller.Account, Name: *in.Name, ID: c.IDs.UUID(), Connection: x.Name, Endpoint: *in.InvocationEndpoint,
		Method: string(*in.HttpMethod), RateLimit: rate, State: stateWith(x), Description: api.Value(in.Description),
		CreatedAt: int64(c.Now), ModifiedAt: int64(c.Now),
	}
	if err := c.Tx.InsertEventAPIDestination(d); err != nil {
		return nil, taken(err, "An api-destination '%s' already exists.", d.Name)
	}
	return &eventsapi.CreateApiDestinationResponse{
		ApiDestinationArn: new(DestinationARN(d.Account, d.Name, d.ID)), ApiDestinationState: new(eventsapi.ApiDestinationState(d.State)),
		CreationTime: c.now(), LastModifiedTime: c.now(),
	}, nil
}

// rateLimit returns how many invocations per second a request asks for.
func rateLimit(given *int32) (int64, error) {
	switch {
	case given == nil:
		return usualRate, nil
	case *given > usualRate:
		return 0, invalid("invocationRateLimitPerSecond: must be at most %d, is %d", usualRate, *given)
	}
	return int64(*given), nil
}

// described returns an API destination as answers have it.
func (c *Call) described(d *store.EventAPIDestination) (*eventsapi.DescribeApiDestinationResponse, error) {
	x, err := c.Tx.EventConnection(d.Account, d.Connection)
	if err != nil {
		return nil, err
	}
	return &eventsapi.DescribeApiDestinationResponse{
		ApiDestinationArn: new(DestinationARN(d.Account, d.Name, d.ID)), Name: &d.Name, Description: optional(d.Description),
		ApiDestinationState: new(eventsapi.ApiDestinationState(d.State)), ConnectionArn: new(ConnectionARN(x.Account, x.Name, x.ID)),
		InvocationEndpoint: &d.Endpoint, HttpMethod: new(eventsapi.ApiDestinationHttpMethod(d.Method)),
		InvocationRateLimitPerSecond: new(int32(d.RateLimit)), //nolint:gosec // at most 300
		CreationTime:                 at(d.CreatedAt), LastModifiedTime: at(d.ModifiedAt),
	}, nil
}

// DescribeApiDestination reads an API destination.
func (c *Call) DescribeApiDestination( //nolint:revive // the name is EventBridge's
	in *eventsapi.DescribeApiDestinationRequest,
) (*eventsapi.DescribeApiDestinationResponse, error) {
	d, err := c.destination(*in.Name)
	if err != nil {
		return nil, err
	}
	return c.described(d)
}

// ListApiDestinations returns a page of the API destinations, by name.
func (c *Call) ListApiDestinations( //nolint:revive // the name is EventBridge's
	in *eventsapi.ListApiDestinationsRequest,
) (*eventsapi.ListApiDestinationsResponse, error) {
	connection := ""
	if in.ConnectionArn != nil {
		x, err := c.usable(*in.ConnectionArn)
		if err != nil {
			return nil, err
		}
		connection = x.Name
	}
	all, next, err := list(c, "ListApiDestinations", in, func(after string, limit int) ([]store.EventAPIDestination, error) {
		return c.Tx.EventAPIDestinations(c.Caller.Account, api.Value(in.NamePrefix), connection, after, limit)
	}, func(d *store.EventAPIDestination) string { return d.Name })
	if err != nil {
		return nil, err
	}
	out := &eventsapi.ListApiDestinationsResponse{ApiDestinations: []eventsapi.ApiDestination{}, NextToken: next}
	for i := range all {
		d, err := c.described(&all[i])
		if err != nil {
			return nil, err
		}
		out.ApiDestinations = append(out.ApiDestinations, eventsapi.ApiDestination{
			ApiDestinationArn: d.ApiDestinationArn, Name: d.Name, ApiDestinationState: d.ApiDestinationState, ConnectionArn: d.ConnectionArn,
			InvocationEndpoint: d.InvocationEndpoint, HttpMethod: d.HttpMethod, InvocationRateLimitPerSecond: d.InvocationRateLimitPerSecond,
			CreationTime: d.CreationTime, LastModifiedTime: d.LastModifiedTime,
		})
	}
	return out, nil
}

// UpdateApiDestination changes an API destination; what is absent stays.
func (c *Call) UpdateApiDestination( //nolint:revive // the name is EventBridge's
	in *eventsapi.UpdateApiDestinationRequest,
) (*eventsapi.UpdateApiDestinationResponse, error) {
	if err := c.Tx.ChangeEventRules(c.Caller.Account); err != nil {
		return nil, err
	}
	d, err := c.destination(*in.Name)
	if err != nil {
		return nil, err
	}
	if err := c.change(d, in); err != nil {
		return nil, err
	}
	if err := c.Tx.UpdateEventAPIDestination(d); err != nil {
		return nil, err
	}
	return &eventsapi.UpdateApiDestinationResponse{
		ApiDestinationArn: new(DestinationARN(d.Account, d.Name, d.ID)), ApiDestinationState: new(eventsapi.ApiDestinationState(d.State)),
		CreationTime: at(d.CreatedAt), LastModifiedTime: at(d.ModifiedAt),
	}, nil
}

func (c *Call) change(d *store.EventAPIDestination, in *eventsapi.UpdateApiDestinationRequest) error {
	if in.InvocationEndpoint != nil {
		if err := checkEndpoint(*in.InvocationEndpoint); err != nil {
			return err
		}
		d.Endpoint = *in.InvocationEndpoint
	}
	if in.ConnectionArn != nil {
		x, err := c.usable(*in.ConnectionArn)
		if err != nil {
			return err
		}
		d.Connection, d.State = x.Name, stateWith(x)
	}
	if in.InvocationRateLimitPerSecond != nil {
		rate, err := rateLimit(in.InvocationRateLimitPerSecond)
		if err != nil {
			return err
		}
		d.RateLimit = rate
	}
	if in.HttpMethod != nil {
		d.Method = string(*in.HttpMethod)
	}
	if in.Description != nil {
		d.Description = *in.Description
	}
	d.ModifiedAt = int64(c.Now)
	return nil
}

// DeleteApiDestination removes an API destination. Targets that name it stay, and
// receive nothing.
func (c *Call) DeleteApiDestination( //nolint:revive // the name is EventBridge's
	in *eventsapi.DeleteApiDestinationRequest,
) (*eventsapi.DeleteApiDestinationResponse, error) {
	if err := c.Tx.ChangeEventRules(c.Caller.Account); err != nil {
		return nil, err
	}
	err := c.Tx.DeleteEventAPIDestination(c.Caller.Account, *in.Name)
	return &eventsapi.DeleteApiDestinationResponse{},
		found(err, "Failed to describe the api-destination(s). An api-destination '%s' does not exist.", *in.Name)
}

package bus

import (
	"encoding/base64"
	"fmt"

	"cosell/internal/api"
	"cosell/internal/events/eventsapi"
	"cosell/internal/operation"
	"cosell/internal/seal"
	"cosell/internal/store"
)

// maxConnections is how many connections, and how many API destinations, an account
// has at most.
const maxConnections = 3000

// AuthParameters are the authorization parameters of a connection with their secrets.
type AuthParameters = eventsapi.CreateConnectionAuthRequestParameters

// OpenConnection returns the authorization parameters of a connection, with their
// secrets. It returns an error for a connection without secrets, and for one whose
// secrets came from another installation.
func (s *Service) OpenConnection(c *store.EventConnection) (*AuthParameters, error) {
	return openConnection(s.sealer, c)
}

func openConnection(sealer *seal.Sealer, c *store.EventConnection) (*AuthParameters, error) {
	sealed, err := base64.StdEncoding.DecodeString(c.Secret)
	if err != nil {
		return nil, fmt.Errorf("connection %s: secret is damaged: %w", c.Name, err)
	}
	text, err := sealer.Open(sealed, purpose(c))
	if err != nil {
		return nil, fmt.Errorf("connection %s: %w", c.Name, err)
	}
	return operation.Decode[AuthParameters]("connection", text)
}

// purpose binds a sealed secret to its connection.
func purpose(c *store.EventConnection) []byte {
	return []byte("event-connection\x00" + c.Account + "\x00" + c.Name + "\x00" + c.ID)
}

// authorize sets the authorization of a connection: the sealed whole, and what
// everybody in the account may read of it.
func (c *Call) authorize(to *store.EventConnection, kind eventsapi.ConnectionAuthorizationType, p *AuthParameters) error {
	if err := checkAuthorization(kind, p); err != nil {
		return err
	}
	text, err := api.Marshal(p)
	if err != nil {
		return err
	}
	sealed, err := c.sealer.Seal(text, purpose(to))
	if err != nil {
		return err
	}
	public, err := operation.Decode[eventsapi.ConnectionAuthResponseParameters]("connection", text)
	if err != nil {
		return err
	}
	hideSecrets(public.InvocationHttpParameters)
	if public.OAuthParameters != nil {
		hideSecrets(public.OAuthParameters.OAuthHttpParameters)
	}
	if to.Document, err = api.Marshal(public); err != nil {
		return err
	}
	to.Secret, to.AuthorizationType = base64.StdEncoding.EncodeToString(sealed), string(kind)
	to.State, to.StateReason, to.AuthorizedAt = string(eventsapi.ConnectionStateAuthorized), "", int64(c.Now)
	return nil
}

// checkAuthorization checks that the parameters are those of the authorization type,
// and complete.
func checkAuthorization(kind eventsapi.ConnectionAuthorizationType, p *AuthParameters) error {
	given := map[eventsapi.ConnectionAuthorizationType]bool{
		eventsapi.ConnectionAuthorizationTypeBasic:                  p.BasicAuthParameters != nil,
		eventsapi.ConnectionAuthorizationTypeApiKey:                 p.ApiKeyAuthParameters != nil,
		eventsapi.ConnectionAuthorizationTypeOauthClientCredentials: p.OAuthParameters != nil,
	}
	for _, one := range kind.Values() {
		if given[one] != (one == kind) {
			return invalid("authParameters: must have the parameters of the authorizationType %s, and of no other", kind)
		}
	}
	whole := eventsapi.CreateConnectionRequest{Name: new("connection"), AuthorizationType: &kind, AuthParameters: p}
	if violations := whole.Check(); len(violations) > 0 { // of an update: what it leaves is not complete
		return api.Invalid(api.ValidationExceptionReasonRequestValidationFailed, violations...)
	}
	return nil
}

// hideSecrets removes the values that are secret.
func hideSecrets(p *eventsapi.ConnectionHttpParameters) {
	if p == nil {
		return
	}
	for i := range p.HeaderParameters {
		if api.Value(p.HeaderParameters[i].IsValueSecret) {
			p.HeaderParameters[i].Value = nil
		}
	}
	for i := range p.QueryStringParameters {
		if api.Value(p.QueryStringParameters[i].IsValueSecret) {
			p.QueryStringParameters[i].Value = nil
		}
	}
	for i := range p.BodyParameters {
		if api.Value(p.BodyParameters[i].IsValueSecret) {
			p.BodyParameters[i].Value = nil
		}
	}
}

// connection returns the connection that a request means, or the error where there is
// none.
func (c *Call) connection(name string) (*store.EventConnection, error) {
	x, err := c.Tx.EventConnection(c.Caller.Account, name)
	return x, found(err, "Failed to describe the connection(s). Connection '%s' does not exist.", name)
}

// CreateConnection stores a connection.
func (c *Call) CreateConnection(in *eventsapi.CreateConnectionRequest) (*eventsapi.CreateConnectionResponse, error) {
	if err := c.Tx.ChangeEventRules(c.Caller.Account); err != nil {
		return nil, err
	}
	n, err := c.Tx.CountEventConnections(c.Caller.Account)
	if err != nil {
		return nil, err
	}
	if n >= maxConnections {
		return nil, limitExceeded()
	}
	made := &store.EventConnection{
		Account: c.Caller.Account, Name: *in.Name, ID: c.IDs.UUID(), Description: api.Value(in.Description),
		CreatedAt: int64(c.Now), ModifiedAt: int64(c.Now),
	}
	if err := c.authorize(made, *in.AuthorizationType, in.AuthParameters); err != nil {
		return nil, err
	}
	if err := c.Tx.InsertEventConnection(made); err != nil {
		return nil, taken(err, "Connection %s already exists.", made.Name)
	}
	return &eventsapi.CreateConnectionResponse{
		ConnectionArn: new(ConnectionARN(made.Account, made.Name, made.ID)), ConnectionState: new(eventsapi.ConnectionState(made.State)),
		CreationTime: c.now(), LastModifiedTime: c.now(),
	}, nil
}

// DescribeConnection reads a connection, without its secrets.
func (c *Call) DescribeConnection(in *eventsapi.DescribeConnectionRequest) (*eventsapi.DescribeConnectionResponse, error) {
	x, err := c.connection(*in.Name)
	if err != nil {
		return nil, err
	}
	public, err := operation.Decode[eventsapi.ConnectionAuthResponseParameters]("connection", x.Document)
	if err != nil {
		return nil, err
	}
	return &eventsapi.DescribeConnectionResponse{
		ConnectionArn: new(ConnectionARN(x.Account, x.Name, x.ID)), Name: &x.Name, Description: optional(x.Description),
		ConnectionState: new(eventsapi.ConnectionState(x.State)), StateReason: optional(x.StateReason),
		AuthorizationType: new(eventsapi.ConnectionAuthorizationType(x.AuthorizationType)), AuthParameters: public,
		CreationTime: at(x.CreatedAt), LastModifiedTime: at(x.ModifiedAt), LastAuthorizedTime: at(x.AuthorizedAt),
	}, nil
}

// ListConnections returns a page of the connections, by name.
func (c *Call) ListConnections(in *eventsapi.ListConnectionsRequest) (*eventsapi.ListConnectionsResponse, error) {
	all, next, err := list(c, "ListConnections", in, func(after string, limit int) ([]store.EventConnection, error) {
		return c.Tx.EventConnections(c.Caller.Account, api.Value(in.NamePrefix), string(api.Value(in.ConnectionState)), after, limit)
	}, func(x *store.EventConnection) string { return x.Name })
	if err != nil {
		return nil, err
	}
	out := &eventsapi.ListConnectionsResponse{Connections: []eventsapi.Connection{}, NextToken: next}
	for _, x := range all {
		out.Connections = append(out.Connections, eventsapi.Connection{
			ConnectionArn: new(ConnectionARN(x.Account, x.Name, x.ID)), Name: &x.Name,
			ConnectionState: new(eventsapi.ConnectionState(x.State)), StateReason: optional(x.StateReason),
			AuthorizationType: new(eventsapi.ConnectionAuthorizationType(x.AuthorizationType)),
			CreationTime:      at(x.CreatedAt), LastModifiedTime: at(x.ModifiedAt), LastAuthorizedTime: at(x.AuthorizedAt),
		})
	}
	return out, nil
}

// UpdateConnection changes a connection. With another authorization type, its
// parameters replace those of the former; otherwise what is absent stays.
func (c *Call) UpdateConnection(in *eventsapi.UpdateConnectionRequest) (*eventsapi.UpdateConnectionResponse, error) {
	x, err := c.changing(*in.Name)
	if err != nil {
		return nil, err
	}
	if in.Description != nil {
		x.Description = *in.Description
	}
	x.ModifiedAt = int64(c.Now)
	if in.AuthorizationType != nil || in.AuthParameters != nil {
		if err := c.reauthorize(x, in); err != nil {
			return nil, err
		}
	}
	if err := c.Tx.UpdateEventConnection(x); err != nil {
		return nil, err
	}
	if err := c.setDestinations(x, eventsapi.ApiDestinationStateActive); err != nil {
		return nil, err
	}
	return &eventsapi.UpdateConnectionResponse{
		ConnectionArn: new(ConnectionARN(x.Account, x.Name, x.ID)), ConnectionState: new(eventsapi.ConnectionState(x.State)),
		CreationTime: at(x.CreatedAt), LastModifiedTime: at(x.ModifiedAt), LastAuthorizedTime: at(x.AuthorizedAt),
	}, nil
}

func (c *Call) reauthorize(x *store.EventConnection, in *eventsapi.UpdateConnectionRequest) error {
	kind, p := eventsapi.ConnectionAuthorizationType(x.AuthorizationType), new(AuthParameters)
	if x.Secret != "" {
		var err error
		if p, err = openConnection(c.sealer, x); err != nil {
			return err
		}
	}
	if in.AuthorizationType != nil && *in.AuthorizationType != kind {
		kind, p = *in.AuthorizationType, &AuthParameters{InvocationHttpParameters: p.InvocationHttpParameters}
	}
	if in.AuthParameters != nil {
		changes, err := api.Marshal(in.AuthParameters)
		if err != nil {
			return err
		}
		if err := api.Unmarshal(changes, p); err != nil { // members that are absent stay
			return err
		}
	}
	return c.authorize(x, kind, p)
}

// changing returns a connection that the transaction is going to change.
func (c *Call) changing(name string) (*store.EventConnection, error) {
	if err := c.Tx.ChangeEventRules(c.Caller.Account); err != nil {
		return nil, err
	}
	return c.connection(name)
}

// setDestinations sets the state of the API destinations that use a connection.
func (c *Call) setDestinations(x *store.EventConnection, state eventsapi.ApiDestinationState) error {
	using, err := c.Tx.EventAPIDestinations(x.Account, "", x.Name, "", maxConnections)
	if err != nil {
		return err
	}
	for i := range using {
		if using[i].State == string(state) {
			continue
		}
		using[i].State = string(state)
		if err := c.Tx.UpdateEventAPIDestination(&using[i]); err != nil {
			return err
		}
	}
	return nil
}

// DeauthorizeConnection removes the secrets of a connection. API destinations that use
// it receive nothing until it is updated with new ones.
func (c *Call) DeauthorizeConnection(in *eventsapi.DeauthorizeConnectionRequest) (*eventsapi.DeauthorizeConnectionResponse, error) {
	x, err := c.changing(*in.Name)
	if err != nil {
		return nil, err
	}
	x.Secret, x.State, x.ModifiedAt = "", string(eventsapi.ConnectionStateDeauthorized), int64(c.Now)
	if err := c.Tx.UpdateEventConnection(x); err != nil {
		return nil, err
	}
	if err := c.setDestinations(x, eventsapi.ApiDestinationStateInactive); err != nil {
		return nil, err
	}
	return &eventsapi.DeauthorizeConnectionResponse{
		ConnectionArn: new(ConnectionARN(x.Account, x.Name, x.ID)), ConnectionState: new(eventsapi.ConnectionState(x.State)),
		CreationTime: at(x.CreatedAt), LastModifiedTime: at(x.ModifiedAt), LastAuthorizedTime: at(x.AuthorizedAt),
	}, nil
}

// DeleteConnection removes a connection that no API destination uses.
func (c *Call) DeleteConnection(in *eventsapi.DeleteConnectionRequest) (*eventsapi.DeleteConnectionResponse, error) {
	x, err := c.changing(*in.Name)
	if err != nil {
		return nil, err
	}
	using, err := c.Tx.EventAPIDestinations(x.Account, "", x.Name, "", 1)
	if err != nil {
		return nil, err
	}
	if len(using) > 0 {
		return nil, invalid("name: API destination %s uses the connection; delete it, or give it another connection, first", using[0].Name)
	}
	if err := c.Tx.DeleteEventConnection(x.Account, x.Name); err != nil {
		return nil, err
	}
	return &eventsapi.DeleteConnectionResponse{
		ConnectionArn: new(ConnectionARN(x.Account, x.Name, x.ID)), ConnectionState: new(eventsapi.ConnectionStateDeleting),
		CreationTime: at(x.CreatedAt), LastModifiedTime: at(x.ModifiedAt), LastAuthorizedTime: at(x.AuthorizedAt),
	}, nil
}

package delivery

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"cosell/internal/store"
)

// apiTimeout is how long an API destination may take, as EventBridge has it.
const apiTimeout = 5 * time.Second

// authParameters are the authorization parameters of a connection with EventBridge's
// names.
type authParameters struct {
	BasicAuthParameters *struct{ Username, Password string }
	APIKey              *struct {
		Name  string `json:"ApiKeyName"`
		Value string `json:"ApiKeyValue"`
	} `json:"ApiKeyAuthParameters"`
	OAuth *oauthParameters `json:"OAuthParameters"`

	InvocationHTTPParameters *connectionParameters `json:"InvocationHttpParameters"`
}

type connectionParameters struct {
	HeaderParameters, QueryStringParameters, BodyParameters []struct{ Key, Value string }
}

// apiDestination sends messages to an HTTP endpoint with a connection's authorization.
type apiDestination struct {
	engine      *Engine
	key         string // of the destination, for its rate
	method, url string
	rate        int64
	headers     http.Header
	auth        *authParameters
	connection  string // with its version, for its token
	body        map[string]string
}

func (e *Engine) readAPIDestination(tx *store.Tx, account, name, id string, p *httpParameters) (Target, error) {
	d, err := tx.EventAPIDestination(account, name)
	if errors.Is(err, store.ErrNotFound) || err == nil && d.ID != id { // another one of that name is not meant
		return refused{Code: codeResource, Message: "the API destination does not exist", Final: true}, nil
	}
	if err != nil {
		return nil, err
	}
	c, err := tx.EventConnection(account, d.Connection)
	if errors.Is(err, store.ErrNotFound) {
		return refused{Code: codeResource, Message: "the connection does not exist", Final: true}, nil
	}
	if err != nil {
		return nil, err
	}
	if d.State != "ACTIVE" || e.OpenConnection == nil {
		return refused{Code: codeAccess, Message: "the connection is not authorized", Final: true}, nil
	}
	text, err := e.OpenConnection(c)
	if err != nil {
		return nil, fmt.Errorf("connection %s: %w", c.Name, err)
	}
	t := &apiDestination{
		engine: e, key: account + "/" + d.Name, method: d.Method, rate: d.RateLimit, auth: new(authParameters),
		connection: fmt.Sprintf("%s/%s/%d", account, c.ID, c.ModifiedAt), headers: http.Header{}, body: map[string]string{},
	}
	if err := json.Unmarshal(text, t.auth); err != nil {
		return nil, fmt.Errorf("connection %s: %w", c.Name, err)
	}
	t.url, err = t.address(d.Endpoint, p)
	if err == nil {
		return t, nil
	}
	return refused{Code: codeResource, Message: err.Error(), Final: true}, nil
}

// address fills the wildcards of an endpoint, and adds what target and connection
// have of headers and query. The connection's win, as EventBridge has it.
func (t *apiDestination) address(endpoint string, p *httpParameters) (string, error) {
	if p == nil {
		p = new(httpParameters)
	}
	for _, value := range p.PathParameterValues {
		endpoint = strings.Replace(endpoint, "*", url.PathEscape(value), 1)
	}
	u, err := url.Parse(endpoint)
	if err != nil {
		return "", errors.New("the endpoint is not a URL")
	}
	query := u.Query()
	for name, value := range p.HeaderParameters {
		t.headers.Set(name, value)
	}
	for name, value := range p.QueryStringParameters {
		query.Set(name, value)
	}
	if c := t.auth.InvocationHTTPParameters; c != nil {
		for _, h := range c.HeaderParameters {
			t.headers.Set(h.Key, h.Value)
		}
		for _, q := range c.QueryStringParameters {
			query.Set(q.Key, q.Value)
		}
		for _, b := range c.BodyParameters {
			t.body[b.Key] = b.Value
		}
	}
	u.RawQuery = query.Encode()
	return u.String(), nil
}

// Send implements [Target].
func (t *apiDestination) Send(ctx context.Context, m Message) Outcome {
	if err := t.engine.limits.wait(ctx, t.key, t.rate); err != nil {
		return failed(err)
	}
	ctx, cancel := context.WithTimeout(ctx, t.engine.apiTimeout)
	defer cancel()
	return t.attempt(ctx, m)
}

func (t *apiDestination) attempt(ctx context.Context, m Message) Outcome {
	body, err := withMembers(m.Body, t.body)
	if err != nil {
		return Outcome{Code: codeJSON, Message: err.Error(), Final: true}
	}
	r, err := http.NewRequestWithContext(ctx, t.method, t.url, bytes.NewReader(body))
	if err != nil {
		return Outcome{Code: codeInternal, Message: "the request cannot be made", Final: true}
	}
	r.Header = t.headers.Clone()
	if r.Header.Get("Content-Type") == "" {
		r.Header.Set("Content-Type", "application/json; charset=utf-8")
	}
	r.Header.Set("User-Agent", userAgent)
	token := ""
	switch {
	case t.auth.BasicAuthParameters != nil:
		r.SetBasicAuth(t.auth.BasicAuthParameters.Username, t.auth.BasicAuthParameters.Password)
	case t.auth.APIKey != nil:
		r.Header.Set(t.auth.APIKey.Name, t.auth.APIKey.Value)
	case t.auth.OAuth != nil:
		if token, err = t.engine.tokens.get(ctx, t.connection, t.auth.OAuth); err != nil {
			o := failed(err)
			o.Message = "get a token: " + o.Message
			return o
		}
		r.Header.Set("Authorization", "Bearer "+token)
	}
	answer, err := t.engine.Outbound.Do(r)
	if err != nil {
		return failed(err)
	}
	if answer.Status == http.StatusUnauthorized {
		t.engine.tokens.forget(t.connection, token) // the next attempt gets a new one
	}
	o := answered(answer)
	o.Final = !o.OK() && !retriable(answer.Status)
	return o
}

// retriable reports whether EventBridge repeats a request with this answer.
func retriable(status int) bool {
	switch status {
	case http.StatusUnauthorized, http.StatusProxyAuthRequired, http.StatusConflict, http.StatusTooManyRequests:
		return true
	}
	return status >= http.StatusInternalServerError
}

// withMembers adds members to a JSON object.
func withMembers(body []byte, members map[string]string) ([]byte, error) {
	if len(members) == 0 {
		return body, nil
	}
	object := map[string]json.RawMessage{}
	if err := json.Unmarshal(body, &object); err != nil {
		return nil, errors.New("the connection adds members to the body, which is not a JSON object")
	}
	for name, value := range members {
		text, err := json.Marshal(value)
		if err != nil {
			return nil, err
		}
		object[name] = text
	}
	return json.Marshal(object)
}

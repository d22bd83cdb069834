package delivery

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"

	"cosell/internal/clock"
	"cosell/internal/outbound"
)

const (
	// tokenReserve is how long before its end a token is replaced.
	tokenReserve = 30 * time.Second
	// tokenLife is how long a token is used whose end is not told.
	tokenLife = 5 * time.Minute
	maxTokens = 1000
)

// oauthParameters describe how a client gets a token with its own credentials.
type oauthParameters struct {
	AuthorizationEndpoint string
	HTTPMethod            string                                  `json:"HttpMethod"`
	Client                struct{ ClientID, ClientSecret string } `json:"ClientParameters"`
	HTTPParameters        *connectionParameters                   `json:"OAuthHttpParameters"`
}

type token struct {
	text string
	end  time.Time
}

// tokenCache keeps the tokens of connections.
type tokenCache struct {
	out     *outbound.Client
	real    clock.Clock
	timeout time.Duration      // of a request for a token
	fetches singleflight.Group // one request for all deliveries that need the same token

	mu  sync.Mutex
	all map[string]token
}

func newTokenCache(out *outbound.Client, now clock.Clock, timeout time.Duration) *tokenCache {
	return &tokenCache{out: out, real: now, timeout: timeout, all: map[string]token{}}
}

// forget removes a token that was refused, unless there is another one already.
func (c *tokenCache) forget(key, refused string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.all[key].text == refused {
		delete(c.all, key)
	}
}

// get returns the token of a connection.
func (c *tokenCache) get(ctx context.Context, key string, p *oauthParameters) (string, error) {
	if text, ok := c.known(key); ok {
		return text, nil
	}
	result := c.fetches.DoChan(key, func() (any, error) {
		if text, ok := c.known(key); ok {
			return text, nil // it came between the question above and this one
		}
		// Others wait for it, too, so it does not end with the first that needs it.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), c.timeout)
		defer cancel()
		fresh, err := c.fetch(ctx, p)
		if err != nil {
			return "", err
		}
		c.mu.Lock()
		defer c.mu.Unlock()
		if len(c.all) >= maxTokens {
			clear(c.all)
		}
		c.all[key] = fresh
		return fresh.text, nil
	})
	select {
	case <-ctx.Done():
		return "", ctx.Err()
	case r := <-result:
		if r.Err != nil {
			return "", r.Err
		}
		return r.Val.(string), nil //nolint:forcetypeassert // the function above returns one
	}
}

// known returns the token of a connection that may still be used.
func (c *tokenCache) known(key string) (string, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	t, ok := c.all[key]
	return t.text, ok && c.real.Now().Before(t.end)
}

func (c *tokenCache) fetch(ctx context.Context, p *oauthParameters) (t token, err error) {
	form := url.Values{"grant_type": {"client_credentials"}, "client_id": {p.Client.ClientID}, "client_secret": {p.Client.ClientSecret}}
	address, err := url.Parse(p.AuthorizationEndpoint)
	if err != nil {
		return t, errors.New("the authorization endpoint is not a URL")
	}
	query := address.Query()
	headers := http.Header{"Accept": {"application/json"}, "User-Agent": {userAgent}}
	if h := p.HTTPParameters; h != nil {
		for _, one := range h.BodyParameters {
			form.Set(one.Key, one.Value)
		}
		for _, one := range h.QueryStringParameters {
			query.Set(one.Key, one.Value)
		}
		for _, one := range h.HeaderParameters {
			headers.Set(one.Key, one.Value)
		}
	}
	body := form.Encode()
	if p.HTTPMethod == http.MethodGet {
		for name := range form {
			query.Set(name, form.Get(name))
		}
		body = ""
	} else {
		headers.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	address.RawQuery = query.Encode()
	r, err := http.NewRequestWithContext(ctx, p.HTTPMethod, address.String(), strings.NewReader(body))
	if err != nil {
		return t, errors.New("the request for a token cannot be made")
	}
	r.Header = headers
	answer, err := c.out.Do(r)
	if err != nil {
		return t, err
	}
	if answer.Status != http.StatusOK {
		return t, fmt.Errorf("the authorization endpoint answered %d", answer.Status)
	}
	var got struct {
		AccessToken string  `json:"access_token"`
		ExpiresIn   float64 `json:"expires_in"`
	}
	if err := json.Unmarshal(answer.Body, &got); err != nil || got.AccessToken == "" {
		return t, errors.New("the authorization endpoint answered without a token")
	}
	life := tokenLife
	if got.ExpiresIn > 0 {
		life = time.Duration(min(got.ExpiresIn, time.Hour.Seconds()) * float64(time.Second))
		life = max(life-tokenReserve, life/2) //nolint:mnd // a short one is used for half its life
	}
	return token{got.AccessToken, c.real.Now().Add(life)}, nil
}

// Package outbound makes HTTP requests to addresses that others name. A request
// reaches only allowed addresses, follows no redirect, and is bounded in time and in
// what it reads.
package outbound

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"time"
)

// Bounds of a connection and of an answer.
const (
	dialTimeout = 3 * time.Second
	tlsTimeout  = 5 * time.Second
	idleTimeout = 90 * time.Second
	maxHeader   = 16 << 10
	maxIdle     = 256
	idlePerHost = 16
	// MaxAnswer is how much of an answer's body is read.
	MaxAnswer = 16 << 10
	// maxAddresses is how many addresses of a name are tried.
	maxAddresses = 4
)

// Policy says which addresses requests may reach besides public ones, and whether
// they may go without TLS.
type Policy struct {
	Loopback bool           // this machine
	Networks []netip.Prefix // private networks that are allowed
	// PlainHTTP allows http://. Loopback addresses allow it anyway.
	PlainHTTP bool
}

// ErrForbidden reports an address that the policy does not allow.
var ErrForbidden = errors.New("the address is not allowed")

// Client makes requests. It is safe for concurrent use.
type Client struct {
	policy   Policy
	http     *http.Client
	resolve  func(ctx context.Context, network, host string) ([]netip.Addr, error)
	dialer   net.Dialer
	maxBytes int64
}

// New returns a Client.
func New(p Policy) *Client {
	c := &Client{policy: p, resolve: net.DefaultResolver.LookupNetIP, dialer: net.Dialer{Timeout: dialTimeout}, maxBytes: MaxAnswer}
	c.http = &http.Client{
		Transport: &http.Transport{
			Proxy:                  nil, // a proxy would choose the address
			DialContext:            c.dial,
			TLSHandshakeTimeout:    tlsTimeout,
			MaxResponseHeaderBytes: maxHeader,
			MaxIdleConns:           maxIdle,
			MaxIdleConnsPerHost:    idlePerHost,
			IdleConnTimeout:        idleTimeout,
			ForceAttemptHTTP2:      true,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return c
}

// HTTP returns the underlying client, for a library that makes requests itself. It
// has the same addresses and follows no redirect; the library bounds time and size.
func (c *Client) HTTP() *http.Client { return c.http }

// Close closes idle connections.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// CheckURL returns an error if a URL can never be reached: it is for the time when
// somebody names it. Names are resolved only when a request is made.
func (c *Client) CheckURL(text string) error {
	u, err := url.Parse(text)
	switch {
	case err != nil, u.Host == "", u.Hostname() == "", u.Opaque != "":
		return errors.New("must be an absolute URL such as https://example.com/hook")
	case u.User != nil:
		return errors.New("must not hold a user or password")
	case u.Fragment != "":
		return errors.New("must not have a fragment")
	}
	local := u.Hostname() == "localhost"
	if a, err := netip.ParseAddr(u.Hostname()); err == nil {
		if !c.policy.allows(a) {
			return fmt.Errorf("%w: %s is not a public address", ErrForbidden, a)
		}
		local = a.Unmap().IsLoopback()
	}
	if u.Scheme == "https" || u.Scheme == "http" && (c.policy.PlainHTTP || local && c.policy.Loopback) {
		return nil
	}
	return errors.New("must begin with https://")
}

// Answer is the answer to a request.
type Answer struct {
	Status     int
	Header     http.Header
	Body       []byte // its beginning
	RetryAfter time.Duration
}

// Do makes a request, which must end within the time of ctx.
func (c *Client) Do(r *http.Request) (*Answer, error) {
	if err := c.CheckURL(r.URL.String()); err != nil {
		return nil, err
	}
	response, err := c.http.Do(r)
	if err != nil {
		if u, ok := errors.AsType[*url.Error](err); ok {
			err = u.Err // without the URL, which may hold a secret
		}
		return nil, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, c.maxBytes))
	if err != nil {
		return nil, fmt.Errorf("read the answer: %w", err)
	}
	return &Answer{
		Status: response.StatusCode, Header: response.Header, Body: body,
		RetryAfter: retryAfter(response.Header.Get("Retry-After"), time.Now()),
	}, nil
}

// dial resolves a name once, checks the addresses, and connects to one that is
// allowed: nobody can answer the check with one address and the connection with
// another.
func (c *Client) dial(ctx context.Context, network, address string) (net.Conn, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	addresses := make([]netip.Addr, 1)
	if addresses[0], err = netip.ParseAddr(host); err != nil {
		ctx, cancel := context.WithTimeout(ctx, dialTimeout)
		defer cancel()
		if addresses, err = c.resolve(ctx, "ip", host); err != nil {
			return nil, err
		}
	}
	err = fmt.Errorf("%w: %s has no public address", ErrForbidden, host)
	tried := 0
	for _, a := range addresses {
		if a = a.Unmap(); !c.policy.allows(a) || tried == maxAddresses {
			continue
		}
		tried++
		var conn net.Conn
		if conn, err = c.dialer.DialContext(ctx, network, net.JoinHostPort(a.String(), port)); err == nil {
			return conn, nil
		}
	}
	return nil, err
}

// special are networks that are neither private by netip's methods nor public: they
// must not be reached unless they are allowed by name.
var special = func() (all []netip.Prefix) {
	for _, text := range []string{
		"0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "198.18.0.0/15", "198.51.100.0/24",
		"203.0.113.0/24", "240.0.0.0/4", "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20",
		"168.63.129.16/32", // what Azure tells its machines, from an address that looks public
	} {
		all = append(all, netip.MustParsePrefix(text))
	}
	return all
}()

// public has all public addresses of IPv6. Others lead to IPv4 addresses of every kind, or
// nowhere.
var public = netip.MustParsePrefix("2000::/3")

// allows reports whether requests may reach an address.
func (p Policy) allows(a netip.Addr) bool {
	a = a.Unmap().WithZone("")
	for _, network := range p.Networks {
		if network.Contains(a) {
			return true
		}
	}
	if a.IsLoopback() {
		return p.Loopback
	}
	// Link-local has the metadata services of clouds: 169.254.169.254 and fe80::/10;
	// fd00:ec2::254 is private.
	if !a.IsGlobalUnicast() || a.IsPrivate() || a.IsLinkLocalUnicast() || a.Is6() && !public.Contains(a) {
		return false
	}
	for _, network := range special {
		if network.Contains(a) {
			return false
		}
	}
	return true
}

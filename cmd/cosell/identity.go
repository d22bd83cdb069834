package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"

	"cosell/internal/auth"
	"cosell/internal/authorization"
	"cosell/internal/awsjson"
	"cosell/internal/clock"
	"cosell/internal/identity"
	"cosell/internal/secrets"
)

// openIdentities opens what knows the principals of accounts, and what they may do.
func (c *serve) openIdentities(ctx context.Context, s *server, keeper *secrets.Keeper) (err error) {
	s.identities, err = identity.New(ctx, identity.Config{
		Store: s.store, Secrets: keeper, Random: rand.Reader, Now: clock.System().Now, Log: s.log, Development: !c.strict(),
	})
	if err != nil {
		return err
	}
	s.authorizer = authorization.New(authorization.Config{Identities: s.identities, Store: s.store, Now: clock.System().Now})
	return nil
}

// warnStrict prints what makes a server with strict authentication less safe than it
// could be.
func (c *serve) warnStrict(out output) {
	if token, err := c.token(); err == nil && token == "" {
		fmt.Fprintln(out, "  There is no COSELL_OPERATOR_TOKEN: only operators whose tokens are in the store can administer this server")
	}
	if host, _, err := net.SplitHostPort(c.Listen); err == nil && !isLoopback(host) && c.TLSCert == "" {
		fmt.Fprintln(out, "  WARNING: requests and tokens of operators cross the network unencrypted; give --tls-cert, or put a proxy with TLS in front")
	}
	if c.SecretsKeyFile == "" && os.Getenv("COSELL_SECRETS_KEY") == "" {
		fmt.Fprintln(out, "  WARNING: whoever reads the store can read the secrets of access keys; give --secrets-key-file")
	}
}

// verifier returns who sent a request that is signed for a service.
func (c *serve) verifier(s *server, service string) awsjson.Verifier {
	v := auth.NewVerifier(s.identities, clock.System().Now, service)
	if !c.strict() {
		return auth.LocalPages{Verifier: v}
	}
	return v
}

// authorizeUpload refuses an action on an uploaded file that its caller may not take.
func (s *server) authorizeUpload(ctx context.Context, r *http.Request, caller auth.Principal, action, resource string) error {
	return s.authorizer.CheckAction(ctx, r, caller, action, resource, nil)
}

// presignedFile returns who presigned a URL for reading a file of this server.
func (s *server) presignedFile(u *url.URL) (auth.Principal, error) {
	r := &http.Request{Method: http.MethodGet, URL: u, Host: u.Host, Header: http.Header{}}
	o, err := auth.NewObjectVerifier(s.identities, clock.System().Now).Verify(r)
	if err != nil {
		return auth.Principal{}, err
	}
	return o.Principal, nil
}

package auth

import (
	"context"
	"net/http"
)

type forwardedKey struct{}

// Forward returns the context of a request that the server sends to itself in the name
// of the root user of an account, for an operator whose right to do so was checked.
// Nothing that arrives over the network has it.
func Forward(ctx context.Context, account string) context.Context {
	return context.WithValue(ctx, forwardedKey{}, Principal{Account: account, ARN: "arn:aws:iam::" + account + ":root"})
}

// ForwardAs is [Forward] in the name of a principal, whose right to be named was checked.
func ForwardAs(ctx context.Context, p Principal) context.Context {
	return context.WithValue(ctx, forwardedKey{}, p)
}

func forwarded(ctx context.Context) (Principal, bool) {
	p, ok := ctx.Value(forwardedKey{}).(Principal)
	return p, ok
}

// Forwarded accepts forwarded requests, which have no signature, and verifies all
// others.
type Forwarded struct {
	Verifier interface {
		Check(r *http.Request) (Claim, error)
	}
}

// Check implements the verifier of package awsjson.
func (v Forwarded) Check(r *http.Request) (Claim, error) {
	if p, ok := forwarded(r.Context()); ok {
		return forwardedClaim{p}, nil
	}
	return v.Verifier.Check(r)
}

type forwardedClaim struct{ principal Principal }

// Account implements [Claim].
func (c forwardedClaim) Account() string { return c.principal.Account }

// Verify implements [Claim].
func (c forwardedClaim) Verify([]byte) (Principal, error) { return c.principal, nil }

// ForwardedObjects is [Forwarded] for requests of S3.
type ForwardedObjects struct {
	Verifier interface {
		Verify(r *http.Request) (*Object, error)
	}
}

// Verify implements the verifier of package s3.
func (v ForwardedObjects) Verify(r *http.Request) (*Object, error) {
	if p, ok := forwarded(r.Context()); ok {
		return &Object{Principal: p, payload: payload{length: r.ContentLength}}, nil
	}
	return v.Verifier.Verify(r)
}

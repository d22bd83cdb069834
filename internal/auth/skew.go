package auth

import (
	"context"
	"net/http"
	"time"
)

// Skew returns by how much the clock of a server is ahead for an account, in order to
// test clients.
type Skew func(account string) time.Duration

type skewKey struct{}

// WithSkew returns a context whose requests are checked with a clock that is ahead.
func WithSkew(ctx context.Context, skew Skew) context.Context {
	return context.WithValue(ctx, skewKey{}, skew)
}

// skewOf returns by how much the clock is ahead for a request. A key that does not exist
// is refused later.
func (v *Verifier) skewOf(r *http.Request, keyID string) time.Duration {
	skew, ok := r.Context().Value(skewKey{}).(Skew)
	if !ok {
		return 0
	}
	key, err := v.lookup(r, keyID)
	if err != nil {
		return 0
	}
	return skew(key.Principal.Account)
}

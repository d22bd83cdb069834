package operation

import "context"

type preludeKey struct{}

// WithPrelude returns a context whose updates run fn first, in their transaction: its
// error ends them, and what it writes is committed with what they write. It may run more
// than once, as their functions may.
func WithPrelude(ctx context.Context, fn func(*Call) error) context.Context {
	return context.WithValue(ctx, preludeKey{}, fn)
}

func prelude(ctx context.Context, c *Call) error {
	if fn, ok := ctx.Value(preludeKey{}).(func(*Call) error); ok {
		return fn(c)
	}
	return nil
}

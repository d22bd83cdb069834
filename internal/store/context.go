package store

import "context"

type unhurried struct{}

// Unhurried returns a context for a transaction over much of the store, an
// export say: an engine that bounds the time of transactions lets it take what
// it takes.
func Unhurried(ctx context.Context) context.Context { return context.WithValue(ctx, unhurried{}, true) }

// IsUnhurried says whether a context is one of Unhurried's.
func IsUnhurried(ctx context.Context) bool { return ctx.Value(unhurried{}) != nil }

type repeatable struct{}

// Repeatable returns a context for an update that finds out by itself whether it
// has been committed already, as one within [Tx.Once] does: an engine then also
// runs it again where the outcome of its commit is unknown.
func Repeatable(ctx context.Context) context.Context {
	return context.WithValue(ctx, repeatable{}, true)
}

// IsRepeatable says whether a context is one of Repeatable's.
func IsRepeatable(ctx context.Context) bool { return ctx.Value(repeatable{}) != nil }

package coselltest

import (
	"context"

	"cosell/internal/quota"
	"cosell/internal/store"
)

// OperatorError sends a request to the operator API and returns the refusal.
func OperatorError(s *Server, method, path string, in any) error {
	return s.operator(method, path, in, nil)
}

// WithLimits holds accounts to quotas.
func WithLimits(l *quota.Limits) Option { return func(o *options) { o.quotas = l } }

// WithStore opens another store than the embedded one.
func WithStore(open func(context.Context) (store.Store, error)) Option {
	return func(o *options) { o.store = open }
}

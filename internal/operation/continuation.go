package operation

import (
	"context"

	"cosell/internal/api"
	"cosell/internal/auth"
)

// Continuation goes on with an operation after the commit of its first
// transaction, which called [Call.Continue] with the reference, and answers it.
type Continuation func(ctx context.Context, caller auth.Principal, reference api.Raw) (any, error)

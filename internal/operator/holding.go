package operator

import (
	"context"
	"log/slog"
	"time"

	"cosell/internal/access"
)

// whileHeld returns a context that ends soon after what the request of a context was let in
// with does not let it in any more: its session has ended, or its token was revoked. It is
// for answers that last. A server that cannot tell ends them, too; clients come back.
func (c Config) whileHeld(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(ctx)
	i := access.From(ctx)
	if i == nil || i.Local {
		return ctx, cancel // there is nothing that could end
	}
	go func() {
		defer cancel()
		ticker := time.NewTicker(access.HoldingEvery)
		defer ticker.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-ticker.C:
			}
			switch held, err := c.Access.Holds(ctx, i); {
			case err != nil && ctx.Err() == nil:
				c.Log.LogAttrs(ctx, slog.LevelError, "end a stream: operator fault", slog.String("cause", err.Error()))
				return
			case !held:
				return
			}
		}
	}()
	return ctx, cancel
}

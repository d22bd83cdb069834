package operator

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"cosell/internal/access"
)

// whileHeld returns a context that ends soon after what the request of a context was let in
// with does not let it in any more: its session has ended, or its token was revoked. It is
// for answers that last. A server that cannot tell ends them, too; clients come back. The
// error is a refusal of too many such answers.
func (c Config) whileHeld(ctx context.Context) (context.Context, context.CancelFunc, error) {
	i := access.From(ctx)
	leave, err := c.lasting.enter(i)
	if err != nil {
		return nil, nil, err
	}
	ctx, cancel := context.WithCancel(ctx)
	release := func() { cancel(); leave() }
	if i == nil || i.Local {
		return ctx, release, nil // there is nothing that could end
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
	return ctx, release, nil
}

const (
	// mostOfUser is how many answers that last a user of an account has at once, and
	// mostOfToken how many there are with one token: each of them looks into the store ten
	// times a second.
	mostOfUser  = 20
	mostOfToken = 200
)

// lasting counts the answers that last.
type lasting struct {
	mu sync.Mutex
	of map[lastingKey]int
}

// lastingKey is whose answers are counted together.
type lastingKey struct {
	role access.Role
	name string
}

// enter counts an answer until leave is called, or refuses one too many.
func (l *lasting) enter(i *access.Identity) (leave func(), err error) {
	if i == nil || i.Local {
		return func() {}, nil
	}
	key, most := lastingKey{i.Role, i.Name}, mostOfToken
	if i.Role == access.User {
		most = mostOfUser
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.of[key] >= most {
		return nil, huma.Error429TooManyRequests(fmt.Sprintf("streams: %d streams and requests that wait are open for %s, the most that there may be; close one", most, i.Name))
	}
	l.of[key]++
	return sync.OnceFunc(func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		if l.of[key]--; l.of[key] == 0 {
			delete(l.of, key)
		}
	}), nil
}

package observe_test

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"testing/synctest"

	"cosell/internal/observe"
)

// TestAttackManyProbes sees that probes, which need no key, ask the store once at a time.
func TestAttackManyProbes(t *testing.T) {
	for name, c := range map[string]struct {
		err    error
		status int
	}{"ready": {nil, http.StatusOK}, "not ready": {errors.New("no store"), http.StatusServiceUnavailable}} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				asked, answer := 0, make(chan struct{})
				h := observe.New(slog.New(slog.DiscardHandler), "0.0.0").Ready(func(context.Context) error {
					asked++
					<-answer
					return c.err
				})
				var all sync.WaitGroup
				for range 100 {
					all.Go(func() {
						w := httptest.NewRecorder()
						h.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/readyz", http.NoBody))
						if w.Code != c.status {
							t.Errorf("got %d", w.Code)
						}
					})
				}
				synctest.Wait()
				close(answer)
				all.Wait()
				if asked != 1 {
					t.Errorf("the store was asked %d times", asked)
				}
			})
		})
	}
}

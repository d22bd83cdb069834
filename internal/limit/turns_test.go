package limit_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"

	"cosell/internal/limit"
)

// queue is who waits for turns, and in which order these came.
type queue struct {
	*limit.Turns

	mu    sync.Mutex
	order []string
}

// wait lets an account wait for its turn; it is in the queue when wait returns.
func (q *queue) wait(ctx context.Context, account string) {
	go func() {
		if q.Take(ctx, account) != nil {
			return
		}
		q.mu.Lock()
		defer q.mu.Unlock()
		q.order = append(q.order, account)
	}()
	synctest.Wait()
}

// come releases a place of an account, and checks whose turns have come.
func (q *queue) come(t *testing.T, releases string, want ...string) {
	t.Helper()
	q.Release(releases)
	synctest.Wait()
	q.mu.Lock()
	defer q.mu.Unlock()
	if !slices.Equal(q.order, want) {
		t.Errorf("after %s: turns of %v, want %v", releases, q.order, want)
	}
}

// An account that asks for much does not delay one that asks for little: that one is next,
// however many wait.
func TestTurnsOfAccounts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := &queue{Turns: limit.NewTurns(2)}
		for range 18 { // two have places
			q.wait(t.Context(), "loud")
		}
		q.wait(t.Context(), "quiet")
		q.wait(t.Context(), "other")
		q.wait(t.Context(), "quiet")
		got := []string{"loud", "loud"}
		for _, turn := range []struct{ releases, next string }{
			{"loud", "quiet"}, {"loud", "loud"}, {"quiet", "other"}, {"loud", "quiet"}, {"quiet", "loud"}, {"other", "loud"},
		} {
			got = append(got, turn.next)
			q.come(t, turn.releases, got...)
		}
		for range 13 {
			got = append(got, "loud")
			q.come(t, "loud", got...)
		}
		q.Release("loud")
		q.Release("loud")
		for range 2 {
			if q.Take(t.Context(), "a") != nil {
				t.Error("not both places were free")
			}
		}
	})
}

// Who stops waiting takes no place.
func TestTurnsAreNotWaitedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := &queue{Turns: limit.NewTurns(1)}
		q.wait(t.Context(), "a")
		ctx, stop := context.WithCancel(t.Context())
		q.wait(ctx, "b")
		q.wait(t.Context(), "c")
		stop()
		synctest.Wait()
		if err := q.Take(ctx, "d"); !errors.Is(err, limit.ErrBusy) {
			t.Errorf("after the end: %v", err)
		}
		q.come(t, "a", "a", "c")
		q.Release("c")
		if err := q.Take(ctx, "d"); err != nil { // there is a place: the context is not asked
			t.Error(err)
		}
	})
}

func TestWithoutTurns(t *testing.T) {
	var none *limit.Turns
	for range 100 {
		if err := none.Take(t.Context(), "a"); err != nil {
			t.Fatal(err)
		}
	}
	none.Release("a")
}

// Whatever comes and goes, no more than the places are taken, and none gets lost.
func TestTurnsUnderLoad(t *testing.T) {
	turns := limit.NewTurns(3)
	var mu sync.Mutex
	taken, most := 0, 0
	var all sync.WaitGroup
	for i := range 64 {
		account := string(rune('a' + i%5))
		all.Go(func() {
			for n := range 200 {
				ctx, stop := context.WithCancel(context.Background())
				if n%7 == i%7 {
					stop()
				}
				if turns.Take(ctx, account) == nil {
					mu.Lock()
					taken++
					most = max(most, taken)
					mu.Unlock()
					mu.Lock()
					taken--
					mu.Unlock()
					turns.Release(account)
				}
				stop()
			}
		})
	}
	all.Wait()
	if most > 3 {
		t.Errorf("%d at a time", most)
	}
	for range 3 {
		ended, stop := context.WithCancel(context.Background())
		stop()
		if turns.Take(ended, "a") != nil {
			t.Error("a place got lost")
		}
	}
}

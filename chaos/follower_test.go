package chaos

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"sync/atomic"
	"testing"
	"time"
)

// follower reads what an account is told while it happens, from one server and the
// next, and goes on from what the last page named. Whatever servers do meanwhile, it
// sees in the end what somebody sees who reads everything then.
type follower struct {
	client

	account string
	next    string
	seen    []string // the identifiers of events
}

// follow reads until it is told to end, and then to the end of what is there.
func (f *follower) follow(ctx context.Context, ending *atomic.Bool) error {
	const pause = 50 * time.Millisecond
	for ; ; f.prefers++ {
		last := ending.Load()
		page, err := f.read(ctx)
		if err != nil {
			return err
		}
		if page != nil {
			for _, e := range page.Events {
				f.seen = append(f.seen, e.Event.ID)
			}
			f.next = page.Next
			if last && len(page.Events) == 0 {
				return nil
			}
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// read asks once. The page is nil where there was no answer, or none that settles it.
func (f *follower) read(ctx context.Context) (*eventPage, error) {
	endpoint, err := f.cluster.URL(ctx, f.prefers)
	if err != nil {
		return nil, err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, endpoint+"/operator/v1"+eventsAfter(f.account, f.next), nil)
	if err != nil {
		return nil, err
	}
	answer, err := wire.Do(r)
	if err != nil {
		return nil, ctx.Err() // else a server that died
	}
	defer answer.Body.Close()
	if answer.StatusCode >= http.StatusInternalServerError {
		return nil, nil //nolint:nilnil // no page, and nothing to say about it
	}
	if answer.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("events of %s after %s: %s", f.account, f.next, answer.Status)
	}
	page := new(eventPage)
	if err := json.NewDecoder(answer.Body).Decode(page); err != nil {
		return nil, ctx.Err() // else a server that died while it answered
	}
	return page, nil
}

// beginFollowing has somebody follow each account until the test ends them.
func (w *world) beginFollowing(t *testing.T) {
	t.Helper()
	for i, account := range w.told() {
		f := &follower{client: client{cluster: w.cluster, prefers: i}, account: account, next: "0"}
		w.followers = append(w.followers, f)
		w.following.Go(func() {
			if err := f.follow(t.Context(), &w.quiet); err != nil && t.Context().Err() == nil {
				t.Error(err)
			}
		})
	}
}

// verifyFollowers sees that those who followed saw every event, once, in the order in
// which they stand.
func (w *world) verifyFollowers(t *testing.T, v *verdict, order map[string][]string) {
	t.Helper()
	w.quiet.Store(true)
	w.following.Wait()
	for _, f := range w.followers {
		want := order[f.account]
		if slices.Equal(f.seen, want) {
			continue
		}
		seen := map[string]bool{}
		for _, id := range f.seen {
			if seen[id] {
				v.doubledf("who followed account %s saw event %s twice", f.account, id)
			}
			seen[id] = true
		}
		for _, id := range want {
			if !seen[id] {
				v.lostf("who followed account %s did not see event %s", f.account, id)
			}
		}
		t.Errorf("who followed account %s saw %d events, in another order than the %d that are there", f.account, len(f.seen), len(want))
	}
}

package chaos

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// world is everybody who writes, and what they know.
type world struct {
	cluster  *cluster
	tally    *tally
	accounts []string
	partners []*partner

	stopped atomic.Bool
	running sync.WaitGroup
	failed  chan struct{} // closed when a partner gave up
	once    sync.Once

	receiver  *receiver // nil where nothing is sent
	followers []*follower
	quiet     atomic.Bool // nothing more will be told
	following sync.WaitGroup
}

func newWorld(c *cluster, seed uint64) *world {
	const partners, accounts = 12, 4
	w := &world{cluster: c, tally: &tally{progress: make(chan struct{}, 1)}, failed: make(chan struct{})}
	for i := range accounts {
		w.accounts = append(w.accounts, fmt.Sprintf("%012d", i+1))
	}
	for i := range partners {
		account := w.accounts[i%accounts]
		w.partners = append(w.partners, &partner{
			client: client{cluster: c, tally: w.tally, prefers: i},
			name:   fmt.Sprintf("partner %d", i), account: account,
			others: slices.DeleteFunc(slices.Clone(w.accounts), func(other string) bool { return other == account }),
			random: rand.New(rand.NewPCG(seed, uint64(i)+1)),
			story:  story{},
		})
	}
	return w
}

// told are the accounts that are told something.
func (w *world) told() []string { return append([]string{"aws"}, w.accounts...) }

// begin lets the partners work, and others follow them, until the test ends them.
func (w *world) begin(t *testing.T) {
	t.Helper()
	w.beginFollowing(t)
	ctx := context.WithoutCancel(t.Context())
	for _, p := range w.partners {
		w.running.Go(func() {
			if err := p.run(ctx, w.stopped.Load); err != nil {
				t.Error(err)
				w.once.Do(func() { close(w.failed) })
			}
		})
	}
}

// end stops the partners when each knows the outcome of its last request.
func (w *world) end() {
	w.stopped.Store(true)
	w.running.Wait()
}

// await waits until so many more requests are acknowledged. It answers false when
// that will not be.
func (w *world) await(t *testing.T, requests int) bool {
	t.Helper()
	for goal := w.tally.acknowledged.Load() + int64(requests); w.tally.acknowledged.Load() < goal; {
		select {
		case <-w.tally.progress:
		case <-w.failed:
			return false
		case <-time.After(settling):
			t.Errorf("nothing was acknowledged for %s", settling)
			return false
		}
	}
	return true
}

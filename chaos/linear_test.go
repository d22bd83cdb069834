package chaos

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"

	"cosell/internal/api"
	"cosell/internal/store/pgtest"
)

// Clients that contend for the same opportunity, invitation and snapshot see, each
// of them, what they would see if all had asked one after another.

func TestReplicasAreLinearizable(t *testing.T) {
	linearizable(t, replicas(t, 3, pgtest.URL(t)), "three replicas on PostgreSQL")
}

func TestEmbeddedStoreIsLinearizable(t *testing.T) {
	linearizable(t, embedded(t, filepath.Join(t.TempDir(), "data")), "embedded store")
}

// linearizable lets clients contend in rounds, in each of which a server dies, and
// checks what they saw. A round has subjects of its own: requests whose outcome
// nobody knows make a history costly to check.
func linearizable(t *testing.T, c *cluster, servers string) {
	t.Helper()
	random := draw(t)
	line := histories{servers: servers}
	for round := range times(2, 100) {
		r := newContest(t, c, *seed, round)
		var wait sync.WaitGroup
		for _, one := range r.contenders {
			wait.Go(func() { one.contend(t.Context(), t, r) })
		}
		r.await(1 + random.IntN(contenders*turns/2))
		c.restart(t, random.IntN(c.Size()))
		wait.Wait()
		r.settle(t)
		r.check(t, &line)
		if t.Failed() {
			break
		}
	}
	results.addHistories(line)
}

const (
	contenders = 8  // clients in a round
	turns      = 30 // that each of them has
	ambition   = 2  // subjects of each kind
)

// subject is one of what clients contend for: its history is checked by itself.
type subject struct {
	model   porcupine.Model
	history history
	// One of the following.
	deal       *contestedDeal
	invitation string
	snapshot   *contestedSnapshot
}

// history is what was seen of one subject.
type history struct {
	mu  sync.Mutex
	ops []porcupine.Operation
}

func (h *history) add(client int, call int64, in, out any, end int64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.ops = append(h.ops, porcupine.Operation{ClientId: client, Input: in, Call: call, Output: out, Return: end})
}

// contest is a round.
type contest struct {
	subjects   []*subject
	contenders []*contender
	turns      chan struct{} // one for each turn taken
	begin      time.Time
}

// contender is a client in a round.
type contender struct {
	client

	number  int
	random  *rand.Rand
	serial  int
	unknown int // requests without an answer
}

func newContest(t *testing.T, c *cluster, seed uint64, round int) *contest {
	t.Helper()
	r := &contest{turns: make(chan struct{}, contenders*turns), begin: time.Now()}
	w := newWorld(c, seed+uint64(round))
	for _, p := range w.partners[:ambition] {
		p.name = fmt.Sprintf("%s - round %d", p.name, round)
		r.subjects = append(r.subjects, contestDeal(t, p), contestInvitation(t, p), contestSnapshot(t, p))
	}
	for i := range contenders {
		r.contenders = append(r.contenders, &contender{
			client: client{cluster: c, tally: w.tally, prefers: i}, number: i,
			random: rand.New(rand.NewPCG(seed+uint64(round), uint64(i)+1)),
		})
	}
	return r
}

// now is the time by which histories are ordered.
func (r *contest) now() int64 { return time.Since(r.begin).Nanoseconds() }

// await waits until so many turns were taken.
func (r *contest) await(n int) {
	for range n {
		<-r.turns
	}
}

// contend takes turns with one subject or another.
func (c *contender) contend(ctx context.Context, t *testing.T, r *contest) {
	for range turns {
		s := r.subjects[c.random.IntN(len(r.subjects))]
		var err error
		switch {
		case s.deal != nil:
			err = c.contendDeal(ctx, r, s)
		case s.snapshot != nil:
			err = c.contendSnapshot(ctx, r, s)
		default:
			err = c.contendInvitation(ctx, r, s)
		}
		if err != nil {
			t.Error(err)
		}
		r.turns <- struct{}{}
	}
}

// errUnknown says that a request may have had effect, or may yet have.
var errUnknown = errors.New("the outcome is unknown")

// once sends a request once.
func (c *contender) once(ctx context.Context, account, operation string, in any) ([]byte, error) {
	body, err := api.Marshal(in)
	if err != nil {
		return nil, err
	}
	url, err := c.cluster.URL(ctx, c.prefers)
	if err != nil {
		return nil, err
	}
	answer, final, err := c.send(ctx, url, account, operation, body)
	if !final {
		c.prefers++
		c.unknown++
		return nil, errUnknown
	}
	return answer, err
}

// conflicts reports whether a request was refused since somebody else was first.
func conflicts(err error) bool {
	refused, ok := errors.AsType[*refusal](err)
	return ok && refused.Type == api.TypeConflict
}

// settle finds out what can be found out of requests without an answer.
func (r *contest) settle(t *testing.T) {
	t.Helper()
	c := r.contenders[0]
	for _, s := range r.subjects {
		var err error
		switch {
		case s.deal != nil:
			_, err = c.readDeal(t.Context(), r, s)
			s.deal.settle(&s.history)
		case s.snapshot != nil:
			err = errors.Join(s.snapshot.settle(t.Context(), c, r, &s.history), c.readSnapshot(t.Context(), r, s))
		default:
			err = c.readInvitation(t.Context(), r, s)
		}
		if err != nil {
			t.Error(err)
		}
	}
}

// never is when an operation ends of which nobody knows whether it did.
const never = math.MaxInt64

func (r *contest) check(t *testing.T, line *histories) {
	t.Helper()
	for _, c := range r.contenders {
		line.unknown += c.unknown
	}
	for _, s := range r.subjects {
		ops := s.history.ops
		line.checked++
		line.operations += len(ops)
		if got := porcupine.CheckOperationsTimeout(s.model, ops, settling); got != porcupine.Ok {
			line.failed++
			slices.SortFunc(ops, func(a, b porcupine.Operation) int { return int(a.Call - b.Call) })
			text := ""
			for _, op := range ops {
				text += fmt.Sprintf("client %d, %d to %d: %+v: %+v\n", op.ClientId, op.Call, op.Return, op.Input, op.Output)
			}
			t.Errorf("a history is %s, not linearizable:\n%s", got, text)
		}
	}
}

package limit

import (
	"context"
	"slices"
	"sync"
)

// Turns bounds how many things are done at a time, and shares the places between
// accounts: a free place goes to the waiting account that has the fewest. One account
// alone can have all places. It is safe for concurrent use; a nil Turns lets everybody in.
type Turns struct {
	mu    sync.Mutex
	free  int
	lines map[string]*line
	order []*line // those in which somebody waits, the last served last
}

// line is an account that has places or waits for them.
type line struct {
	account string
	has     int
	waiting []chan struct{} // closed when it is their turn
}

// NewTurns returns a Turns with a number of places.
func NewTurns(places int) *Turns { return &Turns{free: places, lines: map[string]*line{}} }

// Take waits for a place, which must be given back with Release. It returns ErrBusy when
// the context ends before that.
func (t *Turns) Take(ctx context.Context, account string) error {
	if t == nil {
		return nil
	}
	t.mu.Lock()
	l := t.lines[account]
	if l == nil {
		l = &line{account: account}
		t.lines[account] = l
	}
	if t.free > 0 { // nobody waits then
		t.free--
		l.has++
		t.mu.Unlock()
		return nil
	}
	turn := make(chan struct{})
	if l.waiting = append(l.waiting, turn); len(l.waiting) == 1 {
		t.order = append(t.order, l)
	}
	t.mu.Unlock()
	select {
	case <-turn:
		return nil
	case <-ctx.Done():
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	i := slices.Index(l.waiting, turn)
	if i < 0 { // it was given just now
		return nil
	}
	l.waiting = slices.Delete(l.waiting, i, i+1)
	t.tidy(l)
	return ErrBusy
}

// Release gives back a place of an account, to whoever's turn it is.
func (t *Turns) Release(account string) {
	if t == nil {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	l := t.lines[account]
	l.has--
	t.tidy(l)
	if len(t.order) == 0 {
		t.free++
		return
	}
	next := slices.MinFunc(t.order, func(a, b *line) int { return a.has - b.has }) // the first of several
	turn := next.waiting[0]
	next.waiting = next.waiting[1:]
	next.has++
	i := slices.Index(t.order, next)
	t.order = slices.Delete(t.order, i, i+1)
	if len(next.waiting) > 0 {
		t.order = append(t.order, next)
	}
	close(turn)
}

// tidy forgets what is left of an account that no longer waits, or has nothing either.
func (t *Turns) tidy(l *line) {
	if len(l.waiting) > 0 {
		return
	}
	if i := slices.Index(t.order, l); i >= 0 {
		t.order = slices.Delete(t.order, i, i+1)
	}
	if l.has == 0 {
		delete(t.lines, l.account)
	}
}

package storetest

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"cosell/internal/store"
)

// tell appends events for account 1, named by their sequences.
func tell(t testing.TB, s store.Store, sequences ...int64) {
	t.Helper()
	update(t, s, func(tx *store.Tx) error {
		for _, sequence := range sequences {
			if err := tx.InsertEvent(store.Event{Account: "1", Sequence: sequence, Envelope: fmt.Append(nil, sequence)}); err != nil {
				return err
			}
		}
		return nil
	})
}

// Follow reads the events of an account that come after a sequence, page by page, to
// the end. It fails the test where they do not stand in order.
func Follow(t testing.TB, s store.Store, account string, after int64, limit int) (told []store.Event) {
	t.Helper()
	for {
		page, err := store.Events(t.Context(), s, account, after, limit)
		if err != nil {
			t.Fatalf("events after %d: %v", after, err)
		}
		if len(page) == 0 {
			return told
		}
		for _, e := range page {
			if e.Sequence <= after {
				t.Fatalf("event %d comes after %d", e.Sequence, after)
			}
			after = e.Sequence
		}
		told = append(told, page...)
	}
}

// envelopes joins what events hold.
func envelopes(events []store.Event) string {
	var all []string
	for _, e := range events {
		all = append(all, string(e.Envelope))
	}
	return strings.Join(all, " ")
}

func testEvents(t *testing.T, s store.Store) {
	update(t, s, func(tx *store.Tx) error {
		for _, e := range []store.Event{
			{Account: "1", Sequence: 30, Envelope: []byte("c")},
			{Account: "1", Sequence: 10, Envelope: []byte("a")},
			{Account: "1", Sequence: 20, Envelope: []byte("b")},
			{Account: "2", Sequence: 15, Envelope: []byte("x")},
		} {
			if err := tx.InsertEvent(e); err != nil {
				return err
			}
		}
		return isNot(tx.InsertEvent(store.Event{Account: "1", Sequence: 10}), store.ErrExists)
	})
	for _, c := range []struct {
		after int64
		limit int
		want  string
	}{{0, 2, "a b"}, {0, 10, "a b c"}, {10, 10, "b c"}, {30, 10, ""}} {
		events, err := store.Events(t.Context(), s, "1", c.after, c.limit)
		if got := envelopes(events); got != c.want || err != nil {
			t.Errorf("events after %d: %q, %v; want %q", c.after, got, err, c.want)
		}
	}
	if got := waiting(t, s); got != 1 {
		t.Errorf("%d events wait, want that of the account which nobody follows", got)
	}
}

// waiting counts the events that have no place.
func waiting(t testing.TB, s store.Store) int {
	t.Helper()
	outbox := slices.IndexFunc(store.Tables(), func(t store.Table) bool { return t.Name == "event_outbox" })
	return len(allRows(t, s, store.Tables()[outbox]))
}

// An event that becomes visible behind one that was read already gets its place
// above it; what was read stays where it was.
func testEventsLate(t *testing.T, s store.Store) {
	tell(t, s, 20, 40)
	first := Follow(t, s, "1", 0, 10)
	tell(t, s, 30)
	second := Follow(t, s, "1", 40, 10)
	if len(second) == 0 {
		t.Fatal("the event 30 is behind who has read 40")
	}
	tell(t, s, 10, 50, 41, 42)
	third := Follow(t, s, "1", second[0].Sequence, 2)
	if got := envelopes(first) + " | " + envelopes(second) + " | " + envelopes(third); got != "20 40 | 30 | 10 41 42 50" {
		t.Errorf("a follower saw %s", got)
	}
	if diff := cmp.Diff(slices.Concat(first, second, third), Follow(t, s, "1", 0, 3)); diff != "" {
		t.Errorf("whoever comes later sees others:\n%s", diff)
	}
	if last := third[len(third)-1]; last.Sequence != 50 {
		t.Errorf("the sequence 50 was free, yet its event stands at %d", last.Sequence)
	}
}

// Many follow at once while events are appended in another order than their
// sequences'. All see all of them, once, in one order.
func testEventsRace(t *testing.T, s store.Store) {
	RaceEvents(t, s, s)
}

// RaceEvents has many append events and many follow them, on two stores that are
// one.
func RaceEvents(t *testing.T, on ...store.Store) {
	t.Helper()
	const writers, each, followers = 6, 40, 6
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	var drawn atomic.Int64
	var all sync.WaitGroup
	for w := range writers {
		all.Go(func() {
			for i := range each {
				if err := on[w%len(on)].Update(ctx, func(tx *store.Tx) error {
					sequence := drawn.Add(1)
					// Others draw, commit and are read meanwhile.
					if _, err := tx.Account("none"); isNot(err, store.ErrNotFound) != nil {
						return err
					}
					time.Sleep(time.Duration(w%3) * time.Millisecond)
					return tx.InsertEvent(store.Event{Account: "1", Sequence: sequence, Envelope: fmt.Appendf(nil, "%d-%03d", w, i)})
				}); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	told := make([][]store.Event, followers)
	for f := range followers {
		all.Go(func() {
			for after := int64(0); len(told[f]) < writers*each; {
				page, err := store.Events(ctx, on[f%len(on)], "1", after, 1+f*f)
				if err == nil {
					err = ctx.Err()
				}
				if err != nil {
					t.Errorf("follower %d after %d events: %v", f, len(told[f]), err)
					return
				}
				if len(page) > 0 {
					after = page[len(page)-1].Sequence
				}
				told[f] = append(told[f], page...)
			}
		})
	}
	all.Wait()
	want := Follow(t, on[0], "1", 0, 1000)
	for f, got := range told {
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("follower %d saw others than who reads all:\n%s", f, diff)
		}
	}
	seen := map[byte]string{}
	for _, e := range want {
		writer, name := e.Envelope[0], string(e.Envelope)
		if name <= seen[writer] {
			t.Errorf("event %s stands behind %s of the same writer", name, seen[writer])
		}
		seen[writer] = name
	}
	if len(want) != writers*each {
		t.Errorf("%d events, want %d", len(want), writers*each)
	}
}

// Whenever somebody reads, the events of one subject, each noted after the one
// before was committed, keep their order. Those of others may have come late.
func testEventsOfASubject(t *testing.T, s store.Store) {
	const subjects, events = 4, 120
	random := rand.New(rand.NewPCG(5, 6))
	var now int64
	pending := map[int]int64{} // what a subject's transaction under way has noted
	last := map[int64]int{}    // whose a sequence is
	for len(last) < events {
		now++
		switch subject := random.IntN(subjects); {
		case random.IntN(10) == 0:
			Follow(t, s, "1", 0, 1+random.IntN(20))
		case pending[subject] == 0:
			pending[subject] = now
		default:
			tell(t, s, pending[subject])
			last[pending[subject]] = subject
			delete(pending, subject)
		}
	}
	before := map[int]int64{}
	told := Follow(t, s, "1", 0, 1000)
	for _, e := range told {
		var noted int64
		if _, err := fmt.Sscan(string(e.Envelope), &noted); err != nil {
			t.Fatal(err)
		}
		subject := last[noted]
		if noted <= before[subject] {
			t.Errorf("of subject %d, event %d stands behind %d", subject, noted, before[subject])
		}
		before[subject] = noted
	}
	if len(told) != events {
		t.Errorf("%d events, want %d", len(told), events)
	}
}

// Who is the first to read a long story gets it bit by bit, and none is left out.
func testEventsUnread(t *testing.T, s store.Store) {
	const events, bound = 2500, 1000
	var sequences []int64
	for i := range int64(events) {
		sequences = append(sequences, 1+i)
	}
	tell(t, s, sequences...)
	for _, limit := range []int{10, 1000} {
		if page, err := store.Events(t.Context(), s, "1", 0, limit); len(page) != limit || err != nil {
			t.Errorf("the first %d: %d, %v", limit, len(page), err)
		}
		if got := waiting(t, s); got != events-bound {
			t.Errorf("%d wait after a page of %d, want %d", got, limit, events-bound)
		}
	}
	tell(t, s, 0)
	sequences = slices.Insert(sequences, bound, 0)
	if got, want := envelopes(Follow(t, s, "1", 0, 300)), strings.Trim(fmt.Sprint(sequences), "[]"); got != want {
		t.Errorf("got %s", got)
	}
	if got := waiting(t, s); got != 0 {
		t.Errorf("%d wait at the end", got)
	}
}

// counted counts what is written.
type counted struct {
	store.Store

	updates int
}

func (s *counted) Update(ctx context.Context, fn func(*store.Tx) error, options ...store.Option) error {
	s.updates++
	return s.Store.Update(ctx, fn, options...)
}

// Whoever asks for what is there already, or for what is not there yet, writes
// nothing.
func testEventsPolled(t *testing.T, s store.Store) {
	c := &counted{Store: s}
	read := func(after int64, limit, want, updates int) {
		t.Helper()
		c.updates = 0
		page, err := store.Events(t.Context(), c, "1", after, limit)
		if len(page) != want || c.updates != updates || err != nil {
			t.Errorf("%d after %d: %d events, %d updates, %v; want %d, %d", limit, after, len(page), c.updates, err, want, updates)
		}
	}
	read(0, 10, 0, 0)
	tell(t, s, 10, 20)
	read(0, 10, 2, 1)
	read(0, 10, 2, 0)
	read(20, 10, 0, 0)
	tell(t, s, 30)
	read(0, 2, 2, 0)
	read(10, 10, 2, 1)
	read(30, 10, 0, 0)
	update(t, s, func(tx *store.Tx) error { return tx.InsertEvent(store.Event{Account: "2", Sequence: 5}) })
	read(30, 10, 0, 0)
}

// A reader may begin with the newest events. They have their places, so that it misses
// none of those that follow, and reading them again writes nothing.
func testEventsLast(t *testing.T, s store.Store) {
	last := func(account string, after int64, limit int, want string) {
		t.Helper()
		page, err := store.LastEvents(t.Context(), s, account, after, limit)
		if got := envelopes(page); got != want || err != nil {
			t.Errorf("the last %d after %d of %s: %q, %v; want %q", limit, after, account, got, err, want)
		}
	}
	last("1", 0, 3, "")
	const events = 2500 // more than get their places at once
	var sequences []int64
	for i := range int64(events) {
		sequences = append(sequences, 10+i)
	}
	tell(t, s, sequences...)
	update(t, s, func(tx *store.Tx) error {
		return tx.InsertEvent(store.Event{Account: "2", Sequence: 2508, Envelope: []byte("other")})
	})
	last("1", 0, 3, "2507 2508 2509")
	if got := waiting(t, s); got != 1 {
		t.Errorf("%d events wait, want that of the account which nobody follows", got)
	}
	last("1", 2508, 3, "2509")
	last("1", 2509, 3, "")
	last(store.AllAccounts, 0, 2, "2509 other") // its place came later
	tell(t, s, 5)
	if got := envelopes(Follow(t, s, "1", 2509, 10)); got != "5" {
		t.Errorf("after the newest come %q, want the event that was noted before them and committed after", got)
	}
	last("1", 0, 2, "2509 5")
	c := &counted{Store: s}
	if page, err := store.LastEvents(t.Context(), c, "1", 0, events+1); len(page) != events+1 || c.updates != 0 || err != nil {
		t.Errorf("%d events, %d updates, %v", len(page), c.updates, err)
	}
}

// testEventsOfOlderStore sees that what followers knew of the events that upgradeRows
// makes holds, and that they go on from there.
func testEventsOfOlderStore(t *testing.T, s store.Store) {
	t.Helper()
	known := Follow(t, s, "1", 10, 10)
	if got := envelopes(known); got != "20 30" || known[1].Sequence != 30 {
		t.Errorf("after 10: %q at %d, want them where they were", got, known[1].Sequence)
	}
	tell(t, s, 25, 40)
	if got := envelopes(Follow(t, s, "1", 30, 10)); got != "25 40" {
		t.Errorf("after 30: %q, want what came since", got)
	}
	if got := envelopes(Follow(t, s, "1", 0, 10)); got != "10 20 30 25 40" {
		t.Errorf("all: %q", got)
	}
}

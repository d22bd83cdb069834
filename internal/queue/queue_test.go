package queue_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"cosell/internal/clock"
	"cosell/internal/queue"
	"cosell/internal/store"
	"cosell/internal/store/sqlite"
)

// bench is a store, a business clock and what was performed on them.
type bench struct {
	t     *testing.T
	store store.Store
	clock *clock.Adjustable

	mu    sync.Mutex
	done  []string // subjects, in the order they were performed
	fails []string // causes

	// perform is what performing does besides; nil is nothing.
	perform func(w store.Work) error
}

func newBench(t *testing.T) *bench {
	s, err := sqlite.Open(t.Context(), t.TempDir(), sqlite.WithoutSync())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return &bench{t: t, store: s, clock: clock.New()}
}

// Handle counts in the store how often a subject was performed to effect.
func (b *bench) Handle(tx *store.Tx, w store.Work) error {
	if err := tx.PutAccount(w.Subject, fmt.Append(nil, w.Attempt)); err != nil {
		return err
	}
	if b.perform != nil {
		if err := b.perform(w); err != nil {
			return err
		}
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.done = append(b.done, w.Subject)
	return nil
}

func (b *bench) OnFailure(_ *store.Tx, _ store.Work, cause error) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.fails = append(b.fails, cause.Error())
	return nil
}

func (b *bench) performed() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.done)
}

func (b *bench) failures() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.fails)
}

func (b *bench) enqueue(subject string, due time.Time) {
	b.t.Helper()
	b.update(func(tx *store.Tx) error { return tx.Enqueue("test", subject, due.UnixMilli(), []byte("{}")) })
}

func (b *bench) update(fn func(*store.Tx) error) {
	b.t.Helper()
	if err := b.store.Update(context.Background(), fn); err != nil {
		b.t.Fatal(err)
	}
}

func (b *bench) left() (left []store.Work) {
	b.t.Helper()
	err := b.store.View(context.Background(), func(tx *store.Tx) (err error) {
		left, err = tx.AllWork(1000)
		return err
	})
	if err != nil {
		b.t.Fatal(err)
	}
	return left
}

// run starts a runner, which stops when the test ends or stop is called.
func (b *bench) run(options ...func(*queue.Config)) (r *queue.Runner, stop func()) {
	config := queue.Config{Store: b.store, Clock: b.clock, Handler: b, Log: slog.New(slog.DiscardHandler)}
	for _, option := range options {
		option(&config)
	}
	r = queue.New(config)
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { r.Run(ctx) })
	stop = func() {
		cancel()
		running.Wait()
	}
	b.t.Cleanup(stop)
	return r, stop
}

func (b *bench) want(subjects ...string) {
	b.t.Helper()
	if got := b.performed(); !slices.Equal(got, subjects) {
		b.t.Fatalf("performed %q, want %q", got, subjects)
	}
}

func TestPerformsWhatIsDue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		now := b.clock.Now()
		b.enqueue("past", now.Add(-time.Hour))
		b.enqueue("soon", now.Add(time.Minute))
		b.enqueue("future", now.Add(15*24*time.Hour))
		b.run()
		synctest.Wait()
		b.want("past")
		time.Sleep(time.Minute + queue.DefaultPoll)
		b.want("past", "soon")
		if left := b.left(); len(left) != 1 || left[0].Subject != "future" {
			t.Errorf("left %v, want the future work alone", left)
		}
	})
}

func TestWakePerformsAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		r, _ := b.run()
		b.enqueue("future", b.clock.Now().Add(15*24*time.Hour))
		b.enqueue("now", b.clock.Now())
		r.Wake()
		synctest.Wait()
		b.want("now")
		b.clock.Advance(15 * 24 * time.Hour)
		r.Wake()
		synctest.Wait()
		b.want("now", "future")
	})
}

func TestPollFindsWhatNobodyToldOf(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		b.run()
		synctest.Wait()
		b.enqueue("untold", b.clock.Now())
		time.Sleep(queue.DefaultPoll)
		synctest.Wait()
		b.want("untold")
	})
}

// counting counts the transactions that may write.
type counting struct {
	store.Store
	updates atomic.Int64
}

func (c *counting) Update(ctx context.Context, fn func(*store.Tx) error, options ...store.Option) error {
	c.updates.Add(1)
	return c.Store.Update(ctx, fn, options...)
}

func TestIdleRunnerNeverWrites(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		b.enqueue("future", b.clock.Now().Add(24*time.Hour))
		c := &counting{Store: b.store}
		b.run(func(config *queue.Config) { config.Store = c })
		time.Sleep(time.Hour)
		if n := c.updates.Load(); n != 0 {
			t.Errorf("%d writes in an idle hour", n)
		}
	})
}

func TestManyRunnersDoEachOnce(t *testing.T) {
	b := newBench(t)
	const jobs = 300
	var want []string
	for i := range jobs {
		b.enqueue(fmt.Sprint(i), b.clock.Now())
		want = append(want, fmt.Sprint(i))
	}
	all := make(chan struct{})
	var left atomic.Int64
	left.Store(jobs)
	b.perform = func(store.Work) error {
		if left.Add(-1) == 0 {
			close(all)
		}
		return nil
	}
	var stops []func()
	for range 3 {
		_, stop := b.run()
		stops = append(stops, stop)
	}
	<-all
	for _, stop := range stops {
		stop()
	}
	got := b.performed()
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("performed %d of %d, or some twice", len(got), jobs)
	}
	if left := b.left(); len(left) != 0 {
		t.Errorf("left %v", left)
	}
}

func TestAskedAgainMeanwhileIsDoneOnceMore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		s := &gated{Store: b.store, gate: make(chan struct{})}
		b.enqueue("job", b.clock.Now())
		b.run(func(c *queue.Config) { c.Store, c.Workers = s, 1 })
		synctest.Wait() // it is claimed, and about to be performed
		b.enqueue("job", b.clock.Now())
		close(s.gate)
		synctest.Wait()
		b.want("job", "job")
	})
}

// gated lets a runner claim work and then holds its second Update, in which it
// performs, until the gate opens. cut, when set, fails every other Update of it
// until then: its leases run out.
type gated struct {
	store.Store
	gate  chan struct{}
	cut   bool
	calls atomic.Int64
}

func (g *gated) Update(ctx context.Context, fn func(*store.Tx) error, options ...store.Option) error {
	switch n := g.calls.Add(1); {
	case n == 2:
		<-g.gate
	case n > 2 && g.cut:
		select {
		case <-g.gate:
		default:
			return errors.New("no connection")
		}
	}
	return g.Store.Update(ctx, fn, options...)
}

func TestLongWorkKeepsItsLease(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		s := &gated{Store: b.store, gate: make(chan struct{})}
		b.enqueue("long", b.clock.Now())
		b.run(func(c *queue.Config) { c.Store = s })
		synctest.Wait()
		b.run() // another process
		time.Sleep(10 * time.Minute)
		b.want()
		close(s.gate)
		synctest.Wait()
		b.want("long")
	})
}

func TestLostLeaseLeavesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		s := &gated{Store: b.store, gate: make(chan struct{}), cut: true}
		b.enqueue("job", b.clock.Now())
		b.run(func(c *queue.Config) { c.Store = s })
		synctest.Wait()
		b.run() // another process
		time.Sleep(time.Minute)
		b.want("job")
		close(s.gate)
		synctest.Wait()
		b.want("job", "job") // the first one performed it too, in vain:
		err := b.store.View(t.Context(), func(tx *store.Tx) error {
			document, err := tx.Account("job")
			if string(document) != "2" {
				t.Errorf("the effect is that of attempt %s, want 2", document)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if got := b.failures(); len(got) != 0 {
			t.Errorf("recorded failures %q", got)
		}
	})
}

// A worker that died holds its lease until it runs out.
func TestWorkOfADeadProcess(t *testing.T) {
	for name, alone := range map[string]bool{"WaitsForItsLease": false, "AloneDoesNotWait": true} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newBench(t)
				b.enqueue("job", b.clock.Now())
				b.update(func(tx *store.Tx) error {
					now := time.Now()
					_, err := tx.Claim(now.UnixMilli(), now.UnixMilli(), now.Add(30*time.Second).UnixMilli(), 1)
					return err
				})
				b.run(func(c *queue.Config) { c.Alone = alone })
				synctest.Wait()
				if alone {
					b.want("job")
					return
				}
				b.want()
				time.Sleep(30*time.Second + queue.DefaultPoll)
				b.want("job")
			})
		})
	}
}

func TestFailure(t *testing.T) {
	for name, fault := range map[string]func() error{
		"Error": func() error { return errors.New("no luck") },
		"Panic": func() error { panic("no luck") },
	} {
		t.Run(name+"IsRetriedAfterGrowingPauses", func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newBench(t)
				begin := b.clock.Now()
				var tries []time.Duration
				b.perform = func(w store.Work) error {
					if w.Subject == "good" {
						return nil
					}
					tries = append(tries, b.clock.Now().Sub(begin))
					if len(tries) == 13 {
						return nil
					}
					return fault()
				}
				b.enqueue("bad", begin)
				b.run()
				synctest.Wait()
				b.enqueue("good", begin)
				time.Sleep(time.Second)
				b.want("good") // others go on
				time.Sleep(time.Hour)
				b.want("good", "bad")
				seconds := []int{0, 1, 3, 7, 15, 31, 63, 127, 255, 511, 811, 1111, 1411}
				for i, want := range seconds {
					late := tries[i] - time.Duration(want)*time.Second
					if late < 0 || late > time.Duration(i)*queue.DefaultPoll {
						t.Errorf("try %d after %s, want %d s", i+1, tries[i], want)
					}
				}
				if n := len(b.failures()); n != 12 {
					t.Errorf("recorded %d failures, want 12", n)
				}
				if left := b.left(); len(left) != 0 {
					t.Errorf("left %v", left)
				}
			})
		})
	}
}

func TestFailureIsRetriedOnTheBusinessClock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		var tries int
		b.perform = func(store.Work) error {
			if tries++; tries < 9 {
				return errors.New("no luck")
			}
			return nil
		}
		b.enqueue("bad", b.clock.Now())
		r, _ := b.run()
		for range 8 {
			synctest.Wait()
			b.clock.Advance(5 * time.Minute)
			r.Wake()
		}
		synctest.Wait()
		b.want("bad")
	})
}

func TestFailureKeepsItsReason(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		b.perform = func(store.Work) error { return errors.New("no luck") }
		b.enqueue("bad", b.clock.Now())
		b.run()
		synctest.Wait()
		left := b.left()
		if len(left) != 1 || left[0].LastError != "no luck" || left[0].Failures != 1 {
			t.Errorf("left %+v", left)
		}
	})
}

func TestStopFinishesWhatWasBegun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		s := &gated{Store: b.store, gate: make(chan struct{})}
		b.enqueue("begun", b.clock.Now())
		b.enqueue("later", b.clock.Now().Add(time.Second))
		_, stop := b.run(func(c *queue.Config) { c.Store = s })
		synctest.Wait()
		var stopped sync.WaitGroup
		stopped.Go(stop)
		synctest.Wait()
		time.Sleep(time.Minute)
		close(s.gate)
		stopped.Wait()
		b.want("begun")
		if left := b.left(); len(left) != 1 || left[0].Subject != "later" {
			t.Errorf("left %v", left)
		}
	})
}

// TestPrepare: what work needs from elsewhere comes before its transaction, while its
// lease is kept.
func TestPrepare(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		b.enqueue("long", b.clock.Now())
		b.run(func(c *queue.Config) {
			c.Prepare = func(context.Context, store.Work) error {
				time.Sleep(10 * time.Minute)
				return nil
			}
		})
		synctest.Wait()
		b.run() // another process
		time.Sleep(9 * time.Minute)
		b.want()
		time.Sleep(2 * time.Minute)
		b.want("long")
	})
}

// TestPrepareFails: work whose preparation fails is tried again like work that fails.
func TestPrepareFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		times := map[string]int{}
		b.enqueue("bad", b.clock.Now())
		b.enqueue("broken", b.clock.Now())
		b.enqueue("busy", b.clock.Now())
		b.enqueue("stopped", b.clock.Now().Add(10*time.Minute))
		_, stop := b.run(func(c *queue.Config) {
			c.Workers = 1
			c.Prepare = func(ctx context.Context, w store.Work) error {
				times[w.Subject]++
				switch {
				case w.Subject == "stopped":
					<-ctx.Done()
				case times[w.Subject] > 2:
				case w.Subject == "bad":
					return errors.New("no connection")
				case w.Subject == "broken":
					panic("nil")
				default:
					return queue.ErrBusy
				}
				return nil
			}
		})
		time.Sleep(25 * time.Second)
		b.want("bad", "broken")
		if got := b.failures(); len(got) != 4 || !slices.Contains(got, "no connection") {
			t.Errorf("failures %q", got)
		}
		time.Sleep(time.Minute) // two leases
		b.want("bad", "broken", "busy")
		time.Sleep(10 * time.Minute)
		stop() // what is prepared ends, and is performed
		b.want("bad", "broken", "busy", "stopped")
		if len(b.left()) > 0 {
			t.Errorf("left %v", b.left())
		}
	})
}

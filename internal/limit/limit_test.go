package limit_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"runtime/debug"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"cosell/internal/limit"
)

const memory = 128 << 20 // budgets of 16 MiB for reading and 1 MiB for working

func TestSmallBodiesNeverWaitForLargeOnes(t *testing.T) {
	b := limit.NewBudget(memory)
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	for i := range 16 {
		if _, err := b.Read(t.Context(), fmt.Sprint(i/8), 1<<20); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := b.Work(t.Context(), "0", 1<<20); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		take func(context.Context, string, int64) (limit.Share, error)
		size int64
		want error
	}{
		"a large body waits to be read":         {b.Read, limit.Small + 1, limit.ErrBusy},
		"a large body waits to be worked on":    {b.Work, limit.Small + 1, limit.ErrBusy},
		"a small body is read at once":          {b.Read, limit.Small, nil},
		"a small body is worked on at once":     {b.Work, limit.Small, nil},
		"a request without a body passes, too":  {b.Work, 0, nil},
		"and so does one whose body has a byte": {b.Read, 1, nil},
		"no body is larger than the budget":     {limit.NewBudget(memory).Work, 1 << 40, nil},
		"no body is too large for being read":   {limit.NewBudget(memory).Read, 1 << 40, nil},
		"without a budget every body passes":    {(*limit.Budget)(nil).Work, 1 << 40, nil},
		"without a budget every body is read":   {(*limit.Budget)(nil).Read, 1 << 40, nil},
		"small bodies wait for each other, too": {exhausted(t).Work, limit.Small, limit.ErrBusy},
		"and large ones do not wait for those":  {exhausted(t).Work, limit.Small + 1, nil},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := c.take(ended, "9", c.size); !errors.Is(err, c.want) {
				t.Errorf("got %v, want %v", err, c.want)
			}
		})
	}
}

// exhausted returns a budget whose share for small bodies is taken.
func exhausted(t *testing.T) *limit.Budget {
	t.Helper()
	b := limit.NewBudget(memory)
	for range (1 << 20) / limit.Small {
		if _, err := b.Work(t.Context(), "0", limit.Small); err != nil {
			t.Fatal(err)
		}
	}
	return b
}

func TestABodyWaitsUntilAnotherIsReleased(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := limit.NewBudget(memory)
		first, err := b.Work(t.Context(), "0", 1<<20)
		if err != nil {
			t.Fatal(err)
		}
		second := make(chan error, 1)
		go func() {
			s, err := b.Work(t.Context(), "0", 1<<20)
			s.Release()
			second <- err
		}()
		synctest.Wait()
		select {
		case <-second:
			t.Fatal("it did not wait")
		default:
		}
		first.Release()
		if err := <-second; err != nil {
			t.Error(err)
		}
	})
}

// The large bodies of one account leave half of the budget to others, whether they are
// read, worked on, or wait.
func TestAnAccountTakesHalf(t *testing.T) {
	for name, c := range map[string]struct {
		take func(*limit.Budget, context.Context, string, int64) (limit.Share, error)
		size int64 // of the budget
	}{
		"read":      {(*limit.Budget).Read, memory / 8},
		"worked on": {(*limit.Budget).Work, memory / 128},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b, body := limit.NewBudget(memory), c.size/8
				ctx, cancel := context.WithCancel(t.Context())
				shares := make(chan limit.Share, 100)
				var hostile sync.WaitGroup
				for range 100 {
					hostile.Go(func() {
						if s, err := c.take(b, ctx, "hostile", body); err == nil {
							shares <- s
						} else if !errors.Is(err, limit.ErrBusy) {
							t.Error(err)
						}
					})
				}
				synctest.Wait()
				if len(shares) != 4 {
					t.Errorf("one account has %d shares, want 4", len(shares))
				}
				ended, end := context.WithCancel(t.Context())
				end()
				for range 4 {
					if _, err := c.take(b, t.Context(), "other", body); err != nil {
						t.Error(err)
					}
				}
				if _, err := c.take(b, ended, "third", body); !errors.Is(err, limit.ErrBusy) {
					t.Errorf("more than there is: %v", err)
				}
				cancel()
				hostile.Wait()
				for range len(shares) {
					(<-shares).Release()
				}
				for range 4 {
					if _, err := c.take(b, t.Context(), "third", body); err != nil {
						t.Errorf("what was released is not there: %v", err)
					}
				}
			})
		})
	}
}

func TestMemoryFollowsGo(t *testing.T) {
	before := debug.SetMemoryLimit(-1)
	t.Cleanup(func() { debug.SetMemoryLimit(before) })
	t.Setenv("GOMEMLIMIT", "256MiB")
	debug.SetMemoryLimit(256 << 20)
	if got := limit.Memory(); got != 256<<20 {
		t.Errorf("got %d", got)
	}
	debug.SetMemoryLimit(1 << 20)
	if got := limit.Memory(); got != 64<<20 {
		t.Errorf("a very low limit: got %d", got)
	}
}

func TestMaxConnections(t *testing.T) {
	for _, c := range []struct {
		memory int64
		least  int
		most   int
	}{{1, 64, 64}, {256 << 20, 64, 1024}, {1 << 40, 64, 16 << 10}} {
		if got := limit.MaxConnections(c.memory); got < c.least || got > c.most {
			t.Errorf("%d bytes: got %d", c.memory, got)
		}
	}
}

// A server with two connections serves a third client: the oldest idle connection
// makes room, never one whose request is in progress.
func TestNewConnectionsReplaceIdleOnes(t *testing.T) {
	inner, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l := limit.Listen(inner, 2)
	entered, leave := make(chan struct{}), make(chan struct{})
	release := sync.OnceFunc(func() { close(leave) })
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/slow" {
			entered <- struct{}{}
			<-leave
		}
	}))
	_ = s.Listener.Close()
	s.Listener, s.Config.ConnState = l, l.ConnState
	s.Start()
	defer s.Close()
	defer release() // or Close would wait for the slow request when the test fails
	ask := func(path string) error {
		client := http.Client{Transport: new(http.Transport), Timeout: 20 * time.Second}
		answer, err := client.Get(s.URL + path)
		if err != nil {
			return err
		}
		_, err = io.Copy(io.Discard, answer.Body)
		return errors.Join(err, answer.Body.Close())
	}
	slow := make(chan error, 1)
	go func() { slow <- ask("/slow") }()
	<-entered
	silent, err := net.Dial("tcp", inner.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	for range 3 {
		if err := ask("/"); err != nil {
			t.Fatal(err)
		}
	}
	if err := silent.SetReadDeadline(time.Now().Add(20 * time.Second)); err != nil {
		t.Fatal(err)
	}
	if n, err := silent.Read(make([]byte, 1)); n > 0 || errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("the silent connection is still open: %d bytes, %v", n, err)
	}
	release()
	if err := <-slow; err != nil {
		t.Errorf("the request in progress: %v", err)
	}
}

// A connection that waits because every other has a request in progress is accepted
// when one of those requests ends, although its connection stays open.
func TestAnEndedRequestMakesRoom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		inner := pipes{make(chan net.Conn, 2)}
		l := limit.Listen(inner, 1)
		for range 2 {
			server, client := net.Pipe()
			defer client.Close()
			inner.waiting <- server
		}
		first, err := l.Accept()
		if err != nil {
			t.Fatal(err)
		}
		l.ConnState(first, http.StateActive)
		accepted := make(chan net.Conn, 1)
		go func() {
			second, _ := l.Accept()
			accepted <- second
		}()
		synctest.Wait()
		select {
		case <-accepted:
			t.Fatal("a second connection was accepted while the first had a request")
		default:
		}
		l.ConnState(first, http.StateIdle)
		synctest.Wait()
		select {
		case second := <-accepted:
			_ = second.Close()
		default:
			t.Fatal("the second connection still waits")
		}
	})
}

// pipes is a listener whose connections are in memory.
type pipes struct{ waiting chan net.Conn }

func (p pipes) Accept() (net.Conn, error) { return <-p.waiting, nil }
func (pipes) Close() error                { return nil }
func (pipes) Addr() net.Addr              { return &net.TCPAddr{} }

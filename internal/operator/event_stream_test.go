package operator_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"cosell/internal/operator"
	"cosell/internal/store"
)

// feed is a service whose events come while they are read.
type feed struct {
	*desk

	mu     sync.Mutex
	events []store.Event
	err    error
}

func (f *feed) Events(_ context.Context, account string, after int64, limit int) (found []store.Event, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, e := range f.events {
		if (account == "*" || e.Account == account) && e.Sequence > after && len(found) < limit {
			found = append(found, e)
		}
	}
	return found, f.err
}

func (f *feed) note(account string, sequences ...int64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, n := range sequences {
		f.events = append(f.events, store.Event{Account: account, Sequence: n, Envelope: fmt.Appendf(nil, `{"id":"e%d"}`, n)})
	}
}

// reader receives a stream; a stuck one takes nothing until the deadline.
type reader struct {
	mu       sync.Mutex
	header   http.Header
	status   int
	got      bytes.Buffer
	deadline time.Time
	stuck    bool
}

func (r *reader) Header() http.Header  { return r.header }
func (r *reader) WriteHeader(code int) { r.status = code }
func (r *reader) Flush()               {}

func (r *reader) SetWriteDeadline(at time.Time) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.deadline = at
	return nil
}

func (r *reader) Write(b []byte) (int, error) {
	r.mu.Lock()
	stuck, deadline := r.stuck, r.deadline
	r.mu.Unlock()
	if stuck {
		time.Sleep(time.Until(deadline))
		return 0, os.ErrDeadlineExceeded
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.got.Write(b)
}

// ids returns what came, with the sequence of each event and a dot for each comment.
func (r *reader) ids() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	var ids []string
	for part := range strings.SplitSeq(strings.TrimSuffix(r.got.String(), "\n\n"), "\n\n") {
		var n int64
		var data string
		switch _, err := fmt.Sscanf(part, "id: %d\ndata: %s", &n, &data); {
		case strings.HasPrefix(part, ":"):
			ids = append(ids, ".")
		case err == nil && data == fmt.Sprintf(`{"id":"e%d"}`, n):
			ids = append(ids, fmt.Sprint(n))
		case part != "":
			ids = append(ids, "?"+part)
		}
	}
	return strings.Join(ids, " ")
}

// stream opens a stream and returns its reader, what ends the client, and what is
// closed when the stream has ended.
func (f *feed) stream(t *testing.T, stopping <-chan struct{}, query, lastID string) (*reader, context.CancelFunc, <-chan struct{}) {
	t.Helper()
	handler := operator.New(operator.Config{
		Service: f, Clock: f.clock, Log: slog.New(slog.DiscardHandler), Version: "0.0.0", Stopping: stopping,
	})
	ctx, cancel := context.WithCancel(t.Context())
	request := httptest.NewRequestWithContext(ctx, http.MethodGet, operator.Prefix+"/events/stream?"+query, nil)
	if lastID != "" {
		request.Header.Set("Last-Event-ID", lastID)
	}
	r, ended := &reader{header: http.Header{}}, make(chan struct{})
	go func() {
		defer close(ended)
		handler.ServeHTTP(r, asLocal(request))
	}()
	return r, cancel, ended
}

func over(ended <-chan struct{}) bool {
	synctest.Wait()
	select {
	case <-ended:
		return true
	default:
		return false
	}
}

const streamer = "111122223333"

// A stream begins behind the last known event, of one account or of all, and goes on
// with what comes; comments keep it while there is nothing.
func TestEventStream(t *testing.T) {
	for name, c := range map[string]struct{ query, lastID, first, then string }{
		"FromTheFirst":       {"account=" + streamer, "", "1 3", "1 3 5"},
		"After":              {"account=" + streamer + "&after=1", "", "3", "3 5"},
		"LastEventID":        {"account=" + streamer, "1", "3", "3 5"},
		"LastEventIDWins":    {"account=" + streamer + "&after=0", "3", "", "5"},
		"LastEventIDIsAhead": {"account=" + streamer, "99", "", ""},
		"AllAccounts":        {"account=*", "", "1 2 3", "1 2 3 4 5"},
		"Pattern":            {"account=*&pattern=" + url.QueryEscape(`{"id":["e1","e5"]}`), "", "1", "1 5"},
		"PatternAfter":       {"account=*&after=1&pattern=" + url.QueryEscape(`{"id":[{"anything-but":"e2"}]}`), "", "3", "3 4 5"},
		"AllAccountsAfter":   {"account=*", "2", "3", "3 4 5"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := &feed{desk: newDesk()}
				f.note(streamer, 1)
				f.note("aws", 2)
				f.note(streamer, 3)
				r, leave, ended := f.stream(t, nil, c.query, c.lastID)
				synctest.Wait()
				if got := r.ids(); got != c.first || r.status != http.StatusOK || r.header.Get("Content-Type") != "text/event-stream" {
					t.Errorf("got %q with %d %v, want %q", got, r.status, r.header, c.first)
				}
				f.note("aws", 4)
				f.note(streamer, 5)
				time.Sleep(time.Second)
				synctest.Wait()
				if got := r.ids(); got != c.then {
					t.Errorf("then got %q, want %q", got, c.then)
				}
				time.Sleep(31 * time.Second)
				synctest.Wait()
				if got := r.ids(); got != strings.TrimSpace(c.then+" . .") {
					t.Errorf("after half a minute %q", got)
				}
				leave()
				if !over(ended) {
					t.Error("the stream goes on without its client")
				}
			})
		})
	}
}

func TestEventStreamRefusesWhatIsNoPattern(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, leave, ended := (&feed{desk: newDesk()}).stream(t, nil, "account=*&pattern="+url.QueryEscape(`{"id":"e1"}`), "")
		if !over(ended) || r.status != http.StatusUnprocessableEntity || !strings.Contains(r.got.String(), "query.pattern") || !strings.Contains(r.got.String(), "must be an object or an array") {
			t.Errorf("%d %s", r.status, r.got.String())
		}
		leave()
	})
}

func TestEventStreamRefusesWhatIsNoSequence(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, lastID := range []string{"x", "-1", "1.5", "99999999999999999999"} {
			r, leave, ended := (&feed{desk: newDesk()}).stream(t, nil, "account=*", lastID)
			if !over(ended) || r.status != http.StatusUnprocessableEntity || !strings.Contains(r.got.String(), "Last-Event-ID") {
				t.Errorf("%s: %d %s", lastID, r.status, r.got.String())
			}
			leave()
		}
	})
}

// A client that takes nothing is cut off, and others are not held up.
func TestEventStreamOfASlowReader(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &feed{desk: newDesk()}
		slow, leaveSlow, slowEnded := f.stream(t, nil, "account=*", "")
		fast, leaveFast, fastEnded := f.stream(t, nil, "account=*", "")
		synctest.Wait()
		slow.mu.Lock()
		slow.stuck = true
		slow.mu.Unlock()
		for n := range int64(500) {
			f.note(streamer, n+1)
		}
		time.Sleep(time.Second)
		synctest.Wait()
		if got := fast.ids(); !strings.HasSuffix(got, " 499 500") {
			t.Errorf("the fast reader got %d bytes", len(got))
		}
		time.Sleep(time.Minute)
		if !over(slowEnded) {
			t.Error("a client that takes nothing is not cut off")
		}
		if over(fastEnded) {
			t.Error("the other one was cut off")
		}
		leaveSlow()
		leaveFast()
		synctest.Wait()
	})
}

// A stream ends with its server, and when the store fails, so that the client comes back.
func TestEventStreamEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &feed{desk: newDesk()}
		stopping := make(chan struct{})
		_, leave, ended := f.stream(t, stopping, "account=*", "")
		if over(ended) {
			t.Error("the stream ended at once")
		}
		close(stopping)
		if !over(ended) {
			t.Error("the stream goes on while the server stops")
		}
		leave()
		_, leave, ended = f.stream(t, nil, "account=*", "")
		synctest.Wait()
		f.mu.Lock()
		f.err = errors.New("broken")
		f.mu.Unlock()
		time.Sleep(time.Second)
		if !over(ended) {
			t.Error("the stream goes on without a store")
		}
		leave()
	})
}

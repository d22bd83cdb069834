// Package requestlog keeps the last requests to the API and their answers in memory,
// for those who test a client and want to see what it sent and what it got.
package requestlog

import (
	"bytes"
	"context"
	"slices"
	"sync"
	"time"

	"cosell/internal/api"
	"cosell/internal/awsjson"
)

const (
	// MaxBody is how much of a request's or an answer's body is kept, in bytes.
	MaxBody = 64 << 10
	// maxMemory is how much all bodies take together, in bytes.
	maxMemory = 16 << 20
)

// All stands for every account in a [Filter].
const All = "*"

// Entry is one request and its answer.
type Entry struct {
	// Sequence is the position among all requests since the server started, from 1.
	Sequence  int64
	Time      time.Time
	Duration  time.Duration
	RequestID string
	Account   string // "" when the request was refused before its sender was known
	Service   string // prefix of the target
	Operation string // "" when the request named no operation
	Endpoint  string // address of the server as the client knows it
	Status    int
	Err       *api.Error // nil on success
	Fault     string     // name of the fault that struck the request; "" for none
	Notices   []string
	// Request and Answer are the bodies. One that is too large to keep has only its
	// beginning, which Cut tells.
	Request, Answer []byte
	Cut             bool
}

func (e *Entry) size() int { return len(e.Request) + len(e.Answer) }

// Log keeps the last requests. It is safe for concurrent use. A nil Log keeps none.
type Log struct {
	most int

	mu      sync.Mutex
	entries []Entry       // oldest first
	memory  int           // bytes of all bodies
	last    int64         // sequence of the last entry
	added   chan struct{} // closed by the next Add; nil while nobody waits
}

// New returns a Log of at most some requests, nil where that is none.
func New(most int) *Log {
	if most <= 0 {
		return nil
	}
	return &Log{most: most}
}

// Add keeps a request, and drops the oldest ones beyond the bounds.
func (l *Log) Add(x *awsjson.Exchange) {
	if l == nil {
		return
	}
	e := Entry{
		Time: x.Started, Duration: x.Duration, RequestID: x.RequestID, Account: x.Caller.Account,
		Service: x.Service, Operation: x.Operation, Endpoint: x.Endpoint,
		Status: x.Status, Err: x.Err, Notices: x.Notices,
		Request: begin(x.Request), Answer: begin(x.Answer),
		Cut: x.BytesIn > MaxBody || len(x.Answer) > MaxBody,
	}
	if x.Strike != nil {
		e.Fault = x.Strike.Name
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.last++
	e.Sequence = l.last
	l.entries = append(l.entries, e)
	l.memory += e.size()
	for len(l.entries) > l.most || l.memory > maxMemory {
		l.memory -= l.entries[0].size()
		l.entries[0] = Entry{} // or the array would keep its bodies
		l.entries = l.entries[1:]
	}
	if l.added != nil {
		close(l.added)
		l.added = nil
	}
}

// begin returns the part of a body that is kept.
func begin(body []byte) []byte {
	if len(body) <= MaxBody {
		return body
	}
	return bytes.Clone(body[:MaxBody]) // the rest does not stay in memory
}

// Filter says which requests are meant.
type Filter struct {
	Account   string // [All] for every account
	Operation string // "" for every operation
	Failed    bool   // only those that were answered with an error
	After     int64  // only those after this sequence
	Limit     int
}

func (f *Filter) matches(e *Entry) bool {
	return (f.Account == All || f.Account == e.Account) &&
		(f.Operation == "" || f.Operation == e.Operation) &&
		(!f.Failed || e.Err != nil) && e.Sequence > f.After
}

// List returns the last requests that match a filter, oldest first, and the sequence
// of the last request of all.
func (l *Log) List(f Filter) ([]Entry, int64) {
	if l == nil {
		return nil, 0
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.list(f), l.last
}

// list is List for callers that hold mu.
func (l *Log) list(f Filter) (found []Entry) {
	for i := len(l.entries) - 1; i >= 0 && len(found) < f.Limit; i-- {
		if f.matches(&l.entries[i]) {
			found = append(found, l.entries[i])
		}
	}
	slices.Reverse(found)
	return found
}

// Wait is List that waits for a request that matches while there is none, until the
// context ends.
func (l *Log) Wait(ctx context.Context, f Filter) ([]Entry, int64) {
	for {
		found, last, added := l.listOrWait(f)
		if len(found) > 0 {
			return found, last
		}
		select {
		case <-ctx.Done():
			return nil, last
		case <-added:
		}
	}
}

// listOrWait is List with a channel that the next Add closes, where none matches.
func (l *Log) listOrWait(f Filter) (found []Entry, last int64, added <-chan struct{}) {
	if l == nil {
		return nil, 0, nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if found = l.list(f); len(found) == 0 {
		if l.added == nil {
			l.added = make(chan struct{})
		}
		added = l.added
	}
	return found, l.last, added
}

// Clear drops the requests of an account, or of every account.
func (l *Log) Clear(account string) {
	if l == nil {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.entries = slices.DeleteFunc(l.entries, func(e Entry) bool {
		gone := account == All || account == e.Account
		if gone {
			l.memory -= e.size()
		}
		return gone
	})
}

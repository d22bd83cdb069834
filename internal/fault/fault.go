// Package fault lets requests fail on purpose, so that clients can be tested
// (docs/faults.md).
package fault

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"cosell/internal/api"
)

// Any is an operation or account of a fault that strikes all of them.
const Any = "*"

// How a fault breaks a connection.
const (
	// Reset closes the connection before the operation runs.
	Reset = "reset"
	// Truncate runs the operation and sends half of its answer.
	Truncate = "truncate"
	// Hang runs the operation and never answers.
	Hang = "hang"
	// Close runs the operation and closes the connection without an answer.
	Close = "close"
)

// Fault says which requests fail, and how; or which deliveries of events are disturbed.
// Without a member that says how, it is refused.
type Fault struct {
	Operation string `json:"operation,omitempty" doc:"Operation of the API; * or absent for all" example:"CreateOpportunity"`
	Account   string `json:"account,omitempty" doc:"Account of twelve digits, or aws; * or absent for all" example:"123456789012"`
	Resource  string `json:"resource,omitempty" doc:"Identifier that the request must name" example:"O1234567"`

	Error   Error  `json:"error,omitzero" doc:"Type of the error, such as ThrottlingException; the operation does not run"`
	Reason  string `json:"reason,omitempty" doc:"Reason of a ValidationException or AccessDeniedException"`
	Message string `json:"message,omitempty" doc:"Message of the error"`
	Latency string `json:"latency,omitempty" doc:"Time by which the answer is late, or a range of times" example:"100ms-2s"`
	// Connection is Reset, Close, Truncate or Hang.
	Connection string `json:"connection,omitempty" enum:"reset,close,truncate,hang" doc:"How the connection breaks: reset before the operation runs; close, truncate or hang after it"`

	ReadLag   string `json:"readLag,omitempty" doc:"Reads see the state of this time ago, on the business clock; at most a minute" example:"5s"`
	ClockSkew string `json:"clockSkew,omitempty" doc:"The server's clock runs ahead of the client's by this time, or behind it where negative; signatures are checked and the Date header is set accordingly. At most 24 hours" example:"-10m"`

	// Event is Duplicate, Reorder, Delay or Drop.
	Event      string `json:"event,omitempty" enum:"duplicate,reorder,delay,drop" doc:"What happens to the delivery of an event to a webhook or target, in place of a request"`
	DetailType string `json:"detailType,omitempty" doc:"Detail type of the event; all if absent" example:"Opportunity Updated"`

	Rate     *float64  `json:"rate,omitempty" doc:"Share of the requests that are struck; all if absent" example:"0.1"`
	Times    int       `json:"times,omitempty" doc:"How many requests are struck at most; any number if absent"`
	Sequence *Sequence `json:"sequence,omitempty" doc:"Requests that are struck and that pass, over and over"`
}

// Sequence strikes some requests and lets the next ones pass, over and over.
type Sequence struct {
	Fail int `json:"fail" doc:"Requests that are struck"`
	Pass int `json:"pass" doc:"Requests after them that pass"`
}

// Error is the type of an error. In JSON it may also be an object with the members
// code and statusCode, as LocalStack's chaos API has it.
type Error string

// UnmarshalJSON implements [json.Unmarshaler].
func (e *Error) UnmarshalJSON(text []byte) error {
	if text = bytes.TrimSpace(text); len(text) == 0 || text[0] != '{' {
		return json.Unmarshal(text, (*string)(e))
	}
	var object struct {
		Code string `json:"code"`
	}
	err := json.Unmarshal(text, &object)
	*e = Error(object.Code)
	return err
}

// Fired is a request, or a delivery of an event, that a fault struck.
type Fired struct {
	At         time.Time `json:"at"`
	RequestID  string    `json:"requestId" doc:"Empty for an event"`
	Operation  string    `json:"operation" doc:"Empty for an event"`
	Account    string    `json:"account"`
	Fault      string    `json:"fault" doc:"Place of the fault in the list, from 0, and what it did"`
	EventID    string    `json:"eventId,omitempty"`
	DetailType string    `json:"detailType,omitempty"`
	Target     string    `json:"target,omitempty" doc:"Target of the event's delivery"`
}

// Request is what faults know of a request.
type Request struct {
	ID        string
	Operation *api.Operation
	Account   string
	Body      []byte
}

// Strike is what a fault does to a request.
type Strike struct {
	// Name says which fault it is and what it does, for a header and the log.
	Name       string
	Err        *api.Error // instead of the operation's answer
	Latency    time.Duration
	Connection string
	ReadLag    time.Duration // the operation reads the state of this time ago
	ClockSkew  time.Duration // the server's clock is ahead by this time
}

// Before reports whether the operation does not run.
func (s *Strike) Before() bool { return s.Err != nil || s.Connection == Reset }

// maxFired is how many struck requests are remembered.
const maxFired = 1000

// Table holds the faults in force. A nil *Table has none. It is safe for concurrent use.
type Table struct {
	now func() time.Time
	// Whether there are any, so that requests and events without faults take no lock.
	active, eventsActive, clocksActive atomic.Bool
	// readLag is the longest one of the faults.
	readLag atomic.Int64

	mu     sync.Mutex
	faults []*counted
	random *rand.Rand
	fired  []Fired
}

// counted is a fault and what it has done.
type counted struct {
	Fault

	at            int // in the list
	low, high     time.Duration
	lag, skew     time.Duration
	matched, left int // requests that it is for; strikes that are left, negative for any number
}

// NewTable returns a Table without faults.
func NewTable(now func() time.Time) *Table { return &Table{now: now} }

// Set replaces all faults and forgets which requests were struck. The same seed and the
// same requests in the same order give the same strikes. The error names the member that
// is wrong.
func (t *Table) Set(faults []Fault, seed uint64) error {
	list := make([]*counted, 0, len(faults))
	for i, f := range faults {
		c, err := f.check(i)
		if err != nil {
			return err
		}
		list = append(list, c)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.fired, t.random = nil, rand.New(rand.NewPCG(seed, 0)) //nolint:gosec // no secret depends on it
	t.put(list)
	return nil
}

// Clear removes the faults of an account, and forgets which of its requests were struck.
func (t *Table) Clear(account string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.fired = slices.DeleteFunc(t.fired, func(f Fired) bool { return f.Account == account })
	t.put(slices.DeleteFunc(t.faults, func(c *counted) bool { return c.Account == account }))
}

// put replaces the faults, and says what kinds there are. Callers hold mu.
func (t *Table) put(faults []*counted) {
	var requests, events, clocks bool
	var lag time.Duration
	for _, c := range faults {
		switch {
		case c.Event != "":
			events = true
		case c.skew != 0:
			clocks = true
		default:
			requests = true
		}
		lag = max(lag, c.lag)
	}
	t.faults = faults
	t.active.Store(requests)
	t.eventsActive.Store(events)
	t.clocksActive.Store(clocks)
	t.readLag.Store(int64(lag))
}

// Faults returns the faults in force.
func (t *Table) Faults() []Fault {
	t.mu.Lock()
	defer t.mu.Unlock()
	list := make([]Fault, 0, len(t.faults))
	for _, f := range t.faults {
		list = append(list, f.Fault)
	}
	return list
}

// Fired returns the latest requests that were struck, the last one first.
func (t *Table) Fired() []Fired {
	t.mu.Lock()
	defer t.mu.Unlock()
	list := make([]Fired, 0, len(t.fired))
	for i := range t.fired {
		list = append(list, t.fired[len(t.fired)-1-i])
	}
	return list
}

// Strike returns what the first fault does that strikes a request, or nil.
func (t *Table) Strike(r Request) *Strike {
	if t == nil || !t.active.Load() {
		return nil
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, f := range t.faults {
		if !f.matches(r) || !f.strikes(t.random) {
			continue
		}
		s := f.strike(t.random)
		t.note(Fired{RequestID: r.ID, Operation: r.Operation.Name, Account: r.Account, Fault: s.Name})
		return s
	}
	return nil
}

// note remembers what a fault struck.
func (t *Table) note(f Fired) {
	f.At = t.now().UTC()
	if len(t.fired) == maxFired {
		t.fired = append(t.fired[:0], t.fired[1:]...)
	}
	t.fired = append(t.fired, f)
}

// matches reports whether a fault is for a request.
func (c *counted) matches(r Request) bool {
	return c.Event == "" && c.skew == 0 && c.concerns(r) && (c.lag == 0 || r.Operation.ReadOnly) &&
		(c.Resource == "" || names(r.Body, c.Resource))
}

// concerns reports whether a fault is for the operation and account of a request.
func (c *counted) concerns(r Request) bool {
	return (c.Operation == Any || c.Operation == r.Operation.Name) && (c.Account == Any || c.Account == r.Account)
}

// names reports whether a body has an identifier, as a string or at the end of an ARN.
func names(body []byte, identifier string) bool {
	return bytes.Contains(body, []byte(`"`+identifier+`"`)) || bytes.Contains(body, []byte("/"+identifier+`"`))
}

// strikes counts a request and reports whether it is struck.
func (c *counted) strikes(random *rand.Rand) bool {
	if c.left == 0 {
		return false
	}
	n := c.matched
	c.matched++
	if s := c.Sequence; s != nil && n%(s.Fail+s.Pass) >= s.Fail {
		return false
	}
	if c.Rate != nil && random.Float64() >= *c.Rate {
		return false
	}
	c.left--
	return true
}

func (c *counted) strike(random *rand.Rand) *Strike {
	s := &Strike{Latency: c.latency(random), Connection: c.Connection, ReadLag: c.lag, ClockSkew: c.skew}
	var effects []string
	if c.Error != "" {
		s.Err = c.err()
		effects = append(effects, string(c.Error))
	}
	if c.Connection != "" {
		effects = append(effects, c.Connection)
	}
	if s.Latency > 0 {
		effects = append(effects, "latency "+s.Latency.Round(time.Millisecond).String())
	}
	if c.lag > 0 {
		effects = append(effects, "readLag "+c.lag.String())
	}
	if c.skew != 0 {
		effects = append(effects, "clockSkew "+c.skew.String())
	}
	s.Name = fmt.Sprintf("%d: %s", c.at, strings.Join(effects, ", "))
	return s
}

// latency returns a time in the range of a fault.
func (c *counted) latency(random *rand.Rand) time.Duration {
	if c.high > c.low {
		return c.low + time.Duration(random.Int64N(int64(c.high-c.low)))
	}
	return c.low
}

// err returns the error of a fault.
func (c *counted) err() *api.Error {
	message := c.Message
	if message == "" {
		message = "A fault that was set with the operator API"
		if c.Error == api.TypeThrottling {
			message = "Rate exceeded"
		}
	}
	e := &api.Error{Type: string(c.Error), Message: message}
	switch e.Type {
	case api.TypeValidation:
		e.Reason = api.ValidationExceptionReason(c.Reason)
	case api.TypeAccessDenied:
		e.AccessReason = api.AccessDeniedExceptionErrorCode(c.Reason)
	}
	return e
}

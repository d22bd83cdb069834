package selling

import (
	"fmt"
	"time"

	"cosell/internal/api"
	"cosell/internal/auth"
	"cosell/internal/events"
	"cosell/internal/store"
)

// Call is one operation under way: its transaction, its caller, and the business
// time at which it happens. Its exported methods are the operations; each has
// its rules' source in the fact files' section of its family.
type Call struct {
	*Service
	tx       *store.Tx
	caller   auth.Principal
	now      api.Timestamp
	enqueued *bool // set when there is work for the workers once this is committed
}

// as returns a call in the same transaction on behalf of another account, for
// what an operation sets off on the other side of the table.
func (c *Call) as(account string) *Call {
	other := *c
	other.caller = auth.Principal{Account: account}
	return &other
}

// later asks for work to be done at a business time, after this call's commit.
func (c *Call) later(kind, subject string, dueAt api.Timestamp, payload any) error {
	encoded, err := api.Marshal(payload)
	if err != nil {
		return fmt.Errorf("encode work: %w", err)
	}
	if err := c.tx.Enqueue(kind, subject, int64(dueAt), encoded); err != nil {
		return fmt.Errorf("enqueue work: %w", err)
	}
	*c.enqueued = true
	return nil
}

// today is the UTC date of the call.
func (c *Call) today() string { return c.now.Time().Format(time.DateOnly) }

// emit appends an event for an account to the outbox, in the transaction of the
// change that it tells of.
func (c *Call) emit(account string, e events.Event) error {
	envelope, err := e.Envelope(c.IDs.UUID(), account, c.now.Time())
	if err != nil {
		return fmt.Errorf("encode event: %w", err)
	}
	if err := c.tx.InsertEvent(store.Event{Account: account, Sequence: c.IDs.Sequence(), Envelope: envelope}); err != nil {
		return fmt.Errorf("append event: %w", err)
	}
	return nil
}

// after returns the time of a change to a record last changed at previous: now,
// but always later, since the time is the record's optimistic lock.
func (c *Call) after(previous api.Timestamp) api.Timestamp { return max(c.now, previous+1) }

// invalid refuses a request that breaks a rule.
func invalid(violations ...api.ValidationExceptionError) error {
	return api.Invalid(api.ValidationExceptionReasonBusinessValidationFailed, violations...)
}

// value is what p points to, or the zero value.
func value[T any](p *T) T {
	if p == nil {
		var zero T
		return zero
	}
	return *p
}

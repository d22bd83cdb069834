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
	tx     *store.Tx
	caller auth.Principal
	now    api.Timestamp
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

// arn names a resource of a catalog. Resources shared between accounts have no
// account in their ARN (facts, engagements section 1).
func arn(account, catalog, resource string) string {
	return "arn:aws:partnercentral:us-east-1:" + account + ":catalog/" + catalog + "/" + resource
}

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

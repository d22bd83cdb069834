// Package operation gives an operation of the API what it may use while its
// transaction is open, and opens the transactions.
//
// A family of operations (package selling and its siblings) has a Call of its own
// that embeds this package's, and one method for each operation. A method of a
// Call cannot open a transaction: it has one. A family's Service opens them with a
// [Runner], which is the only way to do so.
package operation

import (
	"fmt"
	"log/slog"
	"time"

	"cosell/internal/api"
	"cosell/internal/auth"
	"cosell/internal/events"
	"cosell/internal/ids"
	"cosell/internal/pagetoken"
	"cosell/internal/store"
)

// Call is one operation in its transaction. It is valid until the function that
// received it returns, and used by one goroutine.
type Call struct {
	Tx     *store.Tx
	Caller auth.Principal
	Now    api.Timestamp // business time, the same throughout the transaction
	IDs    *ids.Source
	Log    *slog.Logger

	pages   *pagetoken.Sealer
	outcome *outcome
}

// outcome is what the calls of one transaction leave to do after its commit.
type outcome struct {
	enqueued  bool    // work was enqueued: wake the workers
	emitted   bool    // events were appended: wake what carries them on
	doing     doing   // for the history
	reference api.Raw // see Continue
	notices   []string
}

// Notice tells the caller something beside the answer, such as what an update
// cleared: in an answer header and in the log, once the transaction is committed.
// The text must not hold a value that may be sensitive.
func (c *Call) Notice(text string) {
	c.outcome.notices = append(c.outcome.notices, text)
}

// OnBehalfOf returns a call in the same transaction whose caller is another
// account, for the effects of an operation on that account.
func (c *Call) OnBehalfOf(account string) *Call {
	other := *c
	other.Caller = auth.Principal{Account: account}
	return &other
}

// Emit appends an event for an account to the outbox, in this transaction.
func (c *Call) Emit(account string, e events.Event) error {
	return c.EmitAs(c.IDs.UUID(), account, e, c.Now.Time())
}

// EmitAs is Emit for an event that has its id and its time already.
func (c *Call) EmitAs(id, account string, e events.Event, at time.Time) error {
	return c.EmitIn(c.IDs.Sequence(), id, account, e, at)
}

// EmitIn is EmitAs for an event that has its sequence, too.
func (c *Call) EmitIn(sequence int64, id, account string, e events.Event, at time.Time) error {
	envelope, err := e.Envelope(id, account, at)
	if err != nil {
		return fmt.Errorf("encode event: %w", err)
	}
	if err := c.Tx.InsertEvent(store.Event{Account: account, Sequence: sequence, Envelope: envelope}); err != nil {
		return fmt.Errorf("append event: %w", err)
	}
	c.outcome.emitted = true
	return nil
}

// Later enqueues work that becomes due at a business time, in this transaction.
// The kind names a [WorkHandler]. Work of the same kind and subject is enqueued once.
func (c *Call) Later(kind, subject string, dueAt api.Timestamp, payload any) error {
	encoded, err := api.Marshal(payload)
	if err != nil {
		return fmt.Errorf("encode work: %w", err)
	}
	if err := c.Tx.Enqueue(kind, subject, int64(dueAt), encoded); err != nil {
		return fmt.Errorf("enqueue work: %w", err)
	}
	c.outcome.enqueued = true
	return nil
}

// Immediately is a due time that has always passed, wherever the business clock
// is set.
const Immediately api.Timestamp = 0

// Continue says that the operation goes on after this transaction, in
// transactions of its own: its [Continuation] is called with the reference and
// gives the answer. A client token keeps the reference in place of an answer, so
// that a repeated request continues the same thing.
func (c *Call) Continue(reference any) error {
	encoded, err := api.Marshal(reference)
	if err != nil {
		return fmt.Errorf("encode reference: %w", err)
	}
	c.outcome.reference = encoded
	return nil
}

// Reference returns the reference given to Continue, nil where there is none.
func (c *Call) Reference() api.Raw { return c.outcome.reference }

// Today is the UTC date of the call, as YYYY-MM-DD.
func (c *Call) Today() string { return c.Now.Time().Format(time.DateOnly) }

// NextModified returns the modification time of a record that was last modified at
// previous: now, but always later than previous, because the time is the record's
// optimistic lock.
func (c *Call) NextModified(previous api.Timestamp) api.Timestamp { return max(c.Now, previous+1) }

// Invalid is the error of a request that breaks a rule.
func Invalid(violations ...api.ValidationExceptionError) error {
	return api.Invalid(api.ValidationExceptionReasonBusinessValidationFailed, violations...)
}

// StaleLock is the error of an update that repeats another time of the last change than
// the stored one: AWS's text, and both times.
func StaleLock(sent, stored api.Timestamp) error {
	return api.Conflict(fmt.Sprintf("Conflicting error, last modified date is not the latest: it is %s, the request has %s; "+
		"read the record again and repeat the change", stored, sent))
}

package audit

import (
	"context"
	"reflect"
	"time"

	"cosell/internal/api"
	"cosell/internal/auth"
	"cosell/internal/store"
)

// Job adds what a job of a service did in the name of an account to the transaction in
// which the job does it: an operation with its request and answer. who is the session of
// the job's role; without a role it has only an account.
func (r *Recorder) Job(tx *store.Tx, who auth.Principal, service, operation string, in api.Input, out any) error {
	e := r.Begin(SourceSelling, operation, false)
	if e == nil {
		return nil
	}
	// As CloudTrail records calls that a service makes.
	e.Caller, e.Operator, e.Remote, e.Agent, e.RequestID = who, service, service, service, r.IDs.UUID()
	request, err := api.Marshal(in)
	if err != nil {
		return err
	}
	e.Request = redact(request, planOf(reflect.TypeOf(in)))
	e.setResponse(out)
	if err := e.insert(tx); err != nil {
		return err
	}
	r.expect(e)
	return nil
}

// expected is an entry for the file whose transaction has not ended as far as is known.
type expected struct {
	line     []byte
	sequence int64
	until    time.Time
}

// longestWork is how long the transaction of a job takes at most.
const longestWork = 2 * time.Minute

// expect has an entry written to the file once it is in the store.
func (r *Recorder) expect(e *Entry) {
	if r.File == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.expected = append(r.expected, expected{e.encode(nil), e.sequence, r.Now().Add(longestWork)})
}

// confirm writes the expected entries to the file that are in the store now, and forgets
// those whose transactions cannot be committed any more.
func (r *Recorder) confirm(ctx context.Context) error {
	r.mu.Lock()
	waiting := r.expected
	r.expected = nil
	r.mu.Unlock()
	var later []expected
	for i, x := range waiting {
		var found []store.AuditRecord
		err := r.Store.View(ctx, func(tx *store.Tx) (err error) {
			found, err = tx.AuditRecords(x.sequence-1, x.sequence, 1)
			return err
		})
		if err != nil {
			r.waitFor(append(later, waiting[i:]...))
			return err
		}
		switch {
		case len(found) == 1:
			r.writeLine(x.line, x.sequence, 0)
		case r.Now().Before(x.until):
			later = append(later, x)
		}
	}
	r.waitFor(later)
	return nil
}

func (r *Recorder) waitFor(later []expected) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.expected = append(later, r.expected...)
}

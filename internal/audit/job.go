package audit

import (
	"context"
	"fmt"
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
	if err := e.requestOf(in); err != nil {
		return err
	}
	e.setResponse(out)
	e.addOfJob(tx, who, service)
	return nil
}

// JobRefused adds that an operation of a job was refused to the transaction in which the
// job notes it: to the session of its role, or, where there is no session, that the
// service of the job was refused the role.
func (r *Recorder) JobRefused(tx *store.Tx, who auth.Principal, job *auth.Job, operation string, in api.Input, why *api.Error) error {
	op, ok := api.Lookup(operation)
	if !ok {
		return fmt.Errorf("no operation %s", operation)
	}
	e := r.Begin(SourceSelling, operation, op.ReadOnly)
	if e == nil {
		return nil
	}
	if who.ARN == "" && job.RoleARN != "" {
		e.Source, e.Name, e.ReadOnly = SourceSTS, "AssumeRole", true
		e.Request = append(quote(append(quote([]byte(`{"roleArn":`), job.RoleARN), `,"roleSessionName":`...), job.Session), '}')
	} else if err := e.requestOf(in); err != nil {
		return err
	}
	e.Always = true // it was refused
	e.SetError(why)
	e.addOfJob(tx, who, job.Service)
	return nil
}

// requestOf keeps the request of a job.
func (e *Entry) requestOf(in api.Input) error {
	request, err := api.Marshal(in)
	if err == nil {
		e.Request, e.redactedRequest = redact(request, planOf(reflect.TypeOf(in))), true
	}
	return err
}

// addOfJob adds the entry of a job, as CloudTrail records calls that a
// service makes.
func (e *Entry) addOfJob(tx *store.Tx, who auth.Principal, service string) {
	r := e.recorder
	e.Caller, e.Operator, e.Remote, e.Agent, e.RequestID = who, service, service, service, r.IDs.UUID()
	e.add(tx).job = true
}

// expected is an entry for the file whose transaction has not ended as far as is known.
type expected struct {
	line  []byte
	place place
	until time.Time
}

// longestWork is how long the transaction of a job takes at most.
const longestWork = 2 * time.Minute

// expect has an entry written to the file once it is in the store.
func (r *Recorder) expect(p *part) {
	if r.File == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.expected = append(r.expected, expected{p.line, p.place, r.Now().Add(longestWork)})
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
			found, err = tx.AuditRecords(x.place.sequence-1, x.place.sequence, 1)
			return err
		})
		if err != nil {
			r.waitFor(append(later, waiting[i:]...))
			return err
		}
		switch {
		case len(found) == 1:
			r.writeLine(x.line, x.place)
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

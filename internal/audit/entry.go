// Package audit keeps what callers and operators did: each call of the API and each
// decision of an operator, in the shape of CloudTrail's records, chained by hashes.
//
// What a call writes and its entry are committed together: [Commit] adds the entry to
// the transaction. Entries of calls that read or fail are written in batches behind them.
package audit

import (
	"bytes"
	"cmp"
	"context"
	"reflect"
	"strconv"
	"strings"
	"time"

	"cosell/internal/api"
	"cosell/internal/auth"
	"cosell/internal/store"
)

// The sources of events.
const (
	SourceSelling  = "partnercentral-selling.amazonaws.com"
	SourceEvents   = "events.amazonaws.com"
	SourceSTS      = "sts.amazonaws.com"
	SourceS3       = "s3.amazonaws.com"
	SourceSignIn   = "signin.amazonaws.com"
	SourceOperator = "operator.cosell"
	// SourceProposals is what programs propose.
	SourceProposals = "proposals.cosell"
)

// Hidden stands where a sensitive text was, as in CloudTrail's records.
const Hidden = "HIDDEN_DUE_TO_SECURITY_REASONS"

// maxText bounds texts that a client chooses.
const maxText = 500

// Entry is what one request did. It is used by one goroutine at a time.
type Entry struct {
	At       time.Time
	Source   string
	Name     string // of the event
	ReadOnly bool
	// Always keeps an entry that only reads also where those of reads are not kept.
	Always bool
	Caller auth.Principal // of a call
	// Recipient is the account that gets the record, "" for that of the caller.
	Recipient string
	// Operator and Role are who acted, for what operators do; for a call that the server
	// passed on, they name on whose behalf.
	Operator, Role string
	Remote, Agent  string
	RequestID      string
	// Request and Response are JSON without what is sensitive.
	Request, Response []byte
	// Additional is JSON about the event that is neither.
	Additional              []byte
	ErrorCode, ErrorMessage string

	// Whether Request and Response are in the stored form of redact.
	redactedRequest, redactedResponse bool

	recorder *Recorder
	place    *place // where it is, once the transaction is committed to which it was added
	added    bool   // to a transaction that has not ended
	recorded bool
}

// SetRequest keeps the body of a request, whose type says what of it is sensitive. It was
// decoded into that type; known reports whether it has known members only.
func (e *Entry) SetRequest(body []byte, in any, known bool) {
	if e == nil || e.recorder == nil {
		return
	}
	p := planOf(reflect.TypeOf(in))
	const small = 1 << 10
	if known && p.open && len(body) <= small && !bytes.ContainsAny(body, "\r\n") {
		e.Request, e.redactedRequest = bytes.Clone(body), false // most reads
		return
	}
	e.Request, e.redactedRequest = redact(body, p), true
}

// setResponse keeps the answer of a call.
func (e *Entry) setResponse(out any) {
	e.redactedResponse = true
	switch out := out.(type) {
	case nil:
	case api.Raw:
		e.Response = redact(out, identifiers)
	default:
		if encoded, err := api.Marshal(out); err == nil {
			e.Response = redact(encoded, planOf(reflect.TypeOf(out)))
		}
	}
	if bytes.Equal(e.Response, []byte("{}")) {
		e.Response = nil
	}
}

// SetError keeps why a request was refused, without what may be sensitive.
func (e *Entry) SetError(err *api.Error) {
	e.ErrorCode = err.Type
	if err.Type != api.TypeSerialization && err.Type != api.TypeInternalServer {
		text, _, _ := strings.Cut(err.Message, "\n")
		e.ErrorMessage = text[:min(len(text), maxText)]
	}
}

// Key is the key of a context's *Entry. A context that holds one answers it to this key.
type Key struct{}

// From returns the entry of a context, nil without one.
func From(ctx context.Context) *Entry {
	e, _ := ctx.Value(Key{}).(*Entry)
	return e
}

// With returns a context that holds an entry.
func With(ctx context.Context, e *Entry) context.Context { return context.WithValue(ctx, Key{}, e) }

// Answered keeps the answer of the request of a context.
func Answered(ctx context.Context, out any) {
	if e := From(ctx); e != nil && e.wanted() && !e.ReadOnly {
		e.setResponse(out)
	}
}

// Respond keeps what a request was answered with and more about it, as JSON, before the
// transaction is committed in which it writes.
func Respond(ctx context.Context, response, additional []byte) {
	if e := From(ctx); e != nil {
		e.Response, e.redactedResponse, e.Additional = response, false, additional
	}
}

// Commit adds the entry of a context to the transaction in which its request writes.
func Commit(ctx context.Context, tx *store.Tx) error {
	e := From(ctx)
	if e == nil || e.recorded || e.ReadOnly || !e.wanted() {
		return nil
	}
	e.added = true
	e.add(tx)
	return nil
}

// add has an entry written at the end of a transaction.
func (e *Entry) add(tx *store.Tx) *part {
	const others = 512
	line := e.encode(make([]byte, 0, len(e.Request)+len(e.Response)+len(e.Additional)+others))
	p := &part{account: e.recipient(), line: line}
	e.place = &p.place
	tx.AtEnd(lateWriter{e.recorder}, p)
	return p
}

// Update runs fn in a transaction of a store as its Update does, and commits the entry of
// the context with it.
func Update(ctx context.Context, s store.Store, fn func(*store.Tx) error, options ...store.Option) error {
	err := s.Update(ctx, func(tx *store.Tx) error {
		if err := fn(tx); err != nil {
			return err
		}
		return Commit(ctx, tx)
	}, options...)
	if err == nil {
		Committed(ctx)
	}
	return err
}

// Committed says that the transaction to which Commit added an entry is committed.
func Committed(ctx context.Context) {
	if e := From(ctx); e != nil && e.added && !e.recorded {
		e.recorded = true
		e.recorder.written(e)
	}
}

func (e *Entry) wanted() bool { return e.recorder != nil && e.recorder.wants(e) }

// Recorded reports whether a transaction with the entry is committed.
func (e *Entry) Recorded() bool { return e != nil && e.recorded }

// For returns a copy of an entry that is not kept yet, for another account.
func (e *Entry) For(account string) *Entry {
	again := *e
	again.Recipient, again.place, again.added, again.recorded = account, nil, false, false
	return &again
}

func (e *Entry) recipient() string { return cmp.Or(e.Recipient, e.Caller.Account) }

// encode appends the stored form: JSON on one line, with short names, from which
// [Record] is made.
func (e *Entry) encode(b []byte) []byte {
	b = append(b, `{"t":`...)
	b = strconv.AppendInt(b, e.At.UnixMilli(), 10)
	b = member(b, "s", shortSource(e.Source))
	b = member(b, "n", e.Name)
	if e.ReadOnly {
		b = append(b, `,"r":true`...)
	}
	b = member(b, "a", e.Caller.Account)
	b = member(b, "ra", e.Recipient)
	if e.Caller.Identity != nil {
		b = member(b, "d", e.Caller.UserID())
	}
	b = member(b, "k", e.Caller.AccessKeyID)
	b = member(b, "p", e.Caller.ARN)
	b = member(b, "o", e.Operator)
	b = member(b, "l", e.Role)
	b = member(b, "i", address(e.Remote))
	b = member(b, "u", e.Agent[:min(len(e.Agent), maxText)])
	b = member(b, "q", e.RequestID)
	b = member(b, "c", e.ErrorCode)
	b = member(b, "m", e.ErrorMessage)
	b = raw(b, nameOf(e.redactedRequest, "hi", "in"), e.Request)
	b = raw(b, nameOf(e.redactedResponse, "ho", "out"), e.Response)
	b = raw(b, "ad", e.Additional)
	return append(b, '}')
}

func member(b []byte, name, text string) []byte {
	if text == "" {
		return b
	}
	b = append(b, ',', '"')
	b = append(b, name...)
	return quote(append(b, '"', ':'), text)
}

// nameOf returns the name of the member for JSON that was redacted or not.
func nameOf(redacted bool, is, not string) string {
	if redacted {
		return is
	}
	return not
}

func raw(b []byte, name string, value []byte) []byte {
	if len(value) == 0 {
		return b
	}
	b = append(b, ',', '"')
	b = append(b, name...)
	return append(append(b, '"', ':'), value...)
}

// address returns an address without its port.
func address(remote string) string {
	if i := strings.LastIndexByte(remote, ':'); i > 0 {
		remote = remote[:i]
	}
	return strings.Trim(remote, "[]")
}

func shortSource(source string) string {
	if source == SourceSelling {
		return "" // almost all of them
	}
	return source
}

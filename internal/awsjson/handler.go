// Package awsjson serves the API over HTTP: it decodes requests into operations
// and encodes their results as answers.
//
// It speaks awsJson1_0, in which the X-Amz-Target header names the operation,
// and a second protocol of the real service, in which the path names it and both
// sides send plain application/json. Other services at the same address speak
// awsJson1_1; the prefix of the target says which one is meant.
package awsjson

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"cosell/internal/access"
	"cosell/internal/api"
	"cosell/internal/audit"
	"cosell/internal/auth"
	"cosell/internal/clock"
	"cosell/internal/fault"
	"cosell/internal/limit"
)

// Service runs operations whose input has been decoded and checked. The output
// is nil where the operation has none, and an [api.Raw] where it is already
// encoded. Every error that is not an *api.Error is reported as an internal error.
type Service interface {
	Do(ctx context.Context, caller auth.Principal, op *api.Operation, in api.Input) (out any, err error)
}

// Verifier authenticates requests. Its errors are *api.Error.
type Verifier interface {
	// Check checks what the headers of a request alone decide. The claim it returns
	// is verified with the body.
	Check(r *http.Request) (auth.Claim, error)
}

// Config configures a Handler. All fields but Budget, Admit, Authorize, Faults and Observe are required.
type Config struct {
	Service  Service
	Verifier Verifier
	// Others are the other services at the same address.
	Others    []API
	RequestID func() string
	// Budget bounds the memory of request bodies; nil does not.
	Budget *limit.Budget
	// Lists are the turns of accounts with operations that read many records; nil has
	// them all at once.
	Lists *limit.Turns
	// Timeout limits the work on one request, once its body has been read.
	Timeout time.Duration
	// Admit is called once a request's caller is known, and refuses it with the error it
	// returns; nil admits every request.
	Admit func(ctx context.Context, caller auth.Principal, op *api.Operation) error
	// Authorize refuses a request that its caller may not send with the error it returns;
	// nil allows every request. The input has been checked against the contract.
	Authorize func(ctx context.Context, r *http.Request, caller auth.Principal, op *api.Operation, in api.Input) error
	// Faults strike requests, in order to test clients; nil has none.
	Faults *fault.Table
	// Content is how many bytes of a request's body its exchange carries, beside the
	// answer's; 0 has exchanges carry neither.
	Content int
	// Audit keeps what requests did; nil keeps nothing.
	Audit *audit.Recorder
	// Observe is called after each request has been answered.
	Observe func(context.Context, *Exchange)
}

// API is a service that speaks awsJson1_1. All fields are required.
type API struct {
	// Source is the event source of its entries in the audit.
	Source       string
	TargetPrefix string
	Operations   []api.Operation // sorted by name
	Service      Service
	Verifier     Verifier
}

// Exchange describes one request and its answer.
type Exchange struct {
	RequestID string
	Service   string // prefix of the target
	Operation string // "" when the request named no operation of the contract
	Caller    auth.Principal
	Remote    string
	Endpoint  string // address of the server as the client knows it
	Started   time.Time
	Duration  time.Duration
	BytesIn   int
	BytesOut  int
	Status    int
	// Strike is the fault that struck the request, or nil.
	Strike *fault.Strike
	// Notices is what the caller was told beside the answer.
	Notices []string
	// Err is the error the caller was sent, with its private cause; nil on success.
	Err *api.Error
	// Request and Answer are the bodies, where [Config] asks for them. They may be
	// sensitive, and never belong in the log. They must not be modified.
	Request, Answer []byte

	entry *audit.Entry // of the audit; nil where it is not kept
}

// Handler serves the API over HTTP. It is safe for concurrent use.
type Handler struct {
	Config

	target, path *protocol
	others       map[string]*protocol // by the prefix of the target
}

// New returns a Handler with the given configuration.
func New(c Config) *Handler {
	if c.Observe == nil {
		c.Observe = func(context.Context, *Exchange) {}
	}
	h := &Handler{Config: c, others: map[string]*protocol{}}
	selling := API{audit.SourceSelling, api.TargetPrefix, api.Operations, c.Service, c.Verifier}
	h.target, h.path = targetProtocol(selling), pathProtocol(selling)
	for _, other := range c.Others {
		h.others[other.TargetPrefix] = otherProtocol(other)
	}
	return h
}

// ServeHTTP implements [http.Handler].
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	x := &Exchange{RequestID: h.RequestID(), Remote: r.RemoteAddr, Started: time.Now(), Status: http.StatusOK}
	p := h.protocol(r)
	x.Service = p.TargetPrefix
	body, err := h.answer(w, r, p, x)
	header := w.Header()
	header["Content-Type"] = p.contentType
	header["X-Amzn-Requestid"] = []string{x.RequestID}
	if p.modelDate != nil {
		header["X-Cosell-Model"] = p.modelDate
	}
	if len(x.Notices) > 0 {
		header["X-Cosell-Notice"] = printable(x.Notices)
	}
	if err != nil {
		x.Err = toAPIError(r.Context(), err)
		x.Status = status(x.Err.Type)
		errorType := p.errorType(x.Err)
		body = p.encodeError(x.Err)
		header["X-Amzn-Errortype"] = []string{errorType + p.typeSuffix}
		describe(header, x.Err.Type)
	}
	header["Content-Length"] = []string{strconv.Itoa(len(body))}
	if x.Strike != nil {
		header["X-Cosell-Fault"] = []string{x.Strike.Name}
		if x.Strike.ClockSkew != 0 {
			header["Date"] = []string{time.Now().Add(x.Strike.ClockSkew).UTC().Format(http.TimeFormat)}
		}
		_ = clock.Sleep(r.Context(), x.Strike.Latency) // unless the client leaves
		defer breakConnection(w, r, x.Strike.Connection, body)
	}
	if x.Strike == nil || x.Strike.Connection == "" {
		w.WriteHeader(x.Status)
		// A write error means that the client has disconnected; nothing can be done about it.
		x.BytesOut, _ = w.Write(body)
	}
	h.endEntry(r, x)
	x.Duration = time.Since(x.Started)
	if h.Content > 0 {
		x.Endpoint, x.Answer = endpoint(r), body
	}
	h.Observe(r.Context(), x)
}

// endpoint returns the address to which a client sent a request.
func endpoint(r *http.Request) string {
	if r.TLS != nil {
		return "https://" + r.Host
	}
	return "http://" + r.Host
}

// printable returns texts with everything replaced that a header must not hold.
func printable(texts []string) []string {
	out := make([]string, len(texts))
	for i, text := range texts {
		out[i] = strings.Map(func(r rune) rune {
			if r < ' ' || r > '~' {
				return '?'
			}
			return r
		}, text)
	}
	return out
}

// answer runs the operation that r names and encodes its output. Whatever the headers
// alone decide is decided before the body is read.
func (h *Handler) answer(w http.ResponseWriter, r *http.Request, p *protocol, x *Exchange) (answer []byte, err error) {
	defer func() {
		if cause := recover(); cause != nil {
			answer, err = nil, fmt.Errorf("panic: %v\n%s", cause, debug.Stack())
		}
	}()
	op, err := p.operation(r)
	if err != nil {
		return nil, err
	}
	x.Operation = op.Name
	if err := p.checkContent(r); err != nil {
		return nil, err
	}
	if h.Faults.SkewsClocks() {
		r = h.skewed(r, op, x)
	}
	claim, err := p.Verifier.Check(r)
	if err != nil {
		return nil, err
	}
	body, err := h.read(w, r, claim.Account())
	defer body.release()
	if err != nil {
		return nil, err
	}
	x.BytesIn = len(body.bytes)
	x.Request = bytes.Clone(body.bytes[:min(len(body.bytes), h.Content)]) // the buffer is used again
	ctx := withTimeout(r.Context(), h.Timeout)
	ctx.request = r
	defer ctx.end()
	defer func() { x.Notices = ctx.notices.Texts() }()
	share, err := h.Budget.Work(ctx, claim.Account(), int64(len(body.bytes))) //nolint:contextcheck // ctx wraps the context of the request
	if err != nil {
		return nil, busy()
	}
	defer share.Release()
	if x.Caller, err = claim.Verify(body.bytes); err != nil {
		return nil, err
	}
	h.beginEntry(r, p, op, x)
	ctx.entry = x.entry
	if h.Admit != nil {
		if err := h.Admit(ctx, x.Caller, op); err != nil { //nolint:contextcheck // ctx wraps the context of the request
			return nil, err
		}
	}
	if s := h.Faults.Strike(fault.Request{ID: x.RequestID, Operation: op, Account: x.Caller.Account, Body: body.bytes}); s != nil {
		x.Strike = s
		if s.Before() {
			return nil, cmp.Or(s.Err, api.Internal(errReset))
		}
	}
	in := op.NewInput()
	unknown, err := decode(body.bytes, in)
	if err != nil {
		return nil, err
	}
	x.entry.SetRequest(body.bytes, in, len(unknown) == 0)
	ctx.notices.Add(unknown...)
	if violations := in.Check(); len(violations) > 0 {
		return nil, withHint(api.Invalid(api.ValidationExceptionReasonRequestValidationFailed, violations...), unknown)
	}
	if p.maxContent > 0 {
		if err := checkContentSize(body.bytes, in, p.maxContent); err != nil {
			return nil, err
		}
	}
	if h.Authorize != nil {
		if err := h.Authorize(ctx, r, x.Caller, op, in); err != nil { //nolint:contextcheck // ctx wraps the context of the request
			return nil, err
		}
	}
	if readsMany(op) {
		if h.Lists.Take(ctx, x.Caller.Account) != nil { //nolint:contextcheck // ctx wraps the context of the request
			return nil, api.Throttled("The server is busy with other lists and searches; send the request again later")
		}
		defer h.Lists.Release(x.Caller.Account)
	}
	out, err := p.Service.Do(lagging(ctx, x.Strike), x.Caller, op, in) //nolint:contextcheck // ctx wraps the context of the request
	if err != nil {
		return nil, err
	}
	return encode(op, out)
}

// readsMany reports whether an operation may read a hundred large records, or search all
// of an account or its events.
func readsMany(op *api.Operation) bool {
	return op.ReadOnly && (strings.HasPrefix(op.Name, "List") || strings.HasPrefix(op.Name, "Search") ||
		op.Name == "GetCustomerAccountStatistics" || op.Name == "DescribeArchive")
}

// beginEntry begins the entry of a request in the audit, now that its caller is known.
func (h *Handler) beginEntry(r *http.Request, p *protocol, op *api.Operation, x *Exchange) {
	if !h.Audit.Wants(op.ReadOnly) {
		return
	}
	e := h.Audit.Begin(p.Source, op.Name, op.ReadOnly)
	e.Caller = x.Caller
	access.Sent(e, r, x.RequestID)
	x.entry = e
}

// endEntry keeps the entry of a request that no transaction kept.
func (h *Handler) endEntry(r *http.Request, x *Exchange) {
	if x.entry == nil {
		return
	}
	if x.Err != nil {
		x.entry.SetError(x.Err)
	}
	h.Audit.End(r.Context(), x.entry)
}

// checkContentSize refuses a request that is too large to be stored, before it takes a
// write transaction from others.
func checkContentSize(body []byte, in api.Input, maxContent int) error {
	if len(body) <= maxContent {
		return nil
	}
	content, err := api.Marshal(in)
	if err != nil {
		return fmt.Errorf("encode request: %w", err)
	}
	if len(content) > maxContent {
		return api.Invalid(api.ValidationExceptionReasonRequestValidationFailed, api.ValidationExceptionError{
			Code:    new(api.ValidationExceptionErrorCodeTooManyValues),
			Message: new(fmt.Sprintf("body: is too large; its known members must have at most %d bytes, have %d", maxContent, len(content))),
		})
	}
	return nil
}

// withHint adds to the message of a request that breaks the contract what was ignored
// of it: a missing member is often one that was sent under another name.
func withHint(e *api.Error, unknown []string) *api.Error {
	if len(unknown) > 0 {
		e.Message += "; " + strings.Join(unknown, "; ")
	}
	return e
}

// errNoOutput reports a bug in the service.
var errNoOutput = errors.New("the operation returned no output, but its contract has one")

func encode(op *api.Operation, out any) ([]byte, error) {
	if !op.HasOutput {
		return nil, nil
	}
	switch out := out.(type) {
	case nil:
		return nil, errNoOutput
	case api.Raw:
		return out, nil
	}
	body, err := api.Marshal(out)
	if err != nil {
		return nil, fmt.Errorf("encode answer: %w", err)
	}
	return body, nil
}

// Package awsjson is the wire: it turns HTTP requests into operations and what
// comes of them into answers.
//
// It speaks awsJson1_0, in which the X-Amz-Target header names the operation,
// and the second form of the real service, in which the path does and both
// sides send plain application/json.
package awsjson

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"runtime/debug"
	"strconv"
	"time"

	"cosell/internal/api"
	"cosell/internal/auth"
)

// Service answers operations whose input has been decoded and checked. The
// output is nil where the operation has none, and an [api.Raw] where it is
// encoded already. Every error that is no *api.Error is taken for a fault of
// ours.
type Service interface {
	Do(ctx context.Context, caller auth.Principal, op *api.Operation, in api.Input) (out any, err error)
}

// Verifier finds out who sent a request. Its errors are *api.Error.
type Verifier interface {
	Verify(r *http.Request, body []byte) (auth.Principal, error)
}

// Config is what a Handler is built on. All but Serves and Observe is required.
type Config struct {
	Service   Service
	Verifier  Verifier
	RequestID func() string
	// Timeout bounds the work on one request, once its body is read.
	Timeout time.Duration
	// Serves says which operations of the contract the service has; nil is all.
	Serves func(operation string) bool
	// Observe is told of every request after it has been answered.
	Observe func(context.Context, *Exchange)
}

// Exchange is what there is to tell about one request and its answer. It holds
// nothing of what either says.
type Exchange struct {
	RequestID string
	Operation string // "" when the request named none that there is
	Caller    auth.Principal
	Remote    string
	Started   time.Time
	Duration  time.Duration
	BytesIn   int
	BytesOut  int
	Status    int
	// Err is what the caller was told, and privately why; nil on success.
	Err *api.Error
}

// Handler is the API as HTTP. It is safe for concurrent use.
type Handler struct{ Config }

// New returns a Handler on its configuration.
func New(c Config) *Handler {
	if c.Serves == nil {
		c.Serves = func(string) bool { return true }
	}
	if c.Observe == nil {
		c.Observe = func(context.Context, *Exchange) {}
	}
	return &Handler{c}
}

// ServeHTTP implements [http.Handler].
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	x := &Exchange{RequestID: h.RequestID(), Remote: r.RemoteAddr, Started: time.Now(), Status: http.StatusOK}
	f := formOf(r)
	body, err := h.answer(r, f, x)
	header := w.Header()
	header["Content-Type"] = f.contentType
	header["X-Amzn-Requestid"] = []string{x.RequestID}
	if err != nil {
		x.Err = funnel(r.Context(), err)
		x.Status = status(x.Err.Type)
		body = f.encodeError(x.Err)
		header["X-Amzn-Errortype"] = []string{x.Err.Type + f.typeSuffix}
		describe(header, x.Err.Type)
	}
	header["Content-Length"] = []string{strconv.Itoa(len(body))}
	w.WriteHeader(x.Status)
	// A client that went away is told nothing; there is nobody to tell of it.
	x.BytesOut, _ = w.Write(body)
	x.Duration = time.Since(x.Started)
	h.Observe(r.Context(), x)
}

// answer runs the operation that r asks for and encodes what it answers.
func (h *Handler) answer(r *http.Request, f *form, x *Exchange) (answer []byte, err error) {
	defer func() {
		if p := recover(); p != nil {
			answer, err = nil, fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	op, err := h.operation(r, f)
	if err != nil {
		return nil, err
	}
	x.Operation = op.Name
	if err := f.checkContent(r); err != nil {
		return nil, err
	}
	buffer := takeBuffer()
	defer buffer.release()
	if err := buffer.read(r); err != nil {
		return nil, err
	}
	x.BytesIn = len(buffer.bytes)
	if x.Caller, err = h.Verifier.Verify(r, buffer.bytes); err != nil {
		return nil, err
	}
	in := op.NewInput()
	if err := decode(buffer.bytes, in); err != nil {
		return nil, err
	}
	if violations := in.Check(); len(violations) > 0 {
		return nil, api.Invalid(api.ValidationExceptionReasonRequestValidationFailed, violations...)
	}
	ctx := withTimeout(r.Context(), h.Timeout)
	defer ctx.end()
	out, err := h.Service.Do(ctx, x.Caller, op, in) //nolint:contextcheck // it is the request's, with an end
	if err != nil {
		return nil, err
	}
	return encode(op, out)
}

// errNoOutput is a mistake of the service's.
var errNoOutput = errors.New("the operation has an output and gave none")

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

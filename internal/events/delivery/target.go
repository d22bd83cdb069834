package delivery

import (
	"context"
	"errors"
	"net"
	"net/http"
	"strings"
	"time"

	"cosell/internal/outbound"
)

// Message is what a target receives.
type Message struct {
	ID      string // of the event: receivers recognize repetitions by it
	Account string
	Body    []byte
	Facts   *eventFacts
}

// Target takes messages.
type Target interface {
	// Send makes one attempt. It ends in a bounded time.
	Send(ctx context.Context, m Message) Outcome
}

// The error codes of dead letters, in EventBridge's words.
const (
	codeConnection = "CONNECTION_FAILURE"
	codeTarget     = "ERROR_FROM_TARGET"
	codeInternal   = "INTERNAL_ERROR"
	codeJSON       = "INVALID_JSON"
	codeResource   = "NO_RESOURCE"
	codeAccess     = "NO_PERMISSIONS"
	codeThrottling = "THROTTLING"
	codeTimeout    = "TIMEOUT"
)

// Outcome is how an attempt ended. Code is empty if the target took the message.
type Outcome struct {
	Code       string
	Message    string
	Status     int // of HTTP
	Answer     string
	RetryAfter time.Duration
	Final      bool // another attempt would end alike
	Gone       bool // the target wants nothing any more
}

// OK reports whether the target took the message.
func (o Outcome) OK() bool { return o.Code == "" }

// failed returns the outcome of an attempt that got no answer.
func failed(err error) Outcome {
	o := Outcome{Code: codeConnection, Message: err.Error()}
	var timeout net.Error
	switch {
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		o.Code, o.Message = codeTimeout, "the target did not answer in time"
	case errors.Is(err, outbound.ErrForbidden):
		o.Code = codeAccess
	}
	return o
}

// answered returns the outcome of an attempt that got an answer.
func answered(a *outbound.Answer) Outcome {
	o := Outcome{Status: a.Status, Answer: strings.ToValidUTF8(string(a.Body), ""), RetryAfter: a.RetryAfter}
	switch {
	case a.Status >= 200 && a.Status < 300:
		return o
	case a.Status == http.StatusTooManyRequests:
		o.Code = codeThrottling
	default:
		o.Code = codeTarget
	}
	o.Message = "the target answered " + http.StatusText(a.Status)
	return o
}

// refused is a target that cannot be delivered to.
type refused Outcome

// Send implements [Target].
func (r refused) Send(context.Context, Message) Outcome { return Outcome(r) }

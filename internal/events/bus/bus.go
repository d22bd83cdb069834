// Package bus answers EventBridge's API: the rules of an account's default event bus,
// their targets, connections and API destinations, archives and replays.
package bus

import (
	"context"
	"errors"
	"fmt"

	"cosell/internal/api"
	"cosell/internal/audit"
	"cosell/internal/auth"
	"cosell/internal/events/eventsapi"
	"cosell/internal/operation"
	"cosell/internal/seal"
	"cosell/internal/store"
)

// SigningName is the service in the scope of signatures of this API.
const SigningName = "events"

// The types of errors that EventBridge's contract has beside those of package api.
const (
	typeIllegalStatus       = "IllegalStatusException"
	typeInvalidEventPattern = "InvalidEventPatternException"
	typeLimitExceeded       = "LimitExceededException"
	typeAlreadyExists       = "ResourceAlreadyExistsException"
)

// Service runs each operation in a transaction of its own. It is safe for concurrent
// use.
type Service struct {
	runner *operation.Runner
	sealer *seal.Sealer // of the secrets of connections
}

// secretName is the installation's secret that connections are sealed with.
const secretName = "event-connection"

// New returns a Service. The random source gives the nonces of sealed secrets.
func New(ctx context.Context, runner *operation.Runner, random func(n int) []byte) (*Service, error) {
	key, err := runner.Secret(ctx, secretName, seal.KeySize)
	if err != nil {
		return nil, fmt.Errorf("read connection key: %w", err)
	}
	sealer, err := seal.New(key, reader(random))
	if err != nil {
		return nil, err
	}
	return &Service{runner: runner, sealer: sealer}, nil
}

type reader func(n int) []byte

func (r reader) Read(b []byte) (int, error) { return copy(b, r(len(b))), nil }

// Do answers one operation for a caller. The input has been checked against the
// contract. An error is an *api.Error, or a fault of ours.
func (s *Service) Do(ctx context.Context, caller auth.Principal, op *api.Operation, in api.Input) (out any, err error) {
	run := s.runner.View
	if !op.ReadOnly {
		run = func(ctx context.Context, caller auth.Principal, fn func(*operation.Call) error) error {
			return s.runner.Update(ctx, caller, fn)
		}
	}
	err = run(ctx, caller, func(c *operation.Call) error {
		out, err = op.Invoke(s.Call(c), in)
		audit.Answered(ctx, out)
		return err
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// Call returns the operations of the API in a transaction.
func (s *Service) Call(c *operation.Call) *Call { return &Call{Call: c, sealer: s.sealer} }

// WorkHandlers handle the work that operations enqueue.
func (s *Service) WorkHandlers() map[string]operation.WorkHandler {
	return map[string]operation.WorkHandler{workReplay: operation.NewWorkHandler(handleReplay, failReplay)}
}

// Call is an operation in its transaction. Its exported methods are the operations of
// the API.
type Call struct {
	*operation.Call

	sealer *seal.Sealer
}

// An operation of the contract that has no method does not build.
var _ eventsapi.Service = (*Call)(nil)

// refuse returns the error of a type that the caller sees.
func refuse(errorType, format string, args ...any) *api.Error {
	return &api.Error{Type: errorType, Message: fmt.Sprintf(format, args...)}
}

// invalid returns the error of a request that breaks a rule.
func invalid(format string, args ...any) *api.Error {
	return refuse(api.TypeValidation, format, args...)
}

// limitExceeded is the error where there is no room for one more.
func limitExceeded() *api.Error {
	return refuse(typeLimitExceeded, "The requested resource exceeds the maximum number allowed.")
}

// found turns the error of reading a resource into the one that the caller sees.
func found(err error, format string, args ...any) error {
	if errors.Is(err, store.ErrNotFound) {
		return refuse(api.TypeResourceNotFound, format, args...)
	}
	return err
}

// taken turns the error of adding a resource into the one that the caller sees.
func taken(err error, format string, args ...any) error {
	if errors.Is(err, store.ErrExists) {
		return refuse(typeAlreadyExists, format, args...)
	}
	return err
}

// now is the time of the call, as answers have it.
func (c *Call) now() *api.EpochSeconds { return at(int64(c.Now)) }

// at returns a stored time as answers have it, nil for none.
func at(milliseconds int64) *api.EpochSeconds {
	if milliseconds == 0 {
		return nil
	}
	return new(api.EpochSeconds(milliseconds))
}

// optional returns a text as answers have it, nil for none.
func optional(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

package operation

import (
	"context"
	"errors"
	"fmt"

	"cosell/internal/api"
	"cosell/internal/auth"
	"cosell/internal/store"
)

// WorkHandler handles one kind of the work that [Call.Later] enqueues. Its calls
// have no caller.
type WorkHandler struct {
	// Prepare does what the work needs before its transaction; nil is nothing.
	Prepare func(ctx context.Context, payload []byte) error
	// Handle does the work, in the transaction that also completes it.
	Handle func(c *Call, payload []byte) error
	// OnFailure records that Handle failed, for a reason that the owner of the work
	// may read; nil records nothing.
	OnFailure func(c *Call, payload []byte, reason string) error
}

// NewWorkHandler returns a handler of work whose payload is a P.
func NewWorkHandler[P any](handle func(c *Call, payload *P) error, failed func(c *Call, payload *P, reason string) error) WorkHandler {
	return WorkHandler{
		Handle: func(c *Call, payload []byte) error {
			p, err := Decode[P]("work", payload)
			if err != nil {
				return err
			}
			return handle(c, p)
		},
		OnFailure: func(c *Call, payload []byte, reason string) error {
			p, err := Decode[P]("work", payload)
			if err != nil {
				return err
			}
			return failed(c, p, reason)
		},
	}
}

// WorkHandlers handle the work of every family, each kind by its own handler.
// They are what a queue runner needs.
type WorkHandlers struct {
	runner *Runner
	byKind map[string]WorkHandler
}

// NewWorkHandlers joins the handlers of the families. A kind that two families
// perform is an error.
func NewWorkHandlers(r *Runner, families ...map[string]WorkHandler) (*WorkHandlers, error) {
	all := map[string]WorkHandler{}
	for _, family := range families {
		for kind, handler := range family {
			if _, taken := all[kind]; taken {
				return nil, fmt.Errorf("work of kind %q has two handlers", kind)
			}
			all[kind] = handler
		}
	}
	return &WorkHandlers{runner: r, byKind: all}, nil
}

// Prepare does what work needs before that transaction.
func (p *WorkHandlers) Prepare(ctx context.Context, w store.Work) error {
	if handler := p.byKind[w.Kind]; handler.Prepare != nil {
		return handler.Prepare(ctx, w.Payload)
	}
	return nil
}

// Handle does work in the transaction of its completion.
func (p *WorkHandlers) Handle(tx *store.Tx, w store.Work) error {
	handler, ok := p.byKind[w.Kind]
	if !ok {
		return fmt.Errorf("no handler for work of kind %q", w.Kind)
	}
	return handler.Handle(p.runner.call(tx, auth.Principal{}), w.Payload)
}

// OnFailure records the failure of work, in a transaction of its own: nothing of the
// failed one remains.
func (p *WorkHandlers) OnFailure(tx *store.Tx, w store.Work, cause error) error {
	handler, ok := p.byKind[w.Kind]
	if !ok || handler.OnFailure == nil {
		return nil
	}
	reason := api.Internal(cause).Message
	if e, ok := errors.AsType[*api.Error](cause); ok {
		reason = e.Message
	}
	return handler.OnFailure(p.runner.call(tx, auth.Principal{}), w.Payload, reason)
}

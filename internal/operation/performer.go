package operation

import (
	"errors"
	"fmt"

	"cosell/internal/api"
	"cosell/internal/auth"
	"cosell/internal/store"
)

// Performer handles one kind of the work that [Call.Later] enqueues. Its calls
// have no caller.
type Performer struct {
	// Perform does the work, in the transaction that also completes it.
	Perform func(c *Call, payload []byte) error
	// Failed records that Perform failed, for a reason that the owner of the work
	// may read; nil records nothing.
	Failed func(c *Call, payload []byte, reason string) error
}

// NewPerformer returns a performer of work whose payload is a P.
func NewPerformer[P any](perform func(c *Call, payload *P) error, failed func(c *Call, payload *P, reason string) error) Performer {
	return Performer{
		Perform: func(c *Call, payload []byte) error {
			p, err := Decode[P]("work", payload)
			if err != nil {
				return err
			}
			return perform(c, p)
		},
		Failed: func(c *Call, payload []byte, reason string) error {
			p, err := Decode[P]("work", payload)
			if err != nil {
				return err
			}
			return failed(c, p, reason)
		},
	}
}

// Performers handle the work of every family, each kind by its own performer.
// They are what a work runner needs.
type Performers struct {
	runner *Runner
	byKind map[string]Performer
}

// NewPerformers joins the performers of the families. A kind that two families
// perform is an error.
func NewPerformers(r *Runner, families ...map[string]Performer) (*Performers, error) {
	all := map[string]Performer{}
	for _, family := range families {
		for kind, performer := range family {
			if _, taken := all[kind]; taken {
				return nil, fmt.Errorf("work of kind %q has two performers", kind)
			}
			all[kind] = performer
		}
	}
	return &Performers{runner: r, byKind: all}, nil
}

// Perform does work in the transaction of its completion.
func (p *Performers) Perform(tx *store.Tx, w store.Work) error {
	performer, ok := p.byKind[w.Kind]
	if !ok {
		return fmt.Errorf("no performer for work of kind %q", w.Kind)
	}
	return performer.Perform(p.runner.call(tx, auth.Principal{}), w.Payload)
}

// Failed records the failure of work, in a transaction of its own: nothing of the
// failed one remains.
func (p *Performers) Failed(tx *store.Tx, w store.Work, cause error) error {
	performer, ok := p.byKind[w.Kind]
	if !ok || performer.Failed == nil {
		return nil
	}
	reason := api.Internal(cause).Message
	if e, ok := errors.AsType[*api.Error](cause); ok {
		reason = e.Message
	}
	return performer.Failed(p.runner.call(tx, auth.Principal{}), w.Payload, reason)
}

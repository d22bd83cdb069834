package selling

import (
	"errors"
	"fmt"

	"cosell/internal/api"
	"cosell/internal/auth"
	"cosell/internal/store"
)

// performer does one kind of work.
type performer struct {
	// perform does it, in the transaction that also ends it.
	perform func(c *Call, payload []byte) error
	// failed, where there is one, records that perform failed, and why in words
	// that its owner may read.
	failed func(c *Call, payload []byte, reason string) error
}

// performers are the kinds of work there are; Call.later asks for them.
var performers = map[string]performer{
	workExpireInvitation: {perform: (*Call).performExpireInvitation},
	workProspect:         {perform: (*Call).performProspect},
	workReview:           {perform: (*Call).performReview},
	workSnapshot:         {perform: (*Call).performSnapshot, failed: (*Call).snapshotFailed},
	workTask:             {perform: (*Call).performTask, failed: (*Call).taskFaulted},
}

// Perform does work that an operation asked for, in the transaction of its
// completion.
func (s *Service) Perform(tx *store.Tx, w store.Work) error {
	p, ok := performers[w.Kind]
	if !ok {
		return fmt.Errorf("no performer for work of kind %q", w.Kind)
	}
	return p.perform(s.call(tx, auth.Principal{}, new(bool)), w.Payload)
}

// Failed records the failure of work on what it was for. It runs in a transaction
// of its own, since nothing of the failed one remains.
func (s *Service) Failed(tx *store.Tx, w store.Work, cause error) error {
	p, ok := performers[w.Kind]
	if !ok || p.failed == nil {
		return nil
	}
	reason := api.Internal(cause).Message
	if e, ok := errors.AsType[*api.Error](cause); ok {
		reason = e.Message
	}
	return p.failed(s.call(tx, auth.Principal{}, new(bool)), w.Payload, reason)
}

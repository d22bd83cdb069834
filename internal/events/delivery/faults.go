package delivery

import (
	"time"

	"cosell/internal/store"
)

// The kinds of disturbances of events.
const (
	FaultDuplicate = "duplicate" // it is sent twice
	FaultReorder   = "reorder"   // later events overtake it
	FaultDelay     = "delay"     // it waits, and what comes after it for its resource
	FaultDrop      = "drop"      // it is not sent
)

// Fault is a disturbance of one delivery.
type Fault struct {
	Kind  string
	Delay time.Duration // of reorder and delay; 0 is a second
}

// Faults decides which deliveries are disturbed, so that receivers can be tested.
type Faults interface {
	// EventFault returns the disturbance of a delivery of an event about a resource to
	// an account; ok is false if there is none.
	EventFault(account, resource, detailType string) (f Fault, ok bool)
}

// disturb changes a new delivery as the faults have it, and reports whether there is
// anything to be sent.
func (e *Engine) disturb(d *store.EventDelivery, facts *eventFacts) bool {
	if e.Faults == nil {
		return true
	}
	f, ok := e.Faults.EventFault(d.Account, d.Resource, facts.DetailType)
	if !ok {
		return true
	}
	if f.Delay == 0 {
		f.Delay = time.Second
	}
	switch f.Kind {
	case FaultDrop:
		return false
	case FaultDuplicate:
		d.Log = (&record{Duplicate: true}).encode()
	case FaultReorder:
		d.Resource = "reorder/" + facts.ID // nothing waits for it
		d.DueAt += f.Delay.Milliseconds()
	case FaultDelay:
		d.DueAt += f.Delay.Milliseconds()
	}
	return true
}

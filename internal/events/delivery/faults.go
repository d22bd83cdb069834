package delivery

import (
	"cosell/internal/fault"
	"cosell/internal/store"
)

// disturb changes a new delivery as the faults have it, and reports whether there is
// anything to be sent.
func (e *Engine) disturb(d *store.EventDelivery, facts *eventFacts) bool {
	s := e.Faults.StrikeEvent(&fault.Event{
		ID: facts.ID, DetailType: facts.DetailType, Account: d.Account, Target: d.Target, Envelope: d.Envelope,
	})
	if s == nil {
		return true
	}
	d.DueAt += s.Latency.Milliseconds()
	switch s.Kind {
	case fault.Drop:
		return false
	case fault.Duplicate:
		d.Log = (&record{Duplicate: true}).encode()
	case fault.Reorder:
		d.Resource = "reorder/" + facts.ID // nothing waits for it
	}
	return true
}

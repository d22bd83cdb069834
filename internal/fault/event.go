package fault

import (
	"fmt"
	"time"
)

// What a fault does to the delivery of an event.
const (
	// Duplicate delivers it twice.
	Duplicate = "duplicate"
	// Reorder delivers it late, and what comes after it for its resource overtakes it.
	Reorder = "reorder"
	// Delay delivers it late, and what comes after it for its resource waits.
	Delay = "delay"
	// Drop does not deliver it.
	Drop = "drop"
)

// defaultEventDelay is by how much Reorder and Delay are late without a latency.
const defaultEventDelay = time.Second

// Event is what faults know of the delivery of an event.
type Event struct {
	ID, DetailType, Account, Target string
	Envelope                        []byte
}

// EventStrike is what a fault does to the delivery of an event.
type EventStrike struct {
	Kind    string        // Duplicate, Reorder, Delay or Drop
	Latency time.Duration // of Reorder and Delay
}

// StrikeEvent returns what the first fault does that strikes the delivery of an event,
// or nil.
func (t *Table) StrikeEvent(e *Event) *EventStrike {
	if t == nil || !t.eventsActive.Load() {
		return nil
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, f := range t.faults {
		if !f.matchesEvent(e) || !f.strikes(t.random) {
			continue
		}
		s := &EventStrike{Kind: f.Event}
		name := fmt.Sprintf("%d: %s", f.at, f.Event)
		if f.Event == Reorder || f.Event == Delay {
			s.Latency = f.latency(t.random)
			if s.Latency == 0 {
				s.Latency = defaultEventDelay
			}
			name += " " + s.Latency.Round(time.Millisecond).String()
		}
		t.note(Fired{Account: e.Account, EventID: e.ID, DetailType: e.DetailType, Target: e.Target, Fault: name})
		return s
	}
	return nil
}

// matchesEvent reports whether a fault is for the delivery of an event.
func (c *counted) matchesEvent(e *Event) bool {
	return c.Event != "" &&
		(c.Account == Any || c.Account == e.Account) &&
		(c.DetailType == "" || c.DetailType == e.DetailType) &&
		(c.Resource == "" || names(e.Envelope, c.Resource))
}

// badEvent returns what is wrong with the members of a fault of events, or of a fault
// of requests that has some of them; "" if nothing is.
func (f *Fault) badEvent() (member, reason string) {
	if f.Event == "" {
		if f.DetailType != "" {
			return "detailType", "is that of an event; must be absent without the member event"
		}
		return "", ""
	}
	if other := firstGiven(
		given{"operation", f.Operation != Any},
		given{"error", f.Error != ""},
		given{"reason", f.Reason != ""},
		given{"message", f.Message != ""},
		given{"connection", f.Connection != ""},
		given{memberReadLag, f.ReadLag != ""},
		given{"clockSkew", f.ClockSkew != ""},
		given{"latency", f.Latency != "" && f.Event != Delay && f.Event != Reorder},
	); other != "" {
		return other, "must not be together with event " + f.Event
	}
	switch f.Event {
	case Duplicate, Reorder, Delay, Drop:
		return "", ""
	}
	return "event", fmt.Sprintf("must be duplicate, reorder, delay or drop, is %q", f.Event)
}

package bus

import (
	"fmt"
	"strings"

	"cosell/internal/api"
	"cosell/internal/events"
	"cosell/internal/events/eventsapi"
)

// maxEntries is the size in bytes of all entries of a PutEvents request together.
const maxEntries = 256 << 10

// entrySize is the size of an entry as EventBridge counts it.
func entrySize(e *eventsapi.PutEventsRequestEntry) int {
	const timeSize = 14
	n := len(api.Value(e.Source)) + len(api.Value(e.DetailType)) + len(api.Value(e.Detail))
	for _, r := range e.Resources {
		n += len(r)
	}
	if e.Time != nil {
		n += timeSize
	}
	return n
}

// PutEvents puts events on the caller's bus, each by itself.
func (c *Call) PutEvents(in *eventsapi.PutEventsRequest) (*eventsapi.PutEventsResponse, error) {
	size := 0
	for i := range in.Entries {
		size += entrySize(&in.Entries[i])
	}
	if size >= maxEntries {
		return nil, invalid("Total size of the entries in the request is over the limit.")
	}
	out := &eventsapi.PutEventsResponse{FailedEntryCount: new(int32(0))}
	for i := range in.Entries {
		result := eventsapi.PutEventsResultEntry{}
		if refused := checkEntry(&in.Entries[i]); refused != nil {
			result.ErrorCode, result.ErrorMessage = &refused.Type, &refused.Message
			*out.FailedEntryCount++
		} else {
			id, err := c.putEvent(i, &in.Entries[i])
			if err != nil {
				return nil, err
			}
			result.EventId = &id
		}
		out.Entries = append(out.Entries, result)
	}
	return out, nil
}

// checkEntry returns why EventBridge refuses an entry, nil if it does not.
func checkEntry(e *eventsapi.PutEventsRequestEntry) *api.Error {
	for _, required := range []struct {
		name  string
		value *string
	}{{"Source", e.Source}, {"DetailType", e.DetailType}, {"Detail", e.Detail}} {
		if api.Value(required.value) == "" {
			return refuse("InvalidArgument", "Parameter %s is not valid. Reason: %[1]s is a required argument.", required.name)
		}
	}
	if strings.HasPrefix(*e.Source, "aws.") {
		return refuse("NotAuthorizedForSourceException", "Not authorized for the source.")
	}
	if detail := api.Raw(*e.Detail); detail.Kind() != '{' || !detail.IsValid() {
		return refuse("MalformedDetail", "Detail is malformed.")
	}
	return nil
}

// putEvent puts one event on the bus. EventBridge accepts an event for a bus that does
// not exist, too; it goes nowhere.
func (c *Call) putEvent(i int, e *eventsapi.PutEventsRequestEntry) (id string, err error) {
	id = c.IDs.UUID()
	if _, err := c.bus(e.EventBusName); err != nil {
		c.Notice(fmt.Sprintf("Entries[%d].EventBusName: there is no such event bus; the event goes nowhere", i))
		return id, nil //nolint:nilerr // as EventBridge has it
	}
	when := c.Now.Time()
	if e.Time != nil {
		when = e.Time.Time()
	}
	event := events.Event{Source: *e.Source, DetailType: *e.DetailType, Resources: e.Resources, Detail: api.Raw(*e.Detail)}
	return id, c.EmitAs(id, c.Caller.Account, event, when)
}

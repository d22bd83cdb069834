package bus

import (
	"bytes"
	"errors"
	"fmt"

	"cosell/internal/api"
	"cosell/internal/events/eventsapi"
	"cosell/internal/operation"
	"cosell/internal/store"
)

// workReplay is the kind of work that replays events, a page at a time.
const workReplay = "event-replay"

// replayPage is how many events of an account are looked at in one transaction.
const replayPage = 500

// maxReplays is how many replays of an account run at a time.
const maxReplays = 10

type replayWork struct{ Account, Name string }

// StartReplay begins to deliver archived events again.
func (c *Call) StartReplay(in *eventsapi.StartReplayRequest) (*eventsapi.StartReplayResponse, error) {
	name, _, ok := c.named(*in.EventSourceArn, "archive")
	if !ok {
		return nil, invalid("Parameter EventSourceArn is not valid. Reason: Must contain an archive ARN.")
	}
	if *in.EventStartTime >= *in.EventEndTime {
		return nil, invalid("Parameter EventEndTime is not valid. Reason: EventStartTime must be before EventEndTime.")
	}
	a, err := c.Tx.EventArchive(c.Caller.Account, name)
	if err != nil {
		if errors.Is(err, store.ErrNotFound) {
			return nil, invalid("Parameter EventSourceArn is not valid. Reason: Archive %s does not exist.", name)
		}
		return nil, err
	}
	if *in.Destination.Arn != busARN(c.Caller.Account) {
		return nil, invalid("Parameter Destination.Arn is not valid. Reason: Cross event bus replay is not permitted.")
	}
	// The delivery reads the rules that a replay is limited to together with the rules.
	if err := c.Tx.ChangeEventRules(c.Caller.Account); err != nil {
		return nil, err
	}
	if err := c.roomForReplay(); err != nil {
		return nil, err
	}
	r := &store.EventReplay{
		Account: c.Caller.Account, Name: *in.ReplayName, Archive: a.Name, Bus: a.Bus, State: string(eventsapi.ReplayStateStarting),
		Description: api.Value(in.Description), From: int64(*in.EventStartTime), To: int64(*in.EventEndTime), StartedAt: int64(c.Now),
	}
	if len(in.Destination.FilterArns) > 0 {
		if r.Filters, err = api.Marshal(in.Destination.FilterArns); err != nil {
			return nil, err
		}
	}
	if err := c.Tx.InsertEventReplay(r); err != nil {
		return nil, taken(err, "Replay %s already exists.", r.Name)
	}
	if err := later(c.Call, r); err != nil {
		return nil, err
	}
	return &eventsapi.StartReplayResponse{
		ReplayArn: new(replayARN(r.Account, r.Name)), State: new(eventsapi.ReplayState(r.State)), ReplayStartTime: c.now(),
	}, nil
}

func (c *Call) roomForReplay() error {
	running := 0
	for _, state := range []eventsapi.ReplayState{eventsapi.ReplayStateStarting, eventsapi.ReplayStateRunning} {
		all, err := c.Tx.EventReplays(c.Caller.Account, "", "", string(state), "", maxReplays)
		if err != nil {
			return err
		}
		running += len(all)
	}
	if running >= maxReplays {
		return limitExceeded()
	}
	return nil
}

// later enqueues the next step of a replay.
func later(c *operation.Call, r *store.EventReplay) error {
	return c.Later(workReplay, r.Account+"/"+r.Name, operation.Immediately, replayWork{r.Account, r.Name})
}

// handleReplay replays the next events of a replay.
func handleReplay(c *operation.Call, w *replayWork) error {
	r, err := c.Tx.EventReplay(w.Account, w.Name)
	if err != nil {
		return err
	}
	state, from := r.State, r.Position
	switch eventsapi.ReplayState(state) {
	case eventsapi.ReplayStateCancelling:
		r.State, r.EndedAt = string(eventsapi.ReplayStateCancelled), int64(c.Now)
	case eventsapi.ReplayStateStarting, eventsapi.ReplayStateRunning:
		if err := replayNext(c, r); err != nil {
			return err
		}
	default:
		return nil
	}
	if err := c.Tx.UpdateEventReplay(r, state, from); err != nil || r.EndedAt != 0 {
		return err
	}
	return later(c, r)
}

// replayNext puts a page of events on the bus again.
func replayNext(c *operation.Call, r *store.EventReplay) error {
	a, err := c.Tx.EventArchive(r.Account, r.Archive)
	if errors.Is(err, store.ErrNotFound) {
		r.State, r.StateReason, r.EndedAt = string(eventsapi.ReplayStateFailed), "The archive was deleted.", int64(c.Now)
		return nil
	}
	if err != nil {
		return err
	}
	s, err := selectionOf(a, c.Now)
	if err != nil {
		return err
	}
	s.from, s.until = max(s.from, r.From), r.To
	events, err := c.Tx.PlacedEvents(r.Account, r.Position, replayPage)
	if err != nil {
		return err
	}
	for _, e := range events {
		r.Position = e.Sequence
		event, err := newCandidate(e.Envelope)
		if err != nil {
			return err
		}
		ok, err := s.holds(event)
		if err != nil {
			return err
		}
		if !ok {
			continue
		}
		again, err := replayed(e.Envelope, r.Name)
		if err != nil {
			return err
		}
		if err := c.Tx.InsertEvent(store.Event{Account: r.Account, Sequence: c.IDs.Sequence(), Envelope: again}); err != nil {
			return err
		}
		r.ReplayedTo = int64(event.Time)
	}
	r.State = string(eventsapi.ReplayStateRunning)
	if len(events) < replayPage {
		r.State, r.EndedAt = string(eventsapi.ReplayStateCompleted), int64(c.Now)
	}
	return nil
}

// replayed returns an event with the name of the replay that delivers it again.
func replayed(event []byte, name string) ([]byte, error) {
	body, ok := bytes.CutSuffix(bytes.TrimSpace(event), []byte("}"))
	if !ok {
		return nil, errors.New("event: must be a JSON object")
	}
	return fmt.Appendf(nil, `%s,"replay-name":%q}`, body, name), nil
}

// failReplay records that a replay cannot go on.
func failReplay(c *operation.Call, w *replayWork, reason string) error {
	r, err := c.Tx.EventReplay(w.Account, w.Name)
	if err != nil {
		return err
	}
	state, from := r.State, r.Position
	r.StateReason = reason
	return c.Tx.UpdateEventReplay(r, state, from)
}

// replay returns the replay that a request means, or the error where there is none.
func (c *Call) replay(name string) (*store.EventReplay, error) {
	r, err := c.Tx.EventReplay(c.Caller.Account, name)
	return r, found(err, "Replay %s does not exist.", name)
}

// DescribeReplay reads a replay.
func (c *Call) DescribeReplay(in *eventsapi.DescribeReplayRequest) (*eventsapi.DescribeReplayResponse, error) {
	r, err := c.replay(*in.ReplayName)
	if err != nil {
		return nil, err
	}
	out := &eventsapi.DescribeReplayResponse{
		ReplayName: &r.Name, ReplayArn: new(replayARN(r.Account, r.Name)), Description: optional(r.Description),
		State: new(eventsapi.ReplayState(r.State)), StateReason: optional(r.StateReason), EventSourceArn: new(archiveARN(r.Account, r.Archive)),
		Destination:    &eventsapi.ReplayDestination{Arn: new(busARN(r.Account))},
		EventStartTime: at(r.From), EventEndTime: at(r.To), EventLastReplayedTime: at(r.ReplayedTo),
		ReplayStartTime: at(r.StartedAt), ReplayEndTime: at(r.EndedAt),
	}
	if len(r.Filters) > 0 {
		err = api.Unmarshal(r.Filters, &out.Destination.FilterArns)
	}
	return out, err
}

// ListReplays returns a page of the replays, by name.
func (c *Call) ListReplays(in *eventsapi.ListReplaysRequest) (*eventsapi.ListReplaysResponse, error) {
	archive := ""
	if in.EventSourceArn != nil {
		var ok bool
		if archive, _, ok = c.named(*in.EventSourceArn, "archive"); !ok {
			return nil, invalid("Parameter EventSourceArn is not valid. Reason: Must contain an archive ARN.")
		}
	}
	all, next, err := list(c, "ListReplays", in, func(after string, limit int) ([]store.EventReplay, error) {
		return c.Tx.EventReplays(c.Caller.Account, api.Value(in.NamePrefix), archive, string(api.Value(in.State)), after, limit)
	}, func(r *store.EventReplay) string { return r.Name })
	if err != nil {
		return nil, err
	}
	out := &eventsapi.ListReplaysResponse{Replays: []eventsapi.Replay{}, NextToken: next}
	for _, r := range all {
		out.Replays = append(out.Replays, eventsapi.Replay{
			ReplayName: &r.Name, EventSourceArn: new(archiveARN(r.Account, r.Archive)), State: new(eventsapi.ReplayState(r.State)),
			StateReason: optional(r.StateReason), EventStartTime: at(r.From), EventEndTime: at(r.To), EventLastReplayedTime: at(r.ReplayedTo),
			ReplayStartTime: at(r.StartedAt), ReplayEndTime: at(r.EndedAt),
		})
	}
	return out, nil
}

// CancelReplay stops a replay that has not ended.
func (c *Call) CancelReplay(in *eventsapi.CancelReplayRequest) (*eventsapi.CancelReplayResponse, error) {
	r, err := c.replay(*in.ReplayName)
	if err != nil {
		return nil, err
	}
	state := r.State
	switch eventsapi.ReplayState(state) {
	case eventsapi.ReplayStateStarting, eventsapi.ReplayStateRunning:
	default:
		return nil, refuse(typeIllegalStatus, "Replay %s is not in a valid state for this operation.", r.Name)
	}
	r.State = string(eventsapi.ReplayStateCancelling)
	if err := c.Tx.UpdateEventReplay(r, state, r.Position); err != nil {
		return nil, err
	}
	if err := later(c.Call, r); err != nil {
		return nil, err
	}
	return &eventsapi.CancelReplayResponse{ReplayArn: new(replayARN(r.Account, r.Name)), State: new(eventsapi.ReplayState(r.State))}, nil
}

package bus_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"cosell/internal/api"
)

// replayBody starts a replay of alice's archive a.
func replayBody(name string) string {
	return fmt.Sprintf(`{"ReplayName": %q, "EventSourceArn": %q, "EventStartTime": 1700000000, "EventEndTime": 1900000000, "Destination": {"Arn": %q}}`,
		name, arn(alice, "archive/a"), arn(alice, "event-bus/default"))
}

// archived makes alice's archive a, and puts the given number of events that it keeps, and
// as many that it does not.
func (h *harness) archived(events int) {
	h.t.Helper()
	h.do(alice, "CreateArchive", fmt.Sprintf(`{"ArchiveName": "a", "EventSourceArn": %q, "EventPattern": "{\"detail\": {\"in\": [true]}}"}`,
		arn(alice, "event-bus/default")))
	for from := 0; from < events; from += 5 {
		var entries []string
		for n := from; n < from+5; n++ {
			for _, in := range []bool{true, false} {
				entries = append(entries, fmt.Sprintf(`{"Source": "crm", "DetailType": "deal", "Detail": "{\"n\": %d, \"in\": %t}"}`, n, in))
			}
		}
		h.do(alice, "PutEvents", `{"Entries": [`+strings.Join(entries, ", ")+`]}`)
	}
}

// replays returns the numbers of the events that a replay put on alice's bus, in order.
func (h *harness) replays(name string) (numbers []int) {
	h.t.Helper()
	for after := int64(0); ; {
		page, err := h.Events(h.t.Context(), alice, after, 1000)
		if err != nil {
			h.t.Fatal(err)
		}
		if len(page) == 0 {
			return numbers
		}
		for _, e := range page {
			after = e.Sequence
			var envelope struct {
				Replay string `json:"replay-name"`
				Detail struct {
					N  int  `json:"n"`
					In bool `json:"in"`
				} `json:"detail"`
			}
			if err := api.Unmarshal(e.Envelope, &envelope); err != nil {
				h.t.Fatal(err)
			}
			if envelope.Replay == name {
				if !envelope.Detail.In {
					h.t.Errorf("event %d is not in the archive", envelope.Detail.N)
				}
				numbers = append(numbers, envelope.Detail.N)
			}
		}
	}
}

func counted(n int) []int {
	all := make([]int, n)
	for i := range all {
		all[i] = i
	}
	return all
}

func (h *harness) replayState(name string) string {
	h.t.Helper()
	return member(h.t, h.do(alice, "DescribeReplay", fmt.Sprintf(`{"ReplayName": %q}`, name)), "State")
}

// A replay takes many transactions; each archived event comes again once, in order, and
// what was replayed is in no archive.
func TestReplayOfManyPages(t *testing.T) {
	const events = 1205 // with those that are not archived, five pages
	h := newHarness(t)
	h.archived(events)
	h.do(alice, "StartReplay", replayBody("first"))
	if state := h.replayState("first"); state != "STARTING" {
		t.Errorf("is %s at once", state)
	}
	h.step()
	if state, n := h.replayState("first"), len(h.replays("first")); state != "RUNNING" || n == 0 || n == events {
		t.Errorf("after a step it is %s with %d events", state, n)
	}
	h.work()
	if got := h.replays("first"); !slices.Equal(got, counted(events)) {
		t.Errorf("replayed %d events, want %d in order", len(got), events)
	}
	if state := h.replayState("first"); state != "COMPLETED" {
		t.Errorf("ends as %s", state)
	}
	h.do(alice, "StartReplay", replayBody("second"))
	h.work()
	if got := h.replays("second"); !slices.Equal(got, counted(events)) {
		t.Errorf("replayed %d events the second time, want %d", len(got), events)
	}
	if message := h.refused(alice, "StartReplay", replayBody("second"), "ResourceAlreadyExistsException"); message != "Replay second already exists." {
		t.Error(message)
	}
}

// A replay that is cancelled stops where it is, and cannot be cancelled again.
func TestCancelReplay(t *testing.T) {
	h := newHarness(t)
	h.archived(1000)
	h.do(alice, "StartReplay", replayBody("r"))
	h.step()
	if state := member(t, h.do(alice, "CancelReplay", `{"ReplayName": "r"}`), "State"); state != "CANCELLING" {
		t.Errorf("is %s at once", state)
	}
	h.refused(alice, "CancelReplay", `{"ReplayName": "r"}`, "IllegalStatusException")
	before := len(h.replays("r"))
	h.work()
	if state, n := h.replayState("r"), len(h.replays("r")); state != "CANCELLED" || n != before || n == 0 {
		t.Errorf("ends as %s with %d events, %d before", state, n, before)
	}
	h.refused(alice, "CancelReplay", `{"ReplayName": "r"}`, "IllegalStatusException")
	h.refused(alice, "CancelReplay", `{"ReplayName": "other"}`, "ResourceNotFoundException")
}

// A replay whose archive is deleted fails, and says why.
func TestReplayOfADeletedArchive(t *testing.T) {
	h := newHarness(t)
	h.archived(600)
	h.do(alice, "StartReplay", replayBody("r"))
	h.step()
	h.do(alice, "DeleteArchive", `{"ArchiveName": "a"}`)
	h.work()
	if got := h.do(alice, "DescribeReplay", `{"ReplayName": "r"}`); !strings.Contains(got, `"FAILED"`) || !strings.Contains(got, "The archive was deleted.") {
		t.Errorf("ends as %s", got)
	}
	h.refused(alice, "StartReplay", replayBody("again"), "ValidationException")
}

// Only events of the time that is asked for are replayed.
func TestReplayOfATime(t *testing.T) {
	h := newHarness(t)
	h.archived(5)
	h.clock.Advance(1e9 * 3600)
	h.do(alice, "PutEvents", `{"Entries": [{"Source": "crm", "DetailType": "deal", "Detail": "{\"n\": 5, \"in\": true}"}]}`)
	atSec := start.Unix()
	for _, c := range []struct {
		from, to int64
		want     []int
	}{
		{atSec, atSec + 1, counted(5)},
		{atSec + 1, atSec + 3600, nil},
		{atSec + 3600, atSec + 3601, []int{5}},
		{atSec - 10, atSec, nil},
	} {
		name := fmt.Sprintf("r%d-%d", c.from, c.to)
		h.do(alice, "StartReplay", fmt.Sprintf(`{"ReplayName": %q, "EventSourceArn": %q, "EventStartTime": %d, "EventEndTime": %d, "Destination": {"Arn": %q}}`,
			name, arn(alice, "archive/a"), c.from, c.to, arn(alice, "event-bus/default")))
		h.work()
		if got := h.replays(name); !slices.Equal(got, c.want) {
			t.Errorf("from %d to %d: %v, want %v", c.from-atSec, c.to-atSec, got, c.want)
		}
	}
}

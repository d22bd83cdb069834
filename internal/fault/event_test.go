package fault_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"cosell/internal/fault"
)

func event(id, detailType, account, resource string) *fault.Event {
	return &fault.Event{
		ID: id, DetailType: detailType, Account: account, Target: "webhook/crm",
		Envelope: fmt.Appendf(nil, `{"detail":{"opportunity":{"identifier":%q}}}`, resource),
	}
}

// What a fault of events strikes: by account, detail type, resource, times, sequence.
func TestFaultsOfEvents(t *testing.T) {
	created, updated := "Opportunity Created", "Opportunity Updated"
	for list, want := range map[string]string{
		`[{"event":"drop"}]`:                                                    "drop/drop/drop/drop",
		`[{"event":"drop","account":"1000000000001"}]`:                          "",
		`[{"event":"drop","account":"222222222222"}]`:                           "-/-/-/drop",
		`[{"event":"drop","detailType":"Opportunity Updated"}]`:                 "-/drop/drop/-",
		`[{"event":"duplicate","resource":"O1"}]`:                               "duplicate/duplicate/-/-",
		`[{"event":"duplicate","times":1},{"event":"reorder"}]`:                 "duplicate/reorder+1s/reorder+1s/reorder+1s",
		`[{"event":"delay","latency":"2s","sequence":{"fail":1,"pass":2}}]`:     "delay+2s/-/-/delay+2s",
		`[{"error":"ThrottlingException"}]`:                                     "-/-/-/-",
		`[{"error":"ThrottlingException"},{"event":"drop","rate":1}]`:           "drop/drop/drop/drop",
		`[{"event":"drop","detailType":"Opportunity Created","resource":"O2"}]`: "-/-/-/-",
		`[{"service":"partnercentral-selling","event":"drop","probability":0}]`: "-/-/-/-",
	} {
		faults, err := fault.Parse([]byte(list))
		if err != nil {
			t.Fatal(err)
		}
		table := fault.NewTable(time.Now)
		if err := table.Set(faults, 0); err != nil {
			if want != "" {
				t.Errorf("%s: %v", list, err)
			}
			continue
		}
		got := ""
		for _, e := range []*fault.Event{
			event("1", created, "111111111111", "O1"), event("2", updated, "111111111111", "O1"),
			event("3", updated, "111111111111", "O2"), event("4", created, "222222222222", "O3"),
		} {
			s := table.StrikeEvent(e)
			switch {
			case s == nil:
				got += "/-"
			case s.Latency > 0:
				got += "/" + s.Kind + "+" + s.Latency.String()
			default:
				got += "/" + s.Kind
			}
		}
		if "/"+want != got {
			t.Errorf("%s: %s, want %s", list, got, want)
		}
	}
}

// The same seed strikes the same events in the same way, another one others; requests
// are not struck.
func TestFaultsOfEventsRepeat(t *testing.T) {
	run := func(seed uint64) (fired []string) {
		faults := fault.NewTable(time.Now)
		if err := faults.Set(fault.Presets()["events"], seed); err != nil {
			t.Fatal(err)
		}
		for i := range 200 {
			faults.StrikeEvent(event(fmt.Sprint(i), "Opportunity Updated", "111111111111", "O1"))
			if s := faults.Strike(request(t, "GetOpportunity", "111111111111", "")); s != nil {
				t.Fatalf("a request was struck: %+v", s)
			}
		}
		for _, f := range faults.Fired() {
			fired = append(fired, f.EventID+" "+f.Fault)
		}
		return fired
	}
	if diff := cmp.Diff(run(7), run(7)); diff != "" {
		t.Errorf("the same seed (-first +second):\n%s", diff)
	}
	if first := run(7); slices.Equal(first, run(8)) || len(first) < 60 || len(first) > 140 {
		t.Errorf("%d strikes", len(first))
	}
}

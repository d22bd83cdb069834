package bus_test

import (
	"fmt"
	"strings"
	"testing"

	"cosell/internal/store"
)

// What there may be of each kind, and that one more is refused.
func TestLimits(t *testing.T) {
	const exceeded = "LimitExceededException"
	t.Run("Rules", func(t *testing.T) {
		h := newHarness(t)
		for i := range 300 {
			h.do(alice, "PutRule", fmt.Sprintf(`{"Name": "r%d", %s}`, i, pattern))
		}
		h.refused(alice, "PutRule", `{"Name": "one-more", `+pattern+`}`, exceeded)
		h.do(alice, "PutRule", `{"Name": "r7", "State": "DISABLED", `+pattern+`}`) // one that exists
		h.do(bob, "PutRule", `{"Name": "r0", `+pattern+`}`)
		h.do(alice, "DeleteRule", `{"Name": "r8"}`)
		h.do(alice, "PutRule", `{"Name": "one-more", `+pattern+`}`)
	})
	t.Run("Targets", func(t *testing.T) {
		h := newHarness(t)
		h.do(alice, "PutRule", `{"Name": "r", `+pattern+`}`)
		target := func(id string) string {
			return fmt.Sprintf(`{"Id": %q, "Arn": "arn:aws:sqs:us-east-1:%s:q"}`, id, alice)
		}
		put := func(ids ...string) string {
			targets := make([]string, len(ids))
			for i, id := range ids {
				targets[i] = target(id)
			}
			return `{"Rule": "r", "Targets": [` + strings.Join(targets, ", ") + `]}`
		}
		h.refused(alice, "PutTargets", put("1", "2", "3", "4", "5", "6"), exceeded)
		h.do(alice, "PutTargets", put("1", "2", "3", "4"))
		h.refused(alice, "PutTargets", put("5", "6"), exceeded)
		h.do(alice, "PutTargets", put("5", "1", "1"))
		h.do(alice, "RemoveTargets", `{"Rule": "r", "Ids": ["5"]}`)
		h.do(alice, "PutTargets", put("6"))
	})
	t.Run("Tags", func(t *testing.T) {
		h := newHarness(t)
		tags := func(from, n int) string {
			all := make([]string, n)
			for i := range all {
				all[i] = fmt.Sprintf(`{"Key": "k%d", "Value": "v"}`, from+i)
			}
			return `[` + strings.Join(all, ", ") + `]`
		}
		tag := func(from, n int) string {
			return fmt.Sprintf(`{"ResourceARN": %q, "Tags": %s}`, arn(alice, "rule/r"), tags(from, n))
		}
		h.do(alice, "PutRule", `{"Name": "r", `+pattern+`, "Tags": `+tags(0, 10)+`}`)
		h.do(alice, "TagResource", tag(5, 45))
		h.refused(alice, "TagResource", tag(50, 1), exceeded)
		h.do(alice, "TagResource", tag(0, 50))
		h.do(alice, "DeleteRule", `{"Name": "r"}`)
		h.do(alice, "PutRule", `{"Name": "r", `+pattern+`}`)
		if got := h.do(alice, "ListTagsForResource", fmt.Sprintf(`{"ResourceARN": %q}`, arn(alice, "rule/r"))); got != `{"Tags":[]}` {
			t.Errorf("a new rule of the same name has the tags %s", got)
		}
	})
	t.Run("Archives", func(t *testing.T) {
		h := newHarness(t)
		archive := func(name string) string {
			return fmt.Sprintf(`{"ArchiveName": %q, "EventSourceArn": %q}`, name, arn(alice, "event-bus/default"))
		}
		for i := range 100 {
			h.do(alice, "CreateArchive", archive(fmt.Sprintf("a%d", i)))
		}
		h.refused(alice, "CreateArchive", archive("one-more"), exceeded)
	})
	t.Run("Replays", func(t *testing.T) {
		h := newHarness(t)
		h.do(alice, "CreateArchive", fmt.Sprintf(`{"ArchiveName": "a", "EventSourceArn": %q}`, arn(alice, "event-bus/default")))
		for i := range 10 {
			h.do(alice, "StartReplay", replayBody(fmt.Sprintf("r%d", i)))
		}
		h.refused(alice, "StartReplay", replayBody("one-more"), exceeded)
		h.work()
		h.do(alice, "StartReplay", replayBody("one-more"))
	})
	t.Run("ConnectionsAndDestinations", func(t *testing.T) {
		h := newHarness(t)
		connection, _ := h.destination(alice)
		if err := h.store.Update(t.Context(), func(tx *store.Tx) error {
			for i := range 2999 {
				name := fmt.Sprintf("n%d", i)
				c := &store.EventConnection{Account: alice, Name: name, ID: name, State: "AUTHORIZED", AuthorizationType: "BASIC", Document: []byte(`{}`)}
				d := &store.EventAPIDestination{Account: alice, Name: name, ID: name, Connection: "crm", Endpoint: "https://x", Method: "POST", State: "ACTIVE"}
				if err := tx.InsertEventConnection(c); err != nil {
					return err
				}
				if err := tx.InsertEventAPIDestination(d); err != nil {
					return err
				}
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		h.refused(alice, "CreateConnection", `{"Name": "one-more", "AuthorizationType": "BASIC",
			"AuthParameters": {"BasicAuthParameters": {"Username": "u", "Password": "p"}}}`, exceeded)
		h.refused(alice, "CreateApiDestination", fmt.Sprintf(`{"Name": "one-more", "ConnectionArn": %q, "HttpMethod": "POST",
			"InvocationEndpoint": "https://crm.example.com"}`, connection), exceeded)
	})
	t.Run("SizeOfEvents", func(t *testing.T) {
		h := newHarness(t)
		entry := func(n int) string {
			return fmt.Sprintf(`{"Source": "s", "DetailType": "d", "Detail": %q}`, `{"a":"`+strings.Repeat("x", n-10)+`"}`)
		}
		put := func(entries ...string) string { return `{"Entries": [` + strings.Join(entries, ", ") + `]}` }
		h.do(alice, "PutEvents", put(entry(128<<10), entry(127<<10)))
		h.refused(alice, "PutEvents", put(entry(128<<10), entry(128<<10)), "ValidationException")
		eleven := make([]string, 11)
		for i := range eleven {
			eleven[i] = entry(20)
		}
		h.do(alice, "PutEvents", put(eleven[:10]...))
		h.refused(alice, "PutEvents", put(eleven...), "ValidationException")
	})
}

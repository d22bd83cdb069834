package bus_test

import (
	"fmt"
	"strings"
	"testing"

	"cosell/internal/events/eventsapi"
)

// world is what alice has on her bus, which bob asks for.
type world struct {
	*harness

	connection, destination string // ARNs
}

func newWorld(t *testing.T) *world {
	t.Helper()
	h := newHarness(t)
	w := &world{harness: h}
	w.connection, w.destination = h.destination(alice)
	h.do(alice, "PutRule", `{"Name": "mine", `+pattern+`, "Tags": [{"Key": "color", "Value": "blue"}]}`)
	h.do(alice, "PutTargets", fmt.Sprintf(`{"Rule": "mine", "Targets": [{"Id": "crm", "Arn": %q}]}`, w.destination))
	h.do(alice, "CreateArchive", fmt.Sprintf(`{"ArchiveName": "a", "EventSourceArn": %q}`, arn(alice, "event-bus/default")))
	h.do(alice, "PutEvents", `{"Entries": [{"Source": "crm", "DetailType": "deal", "Detail": "{}"}]}`)
	h.do(alice, "StartReplay", replayBody("mine"))
	return w
}

// everything is all that alice reads of her bus.
func (w *world) everything() string {
	w.t.Helper()
	var all strings.Builder
	for _, q := range []struct{ operation, body string }{
		{"ListRules", `{}`},
		{"DescribeRule", `{"Name": "mine"}`},
		{"ListTargetsByRule", `{"Rule": "mine"}`},
		{"ListTagsForResource", fmt.Sprintf(`{"ResourceARN": %q}`, arn(alice, "rule/mine"))},
		{"ListConnections", `{}`},
		{"DescribeConnection", `{"Name": "crm"}`},
		{"ListApiDestinations", `{}`},
		{"DescribeApiDestination", `{"Name": "crm"}`},
		{"ListArchives", `{}`},
		{"DescribeArchive", `{"ArchiveName": "a"}`},
		{"ListReplays", `{}`},
		{"DescribeReplay", `{"ReplayName": "mine"}`},
	} {
		all.WriteString(q.operation + " " + w.do(alice, q.operation, q.body) + "\n")
	}
	return all.String()
}

const notFound, notValid = "ResourceNotFoundException", "ValidationException"

// TestAccountsDoNotMeet has bob ask every operation about what is alice's: by name,
// which means his own, and by ARN. He learns and changes nothing.
func TestAccountsDoNotMeet(t *testing.T) {
	w := newWorld(t)
	before := w.everything()
	rule, bus := arn(alice, "rule/mine"), arn(alice, "event-bus/default")
	replay := func(archive, target string) string {
		return fmt.Sprintf(`{"ReplayName": "r", "EventSourceArn": %q, "EventStartTime": 1, "EventEndTime": 1900000000, "Destination": {"Arn": %q}}`, archive, target)
	}
	asked := map[string]bool{}
	for _, q := range []struct {
		operation, body string
		// refusal is the type of the error, or "" where bob gets an answer of his own
		// that must be answer.
		refusal, answer string
	}{
		{"DescribeRule", `{"Name": "mine"}`, notFound, ""},
		{"DescribeRule", fmt.Sprintf(`{"Name": "mine", "EventBusName": %q}`, bus), notFound, ""},
		{"EnableRule", `{"Name": "mine"}`, notFound, ""},
		{"DisableRule", `{"Name": "mine"}`, notFound, ""},
		{"DisableRule", fmt.Sprintf(`{"Name": "mine", "EventBusName": %q}`, bus), notFound, ""},
		{"DeleteRule", `{"Name": "mine"}`, "", "null"},
		{"DeleteRule", fmt.Sprintf(`{"Name": "mine", "EventBusName": %q}`, bus), notFound, ""},
		{"PutRule", fmt.Sprintf(`{"Name": "mine", "EventBusName": %q, %s}`, bus, pattern), notFound, ""},
		{"ListRules", `{}`, "", `{"Rules":[]}`},
		{"ListRules", fmt.Sprintf(`{"EventBusName": %q}`, bus), notFound, ""},
		{"PutTargets", fmt.Sprintf(`{"Rule": "mine", "Targets": [{"Id": "1", "Arn": %q}]}`, w.destination), notFound, ""},
		{"PutTargets", fmt.Sprintf(`{"Rule": "mine", "EventBusName": %q, "Targets": [{"Id": "1", "Arn": %q}]}`, bus, w.destination), notFound, ""},
		{"ListTargetsByRule", `{"Rule": "mine"}`, notFound, ""},
		{"RemoveTargets", `{"Rule": "mine", "Ids": ["crm"]}`, notFound, ""},
		{"ListRuleNamesByTarget", fmt.Sprintf(`{"TargetArn": %q}`, w.destination), "", `{"RuleNames":[]}`},
		{"TagResource", fmt.Sprintf(`{"ResourceARN": %q, "Tags": [{"Key": "a", "Value": "b"}]}`, rule), notFound, ""},
		{"UntagResource", fmt.Sprintf(`{"ResourceARN": %q, "TagKeys": ["color"]}`, rule), notFound, ""},
		{"ListTagsForResource", fmt.Sprintf(`{"ResourceARN": %q}`, rule), notFound, ""},
		{"DescribeEventBus", fmt.Sprintf(`{"Name": %q}`, bus), notFound, ""},
		{"ListEventBuses", `{}`, "", `{"EventBuses":[{"Name":"default","Arn":"` + arn(bob, "event-bus/default") + `"}]}`},
		{"DescribeConnection", `{"Name": "crm"}`, notFound, ""},
		{"UpdateConnection", `{"Name": "crm", "Description": "bob's"}`, notFound, ""},
		{"DeauthorizeConnection", `{"Name": "crm"}`, notFound, ""},
		{"DeleteConnection", `{"Name": "crm"}`, notFound, ""},
		{"ListConnections", `{}`, "", `{"Connections":[]}`},
		{"CreateApiDestination", fmt.Sprintf(`{"Name": "d", "ConnectionArn": %q, "HttpMethod": "POST", "InvocationEndpoint": "https://bob.example.com"}`, w.connection), notFound, ""},
		{"DescribeApiDestination", `{"Name": "crm"}`, notFound, ""},
		{"UpdateApiDestination", `{"Name": "crm", "InvocationEndpoint": "https://bob.example.com"}`, notFound, ""},
		{"DeleteApiDestination", `{"Name": "crm"}`, notFound, ""},
		{"ListApiDestinations", `{}`, "", `{"ApiDestinations":[]}`},
		{"ListApiDestinations", fmt.Sprintf(`{"ConnectionArn": %q}`, w.connection), notFound, ""},
		{"CreateArchive", fmt.Sprintf(`{"ArchiveName": "spy", "EventSourceArn": %q}`, bus), notFound, ""},
		{"DescribeArchive", `{"ArchiveName": "a"}`, notFound, ""},
		{"UpdateArchive", `{"ArchiveName": "a", "Description": "bob's"}`, notFound, ""},
		{"DeleteArchive", `{"ArchiveName": "a"}`, notFound, ""},
		{"ListArchives", `{}`, "", `{"Archives":[]}`},
		{"StartReplay", replay(arn(alice, "archive/a"), arn(bob, "event-bus/default")), notValid, ""},
		{"StartReplay", replay(arn(alice, "archive/a"), bus), notValid, ""},
		{"DescribeReplay", `{"ReplayName": "mine"}`, notFound, ""},
		{"CancelReplay", `{"ReplayName": "mine"}`, notFound, ""},
		{"ListReplays", `{}`, "", `{"Replays":[]}`},
		{"ListReplays", fmt.Sprintf(`{"EventSourceArn": %q}`, arn(alice, "archive/a")), notValid, ""},
	} {
		asked[q.operation] = true
		got, err := w.try(bob, q.operation, q.body)
		if q.refusal != "" {
			w.refused(bob, q.operation, q.body, q.refusal)
		} else if err != nil || got != q.answer {
			t.Errorf("%s %s: %s, %v, want %s", q.operation, q.body, got, err, q.answer)
		}
		if after := w.everything(); after != before {
			t.Fatalf("%s %s changed what is alice's:\n%s\nwas\n%s", q.operation, q.body, after, before)
		}
	}
	// What bob puts on his bus, and makes under the same names, is his.
	for _, q := range []struct{ operation, body string }{
		{"PutEvents", `{"Entries": [{"Source": "crm", "DetailType": "deal", "Detail": "{}"}]}`},
		{"PutEvents", fmt.Sprintf(`{"Entries": [{"Source": "crm", "DetailType": "deal", "Detail": "{}", "EventBusName": %q}]}`, bus)},
		{"CreateConnection", `{"Name": "crm", "AuthorizationType": "BASIC", "AuthParameters": {"BasicAuthParameters": {"Username": "u", "Password": "p"}}}`},
		{"TestEventPattern", `{` + pattern + `, "Event": "{\"id\": \"1\", \"account\": \"1\", \"source\": \"crm\", \"time\": \"2026-11-21T10:00:00Z\", \"region\": \"r\", \"resources\": [], \"detail-type\": \"d\"}"}`},
	} {
		asked[q.operation] = true
		w.do(bob, q.operation, q.body)
	}
	if after := w.everything(); after != before {
		t.Errorf("bob's own changed what is alice's:\n%s\nwas\n%s", after, before)
	}
	for _, op := range eventsapi.Operations {
		if !asked[op.Name] {
			t.Errorf("nobody asks %s", op.Name)
		}
	}
	// A target of bob's cannot be alice's API destination.
	w.do(bob, "PutRule", `{"Name": "his", `+pattern+`}`)
	target := strings.Replace(w.destination, alice, bob, 1)
	if got := w.do(bob, "PutTargets", fmt.Sprintf(`{"Rule": "his", "Targets": [{"Id": "1", "Arn": %q}]}`, target)); !strings.Contains(got, `"FailedEntryCount":1`) {
		t.Errorf("a target that bob does not have: %s", got)
	}
}

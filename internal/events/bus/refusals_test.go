package bus_test

import (
	"fmt"
	"strings"
	"testing"
)

// What is refused, with which type of error and which text.
func TestRefusals(t *testing.T) {
	const (
		exists     = "ResourceAlreadyExistsException"
		badPattern = "InvalidEventPatternException"
	)
	w := newWorld(t)
	bus, archive := arn(alice, "event-bus/default"), arn(alice, "archive/a")
	replay := func(source, target string, from, to int64) string {
		return fmt.Sprintf(`{"ReplayName": "r", "EventSourceArn": %q, "EventStartTime": %d, "EventEndTime": %d, "Destination": {"Arn": %q}}`, source, from, to, target)
	}
	target := func(members string) string {
		return fmt.Sprintf(`{"Rule": "mine", "Targets": [{"Id": "t", "Arn": %q, %s}]}`, w.destination, members)
	}
	destination := func(name, connection, endpoint, more string) string {
		return fmt.Sprintf(`{"Name": %q, "ConnectionArn": %q, "HttpMethod": "POST", "InvocationEndpoint": %q%s}`, name, connection, endpoint, more)
	}
	const basic = `{"BasicAuthParameters": {"Username": "u", "Password": "hush"}}`
	for _, c := range []struct{ operation, body, errorType, text string }{
		{"PutRule", `{"Name": "r"}`, notValid, "EventPattern or ScheduleExpression must be specified"},
		{"PutRule", `{"Name": "r", "ScheduleExpression": "rate(1 minute)"}`, notValid, "schedules are not built"},
		{"PutRule", `{"Name": "r", "EventPattern": "{"}`, badPattern, "Event pattern is not valid. Reason: "},
		{"PutRule", `{"Name": "r", "EventPattern": "{\"source\": \"crm\"}"}`, badPattern, "'source' must be an object or an array"},
		{"PutRule", `{"Name": "a b", ` + pattern + `}`, notValid, ""},
		{"PutRule", `{"Name": "r", "EventBusName": "other", ` + pattern + `}`, notFound, "Event bus other does not exist."},
		{"PutRule", `{"Name": "r", "State": "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS", ` + pattern + `}`, notValid, ""},
		{"DeleteRule", `{"Name": "mine"}`, notValid, "Rule can't be deleted since it has targets."},
		{"DescribeRule", `{"Name": "other"}`, notFound, "Rule other does not exist on EventBus default."},
		{"TestEventPattern", `{"EventPattern": "{}", "Event": "{}"}`, badPattern, ""},
		{"TestEventPattern", `{` + pattern + `, "Event": "{\"source\""}`, notValid, "Parameter Event is not valid."},

		{"PutTargets", `{"Rule": "mine", "Targets": [{"Id": "t", "Arn": "crm"}]}`, notValid, "Parameter t is not valid. Reason: Provided Arn is not in correct format."},
		{"PutTargets", `{"Rule": "mine", "Targets": []}`, notValid, ""},
		{"PutTargets", `{"Rule": "other", "Targets": [{"Id": "t", "Arn": "` + w.destination + `"}]}`, notFound, ""},
		{"PutTargets", target(`"Input": "not json"`), notValid, ""},
		{"PutTargets", target(`"Input": "{}", "InputPath": "$.detail"`), notValid, ""},
		{"PutTargets", target(`"InputPath": "detail"`), notValid, ""},
		{"PutTargets", target(`"InputTransformer": {"InputTemplate": "<missing>"}`), notValid, ""},
		{"PutTargets", target(`"RetryPolicy": {"MaximumRetryAttempts": 186}`), notValid, ""},
		{"PutTargets", target(`"RetryPolicy": {"MaximumEventAgeInSeconds": 59}`), notValid, ""},
		{"RemoveTargets", `{"Rule": "other", "Ids": ["1"]}`, notFound, ""},

		{"CreateConnection", `{"Name": "crm", "AuthorizationType": "BASIC", "AuthParameters": ` + basic + `}`, exists, "Connection crm already exists."},
		{"CreateConnection", `{"Name": "c", "AuthorizationType": "API_KEY", "AuthParameters": ` + basic + `}`, notValid, "must have the parameters of the authorizationType API_KEY"},
		{"CreateConnection", `{"Name": "c", "AuthorizationType": "BASIC", "AuthParameters": {"BasicAuthParameters": {"Username": "u"}}}`, notValid, ""},
		{"CreateConnection", `{"Name": "c", "AuthorizationType": "NTLM", "AuthParameters": ` + basic + `}`, notValid, ""},
		{"UpdateConnection", `{"Name": "crm", "AuthorizationType": "OAUTH_CLIENT_CREDENTIALS"}`, notValid, ""},
		{"DeleteConnection", `{"Name": "crm"}`, notValid, "API destination crm uses the connection"},
		{"DescribeConnection", `{"Name": "c"}`, notFound, "Connection 'c' does not exist."},

		{"CreateApiDestination", destination("crm", w.connection, "https://a.example.com", ""), exists, ""},
		{"CreateApiDestination", destination("d", arn(alice, "connection/crm/other"), "https://a.example.com", ""), notFound, ""},
		{"CreateApiDestination", destination("d", w.connection, "https://u:p@a.example.com", ""), notValid, ""},
		{"CreateApiDestination", destination("d", w.connection, "ftp://a.example.com", ""), notValid, ""},
		{"CreateApiDestination", destination("d", w.connection, "https://a.example.com", `, "InvocationRateLimitPerSecond": 301`), notValid, "must be at most 300, is 301"},
		{"CreateApiDestination", destination("d", w.connection, "https://a.example.com", `, "InvocationRateLimitPerSecond": 0`), notValid, ""},
		{"UpdateApiDestination", `{"Name": "crm", "InvocationEndpoint": "nowhere"}`, notValid, ""},

		{"CreateArchive", fmt.Sprintf(`{"ArchiveName": "a", "EventSourceArn": %q}`, bus), exists, "Archive a already exists."},
		{"CreateArchive", fmt.Sprintf(`{"ArchiveName": "b", "EventSourceArn": %q, "EventPattern": "[]"}`, bus), badPattern, ""},
		{"CreateArchive", fmt.Sprintf(`{"ArchiveName": "b", "EventSourceArn": %q, "RetentionDays": -1}`, bus), notValid, ""},
		{"UpdateArchive", `{"ArchiveName": "a", "EventPattern": "[]"}`, badPattern, ""},
		{"DescribeArchive", `{"ArchiveName": "b"}`, notFound, "Archive b does not exist."},

		{"StartReplay", replay(archive, bus, 2, 1), notValid, "EventStartTime must be before EventEndTime"},
		{"StartReplay", replay(archive, arn(alice, "event-bus/other"), 1, 2), notValid, "Cross event bus replay is not permitted"},
		{"StartReplay", replay(bus, bus, 1, 2), notValid, "Must contain an archive ARN"},
		{"StartReplay", replay(arn(alice, "archive/b"), bus, 1, 2), notValid, "Archive b does not exist."},
		{"ListReplays", `{"EventSourceArn": "` + bus + `"}`, notValid, "Must contain an archive ARN"},

		{"TagResource", fmt.Sprintf(`{"ResourceARN": %q, "Tags": [{"Key": "a", "Value": "b"}]}`, arn(alice, "rule/other")), notFound, ""},
		{"TagResource", fmt.Sprintf(`{"ResourceARN": %q, "Tags": [{"Key": "a", "Value": "b"}]}`, bus), notFound, ""},
		{"ListRules", `{"NextToken": "forged"}`, notValid, ""},
		{"PutEvents", `{"Entries": []}`, notValid, ""},
	} {
		before := w.everything()
		if text := w.refused(alice, c.operation, c.body, c.errorType); !strings.Contains(text, c.text) || strings.Contains(text, "hush") {
			t.Errorf("%s %s: %q, want %q", c.operation, c.body, text, c.text)
		}
		if after := w.everything(); after != before {
			t.Errorf("%s %s was refused, and changed\n%s\ninto\n%s", c.operation, c.body, before, after)
		}
	}
}

// Secrets of connections are never shown again.
func TestSecretsAreNotShown(t *testing.T) {
	h := newHarness(t)
	parameters := func(secret string) string {
		return fmt.Sprintf(`{"OAuthParameters": {"AuthorizationEndpoint": "https://id.example.com/token", "HttpMethod": "POST",
			"ClientParameters": {"ClientID": "me", "ClientSecret": %q},
			"OAuthHttpParameters": {"BodyParameters": [{"Key": "k", "Value": %[1]q, "IsValueSecret": true}, {"Key": "o", "Value": "open"}]}},
			"InvocationHttpParameters": {"HeaderParameters": [{"Key": "k", "Value": %[1]q, "IsValueSecret": true}],
				"QueryStringParameters": [{"Key": "k", "Value": %[1]q, "IsValueSecret": true}]}}`, secret)
	}
	var shown strings.Builder
	shown.WriteString(h.do(alice, "CreateConnection", `{"Name": "c", "AuthorizationType": "OAUTH_CLIENT_CREDENTIALS", "AuthParameters": `+parameters("hush")+`}`))
	shown.WriteString(h.do(alice, "DescribeConnection", `{"Name": "c"}`))
	shown.WriteString(h.do(alice, "UpdateConnection", `{"Name": "c", "AuthParameters": `+parameters("hush2")+`}`))
	shown.WriteString(h.do(alice, "DescribeConnection", `{"Name": "c"}`))
	shown.WriteString(h.do(alice, "ListConnections", `{}`))
	if text := shown.String(); strings.Contains(text, "hush") || !strings.Contains(text, "open") || !strings.Contains(text, `"me"`) {
		t.Errorf("shown %s", text)
	}
}

// Each entry of PutEvents is judged by itself.
func TestEntriesOfPutEvents(t *testing.T) {
	h := newHarness(t)
	got := h.do(alice, "PutEvents", `{"Entries": [
		{"Source": "crm", "DetailType": "deal", "Detail": "{}"},
		{"DetailType": "deal", "Detail": "{}"},
		{"Source": "crm", "Detail": "{}"},
		{"Source": "crm", "DetailType": "deal"},
		{"Source": "aws.s3", "DetailType": "deal", "Detail": "{}"},
		{"Source": "crm", "DetailType": "deal", "Detail": "[]"},
		{"Source": "crm", "DetailType": "deal", "Detail": "{"},
		{"Source": "crm", "DetailType": "deal", "Detail": "{}", "EventBusName": "other"}]}`)
	for code, n := range map[string]int{
		`"FailedEntryCount":6`: 1, `"InvalidArgument"`: 3, `"NotAuthorizedForSourceException"`: 1, `"MalformedDetail"`: 2, `"EventId":`: 2,
	} {
		if strings.Count(got, code) != n {
			t.Errorf("%s is not there %d times in %s", code, n, got)
		}
	}
	if events, err := h.Events(t.Context(), alice, 0, 10); err != nil || len(events) != 1 {
		t.Errorf("%d events, %v", len(events), err)
	}
}

// Lists have all, by name, page by page.
func TestListsOfTheBus(t *testing.T) {
	h := newHarness(t)
	for i := range 7 {
		h.do(alice, "PutRule", fmt.Sprintf(`{"Name": "r%d", %s}`, i, pattern))
	}
	var names []string
	token := ""
	for pages := 1; ; pages++ {
		body := `{"Limit": 3}`
		if token != "" {
			body = fmt.Sprintf(`{"Limit": 3, "NextToken": %q}`, token)
		}
		answer := h.do(alice, "ListRules", body)
		for _, part := range strings.Split(answer, `"Name":"`)[1:] {
			names = append(names, part[:2])
		}
		if !strings.Contains(answer, "NextToken") {
			if pages != 3 {
				t.Errorf("%d pages", pages)
			}
			break
		}
		token = member(t, answer, "NextToken")
		h.refused(bob, "ListRules", fmt.Sprintf(`{"Limit": 3, "NextToken": %q}`, token), notValid)
		h.refused(alice, "ListArchives", fmt.Sprintf(`{"NextToken": %q}`, token), notValid)
	}
	if got := strings.Join(names, " "); got != "r0 r1 r2 r3 r4 r5 r6" {
		t.Errorf("listed %s", got)
	}
}

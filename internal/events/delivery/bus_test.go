package delivery

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"cosell/internal/outbound"
)

// A bus elsewhere gets an event with the source that is configured, signed for its region.
func TestEventBusElsewhere(t *testing.T) {
	var answer string
	status := http.StatusOK
	var got struct {
		target, authorization, token string
		body                         map[string]any
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		got.target, got.authorization, got.token = r.Header.Get("X-Amz-Target"), r.Header.Get("Authorization"), r.Header.Get("X-Amz-Security-Token")
		got.body = nil
		_ = json.Unmarshal(body, &got.body)
		w.Header().Set("Content-Type", "application/x-amz-json-1.1")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, answer)
	}))
	defer server.Close()
	e := toLoopback(func(c *Config) {
		c.Sinks.Bus = &Bus{
			Region: "eu-west-1", Endpoint: server.URL, Source: "my.crm", AccessKeyID: "AKIDEXAMPLE", SecretAccessKey: "hush", SessionToken: "session",
		}
	})
	target, err := e.webhookTarget(&Webhook{URL: "eventbridge:deals"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	m := Message{ID: "1", Account: account, Body: []byte(`{"id":"1","detail-type":"Opportunity Created","source":"aws.partnercentral-selling",
		"account":"111122223333","time":"2026-11-21T10:00:00Z","resources":["arn:x"],"detail":{"catalog":"AWS","opportunity":{"identifier":"O1"}}}`)}
	answer = `{"FailedEntryCount":0,"Entries":[{"EventId":"e-1"}]}`
	if o := target.Send(t.Context(), m); !o.OK() || o.Answer != "e-1" {
		t.Errorf("%+v", o)
	}
	entry := `{"Detail":"{\"catalog\":\"AWS\",\"opportunity\":{\"identifier\":\"O1\"}}","DetailType":"Opportunity Created","EventBusName":"deals","Resources":["arn:x"],"Source":"my.crm","Time":1795255200}`
	if sent, err := json.Marshal(got.body); err != nil || string(sent) != `{"Entries":[`+entry+`]}` {
		t.Errorf("sent %s, %v", sent, err)
	}
	if got.target != "AWSEvents.PutEvents" || got.token != "session" || !strings.Contains(got.authorization, "Credential=AKIDEXAMPLE/") ||
		!strings.Contains(got.authorization, "/eu-west-1/events/aws4_request") {
		t.Errorf("sent to %s, signed %s", got.target, got.authorization)
	}
	for _, c := range []struct {
		status       int
		answer, code string
		final        bool
	}{
		{200, `{"FailedEntryCount":1,"Entries":[{"ErrorCode":"InternalFailure","ErrorMessage":"m"}]}`, codeTarget, false},
		{200, `{"FailedEntryCount":1,"Entries":[{"ErrorCode":"ThrottlingException","ErrorMessage":"m"}]}`, codeThrottling, false},
		{200, `{"FailedEntryCount":1,"Entries":[{"ErrorCode":"MalformedDetail","ErrorMessage":"m"}]}`, codeTarget, true},
		{200, `{"FailedEntryCount":0,"Entries":[]}`, codeTarget, false},
		{400, `{"__type":"AccessDeniedException","message":"no"}`, codeAccess, false},
		{400, `{"__type":"ExpiredTokenException","message":"old"}`, codeAccess, false},
		{400, `{"__type":"ValidationException","message":"bad"}`, codeTarget, true},
		{400, `{"__type":"ResourceNotFoundException","message":"no bus"}`, codeResource, true},
		{500, `{"__type":"InternalException","message":"oops"}`, codeTarget, false},
		{200, `{"Entries":[{"EventId":"` + strings.Repeat("x", 2*outbound.MaxAnswer) + `"}]}`, codeConnection, false},
	} {
		status, answer = c.status, c.answer
		if o := target.Send(t.Context(), m); o.Code != c.code || o.Final != c.final || strings.Contains(fmt.Sprint(o), "hush") {
			t.Errorf("%d %.80s: %+v, want %s", c.status, c.answer, o, c.code)
		}
	}
	server.Close()
	if o := target.Send(t.Context(), m); o.Code != codeConnection || o.Final {
		t.Errorf("without a server: %+v", o)
	}
}

// Where the operator has not named one, there is no bus, and its name must be one.
func TestEventBusIsConfigured(t *testing.T) {
	if _, err := toLoopback(nil).webhookTarget(&Webhook{URL: "eventbridge:deals"}, nil); err == nil || !strings.Contains(err.Error(), "--event-bus-region") {
		t.Errorf("without a bus: %v", err)
	}
	e := toLoopback(func(c *Config) { c.Sinks.Bus = &Bus{Region: "us-east-1"} })
	for name, ok := range map[string]bool{
		"default": true, "arn:aws:events:us-east-1:111122223333:event-bus/deals": true,
		"": false, "a b": false, "arn:aws:sqs:us-east-1:111122223333:q": false, strings.Repeat("x", 300): false,
	} {
		if _, err := e.webhookTarget(&Webhook{URL: "eventbridge:" + name}, nil); (err == nil) != ok {
			t.Errorf("%.60s: %v", name, err)
		}
	}
}

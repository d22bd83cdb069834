package requestlog_test

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"cosell/internal/api"
	"cosell/internal/auth"
	"cosell/internal/awsjson"
	"cosell/internal/events/eventsapi"
	"cosell/internal/fault"
	"cosell/internal/requestlog"
)

func exchange(account, operation string) *awsjson.Exchange {
	return &awsjson.Exchange{
		RequestID: "r", Service: api.TargetPrefix, Operation: operation, Endpoint: "http://127.0.0.1:1", Status: 200,
		Caller: auth.Principal{Account: account}, Request: []byte(`{"Catalog":"Sandbox"}`), BytesIn: 21,
	}
}

func sequences(entries []requestlog.Entry) string {
	var b strings.Builder
	for i := range entries {
		fmt.Fprint(&b, entries[i].Sequence, " ")
	}
	return strings.TrimSpace(b.String())
}

func TestList(t *testing.T) {
	l := requestlog.New(4)
	l.Add(exchange("1", "GetOpportunity")) // the first of five is dropped
	l.Add(exchange("1", "GetOpportunity"))
	failed := exchange("2", "GetOpportunity")
	failed.Err = &api.Error{Type: api.TypeResourceNotFound}
	l.Add(failed)
	l.Add(exchange("2", "ListOpportunities"))
	l.Add(exchange("1", "ListOpportunities"))
	for name, c := range map[string]struct {
		filter requestlog.Filter
		want   string
	}{
		"all, oldest first": {requestlog.Filter{Account: requestlog.All, Limit: 9}, "2 3 4 5"},
		"one account":       {requestlog.Filter{Account: "1", Limit: 9}, "2 5"},
		"one operation":     {requestlog.Filter{Account: "2", Operation: "ListOpportunities", Limit: 9}, "4"},
		"failed":            {requestlog.Filter{Account: requestlog.All, Failed: true, Limit: 9}, "3"},
		"after":             {requestlog.Filter{Account: requestlog.All, After: 3, Limit: 9}, "4 5"},
		"the last ones":     {requestlog.Filter{Account: requestlog.All, Limit: 2}, "4 5"},
		"nobody's":          {requestlog.Filter{Account: "3", Limit: 9}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			found, last := l.List(c.filter)
			if sequences(found) != c.want || last != 5 {
				t.Errorf("got %q, last %d; want %q", sequences(found), last, c.want)
			}
		})
	}
	l.Clear("1")
	if found, _ := l.List(requestlog.Filter{Account: requestlog.All, Limit: 9}); sequences(found) != "3 4" {
		t.Errorf("after account 1 was cleared: got %q", sequences(found))
	}
	l.Clear(requestlog.All)
	if found, _ := l.List(requestlog.Filter{Account: requestlog.All, Limit: 9}); len(found) > 0 {
		t.Errorf("after all were cleared: got %q", sequences(found))
	}
}

// The bodies are bounded one by one and together.
func TestMemoryIsBounded(t *testing.T) {
	l := requestlog.New(1 << 20)
	large := exchange("1", "CreateOpportunity")
	large.Request = bytes.Repeat([]byte("x"), requestlog.MaxBody)
	large.BytesIn = len(large.Request) + 1
	large.Answer = bytes.Repeat([]byte("y"), 2*requestlog.MaxBody)
	for range 1000 {
		l.Add(large)
	}
	found, _ := l.List(requestlog.Filter{Account: requestlog.All, Limit: 1000})
	if want := (16 << 20) / (2 * requestlog.MaxBody); len(found) != want {
		t.Errorf("%d requests are kept, want %d", len(found), want)
	}
	last := found[len(found)-1]
	if !last.Cut || len(last.Answer) != requestlog.MaxBody || cap(last.Answer) > requestlog.MaxBody+1<<10 {
		t.Errorf("cut %v, answer of %d bytes, of %d in memory", last.Cut, len(last.Answer), cap(last.Answer))
	}
}

func TestWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := requestlog.New(4)
		filter := requestlog.Filter{Account: "1", Limit: 9}
		got := make(chan string)
		go func() {
			found, _ := l.Wait(t.Context(), filter)
			got <- sequences(found)
		}()
		synctest.Wait()
		l.Add(exchange("2", "GetOpportunity")) // of another account
		synctest.Wait()
		l.Add(exchange("1", "GetOpportunity"))
		if s := <-got; s != "2" {
			t.Errorf("got %q", s)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		filter.After = 2
		if found, last := l.Wait(ctx, filter); len(found) > 0 || last != 2 {
			t.Errorf("after a wait in vain: got %q, last %d", sequences(found), last)
		}
	})
}

func TestNoneAreKept(t *testing.T) {
	l := requestlog.New(0)
	l.Add(exchange("1", "GetOpportunity"))
	l.Clear(requestlog.All)
	if found, last := l.List(requestlog.Filter{Account: requestlog.All, Limit: 9}); len(found) > 0 || last != 0 {
		t.Errorf("got %q, last %d", sequences(found), last)
	}
}

func entry(t *testing.T, x *awsjson.Exchange) requestlog.Entry {
	t.Helper()
	l := requestlog.New(1)
	l.Add(x)
	found, _ := l.List(requestlog.Filter{Account: requestlog.All, Limit: 1})
	return found[0]
}

func TestMask(t *testing.T) {
	create := exchange("1", "CreateOpportunity")
	create.Request = []byte(`{"Catalog":"Sandbox","Unknown":"x","Customer":{"Account":{"CompanyName":"Secret Inc"}}}`)
	create.Answer = []byte(`{"Id":"O1","LastModifiedDate":"2026-11-28T00:00:00Z"}`)
	failed := exchange("1", "GetOpportunity")
	failed.Err = &api.Error{Type: api.TypeResourceNotFound}
	failed.Answer = []byte(`{"__type":"ResourceNotFoundException","Message":"No."}`)
	wrong := exchange("1", "GetOpportunity")
	wrong.Request = []byte(`{"Secret Inc`)
	rule := exchange("1", "PutRule")
	rule.Service, rule.Request = eventsapi.TargetPrefix, []byte(`{"Name":"r"}`)
	unknown := exchange("1", "")
	for name, c := range map[string]struct {
		exchange        *awsjson.Exchange
		request, answer string
	}{
		"sensitive members":     {create, `{"Catalog":"Sandbox","Customer":{"Account":{"CompanyName":"***"}}}`, `{"Id":"O1","LastModifiedDate":"2026-11-28T00:00:00Z"}`},
		"an error":              {failed, `{"Catalog":"Sandbox"}`, `{"Message":"No."}`},
		"no JSON":               {wrong, "", ""},
		"of EventBridge":        {rule, `{"Name":"r"}`, ""},
		"of no known operation": {unknown, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			e := entry(t, c.exchange)
			if err := e.Mask(); err != nil {
				t.Fatal(err)
			}
			if string(e.Request) != c.request || string(e.Answer) != c.answer {
				t.Errorf("got  %s\n     %s\nwant %s\n     %s", e.Request, e.Answer, c.request, c.answer)
			}
		})
	}
}

func TestAWSCLI(t *testing.T) {
	quotes := exchange("123456789012", "StartEngagementByAcceptingInvitationTask")
	quotes.Request = []byte(`{"Catalog":"it's"}`)
	rule := exchange("123456789012", "PutRule")
	rule.Service = eventsapi.TargetPrefix
	hostile := exchange("123456789012", "GetOpportunity")
	hostile.Endpoint = "http://x;rm -r /"
	broken := exchange("1", "GetOpportunity")
	broken.Request = []byte(`{`)
	for name, c := range map[string]struct {
		exchange     *awsjson.Exchange
		secret, want string
	}{
		"a development key": {quotes, "test", `AWS_ACCESS_KEY_ID=123456789012 AWS_SECRET_ACCESS_KEY=test AWS_REGION=us-east-1 ` +
			`aws partnercentral-selling start-engagement-by-accepting-invitation-task --endpoint-url http://127.0.0.1:1 --cli-input-json '{"Catalog":"it'\''s"}'`},
		"the caller's own key": {rule, "", `aws events put-rule --endpoint-url http://127.0.0.1:1 --cli-input-json '{"Catalog":"Sandbox"}'`},
		"a hostile host":       {hostile, "", `aws partnercentral-selling get-opportunity --endpoint-url 'http://x;rm -r /' --cli-input-json '{"Catalog":"Sandbox"}'`},
		"no JSON":              {broken, "test", ""},
		"no operation":         {exchange("1", ""), "test", ""},
	} {
		t.Run(name, func(t *testing.T) {
			e := entry(t, c.exchange)
			if got := e.AWSCLI(c.secret); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

func TestWhatIsShown(t *testing.T) {
	x := exchange("1", "GetOpportunity")
	x.Request, x.Strike = []byte("no \xff JSON"), &fault.Strike{Name: "0: reset"}
	e := entry(t, x)
	request, answer := e.JSON()
	if request != "no � JSON" || answer != nil || e.Fault != "0: reset" {
		t.Errorf("got %v, %v, fault %q", request, answer, e.Fault)
	}
}

package observe_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"cosell/internal/api"
	"cosell/internal/auth"
	"cosell/internal/awsjson"
	"cosell/internal/fault"
	"cosell/internal/observe"
	"cosell/internal/store"
)

func observer(level slog.Level) (*observe.Observer, *bytes.Buffer) {
	log := new(bytes.Buffer)
	return observe.New(observe.NewLogger(log, "json", level), "0.0.0"), log
}

func metrics(t *testing.T, o *observe.Observer) string {
	t.Helper()
	w := httptest.NewRecorder()
	o.Metrics().ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/metrics", nil))
	if w.Code != http.StatusOK {
		t.Fatalf("metrics: %d %s", w.Code, w.Body)
	}
	return w.Body.String()
}

func wants(t *testing.T, text string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(text, part) {
			t.Errorf("%q is missing in:\n%s", part, text)
		}
	}
}

func TestOneLinePerRequest(t *testing.T) {
	exchange := awsjson.Exchange{
		RequestID: "r-1", Operation: "GetOpportunity", Caller: auth.Principal{Account: "000000000000", AccessKeyID: "test"},
		Remote: "127.0.0.1:4", Duration: 1500 * time.Nanosecond, BytesIn: 10, BytesOut: 20, Status: 200,
	}
	for _, c := range []struct {
		name   string
		change func(*awsjson.Exchange)
		want   map[string]any
	}{
		{"success", func(*awsjson.Exchange) {}, map[string]any{
			"level": "INFO", "msg": "request", "request_id": "r-1", "operation": "GetOpportunity", "account": "000000000000",
			"status": 200.0, "duration_ms": 0.002, "bytes_in": 10.0, "bytes_out": 20.0, "remote": "127.0.0.1:4",
		}},
		{"fault of the client's", func(x *awsjson.Exchange) {
			x.Status, x.Err = 400, api.Invalid("", api.Violation("project.title", api.ValidationExceptionErrorCodeActionNotPermitted, "is locked"))
		}, map[string]any{
			"level": "INFO", "status": 400.0, "error": "ValidationException", "request_id": "r-1",
			"message": "project.title: is locked", "fields": "project.title=ACTION_NOT_PERMITTED",
		}},
		{"a body that cannot be decoded", func(x *awsjson.Exchange) {
			x.Status, x.Err = 400, &api.Error{Type: "SerializationException", Message: "sensitive: duplicate member; must be sent once"}
		}, map[string]any{"error": "SerializationException", "message": "duplicate member; must be sent once"}},
		{"a wrong signature", func(x *awsjson.Exchange) {
			x.Status, x.Err = 400, &api.Error{Type: "InvalidSignatureException", Message: "does not match\n\nsensitive"}
		}, map[string]any{"error": "InvalidSignatureException", "message": "does not match"}},
		{"fault", func(x *awsjson.Exchange) { x.Strike = &fault.Strike{Name: "0: reset"} }, map[string]any{"fault": "0: reset"}},
		{"notices", func(x *awsjson.Exchange) { x.Notices = []string{"one", "two"} }, map[string]any{"notices": "one; two"}},
		{"fault of ours", func(x *awsjson.Exchange) {
			x.Status, x.Err = 500, api.Internal(errors.New("disk full"))
		}, map[string]any{"level": "ERROR", "status": 500.0, "error": "InternalServerException", "cause": "disk full"}},
		{"client went away", func(x *awsjson.Exchange) {
			x.Status, x.Err = 500, api.Internal(context.Canceled)
		}, map[string]any{"level": "INFO", "status": 500.0, "cause": "context canceled"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			o, log := observer(slog.LevelInfo)
			x := exchange
			c.change(&x)
			o.Exchange(t.Context(), &x)
			var line map[string]any
			if err := json.Unmarshal(log.Bytes(), &line); err != nil {
				t.Fatalf("%v in %s", err, log)
			}
			for name, want := range c.want {
				if line[name] != want {
					t.Errorf("%s is %v, want %v", name, line[name], want)
				}
			}
			if strings.Contains(log.String(), "sensitive") {
				t.Errorf("the message is in the log: %s", log)
			}
		})
	}
}

func TestQuietLogsStillTellFaultsOfOurs(t *testing.T) {
	o, log := observer(slog.LevelWarn)
	o.Exchange(t.Context(), &awsjson.Exchange{Status: 200})
	if log.Len() > 0 {
		t.Errorf("logged %s", log)
	}
	o.Exchange(t.Context(), &awsjson.Exchange{Status: 500, Err: api.Internal(errors.New("disk full"))})
	wants(t, log.String(), "disk full")
}

func TestMetricsCountRequests(t *testing.T) {
	o, _ := observer(slog.LevelError)
	for range 2 {
		o.Exchange(t.Context(), &awsjson.Exchange{Operation: "GetOpportunity", Status: 200, Duration: time.Millisecond})
	}
	o.Exchange(t.Context(), &awsjson.Exchange{Status: 400, Err: &api.Error{Type: "UnknownOperationException"}})
	o.InFlight(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		wants(t, metrics(t, o), "cosell_requests_in_flight 1\n")
	})).ServeHTTP(httptest.NewRecorder(), httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil))
	wants(t, metrics(t, o),
		`cosell_requests_total{code="200",error="",operation="GetOpportunity"} 2`,
		`cosell_requests_total{code="400",error="UnknownOperationException",operation=""} 1`,
		`cosell_request_duration_seconds_count{operation="GetOpportunity"} 2`,
		`cosell_requests_in_flight 0`,
		`cosell_build_info{goversion="go`, `version="0.0.0"} 1`,
		`go_goroutines`,
	)
}

type fakeStore struct {
	store.Store

	err error
}

func (s fakeStore) Update(context.Context, func(*store.Tx) error, ...store.Option) error {
	return s.err
}

func (s fakeStore) View(context.Context, func(*store.Tx) error, ...store.Option) error { return s.err }

func TestMetricsTimeTheStore(t *testing.T) {
	o, _ := observer(slog.LevelError)
	full := errors.New("full")
	if err := o.Store(fakeStore{err: full}).Update(t.Context(), nil); !errors.Is(err, full) {
		t.Errorf("Update returned %v", err)
	}
	if err := o.Store(fakeStore{}).View(t.Context(), nil); err != nil {
		t.Errorf("View returned %v", err)
	}
	wants(t, metrics(t, o),
		`cosell_store_transaction_duration_seconds_count{kind="update",result="error"} 1`,
		`cosell_store_transaction_duration_seconds_count{kind="view",result="ok"} 1`,
	)
}

func TestOtherRequestsAreLogged(t *testing.T) {
	o, log := observer(slog.LevelInfo)
	answer := httptest.NewRecorder()
	newID := func() string { return "r-7" }
	o.Requests("operator", newID, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		observe.NewLogger(log, "json", slog.LevelInfo).With("who", "the handler").ErrorContext(r.Context(), "operator fault")
		if err := http.NewResponseController(w).Flush(); err != nil {
			t.Errorf("answers cannot be streamed: %v", err)
		}
		w.WriteHeader(http.StatusTeapot)
	})).ServeHTTP(answer, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/operator/v1/clock?secret=1", nil))
	wants(t, log.String(), `"msg":"operator"`, `"method":"GET"`, `"path":"/operator/v1/clock"`, `"status":418`)
	if n := strings.Count(log.String(), `"request_id":"r-7"`); n != 2 || answer.Header().Get("X-Amzn-Requestid") != "r-7" {
		t.Errorf("the request id is in %d lines and in %v", n, answer.Header())
	}
	if strings.Contains(log.String(), "secret") {
		t.Errorf("the query is in the log: %s", log)
	}
}

func TestHealth(t *testing.T) {
	o, log := observer(slog.LevelInfo)
	ready := func(err error) http.Handler {
		return o.Ready(func(ctx context.Context) error {
			if _, ok := ctx.Deadline(); !ok {
				t.Error("the store may take forever")
			}
			return err
		})
	}
	for _, c := range []struct {
		name    string
		handler http.Handler
		status  int
		body    string
	}{
		{"up", http.HandlerFunc(observe.Up), 200, "ok\n"},
		{"ready", ready(nil), 200, "ready\n"},
		{"not ready", ready(errors.New("disk full")), 503, "the store does not answer\n"},
	} {
		w := httptest.NewRecorder()
		c.handler.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil))
		if w.Code != c.status || w.Body.String() != c.body {
			t.Errorf("%s: %d %s", c.name, w.Code, w.Body)
		}
	}
	wants(t, log.String(), "disk full")
}

func TestLogsAsText(t *testing.T) {
	log := new(bytes.Buffer)
	observe.NewLogger(log, "text", slog.LevelInfo).Info("hello", "to", "you")
	wants(t, log.String(), "level=INFO msg=hello to=you")
}

package operator_test

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"cosell/internal/access"
	"cosell/internal/api"
	"cosell/internal/auth"
	"cosell/internal/awsjson"
	"cosell/internal/operator"
	"cosell/internal/requestlog"
)

// askRequests sends a request to the API of a server whose last requests are in a log.
func askRequests(t *testing.T, l *requestlog.Log, strict bool, method, query string) *httptest.ResponseRecorder {
	t.Helper()
	h := operator.New(operator.Config{Requests: l, Strict: strict, Log: slog.New(slog.DiscardHandler), Version: "test"})
	r := httptest.NewRequestWithContext(access.With(t.Context(), access.Local()), method, operator.Prefix+"/requests"+query, nil)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func TestRequests(t *testing.T) {
	l := requestlog.New(10)
	l.Add(&awsjson.Exchange{
		RequestID: "r1", Service: api.TargetPrefix, Operation: "CreateOpportunity", Caller: auth.Principal{Account: "111111111111"},
		Endpoint: "http://h", Status: 400, Duration: 1500 * time.Microsecond,
		Request: []byte(`{"Catalog":"Sandbox","Customer":{"Account":{"CompanyName":"Secret Inc"}}}`),
		Err: api.Invalid(api.ValidationExceptionReasonRequestValidationFailed, api.ValidationExceptionError{
			FieldName: new("clientToken"), Code: new(api.ValidationExceptionErrorCodeRequiredFieldMissing), Message: new("clientToken is required"),
		}),
	})
	l.Add(&awsjson.Exchange{RequestID: "r2", Status: 403, Err: &api.Error{Type: api.TypeAccessDenied, AccessReason: "INCOMPATIBLE_BENEFIT_AWS_PARTNER_STATE"}})
	for name, c := range map[string]struct {
		strict bool
		query  string
		status int
		want   []string
		not    string
	}{
		"in development, whole and ready to send again": {
			false, "?account=111111111111", 200,
			[]string{`"sequence":"1"`, `"durationMs":1.5`, `"CompanyName":"Secret Inc"`, `"reason":"REQUEST_VALIDATION_FAILED"`, `{"field":"clientToken","code":"REQUIRED_FIELD_MISSING","message":"clientToken is required"}`, `AWS_SECRET_ACCESS_KEY=test`, `"next":"2"`},
			"r2",
		},
		"elsewhere without what is sensitive": {true, "?account=111111111111", 200, []string{`"CompanyName":"***"`, `"awsCli":"aws partnercentral-selling create-opportunity`}, "Secret Inc"},
		"of nobody":                           {false, "?failed=true&after=1", 200, []string{`"requestId":"r2"`, `"reason":"INCOMPATIBLE_BENEFIT_AWS_PARTNER_STATE"`}, `"account"`},
		"of another account":                  {false, "?account=222222222222", 200, []string{`{"requests":[],"next":"2"}`}, "Secret"},
		"a wait that is too long":             {false, "?wait=2m", 422, []string{"query.wait", "must be at most 60s"}, ""},
		"a wrong account":                     {false, "?account=1", 422, []string{"an account of twelve digits, aws, or * for all"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			w := askRequests(t, l, c.strict, http.MethodGet, c.query)
			got := w.Body.String()
			if w.Code != c.status || c.not != "" && strings.Contains(got, c.not) {
				t.Errorf("got %d %s", w.Code, got)
			}
			for _, want := range c.want {
				if !strings.Contains(got, want) {
					t.Errorf("got %s\nwithout %s", got, want)
				}
			}
		})
	}
	if w := askRequests(t, l, false, http.MethodDelete, "?account=111111111111"); w.Code != http.StatusNoContent {
		t.Errorf("clear: got %d %s", w.Code, w.Body)
	}
	if w := askRequests(t, l, false, http.MethodGet, ""); strings.Contains(w.Body.String(), `"r1"`) || !strings.Contains(w.Body.String(), `"r2"`) {
		t.Errorf("after account 111111111111 was cleared: got %s", w.Body)
	}
}

// A request that waits ends when the server stops.
func TestRequestsStopWaiting(t *testing.T) {
	stopping := make(chan struct{})
	waits := &waitingRequests{entered: make(chan struct{})}
	h := operator.New(operator.Config{Requests: waits, Stopping: stopping, Log: slog.New(slog.DiscardHandler), Version: "test"})
	answered := make(chan int)
	go func() {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequestWithContext(access.With(t.Context(), access.Local()), http.MethodGet, operator.Prefix+"/requests?wait=60s", nil))
		answered <- w.Code
	}()
	<-waits.entered
	close(stopping)
	if status := <-answered; status != http.StatusOK {
		t.Errorf("got %d", status)
	}
}

// waitingRequests never have one.
type waitingRequests struct {
	*requestlog.Log

	entered chan struct{}
}

func (w *waitingRequests) Wait(ctx context.Context, _ requestlog.Filter) ([]requestlog.Entry, int64) {
	close(w.entered)
	<-ctx.Done()
	return nil, 0
}

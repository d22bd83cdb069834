package awsjson_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"cosell/internal/api"
	"cosell/internal/auth"
	"cosell/internal/awsjson"
)

const (
	requestID = "0a1b2c3d-0000-4000-8000-000000000000"
	json10    = "application/x-amz-json-1.0"
)

var caller = auth.Principal{Account: "000000000000", AccessKeyID: "test"}

// world is everything around a handler: a service that answers as the test says
// and remembers what it was asked, and a verifier that takes everybody's word.
type world struct {
	do     func(ctx context.Context, in api.Input) (any, error)
	verify func(body []byte) error
	check  error // of the headers

	in        api.Input
	operation string
	seen      []*awsjson.Exchange
}

func (s *world) Do(ctx context.Context, who auth.Principal, op *api.Operation, in api.Input) (any, error) {
	if who != caller {
		panic("the caller got lost")
	}
	s.in, s.operation = in, op.Name
	if s.do == nil {
		return nil, nil
	}
	return s.do(ctx, in)
}

func (s *world) Check(*http.Request) (auth.Claim, error) {
	if s.check != nil {
		return s, s.check
	}
	return s, nil
}

func (*world) Account() string { return caller.Account }

func (s *world) Verify(body []byte) (auth.Principal, error) {
	if s.verify != nil {
		if err := s.verify(body); err != nil {
			return auth.Principal{}, err
		}
	}
	return caller, nil
}

func (s *world) handler() *awsjson.Handler {
	return awsjson.New(awsjson.Config{
		Service:   s,
		Verifier:  s,
		RequestID: func() string { return requestID },
		Timeout:   time.Minute,
		Observe:   func(_ context.Context, x *awsjson.Exchange) { s.seen = append(s.seen, x) },
	})
}

// answers makes the service answer with out.
func answers(out any) *world {
	return &world{do: func(context.Context, api.Input) (any, error) { return out, nil }}
}

// fails makes the service fail with err.
func fails(err error) *world {
	return &world{do: func(context.Context, api.Input) (any, error) { return nil, err }}
}

// post sends an operation in the usual form.
func (s *world) post(operation, body string) *httptest.ResponseRecorder {
	return s.send(newRequest(operation, body))
}

func (s *world) send(r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	s.handler().ServeHTTP(w, r)
	return w
}

func newRequest(operation, body string) *http.Request {
	r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(body))
	r.Header.Set("Content-Type", json10)
	r.Header.Set("X-Amz-Target", "AWSPartnerCentralSelling."+operation)
	return r
}

type errorAnswer struct {
	Type      string `json:"__type"`
	Message   string
	Reason    string
	ErrorList []struct{ FieldName, Message, Code string }
}

func readError(t *testing.T, w *httptest.ResponseRecorder) errorAnswer {
	t.Helper()
	var e errorAnswer
	if err := json.Unmarshal(w.Body.Bytes(), &e); err != nil {
		t.Fatalf("error body %q: %v", w.Body, err)
	}
	return e
}

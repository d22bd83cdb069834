package awsjson_test

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"cosell/internal/api"
	"cosell/internal/limit"
)

const getOpportunity = `{"Catalog":"Sandbox","Identifier":"O1"}`

func TestMalformedRequests(t *testing.T) {
	header := func(name string, values ...string) func(*http.Request) {
		return func(r *http.Request) { r.Header[name] = values }
	}
	method := func(m string) func(*http.Request) { return func(r *http.Request) { r.Method = m } }
	path := func(p string) func(*http.Request) { return func(r *http.Request) { r.URL.Path = p } }
	body := func(b string) func(*http.Request) {
		return func(r *http.Request) {
			r.Body, r.ContentLength = io.NopCloser(strings.NewReader(b)), int64(len(b))
		}
	}
	for _, c := range []struct {
		name    string
		change  func(*http.Request)
		status  int
		kind    string
		message string // is part of the message
	}{
		{"GET", method("GET"), 405, "MethodNotAllowedException", `method: "GET" is not supported; operations use POST`},
		{"PUT", method("PUT"), 405, "MethodNotAllowedException", `"PUT" is not supported`},
		{"OPTIONS", method("OPTIONS"), 405, "MethodNotAllowedException", `"OPTIONS" is not supported`},

		{"no target", header("X-Amz-Target"), 400, "UnknownOperationException", "X-Amz-Target: header is missing; must name an operation"},
		{"two targets", header("X-Amz-Target", "AWSPartnerCentralSelling.GetOpportunity", "AWSPartnerCentralSelling.GetOpportunity"), 400, "UnknownOperationException", "X-Amz-Target: 2 headers; must be one"},
		{"empty target", header("X-Amz-Target", ""), 400, "UnknownOperationException", `X-Amz-Target: is ""; must name an operation, such as`},
		{"target without prefix", header("X-Amz-Target", "GetOpportunity"), 400, "UnknownOperationException", "such as AWSPartnerCentralSelling.GetOpportunity"},
		{"target of another service", header("X-Amz-Target", "DynamoDB_20120810.GetItem"), 400, "UnknownOperationException", "such as AWSPartnerCentralSelling.GetOpportunity"},
		{"target without operation", header("X-Amz-Target", "AWSPartnerCentralSelling."), 400, "UnknownOperationException", "must name an operation"},
		{"unknown operation", header("X-Amz-Target", "AWSPartnerCentralSelling.DeleteOpportunity"), 400, "UnknownOperationException", `operation: "DeleteOpportunity" is unknown`},
		{"operation in the wrong case", header("X-Amz-Target", "AWSPartnerCentralSelling.getOpportunity"), 400, "UnknownOperationException", `operation: "getOpportunity" is unknown; must be GetOpportunity`},
		{"target with control characters", header("X-Amz-Target", "AWSPartnerCentralSelling.\x00\xff"), 400, "UnknownOperationException", `"\x00\xff"`},
		{"very long target", header("X-Amz-Target", "AWSPartnerCentralSelling."+strings.Repeat("x", 1000)), 400, "UnknownOperationException", `xxx"…`},
		{"target and another path", path("/prefix"), 400, "UnknownOperationException", `path: is "/prefix"; must be /`},

		{"no content type", header("Content-Type"), 415, "UnsupportedMediaTypeException", "Content-Type: header is missing; must be application/x-amz-json-1.0"},
		{"two content types", header("Content-Type", json10, json10), 415, "UnsupportedMediaTypeException", "Content-Type: 2 headers; must be one"},
		{"awsJson1_1", header("Content-Type", "application/x-amz-json-1.1"), 415, "UnsupportedMediaTypeException", "awsJson1_0, not awsJson1_1"},
		{"plain JSON with a target", header("Content-Type", "application/json"), 415, "UnsupportedMediaTypeException", "must be application/x-amz-json-1.0"},
		{"a form", header("Content-Type", "application/x-www-form-urlencoded"), 415, "UnsupportedMediaTypeException", "must be application/x-amz-json-1.0"},
		{"broken content type", header("Content-Type", "application/"), 415, "UnsupportedMediaTypeException", "must be application/x-amz-json-1.0"},
		{"another charset", header("Content-Type", json10+"; charset=latin1"), 415, "UnsupportedMediaTypeException", "must be application/x-amz-json-1.0"},
		{"compressed", header("Content-Encoding", "gzip"), 415, "UnsupportedMediaTypeException", `Content-Encoding: is "gzip"; must be absent or identity`},

		{"compressed, in the second of two headers", header("Content-Encoding", "identity", "gzip"), 415, "UnsupportedMediaTypeException", `Content-Encoding: is "gzip"`},

		{"not JSON", body("Catalog=Sandbox"), 400, "SerializationException", "not valid JSON: invalid character 'C' at start of value, at byte 0"},
		{"XML", body("<Catalog/>"), 400, "SerializationException", "not valid JSON"},
		{"white space", body(" \n"), 400, "SerializationException", "not valid JSON"},
		{"half an object", body(`{"Catalog":"Sand`), 400, "SerializationException", "not valid JSON: unexpected EOF, at byte 16"},
		{"something behind the object", body(getOpportunity + `{}`), 400, "SerializationException", "not valid JSON"},
		{"comma at the end", body(`{"Catalog":"Sandbox",}`), 400, "SerializationException", "not valid JSON"},
		{"comment", body(`{/*?*/"Catalog":"Sandbox"}`), 400, "SerializationException", "not valid JSON"},
		{"single quotes", body(`{'Catalog':'Sandbox'}`), 400, "SerializationException", "not valid JSON"},
		{"NaN", body(`{"Catalog":NaN}`), 400, "SerializationException", "not valid JSON"},
		{"bad UTF-8", body("{\"Catalog\":\"\xff\"}"), 400, "SerializationException", "not valid JSON: invalid UTF-8, at byte 12"},
		{"byte order mark", body("\ufeff{}"), 400, "SerializationException", "not valid JSON"},
		{"half a surrogate pair", body(`{"Catalog":"\ud800 value"}`), 400, "SerializationException", "not valid JSON: invalid surrogate pair in string, at byte 12"},
		{"no escape sequence", body(`{"Catalog":"\uvalue"}`), 400, "SerializationException", "not valid JSON: invalid escape sequence in string, at byte 12"},
		{"a member twice", body(`{"Catalog":"Sandbox","Catalog":"AWS"}`), 400, "SerializationException", "Catalog: duplicate member; must be sent once"},
		{"an unknown member twice", body(`{"Foo":[{"Bar":1,"Bar":1}]}`), 400, "SerializationException", "Foo[0].Bar: duplicate member"},
		{"too deep", body(strings.Repeat(`{"a":`, 20_000) + "1" + strings.Repeat("}", 20_000)), 400, "SerializationException", "not valid JSON: exceeded max depth"},

		{"a list", body(`[]`), 400, "SerializationException", "body: must be a JSON object, not a list"},
		{"a string", body(`"Sandbox"`), 400, "SerializationException", "body: must be a JSON object, not a string"},
		{"a number", body(` 17`), 400, "SerializationException", "body: must be a JSON object, not a number"},
		{"a boolean", body(`true`), 400, "SerializationException", "body: must be a JSON object, not a boolean"},
		{"null", body(`null`), 400, "SerializationException", "body: must be a JSON object, not null"},

		{"wrong type", body(`{"Catalog":7}`), 400, "SerializationException", "Catalog: must be a string, not a number"},

		{"too large, as announced", func(r *http.Request) { r.ContentLength, r.Body = 1<<20+1, unreadable{t} }, 413, "RequestEntityTooLargeException", "body: has 1048577 bytes; must have at most 1048576"},
		{"too large, as it turns out", func(r *http.Request) { r.ContentLength, r.Body = -1, io.NopCloser(endless{}) }, 413, "RequestEntityTooLargeException", "body: is too large; must have at most 1048576 bytes"},
		{"cut off", func(r *http.Request) {
			r.Body = io.NopCloser(io.MultiReader(strings.NewReader("{"), broken{}))
		}, 400, "SerializationException", "body: truncated after 1 bytes"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := new(world)
			r := newRequest("GetOpportunity", getOpportunity)
			c.change(r)
			if len(r.Header["X-Amz-Target"]) == 0 {
				delete(r.Header, "X-Amz-Target")
			}
			w := s.send(r)
			if w.Code != c.status || w.Header().Get("X-Amzn-Errortype") != c.kind {
				t.Errorf("got %d %s, want %d %s", w.Code, w.Header().Get("X-Amzn-Errortype"), c.status, c.kind)
			}
			if w.Header().Get("X-Amzn-Requestid") != requestID || w.Header().Get("Content-Type") != json10 {
				t.Errorf("headers: %v", w.Header())
			}
			if got := readError(t, w); got.Type != c.kind || !strings.Contains(got.Message, c.message) {
				t.Errorf("got %s\nwant type %s and in the message: %s", w.Body, c.kind, c.message)
			}
			if allow := w.Header().Get("Allow"); (allow == "POST") != (c.status == 405) {
				t.Errorf("Allow: %q", allow)
			}
			if s.in != nil {
				t.Error("the service was asked")
			}
			if x := s.seen[0]; len(s.seen) != 1 || x.Status != c.status || x.Err.Type != c.kind || x.BytesOut != w.Body.Len() {
				t.Errorf("observed %+v", x)
			}
		})
	}
}

type unreadable struct{ t *testing.T }

func (b unreadable) Read([]byte) (int, error) { b.t.Error("the body was read"); return 0, io.EOF }
func (unreadable) Close() error               { return nil }

type endless struct{}

func (endless) Read(b []byte) (int, error) { return copy(b, bytes.Repeat([]byte(" "), len(b))), nil }

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

func TestBodiesUpToTheLimitAreRead(t *testing.T) {
	for name, length := range map[string]int64{"announced": 1 << 20, "chunked": -1} {
		t.Run(name, func(t *testing.T) {
			s := answers(api.Raw(`{}`))
			r := newRequest("GetOpportunity", getOpportunity+strings.Repeat(" ", 1<<20-len(getOpportunity)))
			r.ContentLength = length
			if w := s.send(r); w.Code != 200 || s.seen[0].BytesIn != 1<<20 {
				t.Errorf("got %d %s", w.Code, w.Body)
			}
		})
	}
}

func TestAcceptedContentTypes(t *testing.T) {
	for _, c := range []struct{ path, target, contentType string }{
		{"/", "AWSPartnerCentralSelling.GetOpportunity", "application/x-amz-json-1.0"},
		{"/", "AWSPartnerCentralSelling.GetOpportunity", "Application/X-Amz-JSON-1.0"},
		{"/", "AWSPartnerCentralSelling.GetOpportunity", "application/x-amz-json-1.0; charset=UTF-8"},
		{"/GetOpportunity", "", "application/json"},
		{"/GetOpportunity", "", "application/json;charset=utf-8"},
		{"/GetOpportunity", "", "application/x-amz-json-1.0"},
	} {
		t.Run(c.path+" "+c.contentType, func(t *testing.T) {
			r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, c.path, strings.NewReader(getOpportunity))
			r.Header.Set("Content-Type", c.contentType)
			if c.target != "" {
				r.Header.Set("X-Amz-Target", c.target)
			}
			if w := answers(api.Raw(`{}`)).send(r); w.Code != 200 {
				t.Errorf("got %d %s", w.Code, w.Body)
			}
		})
	}
}

// Nothing of a body is read that the headers alone refuse.
func TestHeadersDecideBeforeTheBodyIsRead(t *testing.T) {
	refused := &api.Error{Type: "UnrecognizedClientException", Message: "no"}
	for name, change := range map[string]func(*http.Request, *world){
		"a method":          func(r *http.Request, _ *world) { r.Method = "PUT" },
		"an operation":      func(r *http.Request, _ *world) { r.Header.Set("X-Amz-Target", "AWSPartnerCentralSelling.No") },
		"a content type":    func(r *http.Request, _ *world) { r.Header.Set("Content-Type", "text/plain") },
		"an encoding":       func(r *http.Request, _ *world) { r.Header.Set("Content-Encoding", "gzip") },
		"a length":          func(r *http.Request, _ *world) { r.ContentLength = 1<<20 + 1 },
		"the signature":     func(_ *http.Request, s *world) { s.check = refused },
		"and the size, too": func(r *http.Request, s *world) { s.check, r.ContentLength = refused, 1<<20+1 },
	} {
		t.Run(name, func(t *testing.T) {
			s := new(world)
			r := newRequest("GetOpportunity", getOpportunity)
			r.Body = unreadable{t}
			change(r, s)
			if w := s.send(r); w.Code < 400 || w.Code >= 500 {
				t.Errorf("got %d %s", w.Code, w.Body)
			}
		})
	}
}

func TestRequestsAreVerifiedBeforeTheyAreDecoded(t *testing.T) {
	s := &world{verify: func(body []byte) error {
		if string(body) != "nonsense" {
			t.Errorf("the verifier saw %q", body)
		}
		return &api.Error{Type: "InvalidSignatureException", Message: "no"}
	}}
	if got := readError(t, s.post("GetOpportunity", "nonsense")); got.Type != "InvalidSignatureException" {
		t.Errorf("got %+v", got)
	}
}

func TestRequestsAreCheckedBeforeTheServiceSeesThem(t *testing.T) {
	s := new(world)
	w := s.post("GetOpportunity", "")
	got := readError(t, w)
	if w.Code != 400 || got.Type != "ValidationException" || got.Reason != "REQUEST_VALIDATION_FAILED" || len(got.ErrorList) != 2 {
		t.Fatalf("got %d %s", w.Code, w.Body)
	}
	if v := got.ErrorList[0]; v.FieldName != "catalog" || v.Code != "REQUIRED_FIELD_MISSING" || v.Message == "" {
		t.Errorf("got %+v", v)
	}
	if s.in != nil {
		t.Error("the service was asked")
	}
}

func TestWorkIsBounded(t *testing.T) {
	s := &world{do: func(ctx context.Context, _ api.Input) (any, error) {
		if _, ok := ctx.Deadline(); !ok {
			t.Error("no deadline")
		}
		return nil, context.DeadlineExceeded
	}}
	w := s.post("GetOpportunity", getOpportunity)
	if got := readError(t, w); w.Code != 500 || got.Type != "InternalServerException" || !strings.Contains(got.Message, "in time") {
		t.Errorf("got %d %s", w.Code, w.Body)
	}
}

// What is too large to be stored is refused before the service opens a transaction;
// what is ignored does not count.
func TestContentHasASize(t *testing.T) {
	for name, c := range map[string]struct{ body, want string }{
		"known members":   {`{"Catalog":"AWS","ClientToken":"t","Marketing":{"CampaignName":"` + strings.Repeat("x", 140<<10) + `"}}`, "ValidationException"},
		"unknown members": {`{"Catalog":"AWS","ClientToken":"t","Foo":"` + strings.Repeat("x", 140<<10) + `"}`, ""},
		"white space":     {`{"Catalog":"AWS","ClientToken":"t"` + strings.Repeat(" ", 140<<10) + `}`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			s := answers(api.Raw(`{}`))
			w := s.post("CreateOpportunity", c.body)
			if got := w.Header().Get("X-Amzn-Errortype"); got != c.want || (s.in == nil) != (c.want != "") {
				t.Errorf("got %d %.300s", w.Code, w.Body)
			}
		})
	}
}

// A large body that has waited for its share too long is told to come again; small
// ones do not wait for it.
func TestABusyServerThrottlesLargeBodies(t *testing.T) {
	budget := limit.NewBudget(128 << 20)
	if _, err := budget.Work(t.Context(), "other", 1<<20); err != nil {
		t.Fatal(err)
	}
	for size, want := range map[int]string{1 << 20: "ThrottlingException", 10 << 10: ""} {
		s := answers(api.Raw(`{}`))
		h := s.handler()
		h.Budget, h.Timeout = budget, time.Millisecond
		w := httptest.NewRecorder()
		h.ServeHTTP(w, newRequest("GetOpportunity", getOpportunity+strings.Repeat(" ", size-len(getOpportunity))))
		if got := w.Header().Get("X-Amzn-Errortype"); got != want {
			t.Errorf("%d bytes: got %d %s", size, w.Code, w.Body)
		}
	}
}

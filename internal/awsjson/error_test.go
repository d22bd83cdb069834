package awsjson_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"cosell/internal/api"
	"cosell/internal/notice"
)

func TestErrorsInTheUsualForm(t *testing.T) {
	secret := errors.New("disk /dev/secret is full")
	for _, c := range []struct {
		name   string
		err    error
		status int
		kind   string
		body   string
	}{
		{
			"not found", api.NotFound(""), 400, "ResourceNotFoundException",
			`{"__type":"ResourceNotFoundException","Message":"Resource not found"}`,
		},
		{
			"conflict, wrapped", errors.Join(secret, api.Conflict("stale")), 400, "ConflictException",
			`{"__type":"ConflictException","Message":"stale"}`,
		},
		{
			"without a message", &api.Error{Type: "AccessDeniedException"}, 400, "AccessDeniedException",
			`{"__type":"AccessDeniedException","Message":""}`,
		},
		{
			"validation", api.Invalid(api.ValidationExceptionReasonBusinessValidationFailed,
				api.Violation("project.title", api.ValidationExceptionErrorCodeActionNotPermitted, "is locked")),
			400, "ValidationException",
			`{"__type":"ValidationException","Message":"project.title: is locked","Reason":"BUSINESS_VALIDATION_FAILED",` +
				`"ErrorList":[{"FieldName":"project.title","Message":"is locked","Code":"ACTION_NOT_PERMITTED"}]}`,
		},
		{
			"validation without a list", &api.Error{Type: "ValidationException", Message: "bad token", Reason: "REQUEST_VALIDATION_FAILED"},
			400, "ValidationException",
			`{"__type":"ValidationException","Message":"bad token","Reason":"REQUEST_VALIDATION_FAILED","ErrorList":null}`,
		},
		{
			"fault of ours", secret, 500, "InternalServerException",
			`{"__type":"InternalServerException","Message":"The server could not complete the request"}`,
		},
		{
			"fault of ours with a type", api.Internal(secret), 500, "InternalServerException",
			`{"__type":"InternalServerException","Message":"The server could not complete the request"}`,
		},
		{
			"a message that is not UTF-8", api.NotFound("\xff?"), 400, "ResourceNotFoundException",
			`{"__type":"ResourceNotFoundException","Message":"` + "\ufffd" + `?"}`,
		},
		{
			"a violation that is not UTF-8", api.Invalid("", api.Violation("\xff", "", "")), 400, "ValidationException",
			`{"Message":"The error cannot be shown"}`,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := fails(c.err)
			w := s.post("GetOpportunity", getOpportunity)
			if w.Code != c.status || w.Header().Get("X-Amzn-Errortype") != c.kind || w.Body.String() != c.body {
				t.Errorf("got %d %v\n%s\nwant %d\n%s", w.Code, w.Header(), w.Body, c.status, c.body)
			}
			if x := s.seen[0]; x.Err.Type != c.kind || x.Operation != "GetOpportunity" || x.Caller != caller {
				t.Errorf("observed %+v", x)
			}
		})
	}
}

func TestFaultsKeepTheirCauseForTheLog(t *testing.T) {
	cause := errors.New("disk full")
	s := fails(cause)
	s.post("GetOpportunity", getOpportunity)
	if !errors.Is(s.seen[0].Err, cause) {
		t.Errorf("observed %v", s.seen[0].Err)
	}
}

func TestPanicsAreFaultsOfOurs(t *testing.T) {
	s := &world{do: func(context.Context, api.Input) (any, error) { panic("secret") }}
	w := s.post("GetOpportunity", getOpportunity)
	if w.Code != 500 || strings.Contains(w.Body.String(), "secret") {
		t.Errorf("got %d %s", w.Code, w.Body)
	}
	if cause := s.seen[0].Err.Cause.Error(); !strings.Contains(cause, "panic: secret") || !strings.Contains(cause, "error_test.go") {
		t.Errorf("the cause has no stack: %s", cause)
	}
}

func TestClientsThatGoAwayAreNoFault(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	s := &world{do: func(ctx context.Context, _ api.Input) (any, error) {
		cancel()
		return nil, ctx.Err()
	}}
	s.send(newRequest("GetOpportunity", getOpportunity).WithContext(ctx))
	if x := s.seen[0]; !errors.Is(x.Err, context.Canceled) || x.Err.Message != "The client closed the request" {
		t.Errorf("observed %+v", x.Err)
	}
}

func TestErrorsInThePathForm(t *testing.T) {
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/GetOpportunity", strings.NewReader(getOpportunity))
	r.Header.Set("Content-Type", "application/json")
	w := fails(api.NotFound("")).send(r)
	const recorded = `{"Message":"Resource not found"}`
	if w.Code != 400 || w.Body.String() != recorded || w.Header().Get("Content-Type") != "application/json" {
		t.Errorf("got %d %v %s", w.Code, w.Header(), w.Body)
	}
	const suffix = ":http://internal.amazon.com/coral/com.amazon.partnerintegrationapi.common/"
	if got := w.Header().Get("x-amzn-ErrorType"); got != "ResourceNotFoundException"+suffix {
		t.Errorf("x-amzn-ErrorType: %s", got)
	}
}

func TestPathFormFindsItsOperation(t *testing.T) {
	for path, want := range map[string]string{
		"/GetOpportunity":    "",
		"/DeleteOpportunity": "UnknownOperationException",
		"/GetOpportunity/":   "UnknownOperationException",
		"//GetOpportunity":   "UnknownOperationException",
	} {
		t.Run(path, func(t *testing.T) {
			r := newRequest("", getOpportunity)
			delete(r.Header, "X-Amz-Target")
			r.URL.Path = path
			w := answers(api.Raw(`{}`)).send(r)
			kind, _, _ := strings.Cut(w.Header().Get("X-Amzn-Errortype"), ":")
			if kind != want {
				t.Errorf("got %d %s", w.Code, w.Body)
			}
		})
	}
}

func TestNoticesAreInTheHeaderAndObserved(t *testing.T) {
	s := &world{do: func(ctx context.Context, _ api.Input) (any, error) {
		notice.Add(ctx, "cleared é\nX-Evil: 1")
		return api.Raw(`{}`), nil
	}}
	w := s.post("GetOpportunity", `{"Catalog":"Sandbox","Identifier":"O1","Identifierr":"O2"}`)
	want := []string{"Identifierr: unknown member, ignored; must be Identifier", "cleared ??X-Evil: 1"}
	if got := w.Header()["X-Cosell-Notice"]; w.Code != 200 || !slices.Equal(got, want) {
		t.Errorf("got %d %q, want %q", w.Code, got, want)
	}
	if w.Header().Get("X-Cosell-Model") != api.ModelDate {
		t.Errorf("headers: %v", w.Header())
	}
	if len(s.seen[0].Notices) != 2 {
		t.Errorf("observed %q", s.seen[0].Notices)
	}
}

// A member that is missing was often sent under another name.
func TestMissingMembersAreFoundUnderOtherNames(t *testing.T) {
	w := new(world).post("GetOpportunity", `{"catalog":"Sandbox","Identifier":"O1"}`)
	const want = "catalog: catalog is required; catalog: unknown member, ignored; must be Catalog"
	if got := readError(t, w); got.Message != want || len(got.ErrorList) != 1 {
		t.Errorf("got %+v, want %s", got, want)
	}
}

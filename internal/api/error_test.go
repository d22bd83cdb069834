package api_test

import (
	"errors"
	"io"
	"strings"
	"testing"

	"cosell/internal/api"
)

func TestInvalidMessageNamesTheViolations(t *testing.T) {
	missing := api.Violation("customer.account.companyName", api.ValidationExceptionErrorCodeRequiredFieldMissing, "companyName is required")
	general := api.ValidationExceptionError{Message: new("the request is empty"), Code: new(api.ValidationExceptionErrorCodeInvalidValue)}
	many := make([]api.ValidationExceptionError, 12)
	for i := range many {
		many[i] = api.Violation("f", api.ValidationExceptionErrorCodeInvalidValue, "m")
	}
	for _, c := range []struct {
		name       string
		violations []api.ValidationExceptionError
		want       string
	}{
		{"One", []api.ValidationExceptionError{missing}, "customer.account.companyName: companyName is required"},
		{"Two", []api.ValidationExceptionError{missing, general}, "customer.account.companyName: companyName is required; the request is empty"},
		{"Many", many, strings.Repeat("f: m; ", 9) + "f: m; and 2 more"},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := api.Invalid(api.ValidationExceptionReasonBusinessValidationFailed, c.violations...)
			if err.Message != c.want {
				t.Errorf("message %q, want %q", err.Message, c.want)
			}
			if err.Type != "ValidationException" || err.Reason != "BUSINESS_VALIDATION_FAILED" || len(err.ErrorList) != len(c.violations) {
				t.Errorf("got %+v", err)
			}
		})
	}
}

func TestAnAnswerListsAThousandViolations(t *testing.T) {
	err := api.Invalid(api.ValidationExceptionReasonBusinessValidationFailed, make([]api.ValidationExceptionError, 5000)...)
	if len(err.ErrorList) != 1000 {
		t.Errorf("%d are listed", len(err.ErrorList))
	}
}

func TestErrorTypes(t *testing.T) {
	for _, c := range []struct {
		err  *api.Error
		want string
	}{
		{api.NotFound(""), "ResourceNotFoundException: Resource not found"},
		{api.NotFound("No such job"), "ResourceNotFoundException: No such job"},
		{api.Conflict("Stale"), "ConflictException: Stale"},
		{api.AccessDenied("No"), "AccessDeniedException: No"},
		{api.Throttled("Slow down"), "ThrottlingException: Slow down"},
		{api.QuotaExceeded("Full"), "ServiceQuotaExceededException: Full"},
		{api.Internal(io.ErrUnexpectedEOF), "InternalServerException: The server could not complete the request: unexpected EOF"},
	} {
		t.Run(c.err.Type, func(t *testing.T) {
			if got := c.err.Error(); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
	t.Run("CauseIsUnwrapped", func(t *testing.T) {
		if err := api.Internal(io.ErrUnexpectedEOF); !errors.Is(err, io.ErrUnexpectedEOF) || strings.Contains(err.Message, "EOF") {
			t.Errorf("got %+v", err)
		}
	})
}

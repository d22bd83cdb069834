package api

import (
	"fmt"
	"strings"
)

// The exceptions of the contract, as the wire names them.
const (
	TypeAccessDenied         = "AccessDeniedException"
	TypeConflict             = "ConflictException"
	TypeInternalServer       = "InternalServerException"
	TypeResourceNotFound     = "ResourceNotFoundException"
	TypeServiceQuotaExceeded = "ServiceQuotaExceededException"
	TypeThrottling           = "ThrottlingException"
	TypeValidation           = "ValidationException"
)

// TypeSerialization is the error of a body that cannot be decoded. It is no exception of
// the contract, but of its protocol.
const TypeSerialization = "SerializationException"

// Error is the one error callers of the service see. Cause is for logs only and never leaves the server.
type Error struct {
	Type      string
	Message   string
	Reason    ValidationExceptionReason  // only of a ValidationException
	ErrorList []ValidationExceptionError // only of a ValidationException
	// AccessReason is why an AccessDeniedException is returned; few have a reason.
	AccessReason AccessDeniedExceptionErrorCode
	Cause        error
}

// Error gives type, message and cause on one line.
func (e *Error) Error() string {
	text := e.Type
	if e.Message != "" {
		text += ": " + e.Message
	}
	if e.Cause != nil {
		text += ": " + e.Cause.Error()
	}
	return text
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Cause }

// NotFound says that nothing the caller may see has that identifier. Without a message it uses the words
// of the real service.
func NotFound(message string) *Error {
	if message == "" {
		message = "Resource not found"
	}
	return &Error{Type: TypeResourceNotFound, Message: message}
}

// Conflict says that the request fits no longer, or not together with an earlier one.
func Conflict(message string) *Error { return &Error{Type: TypeConflict, Message: message} }

// AccessDenied says that the caller may not do this.
func AccessDenied(message string) *Error { return &Error{Type: TypeAccessDenied, Message: message} }

// Throttled says that the caller must slow down.
func Throttled(message string) *Error { return &Error{Type: TypeThrottling, Message: message} }

// QuotaExceeded says that there is no room for one more.
func QuotaExceeded(message string) *Error {
	return &Error{Type: TypeServiceQuotaExceeded, Message: message}
}

// Internal is a fault of ours; the caller learns nothing about its cause.
func Internal(cause error) *Error {
	return &Error{Type: TypeInternalServer, Message: "The server could not complete the request", Cause: cause}
}

// Violation is one entry of a ValidationException's ErrorList. The message must not echo a value that
// may be sensitive.
func Violation(field string, code ValidationExceptionErrorCode, message string) ValidationExceptionError {
	return ValidationExceptionError{FieldName: &field, Code: &code, Message: &message}
}

// maxInMessage is how many violations the summary spells out; ErrorList has them all.
const maxInMessage = 10

// maxViolations bounds the answer to a request that is wrong in thousands of places.
const maxViolations = 1000

// Invalid is a ValidationException. Many clients show only its message, so that names the violations too.
// Of more than a thousand violations it has the first thousand.
func Invalid(reason ValidationExceptionReason, violations ...ValidationExceptionError) *Error {
	violations = violations[:min(len(violations), maxViolations)]
	var b strings.Builder
	for i, v := range violations {
		if i == maxInMessage {
			fmt.Fprintf(&b, "; and %d more", len(violations)-i)
			break
		}
		if i > 0 {
			b.WriteString("; ")
		}
		if field := Text(v.FieldName); field != "" {
			b.WriteString(field + ": ")
		}
		b.WriteString(Text(v.Message))
	}
	return &Error{Type: TypeValidation, Message: b.String(), Reason: reason, ErrorList: violations}
}

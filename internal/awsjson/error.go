package awsjson

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"cosell/internal/api"
)

// The types of errors that concern the request as HTTP or JSON, as callers see them.
const (
	methodNotAllowed     = "MethodNotAllowedException"
	requestTimeout       = "RequestTimeoutException"
	requestTooLarge      = "RequestEntityTooLargeException"
	serialization        = api.TypeSerialization
	serviceUnavailable   = "ServiceUnavailableException" // of faults
	unknownOperation     = "UnknownOperationException"
	unsupportedMediaType = "UnsupportedMediaTypeException"
)

func refuse(errorType, format string, args ...any) *api.Error {
	return &api.Error{Type: errorType, Message: fmt.Sprintf(format, args...)}
}

// toAPIError turns any error into one that a caller may see. An error that is not
// an *api.Error stays private: callers are sent an InternalServerException.
func toAPIError(ctx context.Context, err error) *api.Error {
	if known, ok := errors.AsType[*api.Error](err); ok {
		return known
	}
	internal := api.Internal(err)
	switch {
	case ctx.Err() != nil:
		internal.Message = "The client closed the request"
	case errors.Is(err, context.DeadlineExceeded):
		internal.Message = "The server could not complete the request in time"
	}
	return internal
}

// status returns the HTTP status of an error type: 400 for all but errors of HTTP
// itself and internal ones. Clients distinguish errors by type.
func status(errorType string) int {
	switch errorType {
	case api.TypeInternalServer:
		return http.StatusInternalServerError
	case methodNotAllowed:
		return http.StatusMethodNotAllowed
	case requestTimeout:
		return http.StatusRequestTimeout
	case requestTooLarge:
		return http.StatusRequestEntityTooLarge
	case serviceUnavailable:
		return http.StatusServiceUnavailable
	case unsupportedMediaType:
		return http.StatusUnsupportedMediaType
	default:
		return http.StatusBadRequest
	}
}

// describe adds the headers that HTTP requires with some errors.
func describe(header http.Header, errorType string) {
	switch errorType {
	case methodNotAllowed:
		header.Set("Allow", http.MethodPost)
	case requestTimeout, requestTooLarge:
		// The rest of the body is not read, so the connection cannot be reused.
		header.Set("Connection", "close")
	}
}

// errorType returns the type of an error as the service names it.
func (p *protocol) errorType(e *api.Error) string {
	if e.Type == api.TypeInternalServer {
		return p.internal
	}
	return e.Type
}

// lowerBody is the body of an error of awsJson1_1.
type lowerBody struct {
	Type    string `json:"__type"`
	Message string `json:"message"`
}

type errorBody struct {
	Type    string `json:"__type,omitzero"`
	Message string `json:"Message"`
}

type validationBody struct {
	errorBody

	Reason    api.ValidationExceptionReason  `json:"Reason"`
	ErrorList []api.ValidationExceptionError `json:"ErrorList"`
}

type accessDeniedBody struct {
	errorBody

	Reason api.AccessDeniedExceptionErrorCode `json:"Reason"`
}

// encodeError encodes the body of an error.
func (p *protocol) encodeError(e *api.Error) []byte {
	body := validationBody{Reason: e.Reason, ErrorList: e.ErrorList}
	body.Message = strings.ToValidUTF8(e.Message, "\uFFFD")
	if p.typeInBody {
		body.Type = p.errorType(e)
	}
	var encoded []byte
	var err error
	switch {
	case p.lowerMessage:
		encoded, err = api.Marshal(lowerBody{body.Type, body.Message})
	case e.Type == api.TypeValidation:
		encoded, err = api.Marshal(body)
	case e.AccessReason != "":
		encoded, err = api.Marshal(accessDeniedBody{body.errorBody, e.AccessReason})
	default:
		encoded, err = api.Marshal(body.errorBody)
	}
	if err != nil {
		// Encoding fails only for text that is not UTF-8, which the field name of a
		// violation may be.
		return []byte(`{"Message":"The error cannot be shown"}`)
	}
	return encoded
}

package awsjson

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"cosell/internal/api"
)

// What can be wrong with a request before it means anything, by the names that
// callers see.
const (
	methodNotAllowed     = "MethodNotAllowedException"
	requestTimeout       = "RequestTimeoutException"
	requestTooLarge      = "RequestEntityTooLargeException"
	serialization        = "SerializationException"
	unknownOperation     = "UnknownOperationException"
	unsupportedMediaType = "UnsupportedMediaTypeException"
)

func refuse(errorType, format string, args ...any) *api.Error {
	return &api.Error{Type: errorType, Message: fmt.Sprintf(format, args...)}
}

// funnel makes every error one that a caller may see. What is no *api.Error
// already stays private.
func funnel(ctx context.Context, err error) *api.Error {
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

// status is the HTTP status of an error. Clients tell errors apart by type; the
// status is 400 but where the request is wrong as HTTP, or the fault is ours.
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
	case unsupportedMediaType:
		return http.StatusUnsupportedMediaType
	default:
		return http.StatusBadRequest
	}
}

// describe adds the headers that HTTP wants with some errors.
func describe(header http.Header, errorType string) {
	switch errorType {
	case methodNotAllowed:
		header.Set("Allow", http.MethodPost)
	case requestTimeout, requestTooLarge:
		// What remains of the body is not worth reading for the next request.
		header.Set("Connection", "close")
	}
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

// encodeError writes the body of an error.
func (f *form) encodeError(e *api.Error) []byte {
	body := validationBody{Reason: e.Reason, ErrorList: e.ErrorList}
	body.Message = strings.ToValidUTF8(e.Message, "\uFFFD")
	if f.typeInBody {
		body.Type = e.Type
	}
	var encoded []byte
	var err error
	if e.Type == api.TypeValidation {
		encoded, err = api.Marshal(body)
	} else {
		encoded, err = api.Marshal(body.errorBody)
	}
	if err != nil {
		// Only text that is not UTF-8 cannot be encoded, and a violation may
		// name a member that came in no body we decoded.
		return []byte(`{"Message":"The error cannot be shown"}`)
	}
	return encoded
}

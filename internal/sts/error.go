package sts

import (
	"encoding/xml"
	"errors"
	"log/slog"
	"net/http"
	"strings"

	"cosell/internal/api"
)

type errorBody struct {
	XMLName xml.Name `xml:"https://sts.amazonaws.com/doc/2011-06-15/ ErrorResponse"`
	Error   struct {
		Type    string // Sender or Receiver
		Code    string
		Message string
	}
	RequestID string `xml:"RequestId"`
}

func refuse(code, message string) error { return &api.Error{Type: code, Message: message} }

// codes are the names and statuses of the query protocol for errors of the JSON
// protocol.
var codes = map[string]struct {
	code   string
	status int
}{
	"UnrecognizedClientException":         {"InvalidClientTokenId", http.StatusForbidden},
	"InvalidSignatureException":           {"SignatureDoesNotMatch", http.StatusForbidden},
	"MissingAuthenticationTokenException": {"MissingAuthenticationToken", http.StatusForbidden},
	"IncompleteSignatureException":        {"IncompleteSignature", http.StatusBadRequest},
	"ExpiredTokenException":               {"ExpiredToken", http.StatusForbidden},
	"PackedPolicyTooLargeException":       {"PackedPolicyTooLarge", http.StatusBadRequest},
	api.TypeThrottling:                    {"Throttling", http.StatusBadRequest},
	api.TypeAccessDenied:                  {"AccessDenied", http.StatusForbidden},
}

// refusal returns what a caller is told about an error. Every error that is not an
// *api.Error is logged and stays private.
func (c Config) refusal(r *http.Request, err error, requestID string) (body errorBody, status int) {
	body.RequestID = requestID
	known, ok := errors.AsType[*api.Error](err)
	if !ok || known.Type == api.TypeInternalServer {
		c.Log.LogAttrs(r.Context(), slog.LevelError, "sts fault", slog.String("cause", err.Error()))
		body.Error.Type, body.Error.Code = "Receiver", "InternalFailure"
		body.Error.Message = "The server could not complete the request"
		return body, http.StatusInternalServerError
	}
	body.Error.Type, body.Error.Code = "Sender", known.Type
	body.Error.Message = strings.ToValidUTF8(known.Message, "\uFFFD")
	status = http.StatusBadRequest
	if of, mapped := codes[known.Type]; mapped {
		body.Error.Code, status = of.code, of.status
	}
	return body, status
}

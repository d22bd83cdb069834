package awsjson

import (
	"fmt"
	"mime"
	"net/http"
	"slices"
	"strings"

	"cosell/internal/api"
)

// form is one way of putting an operation into HTTP. The header values are
// slices because answers share them; nobody may change one.
type form struct {
	contentType []string // of answers
	accepted    []string // content types of requests, the usual one first
	typeInBody  bool     // whether an error names its type in its body, too
	typeSuffix  string   // what stands behind an error's type in the header
}

const (
	json10 = "application/x-amz-json-1.0"
	json11 = "application/x-amz-json-1.1"
	plain  = "application/json"
)

var (
	// targetForm is awsJson1_0, as the SDKs speak it.
	targetForm = &form{
		contentType: []string{json10},
		accepted:    []string{json10},
		typeInBody:  true,
	}
	// pathForm is the older form that the recordings of the real service show
	// (docs/behavior/errors.md#path-form). Its clients look for the error's type in
	// the header only, before the colon.
	pathForm = &form{
		contentType: []string{plain},
		accepted:    []string{plain, json10},
		typeSuffix:  ":http://internal.amazon.com/coral/com.amazon.partnerintegrationapi.common/",
	}
)

func formOf(r *http.Request) *form {
	if r.URL.Path == "/" || r.Header["X-Amz-Target"] != nil {
		return targetForm
	}
	return pathForm
}

// operation finds the operation that r names.
func (h *Handler) operation(r *http.Request, f *form) (*api.Operation, error) {
	if r.Method != http.MethodPost {
		return nil, refuse(methodNotAllowed, "Operations are called with POST, not with %s.", quote(r.Method))
	}
	name := strings.TrimPrefix(r.URL.Path, "/")
	if f == targetForm {
		var err error
		if name, err = targetName(r); err != nil {
			return nil, err
		}
	}
	op, found := api.Lookup(name)
	switch {
	case !found:
		return nil, refuse(unknownOperation, "This service has no operation %s.", quote(name))
	case !h.Serves(name):
		return nil, refuse(unknownOperation, "The operation %s is not available on this server yet.", name)
	}
	return op, nil
}

func targetName(r *http.Request) (string, error) {
	targets := r.Header["X-Amz-Target"]
	switch {
	case len(targets) == 0:
		return "", refuse(unknownOperation, "The request names no operation: the header X-Amz-Target is missing. "+
			"It must be like %s.GetOpportunity.", api.TargetPrefix)
	case len(targets) > 1:
		return "", refuse(unknownOperation, "The request has %d X-Amz-Target headers; it must have one.", len(targets))
	case r.URL.Path != "/":
		return "", refuse(unknownOperation, "A request with an X-Amz-Target header goes to the path /, not to %s.", quote(r.URL.Path))
	}
	prefix, name, _ := strings.Cut(targets[0], ".")
	if prefix != api.TargetPrefix || name == "" {
		return "", refuse(unknownOperation, "X-Amz-Target is %s; it must be like %s.GetOpportunity.",
			quote(targets[0]), api.TargetPrefix)
	}
	return name, nil
}

// checkContent refuses what the headers already tell cannot be read.
func (f *form) checkContent(r *http.Request) error {
	if encoding := r.Header.Get("Content-Encoding"); encoding != "" && !strings.EqualFold(encoding, "identity") {
		return refuse(unsupportedMediaType, "The body must not be compressed; its Content-Encoding is %s.", quote(encoding))
	}
	switch types := r.Header["Content-Type"]; {
	case len(types) == 0:
		return refuse(unsupportedMediaType, "The header Content-Type is missing; it must be %s.", f.accepted[0])
	case len(types) > 1:
		return refuse(unsupportedMediaType, "The request has %d Content-Type headers; it must have one.", len(types))
	case !f.accepts(types[0]):
		hint := ""
		if strings.HasPrefix(types[0], json11) {
			hint = " This service speaks awsJson1_0, not awsJson1_1."
		}
		return refuse(unsupportedMediaType, "Content-Type is %s; it must be %s.%s", quote(types[0]), f.accepted[0], hint)
	}
	return nil
}

func (f *form) accepts(contentType string) bool {
	if contentType == f.accepted[0] {
		return true // what nearly every request says, without parsing it
	}
	mediaType, parameters, err := mime.ParseMediaType(contentType)
	if err != nil {
		return false
	}
	charset, given := parameters["charset"]
	if given && !strings.EqualFold(charset, "utf-8") {
		return false
	}
	return slices.Contains(f.accepted, mediaType)
}

// quote makes a part of a request fit to be read in a message: of bounded
// length, and nothing but printable characters.
func quote(s string) string {
	const most = 100
	if len(s) > most {
		return fmt.Sprintf("%q…", s[:most])
	}
	return fmt.Sprintf("%q", s)
}

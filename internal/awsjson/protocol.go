package awsjson

import (
	"fmt"
	"iter"
	"mime"
	"net/http"
	"slices"
	"strings"

	"cosell/internal/api"
	"cosell/internal/nearest"
)

// protocol is one way to carry an operation over HTTP. The header values are
// slices because answers share them; they must not be modified.
type protocol struct {
	contentType []string // of answers
	accepted    []string // content types of requests, the usual one first
	typeInBody  bool     // whether errors name their type in the body, too
	typeSuffix  string   // appended to an error's type in the header
}

const (
	json10 = "application/x-amz-json-1.0"
	json11 = "application/x-amz-json-1.1"
	plain  = "application/json"
)

var (
	// targetProtocol is awsJson1_0, which the SDKs speak.
	targetProtocol = &protocol{
		contentType: []string{json10},
		accepted:    []string{json10},
		typeInBody:  true,
	}
	// pathProtocol is the older protocol that recordings of the real service show
	// (docs/behavior/errors.md#path-form). Its clients look for the error's type in
	// the header only, before the colon.
	pathProtocol = &protocol{
		contentType: []string{plain},
		accepted:    []string{plain, json10},
		typeSuffix:  ":http://internal.amazon.com/coral/com.amazon.partnerintegrationapi.common/",
	}
)

func protocolOf(r *http.Request) *protocol {
	if r.URL.Path == "/" || r.Header["X-Amz-Target"] != nil {
		return targetProtocol
	}
	return pathProtocol
}

// operation returns the operation that r names.
func operation(r *http.Request, p *protocol) (*api.Operation, error) {
	if r.Method != http.MethodPost {
		return nil, refuse(methodNotAllowed, "method: %s is not supported; operations use POST", quote(r.Method))
	}
	name := strings.TrimPrefix(r.URL.Path, "/")
	if p == targetProtocol {
		var err error
		if name, err = targetName(r); err != nil {
			return nil, err
		}
	}
	op, found := api.Lookup(name)
	if !found {
		return nil, unknown(name)
	}
	return op, nil
}

// unknown returns the error for an operation that the contract does not have.
func unknown(name string) error {
	if meant := nearest.Word(name, operationNames()); meant != "" {
		return refuse(unknownOperation, "operation: %s is unknown; must be %s", quote(name), meant)
	}
	return refuse(unknownOperation, "operation: %s is unknown; must be one of the %d operations of AWS's model of %s, which this version of Cosell follows",
		quote(name), len(api.Operations), api.ModelDate)
}

func operationNames() iter.Seq[string] {
	return func(yield func(string) bool) {
		for i := range api.Operations {
			if !yield(api.Operations[i].Name) {
				return
			}
		}
	}
}

func targetName(r *http.Request) (string, error) {
	targets := r.Header["X-Amz-Target"]
	switch {
	case len(targets) == 0:
		return "", refuse(unknownOperation, "X-Amz-Target: header is missing; must name an operation, such as %s.GetOpportunity", api.TargetPrefix)
	case len(targets) > 1:
		return "", refuse(unknownOperation, "X-Amz-Target: %d headers; must be one", len(targets))
	case r.URL.Path != "/":
		return "", refuse(unknownOperation, "path: is %s; must be / for a request with an X-Amz-Target header", quote(r.URL.Path))
	}
	prefix, name, _ := strings.Cut(targets[0], ".")
	if prefix != api.TargetPrefix || name == "" {
		return "", refuse(unknownOperation, "X-Amz-Target: is %s; must name an operation, such as %s.GetOpportunity",
			quote(targets[0]), api.TargetPrefix)
	}
	return name, nil
}

// checkContent refuses content that the headers already show to be unreadable.
func (p *protocol) checkContent(r *http.Request) error {
	for _, encoding := range r.Header["Content-Encoding"] {
		if encoding != "" && !strings.EqualFold(encoding, "identity") {
			return refuse(unsupportedMediaType, "Content-Encoding: is %s; must be absent or identity, the body must not be compressed", quote(encoding))
		}
	}
	switch types := r.Header["Content-Type"]; {
	case len(types) == 0:
		return refuse(unsupportedMediaType, "Content-Type: header is missing; must be %s", p.accepted[0])
	case len(types) > 1:
		return refuse(unsupportedMediaType, "Content-Type: %d headers; must be one", len(types))
	case !p.accepts(types[0]):
		hint := ""
		if strings.HasPrefix(types[0], json11) {
			hint = ": this service speaks awsJson1_0, not awsJson1_1"
		}
		return refuse(unsupportedMediaType, "Content-Type: is %s; must be %s%s", quote(types[0]), p.accepted[0], hint)
	}
	return nil
}

func (p *protocol) accepts(contentType string) bool {
	if contentType == p.accepted[0] {
		return true // the usual case, without parsing
	}
	mediaType, parameters, err := mime.ParseMediaType(contentType)
	if err != nil {
		return false
	}
	charset, given := parameters["charset"]
	if given && !strings.EqualFold(charset, "utf-8") {
		return false
	}
	return slices.Contains(p.accepted, mediaType)
}

// quote returns a part of a request in a form that is safe in a message: of
// bounded length and printable.
func quote(s string) string {
	const limit = 100
	if len(s) > limit {
		return fmt.Sprintf("%q…", s[:limit])
	}
	return fmt.Sprintf("%q", s)
}

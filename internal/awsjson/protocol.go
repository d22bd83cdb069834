package awsjson

import (
	"fmt"
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
	API

	contentType  []string // of answers
	accepted     []string // content types of requests, the usual one first
	typeInBody   bool     // whether errors name their type in the body, too
	typeSuffix   string   // appended to an error's type in the header
	hint         string   // added where the content type is wrong and wrongVersion
	wrongVersion string   // the content type of the other version of awsJson
	modelDate    []string // header that says which of AWS's models the server follows
	maxContent   int      // size in bytes of the largest request without what is ignored of it; 0 is any
	internal     string   // type of an error of the server
	lowerMessage bool     // whether the member of errors is message, not Message
}

const (
	json10 = "application/x-amz-json-1.0"
	json11 = "application/x-amz-json-1.1"
	plain  = "application/json"
)

// An opportunity may be a little smaller than the largest content; other records are
// much smaller.
const maxContent = 136 << 10

// targetProtocol returns awsJson1_0, which the SDKs speak.
func targetProtocol(a API) *protocol {
	return &protocol{
		API: a, contentType: []string{json10}, accepted: []string{json10}, typeInBody: true,
		wrongVersion: json11, hint: ": this service speaks awsJson1_0, not awsJson1_1",
		modelDate: []string{api.ModelDate}, maxContent: maxContent, internal: api.TypeInternalServer,
	}
}

// pathProtocol returns the older protocol that recordings of the real service show
// (docs/behavior/errors.md#path-form). Its clients look for the error's type in
// the header only, before the colon.
func pathProtocol(a API) *protocol {
	p := targetProtocol(a)
	p.contentType, p.accepted, p.typeInBody = []string{plain}, []string{plain, json10}, false
	p.typeSuffix = ":http://internal.amazon.com/coral/com.amazon.partnerintegrationapi.common/"
	return p
}

// otherProtocol returns awsJson1_1 as EventBridge speaks it.
func otherProtocol(a API) *protocol {
	return &protocol{
		API: a, contentType: []string{json11}, accepted: []string{json11}, typeInBody: true,
		wrongVersion: json10, hint: ": this service speaks awsJson1_1, not awsJson1_0",
		internal: "InternalException", lowerMessage: true,
	}
}

func (h *Handler) protocol(r *http.Request) *protocol {
	targets := r.Header["X-Amz-Target"]
	if len(targets) == 1 && len(h.others) > 0 {
		prefix, _, _ := strings.Cut(targets[0], ".")
		if p, ok := h.others[prefix]; ok {
			return p
		}
	}
	if r.URL.Path == "/" || targets != nil {
		return h.target
	}
	return h.path
}

// operation returns the operation that r names.
func (p *protocol) operation(r *http.Request) (*api.Operation, error) {
	if r.Method != http.MethodPost {
		return nil, refuse(methodNotAllowed, "method: %s is not supported; operations use POST", quote(r.Method))
	}
	name := strings.TrimPrefix(r.URL.Path, "/")
	if p.typeInBody {
		var err error
		if name, err = p.targetName(r); err != nil {
			return nil, err
		}
	}
	op, found := api.LookupIn(p.Operations, name)
	if !found {
		return nil, p.unknown(name)
	}
	return op, nil
}

// unknown returns the error for an operation that the contract does not have.
func (p *protocol) unknown(name string) error {
	if meant := nearest.Word(name, api.Names(p.Operations)); meant != "" {
		return refuse(unknownOperation, "operation: %s is unknown; must be %s", quote(name), meant)
	}
	if p.modelDate == nil {
		return refuse(unknownOperation, "operation: %s is unknown; must be one of the %d operations of %s that this version of Cosell has",
			quote(name), len(p.Operations), p.TargetPrefix)
	}
	return refuse(unknownOperation, "operation: %s is unknown; must be one of the %d operations of AWS's model of %s, which this version of Cosell follows",
		quote(name), len(p.Operations), api.ModelDate)
}

func (p *protocol) targetName(r *http.Request) (string, error) {
	targets := r.Header["X-Amz-Target"]
	switch {
	case len(targets) == 0:
		return "", refuse(unknownOperation, "X-Amz-Target: header is missing; must name an operation, such as %s.%s", p.TargetPrefix, p.example())
	case len(targets) > 1:
		return "", refuse(unknownOperation, "X-Amz-Target: %d headers; must be one", len(targets))
	case r.URL.Path != "/":
		return "", refuse(unknownOperation, "path: is %s; must be / for a request with an X-Amz-Target header", quote(r.URL.Path))
	}
	prefix, name, _ := strings.Cut(targets[0], ".")
	if prefix != p.TargetPrefix || name == "" {
		return "", refuse(unknownOperation, "X-Amz-Target: is %s; must name an operation, such as %s.%s",
			quote(targets[0]), p.TargetPrefix, p.example())
	}
	return name, nil
}

// example returns the name of an operation for a message.
func (p *protocol) example() string {
	if p.TargetPrefix == api.TargetPrefix {
		return "GetOpportunity"
	}
	return p.Operations[0].Name
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
		if strings.HasPrefix(types[0], p.wrongVersion) {
			hint = p.hint
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

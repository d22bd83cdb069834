package auth

import (
	"net/http"
	"slices"
	"strings"
)

const (
	algorithm  = "AWS4-HMAC-SHA256"
	terminator = "aws4_request"

	// maxAuthorization is far above what clients send. It limits the work that an
	// unauthenticated request can cause.
	maxAuthorization = 4096
)

// scope is the date, region and service that a signing key is valid for.
type scope struct {
	date, region, service string
}

// appendTo appends the scope in the form of the Credential parameter.
func (s scope) appendTo(b []byte) []byte {
	for _, part := range [...]string{s.date, s.region, s.service} {
		b = append(append(b, part...), '/')
	}
	return append(b, terminator...)
}

// authorization is the parsed value of an Authorization header.
type authorization struct {
	*signing

	signature string
}

// authorizationHeader returns the value of the only Authorization header.
func authorizationHeader(header http.Header) (string, error) {
	values := header["Authorization"]
	switch {
	case len(values) == 0 || len(values) == 1 && values[0] == "":
		return "", refuse(missingToken, "Missing Authentication Token")
	case len(values) > 1:
		return "", refuse(incomplete, "Authorization: %d headers; must be one", len(values))
	case len(values[0]) > maxAuthorization:
		return "", refuse(incomplete, "Authorization: is too long; must have at most %d bytes", maxAuthorization)
	}
	return values[0], nil
}

// parseAuthorization parses the value of an Authorization header. Its errors quote
// no part that could be a misplaced secret.
func parseAuthorization(value string) (authorization, error) {
	scheme, rest, _ := strings.Cut(value, " ")
	if scheme != algorithm {
		return authorization{}, refuse(incomplete, "Authorization: must begin with %s, the only supported signing algorithm", algorithm)
	}
	var credential, signedHeaders, signature string
	for part := range strings.SplitSeq(rest, ",") {
		name, content, found := strings.Cut(strings.Trim(part, " \t"), "=")
		if !found {
			return authorization{}, refuse(incomplete, "Authorization: every part must be Name=Value")
		}
		var target *string
		switch name {
		case "Credential":
			target = &credential
		case "SignedHeaders":
			target = &signedHeaders
		case "Signature":
			target = &signature
		default:
			return authorization{}, refuse(incomplete, "Authorization: has an unknown part; must have Credential, SignedHeaders and Signature")
		}
		if *target != "" {
			return authorization{}, refuse(incomplete, "Authorization header repeats the '%s' parameter.", name)
		}
		if content == "" {
			return authorization{}, refuse(incomplete, "Authorization header has an empty '%s' parameter.", name)
		}
		*target = content
	}
	if err := requireAll(credential, signedHeaders, signature); err != nil {
		return authorization{}, err
	}
	keyID, keyScope, err := parseCredential(credential)
	if err != nil {
		return authorization{}, err
	}
	names, err := parseSignedHeaders(signedHeaders)
	if err != nil {
		return authorization{}, err
	}
	return authorization{&signing{keyID: keyID, scope: keyScope, signedHeaders: names}, signature}, nil
}

// requireAll returns one error that names every missing part.
func requireAll(credential, signedHeaders, signature string) error {
	var missing []string
	for _, part := range [...]struct{ name, content string }{
		{"Credential", credential},
		{"SignedHeaders", signedHeaders},
		{"Signature", signature},
	} {
		if part.content == "" {
			missing = append(missing, "Authorization header requires '"+part.name+"' parameter.")
		}
	}
	if missing == nil {
		return nil
	}
	return refuse(incomplete, "%s", strings.Join(missing, " "))
}

func parseCredential(credential string) (keyID string, s scope, err error) {
	parts := strings.Split(credential, "/")
	if len(parts) != 5 || slices.Contains(parts, "") {
		return "", scope{}, refuse(incomplete,
			"Credential must have exactly 5 slash-delimited elements: keyid/date/region/service/%s.", terminator)
	}
	if parts[4] != terminator {
		return "", scope{}, refuse(invalidSignature, "Credential should be scoped with a valid terminator: '%s'.", terminator)
	}
	if !wellFormedRegion(parts[2]) {
		return "", scope{}, refuse(invalidSignature, "Credential should be scoped to a valid region.")
	}
	return parts[0], scope{date: parts[1], region: parts[2], service: parts[3]}, nil
}

// wellFormedRegion reports whether a name could be that of a region. The real
// service exists in us-east-1 only, but clients may have any region configured,
// and signatures are safe under all of them: the region is only an input of the
// signing key.
func wellFormedRegion(region string) bool {
	const maxRegion = 32
	return len(region) <= maxRegion && region[0] >= 'a' && region[0] <= 'z' &&
		!strings.ContainsFunc(region, func(r rune) bool {
			return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-'
		})
}

// parseSignedHeaders parses the list of signed headers, which must be in canonical
// form: naming the mistake is more helpful than a signature mismatch.
func parseSignedHeaders(list string) ([]string, error) {
	names := strings.Split(list, ";")
	for i, name := range names {
		if name == "" || strings.ContainsFunc(name, notInHeaderName) {
			return nil, refuse(incomplete, "SignedHeaders: must be header names in lower case, separated by ';'")
		}
		if i > 0 && names[i-1] >= name {
			return nil, refuse(incomplete, "SignedHeaders: '%s' is out of order or repeated; must be sorted, each header once", name)
		}
	}
	return names, nil
}

// notInHeaderName reports whether a character is not allowed in a field name of
// HTTP (a token of RFC 9110) in lower case.
func notInHeaderName(r rune) bool {
	return (r < 'a' || r > 'z') && (r < '0' || r > '9') && !strings.ContainsRune("-_.!#$%&'*+^`|~", r)
}

package auth

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"slices"
	"strings"
	"time"
)

// refuseSignedQuery refuses presigned URLs. No client presigns calls of a JSON
// service, and a URL with a signature is easily leaked.
func refuseSignedQuery(rawQuery string) error {
	if rawQuery == "" {
		return nil
	}
	for pair := range strings.SplitSeq(rawQuery, "&") {
		name, _, _ := strings.Cut(pair, "=")
		switch strings.ToLower(name) {
		case "x-amz-algorithm", "x-amz-credential", "x-amz-signature":
			return refuse(incomplete, "query string: has a signature; must be in the Authorization header")
		}
	}
	return nil
}

// requireSigned checks that the signature covers everything that matters: each
// signed header is present, and Host and all X-Amz headers are signed.
func requireSigned(r *http.Request, signedHeaders []string) error {
	for _, name := range signedHeaders {
		if !hasHeader(r, name) {
			return refuse(invalidSignature, "The signed header '%s' is not in the request.", name)
		}
	}
	if !slices.Contains(signedHeaders, "host") {
		return refuse(invalidSignature, "'Host' must be a 'SignedHeader' in the Authorization header.")
	}
	for name := range r.Header {
		const prefix = "x-amz-"
		if len(name) < len(prefix) || !strings.EqualFold(name[:len(prefix)], prefix) {
			continue
		}
		if !slices.ContainsFunc(signedHeaders, func(signed string) bool { return strings.EqualFold(signed, name) }) {
			return refuse(invalidSignature, "'%s' must be a 'SignedHeader' in the Authorization header.", name)
		}
	}
	return nil
}

// single returns the value of a header that may be sent once, "" when it is
// absent. The canonical request cannot tell two values from one with a comma, so
// headers that are evaluated here must not be repeated.
func single(header http.Header, name string) (string, error) {
	switch values := header[name]; len(values) {
	case 0:
		return "", nil
	case 1:
		return values[0], nil
	default:
		return "", refuse(incomplete, "%s: %d headers; must be one", name, len(values))
	}
}

// signingTime returns when a request was signed, from X-Amz-Date or else Date.
func signingTime(header http.Header) (time.Time, error) {
	value, err := single(header, "X-Amz-Date")
	if err != nil {
		return time.Time{}, err
	}
	if value != "" {
		at, ok := parseBasicTime(value)
		if !ok {
			return time.Time{}, refuse(incomplete, "X-Amz-Date: must be in ISO 8601 basic format, such as %s", basicTime)
		}
		return at, nil
	}
	value, err = single(header, "Date")
	if err != nil {
		return time.Time{}, err
	}
	if value == "" {
		return time.Time{}, refuse(incomplete, "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.")
	}
	if at, ok := parseBasicTime(value); ok {
		return at, nil
	}
	at, err := http.ParseTime(value)
	if err != nil {
		return time.Time{}, refuse(incomplete, "Date: must be an HTTP date or in ISO 8601 basic format, such as %s", basicTime)
	}
	return at.UTC(), nil
}

// parseBasicTime parses a time in ISO 8601 basic format.
func parseBasicTime(value string) (at time.Time, ok bool) {
	at, err := time.Parse(basicTime, value)
	// time.Parse takes fractional seconds that the layout does not have.
	return at, err == nil && len(value) == len(basicTime)
}

// refuseUnsigned refuses requests whose signature does not cover the body.
func refuseUnsigned(header http.Header) error {
	claimed, err := single(header, "X-Amz-Content-Sha256")
	if err == nil && (claimed == "UNSIGNED-PAYLOAD" || strings.HasPrefix(claimed, "STREAMING-")) {
		return refuse(incomplete, "X-Amz-Content-Sha256: unsigned and streaming payloads are not supported; must be the SHA-256 of the body")
	}
	return err
}

// hashPayload returns the hash of the body, and an error if the request claims
// another one.
func hashPayload(header http.Header, body []byte) (string, error) {
	sum := sha256.Sum256(body)
	var digits [2 * sha256.Size]byte
	hex.Encode(digits[:], sum[:])
	actual := string(digits[:])
	claimed, err := single(header, "X-Amz-Content-Sha256")
	switch {
	case err != nil:
		return "", err
	case claimed != "" && claimed != actual:
		return "", refuse(invalidSignature, "X-Amz-Content-Sha256: is not the SHA-256 of the body; must be %s", actual)
	}
	return actual, nil
}

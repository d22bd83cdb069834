package auth

import (
	"fmt"
	"strings"

	"cosell/internal/api"
)

// The ways a caller fails to say who they are, by their names on the wire.
const (
	missingToken       = "MissingAuthenticationTokenException"
	incomplete         = "IncompleteSignatureException"
	invalidSignature   = "InvalidSignatureException"
	unrecognizedClient = "UnrecognizedClientException"
)

// Unrecognized is the error for an access key id that nobody holds.
func Unrecognized() error {
	return refuse(unrecognizedClient, "The security token included in the request is invalid.")
}

// refuse makes the error of the given type. Messages quote parts of requests
// whose bytes are anybody's, while an answer must be valid UTF-8.
func refuse(errorType, format string, args ...any) *api.Error {
	return &api.Error{
		Type:    errorType,
		Message: strings.ToValidUTF8(fmt.Sprintf(format, args...), "\uFFFD"),
	}
}

// mismatch explains a signature that is not the one we calculated. Showing what
// we signed lets callers find where their signing differs; neither text lets
// anybody make a signature.
func mismatch(canonical, toSign string) error {
	return refuse(invalidSignature, "The request signature we calculated does not match the signature you provided. "+
		"Check your AWS Secret Access Key and signing method. Consult the service documentation for details.\n\n"+
		"The Canonical String for this request should have been\n'%s'\n\n"+
		"The String-to-Sign should have been\n'%s'\n", hideToken(canonical), toSign)
}

// hideToken blanks the session token in a canonical request: it is a
// credential, and error messages end up in logs.
func hideToken(canonical string) string {
	const name = "\nx-amz-security-token:"
	head, rest, found := strings.Cut(canonical, name)
	if !found {
		return canonical
	}
	_, rest, _ = strings.Cut(rest, "\n")
	return head + name + "(hidden)\n" + rest
}

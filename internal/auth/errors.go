package auth

import (
	"fmt"
	"strings"

	"cosell/internal/api"
)

// The types of authentication errors, as callers see them.
const (
	expiredToken       = "ExpiredTokenException"
	missingToken       = "MissingAuthenticationTokenException"
	incomplete         = "IncompleteSignatureException"
	invalidSignature   = "InvalidSignatureException"
	unrecognizedClient = "UnrecognizedClientException"
)

// Unrecognized returns the error for an access key id that does not exist.
func Unrecognized() error {
	return refuse(unrecognizedClient, "The security token included in the request is invalid.")
}

// UnrecognizedInDevelopment returns that error where development keys are accepted,
// which it names: they are no secret.
func UnrecognizedInDevelopment() error {
	return refuse(unrecognizedClient, "The security token included in the request is invalid. "+
		"In development mode the access key is test, aws or an account of twelve digits, and the secret key is test.")
}

// Expired returns the error for a session token whose time is over.
func Expired() error {
	return refuse(expiredToken, "The security token included in the request is expired")
}

// refuse returns an error of the given type. Messages quote parts of requests,
// which may hold any bytes, while an answer must be valid UTF-8.
func refuse(errorType, format string, args ...any) *api.Error {
	return &api.Error{
		Type:    errorType,
		Message: strings.ToValidUTF8(fmt.Sprintf(format, args...), "\uFFFD"),
	}
}

// mismatch returns the error for a wrong signature. It shows what the server
// signed, as AWS does, so that callers can find the difference; neither text helps
// to forge a signature.
func mismatch(canonical, toSign string) error {
	return refuse(invalidSignature, "The request signature we calculated does not match the signature you provided. "+
		"Check your AWS Secret Access Key and signing method. Consult the service documentation for details.\n\n"+
		"The Canonical String for this request should have been\n'%s'\n\n"+
		"The String-to-Sign should have been\n'%s'\n", hideToken(canonical), toSign)
}

// hideToken removes the session token from a canonical request: it is a
// credential, and error messages may be logged.
func hideToken(canonical string) string {
	const name = "\nx-amz-security-token:"
	head, rest, found := strings.Cut(canonical, name)
	if !found {
		return canonical
	}
	_, rest, _ = strings.Cut(rest, "\n")
	return head + name + "(hidden)\n" + rest
}

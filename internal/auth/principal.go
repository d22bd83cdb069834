// Package auth verifies the AWS Signature Version 4 of a request and returns who
// signed it.
//
// [Verifier] accepts the one form that clients of a JSON service use, a signature in
// the Authorization header that covers the whole body. Unsigned or streamed payloads
// and signed query strings are refused. [ObjectVerifier] accepts the forms that
// clients of S3 use, for the service name s3 alone.
package auth

// Principal is the identity that signed a verified request.
type Principal struct {
	// Account is the twelve-digit account, or "aws" for the AWS side.
	Account string
	// AccessKeyID is the public half of the key that signed the request.
	AccessKeyID string
	// ARN names the identity the key belongs to.
	ARN string
}

// Package auth establishes who is calling.
//
// Every request is signed with Signature Version 4 in the Authorization
// header, the one form that clients of a JSON service use. The package accepts
// exactly that form: what a signature does not cover, or covers only by
// promise (unsigned or streamed payloads, signed query strings), is refused.
package auth

// Principal is the party a verified request speaks for.
type Principal struct {
	// Account is the twelve-digit account, or "aws" for the AWS side.
	Account string
	// AccessKeyID is the public half of the key that signed the request.
	AccessKeyID string
	// ARN names the identity the key belongs to.
	ARN string
}

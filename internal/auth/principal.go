// Package auth verifies the AWS Signature Version 4 of a request and returns who
// signed it.
//
// [Verifier] accepts the one form that clients of a JSON service use, a signature in
// the Authorization header that covers the whole body. Unsigned or streamed payloads
// and signed query strings are refused. [ObjectVerifier] accepts the forms that
// clients of S3 use, for the service name s3 alone.
package auth

import (
	"time"

	"cosell/internal/policy"
)

// Principal is the identity that signed a verified request.
type Principal struct {
	// Account is the twelve-digit account, or "aws" for the AWS side.
	Account string
	// AccessKeyID is the public half of the key that signed the request.
	AccessKeyID string
	// ARN names the identity the key belongs to.
	ARN string
	// Identity is what registered credentials say of their principal; nil for the
	// development keys, which are those of an account's root user.
	Identity *Identity
}

// Job is what a service of AWS does in the name of an account, as one of its roles.
type Job struct {
	Service string // as a role's trust policy names it
	Account string
	ARN     string // of the job
	RoleARN string // "" for none
	Session string // name of the role's session
}

// The kinds of principals.
const (
	KindRoot  = "root"
	KindUser  = "user"
	KindGroup = "group"
	KindRole  = "role"
)

// Identity is a registered principal. It is immutable.
type Identity struct {
	Kind string // KindUser, KindRole or KindRoot
	Name string // of the user or role; "root" for the root user
	// ID is the unique id of the user or role, which no later one of its name has.
	ID string
	// RoleARN is the ARN of the role that a session belongs to; "" for others.
	RoleARN string
	// Session is what temporary credentials add; nil for others.
	Session *Session
}

// Session is what temporary credentials say of themselves.
type Session struct {
	Name     string // of the session of a role
	IssuedAt time.Time
	Expires  time.Time
	// Policies limit the session.
	Policies []policy.Named
	// Tags are the session tags, by their keys.
	Tags map[string]string
	// Transitive are the keys of the tags that sessions made from this one keep.
	Transitive []string
}

// UserID returns the unique id of who signed a request, as STS tells it.
func (p Principal) UserID() string {
	switch {
	case p.Identity == nil || p.Identity.Kind == KindRoot:
		return p.Account
	case p.Identity.Kind == KindRole && p.Identity.Session != nil:
		return p.Identity.ID + ":" + p.Identity.Session.Name
	}
	return p.Identity.ID
}

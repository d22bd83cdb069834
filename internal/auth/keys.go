package auth

import (
	"context"
	"strings"
)

// Key is an access key with its secret and owner.
type Key struct {
	// Principal is the owner of the key.
	Principal Principal
	// Secret is the secret access key. It never leaves this package.
	Secret string
}

// Keys finds access keys.
type Keys interface {
	// Lookup returns the key with the given id, which for temporary credentials goes
	// with a session token; the token is "" where the request has none. For an id that
	// does not exist it returns an UnrecognizedClientException (see [Unrecognized]); an
	// error that is not an *api.Error is reported as an internal error.
	Lookup(ctx context.Context, accessKeyID, sessionToken string) (Key, error)
}

const (
	// AWSAccount is the account of the AWS side.
	AWSAccount = "aws"

	// DevSecret is the secret of every development key.
	DevSecret = "test"

	devAccount = "000000000000"
)

// DevKeys are the keys of development mode, which are not registered: the id of a
// key names its account and the secret is always "test". Session tokens are
// ignored, so that a profile made for a real account works unchanged, but must be
// signed.
type DevKeys struct{}

// Lookup accepts the id "test" (account 000000000000), the id "aws" (the AWS side)
// and every id of twelve digits (that account).
func (DevKeys) Lookup(_ context.Context, accessKeyID, _ string) (Key, error) {
	account := accessKeyID
	switch {
	case accessKeyID == "test":
		account = devAccount
	case accessKeyID == AWSAccount, IsAccountID(accessKeyID):
	default:
		return Key{}, UnrecognizedInDevelopment()
	}
	return Key{
		Principal: Principal{
			Account:     account,
			AccessKeyID: accessKeyID,
			ARN:         "arn:aws:iam::" + account + ":root",
		},
		Secret: DevSecret,
	}, nil
}

// IsAccountID reports whether a text is an account of twelve digits.
func IsAccountID(s string) bool {
	return len(s) == 12 && !strings.ContainsFunc(s, func(r rune) bool { return r < '0' || r > '9' })
}

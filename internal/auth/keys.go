package auth

import (
	"context"
	"strings"
)

// Key is an access key as the verifier needs it.
type Key struct {
	// Principal is the party that holds the key.
	Principal Principal
	// Secret is the shared half of the key. It never leaves this package.
	Secret string
}

// Keys finds access keys.
type Keys interface {
	// Lookup returns the key with the given id. An id nobody holds is an
	// UnrecognizedClientException (see [Unrecognized]); an error that is no
	// *api.Error is taken for a fault of ours.
	Lookup(ctx context.Context, accessKeyID string) (Key, error)
}

const (
	// AWSAccount is the account of the AWS side.
	AWSAccount = "aws"

	devAccount = "000000000000"
	devSecret  = "test"
)

// DevKeys are the keys of development mode, where a key need not be registered:
// its id says which account it belongs to and its secret is always "test". They
// ignore what a session token says, so that a profile made for a real account
// works unchanged; the verifier still wants the token signed.
type DevKeys struct{}

// Lookup knows the id "test" (account 000000000000), the id "aws" (the AWS
// side) and every twelve-digit id (that account).
func (DevKeys) Lookup(_ context.Context, accessKeyID string) (Key, error) {
	account := accessKeyID
	switch {
	case accessKeyID == "test":
		account = devAccount
	case accessKeyID == AWSAccount, isAccountID(accessKeyID):
	default:
		return Key{}, Unrecognized()
	}
	return Key{
		Principal: Principal{
			Account:     account,
			AccessKeyID: accessKeyID,
			ARN:         "arn:aws:iam::" + account + ":root",
		},
		Secret: devSecret,
	}, nil
}

func isAccountID(s string) bool {
	return len(s) == 12 && !strings.ContainsFunc(s, func(r rune) bool { return r < '0' || r > '9' })
}

// Package secretstest makes a keeper of secrets for tests.
package secretstest

import (
	"crypto/rand"
	"testing"

	"cosell/internal/secrets"
)

// New returns a keeper that seals nothing, with random secrets.
func New(t testing.TB) *secrets.Keeper {
	t.Helper()
	keeper, err := secrets.New(nil, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return keeper
}

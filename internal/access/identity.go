// Package access says which operator sent a request, and what that operator may do:
// tokens, roles, sessions of the console, and the guard in front of everything that
// only operators use.
package access

import (
	"context"
	"fmt"
	"slices"

	"cosell/internal/auth"
	"cosell/internal/identity"
)

// Role is what an operator may do.
type Role string

// The roles of operators.
const (
	// Administrator may do everything.
	Administrator Role = "administrator"
	// Reviewer acts as AWS toward partners and reads what belongs to accounts.
	Reviewer Role = "reviewer"
	// Auditor reads everything but secrets, and changes nothing.
	Auditor Role = "auditor"
	// User is no operator: a user of an account who signed in to the console, whose calls
	// are held to the user's own policies. No token has it.
	User Role = "user"
)

// ParseRole returns the role with a name.
func ParseRole(name string) (Role, error) {
	switch r := Role(name); r {
	case Administrator, Reviewer, Auditor:
		return r, nil
	}
	return "", fmt.Errorf("role: is %.40q; must be administrator, reviewer or auditor", name)
}

// Identity is an operator, or a user of an account who signed in to the console.
type Identity struct {
	// Name is that of the token or the ARN of the user, for logs and the audit.
	Name string
	Role Role
	// Accounts are those that the operator may see and change; all if empty.
	Accounts []string
	// Local reports that the operator is trusted because the request is from this
	// machine, in development mode.
	Local bool

	// Principal is the user of an account, for the role User; nil for operators.
	Principal *auth.Principal

	hash    string // of the token
	login   *identity.Login
	session string // what names the session in the store; "" without a cookie
	ends    int64  // when the session ends, in milliseconds
}

// Covers reports whether an operator may see and change an account.
func (i *Identity) Covers(account string) bool {
	return len(i.Accounts) == 0 || slices.Contains(i.Accounts, account)
}

// Scoped reports whether an operator is limited to some accounts.
func (i *Identity) Scoped() bool { return len(i.Accounts) > 0 }

// Session reports whether the operator signed in to the console.
func (i *Identity) Session() bool { return i.session != "" }

type identityKey struct{}

// With returns a context of a request that an operator sent.
func With(ctx context.Context, i *Identity) context.Context {
	return context.WithValue(ctx, identityKey{}, i)
}

// From returns the operator or user who sent the request of a context, or nil.
func From(ctx context.Context) *Identity {
	i, _ := ctx.Value(identityKey{}).(*Identity)
	return i
}

// Local is the operator of a server in development mode.
func Local() *Identity { return &Identity{Name: "local", Role: Administrator, Local: true} }

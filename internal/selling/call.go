package selling

import (
	"cosell/internal/api"
	"cosell/internal/operation"
)

// Call is a selling operation in its transaction. Its exported methods are the
// operations of the API.
type Call struct {
	*operation.Call
	*Config
}

// onBehalfOf returns a call in the same transaction whose caller is another
// account, for the effects of an operation on that account.
func (c *Call) onBehalfOf(account string) *Call {
	return &Call{Call: c.OnBehalfOf(account), Config: c.Config}
}

// invalid refuses a request that breaks a rule.
func invalid(violations ...api.ValidationExceptionError) error {
	return operation.Invalid(violations...)
}

package operator

import (
	"errors"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"cosell/internal/access"
	"cosell/internal/api"
)

// userRight is what the policies of a user must allow where the user uses a route: an
// operation of the API that tells at least as much.
type userRight struct {
	operation string // "" where the route tells nothing of records
	request   func(ctx huma.Context) api.Input
	// filtered says that the route tells of the user's account, and leaves out the records
	// that its policies do not let it read.
	filtered bool
}

// userRights are the routes that a user of an account may use who signed in to the
// console, for that account (docs/security.md#users-of-the-console). All others are for
// operators.
var userRights = map[string]userRight{
	"GET /session":       {},
	"GET /accounts":      {}, // of which it tells the user's own
	"GET /clock":         {},
	"GET /events":        {filtered: true},
	"GET /events/stream": {filtered: true},
	"GET /pipeline": {operation: "ListOpportunities", request: func(ctx huma.Context) api.Input {
		return &api.ListOpportunitiesRequest{Catalog: given(ctx.Query("catalog"))}
	}},
	"GET /opportunities/{id}/submission": {operation: "GetOpportunity", request: func(ctx huma.Context) api.Input {
		return &api.GetOpportunityRequest{Catalog: given(ctx.Query("catalog")), Identifier: new(ctx.Param("id"))}
	}},
}

// refusalOfUser returns the status and the reason of refusing a user of an account, 0 for
// none.
func (c Config) refusalOfUser(i *access.Identity, ctx huma.Context) (int, string) {
	right, known := userRights[ctx.Operation().Method+" "+ctx.Operation().Path]
	switch {
	case !known || i.Principal == nil:
		return http.StatusForbidden, "user: may not use this route, which is for operators"
	case right.operation == "" && !right.filtered:
		return 0, ""
	case ctx.Query("account") != i.Principal.Account:
		return http.StatusForbidden, "account: is not that of the user; must be " + i.Principal.Account
	case right.filtered:
		return 0, ""
	}
	op, found := api.Lookup(right.operation)
	in := right.request(ctx)
	if !found || c.Authorize == nil || len(in.Check()) > 0 {
		return http.StatusForbidden, "catalog, id: must name what the user may read"
	}
	r, _ := humago.Unwrap(ctx)
	err := c.Authorize(ctx.Context(), r, *i.Principal, op, in)
	if why := refused(err); why != nil {
		return http.StatusForbidden, why.Message
	}
	if err != nil {
		return http.StatusInternalServerError, c.fault(ctx.Context(), err).Error()
	}
	return 0, ""
}

// refused returns why policies refuse what was asked for, nil where they do not: where they
// could not be read, nobody was refused.
func refused(err error) *api.Error {
	if e, ok := errors.AsType[*api.Error](err); ok && e.Type == api.TypeAccessDenied {
		return e
	}
	return nil
}

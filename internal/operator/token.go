package operator

import (
	"context"
	"errors"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"cosell/internal/access"
	"cosell/internal/store"
)

// TokenFields describe a token. It is exported because huma ignores embedded
// structures that are not.
type TokenFields struct {
	Name      string     `json:"name" pattern:"^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$" patternDescription:"letters, digits and ._@-" example:"ci" doc:"Who uses the token; logs and the audit show it"`
	Role      string     `json:"role" enum:"administrator,reviewer,auditor" doc:"administrator: everything; reviewer: acts as AWS and reads; auditor: reads"`
	Accounts  []string   `json:"accounts,omitempty" nullable:"false" maxItems:"1000" doc:"Accounts that the operator may see and change; all if empty"`
	ExpiresAt *time.Time `json:"expiresAt,omitempty" doc:"When the token ends; never if absent"`
}

type listedToken struct {
	TokenFields

	CreatedAt  time.Time  `json:"createdAt"`
	LastUsedAt *time.Time `json:"lastUsedAt,omitempty" doc:"When the token was used last, to the minute; absent if never"`
}

type tokenList struct {
	Tokens []listedToken `json:"tokens" nullable:"false" doc:"By name, without the one that the server was started with"`
}

type madeToken struct {
	Token string `json:"token" doc:"The token: shown once"`
	TokenFields
}

type tokenPath struct {
	Name string `path:"name" maxLength:"64" example:"ci"`
}

type sessionState struct {
	Auth     string   `json:"auth" enum:"dev,strict" doc:"How requests to the server are authenticated"`
	Name     string   `json:"name" doc:"The operator who asks, or the ARN of the user of an account"`
	Role     string   `json:"role" enum:"administrator,reviewer,auditor,user" doc:"user: a user of an account, whose own policies decide"`
	Accounts []string `json:"accounts" nullable:"false" doc:"Accounts that the operator may see and change, or that of the user; all if empty"`
}

func (c Config) tokenRoutes(rest huma.API) {
	const tag, path = "Operators", "/tokens"
	huma.Get(rest, "/session", func(ctx context.Context, _ *struct{}) (*body[sessionState], error) {
		i := access.From(ctx)
		state := sessionState{Auth: "strict", Name: i.Name, Role: string(i.Role), Accounts: append([]string{}, i.Accounts...)}
		if !c.Strict {
			state.Auth = "dev"
		}
		return &body[sessionState]{state}, nil
	}, tagged(tag, "Read who asks, and what that operator may do"))
	huma.Get(rest, path, func(ctx context.Context, _ *struct{}) (*body[tokenList], error) {
		all, err := c.Access.List(ctx)
		if err != nil {
			return nil, c.fault(ctx, err)
		}
		list := tokenList{Tokens: make([]listedToken, len(all))}
		for i := range all {
			list.Tokens[i] = listedToken{fieldsOf(&all[i]), all[i].Created, optional(all[i].Used)}
		}
		return &body[tokenList]{list}, nil
	}, tagged(tag, "List the tokens of operators"))
	huma.Post(rest, path, func(ctx context.Context, in *body[TokenFields]) (*body[madeToken], error) {
		t := access.Token{Name: in.Body.Name, Role: access.Role(in.Body.Role), Accounts: in.Body.Accounts}
		if in.Body.ExpiresAt != nil {
			t.Expires = *in.Body.ExpiresAt
		}
		token, err := c.Access.Create(ctx, t)
		switch {
		case errors.Is(err, access.ErrInvalid):
			return nil, unprocessable("body", err.Error())
		case errors.Is(err, store.ErrExists):
			return nil, huma.Error409Conflict("name: a token has it already; must be another one")
		case errors.Is(err, access.ErrTooMany):
			return nil, huma.Error409Conflict(err.Error())
		case err != nil:
			return nil, c.fault(ctx, err)
		}
		return &body[madeToken]{madeToken{token, fieldsOf(&t)}}, nil
	}, tagged(tag, "Make a token for an operator"))
	huma.Delete(rest, path+"/{name}", func(ctx context.Context, in *tokenPath) (*struct{}, error) {
		err := c.Access.Revoke(ctx, in.Name)
		if errors.Is(err, store.ErrNotFound) {
			return nil, huma.Error404NotFound("name: no token has it")
		}
		if err != nil {
			return nil, c.fault(ctx, err)
		}
		return nil, nil
	}, tagged(tag, "Revoke a token, and end its sessions"))
}

func fieldsOf(t *access.Token) TokenFields {
	return TokenFields{Name: t.Name, Role: string(t.Role), Accounts: t.Accounts, ExpiresAt: optional(t.Expires)}
}

// optional returns nil for the zero time.
func optional(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

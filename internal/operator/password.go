package operator

import (
	"context"
	"time"

	"github.com/danielgtaylor/huma/v2"
)

type consolePassword struct {
	Password string `json:"password" minLength:"14" maxLength:"128" doc:"At least 14 characters, and not the name of the user in it"`
}

type consolePasswordState struct {
	CreatedAt  time.Time  `json:"createdAt"`
	LastUsedAt *time.Time `json:"lastUsedAt,omitempty" doc:"When the user signed in last; absent if never"`
}

type putPasswordInput struct {
	PrincipalPath

	Body consolePassword
}

// passwordRoutes are those of the passwords with which users sign in to the console.
func (c Config) passwordRoutes(rest huma.API, path string) {
	huma.Get(rest, path, func(ctx context.Context, in *PrincipalPath) (*body[consolePasswordState], error) {
		p, err := c.Identities.Password(ctx, in.Account, in.Name)
		if err != nil {
			return nil, c.refusal(ctx, err, "path")
		}
		return &body[consolePasswordState]{consolePasswordState{p.CreatedAt, optional(p.LastUsedAt)}}, nil
	}, tagged(principalTag, "Tell whether a user has a password for the console, and since when"))
	huma.Put(rest, path, func(ctx context.Context, in *putPasswordInput) (*struct{}, error) {
		if err := c.Identities.SetPassword(ctx, in.Account, in.Name, in.Body.Password); err != nil {
			return nil, c.refusal(ctx, err, "body")
		}
		return nil, nil
	}, tagged(principalTag, "Set the password with which a user signs in to the console, and end the sessions of another one"))
	huma.Delete(rest, path, func(ctx context.Context, in *PrincipalPath) (*struct{}, error) {
		if err := c.Identities.DeletePassword(ctx, in.Account, in.Name); err != nil {
			return nil, c.refusal(ctx, err, "path")
		}
		return nil, nil
	}, tagged(principalTag, "Remove a user's password for the console, and end its sessions"))
}

package operator

import (
	"context"
	"errors"

	"github.com/danielgtaylor/huma/v2"

	"cosell/internal/quota"
)

// Quotas are the quotas of accounts.
type Quotas interface {
	// Server returns the quotas of accounts for which none were set.
	Server() quota.Setting
	Setting(ctx context.Context, account string) (s quota.Setting, own bool, err error)
	Put(ctx context.Context, account string, s quota.Setting) error
	Delete(ctx context.Context, account string) error
}

// PartnerPath is the part of a path that names the account of a partner. It is exported
// because huma ignores embedded structures that are not.
type PartnerPath struct {
	Account string `path:"account" pattern:"^[0-9]{12}$" patternDescription:"an account of twelve digits; the AWS side has no quotas" example:"123456789012"`
}

type putQuotas struct {
	PartnerPath

	Body quotaSetting
}

type quotaSetting struct {
	Mode   quota.Mode    `json:"mode" enum:"off,aws,custom" doc:"off does not limit requests, aws has the quotas that AWS publishes, custom has others"`
	Limits *quota.Limits `json:"limits,omitempty" doc:"The quotas; required where mode is custom, and left out elsewhere"`
}

// quotasInForce are the quotas that requests of an account are held to.
type quotasInForce struct {
	Source string        `json:"source" enum:"account,server" doc:"account if they were set for the account, server if they are those of --quotas"`
	Mode   quota.Mode    `json:"mode" enum:"off,aws,custom" doc:"off does not limit requests, aws has the quotas that AWS publishes, custom has others"`
	Limits *quota.Limits `json:"limits,omitempty" doc:"The quotas in force; absent if requests are not limited"`
	Server quotaMode     `json:"server" doc:"What is in force where nothing is set for the account"`
	AWS    *quota.Limits `json:"aws" doc:"The quotas that AWS publishes, to begin with"`
}

type quotaMode struct {
	Mode quota.Mode `json:"mode" enum:"off,aws,custom" doc:"What --quotas says: off, aws, or custom for a file"`
}

func (c Config) quotaRoutes(rest huma.API) {
	const path = "/accounts/{account}/quotas"
	huma.Get(rest, path, func(ctx context.Context, in *PartnerPath) (*body[quotasInForce], error) {
		return c.quotasOf(ctx, in.Account)
	}, tagged("Accounts", "Read the quotas that an account is held to, and who set them"))
	huma.Put(rest, path, func(ctx context.Context, in *putQuotas) (*body[quotasInForce], error) {
		err := c.Quotas.Put(ctx, in.Account, quota.Setting(in.Body))
		if wrong, ok := errors.AsType[*quota.MemberError](err); ok {
			return nil, unprocessable("body."+wrong.Member, wrong.Reason)
		}
		if err != nil {
			return nil, c.fault(ctx, err)
		}
		return c.quotasOf(ctx, in.Account)
	}, tagged("Accounts", "Set the quotas of an account, in place of those of the server"))
	huma.Delete(rest, path, func(ctx context.Context, in *PartnerPath) (*struct{}, error) {
		if err := c.Quotas.Delete(ctx, in.Account); err != nil {
			return nil, c.fault(ctx, err)
		}
		return nil, nil
	}, tagged("Accounts", "Remove the quotas of an account: those of the server are in force again"))
}

func (c Config) quotasOf(ctx context.Context, account string) (*body[quotasInForce], error) {
	s, own, err := c.Quotas.Setting(ctx, account)
	if err != nil {
		return nil, c.fault(ctx, err)
	}
	server, source := c.Quotas.Server(), "account"
	if !own {
		s, source = server, "server"
	}
	return &body[quotasInForce]{quotasInForce{
		Source: source, Mode: s.Mode, Limits: s.InForce(), Server: quotaMode{server.Mode}, AWS: quota.AWS(),
	}}, nil
}

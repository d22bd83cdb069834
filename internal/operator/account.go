package operator

import (
	"context"

	"github.com/danielgtaylor/huma/v2"

	"cosell/internal/selling"
)

type accountProfile struct {
	CompanyName string `json:"companyName" minLength:"1" maxLength:"120" doc:"The name that other partners see"`
	WebsiteURL  string `json:"websiteUrl,omitempty" maxLength:"255"`
	Alias       string `json:"alias,omitempty" pattern:"^([a-z0-9][a-z0-9-]{1,61}[a-z0-9])?$" patternDescription:"3 to 63 lower-case letters, digits and dashes" doc:"A short name of the account, for people"`
	Users       []user `json:"users,omitempty" nullable:"false" maxItems:"1000" doc:"Users who may own opportunities, the alliance lead first; if empty, anybody may"`
}

type user struct {
	Email     string `json:"email" maxLength:"80" pattern:"^[^@\\sA-Z]+@[^@\\sA-Z]+$" patternDescription:"an e-mail address in lower case"`
	FirstName string `json:"firstName" minLength:"1" maxLength:"80"`
	LastName  string `json:"lastName" minLength:"1" maxLength:"80"`
	Phone     string `json:"phone,omitempty" pattern:"^(\\+[1-9][0-9]{1,14})?$" patternDescription:"a phone number, such as +12065550100"`
}

type putAccount struct {
	AccountPath

	Body accountProfile
}

func (c Config) accountRoutes(rest huma.API) {
	const path = "/accounts/{account}"
	huma.Get(rest, path, func(ctx context.Context, in *AccountPath) (*body[accountProfile], error) {
		stored, err := c.Service.AccountProfile(ctx, in.Account)
		if err != nil {
			return nil, c.fault(ctx, err)
		}
		return &body[accountProfile]{profileOf(stored)}, nil
	}, tagged("Accounts", "Read an account's profile"))
	huma.Put(rest, path, func(ctx context.Context, in *putAccount) (*body[accountProfile], error) {
		if err := c.Service.PutAccount(ctx, in.Account, in.Body.stored()); err != nil {
			return nil, c.fault(ctx, err)
		}
		return &body[accountProfile]{in.Body}, nil
	}, tagged("Accounts", "Set an account's profile"))
}

func profileOf(p selling.AccountProfile) accountProfile {
	profile := accountProfile{CompanyName: p.CompanyName, WebsiteURL: p.WebsiteURL, Alias: p.Alias, Users: make([]user, len(p.Users))}
	for i, u := range p.Users {
		profile.Users[i] = user(u)
	}
	return profile
}

func (p accountProfile) stored() selling.AccountProfile {
	stored := selling.AccountProfile{CompanyName: p.CompanyName, WebsiteURL: p.WebsiteURL, Alias: p.Alias, Users: make([]selling.User, len(p.Users))}
	for i, u := range p.Users {
		stored.Users[i] = selling.User(u)
	}
	return stored
}

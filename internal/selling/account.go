package selling

import (
	"context"
	"errors"
	"fmt"

	"cosell/internal/api"
	"cosell/internal/auth"
	"cosell/internal/operation"
	"cosell/internal/store"
)

// AccountProfile is what the server knows about an account beyond its number.
type AccountProfile struct {
	CompanyName string `json:"companyName"`
	WebsiteURL  string `json:"websiteUrl"`
	Alias       string `json:"alias,omitempty"`
	// Users are those who may own opportunities, the alliance lead first. While
	// there are none, anybody may.
	Users []User `json:"users"`
}

// User is a person of an account.
type User struct {
	Email     string `json:"email"`
	FirstName string `json:"firstName"`
	LastName  string `json:"lastName"`
	Phone     string `json:"phone"` // E.164, or empty
}

// contact returns the user as the owner in an opportunity's team.
func (u User) contact() api.Contact {
	contact := api.Contact{
		BusinessTitle: new(titleOwner), Email: &u.Email, FirstName: &u.FirstName, LastName: &u.LastName,
	}
	if u.Phone != "" {
		contact.Phone = &u.Phone
	}
	return contact
}

// defaultProfile describes an account that nobody has described.
func defaultProfile(account string) AccountProfile {
	if account == auth.AWSAccount {
		return AccountProfile{CompanyName: "AWS", WebsiteURL: "https://aws.amazon.com"}
	}
	return AccountProfile{
		CompanyName: "Partner " + account,
		WebsiteURL:  "https://partner-" + account + ".example.com",
	}
}

// lead returns who owns what nobody was named for.
func (p AccountProfile) lead() User {
	if len(p.Users) > 0 {
		return p.Users[0]
	}
	return User{Email: "alliance.lead@example.com", FirstName: p.CompanyName, LastName: "Alliance Lead"}
}

// profile returns an account's profile.
func (c *Call) profile(account string) (AccountProfile, error) {
	document, err := c.Tx.Account(account)
	if errors.Is(err, store.ErrNotFound) {
		return defaultProfile(account), nil
	}
	if err != nil {
		return AccountProfile{}, fmt.Errorf("read account: %w", err)
	}
	p, err := operation.Decode[AccountProfile]("account", document)
	if err != nil {
		return AccountProfile{}, err
	}
	return *p, nil
}

// AccountProfile returns what the server knows about an account; an account that
// nobody described has a profile made from its number.
func (s *Service) AccountProfile(ctx context.Context, account string) (p AccountProfile, err error) {
	err = s.view(ctx, operatorCaller, func(c *Call) error {
		p, err = c.profile(account)
		return err
	})
	return p, err
}

// PutAccount sets what the server knows about an account.
func (s *Service) PutAccount(ctx context.Context, account string, p AccountProfile) error {
	return s.update(ctx, operatorCaller, func(c *Call) error { return c.DescribeAccount(account, p) })
}

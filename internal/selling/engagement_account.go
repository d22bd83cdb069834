package selling

import (
	"errors"
	"fmt"
	"strings"

	"cosell/internal/api"
	"cosell/internal/arn"
	"cosell/internal/operation"
	"cosell/internal/rule"
	"cosell/internal/store"
)

// kindCustomerAccount is the kind of customer accounts in ARNs.
const kindCustomerAccount = "customer-account"

// newCustomerAccountContext returns what is stored of a context about a customer
// account, or what is wrong with it. The account must be the caller's own; the
// customer is copied from it, so that the engagement still has it after the account
// is deleted (docs/behavior/customer-accounts.md#in-engagements).
func (c *Call) newCustomerAccountContext(at, catalog string, given *api.CustomerAccountContext, f *rule.Findings) (*api.CustomerAccountContext, error) {
	at += "payload.customerAccount"
	if given.AccountIdentifier == nil && given.Customer == nil {
		f.Missing(at, "accountIdentifier or customer is required")
		return given, nil
	}
	stored := *given
	if given.AccountIdentifier == nil {
		return &stored, nil
	}
	customer, err := c.customerOf(at+".accountIdentifier", catalog, *given.AccountIdentifier, c.Caller.Account)
	if err != nil {
		return nil, err
	}
	if customer == nil {
		return nil, api.NotFound("Customer account " + *given.AccountIdentifier + " not found")
	}
	stored.Customer = customer
	return &stored, nil
}

// customerOf returns the customer of an account's customer account as members of an
// engagement may see it, nil where the account has none of this identifier or ARN.
func (c *Call) customerOf(field, catalog, given, owner string) (*api.AccountCustomer, error) {
	id, err := arn.Identifier(field, given, catalog, kindCustomerAccount)
	if err != nil {
		return nil, err
	}
	if strings.HasPrefix(given, "arn:") && given != arn.Of(owner, catalog, kindCustomerAccount+"/"+id) {
		return nil, nil
	}
	row, err := c.Tx.CustomerAccount(store.CustomerAccountKey{Account: owner, Catalog: catalog, ID: id})
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read customer account: %w", err)
	}
	account, err := operation.Decode[api.GetCustomerAccountResponse]("customer account", row.Document)
	if err != nil {
		return nil, err
	}
	data := orEmpty(account.Account)
	customer := &api.AccountCustomer{CompanyName: data.CompanyName, WebsiteUrl: data.WebsiteUrl, Industry: data.Industry}
	if data.Address != nil {
		customer.CountryCode = data.Address.CountryCode
	}
	return customer, nil
}

// fillCustomerAccounts puts the present data of customer accounts into the contexts
// about them. Where an account is deleted, the last copy stays.
func (c *Call) fillCustomerAccounts(e *engagement) error {
	var members []string
	for i := range e.Contexts {
		payload := e.Contexts[i].Payload
		if payload == nil || payload.CustomerAccount == nil || payload.CustomerAccount.AccountIdentifier == nil {
			continue
		}
		if members == nil {
			var err error
			if members, err = c.members(e); err != nil {
				return err
			}
		}
		// The account is that of the member who wrote the context.
		for _, member := range members {
			customer, err := c.customerOf("accountIdentifier", e.Catalog, *payload.CustomerAccount.AccountIdentifier, member)
			if err != nil {
				return err
			}
			if customer != nil {
				payload.CustomerAccount.Customer = customer
				break
			}
		}
	}
	return nil
}

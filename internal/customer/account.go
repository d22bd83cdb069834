package customer

import (
	"errors"
	"fmt"
	"strings"

	"cosell/internal/api"
	"cosell/internal/arn"
	"cosell/internal/operation"
	"cosell/internal/rule"
	"cosell/internal/store"
	"cosell/internal/tagging"
)

const (
	// kind is the kind of resource as ARNs name it.
	kind = "customer-account"
	// maxTags is how many tags a customer account has at most.
	maxTags = 50
)

// account is a customer account as it is stored. Its tags are in their own table.
type account struct {
	api.GetCustomerAccountResponse
	// ImportID is the bulk job that created it; nil where a request did.
	ImportID *string `json:"ImportId,omitempty"`
	// stored is the document as it was read.
	stored []byte
}

// CreateCustomerAccount adds a customer account, PENDING until it is matched
// (docs/behavior/customer-accounts.md#create).
func (c *Call) CreateCustomerAccount(in *api.CreateCustomerAccountRequest) (*api.CreateCustomerAccountResponse, error) {
	return c.create(in, nil)
}

// ImportCustomerAccount is CreateCustomerAccount for a record of a bulk job.
func (c *Call) ImportCustomerAccount(in *api.CreateCustomerAccountRequest, job string) (*api.CreateCustomerAccountResponse, error) {
	return c.create(in, &job)
}

func (c *Call) create(in *api.CreateCustomerAccountRequest, job *string) (*api.CreateCustomerAccountResponse, error) {
	if err := check(in.Account); err != nil {
		return nil, err
	}
	if err := c.withinLimit(*in.Catalog); err != nil {
		return nil, err
	}
	id := c.IDs.CustomerAccount()
	a := &account{ImportID: job, GetCustomerAccountResponse: api.GetCustomerAccountResponse{
		Arn: new(arn.Of(c.Caller.Account, *in.Catalog, kind+"/"+id)), Id: &id, Catalog: in.Catalog,
		EnrichmentStatus:         new(api.EnrichmentStatusPending),
		PartnerAccountIdentifier: in.PartnerAccountIdentifier, Account: in.Account,
		CreatedDate: &c.Now, LastModifiedDate: &c.Now,
	}}
	row, err := c.row(a)
	if err != nil {
		return nil, err
	}
	if err := c.Tx.InsertCustomerAccount(row); err != nil {
		return nil, fmt.Errorf("insert customer account: %w", err)
	}
	if err := tagging.Put(c.Call, *a.Arn, in.Tags, maxTags); err != nil {
		return nil, err
	}
	if err := c.matchLater(row); err != nil {
		return nil, err
	}
	return &api.CreateCustomerAccountResponse{
		Arn: a.Arn, Id: a.Id, Status: a.EnrichmentStatus, Catalog: a.Catalog,
		PartnerAccountIdentifier: a.PartnerAccountIdentifier, CreatedDate: a.CreatedDate,
	}, nil
}

// withinLimit refuses one more customer account in a catalog that is full.
func (c *Call) withinLimit(catalog string) error {
	if c.MaxAccounts == 0 {
		return nil
	}
	n, err := c.Tx.CountCustomerAccounts(c.Caller.Account, catalog)
	if err != nil {
		return fmt.Errorf("count customer accounts: %w", err)
	}
	if n >= c.MaxAccounts {
		return api.QuotaExceeded(fmt.Sprintf("An account has at most %d customer accounts in a catalog", c.MaxAccounts))
	}
	return nil
}

// GetCustomerAccount returns a customer account of the caller's with its tags.
func (c *Call) GetCustomerAccount(in *api.GetCustomerAccountRequest) (*api.GetCustomerAccountResponse, error) {
	key, err := c.key(*in.Catalog, *in.Identifier)
	if err != nil {
		return nil, err
	}
	a, err := c.read(key)
	if err != nil {
		return nil, err
	}
	out := a.GetCustomerAccountResponse
	out.Tags, err = tagging.List(c.Call, *a.Arn)
	return &out, err
}

// UpdateCustomerAccount replaces the data of a customer account and matches it
// again, also where nothing changed. A matching that is under way is dropped.
func (c *Call) UpdateCustomerAccount(in *api.UpdateCustomerAccountRequest) (*api.UpdateCustomerAccountResponse, error) {
	key, err := c.key(*in.Catalog, *in.Identifier)
	if err != nil {
		return nil, err
	}
	a, err := c.read(key)
	if err != nil {
		return nil, err
	}
	if *in.LastModifiedDate != *a.LastModifiedDate {
		return nil, operation.StaleLock(*in.LastModifiedDate, *a.LastModifiedDate)
	}
	if err := check(in.Account); err != nil {
		return nil, err
	}
	a.Account = in.Account
	if in.PartnerAccountIdentifier != nil {
		a.PartnerAccountIdentifier = in.PartnerAccountIdentifier
	}
	row, err := c.save(a, outcome{status: api.EnrichmentStatusPending})
	if err != nil {
		return nil, err
	}
	if err := c.matchLater(row); err != nil {
		return nil, err
	}
	return &api.UpdateCustomerAccountResponse{
		Arn: a.Arn, Id: a.Id, Status: a.EnrichmentStatus, Catalog: a.Catalog,
		PartnerAccountIdentifier: a.PartnerAccountIdentifier, CreatedDate: a.CreatedDate, LastModifiedDate: a.LastModifiedDate,
	}, nil
}

// DeleteCustomerAccount removes a customer account of the caller's; one that is not
// there is passed over.
func (c *Call) DeleteCustomerAccount(in *api.DeleteCustomerAccountRequest) (*api.DeleteCustomerAccountResponse, error) {
	key, err := c.key(*in.Catalog, *in.Identifier)
	if err != nil {
		return nil, err
	}
	row, err := c.Tx.CustomerAccount(key)
	if errors.Is(err, store.ErrNotFound) {
		return &api.DeleteCustomerAccountResponse{}, nil
	}
	a, err := operation.Load[account]("customer account", document(row), err)
	if err != nil {
		return nil, err
	}
	if err := c.Tx.DeleteCustomerAccount(key); err != nil {
		return nil, fmt.Errorf("delete customer account: %w", err)
	}
	if err := c.Tx.DeleteHistory(store.HistoryKey{Account: key.Account, Catalog: key.Catalog, Kind: KindCustomerAccount, Record: key.ID}); err != nil {
		return nil, fmt.Errorf("delete history: %w", err)
	}
	if err := tagging.DeleteAll(c.Call, *a.Arn); err != nil {
		return nil, err
	}
	if a.ImportID != nil {
		job := store.BulkJobKey{Account: key.Account, Catalog: key.Catalog, ID: *a.ImportID}
		if err := c.Tx.CountDeleted(job); err != nil {
			return nil, fmt.Errorf("count deleted account: %w", err)
		}
	}
	return &api.DeleteCustomerAccountResponse{}, nil
}

// key returns the key of the customer account that a request names by identifier or
// ARN. An ARN of another account's is refused.
func (c *Call) key(catalog, given string) (store.CustomerAccountKey, error) {
	id, err := arn.Identifier("identifier", given, catalog, kind)
	if err != nil {
		return store.CustomerAccountKey{}, err
	}
	if strings.HasPrefix(given, "arn:") && given != arn.Of(c.Caller.Account, catalog, kind+"/"+id) {
		return store.CustomerAccountKey{}, api.AccessDenied("The customer account belongs to another account")
	}
	return store.CustomerAccountKey{Account: c.Caller.Account, Catalog: catalog, ID: id}, nil
}

func (c *Call) read(key store.CustomerAccountKey) (*account, error) {
	row, err := c.Tx.CustomerAccount(key)
	a, err := operation.Load[account]("customer account", document(row), err)
	if err != nil {
		return nil, err
	}
	a.stored = row.Document
	return a, nil
}

// document returns a row's document, nil where there is no row.
func document(row *store.CustomerAccount) []byte {
	if row == nil {
		return nil
	}
	return row.Document
}

// row returns a customer account of the caller's as the store holds it.
func (c *Call) row(a *account) (*store.CustomerAccount, error) {
	document, err := operation.Encode("customer account", a)
	return &store.CustomerAccount{
		CustomerAccountKey: store.CustomerAccountKey{Account: c.Caller.Account, Catalog: *a.Catalog, ID: *a.Id},
		Status:             string(*a.EnrichmentStatus), ModifiedAt: int64(*a.LastModifiedDate), Document: document,
	}, err
}

// check returns what is wrong with the data of a customer account beyond the shapes
// of the contract.
func check(data *api.CustomerAccountData) error {
	var f rule.Findings
	if strings.TrimSpace(*data.CompanyName) == "" {
		f.Missing("account.companyName", "is required and must not be blank")
	}
	if address := data.Address; address != nil {
		state := api.Value(address.StateOrRegion)
		if api.Value(address.CountryCode) == api.CountryCodeUS && state != "" && !rule.IsState(state) {
			f.InvalidValue("account.address.stateOrRegion",
				"must be the full name of a state or territory of the United States, such as New York")
		}
	}
	return rule.Refuse(f.List)
}

package operator

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"cosell/internal/api"
	"cosell/internal/customer"
	"cosell/internal/store"
)

// Customers has the operations on customer accounts that the operator takes part in.
type Customers interface {
	Matching(ctx context.Context, catalog string) (customer.Matching, error)
	PutMatching(ctx context.Context, catalog string, m customer.Matching) error
	Directory(ctx context.Context, catalog string) ([]customer.DirectoryEntry, error)
	PutDirectory(ctx context.Context, catalog string, entries []customer.DirectoryEntry) error
	CustomerAccounts(ctx context.Context, account, catalog, status, after string, limit int) ([]api.GetCustomerAccountResponse, error)
	MatchCustomerAccount(ctx context.Context, key store.CustomerAccountKey, d customer.Decision) (*api.GetCustomerAccountResponse, error)
}

type matching struct {
	Mode  string `json:"mode" enum:"synthetic,directory,manual" doc:"synthetic: accounts with a website, domain or D-U-N-S number are enriched; directory: the list of customers decides; manual: the operator decides"`
	Delay string `json:"delay,omitempty" doc:"Time an account stays PENDING, on the business clock; none if absent" example:"30s"`
}

// maxMatchingDelay bounds how long a policy keeps accounts PENDING.
const maxMatchingDelay = 366 * 24 * time.Hour

type putMatching struct {
	PolicyPath

	Body matching
}

// enrichment is what AWS adds to a customer account, with the member names of the API.
type enrichment struct{ json.RawMessage }

// Schema implements [huma.SchemaProvider].
func (enrichment) Schema(huma.Registry) *huma.Schema {
	return schemaOf(reflect.TypeFor[api.AwsEnrichment]())
}

// decode returns the enrichment, nil if it is absent, or what is wrong with it.
func (e enrichment) decode(at string) (*api.AwsEnrichment, error) {
	if len(e.RawMessage) == 0 || string(e.RawMessage) == "null" {
		return nil, nil
	}
	var decoded api.AwsEnrichment
	if err := api.Unmarshal(e.RawMessage, &decoded); err != nil {
		return nil, unprocessable(at, "must be an AwsEnrichment of the API")
	}
	if found := decoded.Check(); found != nil {
		return nil, huma.Error422UnprocessableEntity("validation failed", violations(found, at)...)
	}
	return &decoded, nil
}

type directoryEntry struct {
	CompanyName string     `json:"companyName" minLength:"1" maxLength:"120"`
	Domain      string     `json:"domain,omitempty" maxLength:"253" example:"example.com"`
	Duns        string     `json:"duns,omitempty" pattern:"^([0-9]{9})?$" patternDescription:"nine digits"`
	CountryCode string     `json:"countryCode,omitempty" pattern:"^([A-Z]{2})?$" patternDescription:"a country in two letters"`
	Enrichment  enrichment `json:"enrichment,omitzero" doc:"What accounts of the customer are enriched with; made up if absent"`
}

type putDirectory struct {
	PolicyPath

	Body []directoryEntry `maxItems:"10000" nullable:"false"`
}

// CustomerAccountPath names a customer account. It is exported because huma ignores
// embedded structures that are not.
type CustomerAccountPath struct {
	CatalogPath

	ID string `path:"id" pattern:"^cust-acc-[0-9a-z]{13}$" patternDescription:"cust-acc- and 13 letters and digits" example:"cust-acc-0123456789abc"`
}

type customerAccountQuery struct {
	CatalogPath

	Status string `query:"status" enum:"PENDING,ENRICHED,NO_MATCH_FOUND,ACTION_REQUIRED" doc:"Only this status"`
	After  string `query:"after" doc:"Identifier of the last account of the page before"`
	Limit  int    `query:"limit" minimum:"1" maximum:"1000" default:"100"`
}

type customerAccount struct {
	Account          string    `json:"account"`
	Catalog          string    `json:"catalog"`
	ID               string    `json:"id"`
	CompanyName      string    `json:"companyName"`
	Status           string    `json:"status"`
	ReasonCode       string    `json:"reasonCode,omitempty"`
	Message          string    `json:"message,omitempty"`
	Existing         string    `json:"existing,omitempty" doc:"ARN of the account that is mapped to the customer already"`
	LastModifiedDate time.Time `json:"lastModifiedDate"`
}

type customerAccountList struct {
	CustomerAccounts []customerAccount `json:"customerAccounts" nullable:"false" doc:"By identifier"`
}

type matchingIssue struct {
	Severity string `json:"severity,omitempty" maxLength:"255"`
	Code     string `json:"code,omitempty" maxLength:"255"`
	Message  string `json:"message,omitempty" maxLength:"2000"`
}

type matchDecision struct {
	Outcome    string          `json:"outcome" enum:"ENRICHED,NO_MATCH_FOUND,ACTION_REQUIRED"`
	ReasonCode string          `json:"reasonCode,omitempty" enum:"DUPLICATE_CUSTOMER_MATCH,PROCESSING_ERROR" doc:"For ACTION_REQUIRED; follows from existing if absent"`
	Message    string          `json:"message,omitempty" maxLength:"2000" doc:"For ACTION_REQUIRED"`
	Existing   string          `json:"existing,omitempty" doc:"Identifier of the account that is mapped to the customer already"`
	Enrichment enrichment      `json:"enrichment,omitzero" doc:"For ENRICHED; made up if absent"`
	Issues     []matchingIssue `json:"issues,omitempty" nullable:"false" maxItems:"100"`
}

type postMatch struct {
	CustomerAccountPath

	Body matchDecision
}

func (c Config) customerRoutes(rest huma.API) {
	c.matchingRoutes(rest)
	const path = "/accounts/{account}/catalogs/{catalog}/customer-accounts"
	huma.Get(rest, path, func(ctx context.Context, in *customerAccountQuery) (*body[customerAccountList], error) {
		found, err := c.Service.CustomerAccounts(ctx, in.Account, in.Catalog, in.Status, in.After, in.Limit)
		if err != nil {
			return nil, c.fault(ctx, err)
		}
		list := customerAccountList{CustomerAccounts: make([]customerAccount, len(found))}
		for i := range found {
			list.CustomerAccounts[i] = customerAccountOf(in.Account, &found[i])
		}
		return &body[customerAccountList]{list}, nil
	}, tagged("Customers", "List customer accounts"))
	huma.Post(rest, path+"/{id}/match", func(ctx context.Context, in *postMatch) (*body[customerAccount], error) {
		decision, err := in.Body.decision()
		if err != nil {
			return nil, err
		}
		key := store.CustomerAccountKey{Account: in.Account, Catalog: in.Catalog, ID: in.ID}
		matched, err := c.Service.MatchCustomerAccount(ctx, key, decision)
		if err != nil {
			return nil, c.refusal(ctx, err, "body")
		}
		return &body[customerAccount]{customerAccountOf(in.Account, matched)}, nil
	}, tagged("Customers", "Decide the matching of a customer account"), func(o *huma.Operation) {
		// Nothing is created.
		o.DefaultStatus = http.StatusOK
		o.Errors = []int{http.StatusNotFound, http.StatusConflict, http.StatusUnprocessableEntity}
	})
}

func (c Config) matchingRoutes(rest huma.API) {
	const policy, customers = "/catalogs/{catalog}/matching", "/catalogs/{catalog}/customers"
	huma.Get(rest, policy, func(ctx context.Context, in *PolicyPath) (*body[matching], error) {
		stored, err := c.Service.Matching(ctx, in.Catalog)
		if err != nil {
			return nil, c.fault(ctx, err)
		}
		return &body[matching]{matchingOf(stored)}, nil
	}, tagged("Customers", "Read how customer accounts are matched"))
	huma.Put(rest, policy, func(ctx context.Context, in *putMatching) (*body[matching], error) {
		stored := customer.Matching{Mode: customer.Mode(in.Body.Mode)}
		if in.Body.Delay != "" {
			delay, err := time.ParseDuration(in.Body.Delay)
			if err != nil || delay < 0 || delay > maxMatchingDelay {
				return nil, unprocessable("body.delay", "must be a duration in hours, minutes and seconds, such as 30s or 1h30m, of at most 366 days")
			}
			stored.Delay = delay.Milliseconds()
		}
		if err := c.Service.PutMatching(ctx, in.Catalog, stored); err != nil {
			return nil, c.fault(ctx, err)
		}
		return &body[matching]{matchingOf(stored)}, nil
	}, tagged("Customers", "Set how customer accounts are matched"))
	answer := func(ctx context.Context, catalog string) (*body[[]directoryEntry], error) {
		stored, err := c.Service.Directory(ctx, catalog)
		if err != nil {
			return nil, c.fault(ctx, err)
		}
		list := make([]directoryEntry, len(stored))
		for i, e := range stored {
			if list[i], err = directoryEntryOf(e); err != nil {
				return nil, c.fault(ctx, err)
			}
		}
		return &body[[]directoryEntry]{list}, nil
	}
	huma.Get(rest, customers, func(ctx context.Context, in *PolicyPath) (*body[[]directoryEntry], error) {
		return answer(ctx, in.Catalog)
	}, tagged("Customers", "Read the directory of customers"))
	huma.Put(rest, customers, func(ctx context.Context, in *putDirectory) (*body[[]directoryEntry], error) {
		entries, err := directory(in.Body)
		if err != nil {
			return nil, err
		}
		if err := c.Service.PutDirectory(ctx, in.Catalog, entries); err != nil {
			return nil, c.fault(ctx, err)
		}
		return answer(ctx, in.Catalog)
	}, tagged("Customers", "Replace the directory of customers"))
}

func matchingOf(m customer.Matching) matching {
	out := matching{Mode: string(m.Mode)}
	if m.Delay != 0 {
		out.Delay = (time.Duration(m.Delay) * time.Millisecond).String()
	}
	return out
}

// directory converts a list of customers, or returns what is wrong with it.
func directory(given []directoryEntry) ([]customer.DirectoryEntry, error) {
	entries := make([]customer.DirectoryEntry, len(given))
	for i, e := range given {
		at := fmt.Sprintf("body[%d]", i)
		if e.CountryCode != "" {
			if err := known(at+".countryCode", []string{e.CountryCode}, api.CountryCode("").Values()); err != nil {
				return nil, err
			}
		}
		decoded, err := e.Enrichment.decode(at + ".enrichment")
		if err != nil {
			return nil, err
		}
		entries[i] = customer.DirectoryEntry{
			CompanyName: e.CompanyName, Domain: e.Domain, Duns: e.Duns, CountryCode: e.CountryCode, Enrichment: decoded,
		}
	}
	return entries, nil
}

func directoryEntryOf(e customer.DirectoryEntry) (directoryEntry, error) {
	out := directoryEntry{CompanyName: e.CompanyName, Domain: e.Domain, Duns: e.Duns, CountryCode: e.CountryCode}
	if e.Enrichment != nil {
		encoded, err := api.Marshal(e.Enrichment)
		if err != nil {
			return out, err
		}
		out.Enrichment = enrichment{encoded}
	}
	return out, nil
}

// decision converts a decision, or returns what is wrong with it.
func (d matchDecision) decision() (customer.Decision, error) {
	decoded, err := d.Enrichment.decode("body.enrichment")
	if err != nil {
		return customer.Decision{}, err
	}
	out := customer.Decision{
		Outcome: api.EnrichmentStatus(d.Outcome), ReasonCode: api.CustomerAccountFailureReason(d.ReasonCode),
		Message: d.Message, Existing: d.Existing, Enrichment: decoded,
	}
	for _, issue := range d.Issues {
		out.Issues = append(out.Issues, api.Issue{
			Severity: given(issue.Severity), Code: given(issue.Code), Message: given(issue.Message),
		})
	}
	return out, nil
}

// given returns a text as an optional member: nil if it is empty.
func given(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

func customerAccountOf(account string, a *api.GetCustomerAccountResponse) customerAccount {
	return customerAccount{
		Account: account, Catalog: *a.Catalog, ID: *a.Id, CompanyName: *a.Account.CompanyName, Status: string(*a.EnrichmentStatus),
		ReasonCode: text(a.ReasonCode), Message: text(a.Message), Existing: text(a.ExistingCustomerAccountArn),
		LastModifiedDate: a.LastModifiedDate.Time(),
	}
}

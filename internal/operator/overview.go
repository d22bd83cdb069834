package operator

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"cosell/internal/access"
	"cosell/internal/api"
	"cosell/internal/store"
)

type accountList struct {
	Accounts []accountEntry `json:"accounts" nullable:"false" doc:"All accounts that have a profile, records or events"`
}

type accountEntry struct {
	Account     string `json:"account" example:"123456789012"`
	CompanyName string `json:"companyName"`
}

// overviewEntry is an opportunity as a list of all accounts shows it.
type overviewEntry struct {
	Account         string    `json:"account"`
	Catalog         string    `json:"catalog"`
	ID              string    `json:"id"`
	CompanyName     string    `json:"companyName,omitempty"`
	Title           string    `json:"title,omitempty"`
	Stage           string    `json:"stage"`
	ReviewStatus    string    `json:"reviewStatus"`
	TargetCloseDate string    `json:"targetCloseDate,omitempty"`
	CreatedDate     time.Time `json:"createdDate"`
	LastModified    time.Time `json:"lastModifiedDate"`
}

type overviewList struct {
	Opportunities []overviewEntry `json:"opportunities" nullable:"false" doc:"In the order of account, catalog and identifier"`
	Next          string          `json:"next,omitempty" doc:"Value of after for the next page; absent on the last one"`
}

type overviewQuery struct {
	Account string `query:"account" required:"true" pattern:"^([0-9]{12}|aws|\\*)$" patternDescription:"an account of twelve digits, aws, or * for all" doc:"The owner of the opportunities; * is every account"`
	Catalog string `query:"catalog" enum:"AWS,Sandbox" doc:"Only this catalog"`
	After   string `query:"after" doc:"The next of the page before"`
	Limit   int    `query:"limit" minimum:"1" maximum:"1000" default:"100"`
}

type resourceEntry struct {
	ID       string   `json:"id"`
	Kind     string   `json:"kind" example:"opportunity"`
	Catalog  string   `json:"catalog"`
	Account  string   `json:"account" doc:"The owner"`
	Accounts []string `json:"accounts" nullable:"false" doc:"All accounts that take part, the owner first"`
}

type resourcePath struct {
	ID string `path:"id" maxLength:"64" example:"O7305843009213693952"`
}

type resourceList struct {
	Resources []resourceEntry `json:"resources" nullable:"false" doc:"More than one only for a solution that several accounts have"`
	resourceEntry
}

func (c Config) overviewRoutes(rest huma.API) {
	huma.Get(rest, "/accounts", func(ctx context.Context, _ *struct{}) (*body[accountList], error) {
		return c.accounts(ctx)
	}, tagged("Overview", "List all accounts"))
	huma.Get(rest, "/opportunities", c.overview, tagged("Overview", "List opportunities, also those of all accounts"))
	huma.Get(rest, "/resources/{id}", func(ctx context.Context, in *resourcePath) (*body[resourceList], error) {
		return c.resource(ctx, in.ID)
	}, tagged("Overview", "Find the account, catalog and kind that an identifier belongs to"))
}

func (c Config) accounts(ctx context.Context) (*body[accountList], error) {
	var found []string
	if err := c.Store.View(ctx, func(tx *store.Tx) (err error) {
		found, err = accountsFor(tx, access.From(ctx))
		return err
	}); err != nil {
		return nil, c.fault(ctx, err)
	}
	list := accountList{Accounts: []accountEntry{}}
	for _, account := range found {
		if covers(ctx, account) != nil {
			continue
		}
		profile, err := c.Service.AccountProfile(ctx, account)
		if err != nil {
			return nil, c.fault(ctx, err)
		}
		list.Accounts = append(list.Accounts, accountEntry{Account: account, CompanyName: profile.CompanyName})
	}
	return &body[accountList]{list}, nil
}

// accountsFor returns the accounts among which an operator or user has its own. One that has
// few does not have all of them read, of which there may be many.
func accountsFor(tx *store.Tx, i *access.Identity) (found []string, err error) {
	const few = 20
	if i == nil || !i.Scoped() || len(i.Accounts) > few {
		return tx.Accounts()
	}
	for _, account := range i.Accounts {
		has, err := tx.HasAccount(account)
		if err != nil {
			return nil, err
		}
		if has {
			found = append(found, account)
		}
	}
	slices.Sort(found)
	return slices.Compact(found), nil
}

func (c Config) overview(ctx context.Context, in *overviewQuery) (*body[overviewList], error) {
	q := newOverviewQuery(in.Account, in.Catalog, in.Limit+1)
	if in.After != "" {
		if _, err := fmt.Sscanf(in.After, placeFormat, &q.After.Account, &q.After.Catalog, &q.After.ID); err != nil {
			return nil, unprocessable("query.after", "must be the next of the page before")
		}
	}
	var rows []store.OverviewRow
	if err := c.Store.View(ctx, func(tx *store.Tx) (err error) {
		rows, err = tx.Overview(q)
		return err
	}); err != nil {
		return nil, c.fault(ctx, err)
	}
	list := overviewList{Opportunities: []overviewEntry{}}
	if len(rows) > in.Limit {
		rows = rows[:in.Limit]
		last := rows[in.Limit-1]
		list.Next = fmt.Sprintf(placeFormat, last.Account, last.Catalog, last.ID)
	}
	for i := range rows {
		entry, err := overviewOf(&rows[i])
		if err != nil {
			return nil, c.fault(ctx, err)
		}
		list.Opportunities = append(list.Opportunities, entry)
	}
	return &body[overviewList]{list}, nil
}

// newOverviewQuery returns a query for the opportunities of an account, or of all with *.
func newOverviewQuery(account, catalog string, limit int) *store.OverviewQuery {
	if account == "*" {
		account = ""
	}
	return &store.OverviewQuery{Account: account, Catalog: catalog, Limit: limit}
}

// placeFormat is the form of the place after a page.
const placeFormat = "%s %s %s"

func overviewOf(r *store.OverviewRow) (overviewEntry, error) {
	var o api.GetOpportunityResponse
	if err := api.Unmarshal(r.Document, &o); err != nil {
		return overviewEntry{}, fmt.Errorf("decode opportunity %s: %w", r.ID, err)
	}
	entry := overviewEntry{Account: r.Account, Catalog: r.Catalog, ID: r.ID}
	if o.CreatedDate != nil && o.LastModifiedDate != nil {
		entry.CreatedDate, entry.LastModified = o.CreatedDate.Time(), o.LastModifiedDate.Time()
	}
	if o.LifeCycle != nil {
		entry.Stage, entry.ReviewStatus = text(o.LifeCycle.Stage), text(o.LifeCycle.ReviewStatus)
		entry.TargetCloseDate = text(o.LifeCycle.TargetCloseDate)
	}
	if o.Customer != nil && o.Customer.Account != nil {
		entry.CompanyName = text(o.Customer.Account.CompanyName)
	}
	if o.Project != nil {
		entry.Title = text(o.Project.Title)
	}
	return entry, nil
}

func (c Config) resource(ctx context.Context, id string) (*body[resourceList], error) {
	var found []store.Resource
	if err := c.Store.View(ctx, func(tx *store.Tx) (err error) {
		found, err = tx.Resources(id)
		return err
	}); err != nil {
		return nil, c.fault(ctx, err)
	}
	found = slices.DeleteFunc(found, func(r store.Resource) bool {
		return !slices.ContainsFunc(r.Accounts, func(account string) bool { return covers(ctx, account) == nil })
	})
	if len(found) == 0 {
		return nil, huma.Error404NotFound("id: no account has a resource of this identifier")
	}
	list := resourceList{Resources: make([]resourceEntry, len(found))}
	for i, r := range found {
		list.Resources[i] = resourceEntry{ID: id, Kind: r.Kind, Catalog: r.Catalog, Account: r.Accounts[0], Accounts: r.Accounts}
	}
	list.resourceEntry = list.Resources[0]
	return &body[resourceList]{list}, nil
}

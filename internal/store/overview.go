package store

import (
	"fmt"
	"slices"
	"strings"
)

// everyAccount finds the accounts that a table has rows of. It reads one entry of the
// index for each account, however many rows that has.
const everyAccount = `WITH RECURSIVE seen(account) AS (
	SELECT min(account) FROM %[1]s
	UNION ALL
	SELECT (SELECT min(t.account) FROM %[1]s t WHERE t.account > seen.account) FROM seen WHERE seen.account IS NOT NULL
) SELECT account FROM seen WHERE account IS NOT NULL`

// accountTables have rows of an account that is there, and an index that begins with it.
var accountTables = []string{
	"accounts", "opportunities", "engagement_members", "solutions", "resource_snapshot_jobs", "tasks",
	"customer_accounts", "events", "event_outbox",
}

// HasAccount reports whether an account has a profile, records or events.
func (tx *Tx) HasAccount(account string) (bool, error) {
	rows := make([]string, len(accountTables))
	for i, table := range accountTables {
		rows[i] = "EXISTS (SELECT 1 FROM " + table + " WHERE account = $1)"
	}
	var has int64
	err := tx.row("SELECT CASE WHEN "+strings.Join(rows, " OR ")+" THEN 1 ELSE 0 END", []any{account}, &has)
	return has != 0, err
}

// Accounts returns the accounts that have a profile, records or events, in their order.
func (tx *Tx) Accounts() ([]string, error) {
	var all []string
	for _, table := range accountTables {
		found, err := collect(tx, func(rows Rows, account *string) error { return rows.Scan(account) }, fmt.Sprintf(everyAccount, table))
		if err != nil {
			return nil, err
		}
		all = append(all, found...)
	}
	slices.Sort(all)
	return slices.Compact(all), nil
}

// CountRows returns how many rows a table has of an account.
func (tx *Tx) CountRows(table, account string) (n int64, err error) {
	err = tx.row("SELECT count(*) FROM "+table+" WHERE account = $1", []any{account}, &n)
	return n, err
}

// OverviewQuery asks for opportunities of all accounts.
type OverviewQuery struct {
	Account string // "" is every account
	Catalog string // "" is every catalog
	After   OpportunityKey
	Limit   int
}

// OverviewRow is one opportunity of an overview.
type OverviewRow struct {
	OpportunityKey

	Document []byte
}

// Overview returns opportunities of all accounts, in the order of their keys.
func (tx *Tx) Overview(q *OverviewQuery) ([]OverviewRow, error) {
	s := &statement{args: []any{q.After.Account, q.After.Catalog, q.After.ID}}
	s.WriteString("SELECT account, catalog, id, document FROM opportunities WHERE (account, catalog, id) > ($1, $2, $3)")
	if q.Account != "" {
		s.add(" AND account = ?", q.Account)
	}
	if q.Catalog != "" {
		s.add(" AND catalog = ?", q.Catalog)
	}
	fmt.Fprintf(s, " ORDER BY account, catalog, id LIMIT %d", q.Limit)
	return collect(tx, func(rows Rows, r *OverviewRow) error {
		return rows.Scan(&r.Account, &r.Catalog, &r.ID, &r.Document)
	}, s.String(), s.args...)
}

// Resource is what an identifier belongs to.
type Resource struct {
	Kind     string // such as opportunity
	Catalog  string
	Accounts []string // its owner first, then others that take part in it
}

// owned are the kinds of resources that belong to one account, by the beginning of
// their identifiers.
var owned = []struct{ prefix, kind, table string }{
	{"O", "opportunity", "opportunities"},
	{"S-", "solution", "solutions"},
	{"job-", "resource-snapshot-job", "resource_snapshot_jobs"},
	{"task-", "task", "tasks"},
	{"cust-acc-", "customer-account", "customer_accounts"},
}

// Resources returns what an identifier belongs to. Several accounts may have a
// solution of the same identifier; every other one belongs to at most one.
func (tx *Tx) Resources(id string) ([]Resource, error) {
	switch {
	case strings.HasPrefix(id, "engi-"):
		return collect(tx, func(rows Rows, r *Resource) error {
			r.Kind, r.Accounts = "engagement-invitation", make([]string, 2)
			return rows.Scan(&r.Catalog, &r.Accounts[0], &r.Accounts[1])
		}, `SELECT catalog, sender, receiver FROM engagement_invitations WHERE catalog IN ('AWS', 'Sandbox') AND id = $1`, id)
	case strings.HasPrefix(id, "eng-"):
		return tx.engagementResources(id)
	}
	for _, kind := range owned {
		if strings.HasPrefix(id, kind.prefix) {
			return tx.ownedResources(kind.kind, kind.table, id)
		}
	}
	return nil, nil
}

func (tx *Tx) engagementResources(id string) ([]Resource, error) {
	type member struct{ catalog, account string }
	members, err := collect(tx, func(rows Rows, m *member) error { return rows.Scan(&m.catalog, &m.account) },
		`SELECT catalog, account FROM engagement_members WHERE catalog IN ('AWS', 'Sandbox') AND engagement_id = $1
			ORDER BY catalog, joined_at, account`, id)
	var found []Resource
	for _, m := range members {
		if n := len(found); n == 0 || found[n-1].Catalog != m.catalog {
			found = append(found, Resource{Kind: "engagement", Catalog: m.catalog})
		}
		last := &found[len(found)-1]
		last.Accounts = append(last.Accounts, m.account)
	}
	return found, err
}

// ownedResources asks each account by its key: no index leads with the identifier.
func (tx *Tx) ownedResources(kind, table, id string) (found []Resource, err error) {
	accounts, err := collect(tx, func(rows Rows, account *string) error { return rows.Scan(account) }, fmt.Sprintf(everyAccount, table))
	if err != nil {
		return nil, err
	}
	for _, account := range accounts {
		catalogs, err := collect(tx, func(rows Rows, catalog *string) error { return rows.Scan(catalog) },
			`SELECT catalog FROM `+table+` WHERE account = $1 AND catalog IN ('AWS', 'Sandbox') AND id = $2`, account, id)
		if err != nil {
			return nil, err
		}
		for _, catalog := range catalogs {
			found = append(found, Resource{Kind: kind, Catalog: catalog, Accounts: []string{account}})
		}
	}
	return found, nil
}

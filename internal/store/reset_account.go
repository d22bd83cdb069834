package store

import (
	"fmt"
	"slices"
)

// awsAccount is the account of AWS, which is a party of engagements and no partner.
const awsAccount = "aws"

// identityTables are what says who may act for an account: a reset of the account keeps them.
var identityTables = []string{"principals", "principal_policies", "group_members", "access_keys", "console_passwords"}

// accountColumns are the columns that say whose a row is.
var accountColumns = []string{"account", "follower_account", "follower"}

// engagementTables are the tables with what belongs to an engagement, and their columns
// with its identifier, behind what else says that a row belongs to one.
var engagementTables = [][2]string{
	{"engagement_members", "engagement_id"},
	{"engagement_invitations", "engagement_id"},
	{"resource_snapshots", "engagement_id"},
	{"resource_snapshot_heads", "engagement_id"},
	{"engagements", "id"},
	{"history", "account = '' AND kind = 'Engagement' AND record"},
}

// ResetAccount removes all records of an account but its users, roles, keys and
// policies, and returns how many rows that were. Engagements that it shares with other
// partners stay theirs: the account leaves them, with the invitations that it sent or
// received. Other engagements are removed with all that belongs to them
// (docs/operators.md#reset).
func (tx *Tx) ResetAccount(account string) (rows int64, err error) {
	remove := func(query string, args ...any) error {
		n, err := tx.exec(query, args...)
		rows += n
		return err
	}
	if err := tx.removeSearchOf(account); err != nil {
		return 0, err
	}
	if err := tx.removeWorkOf(account, remove); err != nil {
		return 0, err
	}
	if err := tx.leaveEngagements(account, remove); err != nil {
		return 0, err
	}
	for _, t := range tables {
		if slices.Contains(identityTables, t.Name) {
			continue
		}
		for _, column := range t.Columns {
			if slices.Contains(accountColumns, column.Name) {
				if err := remove("DELETE FROM "+t.Name+" WHERE "+column.Name+" = $1", account); err != nil {
					return 0, err
				}
			}
		}
	}
	_, err = tx.exec(`UPDATE event_rule_versions SET version = version + 1 WHERE account = $1`, account)
	return rows, err
}

// removeSearchOf removes what searches of an account read, with the marks of what is to
// be added to it.
func (tx *Tx) removeSearchOf(account string) error {
	if _, err := tx.exec(`DELETE FROM search_marks WHERE account = $1`, account); err != nil {
		return err
	}
	scopes, err := collect(tx, func(rows Rows, scope *int64) error { return rows.Scan(scope) },
		`SELECT scope FROM search_scopes WHERE account = $1`, account)
	if err != nil {
		return err
	}
	for _, scope := range scopes {
		for _, k := range searchKinds {
			rows := k.table.SQL
			statements := []string{"DELETE FROM " + rows + "_words WHERE " + tx.dialect.wordsKey + " IN (SELECT doc FROM " + rows + " WHERE scope = $1)"}
			for _, table := range scopedTables(k.table) {
				statements = append(statements, "DELETE FROM "+table+" WHERE scope = $1")
			}
			for _, statement := range statements {
				if _, err := tx.exec(statement, scope); err != nil {
					return fmt.Errorf("remove %s rows: %w", k.table.Noun, err)
				}
			}
		}
	}
	return nil
}

// removeWorkOf removes the background jobs about an account's records. Most of their subjects
// begin with the account; those of tasks are the task's identifier, those of invitations
// their catalog and identifier.
func (tx *Tx) removeWorkOf(account string, remove func(query string, args ...any) error) error {
	if err := remove(`DELETE FROM work WHERE subject >= $1 AND subject < $2`, account+"/", account+"0"); err != nil { // 0 is next to /
		return fmt.Errorf("remove work: %w", err)
	}
	for _, query := range []string{
		`DELETE FROM work WHERE kind = 'task' AND subject IN (SELECT id FROM tasks WHERE account = $1)`,
		`DELETE FROM work WHERE kind = 'expire-invitation' AND subject IN
			(SELECT catalog || '/' || id FROM engagement_invitations WHERE sender = $1 OR receiver = $1)`,
	} {
		if err := remove(query, account); err != nil {
			return fmt.Errorf("remove work: %w", err)
		}
	}
	return nil
}

// leaveEngagements removes the engagements that an account shares with no other partner,
// and the account from the others.
func (tx *Tx) leaveEngagements(account string, remove func(query string, args ...any) error) error {
	type engagement struct{ catalog, id string }
	found, err := collect(tx, func(rows Rows, e *engagement) error { return rows.Scan(&e.catalog, &e.id) }, `
		SELECT catalog, engagement_id FROM engagement_members WHERE account = $1
		UNION SELECT catalog, engagement_id FROM engagement_invitations WHERE sender = $1 OR receiver = $1
		ORDER BY 1, 2`, account)
	if err != nil {
		return fmt.Errorf("list engagements: %w", err)
	}
	for _, e := range found {
		// Others are partners that are members, or were invited by somebody else.
		var others int
		if err := tx.row(`SELECT
				(SELECT count(*) FROM engagement_members WHERE catalog = $1 AND engagement_id = $2 AND account <> $3 AND account <> $4) +
				(SELECT count(*) FROM engagement_invitations WHERE catalog = $1 AND engagement_id = $2 AND sender <> $3 AND receiver <> $3)`,
			[]any{e.catalog, e.id, account, awsAccount}, &others); err != nil {
			return err
		}
		if others > 0 {
			if err := tx.MarkSearch(SearchEngagement, "", e.catalog, e.id); err != nil {
				return err
			}
			continue
		}
		for _, table := range engagementTables {
			if err := remove("DELETE FROM "+table[0]+" WHERE catalog = $1 AND "+table[1]+" = $2", e.catalog, e.id); err != nil {
				return err
			}
		}
	}
	return remove(`DELETE FROM engagement_invitations WHERE sender = $1 OR receiver = $1`, account)
}

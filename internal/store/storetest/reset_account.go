package storetest

import (
	"slices"
	"strings"
	"testing"

	"cosell/internal/store"
)

// testResetAccount puts a row of two accounts into every table that has accounts.
func testResetAccount(t *testing.T, s store.Store) {
	const alice, bob = "111122223333", "444455556666"
	kept := []string{"principals", "principal_policies", "group_members", "access_keys", "console_passwords"}
	row := func(table store.Table, account string) (row []any, of bool) {
		for _, column := range table.Columns {
			switch {
			case slices.Contains([]string{"account", "follower", "follower_account"}, column.Name):
				row, of = append(row, account), true
			case column.Integer:
				row = append(row, int64(1))
			case column.Kind != store.KindPlain:
				row = append(row, "{}")
			case slices.Contains([]string{"id", "engagement_id", "token"}, column.Name):
				row = append(row, "of-"+account)
			default:
				row = append(row, "Sandbox")
			}
		}
		return row, of
	}
	update(t, s, func(tx *store.Tx) error {
		for _, table := range store.Tables() {
			for _, account := range []string{alice, bob} {
				row, of := row(table, account)
				if !of {
					continue
				}
				if err := tx.InsertRow(table, row); err != nil {
					return err
				}
			}
		}
		return nil
	})
	before := len(namedRows(t, s, bob))
	update(t, s, func(tx *store.Tx) error {
		_, err := tx.ResetAccount(alice)
		return err
	})
	for _, found := range namedRows(t, s, alice) {
		table, _, _ := strings.Cut(found, " ")
		if !slices.Contains(kept, table) {
			t.Errorf("remained: %s", found)
		}
	}
	if after := len(namedRows(t, s, bob)); after != before {
		t.Errorf("the other account has %d rows, had %d", after, before)
	}
}

// testResetAccountEngagements resets an account that is in engagements of its own and of
// others.
func testResetAccountEngagements(t *testing.T, s store.Store) {
	const alice, bob, aws = "111122223333", "444455556666", "aws"
	insert := func(tx *store.Tx, name string, values ...any) error {
		i := slices.IndexFunc(store.Tables(), func(t store.Table) bool { return t.Name == name })
		return tx.InsertRow(store.Tables()[i], values)
	}
	engagement := func(tx *store.Tx, id string, members ...string) error {
		if err := insert(tx, "engagements", "Sandbox", id, int64(1), "{}"); err != nil {
			return err
		}
		for _, member := range members {
			if err := insert(tx, "engagement_members", member, "Sandbox", id, members[0], int64(1), int64(0), int64(1)); err != nil {
				return err
			}
		}
		return insert(tx, "resource_snapshots", "Sandbox", id, "O1", "View", int64(1), "{}")
	}
	invitation := func(tx *store.Tx, id, engagement, sender, receiver string) error {
		if err := insert(tx, "work", "expire-invitation", "Sandbox/"+id, int64(1), int64(0), int64(0), int64(0), int64(0), "", "{}"); err != nil {
			return err
		}
		return insert(tx, "engagement_invitations", "Sandbox", id, engagement, sender, receiver, "PENDING", "OpportunityInvitation", int64(1), int64(2), "{}")
	}
	update(t, s, func(tx *store.Tx) error {
		for _, err := range []error{
			engagement(tx, "eng-own", alice, aws), engagement(tx, "eng-shared", alice, bob), engagement(tx, "eng-offered", alice),
			engagement(tx, "eng-bobs", bob), engagement(tx, "eng-referred", aws),
			invitation(tx, "engi-offer", "eng-offered", alice, bob), invitation(tx, "engi-ask", "eng-bobs", bob, alice),
			invitation(tx, "engi-refer", "eng-referred", aws, alice), invitation(tx, "engi-other", "eng-bobs", bob, "777788889999"),
		} {
			if err != nil {
				return err
			}
		}
		return nil
	})
	update(t, s, func(tx *store.Tx) error {
		_, err := tx.ResetAccount(alice)
		return err
	})
	for table, want := range map[string]string{
		"engagements":            "eng-bobs eng-shared",
		"engagement_members":     bob + "/eng-bobs " + bob + "/eng-shared",
		"engagement_invitations": "engi-other",
		"resource_snapshots":     "eng-bobs eng-shared",
		"work":                   "Sandbox/engi-other",
	} {
		i := slices.IndexFunc(store.Tables(), func(t store.Table) bool { return t.Name == table })
		var got []string
		for _, row := range allRows(t, s, store.Tables()[i]) {
			id := row[1].(string)
			if table == "engagement_members" {
				id = row[0].(string) + "/" + row[2].(string)
			}
			got = append(got, id)
		}
		if is := strings.Join(got, " "); is != want {
			t.Errorf("%s has %q, want %q", table, is, want)
		}
	}
}

// namedRows returns the rows of all tables that name an account in one of their columns.
func namedRows(t testing.TB, s store.Store, account string) []string {
	t.Helper()
	var found []string
	for _, table := range store.Tables() {
		for _, row := range allRows(t, s, table) {
			var text strings.Builder
			text.WriteString(table.Name)
			named := false
			for _, value := range row {
				if value == account {
					named = true
				}
				if value, ok := value.(string); ok {
					text.WriteString(" " + value)
				}
			}
			if named {
				found = append(found, text.String())
			}
		}
	}
	return found
}

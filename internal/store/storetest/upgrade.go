package storetest

import (
	"database/sql"
	"errors"
	"fmt"
	"testing"

	"github.com/pressly/goose/v3"

	"cosell/internal/store"
)

// upgradeRows are what a store holds that is brought up to date. Its events have
// their places, from before there was an outbox or since.
var upgradeRows = []string{
	`INSERT INTO accounts (account, document) VALUES ('1', '{"a":1}')`,
	`INSERT INTO opportunities (account, catalog, id, stage, review_status, company_key, target_close_date,
		created_at, last_modified_at, origin, document)
		VALUES ('1', 'AWS', 'O1', 'Prospect', 'Approved', 'acme', '2027-06-30', 1, 2, '', '{"b":2}')`,
	`INSERT INTO events (account, sequence, envelope) VALUES ('1', 10, '10'), ('1', 20, '20'), ('1', 30, '30')`,
}

// Upgrade checks that an engine brings a store of every earlier schema up to date
// and loses nothing of it. Of each database that fresh returns, open opens the
// store once the database is closed.
func Upgrade(t *testing.T, dialect goose.Dialect, fresh func(t *testing.T) (db *sql.DB, open func() store.Store)) {
	for version := int64(1); version < store.LatestSchema(); version++ {
		t.Run(fmt.Sprint("From", version), func(t *testing.T) {
			db, open := fresh(t)
			provider, err := goose.NewProvider(dialect, db, store.MigrationsFor(dialect))
			if err != nil {
				t.Fatal(err)
			}
			_, err = provider.UpTo(t.Context(), version)
			for _, row := range upgradeRows {
				if err == nil {
					_, err = db.ExecContext(t.Context(), row)
				}
			}
			if err := errors.Join(err, db.Close()); err != nil {
				t.Fatal(err)
			}
			s := open()
			view(t, s, func(tx *store.Tx) error {
				account, err := tx.Account("1")
				_, opportunity, other := tx.Opportunity(store.OpportunityKey{Account: "1", Catalog: "AWS", ID: "O1"})
				if string(account) != `{"a":1}` || string(opportunity) != `{"b":2}` {
					t.Errorf("read %q and %q", account, opportunity)
				}
				return errors.Join(err, other)
			})
			testEventsOfOlderStore(t, s)
			update(t, s, func(tx *store.Tx) error {
				_, err := tx.Clear()
				return err
			})
			FillTables(t, s)
		})
	}
}

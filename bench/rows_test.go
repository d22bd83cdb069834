package main

import (
	"testing"
	"time"

	"cosell/internal/store"
	"cosell/internal/store/sqlite"
)

// The bare store must write what a create writes, not less.
func TestRowsAreWrittenAsTheyWereRead(t *testing.T) {
	dir := t.TempDir()
	s, err := sqlite.Open(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	first := rows{
		Opportunity: store.Opportunity{
			OpportunityKey: store.OpportunityKey{Account: accessKey, Catalog: catalog, ID: "O1"},
			Stage:          "Prospect", ReviewStatus: "Approved", CompanyKey: "c", TargetCloseDate: "2027-01-01",
			CreatedAt: 1, LastModifiedAt: 1, Document: []byte(`{"Id":"O1"}`),
		},
		Token: store.ClientToken{Account: accessKey, Catalog: catalog, Operation: "CreateOpportunity", Token: "t"},
		First: store.ClientTokenRecord{RequestHash: "h", Response: []byte(`{}`), CreatedAt: 1},
		Event: store.Event{Account: accessKey, Sequence: 1, Envelope: []byte(`{}`)},
	}
	if err := s.Update(t.Context(), func(tx *store.Tx) error {
		if err := tx.InsertOpportunity(&first.Opportunity); err != nil {
			return err
		}
		if err := tx.InsertClientToken(first.Token, first.First); err != nil {
			return err
		}
		return tx.InsertEvent(first.Event)
	}); err != nil {
		t.Fatal(err)
	}
	db, err := openFile(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	read, err := readRows(t.Context(), db)
	if err != nil {
		t.Fatal(err)
	}
	if string(read.Opportunity.Document) != `{"Id":"O1"}` || read.Opportunity.Stage != "Prospect" ||
		read.Token != first.Token || string(read.First.Response) != `{}` || read.Event.Sequence != 1 {
		t.Errorf("read %+v", read)
	}
	w, err := writeFor(t.Context(), time.Millisecond, storeWrite(s, read))
	if err != nil || w.Creates < storeWriters {
		t.Fatalf("%d creates, %v", w.Creates, err)
	}
	for _, table := range []string{"opportunities", "client_tokens", "event_outbox"} {
		var n int
		if err := db.QueryRowContext(t.Context(), "SELECT count(*) FROM "+table).Scan(&n); err != nil || n != w.Creates+1 {
			t.Errorf("%s has %d rows after %d creates, %v", table, n, w.Creates+1, err)
		}
	}
}

func TestLargeStoreHasRareAndCommonRecords(t *testing.T) {
	const n = 1000
	f := newFiller(n)
	companies, statuses := map[string]int{}, map[string]int{}
	last := ""
	for i := range n {
		o, err := f.opportunity(i)
		if err != nil {
			t.Fatal(err)
		}
		companies[o.CompanyKey]++
		statuses[o.ReviewStatus]++
		if o.ID <= last {
			t.Fatalf("%s comes after %s", o.ID, last)
		}
		last = o.ID
		if o.LastModifiedAt < o.CreatedAt {
			t.Errorf("%s was modified before it was created", o.ID)
		}
	}
	for name, c := range map[string]struct{ got, least, most int }{
		"rare company":   {companies["lighthouse ropeworks"], 1, 5},
		"large company":  {companies["harbour freight analytics"], n / 20, n / 5},
		"rare status":    {statuses["Action Required"], 1, 5},
		"common status":  {statuses["Approved"], n / 4, n / 2},
		"another status": {statuses["Rejected"], n / 20, n / 5},
	} {
		if c.got < c.least || c.got > c.most {
			t.Errorf("%s: %d of %d records, want %d to %d", name, c.got, n, c.least, c.most)
		}
	}
}

package audit_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"cosell/internal/audit"
	"cosell/internal/store"
)

// TestEntriesCommittedTogetherShareRows sees that a transaction has a row for each account,
// of a bounded size, and that its entries are found there, in the file as in the store.
func TestEntriesCommittedTogetherShareRows(t *testing.T) {
	w := newWorld(t, audit.Writes)
	var all []*audit.Entry
	const many = 450
	for i := range many {
		e := entry(w.Recorder, fmt.Sprint("Create", i), false, []string{"111111111111", "222222222222"}[min(i%3, 1)])
		all = append(all, e)
	}
	if err := w.EndNow(t.Context(), all...); err != nil {
		t.Fatal(err)
	}
	rows := map[string]int{}
	if err := w.store.View(t.Context(), func(tx *store.Tx) error {
		found, err := tx.AuditRecords(0, math.MaxInt64, many)
		for i := range found {
			rows[found[i].Account] += int(found[i].Entries)
		}
		if len(found) != 3 { // 150, 200 and 100
			t.Errorf("%d rows", len(found))
		}
		return err
	}); err != nil || rows["111111111111"] != many/3 || rows["222222222222"] != many*2/3 {
		t.Errorf("%v, %v", rows, err)
	}
	page, err := w.List(t.Context(), audit.Query{Account: "222222222222", Limit: many})
	if err != nil || len(page.Records) != many*2/3 {
		t.Fatalf("%d records, %v", len(page.Records), err)
	}
	seen := map[string]bool{}
	for _, r := range page.Records {
		if seen[r.EventID] {
			t.Errorf("%s twice", r.EventID)
		}
		seen[r.EventID] = true
		if line := fmt.Sprintf(`"eventID":%q`, r.EventID); !strings.Contains(w.file.String(), line) {
			t.Errorf("the file has no %s", line)
		}
	}
	if lines := strings.Count(w.file.String(), "\n"); lines != many {
		t.Errorf("%d lines in the file", lines)
	}
	if v := w.verify(t, 0, ""); !v.OK || v.Entries != many {
		t.Errorf("%+v", v)
	}
}

// TestLinksAreBounded sees that links of rows with many entries cover fewer rows, and that the
// chain of them is whole.
func TestLinksAreBounded(t *testing.T) {
	w := newWorld(t, audit.Writes)
	batch := make([]*audit.Entry, 1000)
	for range 45 {
		for i := range batch {
			batch[i] = entry(w.Recorder, "Create", false, "111111111111")
		}
		if err := w.EndNow(t.Context(), batch...); err != nil {
			t.Fatal(err)
		}
	}
	if v := w.verify(t, 0, ""); !v.OK || v.Entries != 45_000 || v.Links != 3 || v.Open != 0 {
		t.Errorf("%+v", v)
	}
}

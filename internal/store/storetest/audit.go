package storetest

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cosell/internal/store"
)

// testAudit sees that rows are read in both directions, and that a reset leaves them.
func testAudit(t *testing.T, s store.Store) {
	var all []store.AuditRecord
	for i := range 4 {
		account := []string{"1", "2", ""}[i%3]
		all = append(all, store.AuditRecord{Sequence: int64(10 * (i + 1)), Writer: "w", Account: account, Entries: 1, Content: fmt.Append(nil, "entry ", i)})
	}
	marks := slices.Clone(all[:2])
	for i := range marks {
		marks[i].Content = nil
	}
	seal := store.AuditSeal{Number: 1, To: 20, Entries: 2, Hash: "h", SealedAt: 7}
	update(t, s, func(tx *store.Tx) error {
		for i := range all {
			if err := tx.InsertAuditRecord(&all[i]); err != nil {
				return err
			}
		}
		return tx.InsertAuditSeal(&seal)
	})
	update(t, s, func(tx *store.Tx) error { return isNot(tx.InsertAuditSeal(&seal), store.ErrExists) })
	update(t, s, func(tx *store.Tx) error {
		_, err := tx.Clear()
		return err
	})
	view(t, s, func(tx *store.Tx) error {
		for name, c := range map[string]struct {
			read func() ([]store.AuditRecord, error)
			want []store.AuditRecord
		}{
			"forward":   {func() ([]store.AuditRecord, error) { return tx.AuditRecords(10, 40, 2) }, all[1:3]},
			"up to":     {func() ([]store.AuditRecord, error) { return tx.AuditRecords(0, 20, 9) }, all[:2]},
			"marks":     {func() ([]store.AuditRecord, error) { return tx.AuditMarks(0, 20, 9) }, marks},
			"backward":  {func() ([]store.AuditRecord, error) { return tx.AuditRecordsBefore(math.MaxInt64, 40, "", 9) }, all[3:]},
			"before":    {func() ([]store.AuditRecord, error) { return tx.AuditRecordsBefore(20, 0, "", 9) }, all[:1]},
			"of one":    {func() ([]store.AuditRecord, error) { return tx.AuditRecordsBefore(40, 0, "2", 9) }, []store.AuditRecord{all[2], all[1]}},
			"of no one": {func() ([]store.AuditRecord, error) { return tx.AuditRecordsBefore(20, 0, "3", 9) }, nil},
		} {
			got, err := c.read()
			if err != nil {
				return err
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("%s:\n%s", name, diff)
			}
		}
		last, err := tx.LastAuditSequence()
		if last != 40 {
			t.Errorf("the last sequence is %d", last)
		}
		if err != nil {
			return err
		}
		if _, err := tx.LastAuditSeal(19); isNot(err, store.ErrNotFound) != nil {
			t.Errorf("a seal before its last record: %v", err)
		}
		seals, err := tx.AuditSeals(0, 9)
		if diff := cmp.Diff([]store.AuditSeal{seal}, seals); diff != "" {
			t.Error(diff)
		}
		return err
	})
}

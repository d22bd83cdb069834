package storetest

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cosell/internal/api"
	"cosell/internal/store"
)

// texts are hard to carry from one place to another, in the order of their
// bytes.
var texts = slices.Sorted(slices.Values([]string{
	"", "\x00", "\x01", "\x01\x01", "\t\r\n", " ", `"quoted" \back\`, "<&>", "A", "a", "a-b", "ab",
	"{", `{"a": [1, {}], "b":"<\u0000\n>"}`, `{"a":1} `, "{\n}", "é", "\u2028", "\ufeff", "\U0001f600",
}))

// documents are JSON objects that are hard to carry.
var documents = []string{
	"{}", `{"a":1}`, `{"a": [1, {}], "b":"<\u0000\n>"}`, `{"a":1} `, "{\n}", ` {"é":"\u2028\ufeff"}`, `{"quoted":"\"\\back"}`,
	"{\"\U0001f600\":\"\u007f\"}", `{"a":1e400,"a":2}`, "\t{}",
}

// tableRows makes rows of a table, in the order of the key.
func tableRows(t store.Table) [][]any {
	integers := []int64{-store.MaxInteger, -1, 0, 1, store.MaxInteger}
	times := []int64{0, 1, int64(api.MaxTimestamp)}
	var rows [][]any
	for i, text := range texts {
		row := make([]any, len(t.Columns))
		for j, column := range t.Columns {
			switch {
			case column.Kind == store.KindTime:
				row[j] = times[(i+j)%len(times)]
			case column.Integer:
				row[j] = integers[(i+j)%len(integers)]
			case column.Kind != store.KindPlain:
				row[j] = documents[(i*7+j)%len(documents)]
			case j == 0:
				row[j] = text
			default:
				row[j] = texts[(i*7+j)%len(texts)]
			}
		}
		rows = append(rows, row)
	}
	return rows
}

// FillTables gives every table of a store some rows: the texts and numbers that
// are easily lost on the way.
func FillTables(t testing.TB, s store.Store) {
	t.Helper()
	update(t, s, func(tx *store.Tx) error {
		for _, table := range store.Tables() {
			for _, row := range tableRows(table) {
				if err := tx.InsertRow(table, row); err != nil {
					return fmt.Errorf("%s: %w", table.Name, err)
				}
			}
		}
		return nil
	})
}

func allRows(t testing.TB, s store.Store, table store.Table) (rows [][]any) {
	t.Helper()
	view(t, s, func(tx *store.Tx) error {
		rows = nil
		return tx.Walk(table, func(row []any) error {
			rows = append(rows, slices.Clone(row))
			return nil
		})
	})
	return rows
}

func testTables(t *testing.T, s store.Store) {
	FillTables(t, s)
	for _, table := range store.Tables() {
		if diff := cmp.Diff(tableRows(table), allRows(t, s, table)); diff != "" {
			t.Errorf("%s:\n%s", table.Name, diff)
		}
		twice := tableRows(table)[0]
		err := s.Update(t.Context(), func(tx *store.Tx) error { return tx.InsertRow(table, twice) })
		if table.Secret != (err == nil) || err != nil && !errors.Is(err, store.ErrExists) {
			t.Errorf("%s: the same row twice: %v", table.Name, err)
		}
	}
}

func testSecretIsReplaced(t *testing.T, s store.Store) {
	update(t, s, func(tx *store.Tx) error {
		if _, err := tx.Secret("key", func() string { return "old" }); err != nil {
			return err
		}
		return tx.InsertRow(store.Tables()[0], []any{"key", "new"})
	})
	update(t, s, func(tx *store.Tx) error {
		got, err := tx.Secret("key", func() string { return "made" })
		if got != "new" {
			t.Errorf("got %q", got)
		}
		return err
	})
}

// A walk of many pages misses nothing and sees nothing twice, also where pages
// end within a part of the key.
func testWalkPages(t *testing.T, s store.Store) {
	const accounts, sequences = 3, 1100
	events := slices.IndexFunc(store.Tables(), func(t store.Table) bool { return t.Name == "events" })
	table := store.Tables()[events]
	var want [][]any
	update(t, s, func(tx *store.Tx) error {
		want = nil
		for account := range accounts {
			for sequence := range sequences {
				row := []any{fmt.Sprint(account), int64(sequence), "{}"}
				want = append(want, row)
				if err := tx.InsertRow(table, row); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if got := allRows(t, s, table); !slices.EqualFunc(got, want, slices.Equal) {
		t.Errorf("got %d rows, want %d, or others", len(got), len(want))
	}
	enough := errors.New("enough")
	seen := 0
	err := s.View(t.Context(), func(tx *store.Tx) error {
		seen = 0
		return tx.Walk(table, func([]any) error {
			if seen++; seen == 1500 {
				return enough
			}
			return nil
		})
	})
	if !errors.Is(err, enough) || seen != 1500 {
		t.Errorf("stopped after %d rows with %v", seen, err)
	}
}

func testClear(t *testing.T, s store.Store) {
	occupied := func() (name string) {
		view(t, s, func(tx *store.Tx) (err error) {
			name, err = tx.Occupied()
			return err
		})
		return name
	}
	if got := occupied(); got != "" {
		t.Errorf("a new store has %s", got)
	}
	FillTables(t, s)
	update(t, s, func(tx *store.Tx) error { return tx.BeginImport(store.ImportProgress{Lines: 1}) })
	if got := occupied(); got != "accounts" {
		t.Errorf("occupied by %q", got)
	}
	var removed int64
	update(t, s, func(tx *store.Tx) (err error) {
		removed, err = tx.Clear()
		return err
	})
	cleared := 0
	for _, table := range store.Tables() {
		if !table.Secret {
			cleared++
		}
	}
	if want := int64(len(texts) * cleared); removed != want {
		t.Errorf("removed %d rows, want %d", removed, want)
	}
	if got := occupied(); got != "" {
		t.Errorf("%s remained", got)
	}
	for _, table := range store.Tables() {
		if got := len(allRows(t, s, table)); (got > 0) != table.Secret {
			t.Errorf("%s has %d rows", table.Name, got)
		}
	}
	view(t, s, func(tx *store.Tx) error {
		_, err := tx.ImportProgress()
		return isNot(err, store.ErrNotFound)
	})
}

func testImportProgress(t *testing.T, s store.Store) {
	begin := store.ImportProgress{Lines: 1, Digest: "a"}
	half := store.ImportProgress{Lines: 5, Digest: "b"}
	whole := store.ImportProgress{Lines: 9, Digest: "c", Complete: true}
	is := func(want store.ImportProgress) {
		t.Helper()
		view(t, s, func(tx *store.Tx) error {
			got, err := tx.ImportProgress()
			if got != want {
				t.Errorf("got %+v, want %+v", got, want)
			}
			return err
		})
	}
	advance := func(from, to store.ImportProgress) error {
		return s.Update(t.Context(), func(tx *store.Tx) error { return tx.AdvanceImport(from, to) })
	}
	if err := advance(begin, half); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("an import that never began: %v", err)
	}
	update(t, s, func(tx *store.Tx) error { return tx.BeginImport(begin) })
	is(begin)
	if err := s.Update(t.Context(), func(tx *store.Tx) error { return tx.BeginImport(half) }); !errors.Is(err, store.ErrExists) {
		t.Errorf("a second import: %v", err)
	}
	for _, c := range []struct {
		from, to store.ImportProgress
		want     error
	}{
		{half, whole, store.ErrNotFound},
		{begin, half, nil},
		{begin, half, store.ErrNotFound},
		{store.ImportProgress{Lines: 5, Digest: "other"}, whole, store.ErrNotFound},
		{half, whole, nil},
		{whole, whole, store.ErrNotFound},
	} {
		if err := advance(c.from, c.to); !errors.Is(err, c.want) {
			t.Errorf("from %+v: %v, want %v", c.from, err, c.want)
		}
	}
	is(whole)
}

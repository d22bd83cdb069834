package sqlite

import (
	"database/sql/driver"
	"errors"
	"fmt"
	"strings"
	"testing"

	"cosell/internal/store"
)

func readAccount(t *testing.T, s *Store, account string) string {
	t.Helper()
	var document []byte
	err := s.View(t.Context(), func(tx *store.Tx) (err error) {
		document, err = tx.Account(account)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return string(document)
}

func putAccount(t *testing.T, s *Store, account, document string) {
	t.Helper()
	if err := s.Update(t.Context(), func(tx *store.Tx) error { return tx.PutAccount(account, []byte(document)) }); err != nil {
		t.Fatal(err)
	}
}

func openHere(t *testing.T) *Store {
	t.Helper()
	s, err := Open(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// cached counts the rows that all readers cache.
func cached(s *Store) (n int) {
	for range cap(s.readers) {
		r := <-s.readers
		n += len(r.cache.rows)
		s.readers <- r
	}
	return n
}

// openReaders has a number of readers read at once.
func openReaders(t *testing.T, s *Store, n int) {
	t.Helper()
	if n == 0 {
		return
	}
	err := s.View(t.Context(), func(tx *store.Tx) error {
		openReaders(t, s, n-1)
		_, err := tx.Account("1")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// A commit can be seen before it has ended: a checkpoint is part of it. Once one view
// has seen it, all do.
func TestNoViewGoesBackDuringACommit(t *testing.T) {
	s := openHere(t)
	putAccount(t, s, "1", "old")
	openReaders(t, s, cap(s.readers)) // all have a transaction open
	s.commits.begin(true)
	c := Connect(t, s.directory.path)
	if _, err := c.Exec(t.Context(), "UPDATE accounts SET document = 'new'"); err != nil {
		t.Fatal(err)
	}
	for range cap(s.readers) {
		if got := readAccount(t, s, "1"); got != "new" {
			t.Errorf("read %q after the commit", got)
		}
	}
	if _, err := c.Exec(t.Context(), "UPDATE accounts SET document = 'newer'"); err != nil {
		t.Fatal(err)
	}
	for range cap(s.readers) {
		if got := readAccount(t, s, "1"); got != "newer" {
			t.Errorf("read %q after another commit", got)
		}
	}
	s.commits.end()
	if got := readAccount(t, s, "1"); got != "newer" {
		t.Errorf("read %q when the commit had ended", got)
	}
}

func TestRowsAreCachedUntilTheNextCommit(t *testing.T) {
	s := openHere(t)
	putAccount(t, s, "1", "old")
	for range 8 {
		if got := readAccount(t, s, "1"); got != "old" {
			t.Fatalf("read %q", got)
		}
	}
	if n := cached(s); n == 0 || n > cap(s.readers) {
		t.Errorf("%d rows cached by %d readers", n, cap(s.readers))
	}
	putAccount(t, s, "1", "new")
	for range 8 {
		if got := readAccount(t, s, "1"); got != "new" {
			t.Fatalf("read %q after the commit of new", got)
		}
	}
}

func TestAppendDoesNotChangeACachedRow(t *testing.T) {
	s := openHere(t)
	putAccount(t, s, "1", "document")
	for range 8 {
		err := s.View(t.Context(), func(tx *store.Tx) error {
			document, err := tx.Account("1")
			if string(document) != "document" {
				t.Errorf("read %q", document)
			}
			_ = append(document[:8], " and more"...)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

func TestRowCacheIsBounded(t *testing.T) {
	var c rowCache
	text := string(make([]byte, 100<<10))
	for i := range 100 {
		key := fmt.Sprint(i)
		c.put(key, []driver.Value{text})
		if c.size > maxCache || c.rows[key] == nil {
			t.Fatalf("%d rows of %d bytes", len(c.rows), c.size)
		}
	}
	if len(c.rows) < 5 {
		t.Errorf("only %d rows cached", len(c.rows))
	}
}

func TestOnlySimpleArgumentsMakeAKey(t *testing.T) {
	for _, args := range [][]any{{[]byte("a")}, {1.5}, {nil}, {"1", 2}} {
		if _, ok := appendKey(nil, "SELECT", args); ok {
			t.Errorf("%v made a key", args)
		}
	}
}

func TestDifferentQueriesHaveDifferentKeys(t *testing.T) {
	of := map[string][]any{}
	for _, args := range [][]any{
		{},
		{""},
		{"1"},
		{int64(1)},
		{"1", ""},
		{"", "1"},
		{"s\x011"},
		{"i\x02"},
		{"1", int64(1)},
		{int64(1), "1"},
		{int64(-1)},
		{int64(1) << 62},
		{strings.Repeat("s", 300)},
		{"11"},
		{"1", "1"},
	} {
		key, ok := appendKey(nil, "SELECT", args)
		if other, taken := of[string(key)]; taken || !ok {
			t.Errorf("%q has the key of %q", args, other)
		}
		of[string(key)] = args
	}
}

// What only adds to the audit does not end what readers cache, and everything else does.
func TestRowsAreCachedAcrossCommitsOfTheAudit(t *testing.T) {
	s := openHere(t)
	putAccount(t, s, "1", "old")
	read := func() {
		for range 4 * cap(s.readers) {
			readAccount(t, s, "1")
		}
	}
	sequence := int64(0)
	audit := func(tx *store.Tx) error {
		sequence++
		return tx.InsertAuditRecord(&store.AuditRecord{Sequence: sequence, Writer: "w", Entries: 1, Content: []byte("{}")})
	}
	last := func() (last int64) {
		if err := s.View(t.Context(), func(tx *store.Tx) (err error) {
			last, err = tx.LastAuditSequence()
			return err
		}); err != nil {
			t.Fatal(err)
		}
		return last
	}
	read()
	before := cached(s)
	for range 3 {
		if err := s.Update(t.Context(), audit); err != nil {
			t.Fatal(err)
		}
		for range 2 * cap(s.readers) {
			if got := last(); got != sequence {
				t.Fatalf("read sequence %d of the audit, want %d", got, sequence)
			}
		}
	}
	if after := cached(s); after != before || before == 0 {
		t.Errorf("%d rows are cached after commits of the audit, before %d", after, before)
	}
	for i, put := range []func(tx *store.Tx) error{
		func(tx *store.Tx) error { return tx.PutAccount("1", []byte("new 0")) },
		func(tx *store.Tx) error { return errors.Join(tx.PutAccount("1", []byte("new 1")), audit(tx)) },
		func(tx *store.Tx) error { return errors.Join(audit(tx), tx.PutAccount("1", []byte("new 2"))) },
	} {
		read()
		if err := s.Update(t.Context(), put); err != nil {
			t.Fatal(err)
		}
		if n := cached(s); n != 0 {
			t.Errorf("%d rows are cached after change %d", n, i)
		}
		for range 2 * cap(s.readers) {
			if got, want := readAccount(t, s, "1"), fmt.Sprint("new ", i); got != want {
				t.Fatalf("read %q, want %q", got, want)
			}
		}
	}
}

// A view sees one state, also where it began with rows that were cached before and
// something is committed meanwhile.
func TestAViewWithCachedRowsSeesOneState(t *testing.T) {
	s := openHere(t)
	put := func(document string) {
		if err := s.Update(t.Context(), func(tx *store.Tx) error {
			return errors.Join(tx.PutAccount("1", []byte(document)), tx.PutAccount("2", []byte(document)))
		}); err != nil {
			t.Fatal(err)
		}
	}
	put("old")
	for range 4 * cap(s.readers) {
		readAccount(t, s, "1")
	}
	if err := s.Update(t.Context(), func(tx *store.Tx) error {
		return tx.InsertAuditRecord(&store.AuditRecord{Sequence: 1, Writer: "w", Entries: 1, Content: []byte("{}")})
	}); err != nil {
		t.Fatal(err)
	}
	if err := s.View(t.Context(), func(tx *store.Tx) error {
		first, err := tx.Account("1") // cached before the commit of the audit
		if err != nil {
			return err
		}
		put("new")
		second, err := tx.Account("2")
		if string(first) != "old" || string(second) != "old" {
			t.Errorf("one view read %q and %q", first, second)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
}

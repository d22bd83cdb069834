package store

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"cosell/internal/search"
)

// SearchKind is a kind of record that a search finds.
type SearchKind string

// The kinds of records.
const (
	SearchOpportunity SearchKind = "opportunity"
	SearchEngagement  SearchKind = "engagement"
	SearchCustomer    SearchKind = "customer"
)

// searchKinds says how the rows of each kind are made.
var searchKinds = map[SearchKind]struct {
	table *search.Table
	// shared says that a record belongs to no account; its marks name none.
	shared bool
	// rows returns the rows of the records that still exist.
	rows func(tx *Tx, account, catalog string, ids []string) ([]searchRow, error)
}{
	SearchOpportunity: {search.Opportunities, false, (*Tx).opportunityRows},
	SearchEngagement:  {search.Engagements, true, (*Tx).engagementRows},
	SearchCustomer:    {search.Customers, false, (*Tx).customerRows},
}

// searchRow is a row, and whose search finds it.
type searchRow struct {
	account string
	*search.Row
}

const (
	// foldAtOnce is how many records get their rows in one transaction of a search:
	// others wait for it where there is one writer.
	foldAtOnce = 200
	// foldBehind is how many do in the background. More rows at once cost less each.
	foldBehind  = 500
	hasteAtOnce = 500
)

// ManySearchMarks is the number of marks from which on rows are made in haste
// (search_recent.go), hasteAtOnce of them in one transaction.
const ManySearchMarks = 1000

// FoldSearch brings what a search of an account and catalog reads up to date: it
// makes the rows of all records that were changed before it was called. Each
// transaction keeps what it made: a search that ends early leaves less to the next.
func FoldSearch(ctx context.Context, s Store, kind SearchKind, account, catalog string) error {
	if searchKinds[kind].shared {
		account = ""
	}
	var pending int
	err := s.View(ctx, func(tx *Tx) (err error) {
		pending, err = tx.searchPending(kind, account, catalog)
		return err
	})
	if err != nil || pending == 0 {
		return err
	}
	f := fold{kind: kind, account: account, catalog: catalog, most: foldAtOnce}
	if pending == ManySearchMarks {
		f.haste, f.most = true, hasteAtOnce
	}
	// Each record is passed by once: what is changed meanwhile need not be seen.
	for {
		n, err := f.step(ctx, s)
		if err = cmp.Or(err, ctx.Err()); err != nil {
			return fmt.Errorf("fold search: %w", err)
		}
		if n < f.most {
			return nil
		}
	}
}

// FoldAnySearch makes the rows of some records that were changed, or moves some that
// were made in haste, and returns of how many: 0 where there was none.
func FoldAnySearch(ctx context.Context, s Store) (n int, err error) {
	return foldAny(ctx, s, &fold{most: foldBehind})
}

// HastenAnySearch makes rows in haste of some records that were changed, and returns of
// how many: 0 where there was none.
func HastenAnySearch(ctx context.Context, s Store) (n int, err error) {
	return foldAny(ctx, s, &fold{most: hasteAtOnce, haste: true})
}

func foldAny(ctx context.Context, s Store, f *fold) (n int, err error) {
	err = s.View(ctx, func(tx *Tx) (err error) {
		if n, err = f.findMark(tx); n > 0 || err != nil || f.haste {
			return err
		}
		n, err = f.findRecent(tx)
		return err
	})
	if err != nil || n == 0 {
		return 0, err
	}
	return f.step(ctx, s)
}

// fold makes the rows of records of a kind, some in each transaction.
type fold struct {
	kind             SearchKind
	account, catalog string
	most             int    // in one transaction
	haste            bool   // makes recent rows
	recent           bool   // of records that have recent rows, in place of marked ones
	scope            int64  // of these
	after            string // the last identifier
}

// findMark finds records that are marked. It returns 0 where there is none.
func (f *fold) findMark(tx *Tx) (n int, err error) {
	marks, err := collect(tx, func(rows Rows, _ *struct{}) error { return rows.Scan((*string)(&f.kind), &f.account, &f.catalog) },
		`SELECT kind, account, catalog FROM search_marks ORDER BY kind, account, catalog, id LIMIT 1`)
	return len(marks), err
}

// step makes the rows of the next records. It returns how many marks or recent rows it
// found.
func (f *fold) step(ctx context.Context, s Store) (n int, err error) {
	var last string
	err = s.Update(ctx, func(tx *Tx) error {
		find := tx.markedIDs
		if f.recent {
			find = tx.recentIDs
		}
		ids, err := find(f)
		if n = len(ids); err != nil || n == 0 {
			return err
		}
		last = ids[n-1]
		return tx.foldSearch(f, slices.Compact(ids))
	}, Idempotent())
	if err == nil && n > 0 {
		f.after = last
	}
	return n, err
}

// SearchBacklog counts the records whose rows have to be made, and those that were made in
// haste; each at most a number.
func (tx *Tx) SearchBacklog(most int) (marked, recent int, err error) {
	count := func(table string) (n int, err error) {
		err = tx.row("SELECT count(*) FROM (SELECT id FROM "+table+" LIMIT $1) AS counted", []any{int64(most)}, &n)
		return n, err
	}
	if marked, err = count("search_marks"); err != nil {
		return 0, 0, err
	}
	for _, k := range searchKinds {
		n, err := count(recentTable(k.table))
		if err != nil {
			return 0, 0, err
		}
		recent += n
	}
	return marked, recent, nil
}

// RequireCurrentSearches makes searches of the transaction fail with [ErrSearchBehind] where a
// record of theirs was changed and has no new row yet. Who looks at it so needs no
// [FoldSearch] before, as long as nothing is behind.
func (tx *Tx) RequireCurrentSearches() { tx.searchesCurrent = true }

// searchPending counts the marks of an account and catalog, at most ManySearchMarks.
func (tx *Tx) searchPending(kind SearchKind, account, catalog string) (n int, err error) {
	err = tx.row(`SELECT count(*) FROM (SELECT id FROM search_marks WHERE kind = $1 AND account = $2 AND catalog = $3 LIMIT $4) AS marks`,
		[]any{string(kind), account, catalog, int64(ManySearchMarks)}, &n)
	return n, err
}

// markedIDs returns the next records that are marked.
func (tx *Tx) markedIDs(f *fold) ([]string, error) {
	return collect(tx, func(rows Rows, id *string) error { return rows.Scan(id) },
		`SELECT id FROM search_marks WHERE kind = $1 AND account = $2 AND catalog = $3 AND id > $4 ORDER BY id LIMIT $5`,
		string(f.kind), f.account, f.catalog, f.after, int64(f.most))
}

// foldSearch makes the rows of records.
func (tx *Tx) foldSearch(f *fold, ids []string) error {
	k := searchKinds[f.kind]
	// Of two that come so far from one state, the later fails here and runs again.
	if err := tx.lockRow(`INSERT INTO search_locks (name, version) VALUES ($1, 1)
		ON CONFLICT (name) DO UPDATE SET version = search_locks.version + 1`,
		strings.Join([]string{string(f.kind), f.account, f.catalog}, "/")); err != nil {
		return err
	}
	s := new(statement)
	s.WriteString("DELETE FROM search_marks AS m WHERE")
	tx.withKeys(s, "search_marks", "m", []equalTo{{"kind", string(f.kind)}, {"account", f.account}, {"catalog", f.catalog}}, "id", ids)
	if _, err := tx.exec(s.String(), s.args...); err != nil {
		return err
	}
	rows, err := k.rows(tx, f.account, f.catalog, ids)
	if err != nil {
		return err
	}
	byAccount := map[string][]*search.Row{}
	if k.shared {
		// Whose the recent rows are that it had is not known.
		if err := tx.removeSharedRecent(k.table, f.catalog, ids); err != nil {
			return err
		}
	} else {
		byAccount[f.account] = nil // records that are gone
	}
	for _, row := range rows {
		byAccount[row.account] = append(byAccount[row.account], row.Row)
	}
	put := tx.putSearchRows
	if f.haste {
		put = tx.putRecentRows
	}
	for account, rows := range byAccount {
		if err := put(k.table, account, f.catalog, ids, rows); err != nil {
			return fmt.Errorf("write %s rows: %w", k.table.Noun, err)
		}
	}
	return nil
}

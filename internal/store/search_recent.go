package store

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"cosell/internal/search"
)

// Rows with their indexes cost four times as much as rows alone. So where a search finds
// many records whose rows have to be made, it makes rows without indexes, in a table of
// their own: the recent rows. They are looked at one by one, in place of other rows of
// their records, until FoldAnySearch has moved them.

// recentTable is the table of recent rows.
func recentTable(t *search.Table) string { return t.SQL + "_recent" }

// notRecent writes that a record of a row has no recent row.
func notRecent(s *statement, t *search.Table) {
	s.WriteString("NOT EXISTS (SELECT 1 FROM " + recentTable(t) + " r WHERE r.scope = t.scope AND r.id = t.id)")
}

// putRecentRows makes recent rows of the records with the identifiers, and removes all rows
// of those that are gone.
func (tx *Tx) putRecentRows(t *search.Table, account, catalog string, ids []string, rows []*search.Row) error {
	scope, err := tx.newSearchScope(account, catalog)
	if err != nil {
		return err
	}
	if err := tx.changeTotals(t, scope, ids, rows); err != nil {
		return err
	}
	if err := tx.removeRecent(t, scope, ids); err != nil {
		return err
	}
	present := make(map[string]bool, len(rows))
	for _, r := range rows {
		present[r.ID] = true
	}
	if gone := slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return present[id] }); len(gone) > 0 {
		if err := tx.removeSearchRows(t, scope, gone); err != nil {
			return err
		}
	}
	// The table has them in this order.
	slices.SortFunc(rows, func(x, y *search.Row) int { return strings.Compare(x.ID, y.ID) })
	insert := insertRow(recentTable(t), searchColumnNames(t)) + " ON CONFLICT DO NOTHING"
	for _, r := range rows {
		err := tx.insert(insert, searchColumns(t, scope, r)...)
		if errors.Is(err, ErrExists) {
			return ErrStale // another transaction made it
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// removeRecent removes the recent rows of records.
func (tx *Tx) removeRecent(t *search.Table, scope int64, ids []string) error {
	s := new(statement)
	s.WriteString("DELETE FROM " + recentTable(t) + " AS t WHERE")
	tx.withKeys(s, recentTable(t), "t", scopeIs(scope), "id", ids)
	_, err := tx.exec(s.String(), s.args...)
	return err
}

// removeSharedRecent removes the recent rows of records that belong to no account.
func (tx *Tx) removeSharedRecent(t *search.Table, catalog string, ids []string) error {
	s := new(statement)
	s.add("DELETE FROM "+recentTable(t)+" WHERE scope IN (SELECT scope FROM search_scopes WHERE catalog = ?)", catalog)
	s.add(" AND id >= ? AND id <= ?", ids[0], ids[len(ids)-1]) // fewer to compare with each
	in(s, "id", ids)
	_, err := tx.exec(s.String(), s.args...)
	return err
}

// findRecent finds records that have recent rows. It returns 0 where there is none.
func (f *fold) findRecent(tx *Tx) (n int, err error) {
	for kind, k := range searchKinds {
		scopes, err := collect(tx, func(rows Rows, scope *int64) error { return rows.Scan(scope) },
			"SELECT scope FROM "+recentTable(k.table)+" LIMIT 1")
		if err != nil {
			return 0, err
		}
		if len(scopes) == 0 {
			continue
		}
		f.kind, f.recent = kind, true
		if err := tx.row(`SELECT account, catalog FROM search_scopes WHERE scope = $1`, []any{scopes[0]}, &f.account, &f.catalog); err != nil {
			return 0, err
		}
		f.scope = scopes[0]
		if k.shared {
			f.account = ""
		}
		return 1, nil
	}
	return 0, nil
}

// recentIDs returns the next records that have recent rows.
func (tx *Tx) recentIDs(f *fold) ([]string, error) {
	return collect(tx, func(rows Rows, id *string) error { return rows.Scan(id) },
		"SELECT id FROM "+recentTable(searchKinds[f.kind].table)+" WHERE scope = $1 AND id > $2 ORDER BY id LIMIT $3",
		f.scope, f.after, int64(f.most))
}

// searchedScope returns the number of an account's records in a catalog, and whether
// some of them have recent rows; or ErrNotFound.
func (tx *Tx) searchedScope(t *search.Table, account, catalog string) (scope int64, recent bool, err error) {
	kind, owner := kindOf(t), account
	if searchKinds[kind].shared {
		owner = ""
	}
	var recents, marks int
	err = tx.row(`SELECT coalesce(s.scope, 0), (SELECT count(*) FROM (SELECT 1 AS one FROM `+recentTable(t)+` r WHERE r.scope = s.scope LIMIT 1) AS recent),
			(SELECT count(*) FROM (SELECT 1 AS one FROM search_marks WHERE kind = $3 AND account = $4 AND catalog = $5 LIMIT 1) AS marks)
		FROM (SELECT 1 AS one) AS one LEFT JOIN search_scopes s ON s.account = $1 AND s.catalog = $2`,
		[]any{account, catalog, string(kind), owner, catalog}, &scope, &recents, &marks)
	switch {
	case err != nil:
		return 0, false, err
	case marks > 0 && tx.searchesCurrent:
		return 0, false, ErrSearchBehind
	case scope == 0:
		return 0, false, ErrNotFound
	}
	return scope, recents > 0, nil
}

// kindOf returns the kind whose rows a table has.
func kindOf(t *search.Table) SearchKind {
	for kind, k := range searchKinds {
		if k.table == t {
			return kind
		}
	}
	panic("store: a search of " + t.Noun + " is of no kind")
}

// ofRecent returns the same search of the recent rows alone.
func (r *searchRun) ofRecent() *searchRun {
	of := *r
	of.from, of.recent = recentTable(r.Table), false
	return &of
}

// recentPage returns the page of a search of recent rows.
func (r *searchRun) recentPage() (page []SearchPosition, err error) {
	err = r.eachWindow(r.recentWindows(), func(w *searchWindow) (enough bool, err error) {
		found, err := r.window(&searchLead{}, w, r.Limit)
		page = r.first(append(page, found...))
		return false, err
	})
	return page, err
}

// recentWindows are windows over recent rows, in the order of their identifiers.
func (r *searchRun) recentWindows() func(size int) (*searchWindow, error) {
	windows := r.keyWindows("id")
	return func(size int) (*searchWindow, error) {
		w, err := windows(size)
		if err != nil {
			return nil, err
		}
		bound := w.bound
		w.bound = func(s *statement) {
			bound(s)
			r.afterInOrder(s, true)
		}
		return w, nil
	}
}

// keyWindows are windows over a table in the order of what its key has behind the scope.
func (r *searchRun) keyWindows(key string) func(size int) (*searchWindow, error) {
	after := ""
	return func(size int) (*searchWindow, error) {
		ends, err := collect(r.tx, func(rows Rows, end *string) error { return rows.Scan(end) },
			fmt.Sprintf("SELECT %s FROM %s WHERE scope = $1 AND %[1]s > $2 ORDER BY %[1]s LIMIT 1 OFFSET $3", key, r.from),
			r.scope, after, int64(size))
		if err != nil {
			return nil, err
		}
		begin, w := after, &searchWindow{last: len(ends) == 0}
		if !w.last {
			after = ends[0]
		}
		end := after
		w.bound = func(s *statement) {
			s.add(" AND t."+key+" > ?", begin)
			if !w.last {
				s.add(" AND t."+key+" <= ?", end)
			}
		}
		return w, nil
	}
}

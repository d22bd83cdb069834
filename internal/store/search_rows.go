package store

import (
	"cmp"
	"errors"
	"fmt"
	"hash/fnv"
	"slices"
	"strings"

	"cosell/internal/search"
)

// putSearchRows replaces the rows of the records with the identifiers by those that
// are given.
func (tx *Tx) putSearchRows(t *search.Table, account, catalog string, ids []string, rows []*search.Row) error {
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
	if err := tx.removeSearchRows(t, scope, ids); err != nil {
		return err
	}
	docs, err := tx.newDocs(t, scope, rows)
	if err != nil {
		return err
	}
	insert := insertRow(t.SQL, append([]string{"doc"}, searchColumnNames(t)...)) + " ON CONFLICT DO NOTHING"
	for _, i := range byDoc(docs) { // an index of words takes them in their order
		r := rows[i]
		if err := tx.insert(insert, append([]any{docs[i]}, searchColumns(t, scope, r)...)...); err != nil {
			if errors.Is(err, ErrExists) {
				return ErrStale // another transaction took the number
			}
			return err
		}
		tokens := strings.Join(t.Tokens(scope, r), " ")
		if _, err := tx.execOne(fmt.Sprintf(tx.dialect.addWords, t.SQL), docs[i], tokens); err != nil {
			return err
		}
	}
	return nil
}

// removeSearchRows removes the rows of records, but for recent ones.
func (tx *Tx) removeSearchRows(t *search.Table, scope int64, ids []string) error {
	s := new(statement)
	s.WriteString("SELECT doc FROM " + t.SQL + " t WHERE")
	tx.withKeys(s, t.SQL, "t", scopeIs(scope), "id", ids)
	docs, err := collect(tx, func(rows Rows, doc *int64) error { return rows.Scan(doc) }, s.String(), s.args...)
	if err != nil || len(docs) == 0 {
		return err
	}
	for _, from := range []string{t.SQL + " WHERE doc IN ", t.SQL + "_words WHERE " + tx.dialect.wordsKey + " IN "} {
		s := new(statement)
		s.WriteString("DELETE FROM " + from)
		list(s, docs)
		if _, err := tx.exec(s.String(), s.args...); err != nil {
			return err
		}
	}
	return nil
}

// byDoc returns the places of numbers in rising order of the numbers.
func byDoc(docs []int64) []int {
	places := make([]int, len(docs))
	for i := range places {
		places[i] = i
	}
	slices.SortFunc(places, func(x, y int) int { return cmp.Compare(docs[x], docs[y]) })
	return places
}

// docBits is how many low bits of a row's number tell rows of one moment apart. The
// 43 bits above them are milliseconds, enough until the year 2248.
const docBits = 20

// docOf is the least number of a moment.
func docOf(at int64) int64 { return min(max(at, 0), 1<<(63-docBits)-1) << docBits }

// newDocs returns numbers for rows that have none, which rise with their moments.
func (tx *Tx) newDocs(t *search.Table, scope int64, rows []*search.Row) ([]int64, error) {
	docs := make([]int64, len(rows))
	taken := map[int64]bool{}
	var open []int
	for i, r := range rows {
		sum := fnv.New64a()
		_, _ = fmt.Fprintf(sum, "%d/%s", scope, r.ID)
		docs[i] = docOf(r.At) | int64(sum.Sum64()>>1)&(1<<docBits-1)
		open = append(open, i)
	}
	for len(open) > 0 {
		s := new(statement)
		s.WriteString("SELECT doc FROM " + t.SQL + " WHERE doc IN ")
		wanted := make([]int64, len(open))
		for i, place := range open {
			wanted[i] = docs[place]
		}
		list(s, wanted)
		found, err := collect(tx, func(rows Rows, doc *int64) error { return rows.Scan(doc) }, s.String(), s.args...)
		if err != nil {
			return nil, err
		}
		for _, doc := range found {
			taken[doc] = true
		}
		var again []int
		for _, place := range open {
			if taken[docs[place]] {
				docs[place]++
				again = append(again, place)
				continue
			}
			taken[docs[place]] = true
		}
		open = again
	}
	return docs, nil
}

// insertRow is the statement that adds a row to a table. One for several rows would
// cost SQLite more: its driver looks for the name of each placeholder among all.
func insertRow(table string, columns []string) string {
	s := new(strings.Builder)
	s.WriteString("INSERT INTO " + table + " (" + strings.Join(columns, ", ") + ") VALUES (")
	for i := range columns {
		if i > 0 {
			s.WriteString(", ")
		}
		fmt.Fprintf(s, "$%d", i+1)
	}
	s.WriteByte(')')
	return s.String()
}

// searchColumnNames are the columns of a row but its number.
func searchColumnNames(t *search.Table) []string {
	names := []string{"scope", "id", "at", "words"}
	for _, f := range t.Fields {
		if !common(f) {
			names = append(names, f.Column)
		}
	}
	return append(names, t.Extra...)
}

// common reports whether a field's column is one that all tables have.
func common(f *search.Field) bool { return f.Column == "id" || f.Column == "at" }

// searchColumns are the values of those columns.
func searchColumns(t *search.Table, scope int64, r *search.Row) []any {
	args := []any{scope, r.ID, r.At, search.WordText(r.Texts)}
	for _, f := range t.Fields {
		if common(f) {
			continue
		}
		v := r.Value(f)
		switch {
		case f.Kind == search.Text:
			args = append(args, columnText(f, v))
		case !v.Exists:
			args = append(args, nil)
		case f.Kind == search.Double:
			args = append(args, v.Float)
		default:
			args = append(args, v.Int)
		}
	}
	for i := range t.Extra {
		args = append(args, r.Extra[i])
	}
	return args
}

// columnText is what a column of texts has.
func columnText(f *search.Field, v search.Value) string {
	switch {
	case !v.Exists:
		return ""
	case f.Several:
		return search.Separator + strings.Join(v.Texts, search.Separator) + search.Separator
	default:
		return v.Texts[0]
	}
}

// newSearchScope returns the number of an account's records in a catalog, and gives
// them one where they have none.
func (tx *Tx) newSearchScope(account, catalog string) (int64, error) {
	scope, err := tx.searchScope(account, catalog)
	if !errors.Is(err, ErrNotFound) {
		return scope, err
	}
	if _, err := tx.exec(`INSERT INTO search_scopes (account, catalog, scope)
		SELECT $1, $2, coalesce(max(scope), 0) + 1 FROM search_scopes WHERE true ON CONFLICT DO NOTHING`, account, catalog); err != nil {
		return 0, err
	}
	scope, err = tx.searchScope(account, catalog)
	if errors.Is(err, ErrNotFound) {
		return 0, ErrStale // another transaction took the number
	}
	return scope, err
}

// searchScope returns the number of an account's records in a catalog, or ErrNotFound.
func (tx *Tx) searchScope(account, catalog string) (int64, error) {
	found, err := collect(tx, func(rows Rows, scope *int64) error { return rows.Scan(scope) },
		`SELECT scope FROM search_scopes WHERE account = $1 AND catalog = $2`, account, catalog)
	scope, err := only(found, err)
	if err != nil {
		return 0, err
	}
	return *scope, nil
}

// scopedTables are the tables that have the rows of a scope, and what is counted and
// added up of them.
func scopedTables(t *search.Table) []string {
	tables := []string{t.SQL, recentTable(t)}
	if len(countedFields(t)) > 0 {
		tables = append(tables, countTable(t))
	}
	if t == search.Opportunities {
		tables = append(tables, sumTable)
	}
	return tables
}

// clearSearch removes all that searches read.
func (tx *Tx) clearSearch() error {
	statements := []string{"DELETE FROM search_marks", "DELETE FROM search_scopes", "DELETE FROM search_locks"}
	for _, k := range searchKinds {
		for _, table := range scopedTables(k.table) {
			statements = append(statements, "DELETE FROM "+table)
		}
		statements = append(statements, strings.ReplaceAll(tx.dialect.emptyWords, "%s", k.table.SQL))
	}
	for _, statement := range statements {
		if _, err := tx.exec(statement); err != nil {
			return err
		}
	}
	return nil
}

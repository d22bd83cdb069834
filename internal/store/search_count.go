package store

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"cosell/internal/search"
)

// searchCount names a count of rows: those that have a text in a column, or all of a
// scope where both are empty.
type searchCount struct{ column, text string }

// countedFields are the fields of which a table's rows are counted by their values.
func countedFields(t *search.Table) []*search.Field {
	return slices.DeleteFunc(slices.Clone(t.Fields), func(f *search.Field) bool { return !f.Grouped })
}

// countTable counts rows by the values that they have of each counted field.
func countTable(t *search.Table) string { return t.SQL + "_counts" }

// changeTotals counts and adds up the rows of records with the identifiers, which replace
// those that they have.
func (tx *Tx) changeTotals(t *search.Table, scope int64, ids []string, rows []*search.Row) error {
	if err := tx.changeCounts(t, scope, ids, rows); err != nil {
		return err
	}
	return tx.changeSums(t, scope, ids, rows)
}

// changeCounts counts the rows of records with the identifiers, which replace those that
// they have.
func (tx *Tx) changeCounts(t *search.Table, scope int64, ids []string, rows []*search.Row) error {
	fields := countedFields(t)
	if len(fields) == 0 {
		return nil
	}
	change := map[searchCount]int64{}
	count := func(texts []string, n int64) {
		change[searchCount{}] += n
		for i, f := range fields {
			if texts[i] != "" {
				change[searchCount{f.Column, texts[i]}] += n
			}
		}
	}
	for _, r := range rows {
		texts := make([]string, len(fields))
		for i, f := range fields {
			texts[i] = columnText(f, r.Value(f))
		}
		count(texts, 1)
	}
	found, err := replaced(tx, t, scope, ids, strings.Join(columnNames(fields), ", "), func(rows Rows, texts *[]string) error {
		*texts = make([]string, len(fields))
		dest := make([]any, len(fields))
		for i := range dest {
			dest[i] = &(*texts)[i]
		}
		return rows.Scan(dest...)
	})
	if err != nil {
		return err
	}
	for _, texts := range found {
		count(texts, -1)
	}
	maps.DeleteFunc(change, func(_ searchCount, n int64) bool { return n == 0 })
	return tx.addCounts(countTable(t), scope, change)
}

// replaced returns what records have in some columns, in the one of their rows that
// searches look at.
func replaced[T any](tx *Tx, t *search.Table, scope int64, ids []string, columns string, scan func(Rows, *T) error) ([]T, error) {
	s := new(statement)
	s.WriteString("SELECT " + columns + " FROM " + recentTable(t) + " t WHERE")
	tx.withKeys(s, recentTable(t), "t", scopeIs(scope), "id", ids)
	s.WriteString(" UNION ALL SELECT " + columns + " FROM " + t.SQL + " t WHERE")
	tx.withKeys(s, t.SQL, "t", scopeIs(scope), "id", ids)
	s.WriteString(" AND ")
	notRecent(s, t)
	return collect(tx, scan, s.String(), s.args...)
}

func columnNames(fields []*search.Field) []string {
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = f.Column
	}
	return names
}

func (tx *Tx) addCounts(table string, scope int64, change map[searchCount]int64) error {
	const atOnce = 100
	keys := slices.SortedFunc(maps.Keys(change), func(x, y searchCount) int {
		return cmp.Or(cmp.Compare(x.column, y.column), cmp.Compare(x.text, y.text))
	})
	for chunk := range slices.Chunk(keys, atOnce) {
		s := new(statement)
		s.WriteString("INSERT INTO " + table + " (scope, field, value, number) VALUES ")
		for i, key := range chunk {
			if i > 0 {
				s.WriteString(", ")
			}
			s.add("(?, ?, ?, ?)", scope, key.column, key.text, change[key])
		}
		fmt.Fprintf(s, " ON CONFLICT (scope, field, value) DO UPDATE SET number = %s.number + excluded.number", table)
		if _, err := tx.exec(s.String(), s.args...); err != nil {
			return err
		}
	}
	return nil
}

// isCounted reports whether counts say what a search finds, by some fields.
func (r *searchRun) isCounted(fields []*search.Field) bool {
	counted := countedFields(r.Table)
	return len(counted) > 0 && r.Filter == nil && r.Group == nil && len(r.Words) == 0 &&
		!slices.ContainsFunc(fields, func(f *search.Field) bool { return !slices.Contains(counted, f) })
}

// total returns how many rows were counted of all; 0 where a table's are not.
func (r *searchRun) total() (n int64, err error) {
	if len(countedFields(r.Table)) == 0 {
		return 0, nil
	}
	err = r.tx.row("SELECT number FROM "+countTable(r.Table)+" WHERE scope = $1 AND field = '' AND value = ''", []any{r.scope}, &n)
	if errors.Is(err, ErrNotFound) {
		return 0, nil
	}
	return n, err
}

// groupAll returns what was counted of all rows.
func (r *searchRun) groupAll(fields []*search.Field, groups []SearchGroup) (total int64, _ []SearchGroup, err error) {
	places := map[string]int{}
	for i, f := range fields {
		places[f.Column] = i
	}
	type counted struct {
		searchCount

		number int64
	}
	s := new(statement)
	s.add("SELECT field, value, number FROM "+countTable(r.Table)+" WHERE scope = ? AND number > 0", r.scope)
	in(s, "field", append(slices.Sorted(maps.Keys(places)), ""))
	found, err := collect(r.tx, func(rows Rows, c *counted) error { return rows.Scan(&c.column, &c.text, &c.number) }, s.String(), s.args...)
	if err != nil {
		return 0, nil, err
	}
	with := make([]int64, len(fields))
	for _, c := range found {
		if c.column == "" {
			total = c.number
			continue
		}
		i := places[c.column]
		with[i] += c.number
		groups[i].add(fields[i], c.text, c.number)
	}
	for i := range groups {
		groups[i].Missing = total - with[i]
	}
	return total, groups, nil
}

package store

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"

	"cosell/internal/search"
)

// combinationTable counts rows by the values that they have of all counted fields.
func combinationTable(t *search.Table) string { return t.SQL + "_combinations" }

// addCombinations changes how many rows have combinations of values, which valueSeparator
// joins in the order of the counted fields.
func (tx *Tx) addCombinations(t *search.Table, scope int64, change map[string]int64) error {
	fields, table := countedFields(t), combinationTable(t)
	add := insertRow(table, append([]string{"scope", "digest", "number"}, columnNames(fields)...)) +
		" ON CONFLICT (scope, digest) DO UPDATE SET number = " + table + ".number + excluded.number"
	var fewer []string
	for _, joined := range slices.Sorted(maps.Keys(change)) {
		sum := sha256.Sum256([]byte(joined))
		const length = 16
		digest := hex.EncodeToString(sum[:length])
		args := []any{scope, digest, change[joined]}
		for value := range strings.SplitSeq(joined, valueSeparator) {
			args = append(args, value)
		}
		if _, err := tx.execOne(add, args...); err != nil {
			return err
		}
		if change[joined] < 0 {
			fewer = append(fewer, digest)
		}
	}
	if len(fewer) == 0 {
		return nil
	}
	s := new(statement)
	s.WriteString("DELETE FROM " + table + " AS t WHERE number = 0 AND")
	tx.withKeys(s, table, "t", scopeIs(scope), "digest", fewer)
	_, err := tx.exec(s.String(), s.args...)
	return err
}

// isCombined reports whether combinations say what a search finds, by some fields: it
// looks at counted fields alone.
func (r *searchRun) isCombined(fields []*search.Field) bool {
	counted := countedFields(r.Table)
	other := func(f *search.Field) bool { return !slices.Contains(counted, f) }
	var looksAtOthers func(n *search.Node) bool
	looksAtOthers = func(n *search.Node) bool {
		switch {
		case n == nil:
			return false
		case len(n.Nodes) > 0:
			return slices.ContainsFunc(n.Nodes, looksAtOthers)
		}
		return other(n.Field)
	}
	return len(counted) > 0 && len(r.Words) == 0 && !slices.ContainsFunc(fields, other) && !looksAtOthers(r.Filter) && !looksAtOthers(r.Group)
}

// groupCombinations counts what a search finds by combinations, as group does.
func (r *searchRun) groupCombinations(fields []*search.Field, fn func(values []string, n int64)) (total int64, err error) {
	of := *r
	of.from, of.recent = combinationTable(r.Table), false
	columns := append([]string{"t.number"}, groupColumns(fields)...)
	var n int64
	values := make([]string, len(fields))
	dest := []any{&n}
	for i := range values {
		dest = append(dest, &values[i])
	}
	err = of.eachWindow(of.keyWindows("digest"), func(w *searchWindow) (enough bool, err error) {
		s := new(statement)
		s.add(fmt.Sprintf("SELECT %s FROM %s t WHERE t.scope = ?", strings.Join(columns, ", "), of.from), r.scope)
		w.bound(s)
		of.filters(s)
		_, err = collect(r.tx, func(rows Rows, _ *struct{}) error {
			if err := rows.Scan(dest...); err != nil {
				return err
			}
			fn(values, n)
			total += n
			return nil
		}, s.String(), s.args...)
		return false, err
	})
	return total, err
}

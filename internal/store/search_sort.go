package store

import (
	"fmt"
	"strings"

	"cosell/internal/search"
)

const (
	// valueWindows is how many windows by value are read, each four times as large as
	// the one before, until a search is taken for one that few records pass.
	valueWindows = 3
	// sameValue is how many times as many rows as a window should have may share its
	// last value.
	sameValue = 4
)

// sortsByIndex reports whether an index has the records in the order of the values
// that the search sorts by.
func (r *searchRun) sortsByIndex() bool {
	f := r.Sort
	return !r.inOrder() && f.Indexed == search.ColumnIndex && !f.Several && f.Ranks == nil
}

// pageByValue reads a page in the order of values, where it is near: windows are rows
// whose values follow each other in the index of the column. It reports false if the
// page is not full when it gives up: few records pass, many share a value, or those
// are next that have none.
func (r *searchRun) pageByValue() (page []SearchPosition, full bool, err error) {
	if r.After != nil && r.After.Value == nil {
		return nil, false, nil
	}
	var from any // the last value of the window before
	for i, size := 0, r.firstWindow(); i < valueWindows; i, size = i+1, size*4 {
		to, ok, err := r.valueAt(from, size)
		if err != nil || !ok {
			return nil, false, err
		}
		found, err := r.window(&searchLead{}, &searchWindow{bound: func(s *statement) { r.betweenValues(s, from, to) }}, r.Limit-len(page))
		if err != nil {
			return nil, false, err
		}
		if page = append(page, found...); len(page) == r.Limit {
			return page, true, nil
		}
		from = to
	}
	return nil, false, nil
}

// valueAt returns the value at the end of a window behind another value. It reports
// false if there are fewer rows, or too many have this value.
func (r *searchRun) valueAt(from any, size int) (value any, ok bool, err error) {
	way, _ := direction(r.Descending)
	var ends [2]any
	for i, offset := range []int{size, sameValue * size} {
		s := new(statement)
		s.add("SELECT t."+r.Sort.Column+" FROM "+r.Table.SQL+" t WHERE t.scope = ?", r.scope)
		r.betweenValues(s, from, nil)
		fmt.Fprintf(s, " ORDER BY t.%s%s LIMIT 1 OFFSET %d", r.Sort.Column, way, offset)
		found, err := collect(r.tx, func(rows Rows, v *any) error { return rows.Scan(v) }, s.String(), s.args...)
		if err != nil {
			return nil, false, err
		}
		if len(found) == 0 {
			return ends[0], i > 0, nil // the rest is few
		}
		ends[i] = found[0]
	}
	return ends[0], ends[0] != ends[1], nil
}

// betweenValues writes that a row's value comes after one and not after another, or
// not before the last record of the page before; nil bounds nothing.
func (r *searchRun) betweenValues(s *statement, from, to any) {
	column := "t." + r.Sort.Column
	_, after := direction(r.Descending)
	_, before := direction(!r.Descending)
	if r.Sort.Kind == search.Text {
		s.WriteString(" AND " + column + " <> ''") // as the index has it
	} else {
		s.WriteString(" AND " + column + " IS NOT NULL")
	}
	if from == nil && r.After != nil {
		from, after = r.After.Value, after+"="
	}
	if from != nil {
		s.add(" AND "+column+" "+after+" ?", from)
	}
	if to != nil {
		s.add(" AND "+column+" "+strings.TrimSpace(before)+"= ?", to)
	}
}

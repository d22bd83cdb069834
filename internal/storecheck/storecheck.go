// Package storecheck finds damaged records in a store, on either engine.
package storecheck

import (
	"fmt"

	"cosell/internal/store"
)

// Fault is one thing that is wrong with a store.
type Fault struct {
	Table   string
	Key     []any
	Problem string // the column or record it is about, and what would be right
}

// String returns the fault on one line.
func (f Fault) String() string { return fmt.Sprintf("%s %q: %s", f.Table, f.Key, f.Problem) }

// Result is what a check found.
type Result struct {
	Rows   int64
	Faults []Fault // at most maxFaults
	More   bool    // there are more
}

// maxFaults bounds the faults of a result.
const maxFaults = 100

// Run reads every row of a store in one transaction.
func Run(tx *store.Tx) (Result, error) {
	var r Result
	for _, table := range store.Tables() {
		err := tx.Walk(table, func(row []any) error {
			r.Rows++
			if err := table.CheckRow(row); err != nil {
				r.add(Fault{table.Name, append([]any(nil), row[:table.Keys]...), err.Error()})
			}
			return nil
		})
		if err != nil {
			return r, err
		}
	}
	orphans, err := tx.Orphans(maxFaults)
	if err != nil {
		return r, err
	}
	for _, o := range orphans {
		r.add(Fault{o.Table, o.Key, "the row of " + o.Needs + " that it belongs to is missing"})
	}
	return r, nil
}

func (r *Result) add(f Fault) {
	if len(r.Faults) == maxFaults {
		r.More = true
		return
	}
	r.Faults = append(r.Faults, f)
}

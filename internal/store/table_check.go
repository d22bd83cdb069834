package store

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"cosell/internal/api"
)

// MaxInteger bounds the numbers in a table on both sides. It leaves room for those
// that the store counts on from, as it does from sequences, revisions and versions.
const MaxInteger = math.MaxInt64 - 1<<40

// What a value of a column must be.
var (
	errInteger = fmt.Errorf("must be between %d and %d", -int64(MaxInteger), int64(MaxInteger))
	errTime    = fmt.Errorf("must be milliseconds since 1970, up to %d", int64(api.MaxTimestamp))
	errObject  = errors.New("must be a JSON object")
	errJSON    = errors.New("must be JSON")
)

// CheckRow returns an error if a row of a table has a value that no operation writes
// and that some may fail on: one that names the column, and what it must be.
func (t Table) CheckRow(row []any) error {
	for i, column := range t.Columns {
		if err := column.check(row[i]); err != nil {
			return fmt.Errorf("%s: %w", column.Name, err)
		}
	}
	return nil
}

func (c TableColumn) check(value any) error {
	switch value := value.(type) {
	case int64:
		switch {
		case c.Kind == KindTime && (value < 0 || value > int64(api.MaxTimestamp)):
			return errTime
		case value < -MaxInteger || value > MaxInteger:
			return errInteger
		}
	case string:
		switch {
		case c.Kind == KindObject && (!strings.HasPrefix(strings.TrimSpace(value), "{") || !json.Valid([]byte(value))):
			return errObject
		case c.Kind == KindJSON && value != "" && !json.Valid([]byte(value)):
			return errJSON
		}
	}
	return nil
}

// Of returns the values of a row of a table that no other row may have. It reports
// whether the row counts.
func (u UniqueKey) Of(t Table, row []any) (values []any, counts bool) {
	counts = u.Where == ""
	for i, column := range t.Columns {
		if slices.Contains(u.Columns, column.Name) {
			values = append(values, row[i])
		}
		if column.Name == u.Where {
			counts = row[i] == u.Value
		}
	}
	return values, counts
}

// CompareKeys compares the keys of two rows of the table as Walk orders them.
func (t Table) CompareKeys(x, y []any) int {
	for i := range t.Keys {
		order := 0
		switch value := x[i].(type) {
		case int64:
			other, _ := y[i].(int64)
			order = cmp.Compare(value, other)
		case string:
			other, _ := y[i].(string)
			order = strings.Compare(value, other)
		}
		if order != 0 {
			return order
		}
	}
	return 0
}

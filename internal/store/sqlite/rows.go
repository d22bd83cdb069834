package sqlite

import (
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"slices"
)

// rows implements store.Rows on the driver's own. Columns are TEXT and BIGINT.
type rows struct {
	driver driver.Rows
	values []driver.Value
	err    error
	failed *bool // set if the query fails
}

// Next implements [store.Rows].
func (r *rows) Next() bool {
	if r.err == nil {
		if r.err = r.driver.Next(r.values); r.err != nil && !errors.Is(r.err, io.EOF) {
			*r.failed = true
		}
	}
	return r.err == nil
}

// Scan implements [store.Rows].
func (r *rows) Scan(dest ...any) error { return scan(r.values, dest) }

// scan copies the values of a row to their destinations.
func scan(values []driver.Value, dest []any) error {
	if len(dest) != len(values) {
		return fmt.Errorf("%d columns, %d destinations", len(values), len(dest))
	}
	for i, value := range values {
		ok := false
		switch d := dest[i].(type) {
		case *string:
			*d, ok = value.(string)
		case *[]byte:
			switch value := value.(type) {
			case string:
				*d, ok = []byte(value), true
			case []byte: // of a cached row, shared
				*d, ok = slices.Clip(value), true
			}
		case *int64:
			*d, ok = value.(int64)
		case *int:
			var n int64
			n, ok = value.(int64)
			*d = int(n)
		case *int32:
			var n int64
			n, ok = value.(int64)
			*d = int32(n) //nolint:gosec // written from an int32
		case *any:
			*d, ok = value, true
		}
		if !ok {
			return fmt.Errorf("column %d: %T does not go into %T", i, value, dest[i])
		}
	}
	return nil
}

// Err implements [store.Rows].
func (r *rows) Err() error {
	if errors.Is(r.err, io.EOF) {
		return nil
	}
	return r.err
}

// Close implements [store.Rows].
func (r *rows) Close() error { return r.driver.Close() }

package sqlite

import (
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
)

// rows implements store.Rows on the driver's own. Columns are TEXT and BIGINT.
type rows struct {
	driver driver.Rows
	values []driver.Value
	err    error
}

// Next implements [store.Rows].
func (r *rows) Next() bool {
	if r.err == nil {
		r.err = r.driver.Next(r.values)
	}
	return r.err == nil
}

// Scan implements [store.Rows].
func (r *rows) Scan(dest ...any) error {
	if len(dest) != len(r.values) {
		return fmt.Errorf("%d columns, %d destinations", len(r.values), len(dest))
	}
	for i, value := range r.values {
		ok := false
		switch d := dest[i].(type) {
		case *string:
			*d, ok = value.(string)
		case *[]byte:
			var text string
			text, ok = value.(string)
			*d = []byte(text)
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
		case sql.Scanner:
			if err := d.Scan(value); err != nil {
				return fmt.Errorf("column %d: %w", i, err)
			}
			ok = true
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

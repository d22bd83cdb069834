package sqlite

import "database/sql/driver"

const (
	// maxKept bounds the rows that a reader keeps, in bytes: nearly a thousand
	// opportunities.
	maxKept = 2 << 20
	// rowOverhead is about what a kept row takes beside its text.
	rowOverhead = 256
	// maxKeyArgs is how many arguments a query has whose row is kept.
	maxKeyArgs = 5
)

// keptRows are rows that a transaction has read, by the query that finds them.
type keptRows struct {
	rows map[rowKey][]driver.Value
	size int
}

// rowKey is a query with its arguments, which are of the types string and int64.
type rowKey struct {
	query string
	args  [maxKeyArgs]any
}

func keyOf(query string, args []any) (rowKey, bool) {
	key := rowKey{query: query}
	if len(args) > maxKeyArgs {
		return key, false
	}
	for i, arg := range args {
		switch arg.(type) {
		case string, int64:
			key.args[i] = arg
		default:
			return key, false
		}
	}
	return key, true
}

// keep keeps a row. Where there is no room, all that was kept makes it: none of
// it is worth more than one read.
func (k *keptRows) keep(key rowKey, values []driver.Value) {
	size := rowOverhead
	for _, value := range values {
		switch value := value.(type) {
		case string:
			size += len(value)
		case []byte:
			size += len(value)
		}
	}
	if k.size+size > maxKept {
		k.clear()
	}
	if k.rows == nil {
		k.rows = map[rowKey][]driver.Value{}
	}
	k.rows[key] = values
	k.size += size
}

func (k *keptRows) clear() {
	if k.size > 0 {
		*k = keptRows{}
	}
}

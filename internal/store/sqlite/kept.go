package sqlite

import (
	"database/sql/driver"
	"encoding/binary"
)

const (
	// maxKept bounds the rows that a reader keeps, in bytes: nearly a thousand
	// opportunities.
	maxKept = 2 << 20
	// rowOverhead is about what a kept row takes beside its text.
	rowOverhead = 256
)

// keptRows are rows that a transaction has read, by the query that finds them.
type keptRows struct {
	rows map[string][]driver.Value
	size int
}

// appendKey appends what no other query with its arguments has in common with this
// one. Only texts and numbers make a key.
func appendKey(b []byte, query string, args []any) ([]byte, bool) {
	b = append(b, query...)
	for _, arg := range args {
		switch arg := arg.(type) {
		case string:
			b = append(binary.AppendUvarint(append(b, 's'), uint64(len(arg))), arg...)
		case int64:
			b = binary.AppendVarint(append(b, 'i'), arg)
		default:
			return b, false
		}
	}
	return b, true
}

// keep keeps a row. Where there is no room, all that was kept makes it: none of
// it is worth more than one read.
func (k *keptRows) keep(key string, values []driver.Value) {
	size := rowOverhead + len(key)
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
		k.rows = map[string][]driver.Value{}
	}
	k.rows[key] = values
	k.size += size
}

func (k *keptRows) clear() {
	if k.size > 0 {
		*k = keptRows{}
	}
}

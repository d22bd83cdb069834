package sqlite

import (
	"database/sql/driver"
	"encoding/binary"
)

const (
	// maxCache bounds the rows that a reader caches, in bytes: nearly a thousand
	// opportunities.
	maxCache = 2 << 20
	// rowOverhead is about what a cached row takes beside its text.
	rowOverhead = 256
)

// rowCacheEnabled switches the row cache. docs/decisions/row-cache.md gives its gain.
const rowCacheEnabled = true

// rowCache holds rows that a transaction has read, by the query that finds them.
type rowCache struct {
	rows map[string][]driver.Value
	size int
}

// appendKey appends a key that no other query with its arguments has. It reports
// false if an argument is neither text nor a number: such a query has no key.
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

// put caches a row. If there is no room the cache is emptied: no row in it is worth
// more than one read.
func (c *rowCache) put(key string, values []driver.Value) {
	size := rowOverhead + len(key)
	for _, value := range values {
		switch value := value.(type) {
		case string:
			size += len(value)
		case []byte:
			size += len(value)
		}
	}
	if c.size+size > maxCache {
		c.clear()
	}
	if c.rows == nil {
		c.rows = map[string][]driver.Value{}
	}
	c.rows[key] = values
	c.size += size
}

// clear empties the cache.
func (c *rowCache) clear() {
	if c.size > 0 {
		*c = rowCache{}
	}
}

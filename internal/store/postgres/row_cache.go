package postgres

import (
	"fmt"
	"slices"
	"sync"

	"cosell/internal/store"
)

const (
	// maxCachedRows bounds the number of rows.
	maxCachedRows = 2048
	// maxCachedText bounds the length of each.
	maxCachedText = 4 << 10
)

// rowCache holds the last results of queries for one text, for all transactions. It
// may be out of date at any time: a transaction that relies on a row has it checked
// (see assertUnchanged) before it commits. The zero value is ready for use.
type rowCache struct {
	mu    sync.RWMutex
	found map[string]cachedRow
}

// cachedRow is the result of a query: a text, or no row.
type cachedRow struct {
	text string
	none bool
}

func (r cachedRow) err() error {
	if r.none {
		return store.ErrNotFound
	}
	return nil
}

// assertUnchanged returns a statement that fails if the query finds something else:
// it divides by zero then, which an SQL expression can do without a function of the
// database's own.
func (r cachedRow) assertUnchanged(query string, args []any) statement {
	s := statement{assumed: true, strict: true, conflictCode: codeDivisionByZero}
	if r.none {
		// Not a constant: the planner would divide by it before it runs the query.
		s.query, s.args = "SELECT 1 / (length(answer) - length(answer)) FROM ("+query+") AS found (answer)", args
		return s
	}
	s.query = fmt.Sprintf("SELECT 1 / count(*) FROM (%s) AS found (answer) WHERE answer = $%d", query, len(args)+1)
	s.args = slices.Concat(args, []any{r.text})
	s.rows = 1
	return s
}

func (c *rowCache) get(query string, args []any) (cachedRow, bool) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	r, ok := c.found[cacheKey(query, args)]
	return r, ok
}

func (c *rowCache) put(query string, args []any, r cachedRow) {
	key := cacheKey(query, args)
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(r.text) > maxCachedText {
		delete(c.found, key)
		return
	}
	// A dropped row costs one exchange when it is needed again.
	if len(c.found) >= maxCachedRows || c.found == nil {
		c.found = map[string]cachedRow{}
	}
	c.found[key] = r
}

func cacheKey(query string, args []any) string { return query + fmt.Sprintf("%q", args) }

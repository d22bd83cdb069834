package postgres

import (
	"fmt"
	"slices"
	"sync"

	"cosell/internal/store"
)

const (
	// maxRemembered bounds how many answers a process remembers.
	maxRemembered = 2048
	// maxRememberedText bounds the length of each.
	maxRememberedText = 4 << 10
)

// memory holds what queries for one text found last. It may be wrong at any time:
// whoever relies on it has it confirmed in the same transaction. The zero value is
// ready for use.
type memory struct {
	mu    sync.RWMutex
	found map[string]remembered
}

// remembered is what a query found: a text, or nothing.
type remembered struct {
	text string
	none bool
}

func (r remembered) err() error {
	if r.none {
		return store.ErrNotFound
	}
	return nil
}

// confirm returns a statement that fails where the query finds something else.
func (r remembered) confirm(query string, args []any) statement {
	s := statement{foreseen: true, sure: true, refusal: codeDivisionByZero}
	if r.none {
		// No constant, which the planner would divide by before it looks.
		s.query, s.args = "SELECT 1 / (length(answer) - length(answer)) FROM ("+query+") AS found (answer)", args
		return s
	}
	s.query = fmt.Sprintf("SELECT 1 / count(*) FROM (%s) AS found (answer) WHERE answer = $%d", query, len(args)+1)
	s.args = slices.Concat(args, []any{r.text})
	s.rows = 1
	return s
}

func (m *memory) recall(query string, args []any) (remembered, bool) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	r, ok := m.found[memoryKey(query, args)]
	return r, ok
}

func (m *memory) keep(query string, args []any, r remembered) {
	key := memoryKey(query, args)
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(r.text) > maxRememberedText {
		delete(m.found, key)
		return
	}
	// Whatever is dropped costs one exchange when it is asked for again.
	if len(m.found) >= maxRemembered || m.found == nil {
		m.found = map[string]remembered{}
	}
	m.found[key] = r
}

func memoryKey(query string, args []any) string { return query + fmt.Sprintf("%q", args) }

package sqlite

import (
	"context"
	"database/sql/driver"
	"fmt"
	"strings"
	"sync/atomic"
	"time"
)

// commitCount counts commits for readers: all of them, and those that changed more than
// the audit. Each is odd while one is under way: readers that begin then may see the
// commit before it ends, which takes as long as a checkpoint, and so no reader that
// began before may serve another view.
type commitCount struct{ all, changes atomic.Uint64 }

// begin is called before a commit.
func (c *commitCount) begin(changed bool) {
	if changed {
		c.changes.Store(c.changes.Load() | 1)
	}
	c.all.Store(c.all.Load() | 1)
}

// end is called after it, or after what was to be committed failed.
func (c *commitCount) end() {
	c.all.Store((c.all.Load() | 1) + 1)
	if n := c.changes.Load(); n%2 == 1 {
		c.changes.Store(n + 1)
	}
}

// auditTable is how the names of the tables of the audit begin. Rows of them are not
// cached, so commits that only add to the audit leave the caches of readers alone: the
// audit of reads commits all the time.
const auditTable = "audit_"

// addsToAudit reports whether a statement changes nothing but the audit.
func addsToAudit(query string) bool { return strings.HasPrefix(query, "INSERT INTO "+auditTable) }

// reader is a connection that reads. Its transaction stays open from one View to
// the next for as long as nothing was committed: to begin and end one costs as much
// as a read by key. The transaction sees one state of the store, so a row that was
// read once is cached until something else than the audit is committed.
type reader struct {
	*conn // nil until it is first used: to connect takes as long as hundreds of reads

	open    bool
	at      uint64 // the count of all commits when the transaction began
	caching bool
	cache   rowCache
	changes uint64 // the count of changes when the first transaction began whose rows are cached
}

// connect connects a reader that has no connection yet.
func (r *reader) connect(name string) (err error) {
	if r.conn == nil {
		r.conn, err = connect(name)
	}
	return err
}

// refresh makes the reader see everything that was committed, and everything that
// another reader saw.
func (r *reader) refresh(ctx context.Context, commits *commitCount) error {
	all := commits.all.Load()
	if r.open && r.at == all && all%2 == 0 {
		return nil
	}
	changes := commits.changes.Load()
	r.end(ctx)
	// A transaction sees what was committed before its first statement, which is
	// still to come.
	if err := r.run(ctx, "BEGIN"); err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	r.open, r.at = true, all
	same, err := r.sameState(ctx, commits, changes)
	if !same {
		r.cache.clear()
	}
	r.changes = changes
	return err
}

// sameState reports whether the transaction that has begun sees what the cached rows
// are of. It makes its first statement, so that no change comes between the two.
func (r *reader) sameState(ctx context.Context, commits *commitCount, changes uint64) (bool, error) {
	if len(r.cache.rows) == 0 || r.changes != changes || changes%2 == 1 {
		return false, nil
	}
	if err := r.run(ctx, "SELECT 1 FROM sqlite_schema LIMIT 1"); err != nil {
		return false, fmt.Errorf("begin: %w", err)
	}
	return commits.changes.Load() == changes, nil
}

// end closes the transaction. It only read, so there is nothing to keep.
func (r *reader) end(ctx context.Context) {
	if r.open {
		_ = r.run(ctx, "ROLLBACK")
		r.open = false
	}
}

// Row implements [store.Querier].
func (r *reader) Row(ctx context.Context, query string, args []any, dest ...any) error {
	if !r.caching {
		return r.conn.Row(ctx, query, args, dest...)
	}
	var room [512]byte // most keys fit
	key, ok := appendKey(room[:0], query, args)
	if !ok {
		return r.conn.Row(ctx, query, args, dest...)
	}
	values, ok := r.cache.rows[string(key)]
	if !ok {
		var err error
		if values, err = r.row(ctx, query, args); err != nil {
			return err
		}
		convertTexts(values, dest)
		if !strings.Contains(query, auditTable) {
			r.cache.put(string(key), values)
		}
	}
	return scan(values, dest)
}

// convertTexts converts the texts that are scanned into bytes, so that every scan of
// the row can share them. The contract forbids changing bytes that were scanned.
func convertTexts(values []driver.Value, dest []any) {
	for i, value := range values {
		if text, ok := value.(string); ok && i < len(dest) {
			if _, wanted := dest[i].(*[]byte); wanted {
				values[i] = []byte(text)
			}
		}
	}
}

// stopReaders ends the transactions of readers, waiting for those that read for as
// long as patience says, and returns a function that lets them read again.
func (s *Store) stopReaders(ctx context.Context, patience time.Duration) (resume func()) {
	stopped := make([]*reader, 0, cap(s.readers))
	limit := time.NewTimer(patience)
	defer limit.Stop()
	for waiting := true; waiting && len(stopped) < cap(s.readers); {
		select {
		case r := <-s.readers:
			r.end(ctx)
			stopped = append(stopped, r)
		case <-limit.C:
			waiting = false
		}
	}
	return func() {
		for _, r := range stopped {
			s.readers <- r
		}
	}
}

// endReaders ends the transactions of idle readers: a checkpoint cannot move what
// was written after the state that a transaction reads, and the log is written from
// its beginning again only after one that has moved all of it. What readers cache is
// of no more use after a change.
func (s *Store) endReaders(ctx context.Context, changed bool) {
	for range cap(s.readers) {
		select {
		case r := <-s.readers:
			r.end(ctx)
			if changed {
				r.cache.clear()
			}
			s.readers <- r
		default:
			return
		}
	}
}

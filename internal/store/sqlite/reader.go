package sqlite

import (
	"context"
	"database/sql/driver"
	"fmt"
	"sync/atomic"
	"time"
)

// commitCount counts commits for readers. It is odd while one is under way: readers
// that begin then may see the commit before it ends, which takes as long as a
// checkpoint, and so no reader that began before may serve another view.
type commitCount struct{ n atomic.Uint64 }

// begin is called before a commit.
func (c *commitCount) begin() { c.n.Store(c.n.Load() | 1) }

// end is called after it, or after what was to be committed failed.
func (c *commitCount) end() { c.n.Store((c.n.Load() | 1) + 1) }

// load returns the count.
func (c *commitCount) load() uint64 { return c.n.Load() }

// reader is a connection that reads. Its transaction stays open from one View to
// the next for as long as nothing was committed: to begin and end one costs as much
// as a read by key. The transaction sees one state of the store, so a row that was
// read once is cached until the transaction ends.
type reader struct {
	*conn // nil until it is first used: to connect takes as long as hundreds of reads

	open    bool
	at      uint64 // the count of commits when the transaction began
	caching bool
	cache   rowCache
}

// connect connects a reader that has no connection yet.
func (r *reader) connect(name string) (err error) {
	if r.conn == nil {
		r.conn, err = connect(name)
	}
	return err
}

// refresh makes the reader see everything up to a count of commits, and everything
// that another reader saw.
func (r *reader) refresh(ctx context.Context, commits uint64) error {
	if r.open && r.at == commits && commits%2 == 0 {
		return nil
	}
	r.end(ctx)
	// A transaction sees what was committed before its first statement, which is
	// still to come.
	if err := r.run(ctx, "BEGIN"); err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	r.open, r.at = true, commits
	return nil
}

// end closes the transaction. It only read, so there is nothing to keep.
func (r *reader) end(ctx context.Context) {
	r.cache.clear()
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
		r.cache.put(string(key), values)
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
// its beginning again only after one that has moved all of it.
func (s *Store) endReaders(ctx context.Context) {
	for range cap(s.readers) {
		select {
		case r := <-s.readers:
			r.end(ctx)
			s.readers <- r
		default:
			return
		}
	}
}

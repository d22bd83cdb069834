package sqlite

import (
	"context"
	"fmt"
)

// reader is a connection that reads. Its transaction stays open from one View to
// the next for as long as nothing was committed: beginning and ending one costs
// as much as a read by key.
type reader struct {
	*conn

	open bool
	at   uint64 // how many commits the open transaction sees, at least
}

// refresh lets the reader see everything up to a number of commits.
func (r *reader) refresh(ctx context.Context, commits uint64) error {
	if r.open && r.at == commits {
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
	if r.open {
		_ = r.run(ctx, "ROLLBACK")
		r.open = false
	}
}

// endReaders ends the transactions of the readers that nobody uses: the log
// cannot be emptied into the data while somebody reads what it was before.
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

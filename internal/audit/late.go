package audit

import (
	"cmp"
	"slices"

	"cosell/internal/store"
)

// part is an entry that a transaction writes at its end. Those of transactions that are
// committed together share a row for each account, so that its costs and its place in the
// chain are shared, too.
type part struct {
	account string
	line    []byte // the stored form
	place   place
	job     bool // the entry is for the file once it is found in the store
}

// place is where an entry stands. It counts once the entry is committed.
type place struct {
	sequence int64 // of the row
	index    int   // in the row
}

// lateWriter writes the parts of a recorder. It implements [store.LateWriter].
type lateWriter struct{ *Recorder }

// WriteLate implements [store.LateWriter].
func (w lateWriter) WriteLate(tx *store.Tx, all []any) error {
	parts := make([]*part, len(all))
	for i, one := range all {
		parts[i], _ = one.(*part)
	}
	slices.SortStableFunc(parts, func(a, b *part) int { return cmp.Compare(a.account, b.account) })
	for len(parts) > 0 {
		n, lines := shareRow(parts)
		sequence, err := w.insert(tx, parts[0].account, n, lines)
		if err != nil {
			return err
		}
		for i, p := range parts[:n] {
			p.place = place{sequence, i}
			if p.job {
				w.expect(p)
			}
		}
		parts = parts[n:]
	}
	return nil
}

// shareRow returns how many of the first parts share a row, and its lines.
func shareRow(parts []*part) (n int, lines []byte) {
	size := 0
	for n < min(len(parts), maxBatch) && parts[n].account == parts[0].account && size < maxBytes {
		size += len(parts[n].line) + 1
		n++
	}
	if n == 1 {
		return n, parts[0].line
	}
	lines = append(make([]byte, 0, size), parts[0].line...)
	for _, p := range parts[1:n] {
		lines = append(append(lines, '\n'), p.line...)
	}
	return n, lines
}

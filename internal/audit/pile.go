package audit

import "iter"

// newline stands between the entries of a row.
var newline = []byte{'\n'}

// pile holds entries in their stored form, each ended by a line break.
type pile struct {
	text []byte
	ends []int // of the entries in text, behind their line breaks
}

// add adds an entry.
func (p *pile) add(e *Entry) {
	p.text = append(e.encode(p.text), '\n')
	p.ends = append(p.ends, len(p.text))
}

// batch is what becomes a row.
type batch struct {
	entries  int
	lines    []byte // without the last line break
	sequence int64  // of the row
}

// rows returns the entries that share a row, row by row.
func (p *pile) rows() iter.Seq[batch] {
	return func(yield func(batch) bool) {
		from := 0
		for ends := p.ends; len(ends) > 0; {
			n := 1
			for n < min(len(ends), maxBatch) && ends[n-1]-from < maxBytes {
				n++
			}
			if !yield(batch{entries: n, lines: p.text[from : ends[n-1]-1]}) {
				return
			}
			from, ends = ends[n-1], ends[n:]
		}
	}
}

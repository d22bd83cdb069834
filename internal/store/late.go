package store

// LateWriter writes parts of one or more transactions right before they are committed
// together. It is comparable.
type LateWriter interface {
	WriteLate(tx *Tx, parts []any) error
}

// Late is a part of a transaction that is written at its end.
type Late struct {
	writer LateWriter
	part   any
}

// AtEnd leaves a part of what a transaction writes to its end. An engine that commits
// several transactions at once gives the writer the parts of all of them in one call, in
// the order of the transactions; if the writer fails, none of them is committed.
func (tx *Tx) AtEnd(w LateWriter, part any) { tx.late = append(tx.late, Late{w, part}) }

// Late returns what a transaction left to its end, for an engine that commits it with
// others.
func (tx *Tx) Late() []Late { return tx.late }

// WriteLate writes what transactions left to their end.
func (tx *Tx) WriteLate(all []Late) error {
	for len(all) > 0 {
		w := all[0].writer
		parts := make([]any, 0, len(all))
		var others []Late
		for _, l := range all {
			if l.writer == w {
				parts = append(parts, l.part)
			} else {
				others = append(others, l)
			}
		}
		if err := w.WriteLate(tx, parts); err != nil {
			return err
		}
		all = others
	}
	return nil
}

// RunWhole is Run for an engine that commits a transaction by itself.
func RunWhole(tx *Tx, fn func(*Tx) error) error {
	return Run(tx, func(tx *Tx) error {
		if err := fn(tx); err != nil {
			return err
		}
		return tx.WriteLate(tx.late)
	})
}

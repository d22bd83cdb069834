package transfer

import (
	"context"
	"errors"
	"fmt"
	"io"

	"cosell/internal/audit"
	"cosell/internal/store"
)

// A transaction of an import ends with as many rows, or as many bytes.
const (
	batchRows  = 1000
	batchBytes = 4 << 20
)

// Result is what an import did.
type Result struct {
	Summary

	Found    int64 `json:"found" doc:"How many of the rows an earlier run had brought"`
	Complete bool  `json:"complete" doc:"Whether an earlier run had brought all of them"`
}

// Import reads a file into a store. The store must be empty, or hold part of the
// same file: each transaction records how far it came, and an import that was
// interrupted resumes there. With Options.Replace the whole file is checked before
// anything is removed. The errors are ErrNotEmpty, ErrOtherFile, ErrDisturbed, a
// [*FileError], or a fault of the reader or the store.
func Import(ctx context.Context, s store.Store, r io.Reader, o Options) (result Result, err error) {
	if o.Replace {
		file, end, err := checked(r)
		if err != nil {
			return Result{}, err
		}
		defer func() { _ = end() }() // what it cannot remove is temporary
		r = file
	}
	return load(ctx, s, r, o)
}

// load imports a file that has been checked as far as it has to be.
func load(ctx context.Context, s store.Store, r io.Reader, o Options) (Result, error) {
	f, err := newReader(r)
	if err != nil {
		return Result{}, err
	}
	i := &importer{store: s, file: f, options: o, at: f.place()}
	if err := i.begin(ctx); err != nil {
		return Result{}, err
	}
	complete, err := i.skip()
	if err != nil || complete {
		return Result{Summary: f.summary, Found: f.summary.Rows, Complete: complete}, err
	}
	found := f.summary.Rows
	o.found(found)
	for ended := false; !ended; {
		if ended, err = i.fill(); err != nil {
			return Result{}, err
		}
		if err := i.commit(ctx, ended); err != nil {
			return Result{}, err
		}
		o.progress(f.summary.Rows)
	}
	return Result{Summary: f.summary, Found: found}, nil
}

type importer struct {
	store   store.Store
	file    *reader
	options Options
	at      store.ImportProgress // what the store says
	batch   []record
}

// record is a row on its way.
type record struct {
	table store.Table
	row   []any
}

// begin finds out where to go on, or begins from the first line.
func (i *importer) begin(ctx context.Context) error {
	begun := i.at
	return audit.Update(ctx, i.store, func(tx *store.Tx) error {
		if i.options.Replace {
			if _, err := tx.Clear(); err != nil {
				return err
			}
		}
		var err error
		i.at, err = tx.ImportProgress()
		if !errors.Is(err, store.ErrNotFound) {
			return err
		}
		occupied, err := tx.Occupied()
		if err != nil {
			return err
		}
		if occupied != "" {
			return fmt.Errorf("%w (it has %s)", ErrNotEmpty, occupied)
		}
		i.at = begun
		return tx.BeginImport(begun)
	}, store.WithoutTimeout())
}

// skip passes over the lines that the store holds already. It answers whether
// these are all.
func (i *importer) skip() (complete bool, err error) {
	for i.file.lines < i.at.Lines {
		_, _, err = i.file.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return false, err
		}
	}
	if here := i.file.place(); here.Lines == i.at.Lines && here.Digest == i.at.Digest {
		return i.at.Complete, nil
	}
	if i.at.Complete {
		return false, fmt.Errorf("%w (another file was imported into it)", ErrNotEmpty)
	}
	return false, ErrOtherFile
}

// fill reads rows until there are enough for a transaction. It answers whether
// these are the last.
func (i *importer) fill() (ended bool, err error) {
	i.batch = i.batch[:0]
	for size := 0; len(i.batch) < batchRows && size < batchBytes; {
		t, row, err := i.file.next()
		if errors.Is(err, io.EOF) {
			return true, nil
		}
		if err != nil {
			return false, err
		}
		for _, value := range row {
			if text, ok := value.(string); ok {
				size += len(text)
			}
		}
		if !i.options.leavesOut(t) {
			i.batch = append(i.batch, record{t, row})
		}
	}
	return false, nil
}

// commit stores what was read, and the place after it.
func (i *importer) commit(ctx context.Context, ended bool) error {
	to := i.file.place()
	to.Complete = ended
	err := i.store.Update(ctx, func(tx *store.Tx) error {
		if err := tx.AdvanceImport(i.at, to); errors.Is(err, store.ErrNotFound) {
			return ErrDisturbed
		} else if err != nil {
			return err
		}
		for _, r := range i.batch {
			err := tx.InsertRow(r.table, r.row)
			if errors.Is(err, store.ErrExists) {
				return fmt.Errorf("%w (it has a row of %s with the same key)", ErrNotEmpty, r.table.Name)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	i.at = to
	return nil
}

package transfer

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"maps"
	"strings"

	"cosell/internal/store"
)

// maxLine bounds a line: several times the largest record there can be.
const maxLine = 32 << 20

// reader reads a file line by line and checks it as it goes.
type reader struct {
	in      *bufio.Reader
	buffer  []byte
	sum     hash.Hash
	lines   int64
	summary Summary
	table   string // of the row before
	key     []any  // of the row before
	// unique has the lines of the rows of a table by what no two of them may share. A
	// digest stands for the values, so that a row takes little memory.
	unique map[uniqueDigest]int64
}

type uniqueDigest [16]byte

// newReader reads the header of a file.
func newReader(r io.Reader) (*reader, error) {
	f := &reader{in: bufio.NewReaderSize(r, writeSize), sum: sha256.New()}
	f.summary.Tables = map[string]int64{}
	line, err := f.line()
	if err != nil {
		return nil, err
	}
	var h header
	if json.Unmarshal(line, &h) != nil || h.Format == 0 {
		return nil, f.wrong("this is not a file that cosell exported")
	}
	if h.Format > format {
		return nil, f.wrong("the file has format %d and this cosell reads up to %d: use the later cosell", h.Format, format)
	}
	latest := store.LatestSchema()
	if h.Schema > latest {
		return nil, f.wrong("the file has schema %d and this cosell knows up to %d: use the later cosell", h.Schema, latest)
	}
	if h.Schema < oldestSchema {
		return nil, f.wrong("the file has schema %d and this cosell takes files from %d on: "+
			"import it with the cosell that wrote it, then open that store with this one", h.Schema, oldestSchema)
	}
	f.summary.CreatedAt, f.summary.Secrets = h.CreatedAt, h.Secrets
	f.sum.Write(line)
	return f, nil
}

// next returns the next row. At the end of the file, once that has proved
// whole, it returns io.EOF.
func (f *reader) next() (store.Table, []any, error) {
	line, err := f.line()
	if err != nil {
		return store.Table{}, nil, err
	}
	if bytes.HasPrefix(line, []byte(`{"end":`)) {
		return store.Table{}, nil, f.end(line)
	}
	t, row, err := decodeRow(line)
	if err != nil {
		return t, nil, f.wrong("%v", err)
	}
	if err := f.check(t, row); err != nil {
		return t, nil, f.wrong("a row of %s: %v", t.Name, err)
	}
	f.sum.Write(line)
	f.summary.Rows++
	f.summary.Tables[t.Name]++
	return t, row, nil
}

// check returns an error if a row has a value that a store must not hold, or does not
// follow the row before: an export has each table once, in the order of its key.
func (f *reader) check(t store.Table, row []any) error {
	switch {
	case t.Name != f.table && f.summary.Tables[t.Name] > 0:
		return errors.New("other tables stand between the rows of this one")
	case t.Name == f.table && t.CompareKeys(f.key, row) >= 0:
		return errors.New("its key must be greater than that of the row before")
	}
	if t.Name != f.table {
		f.unique = map[uniqueDigest]int64{}
	}
	f.table, f.key = t.Name, append(f.key[:0], row[:t.Keys]...)
	if err := f.checkUnique(t, row); err != nil {
		return err
	}
	return t.CheckRow(row)
}

// checkUnique returns an error if a row shares with an earlier one what no two rows of
// the table may share.
func (f *reader) checkUnique(t store.Table, row []any) error {
	for i, u := range t.Unique {
		values, counts := u.Of(t, row)
		if !counts {
			continue
		}
		sum := sha256.Sum256(fmt.Appendf(nil, "%d %q", i, values))
		digest := uniqueDigest(sum[:len(uniqueDigest{})])
		if line, known := f.unique[digest]; known {
			return fmt.Errorf("%s must differ from those of line %d", strings.Join(u.Columns, ", "), line)
		}
		f.unique[digest] = f.lines
	}
	return nil
}

// end checks the footer, and that nothing follows it.
func (f *reader) end(line []byte) error {
	var got footer
	if json.Unmarshal(line, &got) != nil {
		return f.wrong("the last line is damaged")
	}
	if got.SHA256 != f.digest() || got.Rows != f.summary.Rows || !maps.Equal(got.Tables, f.summary.Tables) {
		return f.wrong("the file was changed or damaged since it was exported: the checksum does not match")
	}
	f.sum.Write(line)
	if _, err := f.in.ReadByte(); err == nil {
		return f.wrong("something follows the last line")
	} else if !errors.Is(err, io.EOF) {
		return err
	}
	return io.EOF
}

// digest is that of all lines that were read and taken.
func (f *reader) digest() string { return hex.EncodeToString(f.sum.Sum(nil)) }

// place is where the reader is, as a store keeps it.
func (f *reader) place() store.ImportProgress {
	return store.ImportProgress{Lines: f.lines, Digest: f.digest()}
}

// line returns the next line with its end, good until the next call.
func (f *reader) line() ([]byte, error) {
	f.buffer = f.buffer[:0]
	f.lines++
	for {
		part, err := f.in.ReadSlice('\n')
		switch {
		case err == nil && len(f.buffer) == 0:
			return part, nil
		case len(f.buffer)+len(part) > maxLine:
			return nil, f.wrong("the line is longer than any that cosell writes")
		case err == nil:
			return append(f.buffer, part...), nil
		case errors.Is(err, bufio.ErrBufferFull):
			f.buffer = append(f.buffer, part...)
		case errors.Is(err, io.EOF):
			return nil, f.wrong("the file ends before its last line: it was cut off")
		default:
			return nil, err
		}
	}
}

func (f *reader) wrong(reason string, args ...any) error {
	return &FileError{Line: f.lines, Reason: fmt.Sprintf(reason, args...)}
}

// Check reads a file to its end and returns what it holds. A [*FileError] says
// what is wrong with it.
func Check(r io.Reader) (Summary, error) {
	f, err := newReader(r)
	if err != nil {
		return Summary{}, err
	}
	for {
		switch _, _, err := f.next(); {
		case errors.Is(err, io.EOF):
			return f.summary, nil
		case err != nil:
			return Summary{}, err
		}
	}
}

package bulk

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

const (
	// maxRecord is how many bytes a row may have: far above what the contract lets
	// a record have.
	maxRecord = 256 << 10
	// maxColumns is how many columns a file may have.
	maxColumns = 1000
	// maxCell is the longest Row Id.
	maxRowID = 255

	readBuffer = 4096
)

// fileError says what makes a whole file unusable, in a sentence for the partner.
type fileError string

func (e fileError) Error() string { return string(e) }

func unusable(format string, args ...any) error { return fileError(fmt.Sprintf(format, args...)) }

// errMalformed says that a row is not CSV; the rows after it are read.
var errMalformed = errors.New("the row is not well-formed CSV")

// rows reads the rows of a file, one at a time and each within bounds.
type rows struct {
	bounded *boundedReader
	csv     *csv.Reader
	base    int64 // where in the file the reader began
}

// newRows reads a file from an offset on, at which a row begins.
func newRows(file io.Reader, offset int64) *rows {
	in := bufio.NewReaderSize(file, readBuffer)
	if offset == 0 {
		const mark = "\ufeff"
		if begin, err := in.Peek(len(mark)); err == nil && string(begin) == mark {
			_, _ = in.Discard(len(mark)) // it was read
			offset = int64(len(mark))
		}
	}
	r := &rows{bounded: &boundedReader{in: in}, base: offset}
	r.csv = csv.NewReader(r.bounded)
	r.csv.FieldsPerRecord = -1
	r.csv.ReuseRecord = true
	return r
}

// next returns the cells of the next row, which are good until it is called again.
// It returns errMalformed for a row that is not CSV, a fileError for a file that
// cannot be read on, and io.EOF behind the last row.
func (r *rows) next() ([]string, error) {
	r.bounded.left = maxRecord + readBuffer
	cells, err := r.csv.Read()
	switch {
	case err == nil, errors.Is(err, io.EOF):
	case errors.Is(err, errTooLong):
		return nil, unusable("A row is longer than %d bytes; is a quoted cell not closed?", maxRecord)
	case errors.Is(err, csv.ErrQuote) && r.bounded.ended:
		return nil, unusable("The last row has a quoted cell that is not closed, or text behind its closing quote.")
	case errors.Is(err, csv.ErrQuote), errors.Is(err, csv.ErrBareQuote):
		return nil, errMalformed
	default:
		return nil, err
	}
	for _, cell := range cells {
		if !utf8.ValidString(cell) {
			return nil, unusable("The file is not encoded in UTF-8.")
		}
	}
	return cells, err
}

// offset returns where in the file the next row begins.
func (r *rows) offset() int64 { return r.base + r.csv.InputOffset() }

var errTooLong = errors.New("the row is too long")

// boundedReader returns at most a fixed number of bytes, so that a row without an end
// takes no more memory than any other.
type boundedReader struct {
	in    io.Reader
	left  int
	ended bool
}

// Read implements [io.Reader].
func (b *boundedReader) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, errTooLong
	}
	n, err := b.in.Read(p[:min(len(p), b.left)])
	b.left -= n
	if errors.Is(err, io.EOF) {
		b.ended = true
	}
	return n, err
}

// isBlank reports whether no cell of a row has anything in it.
func isBlank(cells []string) bool {
	for _, cell := range cells {
		if strings.TrimSpace(cell) != "" {
			return false
		}
	}
	return true
}

// formulaStarts begin a cell that a spreadsheet would take for a formula.
const formulaStarts = "=+-@\t\r"

// harmless returns a cell that no spreadsheet takes for a formula: an apostrophe
// stands before one. original takes it away again.
func harmless(cell string) string {
	if cell != "" && strings.ContainsRune(formulaStarts, rune(cell[0])) {
		return "'" + cell
	}
	return cell
}

// original returns a cell without the apostrophe of harmless, so that the rows of a
// report can be corrected and uploaded as they are.
func original(cell string) string {
	if len(cell) > 1 && cell[0] == '\'' && strings.ContainsRune(formulaStarts, rune(cell[1])) {
		return cell[1:]
	}
	return cell
}

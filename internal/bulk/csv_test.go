package bulk

import (
	"errors"
	"io"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
)

// readAll reads a file as a job does: in runs, each from where the last one ended.
func readAll(file string, run int) (all [][]string, malformed int, err error) {
	offset := int64(0)
	for {
		r := newRows(iotest.HalfReader(strings.NewReader(file[offset:])), offset)
		for range run {
			cells, err := r.next()
			switch {
			case errors.Is(err, io.EOF):
				return all, malformed, nil
			case errors.Is(err, errMalformed):
				malformed++
			case err != nil:
				return all, malformed, err
			default:
				all = append(all, slices.Clone(cells))
			}
		}
		offset = r.offset()
	}
}

func TestRows(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		file      string
		want      [][]string
		malformed int
	}{
		"CRLF and no end of the last line": {"a,b\r\n1,2\r\n3,4", [][]string{{"a", "b"}, {"1", "2"}, {"3", "4"}}, 0},
		"LF":                               {"a,b\n1,2\n", [][]string{{"a", "b"}, {"1", "2"}}, 0},
		"byte order mark":                  {"\ufeffa,b\n1,2\n", [][]string{{"a", "b"}, {"1", "2"}}, 0},
		"quoted cells":                     {"a,b\n\"1,\n\"\"x\"\"\",2\n3,4\n", [][]string{{"a", "b"}, {"1,\n\"x\"", "2"}, {"3", "4"}}, 0},
		"empty lines are no rows":          {"a\n\n\r\n1\n\n", [][]string{{"a"}, {"1"}}, 0},
		"ragged rows":                      {"a,b\n1\n1,2,3\n", [][]string{{"a", "b"}, {"1"}, {"1", "2", "3"}}, 0},
		"a quote within a cell":            {"a,b\n1,2\"3\n4,5\n", [][]string{{"a", "b"}, {"4", "5"}}, 1},
		"text behind a quoted cell":        {"a,b\n\"1\"x,2\n4,5\n", [][]string{{"a", "b"}, {"4", "5"}}, 1},
		"nothing":                          {"", nil, 0},
		"a byte order mark alone":          {"\ufeff", nil, 0},
	} {
		for _, run := range []int{1, 2, 100} {
			got, malformed, err := readAll(c.file, run)
			if err != nil || malformed != c.malformed || !slices.EqualFunc(got, c.want, slices.Equal) {
				t.Errorf("%s, %d at a time: %q, %d malformed, %v", name, run, got, malformed, err)
			}
		}
	}
}

func TestUnusableFiles(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ file, says string }{
		"Latin-1":                   {"a\nM\xfcller\n", "not encoded in UTF-8"},
		"UTF-16":                    {"\xff\xfea\x00\n\x00", "not encoded in UTF-8"},
		"a quote open to the end":   {"a,b\n1,\"2\n3,4\n", "not closed"},
		"a quote open for long":     {"a,b\n1,\"" + strings.Repeat("x\n", maxRecord), "longer than 262144 bytes"},
		"one line":                  {strings.Repeat("x", 2*maxRecord), "longer than 262144 bytes"},
		"a row of too many columns": {strings.Repeat(",", 2*maxRecord), "longer than 262144 bytes"},
	} {
		_, _, err := readAll(c.file, 1000)
		if _, ok := errors.AsType[fileError](err); !ok || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// 100 MB on one line take no more memory than a row may have.
func TestOneLineTakesNoMemory(t *testing.T) {
	for name, text := range map[string]string{"one cell": "x", "a million columns": ",", "an open quote": "\"x\n"} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		r := newRows(io.LimitReader(&repeated{text: text}, 100<<20), 0)
		_, err := r.next()
		runtime.ReadMemStats(&after)
		if _, ok := errors.AsType[fileError](err); !ok {
			t.Errorf("%s: %v", name, err)
		}
		if grown := after.TotalAlloc - before.TotalAlloc; grown > 64<<20 {
			t.Errorf("%s: allocated %d MB", name, grown>>20)
		}
	}
}

type repeated struct {
	text string
	at   int
}

func (r *repeated) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = r.text[min(r.at, len(r.text)-1)]
		r.at++
	}
	return len(p), nil
}

func TestFormulas(t *testing.T) {
	t.Parallel()
	for _, cell := range []string{"=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "'=x", "'", "", "plain", "a=b", "ü"} {
		got := harmless(cell)
		if got != "" && strings.ContainsRune(formulaStarts, rune(got[0])) {
			t.Errorf("%q remains a formula: %q", cell, got)
		}
		if back := original(got); back != cell && cell != "'=x" {
			t.Errorf("%q came back as %q", cell, back)
		}
	}
}

// FuzzRows reads any file, in one run and row by row: both see the same, and what is
// read is UTF-8.
func FuzzRows(f *testing.F) {
	for _, file := range []string{"a,b\r\n1,2\r\n", "\ufeffa\n\"x\ny\"\n", "a\"b\n1\n", "\"", "a\n\xff\n", "\r\r\n,\n", "\"a\"b\n\"\n"} {
		f.Add(file)
	}
	f.Fuzz(func(t *testing.T, file string) {
		whole, malformed, err := readAll(file, 1<<30)
		single, malformedSingle, errSingle := readAll(file, 1)
		if (err == nil) != (errSingle == nil) || err == nil && (malformed != malformedSingle || !slices.EqualFunc(whole, single, slices.Equal)) {
			t.Errorf("%q: %q, %d, %v; row by row %q, %d, %v", file, whole, malformed, err, single, malformedSingle, errSingle)
		}
	})
}

package transfer_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cosell/internal/store"
	"cosell/internal/store/pgtest"
	"cosell/internal/transfer"
)

// cut is a file whose reader fails after so many bytes, as one whose process
// was killed.
func cut(file []byte, n int) io.Reader {
	return io.MultiReader(bytes.NewReader(file[:n]), failing{errKilled})
}

var errKilled = errors.New("killed")

func TestAnInterruptedImportGoesOn(t *testing.T) {
	file := many(t, 3500)
	for name, target := range map[string]func(testing.TB) store.Store{
		"sqlite":   embedded,
		"postgres": func(t testing.TB) store.Store { return pgtest.Store(t) },
	} {
		t.Run(name, func(t *testing.T) {
			s := target(t)
			var done, found []int64
			progress := transfer.Options{
				Found:    func(n int64) { found = append(found, n) },
				Progress: func(n int64) { done = append(done, n) },
			}
			for range 2 { // the second attempt gets no further
				_, err := transfer.Import(t.Context(), s, cut(file, len(file)*2/3), progress)
				if !errors.Is(err, errKilled) {
					t.Fatal(err)
				}
			}
			result := mustLoad(t, s, file, progress)
			if result.Rows != 3500 || result.Found != 2000 || result.Complete {
				t.Errorf("got %+v", result)
			}
			if got, want := done, []int64{1000, 2000, 3000, 3500}; len(got) != 4 || got[1] != want[1] || got[3] != want[3] {
				t.Errorf("progress %v, want %v", got, want)
			}
			if diff := cmp.Diff([]int64{2000, 2000}, found); diff != "" {
				t.Errorf("found %s", diff)
			}
			if !bytes.Equal(file, export(t, s, transfer.Options{})) {
				t.Error("rows are missing, or there twice")
			}
			result = mustLoad(t, s, file, progress)
			if !result.Complete || result.Found != 3500 {
				t.Errorf("once more: %+v", result)
			}
		})
	}
}

// stopping fails the transactions after the first few.
type stopping struct {
	store.Store
	left int
}

func (s *stopping) Update(ctx context.Context, fn func(*store.Tx) error, options ...store.Option) error {
	if s.left--; s.left < 0 {
		return errKilled
	}
	return s.Store.Update(ctx, fn, options...)
}

func TestAnImportMayStopBetweenAnyTwoTransactions(t *testing.T) {
	file := many(t, 2500)
	s := embedded(t)
	for left := 0; ; left++ {
		_, err := load(&stopping{s, left}, file, transfer.Options{})
		if err == nil {
			break
		}
		if !errors.Is(err, errKilled) || left > 4 {
			t.Fatalf("with %d transactions: %v", left, err)
		}
	}
	if !bytes.Equal(file, export(t, s, transfer.Options{})) {
		t.Error("rows are missing, or there twice")
	}
}

func TestTargetsThatAreRefused(t *testing.T) {
	file := many(t, 2500)
	other := bytes.Replace(file, []byte("C & <Co>"), []byte("D & <Co>"), 1) // never whole
	longer := many(t, 2600)
	for name, c := range map[string]struct {
		prepare func(t *testing.T, s store.Store)
		want    error
		text    string
	}{
		"one that has something": {
			prepare: func(t *testing.T, s store.Store) { put(t, s, "1") },
			want:    transfer.ErrNotEmpty, text: "accounts",
		},
		"one that has all of another file": {
			prepare: func(t *testing.T, s store.Store) { mustLoad(t, s, many(t, 1), transfer.Options{}) },
			want:    transfer.ErrNotEmpty, text: "another file",
		},
		"one that has all of a longer file": {
			prepare: func(t *testing.T, s store.Store) { mustLoad(t, s, longer, transfer.Options{}) },
			want:    transfer.ErrNotEmpty, text: "another file",
		},
		"one that has part of another file": {
			prepare: func(t *testing.T, s store.Store) {
				if _, err := transfer.Import(t.Context(), s, cut(other, len(other)/2), transfer.Options{}); !errors.Is(err, errKilled) {
					t.Fatal(err)
				}
			},
			want: transfer.ErrOtherFile,
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := embedded(t)
			c.prepare(t, s)
			before := export(t, s, transfer.Options{})
			if _, err := load(s, file, transfer.Options{}); !errors.Is(err, c.want) || !strings.Contains(err.Error(), c.text) {
				t.Errorf("got %v, want %v", err, c.want)
			}
			if !bytes.Equal(before, export(t, s, transfer.Options{})) {
				t.Error("the store changed")
			}
			mustLoad(t, s, file, transfer.Options{Replace: true})
			if !bytes.Equal(file, export(t, s, transfer.Options{})) {
				t.Error("the file does not replace what was there")
			}
		})
	}
}

// whileReading calls fn once the reader has come to the end.
type whileReading struct {
	io.Reader
	fn func()
}

func (r *whileReading) Read(p []byte) (int, error) {
	n, err := r.Reader.Read(p)
	if errors.Is(err, io.EOF) && r.fn != nil {
		r.fn()
		r.fn = nil
	}
	return n, err
}

func TestAnImportNoticesWhoComesInBetween(t *testing.T) {
	file := many(t, 2500)
	for name, c := range map[string]struct {
		between func(t *testing.T, s store.Store)
		want    error
	}{
		"a reset": {
			between: func(t *testing.T, s store.Store) {
				if _, err := transfer.Reset(t.Context(), s); err != nil {
					t.Error(err)
				}
			},
			want: transfer.ErrDisturbed,
		},
		"another import of the same file": {
			between: func(t *testing.T, s store.Store) { mustLoad(t, s, file, transfer.Options{}) },
			want:    transfer.ErrDisturbed,
		},
		"a row that the file has": {
			between: func(t *testing.T, s store.Store) { put(t, s, "000000002400") },
			want:    transfer.ErrNotEmpty,
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := embedded(t)
			r := &whileReading{Reader: bytes.NewReader(file), fn: func() { c.between(t, s) }}
			if _, err := transfer.Import(t.Context(), s, r, transfer.Options{}); !errors.Is(err, c.want) {
				t.Errorf("got %v, want %v", err, c.want)
			}
		})
	}
}

// A file that is to replace what a store holds is checked to its end before anything
// is removed, whether or not it can be read twice.
func TestAReplacementIsCheckedFirst(t *testing.T) {
	file := many(t, 2500)
	for name, c := range map[string]func() io.Reader{
		"cut off":       func() io.Reader { return bytes.NewReader(file[:len(file)/2]) },
		"interrupted":   func() io.Reader { return cut(file, len(file)/2) },
		"only a header": func() io.Reader { return bytes.NewReader(file[:bytes.IndexByte(file, '\n')+1]) },
		"a byte changed": func() io.Reader {
			return bytes.NewBuffer(bytes.Replace(file, []byte("C & <Co>"), []byte("D & <Co>"), 1))
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := embedded(t)
			put(t, s, "1", "2")
			before := export(t, s, transfer.Options{})
			t.Setenv("TMPDIR", t.TempDir())
			if _, err := transfer.Import(t.Context(), s, c(), transfer.Options{Replace: true}); err == nil {
				t.Fatal("imported")
			}
			if !bytes.Equal(before, export(t, s, transfer.Options{})) {
				t.Error("the store changed")
			}
			if left, err := os.ReadDir(os.TempDir()); err != nil || len(left) > 0 {
				t.Errorf("left %v, %v", left, err)
			}
		})
	}
	s := embedded(t)
	put(t, s, "1")
	if _, err := transfer.Import(t.Context(), s, bytes.NewBuffer(file), transfer.Options{Replace: true}); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(file, export(t, s, transfer.Options{})) {
		t.Error("the file did not replace what was there")
	}
}

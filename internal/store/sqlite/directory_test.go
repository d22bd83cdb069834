package sqlite_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"cosell/internal/store"
	"cosell/internal/store/sqlite"
)

// closed returns the directory of a store with one record that nobody uses.
func closed(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	s := open(t, dir)
	if err := s.Update(t.Context(), func(tx *store.Tx) error { return tx.PutAccount("1", []byte("{}")) }); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return dir
}

// modes checks that nobody but the owner can use a directory and the files in it.
func modes(t *testing.T, dir string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := entry.Info()
		if err == nil && info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s has mode %o", filepath.Base(name), info.Mode().Perm())
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// Whatever the umask and whatever was there before, others cannot read the store.
func TestOthersCannotReadTheStore(t *testing.T) {
	for _, umask := range []int{0, 0o022, 0o777} {
		old := syscall.Umask(umask)
		t.Cleanup(func() { syscall.Umask(old) })
		dir := filepath.Join(t.TempDir(), "data")
		for _, reopened := range []bool{false, true} {
			if reopened { // with the modes that an earlier version left
				for name, mode := range map[string]fs.FileMode{"": 0o755, sqlite.FileName: 0o644, "cosell.lock": 0o666} {
					if err := os.Chmod(filepath.Join(dir, name), mode); err != nil {
						t.Fatal(err)
					}
				}
			}
			s := open(t, dir)
			if err := s.Update(t.Context(), func(tx *store.Tx) error { return tx.PutAccount("1", []byte("{}")) }); err != nil {
				t.Fatal(err)
			}
			modes(t, dir)
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
		}
		syscall.Umask(old)
	}
}

// A file that is not the store that was there is refused, and left as it is.
func TestStoreThatIsNotWhatItWasIsRefused(t *testing.T) {
	write := func(content []byte) func(t *testing.T, file string) {
		return func(t *testing.T, file string) {
			if err := os.WriteFile(file, content, 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, c := range []struct {
		name   string
		change func(t *testing.T, file string)
		want   error
	}{
		{"Empty", write(nil), sqlite.ErrEmptied},
		{"Missing", func(t *testing.T, file string) {
			if err := os.Remove(file); err != nil {
				t.Fatal(err)
			}
		}, sqlite.ErrMissing},
		{"NoDatabase", write([]byte("this is something else, and long enough for a header")), sqlite.ErrDamaged},
		{"Cut", func(t *testing.T, file string) {
			if err := os.Truncate(file, 20_000); err != nil {
				t.Fatal(err)
			}
		}, sqlite.ErrDamaged},
		{"Overwritten", func(t *testing.T, file string) {
			f, err := os.OpenFile(file, os.O_WRONLY, 0)
			if err != nil {
				t.Fatal(err)
			}
			_, err = f.WriteAt(make([]byte, 64<<10), 8<<10)
			if err := errors.Join(err, f.Close()); err != nil {
				t.Fatal(err)
			}
		}, sqlite.ErrDamaged},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := closed(t)
			file := filepath.Join(dir, sqlite.FileName)
			c.change(t, file)
			before, _ := os.ReadFile(file)
			s, err := sqlite.Open(t.Context(), dir)
			if err == nil {
				_ = s.Close()
			}
			if !errors.Is(err, c.want) {
				t.Errorf("Open = %v, want %v", err, c.want)
			}
			after, err := os.ReadFile(file)
			if string(before) != string(after) || errors.Is(err, fs.ErrNotExist) != errors.Is(c.want, sqlite.ErrMissing) {
				t.Errorf("Open changed the file (%v)", err)
			}
		})
	}
}

// A store whose creation was interrupted is created by the next start.
func TestInterruptedCreationIsFinished(t *testing.T) {
	dir := t.TempDir()
	for name, content := range map[string]string{sqlite.FileName: "", "cosell.lock": "17\ncreating\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	open(t, dir)
}

// The lock file is not the only thing that keeps a second process away.
func TestSecondProcessIsRefusedWithoutTheLockFile(t *testing.T) {
	dir := t.TempDir()
	open(t, dir)
	if err := os.Remove(filepath.Join(dir, "cosell.lock")); err != nil {
		t.Fatal(err)
	}
	if _, err := sqlite.Open(t.Context(), dir); !errors.Is(err, sqlite.ErrInUse) {
		t.Errorf("Open = %v, want ErrInUse", err)
	}
	other := t.TempDir()
	if err := os.Link(filepath.Join(dir, sqlite.FileName), filepath.Join(other, sqlite.FileName)); err != nil {
		t.Skipf("no links here: %v", err)
	}
	if _, err := sqlite.Open(t.Context(), other); !errors.Is(err, sqlite.ErrInUse) {
		t.Errorf("Open by another name = %v, want ErrInUse", err)
	}
}

// Inspect reads a store beside its user and names what is wrong with its file.
func TestInspect(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	if err := s.Update(t.Context(), func(tx *store.Tx) error { return tx.PutAccount("1", []byte("{}")) }); err != nil {
		t.Fatal(err)
	}
	faults, err := sqlite.Inspect(t.Context(), dir, func(tx *store.Tx) error {
		_, err := tx.Account("1")
		return err
	})
	if err != nil || len(faults) > 0 {
		t.Errorf("Inspect = %q, %v", faults, err)
	}
	if _, err := sqlite.Inspect(t.Context(), t.TempDir(), nil); !errors.Is(err, sqlite.ErrNoStore) {
		t.Errorf("Inspect of an empty directory = %v", err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile(filepath.Join(dir, sqlite.FileName), os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	_, err = f.WriteAt(make([]byte, 64<<10), 40<<10)
	if err := errors.Join(err, f.Close()); err != nil {
		t.Fatal(err)
	}
	faults, err = sqlite.Inspect(t.Context(), dir, func(*store.Tx) error { return nil })
	if len(faults) == 0 && !errors.Is(err, sqlite.ErrDamaged) {
		t.Errorf("Inspect of a damaged store = %q, %v", faults, err)
	}
}

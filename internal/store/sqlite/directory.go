package sqlite

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

const (
	// FileName is the name of the database in a data directory.
	FileName = "cosell.db"
	lockName = "cosell.lock"
)

// Errors about a data directory. Each says what an operator can do.
var (
	// ErrInUse means that another process has the store open.
	ErrInUse = errors.New("another cosell uses this data directory")
	// ErrNoStore means that a directory has no store in it.
	ErrNoStore = errors.New("the data directory holds no store")
	// ErrDamaged means that the database file is not what was written.
	ErrDamaged = errors.New("the store is damaged: restore a backup; where the file can still be read, 'cosell check' names what is damaged")
	// ErrEmptied means that a database that existed has no content.
	ErrEmptied = errors.New("the file is empty: restore a backup, or remove the file to begin with an empty store")
	// ErrMissing means that a database that existed is gone.
	ErrMissing = errors.New("the file is missing although this directory had a store: " +
		"restore a backup, or remove " + lockName + " to begin with an empty store")
	// ErrExposed means that other users can reach a file of the store.
	ErrExposed = errors.New("other users can read the file, and its permissions cannot be changed: make it readable by its owner only")
)

// A store's files are as confidential as what they hold.
const (
	directoryMode = 0o700
	fileMode      = 0o600
	othersMode    = 0o077
)

// directory is a data directory that this process has to itself.
type directory struct {
	path     string
	lock     *os.File // the lock file
	database *os.File // locked too, if the system can do both; it must stay open as long as SQLite has the file open
	created  bool     // the database file is new
}

// openDirectory makes a data directory if there is none, excludes other processes,
// restricts the permissions of the files, and opens the database file, which it
// creates if there never was one.
func openDirectory(dir string) (_ *directory, err error) {
	if err := makeDirectory(dir); err != nil {
		return nil, err
	}
	d := &directory{path: dir}
	defer func() {
		if err != nil {
			_ = d.close()
		}
	}()
	if d.lock, err = acquire(filepath.Join(dir, lockName)); err != nil {
		return nil, err
	}
	if err := d.openDatabase(filepath.Join(dir, FileName)); err != nil {
		return nil, fmt.Errorf("%s: %w", filepath.Join(dir, FileName), err)
	}
	for _, suffix := range []string{"", "-wal", "-shm"} {
		if err := restrict(filepath.Join(dir, FileName+suffix), fileMode); err != nil {
			return nil, err
		}
	}
	if err := lockDatabase(d.database); err != nil {
		return nil, fmt.Errorf("%w: %s is locked", ErrInUse, filepath.Join(dir, FileName))
	}
	return d, nil
}

// makeDirectory makes a directory that only its owner may enter. An existing one is
// restricted; if it belongs to somebody else, as a mounted volume may, the modes of
// the files have to do.
func makeDirectory(dir string) error {
	if err := os.MkdirAll(dir, directoryMode); err != nil {
		return fmt.Errorf("make data directory: %w", err)
	}
	info, err := os.Stat(dir)
	if err != nil {
		return err
	}
	if mode := info.Mode().Perm(); mode&othersMode == 0 && mode&directoryMode == directoryMode {
		return nil
	}
	if err := os.Chmod(dir, directoryMode); err != nil && !errors.Is(err, fs.ErrPermission) {
		return fmt.Errorf("restrict data directory: %w", err)
	}
	return nil
}

// restrict takes a file, if there is one, from everybody but its owner.
func restrict(name string, mode fs.FileMode) error {
	info, err := os.Stat(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if info.Mode().Perm() == mode {
		return nil
	}
	if err := os.Chmod(name, mode); err != nil && info.Mode().Perm()&othersMode != 0 {
		return fmt.Errorf("%s: %w", name, ErrExposed)
	}
	return nil
}

// What the lock file says about the database, after the number of the process. A
// database without content or without a file is a new one only while it is created.
const (
	stateCreating = "creating"
	stateCreated  = "created"
)

// acquire takes the lock file. The operating system releases it when the process
// ends, in whatever way.
func acquire(name string) (*os.File, error) {
	f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE, fileMode)
	if err != nil {
		return nil, fmt.Errorf("open lock file: %w", err)
	}
	if err := lockFile(f); err != nil {
		holder, _, _ := strings.Cut(readAll(f), "\n")
		_ = f.Close()
		return nil, fmt.Errorf("%w: process %s holds %s", ErrInUse, holder, name)
	}
	if err := restrict(name, fileMode); err != nil {
		_ = f.Close()
		return nil, err
	}
	return f, nil
}

func readAll(f *os.File) string {
	text, _ := io.ReadAll(io.NewSectionReader(f, 0, 1<<10))
	return string(text)
}

// state returns what the lock file says about the database.
func (d *directory) state() string {
	_, state, _ := strings.Cut(readAll(d.lock), "\n")
	return strings.TrimSpace(state)
}

// setState writes the number of the process and what the database is.
func (d *directory) setState(state string) error {
	before := d.state()
	text := strconv.Itoa(os.Getpid()) + "\n" + state + "\n"
	_, err := d.lock.WriteAt([]byte(text), 0)
	err = errors.Join(err, d.lock.Truncate(int64(len(text))))
	if state != before {
		err = errors.Join(err, d.lock.Sync())
	}
	if err != nil {
		return fmt.Errorf("write lock file: %w", err)
	}
	return nil
}

// fileHeader is what every SQLite database begins with.
var fileHeader = []byte("SQLite format 3\x00")

// openDatabase opens the database file, or creates it if there never was one.
func (d *directory) openDatabase(name string) (err error) {
	state := d.state()
	d.database, err = os.OpenFile(name, os.O_RDWR, 0)
	if errors.Is(err, fs.ErrNotExist) {
		if state == stateCreated {
			return ErrMissing
		}
		return d.createDatabase(name)
	}
	if err != nil {
		return err
	}
	header := make([]byte, len(fileHeader))
	switch n, err := d.database.ReadAt(header, 0); {
	case n == 0 && state == stateCreating:
		d.created = true
		return d.setState(stateCreating)
	case n == 0:
		return ErrEmptied
	case err != nil && !errors.Is(err, io.EOF):
		return err
	case !bytes.Equal(header, fileHeader):
		return fmt.Errorf("it is not a database: %w", ErrDamaged)
	}
	return d.setState(stateCreated)
}

func (d *directory) createDatabase(name string) (err error) {
	if err := d.setState(stateCreating); err != nil {
		return err
	}
	d.created = true
	d.database, err = os.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_EXCL, fileMode)
	return err
}

// close gives the directory up, after SQLite has closed the database.
func (d *directory) close() error {
	var err error
	for _, f := range []*os.File{d.database, d.lock} {
		if f != nil {
			err = errors.Join(err, f.Close())
		}
	}
	return err
}

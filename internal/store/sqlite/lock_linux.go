package sqlite

import (
	"os"
	"syscall"
)

// lockDatabase excludes processes that open the database without the lock file, or
// by another name. Linux keeps this lock apart from those that SQLite takes.
func lockDatabase(f *os.File) error {
	return syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
}

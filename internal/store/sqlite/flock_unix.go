//go:build unix

package sqlite

import (
	"os"
	"syscall"
)

// lockFile locks a file until it is closed, or fails at once where another process has it locked.
func lockFile(f *os.File) error { return syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) }

// flushNames makes the names in an open directory durable.
func flushNames(d *os.File) error { return d.Sync() }

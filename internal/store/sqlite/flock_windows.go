package sqlite

import (
	"os"

	"golang.org/x/sys/windows"
)

// lockFile locks a file until it is closed, or fails at once where another process has it locked. Locked
// bytes cannot be read by others, so it locks one far beyond the content.
func lockFile(f *os.File) error {
	const far = 1 << 30
	return windows.LockFileEx(windows.Handle(f.Fd()), windows.LOCKFILE_EXCLUSIVE_LOCK|windows.LOCKFILE_FAIL_IMMEDIATELY,
		0, 1, 0, &windows.Overlapped{OffsetHigh: far})
}

// flushNames does nothing: on Windows a directory cannot be flushed, and its names are journaled.
func flushNames(*os.File) error { return nil }

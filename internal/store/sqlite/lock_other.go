//go:build !linux

package sqlite

import "os"

// lockDatabase does nothing: elsewhere than on Linux this lock would exclude SQLite's
// own, so the lock file is the only one.
func lockDatabase(*os.File) error { return nil }
